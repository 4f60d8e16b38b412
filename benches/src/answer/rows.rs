//! The rows: sensors of machines, one series per machine, the same in every run.

use influx_core::{FromRow, LineProtocol};

use crate::random::Random;

/// A row that borrows its texts.
#[derive(Clone, Copy, Debug, LineProtocol, FromRow)]
#[measurement("cpu")]
pub struct Load<'a> {
    #[timestamp]
    pub time: i64,
    #[tag]
    pub host: &'a str,
    #[tag]
    pub rack: &'a str,
    #[tag]
    pub region: &'a str,
    #[field]
    pub load1: f64,
    #[field]
    pub status: &'a str,
    #[field]
    pub temp_c: f64,
    #[field]
    pub throttled: bool,
    #[field]
    pub uptime: i64,
    #[field]
    pub usage_idle: f64,
    #[field]
    pub usage_system: f64,
    #[field]
    pub usage_user: f64,
}

/// A row that owns its texts.
#[derive(Clone, Debug, FromRow)]
pub struct OwnedLoad {
    #[timestamp]
    pub time: i64,
    #[tag]
    pub host: String,
    #[tag]
    pub rack: String,
    #[tag]
    pub region: String,
    #[field]
    pub load1: f64,
    #[field]
    pub status: String,
    #[field]
    pub temp_c: f64,
    #[field]
    pub throttled: bool,
    #[field]
    pub uptime: i64,
    #[field]
    pub usage_idle: f64,
    #[field]
    pub usage_system: f64,
    #[field]
    pub usage_user: f64,
}

impl OwnedLoad {
    #[inline(always)]
    pub fn as_load(&self) -> Load<'_> {
        Load {
            time: self.time,
            host: &self.host,
            rack: &self.rack,
            region: &self.region,
            load1: self.load1,
            status: &self.status,
            temp_c: self.temp_c,
            throttled: self.throttled,
            uptime: self.uptime,
            usage_idle: self.usage_idle,
            usage_system: self.usage_system,
            usage_user: self.usage_user,
        }
    }
}

/// Rows in a series.
const PER_SERIES: usize = 1_000;

/// The rows of all series, in the order of the answer.
pub struct Loads {
    pub(super) series: Vec<Series>,
}

pub(super) struct Series {
    pub(super) host: String,
    pub(super) rack: String,
    pub(super) region: String,
    pub(super) rows: Vec<Row>,
}

/// A row without its tags.
pub(super) struct Row {
    pub(super) time: i64,
    pub(super) load1: f64,
    pub(super) status: &'static str,
    pub(super) temp_c: f64,
    pub(super) throttled: bool,
    pub(super) uptime: i64,
    pub(super) usage_idle: f64,
    pub(super) usage_system: f64,
    pub(super) usage_user: f64,
}

impl Loads {
    /// `count` rows in series of 1,000; the last one may be shorter.
    pub fn new(count: usize) -> Loads {
        let mut random = Random(0x51de_c0de_2bad);
        let series = (0..count)
            .step_by(PER_SERIES)
            .enumerate()
            .map(|(number, first)| series(&mut random, number, PER_SERIES.min(count - first)));
        Loads { series: series.collect() }
    }

    pub fn count(&self) -> usize {
        self.series.iter().map(|series| series.rows.len()).sum()
    }

    pub fn iter(&self) -> impl Iterator<Item = Load<'_>> {
        self.series.iter().flat_map(|series| series.rows.iter().map(|row| series.load(row)))
    }
}

impl Series {
    fn load<'a>(&'a self, row: &Row) -> Load<'a> {
        Load {
            time: row.time,
            host: &self.host,
            rack: &self.rack,
            region: &self.region,
            load1: row.load1,
            status: row.status,
            temp_c: row.temp_c,
            throttled: row.throttled,
            uptime: row.uptime,
            usage_idle: row.usage_idle,
            usage_system: row.usage_system,
            usage_user: row.usage_user,
        }
    }
}

fn series(random: &mut Random, number: usize, count: usize) -> Series {
    const REGIONS: [&str; 8] = [
        "eu-west-1",
        "eu-central-1",
        "us-east-1",
        "us-west-2",
        "ap-south-1",
        "ap-northeast-1",
        "sa-east-1",
        "ca-central-1",
    ];
    let mut uptime = 10_000 + random.below(100_000_000) as i64;
    let (mut temperature, mut load) = (55.0, 2.0);
    let row = |at| {
        let mut time = 1_700_000_000_000_000_000 + at as i64 * 10_000_000_000;
        if number % 2 == 1 {
            time += random.below(1_000_000_000) as i64;
        }
        // quotients with all the digits that a double has
        let ticks = (996 + random.below(6)) as f64;
        let (user, system) = (random.below(700) as f64, random.below(250) as f64);
        temperature = (temperature + random.unit() - 0.5_f64).clamp(35.0, 95.0);
        load = (load + 0.4 * random.unit() - 0.2_f64).max(0.0);
        uptime += 10;
        Row {
            time,
            load1: rounded(load, 100.0),
            status: status(random.unit()),
            temp_c: rounded(temperature, 10.0),
            throttled: temperature > 85.0,
            uptime,
            usage_idle: rounded(100.0 - 100.0 * (user + system) / ticks, 100.0),
            usage_system: 100.0 * system / ticks,
            usage_user: 100.0 * user / ticks,
        }
    };
    Series {
        host: format!("host-{number:03}.prod.example"),
        rack: format!("rack-{:02}", number % 20),
        region: REGIONS[number % 8].to_owned(),
        rows: (0..count).map(row).collect(),
    }
}

fn rounded(value: f64, scale: f64) -> f64 {
    (value * scale).round() / scale
}

fn status(random: f64) -> &'static str {
    match random {
        ..0.70 => "ok",
        ..0.82 => "degraded: fan speed below 20%",
        ..0.92 => "thermal throttling",
        ..0.95 => "queue full, retrying",
        ..0.98 => "link flap on \"eth0\" <-> \"sw1\"",
        _ => "température élevée",
    }
}
