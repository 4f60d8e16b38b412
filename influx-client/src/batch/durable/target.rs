//! How the spool names a target.

use influx_core::Precision;

use crate::batch::event::BatchTarget;

/// Database, retention policy and unit, with zeros between them, which no name can hold.
pub(super) fn target_bytes(target: &BatchTarget) -> Vec<u8> {
    let policy = target.retention_policy.as_deref().unwrap_or_default();
    [&target.database, policy, target.precision.as_str()].join("\0").into_bytes()
}

pub(in crate::batch) fn target_of(bytes: &[u8]) -> Option<BatchTarget> {
    let mut parts = std::str::from_utf8(bytes).ok()?.split('\0');
    let (database, policy, unit) = (parts.next()?, parts.next()?, parts.next()?);
    let units = [Precision::Ns, Precision::Us, Precision::Ms, Precision::S];
    Some(BatchTarget {
        database: database.to_owned(),
        retention_policy: (!policy.is_empty()).then(|| policy.to_owned()),
        precision: units.into_iter().find(|known| known.as_str() == unit)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_come_back() {
        for (policy, precision) in
            [(None, Precision::Ns), (Some("a week"), Precision::S), (Some("é"), Precision::Us)]
        {
            let target = BatchTarget {
                database: "market \n x".to_owned(),
                retention_policy: policy.map(str::to_owned),
                precision,
            };
            assert_eq!(target_of(&target_bytes(&target)), Some(target));
        }
        assert_eq!(target_of(b"a"), None);
        assert_eq!(target_of(b"a\0b\0weeks"), None);
    }
}
