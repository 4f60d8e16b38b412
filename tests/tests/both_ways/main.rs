//! Every type that is written is read back as it was, and the reverse: from JSON and from msgpack, a tag as a column and as the tag of a
//! series.

mod server;
mod values;

use std::fmt::Debug;

use influx_core::decode::{Scratch, influxql};
use influx_core::{Dialect, FromRow, LineProtocol, LineWriter, Precision};

use server::{Form, answer};

/// The point as a server would store it, read back in every form of an answer.
pub(crate) fn there_and_back<T>(point: &T)
where
    T: LineProtocol + for<'r> FromRow<'r> + PartialEq + Debug,
{
    let mut writer = LineWriter::new(Dialect::V1);
    writer.write(point).unwrap_or_else(|error| panic!("{point:?} is not written: {error}"));
    let line = String::from_utf8(writer.take()).unwrap();
    let name = std::any::type_name::<T>();
    for form in Form::ALL {
        let body = answer(&line, form);
        let options = influxql::Options::new().format(form.format()).epoch(form.epoch());
        let mut scratch = Scratch::new();
        let rows: Result<Vec<T>, _> = influxql::iterpoints_with(&body, &mut scratch, options).collect();
        let rows = rows.unwrap_or_else(|error| panic!("{name} from {form:?}: {error}"));
        assert_eq!(rows, std::slice::from_ref(point), "{name} from {form:?}");
    }
}

impl Form {
    pub(crate) fn epoch(self) -> Option<Precision> {
        matches!(self, Form::JsonEpoch | Form::JsonGrouped | Form::MsgpackEpoch).then_some(Precision::Ns)
    }

    pub(crate) fn format(self) -> influxql::Format {
        match self {
            Form::Json | Form::JsonEpoch | Form::JsonGrouped => influxql::Format::Json,
            Form::Msgpack | Form::MsgpackEpoch => influxql::Format::Msgpack,
        }
    }
}
