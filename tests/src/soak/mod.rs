//! A long run of the batch writer against a real server that dies, behind a proxy that misbehaves.

pub mod answers;
pub mod check;
pub mod proxy;
pub mod writer;

/// The database, organization, bucket and measurement.
pub const NAME: &str = "soak";

/// The points of a thread, by their number: what is written and what must be found.
pub const BASE: i64 = 1_700_000_000_000_000_000;

/// The float of a point.
pub fn value(thread: u32, number: i64) -> f64 {
    number as f64 * 0.25 + f64::from(thread)
}

/// Whether the point of that number is given as a line that no server takes.
pub fn is_poison(number: i64) -> bool {
    number % 9_973 == 5_000
}

/// Numbers by chance, the same for the same seed.
#[derive(Debug, Clone)]
pub struct Chance(u64);

impl Chance {
    /// Not 0.
    pub fn new(seed: u64) -> Self {
        Chance(seed | 1)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 8) % end
    }
}
