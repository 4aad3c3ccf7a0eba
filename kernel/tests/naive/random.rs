//! Numbers to compute with.

/// Numbers from -1 to 1 (xorshift; Marsaglia, 2003).
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> f32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 40) as f32 / (1 << 23) as f32 - 1.0
    }

    pub fn take(&mut self, length: usize, scale: f32) -> Vec<f32> {
        (0..length).map(|_| scale * self.next()).collect()
    }
}
