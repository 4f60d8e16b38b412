//! What the servers of 2.x take, where they tell too late, in the wrong words, or not at all.

use std::time::Duration;

use crate::error::{Error, Result};

/// The shortest time that a bucket keeps points.
const HOUR: u64 = 3_600;

/// The longest: the server counts it in nanoseconds.
const LONGEST: u64 = i64::MAX as u64 / 1_000_000_000;

/// Whether a text has the form of an id: 16 lower-case hex digits.
pub(crate) fn is_id(text: &str) -> bool {
    text.len() == 16 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

/// The name of something that is created or renamed. The server would create a bucket without a name, and a user of blanks.
pub(crate) fn name(name: &str, of: &str) -> Result<()> {
    if name.trim().is_empty() {
        return Err(Error::config(format!("the {of}'s name is empty: give one")));
    }
    Ok(())
}

/// The name of a bucket that is created or renamed.
pub(crate) fn bucket_name(text: &str) -> Result<()> {
    name(text, "bucket")?;
    if text.starts_with('_') {
        return Err(Error::config(format!(
            "the bucket's name {text:?} begins with _, as only the server's own do: use another"
        )));
    }
    if text.contains('"') {
        return Err(Error::config(format!(
            "the bucket's name {text:?} holds a quotation mark, which 2.x refuses: use another"
        )));
    }
    Ok(())
}

/// A password that is set; it is not shown.
pub(crate) fn password(password: &str) -> Result<()> {
    match password.len() {
        8..=72 => Ok(()),
        len => Err(Error::config(format!("the password has {len} bytes: 2.x takes 8 to 72"))),
    }
}

/// How long points are kept, in seconds; for ever is 0. 2.x answers less than an hour with 500.
pub(crate) fn retention(keep: Option<Duration>) -> Result<u64> {
    let Some(keep) = keep.filter(|keep| !keep.is_zero()) else { return Ok(0) };
    let seconds = seconds(keep, "retention")?;
    if seconds < HOUR {
        return Err(Error::config(format!(
            "a retention of {keep:?} is shorter than the hour that 2.x has at least: give 1 h or more, or None for ever"
        )));
    }
    Ok(seconds)
}

/// How much time a shard group covers, in seconds. 2.x would make an hour of less without a word.
pub(crate) fn shard_group(span: Duration) -> Result<u64> {
    let seconds = seconds(span, "shard group duration")?;
    if seconds < HOUR {
        return Err(Error::config(format!(
            "a shard group duration of {span:?} is shorter than the hour that 2.x has at least: give 1 h or more"
        )));
    }
    Ok(seconds)
}

/// A duration that travels as seconds.
pub(crate) fn seconds(duration: Duration, of: &str) -> Result<u64> {
    let seconds = duration.as_secs();
    if duration.subsec_nanos() > 0 || seconds == 0 {
        return Err(Error::config(format!(
            "a {of} of {duration:?} is not a number of seconds: use whole ones"
        )));
    }
    if seconds > LONGEST {
        return Err(Error::config(format!(
            "a {of} of {duration:?} is longer than the 292 years that 2.x has"
        )));
    }
    Ok(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids() {
        assert!(is_id("0123456789abcdef"));
        for text in [
            "",
            "0123456789abcde",
            "0123456789abcdef0",
            "0123456789ABCDEF",
            "0123456789abcdeg",
            "0123456789abcdé",
        ] {
            assert!(!is_id(text), "{text}");
        }
    }

    #[test]
    fn names() {
        for text in ["a", "a b", "é漢", "a/b", "*", "..", "A_", "0123456789abcdef"] {
            bucket_name(text).unwrap();
        }
        for text in ["", " ", "\t\n", "_a", "_", "\"", "a\"b"] {
            assert!(bucket_name(text).unwrap_err().is_config(), "{text:?}");
        }
        name("_a\"", "label").unwrap();
    }

    #[test]
    fn passwords_are_not_shown() {
        for text in ["", "short", &"x".repeat(73), "ééé"] {
            let error = password(text).unwrap_err().to_string();
            assert!(text.is_empty() || !error.contains(text), "{error}");
        }
        for text in ["12345678", "éééé", &"x".repeat(72)] {
            password(text).unwrap();
        }
    }

    #[test]
    fn durations() {
        let s = Duration::from_secs;
        assert_eq!(retention(None).unwrap(), 0);
        assert_eq!(retention(Some(Duration::ZERO)).unwrap(), 0);
        assert_eq!(retention(Some(s(3_600))).unwrap(), 3_600);
        assert_eq!(retention(Some(s(LONGEST))).unwrap(), LONGEST);
        for keep in [s(1), s(3_599), Duration::from_millis(3_600_001), s(LONGEST + 1), Duration::MAX] {
            assert!(retention(Some(keep)).unwrap_err().is_config(), "{keep:?}");
        }
    }
}
