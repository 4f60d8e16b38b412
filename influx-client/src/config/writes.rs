//! The settings of writes, and their rules: a client has them, and a write and a batch writer can have their own.

use influx_core::{Dialect, LineWriter, Nan, Precision};

use crate::config::times::{SameTime, Untimed};
use crate::error::problem::Problem;

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
    pub(crate) database: Option<String>,
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
        self.config.database = Some(name);
    }

    pub(crate) fn retention_policy(&mut self, name: String) {
        self.problem.check_name(&name, "retention policy", "retention_policy");
        self.config.retention_policy = Some(name);
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

#[cfg(test)]
mod tests {
    use super::*;

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
