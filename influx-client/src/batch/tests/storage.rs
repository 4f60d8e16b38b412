//! What InfluxDB 1.x does with the lines of a request. The measurement says what becomes of a line.

use std::collections::HashMap;

use super::numbers;
use super::server::Reply;

/// What becomes of a line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Fate {
    Stored,
    /// The request is refused for it, and nobody says which line it was.
    Mute,
    /// It cannot be parsed: the others are stored, and it is named if nothing else is wrong.
    Unparsable,
    /// Older than the retention policy: the others are stored, and lines like it are counted.
    Late,
    /// Fields of another type: the others are stored; one of the fields is named, and lines with any are counted.
    Clash,
    OtherClash,
}

impl Fate {
    pub(super) const ALL: [Fate; 6] =
        [Fate::Stored, Fate::Mute, Fate::Unparsable, Fate::Late, Fate::Clash, Fate::OtherClash];

    pub(super) fn line(self, n: i64) -> String {
        match self {
            Fate::Stored => format!("good f=1i {n}"),
            Fate::Mute => format!("mute f=1i {n}"),
            Fate::Unparsable => format!("bad f=true {n}"),
            Fate::Late => format!("late f=1i {n}"),
            Fate::Clash => format!("clash f=\"x\" {n}"),
            Fate::OtherClash => format!("other f=\"x\" {n}"),
        }
    }

    pub(super) fn of(line: &str) -> Fate {
        let name = line.split_once(' ').unwrap().0;
        Fate::ALL.into_iter().find(|fate| fate.line(0).starts_with(name)).unwrap()
    }

    /// What the server says about it, or a part of that.
    pub(super) fn reason(self) -> &'static str {
        match self {
            Fate::Stored => unreachable!("no reason to refuse it"),
            Fate::Mute => "field type conflict",
            Fate::Unparsable => "invalid boolean",
            Fate::Late => "points beyond retention policy",
            Fate::Clash => "on measurement \"clash\" is type string",
            Fate::OtherClash => "on measurement \"other\" is type string",
        }
    }
}

/// The points of each database, in the order in which they were stored first.
#[derive(Debug, Default)]
pub(super) struct Storage(HashMap<String, Vec<i64>>);

impl Storage {
    /// Stores what can be stored, and answers.
    pub(super) fn handle(&mut self, database: &str, lines: &[String]) -> Reply {
        let with = |fates: &[Fate]| -> Vec<&str> {
            lines.iter().map(String::as_str).filter(|line| fates.contains(&Fate::of(line))).collect()
        };
        if !with(&[Fate::Mute]).is_empty() {
            return Reply::error(400, Fate::Mute.reason());
        }
        let unparsable = with(&[Fate::Unparsable]);
        let quoted: Vec<String> =
            unparsable.iter().map(|line| format!("unable to parse '{line}': invalid boolean")).collect();
        if unparsable.len() == lines.len() {
            return Reply::error(400, &quoted.join("\n"));
        }
        let points = self.0.entry(database.to_owned()).or_default();
        for n in numbers(with(&[Fate::Stored]).join("\n").as_bytes()) {
            if !points.contains(&n) {
                points.push(n);
            }
        }
        // the storage's words hide those about unparsable lines, and one kind of its words the other
        let (clashes, late) = (with(&[Fate::Clash, Fate::OtherClash]), with(&[Fate::Late]));
        let partial = |text: &str, dropped: usize| {
            Reply::error(400, &format!("partial write: {text} dropped={dropped}"))
        };
        if let Some(first) = clashes.first() {
            let name = first.split_once(' ').unwrap().0;
            let text = format!(
                "field type conflict: input field \"f\" on measurement \"{name}\" is type string, already exists as type float"
            );
            partial(&text, clashes.len())
        } else if !late.is_empty() {
            partial("points beyond retention policy", late.len())
        } else if !unparsable.is_empty() {
            partial(&quoted.join("\n"), 0)
        } else {
            Reply::stored()
        }
    }

    pub(super) fn points(&self, database: &str) -> Vec<i64> {
        self.0.get(database).cloned().unwrap_or_default()
    }
}
