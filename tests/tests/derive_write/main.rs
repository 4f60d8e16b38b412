//! What the derive writes, for each attribute.

mod ends;
mod limits;
mod nested;
mod schema;
mod shapes;
mod times;
mod values;

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::num::NonZero;
use std::sync::Arc;

use influx_core::{
    Dialect, EncodeError, FieldValue, LineProtocol, LineWriter, Nan, Precision, Role, TagStr, TagValue,
};

fn line(dialect: Dialect, point: &impl LineProtocol) -> Result<String, EncodeError> {
    let mut writer = LineWriter::new(dialect);
    writer.write(point)?;
    let text = String::from_utf8(writer.take()).expect("lines are UTF-8");
    assert_eq!(text.matches('\n').count(), 1, "{text:?}");
    Ok(text.trim_end_matches('\n').to_owned())
}

fn v2(point: &impl LineProtocol) -> String {
    line(Dialect::V2, point).expect("a point that can be written")
}

fn refused(dialect: Dialect, point: &impl LineProtocol) -> String {
    line(dialect, point).expect_err("a point that cannot be written").to_string()
}

#[derive(TagValue, Debug, Clone, Copy, PartialEq)]
#[tag_value(rename_all = "UPPERCASE")]
enum Side {
    Buy,
    #[tag_value(rename = "sell, short")]
    Sell,
}

#[derive(LineProtocol)]
#[measurement("trades")]
struct Trade {
    #[timestamp]
    time: i64,
    #[tag]
    instrument: String,
    #[tag]
    side: Side,
    #[field]
    price: f64,
    #[field]
    size: i64,
    #[field]
    trade_id: Option<String>,
}

fn trade() -> Trade {
    Trade {
        time: 1,
        instrument: "AAPL".into(),
        side: Side::Buy,
        price: 189.25,
        size: 100,
        trade_id: Some("x\"y".into()),
    }
}

#[derive(LineProtocol)]
#[measurement("a,b c")]
#[line_protocol(tag_order = "declared", rename_all = "camelCase", extra_tags(env = "prod 1", "k y" = "v"))]
struct Declared<'a> {
    #[tag]
    the_zone: &'a str,
    #[tag]
    a_host: Option<&'a str>,
    #[field]
    the_value: u32,
}
