//! Raw line protocol on its way to a server: judged as points are, and stamped.

use bytes::Bytes;
use influx_core::Precision;
use influx_core::lines::{LineError, RawLine, check, split};

use crate::config::times::Untimed;
use crate::config::writes::WriteConfig;
use crate::error::delivery::Rejected;
use crate::error::{Error, Result};
use crate::write::stamp;

/// Lines, and where each ends, its line feed included.
pub(crate) struct Raw {
    pub(crate) text: Bytes,
    pub(crate) ends: Vec<usize>,
}

/// Text with a timestamp in each line, as far as the settings ask for it; blank lines and comments stay, or go.
///
/// # Errors
///
/// Text without a point, and the first line that the encoder would refuse as a point.
pub(crate) fn prepare(text: &Bytes, config: &WriteConfig, bare: bool) -> Result<Raw> {
    if config.precision == Precision::Us {
        return Err(Error::config(
            "1.x servers disagree on the name of microseconds: give raw lines timestamps in ns, ms or s",
        ));
    }
    let mut out = Out { text, config, changed: None, ends: Vec::new(), points: 0, bare };
    if config.check_lines {
        for line in check(text, config.dialect, config.precision) {
            out.add(&line.map_err(|error| refused(&error, text))?)?;
        }
    } else {
        split(text).try_for_each(|line| out.add(&line))?;
    }
    if out.points == 0 {
        return Err(Error::config(
            "the text holds no line to write: it is empty, or has only blank lines and comments",
        ));
    }
    let text = out.changed.map_or_else(|| text.clone(), Bytes::from);
    Ok(Raw { text, ends: out.ends })
}

struct Out<'t> {
    text: &'t Bytes,
    config: &'t WriteConfig,
    /// The lines so far, if they are not as they were given.
    changed: Option<Vec<u8>>,
    ends: Vec<usize>,
    points: usize,
    bare: bool,
}

impl Out<'_> {
    fn add(&mut self, line: &RawLine<'_>) -> Result<()> {
        let (range, bytes) = (line.range(), line.as_bytes());
        self.points += usize::from(line.is_point());
        if !line.is_point() && self.bare {
            self.change(range.start);
            return Ok(());
        }
        let untimed = line.is_point() && !line.has_timestamp();
        let stamped = untimed && self.config.untimed == Untimed::Stamp;
        // each batch of a writer is whole lines
        let open = self.bare && !bytes.ends_with(b"\n");
        if stamped || open {
            let precision = self.config.precision;
            let changed = self.change(range.start);
            if stamped {
                changed.extend_from_slice(bytes.trim_ascii_end());
                changed.extend_from_slice(format!(" {}", precision.floor(stamp::now())).as_bytes());
            } else {
                changed.extend_from_slice(bytes);
            }
            if open || bytes.ends_with(b"\n") {
                changed.push(b'\n');
            }
        } else if let Some(changed) = &mut self.changed {
            changed.extend_from_slice(bytes);
        }
        self.ends.push(self.changed.as_ref().map_or(range.end, Vec::len));
        Ok(())
    }

    /// From `start` on the lines are other than they were given.
    fn change(&mut self, start: usize) -> &mut Vec<u8> {
        let text = self.text;
        self.changed.get_or_insert_with(|| {
            let mut changed = Vec::with_capacity(text.len() + 32);
            changed.extend_from_slice(&text[..start]);
            changed
        })
    }
}

fn refused(error: &LineError, text: &[u8]) -> Error {
    let rejected = Rejected::new(Some(error.line()), Some(&text[error.range()]), error.to_string());
    Error::unfit(error.to_string(), rejected)
}

#[cfg(test)]
mod tests {
    use influx_core::Dialect;

    use super::*;

    fn config() -> WriteConfig {
        WriteConfig::new(Dialect::V1)
    }

    fn lines(text: &str, config: &WriteConfig, bare: bool) -> Vec<String> {
        let raw = prepare(&Bytes::copy_from_slice(text.as_bytes()), config, bare).unwrap();
        let mut start = 0;
        let cut = |end: &usize| {
            let line = &raw.text[std::mem::replace(&mut start, *end)..*end];
            String::from_utf8(line.to_vec()).unwrap()
        };
        raw.ends.iter().map(cut).collect()
    }

    #[test]
    fn what_is_right_stays_as_it_is() {
        let text = "a f=1 1\n\n# c\nb f=\"x\ny\" 2";
        assert_eq!(lines(text, &config(), false), ["a f=1 1\n", "\n", "# c\n", "b f=\"x\ny\" 2"]);
        assert_eq!(lines(text, &config(), true), ["a f=1 1\n", "b f=\"x\ny\" 2\n"]);
    }

    #[test]
    fn lines_without_a_time_are_stamped() {
        let text = "a f=1\nb f=2 7\n# c\na f=3 \na f=4";
        for bare in [true, false] {
            let lines = lines(text, &config(), bare);
            assert_eq!(lines.len(), if bare { 4 } else { 5 });
            let times: Vec<&str> = lines
                .iter()
                .filter_map(|line| line.trim_end().rsplit_once(' '))
                .map(|(_, time)| time)
                .collect();
            let own: Vec<i64> = times.iter().filter_map(|time| time.parse().ok()).collect();
            assert_eq!(own.len(), 4, "{lines:?}");
            assert!(own[0] < own[2] && own[2] < own[3] && own[1] == 7, "{own:?}");
        }
        let server = WriteConfig { untimed: Untimed::Server, ..config() };
        assert_eq!(lines("a f=1\na f=2", &server, false), ["a f=1\n", "a f=2"]);
    }

    #[test]
    fn lines_are_judged_as_points_are() {
        let bad = "a f=1 1\nm time=1i,v=2 1\n";
        let text = Bytes::copy_from_slice(bad.as_bytes());
        let error = prepare(&text, &config(), false).err().unwrap();
        assert!(error.is_encode() && error.to_string().starts_with("line 1, field key \"time\""), "{error}");
        assert_eq!(
            (error.rejected()[0].index(), error.rejected()[0].line()),
            (Some(1), Some("m time=1i,v=2 1"))
        );
        let unchecked = WriteConfig { check_lines: false, ..config() };
        assert_eq!(lines(bad, &unchecked, false).concat(), bad);
    }
}
