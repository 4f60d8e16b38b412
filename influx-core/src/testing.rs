//! What the crate's tests share: how much of a test is run where.

use proptest::test_runner::Config;

/// `many`, or `few` under Miri, which is some thousand times slower.
pub(crate) const fn scaled<T: Copy>(many: T, few: T) -> T {
    if cfg!(miri) { few } else { many }
}

/// A property test of so many cases. No file of failures: Miri has no file system.
pub(crate) fn cases(many: u32) -> Config {
    Config { failure_persistence: None, ..Config::with_cases(scaled(many, 16)) }
}
