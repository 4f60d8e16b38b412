//! The settings of writes, and their rules: a client has them, and a write and a batch writer can have their own.

use influx_core::{Dialect, LineWriter, Nan, Precision};

use crate::config::times::{SameTime, Untimed};
use crate::error::problem::Problem;
use crate::error::{Error, Result};

/// How many nodes of an InfluxDB Enterprise 1.x cluster must store a write; single servers ignore it.
///
/// ```
/// use influx_client::{Client, Consistency};
/// let client = Client::v1("http://localhost:8086").consistency(Consistency::Quorum).build()?;
/// # Ok::<(), influx_client::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Consistency {
    /// Any node, also one that only keeps the data for another.
    Any,
    /// One node that owns the data.
    One,
    /// More than half of the nodes that own the data.
    Quorum,
    /// All nodes that own the data.
    All,
}

impl Consistency {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Consistency::Any => "any",
            Consistency::One => "one",
            Consistency::Quorum => "quorum",
            Consistency::All => "all",
        }
    }
}

/// How something is written.
#[derive(Debug, Clone)]
pub(crate) struct WriteConfig {
    pub(crate) dialect: Dialect,
    /// The database; the bucket of 2.x.
    pub(crate) database: Option<String>,
    /// The organization of 2.x, by name or id.
    pub(crate) org: Option<String>,
    pub(crate) retention_policy: Option<String>,
    pub(crate) precision: Precision,
    pub(crate) nan: Nan,
    pub(crate) untimed: Untimed,
    pub(crate) same_time: SameTime,
    pub(crate) check_lines: bool,
    pub(crate) consistency: Option<Consistency>,
    /// `None`, until the server's address is known: as it suits the way to it.
    pub(crate) gzip: Option<bool>,
    pub(crate) batch_points: usize,
    pub(crate) batch_bytes: usize,
    pub(crate) default_tags: Vec<(String, String)>,
}

impl WriteConfig {
    pub(crate) fn new(dialect: Dialect) -> Self {
        WriteConfig {
            dialect,
            database: None,
            org: None,
            retention_policy: None,
            precision: Precision::Ns,
            nan: Nan::default(),
            untimed: Untimed::default(),
            same_time: SameTime::default(),
            check_lines: true,
            consistency: None,
            gzip: None,
            batch_points: 10_000,
            batch_bytes: 4 << 20,
            default_tags: Vec::new(),
        }
    }

    /// Whether bodies are compressed.
    pub(crate) fn is_gzipped(&self) -> bool {
        self.gzip.unwrap_or_default()
    }
}

/// The settings of writes while they are made: each rule of a setter is here, whoever has the setter.
#[derive(Debug, Clone)]
pub(crate) struct WriteSettings {
    pub(crate) config: WriteConfig,
    pub(crate) problem: Problem,
    /// How many of the default tags are the client's; they yield to those that are given here.
    inherited: usize,
}

impl WriteSettings {
    /// Beginning with those of a client.
    pub(crate) fn new(config: WriteConfig) -> Self {
        WriteSettings { inherited: config.default_tags.len(), config, problem: Problem::default() }
    }

    pub(crate) fn database(&mut self, name: String) {
        self.problem.check_name(&name, "database", "database");
        self.problem.keep(has_databases(self.config.dialect, "database"));
        self.config.database = Some(name);
    }

    pub(crate) fn retention_policy(&mut self, name: String) {
        self.problem.check_name(&name, "retention policy", "retention_policy");
        self.problem.keep(has_databases(self.config.dialect, "retention_policy"));
        self.config.retention_policy = Some(name);
    }

    pub(crate) fn bucket(&mut self, name: String) {
        self.problem.check_name(&name, "bucket", "bucket");
        self.problem.keep(has_buckets(self.config.dialect, "bucket"));
        self.config.database = Some(name);
    }

    pub(crate) fn org(&mut self, name: String) {
        self.problem.check_name(&name, "organization", "org");
        self.problem.keep(has_buckets(self.config.dialect, "org"));
        self.config.org = Some(name);
    }

    pub(crate) fn consistency(&mut self, consistency: Consistency) {
        self.problem.keep(has_databases(self.config.dialect, "consistency"));
        self.config.consistency = Some(consistency);
    }

