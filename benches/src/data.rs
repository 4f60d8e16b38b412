//! The points that every encoder gets: the same ones in every run, with strings on the heap as an application holds them.

use influx_core::LineProtocol;

use crate::random::Random;

/// A trade: 3 tags, a price with 2 decimals, an integer and a string of 36 characters.
#[derive(Clone, Debug, LineProtocol)]
#[measurement("Trade")]
#[line_protocol(tag_order = "declared")]
pub struct Trade {
    #[tag]
    pub instrument: String,
    #[tag]
    pub source: String,
    #[tag]
    pub side: String,
    #[field]
    pub price: f64,
    #[field]
    pub size: i64,
    #[field]
    pub trade_id: String,
    #[timestamp]
    pub time: i64,
}

/// The cpu points of the Time Series Benchmark Suite: 10 tags, 10 numbers of one type.
#[derive(Clone, Debug, LineProtocol)]
#[measurement("cpu")]
#[line_protocol(tag_order = "declared")]
pub struct Cpu<T> {
    #[tag]
    pub hostname: String,
    #[tag]
    pub region: String,
    #[tag]
    pub datacenter: String,
    #[tag]
    pub rack: String,
    #[tag]
    pub os: String,
    #[tag]
    pub arch: String,
    #[tag]
    pub team: String,
    #[tag]
    pub service: String,
    #[tag]
    pub service_version: String,
    #[tag]
    pub service_environment: String,
    #[field]
    pub usage_user: T,
    #[field]
    pub usage_system: T,
    #[field]
    pub usage_idle: T,
    #[field]
    pub usage_nice: T,
    #[field]
    pub usage_iowait: T,
    #[field]
    pub usage_irq: T,
    #[field]
    pub usage_softirq: T,
    #[field]
    pub usage_steal: T,
    #[field]
    pub usage_guest: T,
    #[field]
    pub usage_guest_nice: T,
    #[timestamp]
    pub time: i64,
}

/// Texts that need escaping, and a field that is `None`.
#[derive(Clone, Debug, LineProtocol)]
#[measurement("esc")]
pub struct Esc {
    #[tag]
    pub city: String,
    #[tag]
    pub expr: String,
    #[tag]
    pub plain: String,
    #[field]
    pub message: String,
    #[field]
    pub value: f64,
    #[field]
    pub missing: Option<f64>,
    #[timestamp]
    pub time: i64,
}

/// The tags of a [`Cpu`] with their keys.
pub fn cpu_tags<T>(x: &Cpu<T>) -> [(&'static str, &str); 10] {
    [
        ("hostname", &x.hostname),
        ("region", &x.region),
        ("datacenter", &x.datacenter),
        ("rack", &x.rack),
        ("os", &x.os),
        ("arch", &x.arch),
        ("team", &x.team),
        ("service", &x.service),
        ("service_version", &x.service_version),
        ("service_environment", &x.service_environment),
    ]
}

/// The fields of a [`Cpu`] with their keys.
pub fn cpu_fields<T: Copy>(x: &Cpu<T>) -> [(&'static str, T); 10] {
    [
        ("usage_user", x.usage_user),
        ("usage_system", x.usage_system),
        ("usage_idle", x.usage_idle),
        ("usage_nice", x.usage_nice),
        ("usage_iowait", x.usage_iowait),
        ("usage_irq", x.usage_irq),
        ("usage_softirq", x.usage_softirq),
        ("usage_steal", x.usage_steal),
        ("usage_guest", x.usage_guest),
        ("usage_guest_nice", x.usage_guest_nice),
    ]
}

/// What kind of points is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    Trade,
    CpuF64,
    CpuI64,
    Esc,
}

impl Shape {
    pub const ALL: [Shape; 4] = [Shape::Trade, Shape::CpuF64, Shape::CpuI64, Shape::Esc];

    pub fn name(self) -> &'static str {
        match self {
            Shape::Trade => "trade",
            Shape::CpuF64 => "cpu_f64",
            Shape::CpuI64 => "cpu_i64",
            Shape::Esc => "esc",
        }
    }

    pub fn named(name: &str) -> Option<Shape> {
        Shape::ALL.into_iter().find(|shape| shape.name() == name)
    }
}

/// Points of one shape.
#[derive(Clone, Debug)]
pub enum Points {
    Trade(Vec<Trade>),
    CpuF64(Vec<Cpu<f64>>),
    CpuI64(Vec<Cpu<i64>>),
    Esc(Vec<Esc>),
}

