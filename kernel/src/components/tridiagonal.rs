//! Symmetric matrices as tridiagonal ones, and the largest eigenvalues of these with an eigenvector each.
//!
//! Householder's reflections (Martin, Reinsch and Wilkinson, 1968, https://doi.org/10.1007/BF02162414), bisection by Sturm
//! counts (Barth, Martin and Wilkinson, 1967, https://doi.org/10.1007/BF02162154) and inverse iteration, each vector kept
//! at right angles to those before.

use core::array::from_fn;

/// A tridiagonal matrix, the reflections that made it so, and columns for the work with it.
pub struct Tridiagonal<'a> {
    /// Below the diagonal of row `i`, the vector of reflection `i`.
    reflections: &'a mut [f64], // (size, size)
    diagonal: &'a mut [f64],
    /// Number `i` couples `i - 1` and `i`; the first is 0.
    beside: &'a mut [f64],
    /// Half the squared length of each reflection's vector; 0 where there is none.
    halves: &'a mut [f64],
    columns: [&'a mut [f64]; 6],
    /// Of the tridiagonal matrix; above 0.
    norm: f64,
}

/// Columns of room that a matrix takes beside itself.
pub const COLUMNS: usize = 9;

/// Eigenvalues that are bisected side by side: their divisions do not wait for each other.
pub const AT_ONCE: usize = 8;
/// From the norm down to the rounding of single numbers.
const BISECTIONS: usize = 60;
/// What stands for a pivot of nothing, in parts of the norm.
const LEAST_PIVOT: f64 = f64::EPSILON;
/// So small that its square is nothing beside a norm of the order of one.
const NOTHING: f64 = 1e-290;

