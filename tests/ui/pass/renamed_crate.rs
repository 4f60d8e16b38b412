//! A crate that re-exports the derives under another path says so.
extern crate influx_core as other_name;

mod reexport {
    pub mod deep {
        pub use other_name::*;
    }
}

use reexport::deep::{FieldValue, FromRow, LineProtocol, TagValue};

#[derive(TagValue)]
#[tag_value(crate = crate::reexport::deep)]
enum Side {
    Buy,
}

#[derive(FieldValue)]
#[tag_value(crate = crate::reexport::deep)]
struct Celsius(f64);

#[derive(LineProtocol, FromRow)]
#[line_protocol(crate = crate::reexport::deep)]
struct Trade {
    #[tag]
    side: Side,
    celsius: Celsius,
}

fn main() {
    let mut writer = other_name::LineWriter::new(other_name::Dialect::V1);
    writer.write(&Trade { side: Side::Buy, celsius: Celsius(1.5) }).unwrap();
    assert_eq!(writer.as_bytes(), b"Trade,side=Buy celsius=1.5\n");
}
