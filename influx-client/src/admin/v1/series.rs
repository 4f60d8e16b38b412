//! Series: their keys and how many there are.

use influx_derive::FromRow;

use crate::admin::future::awaits;
use crate::admin::v1::handle::Admin;
use crate::admin::v1::select::{Selection, selects};
use crate::error::{Error, Kind, Result};

/// A series: a row of `SHOW SERIES`, taken apart.
///
/// ```
/// use influx_client::admin::v1::SeriesKey;
///
/// let key = SeriesKey::parse("cpu\\ load,host=a,region=us\\ west");
/// assert_eq!(key.measurement, "cpu load");
/// assert_eq!(key.tags, [("host".to_owned(), "a".to_owned()), ("region".to_owned(), "us west".to_owned())]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct SeriesKey {
    /// The key as the server writes it: `cpu,host=a,region=us\ west`.
    pub text: String,
    /// The measurement, escapes resolved.
    pub measurement: String,
    /// The tags, escapes resolved, in the order of the key.
    pub tags: Vec<(String, String)>,
}

/// The series of a measurement, counted: a row of `SHOW SERIES EXACT CARDINALITY`.
#[derive(FromRow, Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct SeriesCount {
    /// The measurement.
    #[measurement]
    pub measurement: String,
    /// How many series it has.
    #[field]
    pub count: u64,
}

/// `SHOW SERIES`: what [`Admin::show_series`] returns.
#[derive(Debug)]
#[must_use = "a request is sent when it is awaited"]
pub struct ShowSeries {
    admin: Admin,
    selection: Selection,
}

/// `SHOW SERIES EXACT CARDINALITY`: what [`Admin::show_exact_series_cardinality`] returns.
#[derive(Debug)]
#[must_use = "a request is sent when it is awaited"]
pub struct ShowExactSeriesCardinality {
    admin: Admin,
    selection: Selection,
}

impl SeriesKey {
    /// Takes a key apart: measurement and tags are separated by commas, keys and values by the first `=`, and a backslash
    /// before one of `,`, `=` and space makes that an ordinary character.
    pub fn parse(text: impl Into<String>) -> SeriesKey {
        let text = text.into();
        let mut parts = split(&text, b',', false);
        let measurement = parts.next().map(unescape).unwrap_or_default();
        let tags = parts
            .map(|tag| {
                let mut sides = split(tag, b'=', true);
                let key = sides.next().map(unescape).unwrap_or_default();
                (key, sides.next().map(unescape).unwrap_or_default())
            })
            .collect();
        SeriesKey { text, measurement, tags }
    }
}

/// The pieces between separators that have no backslash before them; two at most with `once`.
fn split(text: &str, separator: u8, once: bool) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    let mut cut = false;
    std::iter::from_fn(move || {
        let piece = rest?;
        let bytes = piece.as_bytes();
        let is_end = |at: &usize| bytes[*at] == separator && (*at == 0 || bytes[at - 1] != b'\\');
        match (0..bytes.len()).find(is_end).filter(|_| !(once && cut)) {
            Some(at) => {
                cut = true;
                rest = Some(&piece[at + 1..]);
                Some(&piece[..at])
            }
            None => {
                rest = None;
                Some(piece)
            }
        }
    })
}

fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            ('\\', Some(',' | '=' | ' ')) => {}
            _ => out.push(c),
        }
    }
    out
}

#[derive(FromRow)]
struct KeyRow {
    key: String,
}

#[derive(FromRow)]
struct Estimate {
    #[field(rename = "cardinality estimation")]
    count: u64,
}

impl Admin {
    /// The series of the database.
    ///
    /// ```no_run
    /// # async fn run(client: influx_client::Client) -> influx_client::Result<()> {
    /// for series in client.v1().show_series().measurement("cpu").tag("host", "a").limit(100).await? {
    ///     println!("{} {:?}", series.measurement, series.tags);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// No database is named, a name that InfluxQL cannot express, and those of
    /// [`Query::fetch_all`](crate::Query::fetch_all).
    pub fn show_series(&self) -> ShowSeries {
        ShowSeries { admin: self.clone(), selection: Selection::default() }
    }

