//! Points without a time, and points that share one: what becomes of them.

use influx_core::lines::{RawLine, Repeats, in_order, split};

use crate::config::times::{SameTime, Untimed};
use crate::config::writes::WriteConfig;
use crate::error::delivery::Rejected;
use crate::error::{Error, Result};
use crate::write::body::Body;

/// Refuses points of a call that have no time, or would overwrite one another, as the settings ask for.
pub(crate) fn check<'b>(
    bodies: impl IntoIterator<Item = &'b Body> + Clone,
    config: &WriteConfig,
) -> Result<()> {
    let (timed, apart) = (config.untimed == Untimed::Refuse, config.same_time == SameTime::Refuse);
    if !timed && !apart {
        return Ok(());
    }
    // as most are
    if in_order(bodies.clone().into_iter().map(|body| &body.bytes()[..])) {
        return Ok(());
    }
    let mut repeats = Repeats::default();
    for body in bodies {
        for (index, range) in body.ranges() {
            let line = RawLine::of(body.bytes(), range, index);
            if timed && line.is_point() && !line.has_timestamp() {
                let reason =
                    "has no timestamp: give it one, or let the client do so by .untimed(Untimed::Stamp)";
                return Err(refused(index, &line, reason.to_owned()));
            }
            if apart
                && let Some(repeat) = repeats.add(&line, index)
                && repeat.overwrites
            {
                return Err(refused(index, &line, shares(repeat.earlier)));
            }
        }
    }
    Ok(())
}

fn shares(earlier: usize) -> String {
    format!(
        "has the series and the time of point {earlier} and other values, of which a server stores one; give them times of their \
         own, or a tag that differs, write with a finer precision, or say .same_time(SameTime::Overwrite)"
    )
}

fn refused(index: usize, line: &RawLine<'_>, reason: String) -> Error {
    let rejected = Rejected::new(Some(index), Some(line.as_bytes()), reason);
    Error::unfit(rejected.to_string(), rejected)
}

/// How many of these lines replace a value of an earlier one.
pub(crate) fn overwriting(lines: &[u8]) -> usize {
    if in_order([lines]) {
        return 0;
    }
    let mut repeats = Repeats::default();
    let lines = split(lines).filter_map(|line| repeats.add(&line, line.number()));
    lines.filter(|repeat| repeat.overwrites).count()
}

#[cfg(test)]
mod tests {
    use influx_core::Dialect;

    use super::*;
    use crate::error::delivery::Delivery;

    #[test]
    fn only_what_would_be_lost_is_refused() {
        let config = WriteConfig::new(Dialect::V1);
        let body = |text: &str, first| {
            let ends = split(text.as_bytes()).map(|line| line.range().end).collect();
            Body::new(text.as_bytes().to_vec(), ends, first)
        };
        for same in
            ["m f=1 1\nm g=1 1\n", "m f=1 1\nm f=1 1\n", "m f=1 1\nm f=2 2\n", "m f=1 1\nm,t=a f=2 1\n"]
        {
            assert!(check(&[body(same, 0)], &config).is_ok(), "{same}");
            assert_eq!(overwriting(same.as_bytes()), 0);
        }
        let (first, second) = (body("m f=1 1\nn f=1 1\n", 0), body("m f=1 2\nm f=2 1\n", 2));
        let error = check([&first, &second], &config).unwrap_err();
        assert_eq!((error.rejected()[0].index(), error.delivery()), (Some(3), Some(Delivery::NotSent)));
        assert!(
            error.to_string().starts_with("point 3 (m f=2 1): has the series and the time of point 0"),
            "{error}"
        );
        let other_order = body("m,a=1,b=2 f=1 1\nm,b=2,a=1 f=2 1\n", 0);
        assert!(check([&other_order], &config).is_err(), "servers sort tags");
        let overwrite = WriteConfig { same_time: SameTime::Overwrite, ..config.clone() };
        assert!(check([&first, &second], &overwrite).is_ok());
        assert_eq!(overwriting(b"m f=1\nm f=2\nm f=3\n"), 2, "without a time, too");
        let timed = WriteConfig { untimed: Untimed::Refuse, ..config };
        let error = check([&first, &body("# c\nm f=1\n", 2)], &timed).unwrap_err();
        assert!(error.to_string().starts_with("point 3 (m f=1): has no timestamp"), "{error}");
    }
}