impl<'a> Tridiagonal<'a> {
    /// Reduces the matrix that is in the first `size` rows of `room`, (size + COLUMNS, size), of which the lower half
    /// counts; its largest number is of the order of one.
    #[inline(always)]
    pub fn reduce(room: &'a mut [f64], size: usize) -> Tridiagonal<'a> {
        let (reflections, rest) = room.split_at_mut(size * size);
        let mut parts = rest.chunks_exact_mut(size);
        let mut next = || parts.next().expect("room for every column");
        let (diagonal, beside, halves) = (next(), next(), next());
        let columns = from_fn(|_| next());
        let mut all = Tridiagonal { reflections, diagonal, beside, halves, columns, norm: 0.0 };
        for i in (1..size).rev() {
            all.reflect(i, size);
        }
        (all.beside[0], all.halves[0]) = (0.0, 0.0);
        for i in 0..size {
            all.diagonal[i] = all.reflections[i * size + i];
        }
        for i in 0..size {
            let next = if i + 1 < size { all.beside[i + 1].abs() } else { 0.0 };
            all.norm = all.norm.max(all.diagonal[i].abs() + all.beside[i].abs() + next);
        }
        all
    }

    /// Makes the numbers of row `i` zero up to the one beside the diagonal.
    #[inline(always)]
    fn reflect(&mut self, i: usize, size: usize) {
        let (above, row) = self.reflections.split_at_mut(i * size);
        let vector = &mut row[..i];
        let rest = dot(&vector[..i - 1], &vector[..i - 1]);
        let last = vector[i - 1];
        if rest < NOTHING {
            (self.beside[i], self.halves[i]) = (last, 0.0);
            return;
        }
        let length = (rest + last * last).sqrt();
        let reflected = if last < 0.0 { length } else { -length };
        let half = rest + last * last - last * reflected;
        vector[i - 1] = last - reflected;
        (self.beside[i], self.halves[i]) = (reflected, half);

        let product = &mut self.columns[0][..i];
        product.fill(0.0);
        for j in 0..i {
            let part = &above[j * size..j * size + j];
            add_scaled(&mut product[..j], part, vector[j]);
            product[j] += dot(part, &vector[..j]) + above[j * size + j] * vector[j];
        }
        for number in product.iter_mut() {
            *number /= half;
        }
        let share = dot(vector, product) / (2.0 * half);
        add_scaled(product, vector, -share);
        for j in 0..i {
            let part = &mut above[j * size..=j * size + j];
            let (x, y) = (vector[j], product[j]);
            for ((number, a), b) in part.iter_mut().zip(&*product).zip(&*vector) {
                *number -= x * a + y * b;
            }
        }
    }

    /// Eigenvalues number `first` to `first + AT_ONCE`, counted from the largest; those beyond the least repeat it.
    #[inline(always)]
    pub fn eigenvalues(&self, first: usize) -> [f64; AT_ONCE] {
        let size = self.diagonal.len();
        let (mut low, mut high) = ([-self.norm; AT_ONCE], [self.norm; AT_ONCE]);
        let ranks: [usize; AT_ONCE] = from_fn(|lane| (first + lane).min(size - 1));
        for _ in 0..BISECTIONS {
            let middle: [f64; AT_ONCE] = from_fn(|lane| 0.5 * (low[lane] + high[lane]));
            let below = self.count_below(&middle);
            for lane in 0..AT_ONCE {
                let is_low = size - below[lane] as usize > ranks[lane];
                (low[lane], high[lane]) = if is_low { (middle[lane], high[lane]) } else { (low[lane], middle[lane]) };
            }
        }
        from_fn(|lane| 0.5 * (low[lane] + high[lane]))
    }

    /// How many eigenvalues lie below each of some numbers: as many as there are negative pivots. Counts are exact.
    #[inline(always)]
    fn count_below(&self, numbers: &[f64; AT_ONCE]) -> [f64; AT_ONCE] {
        let (mut counts, mut pivots) = ([0.0; AT_ONCE], [1.0; AT_ONCE]);
        for (diagonal, beside) in self.diagonal.iter().zip(&*self.beside) {
            let squared = beside * beside;
            for lane in 0..AT_ONCE {
                let pivot = diagonal - numbers[lane] - squared / pivots[lane];
                pivots[lane] = if pivot.abs() < NOTHING { -NOTHING } else { pivot };
                counts[lane] += if pivots[lane] < 0.0 { 1.0 } else { 0.0 };
            }
        }
        counts
    }

    /// Makes `vector` an eigenvector of length 1, at right angles to those of `before`, by solving for it again and again;
    /// it begins as it is.
    ///
    /// Tells how much the eigenvalue leaves over, in parts of the norm.
    #[inline(always)]
    pub fn solve(&mut self, value: f64, before: &[f64], vector: &mut [f64], rounds: usize) -> f64 {
        self.eliminate(value);
        let mut left = f64::INFINITY;
        for _ in 0..rounds {
            self.substitute(vector);
            if !make_orthonormal(vector, before) {
                return f64::INFINITY;
            }
            let before = left;
            left = self.residual(value, vector);
            // One more once it is exact costs little, and parts what lies close.
            if before <= f64::EPSILON * 8.0 {
                break;
            }
        }
        left
    }

    /// Gaussian elimination of the matrix less `value`, with pivots chosen from each pair of rows.
    #[inline(always)]
    fn eliminate(&mut self, value: f64) {
        let size = self.diagonal.len();
        let least = LEAST_PIVOT * self.norm;
        let (diagonal, beside) = (&*self.diagonal, &*self.beside);
        let [_, first, second, third, factors, swapped] = &mut self.columns;
        let (mut x, mut y) = (diagonal[0] - value, if size > 1 { beside[1] } else { 0.0 });
        for i in 0..size - 1 {
            let (below, own) = (beside[i + 1], diagonal[i + 1] - value);
            let above = if i + 2 < size { beside[i + 2] } else { 0.0 };
            if below.abs() > x.abs() {
                let factor = x / below;
                (first[i], second[i], third[i], factors[i], swapped[i]) = (below, own, above, factor, 1.0);
                (x, y) = (y - factor * own, -factor * above);
            } else {
                let pivot = at_least(x, least);
                let factor = below / pivot;
                (first[i], second[i], third[i], factors[i], swapped[i]) = (pivot, y, 0.0, factor, 0.0);
                (x, y) = (own - factor * y, above);
            }
        }
        (first[size - 1], second[size - 1], third[size - 1]) = (at_least(x, least), 0.0, 0.0);
    }

    /// Solves the eliminated system in place.
    #[inline(always)]
    fn substitute(&self, vector: &mut [f64]) {
        let size = vector.len();
        let [_, first, second, third, factors, swapped] = &self.columns;
        for i in 0..size - 1 {
            if swapped[i] == 1.0 {
                (vector[i], vector[i + 1]) = (vector[i + 1], vector[i] - factors[i] * vector[i + 1]);
            } else {
                vector[i + 1] -= factors[i] * vector[i];
            }
        }
        let (mut next, mut after) = (0.0, 0.0);
        for i in (0..size).rev() {
            vector[i] = (vector[i] - second[i] * next - third[i] * after) / first[i];
            (next, after) = (vector[i], next);
        }
    }

    #[inline(always)]
    fn residual(&self, value: f64, vector: &[f64]) -> f64 {
        let size = vector.len();
        let mut squares = 0.0;
        for i in 0..size {
            let mut left = (self.diagonal[i] - value) * vector[i];
            if i > 0 {
                left += self.beside[i] * vector[i - 1];
            }
            if i + 1 < size {
                left += self.beside[i + 1] * vector[i + 1];
            }
            squares += left * left;
        }
        squares.sqrt() / self.norm
    }

    /// Makes an eigenvector of the tridiagonal matrix one of the matrix it was made of.
    #[inline(always)]
    pub fn reflect_back(&self, vector: &mut [f64]) {
        let size = vector.len();
        for i in 1..size {
            if self.halves[i] == 0.0 {
                continue;
            }
            let (reflection, part) = (&self.reflections[i * size..i * size + i], &mut vector[..i]);
            let share = dot(reflection, part) / self.halves[i];
            add_scaled(part, reflection, -share);
        }
    }
}

/// Takes away what lies along others, twice, as once leaves what rounding makes of nearly equal vectors. False where
/// nothing is left, or what is not a number.
#[inline(always)]
fn make_orthonormal(vector: &mut [f64], others: &[f64]) -> bool {
    for pass in 0..3 {
        let length = dot(vector, vector).sqrt();
        if !(length > 0.0 && length.is_finite()) {
            return false;
        }
        for number in vector.iter_mut() {
            *number /= length;
        }
        if pass < 2 {
            for other in others.chunks_exact(vector.len()) {
                let along = dot(vector, other);
                add_scaled(vector, other, -along);
            }
        }
    }
    true
}

#[inline(always)]
fn at_least(pivot: f64, least: f64) -> f64 {
    if pivot.abs() >= least {
        pivot
    } else if pivot < 0.0 {
        -least
    } else {
        least
    }
}

#[inline(always)]
fn add_scaled(to: &mut [f64], vector: &[f64], factor: f64) {
    for (number, x) in to.iter_mut().zip(vector) {
        *number += factor * x;
    }
}

/// In eight sums, whatever the vectors' width.
#[inline(always)]
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let length = a.len().min(b.len());
    let whole = length - length % 8;
    let mut sums = [0.0; 8];
    for (x, y) in a[..whole].chunks_exact(8).zip(b[..whole].chunks_exact(8)) {
        for lane in 0..8 {
            sums[lane] += x[lane] * y[lane];
        }
    }
    for (lane, (x, y)) in a[whole..length].iter().zip(&b[whole..length]).enumerate() {
        sums[lane] += x * y;
    }
    ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7]))
}
