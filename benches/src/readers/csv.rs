//! Crates for CSV, with what a program makes of their records: the columns of each header row once, and `str::parse` for values.

use chrono::DateTime;

use crate::answer::{Answer, Format, Load, Visit};
use crate::reader::Read;

/// Which cell is which member.
const NAMES: [&str; 12] = [
    "_time",
    "host",
    "rack",
    "region",
    "load1",
    "status",
    "temp_c",
    "throttled",
    "uptime",
    "usage_idle",
    "usage_system",
    "usage_user",
];

type Places = [usize; NAMES.len()];

/// What the records so far were.
#[derive(Default)]
struct Table {
    annotated: bool,
    places: Places,
}

impl Table {
    /// Takes a record; shows it if it is a row.
    fn take<'r>(&mut self, mut cells: impl FnMut(usize) -> Option<&'r [u8]>, to: &mut impl Visit) {
        let Some(first) = cells(0) else { return };
        if first.starts_with(b"#") {
            self.annotated = true;
        } else if std::mem::take(&mut self.annotated) {
            let header: Vec<_> = (0..).map_while(&mut cells).collect();
            let place = |name: &str| header.iter().position(|cell| *cell == name.as_bytes());
            self.places = NAMES.map(|name| place(name).expect("the column"));
        } else if cells(1).is_some() {
            let mut text =
                |at: usize| str::from_utf8(cells(self.places[at]).expect("a cell")).expect("UTF-8");
            let mut texts = [""; NAMES.len()];
            texts.iter_mut().enumerate().for_each(|(at, slot)| *slot = text(at));
            let [time, host, rack, region, load1, status, temp_c, throttled, uptime, idle, system, user] =
                texts;
            let float = |text: &str| text.parse().expect("a float");
            to.visit(&Load {
                time: DateTime::parse_from_rfc3339(time)
                    .ok()
                    .and_then(|time| time.timestamp_nanos_opt())
                    .expect("a time"),
                host,
                rack,
                region,
                load1: float(load1),
                status,
                temp_c: float(temp_c),
                throttled: throttled == "true",
                uptime: uptime.parse().expect("an integer"),
                usage_idle: float(idle),
                usage_system: float(system),
                usage_user: float(user),
            });
        }
    }
}

pub struct Csv;

impl Read for Csv {
    const NAME: &'static str = "csv 1.4, `ByteRecord`, `str::parse`, chrono";

    const FORMAT: Format = Format::Csv;

    fn read(answer: &Answer, to: &mut impl Visit) {
        let mut reader =
            csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(answer.bytes());
        let (mut record, mut table) = (csv::ByteRecord::new(), Table::default());
        while reader.read_byte_record(&mut record).expect("a good answer") {
            table.take(|at| record.get(at), to);
        }
    }
}

pub struct SimdCsv;

impl Read for SimdCsv {
    const NAME: &'static str = "simd-csv 0.14, `Reader`, `str::parse`, chrono";

    const FORMAT: Format = Format::Csv;

    fn read(answer: &Answer, to: &mut impl Visit) {
        let builder = &mut simd_csv::ReaderBuilder::new();
        let mut reader = builder.has_headers(false).flexible(true).from_reader(answer.bytes());
        let (mut record, mut table) = (simd_csv::ByteRecord::new(), Table::default());
        while reader.read_byte_record(&mut record).expect("a good answer") {
            table.take(|at| record.get(at), to);
        }
    }
}
