//! What the crate's tests share: how much of a test is run where.

/// `many`, or `few` under Miri, which is some thousand times slower; property tests are left out there.
pub(crate) const fn scaled<T: Copy>(many: T, few: T) -> T {
    if cfg!(miri) { few } else { many }
}
