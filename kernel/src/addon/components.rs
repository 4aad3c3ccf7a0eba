//! Principal components, over the caller's arrays.

use super::{NativeEngine, check, to_error};
use crate::components::{Columns, Eigenpairs, Projection, Scatter};
use napi::bindgen_prelude::{Float32ArraySlice, Float64ArraySlice, Result};
use napi_derive::napi;
use std::ptr::null;

#[napi]
#[allow(clippy::too_many_arguments, reason = "an object would be read field by field at each call")]
impl NativeEngine {
    /// See `components::Columns`; `centers` is empty for the sums themselves.
    #[napi(strict)]
    pub fn add_columns(
        &mut self,
        values: &[f32],
        rows: u32,
        centers: &[f64],
        mut sums: Float64ArraySlice,
    ) -> Result<()> {
        let (rows, count) = (rows as usize, sums.len());
        let fits = rows.checked_mul(count) == Some(values.len()) && (centers.is_empty() || centers.len() == count);
        check(fits, "the arrays of features, centers and sums do not fit together")?;
        check(are_apart(&[addresses(&sums)], &[addresses(values), addresses(centers)]), OVERLAP)?;
        let task = Columns {
            values: values.as_ptr(),
            rows,
            count,
            centers: if centers.is_empty() { null() } else { centers.as_ptr() },
            // SAFETY: nothing else in here sees this memory.
            sums: unsafe { sums.as_mut() }.as_mut_ptr(),
        };
        self.guarded(|running| {
            // SAFETY: the arrays have just been seen to fit.
            unsafe { running.engine.add_columns(&task) };
            Ok(())
        })
    }

    /// See `components::Scatter`.
    #[napi(strict)]
    pub fn add_scatter(
        &mut self,
        values: &[f32],
        rows: u32,
        means: &[f64],
        weights: &[f64],
        mut out: Float64ArraySlice,
    ) -> Result<()> {
        let (rows, count) = (rows as usize, means.len());
        let fits = rows.checked_mul(count) == Some(values.len())
            && weights.len() == count
            && count.checked_mul(count) == Some(out.len());
        check(fits, "the arrays of features, means, weights and products do not fit together")?;
        let read = [addresses(values), addresses(means), addresses(weights)];
        check(are_apart(&[addresses(&out)], &read), OVERLAP)?;
        // SAFETY: nothing else in here sees this memory.
        let out = unsafe { out.as_mut() }.as_mut_ptr();
        let (means, weights) = (means.as_ptr(), weights.as_ptr());
        let task = Scatter { values: values.as_ptr(), rows, count, means, weights, out };
        // SAFETY: the arrays have just been seen to fit.
        self.guarded(|running| unsafe { running.engine.add_scatter(&task) }.map_err(to_error))
    }

    /// See `components::Eigenpairs`; there are at most as many pairs as `values` has room for.
    #[napi(strict)]
    pub fn leading_eigenpairs(
        &mut self,
        symmetric: &[f64],
        size: u32,
        least: f64,
        mut values: Float64ArraySlice,
        mut vectors: Float64ArraySlice,
    ) -> Result<u32> {
        let (size, most) = (size as usize, values.len());
        let fits = size.checked_mul(size) == Some(symmetric.len())
            && most <= size
            && most.checked_mul(size) == Some(vectors.len());
        check(fits, "the arrays of the matrix, its eigenvalues and eigenvectors do not fit together")?;
        let written = [addresses(&values), addresses(&vectors)];
        check(are_apart(&written, &[addresses(symmetric)]), OVERLAP)?;
        // SAFETY: nothing else in here sees this memory, and the two that are written are apart.
        let (values, vectors) = unsafe { (values.as_mut().as_mut_ptr(), vectors.as_mut().as_mut_ptr()) };
        let task = Eigenpairs { symmetric: symmetric.as_ptr(), size, most, least, values, vectors };
        // SAFETY: the arrays have just been seen to fit.
        let found = self.guarded(|running| unsafe { running.engine.leading_eigenpairs(&task) }.map_err(to_error))?;
        Ok(found as u32)
    }

    /// See `components::Projection`; `bounds` is empty where nothing is cut off.
    #[napi(strict)]
    pub fn project(
        &mut self,
        features: &[f32],
        rows: u32,
        bounds: &[f32],
        means: &[f32],
        projection: &[f32],
        size: u32,
        mut out: Float32ArraySlice,
        offset: u32,
        stride: u32,
    ) -> Result<()> {
        let [rows, size, offset, stride] = [rows, size, offset, stride].map(|number| number as usize);
        let count = means.len();
        let fits = rows.checked_mul(count).is_some_and(|needed| needed <= features.len())
            && (bounds.is_empty() || bounds.len() == 2 * count)
            && size.checked_mul(count) == Some(projection.len())
            && offset.checked_add(size).is_some_and(|width| width <= stride)
            && rows.checked_mul(stride).is_some_and(|needed| needed <= out.len());
        check(fits, "the arrays of features, their projection and what comes of them do not fit together")?;
        let read = [addresses(features), addresses(bounds), addresses(means), addresses(projection)];
        check(are_apart(&[addresses(&out)], &read), OVERLAP)?;
        let task = Projection {
            features: features.as_ptr(),
            rows,
            count,
            bounds: if bounds.is_empty() { null() } else { bounds.as_ptr() },
            means: means.as_ptr(),
            projection: projection.as_ptr(),
            size,
            // SAFETY: nothing else in here sees this memory.
            out: unsafe { out.as_mut() }.as_mut_ptr(),
            offset,
            stride,
        };
        // SAFETY: the arrays have just been seen to fit.
        self.guarded(|running| unsafe { running.engine.project(&task) }.map_err(to_error))
    }
}

const OVERLAP: &str = "what is written overlaps with another array";

/// Where an array begins and ends.
fn addresses<T>(array: &[T]) -> [usize; 2] {
    let range = array.as_ptr_range();
    [range.start as usize, range.end as usize]
}

/// Whether arrays that are written overlap neither with each other nor with those that are read.
fn are_apart(written: &[[usize; 2]], read: &[[usize; 2]]) -> bool {
    written.iter().enumerate().all(|(i, [start, end])| {
        written[i + 1..].iter().chain(read).all(|[other, its_end]| end <= other || its_end <= start)
    })
}
