//! What a writer keeps from one line of columns known at run time to the next.

use super::columns::Columns;
use crate::encode::buffer::Buffer;
use crate::encode::config::Config;
use crate::encode::copy::name::append_name;
use crate::error::{Place, Reason};

/// Memory that is kept from line to line.
pub(super) struct Scratch {
    pub(super) tags: Columns,
    pub(super) fields: Columns,
    /// The keys of the line before: none is both a tag and a field.
    pub(super) apart: bool,
    pub(super) measurement: Measurement,
}

/// The measurement of the line before, and what says it.
#[derive(Default)]
pub(super) struct Measurement {
    name: String,
    escaped: Vec<u8>,
}

impl Scratch {
    pub(super) fn new(config: Config) -> Scratch {
        // the length of a key is counted when the line is finished
        let config = Config { max_key: usize::MAX, apart: true, ..config };
        Scratch {
            tags: Columns::new(config),
            fields: Columns::new(config),
            apart: false,
            measurement: Measurement::default(),
        }
    }
}

impl Measurement {
    pub(super) fn append(&mut self, name: &str, buffer: &mut Buffer) -> Result<(), Reason> {
        if self.escaped.is_empty() || self.name != name {
            self.name.clear();
            self.escaped.clear();
            let done = append_name(Place::Measurement, buffer.config.dialect, name, &mut self.escaped);
            if done.is_err() {
                self.escaped.clear();
                return done;
            }
            self.name.push_str(name);
        }
        buffer.bytes.extend_from_slice(&self.escaped);
        Ok(())
    }
}