impl Default for Points {
    fn default() -> Self {
        Points::Trade(Vec::new())
    }
}

impl Points {
    pub fn new(shape: Shape, count: usize) -> Points {
        match shape {
            Shape::Trade => Points::Trade(trades(count)),
            // full precision, as telegraf's cpu plugin sends it
            Shape::CpuF64 => Points::CpuF64(cpus(count, |random| random.unit() * 100.0)),
            Shape::CpuI64 => Points::CpuI64(cpus(count, |random| random.below(101) as i64)),
            Shape::Esc => Points::Esc(escs(count)),
        }
    }
}

const START: i64 = 1_540_184_368_785_116_000;

/// The points of [`Shape::Trade`].
pub fn trades(count: usize) -> Vec<Trade> {
    const INSTRUMENTS: [&str; 12] = [
        "AAPL", "MSFT", "XBTUSD", "ETHUSD", "TSLA", "NVDA", "BRK.B", "GOOGL", "F", "ESZ26", "BTC-PERP", "SPY",
    ];
    let mut random = Random(0x123_4567_89ab);
    let mut time = START;
    let trade = |_| {
        time += 1 + random.below(2_000_000) as i64;
        Trade {
            instrument: random.one_of(&INSTRUMENTS),
            source: random.one_of(&["NASDAQ", "BITMEX", "NYSE", "CME", "DERIBIT"]),
            side: random.one_of(&["BUY", "SELL"]),
            price: (100 + random.below(5_000_000)) as f64 / 100.0,
            size: 1 + random.below(10_000) as i64,
            trade_id: random.uuid(),
            time,
        }
    };
    (0..count).map(trade).collect()
}

/// 4000 hosts in turn, each with tags of its own.
fn cpus<T>(count: usize, mut value: impl FnMut(&mut Random) -> T) -> Vec<Cpu<T>> {
    const REGIONS: [&str; 6] =
        ["us-east-1", "eu-central-1", "us-west-2", "ap-northeast-1", "sa-east-1", "eu-west-1"];
    let mut random = Random(0xdead_beef77);
    let hosts = count.clamp(1, 4000);
    let cpu = |number: usize| {
        let host = number % hosts;
        let mut tags = Random(host as u64 * 7919 + 13);
        tags.next();
        let region = tags.one_of(&REGIONS);
        Cpu {
            hostname: format!("host_{host}"),
            datacenter: region.clone() + ["a", "b", "c"][host % 3],
            region,
            rack: tags.below(100).to_string(),
            os: tags.one_of(&["Ubuntu16.10", "Ubuntu16.04LTS", "Ubuntu15.10"]),
            arch: tags.one_of(&["x64", "x86"]),
            team: tags.one_of(&["SF", "NYC", "LON", "CHI"]),
            service: tags.below(20).to_string(),
            service_version: tags.below(2).to_string(),
            service_environment: tags.one_of(&["production", "staging", "test"]),
            usage_user: value(&mut random),
            usage_system: value(&mut random),
            usage_idle: value(&mut random),
            usage_nice: value(&mut random),
            usage_iowait: value(&mut random),
            usage_irq: value(&mut random),
            usage_softirq: value(&mut random),
            usage_steal: value(&mut random),
            usage_guest: value(&mut random),
            usage_guest_nice: value(&mut random),
            time: START + (number / hosts) as i64 * 10_000_000_000,
        }
    };
    (0..count).map(cpu).collect()
}

fn escs(count: usize) -> Vec<Esc> {
    const MESSAGES: [&str; 3] = [
        r#"He said "hello" at C:\dir\file"#,
        r#"{"level":"warn","msg":"disk \"sda\" is full"}"#,
        r#"path \\server\share is "gone""#,
    ];
    let mut random = Random(0xab_cdef);
    let esc = |number| Esc {
        city: random.one_of(&["New York, NY", "Sao Paulo, SP, Brazil", "San Jose", "Nice"]),
        expr: random.one_of(&["a=b, c=d", "x = y + z", "k=v"]),
        plain: format!("node-{}", random.below(1000)),
        message: random.one_of(&MESSAGES),
        value: random.below(1_000_000) as f64 / 1000.0,
        missing: None,
        time: START + number as i64 * 1_000_003,
    };
    (0..count).map(esc).collect()
}
