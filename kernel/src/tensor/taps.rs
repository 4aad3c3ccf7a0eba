use super::{SIZES, Task, read, write};

/// What a convolution looks at: `kernel` steps at each of `places`, `stride` apart, the first of them `before` steps
/// before the series.
struct Taps {
    rows: usize,
    steps: usize,
    places: usize,
    channels: usize,
    kernel: usize,
    stride: usize,
    before: usize,
}

fn to_taps(sizes: &[usize; SIZES]) -> Taps {
    let [rows, steps, places, channels, kernel, stride, before] = *sizes;
    Taps { rows, steps, places, channels, kernel, stride, before }
}

/// Of series and of columns.
pub fn lengths(sizes: &[usize; SIZES]) -> Option<(usize, usize)> {
    let Taps { rows, steps, places, channels, kernel, .. } = to_taps(sizes);
    let series = rows.checked_mul(steps)?.checked_mul(channels)?;
    let columns = rows.checked_mul(places)?.checked_mul(kernel)?.checked_mul(channels)?;
    Some((series, columns))
}

/// Where a place's columns begin and end within its `width`, and where in its row the first of those is.
#[inline(always)]
fn reach(taps: &Taps, place: usize) -> (usize, usize, usize) {
    let Taps { steps, channels, kernel, stride, before, .. } = *taps;
    let start = place * stride;
    let lead = before.saturating_sub(start).min(kernel);
    let stop = (steps + before).saturating_sub(start).min(kernel).max(lead);
    (lead * channels, stop * channels, (start + lead).saturating_sub(before) * channels)
}

/// # Safety
/// See `tensor::run`.
#[inline(always)]
pub unsafe fn gather(task: &Task) {
    let taps = to_taps(&task.sizes);
    let width = taps.kernel * taps.channels;
    let [series, columns, ..] = task.operands;
    let cells = taps.steps * taps.channels;
    for row in 0..taps.rows {
        for place in 0..taps.places {
            let (lead, stop, from) = reach(&taps, place);
            // SAFETY: operands are as long as the sizes say, and `reach` stays within a row.
            unsafe {
                let to = write(columns.add((row * taps.places + place) * width), width);
                let from = read(series.add(row * cells + from.min(cells)), stop - lead);
                to[..lead].fill(0.0);
                to[lead..stop].copy_from_slice(from);
                to[stop..].fill(0.0);
            }
        }
    }
}

/// # Safety
/// See `tensor::run`.
#[inline(always)]
pub unsafe fn scatter(task: &Task) {
    let taps = to_taps(&task.sizes);
    let width = taps.kernel * taps.channels;
    let [columns, series, ..] = task.operands;
    let cells = taps.steps * taps.channels;
    // SAFETY: operands are as long as the sizes say.
    unsafe { write(series, taps.rows * cells) }.fill(0.0);
    for row in 0..taps.rows {
        for place in 0..taps.places {
            let (lead, stop, to) = reach(&taps, place);
            // SAFETY: as above, and `reach` stays within a row.
            let (from, to) = unsafe {
                let from = read(columns.add((row * taps.places + place) * width + lead), stop - lead);
                (from, write(series.add(row * cells + to.min(cells)), stop - lead))
            };
            for (to, from) in to.iter_mut().zip(from) {
                *to += from;
            }
        }
    }
}
