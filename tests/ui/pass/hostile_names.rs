//! Nothing that the user's module defines changes what the derives mean.
#![allow(dead_code, non_camel_case_types, unused_macros)]
#![deny(unsafe_code)]

use influx_core::{FromRow as Read, LineProtocol as Write, TagValue as Tagged};

struct String;
struct Option;
struct Result;
struct Vec;
struct Default;
struct str;
struct bool;
struct usize;
trait Sink {}
trait Into {}
mod core {}
mod std {}
#[allow(non_snake_case)]
fn Ok() {}
#[allow(non_snake_case)]
fn Err() {}
#[allow(non_snake_case)]
fn Some() {}
macro_rules! vec {
    () => {};
}

#[derive(Tagged)]
enum Side {
    Ok,
    Err,
    Some,
    None,
}

#[derive(Write, Read)]
struct Point {
    #[tag]
    out: Side,
    #[tag]
    r#type: i64,
    #[field]
    writer: f64,
    #[field]
    __writer: f64,
    #[field]
    line: ::std::option::Option<i64>,
    #[field]
    __line: ::std::string::String,
    #[field(default)]
    row: f64,
    #[field]
    __row: f64,
    #[field]
    plan: f64,
    #[field]
    r#fn: u8,
    #[timestamp]
    sink: i64,
    #[line_protocol(skip)]
    slot: u8,
}

fn main() {
    let mut writer = influx_core::LineWriter::new(influx_core::Dialect::V2);
    let point = Point {
        out: Side::None,
        r#type: 1,
        writer: 1.0,
        __writer: 1.0,
        line: ::std::option::Option::None,
        __line: ::std::string::String::new(),
        row: 1.0,
        __row: 1.0,
        plan: 1.0,
        r#fn: 1,
        sink: 1,
        slot: 0,
    };
    writer.write(&point).unwrap();
    let text = ::std::str::from_utf8(writer.as_bytes()).unwrap();
    assert_eq!(text, "Point,out=None,type=1 writer=1,__writer=1,__line=\"\",row=1,__row=1,plan=1,fn=1u 1\n");
}