    /// How many series the database has, estimated from sketches: cheap, and off by a few percent where there are many.
    ///
    /// # Errors
    ///
    /// No database is named, and those of [`Query::fetch_one`](crate::Query::fetch_one).
    pub async fn show_series_cardinality(&self) -> Result<u64> {
        let rows: Vec<Estimate> = self.rows_in_database("SHOW SERIES CARDINALITY").await?;
        match rows.as_slice() {
            [estimate] => Ok(estimate.count),
            _ => Err(Error::new(Kind::NoRows, "the server sent no estimate of the number of series")),
        }
    }

    /// How many series each measurement has, counted. Measurements without any are not listed.
    ///
    /// # Errors
    ///
    /// Those of [`show_series`](Admin::show_series).
    pub fn show_exact_series_cardinality(&self) -> ShowExactSeriesCardinality {
        ShowExactSeriesCardinality { admin: self.clone(), selection: Selection::default() }
    }
}

selects!(ShowSeries: measurement tag limit);
selects!(ShowExactSeriesCardinality: measurement tag);
awaits!(ShowSeries => Vec<SeriesKey>);
awaits!(ShowExactSeriesCardinality => Vec<SeriesCount>);

impl ShowSeries {
    async fn run(self) -> Result<Vec<SeriesKey>> {
        let text = self.selection.statement("SHOW SERIES", "")?;
        let rows: Vec<KeyRow> = self.admin.rows_in_database(text).await?;
        Ok(rows.into_iter().map(|row| SeriesKey::parse(row.key)).collect())
    }
}

impl ShowExactSeriesCardinality {
    async fn run(self) -> Result<Vec<SeriesCount>> {
        let text = self.selection.statement("SHOW SERIES EXACT CARDINALITY", "")?;
        self.admin.rows_in_database(text).await
    }
}

#[cfg(test)]
mod tests {
    use influx_core::{Dialect, LineWriter, Point};
    use proptest::prelude::*;

    use super::*;

    fn name() -> impl Strategy<Value = String> {
        let pieces =
            prop_oneof![Just("\\"), Just(","), Just("="), Just(" "), Just("a"), Just("é"), Just("\"")];
        prop::collection::vec(pieces, 1..6).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn what_the_encoder_writes_is_taken_apart(m in name(), key in name(), value in name()) {
            let mut writer = LineWriter::new(Dialect::V1);
            let point = Point::new(m.as_str()).tag(key.as_str(), value.as_str()).tag("zz~", "v").field("f", true);
            // Names that cannot be written are not stored.
            if key != "time" && writer.write(&point).is_ok() {
                let line = String::from_utf8(writer.as_bytes().to_vec()).unwrap();
                let text = line.strip_suffix(" f=true\n").unwrap();
                let series = SeriesKey::parse(text);
                prop_assert_eq!(&series.measurement, &m);
                let mut tags = vec![(key, value), ("zz~".to_owned(), "v".to_owned())];
                tags.sort();
                prop_assert_eq!(series.tags, tags);
            }
        }
    }

    #[test]
    fn keys() {
        let of = |text| {
            let key = SeriesKey::parse(text);
            (key.measurement, key.tags)
        };
        let tag = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        assert_eq!(of("cpu"), ("cpu".into(), vec![]));
        assert_eq!(of("a\\,b,c\\=d=e=f,g=\\,"), ("a,b".into(), vec![tag("c=d", "e=f"), tag("g", ",")]));
        assert_eq!(of("m,t=a\\b\nc"), ("m".into(), vec![tag("t", "a\\b\nc")]));
        assert_eq!(of(""), ("".into(), vec![]));
        assert_eq!(of("m,t"), ("m".into(), vec![tag("t", "")]));
    }
}