    pub(crate) fn default_tag(&mut self, key: String, value: String) {
        // The encoder has the rules of names; a writer that is thrown away asks it.
        if let Err(error) = LineWriter::new(self.config.dialect).default_tag(&key, &value) {
            self.problem.check(false, &format!("the default tag {key:?} cannot be written: {error}"));
        }
        let tags = &mut self.config.default_tags;
        match tags.iter().position(|(known, _)| *known == key) {
            Some(at) if at < self.inherited => {
                tags.remove(at);
                self.inherited -= 1;
            }
            Some(_) => self.problem.check(false, &format!("the default tag {key:?} is given twice")),
            None => {}
        }
        tags.push((key, value));
    }

    pub(crate) fn batch_points(&mut self, points: usize) {
        self.problem.check_count(points, "batch_points", "write nothing");
        self.config.batch_points = points.max(1);
    }

    pub(crate) fn batch_bytes(&mut self, bytes: usize) {
        self.problem.check_count(bytes, "batch_bytes", "write nothing");
        self.config.batch_bytes = bytes.max(1);
    }
}

/// Whether a setter about databases says something to servers of this generation.
pub(crate) fn has_databases(dialect: Dialect, setter: &str) -> Result<()> {
    match dialect {
        Dialect::V2 => Err(Error::config(format!(
            "{dialect} has organizations and buckets, and no .{setter}(..): use .org(..) and .bucket(..)"
        ))),
        Dialect::V1 | Dialect::V3 => Ok(()),
    }
}

/// Whether a setter about buckets says something to servers of this generation.
pub(crate) fn has_buckets(dialect: Dialect, setter: &str) -> Result<()> {
    match dialect {
        Dialect::V2 => Ok(()),
        Dialect::V1 | Dialect::V3 => {
            Err(Error::config(format!("{dialect} has databases, and no .{setter}(..): use .database(..)")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_those_of_the_generation() {
        let problem = |dialect, set: fn(&mut WriteSettings)| {
            let mut settings = WriteSettings::new(WriteConfig::new(dialect));
            set(&mut settings);
            settings.problem.result().err().map(|error| error.to_string())
        };
        for dialect in [Dialect::V1, Dialect::V3] {
            assert_eq!(problem(dialect, |all| all.database("d".into())), None);
            let said = problem(dialect, |all| all.bucket("b".into())).unwrap();
            assert_eq!(said, format!("{dialect} has databases, and no .bucket(..): use .database(..)"));
            assert!(problem(dialect, |all| all.org("o".into())).unwrap().contains(".org(..)"));
        }
        let on_2x = |set| problem(Dialect::V2, set);
        assert_eq!(on_2x(|all| all.bucket("b".into())), None);
        assert_eq!(on_2x(|all| all.org("o".into())), None);
        assert_eq!(
            on_2x(|all| all.database("d".into())).unwrap(),
            "InfluxDB 2.x has organizations and buckets, and no .database(..): use .org(..) and .bucket(..)"
        );
        assert!(on_2x(|all| all.retention_policy("r".into())).is_some());
        assert!(on_2x(|all| all.consistency(Consistency::All)).is_some());
        assert_eq!(
            on_2x(|all| all.bucket(String::new())).unwrap(),
            "the bucket's name is empty: leave .bucket(..) out or name one"
        );
    }

    #[test]
    fn a_default_tag_replaces_the_clients() {
        let mut client = WriteSettings::new(WriteConfig::new(Dialect::V1));
        client.default_tag("host".into(), "a".into());
        client.default_tag("zone".into(), "x".into());
        let mut own = WriteSettings::new(client.config.clone());
        own.default_tag("host".into(), "b".into());
        assert!(own.problem.is_none());
        assert_eq!(own.config.default_tags, [("zone".into(), "x".into()), ("host".into(), "b".to_owned())]);
        for settings in [&mut own, &mut client] {
            settings.default_tag("host".into(), "c".into());
            let error = settings.problem.result().unwrap_err();
            assert_eq!(error.to_string(), "the default tag \"host\" is given twice");
        }
    }
}
