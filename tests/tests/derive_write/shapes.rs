//! Measurement, names, order and width of a struct.

use super::*;

#[test]
fn the_struct_of_the_readme() {
    assert_eq!(v2(&trade()), r#"trades,instrument=AAPL,side=BUY price=189.25,size=100i,trade_id="x\"y" 1"#);
    assert_eq!(
        v2(&Trade { trade_id: None, side: Side::Sell, instrument: "A B".into(), ..trade() }),
        r"trades,instrument=A\ B,side=sell\,\ short price=189.25,size=100i 1"
    );
    assert_eq!(
        v2(&Trade { instrument: String::new(), trade_id: None, ..trade() }),
        "trades,side=BUY price=189.25,size=100i 1"
    );
}

#[test]
fn the_schema_is_known() {
    let schema = trade().schema().expect("derived");
    assert_eq!((schema.type_name(), schema.measurement()), ("Trade", Some("trades")));
    let columns: Vec<_> = schema.columns().iter().map(|c| (c.name(), c.role())).collect();
    use Role::{Field, Tag};
    assert_eq!(
        columns,
        [("instrument", Tag), ("side", Tag), ("price", Field), ("size", Field), ("trade_id", Field)]
    );
}

#[derive(LineProtocol)]
struct Defaults {
    plain: f64,
}

#[test]
fn defaults_are_the_struct_name_and_fields() {
    assert_eq!(v2(&Defaults { plain: 1.0 }), "Defaults plain=1");
}

#[derive(LineProtocol)]
struct Sorted {
    #[tag]
    zone: &'static str,
    #[tag]
    host: &'static str,
    #[tag(rename = "a key")]
    key: u8,
    #[field(rename = "f,1=x")]
    value: bool,
}

#[test]
fn order_names_and_extra_tags() {
    let sorted = Sorted { zone: "z", host: "h", key: 1, value: true };
    assert_eq!(v2(&sorted), r"Sorted,a\ key=1,host=h,zone=z f\,1\=x=true");
    let declared = Declared { the_zone: "z", a_host: Some("h"), the_value: 7 };
    assert_eq!(v2(&declared), r"a\,b\ c,env=prod\ 1,k\ y=v,theZone=z,aHost=h theValue=7u");
}

#[derive(LineProtocol)]
#[line_protocol(extra_tags(b = "x"))]
struct Extra {
    #[tag]
    a: String,
    #[tag]
    c: String,
    f: i8,
}

#[test]
fn extra_tags_are_sorted_among_the_others() {
    assert_eq!(v2(&Extra { a: "1".into(), c: "2".into(), f: -1 }), "Extra,a=1,b=x,c=2 f=-1i");
    assert_eq!(v2(&Extra { a: "".into(), c: "".into(), f: -1 }), "Extra,b=x f=-1i");
}

#[derive(LineProtocol)]
struct Measured<'a> {
    #[measurement]
    name: Cow<'a, str>,
    #[tag]
    t: char,
    f: f32,
}

#[test]
fn the_measurement_can_be_a_field() {
    assert_eq!(v2(&Measured { name: "a b".into(), t: '=', f: 0.1 }), r"a\ b,t=\= f=0.1");
    let wrong = refused(Dialect::V1, &Measured { name: "#a".into(), t: 'x', f: 0.1 });
    assert!(wrong.starts_with("point 0 (Measured), measurement \"#a\": starts with `#`"), "{wrong}");
    let wrong = refused(Dialect::V1, &Measured { name: "a\\,b".into(), t: 'x', f: 0.1 });
    assert!(wrong.contains("backslash before a comma"), "{wrong}");
    assert_eq!(
        line(Dialect::V3, &Measured { name: "a\\,b".into(), t: 'x', f: 0.1 }).unwrap(),
        r"a\\\,b,t=x f=0.1"
    );
}

#[derive(LineProtocol)]
struct Wide {
    #[tag]
    a1: u8,
    #[tag]
    a2: u8,
    #[tag]
    a3: u8,
    #[tag]
    a4: u8,
    #[tag]
    a5: u8,
    #[tag]
    a6: u8,
    #[tag]
    a7: u8,
    #[tag]
    a8: u8,
    #[tag]
    a9: u8,
    #[tag]
    b1: u8,
    #[tag]
    b2: u8,
    f1: Option<i8>,
    f2: u8,
    f3: u8,
    f4: u8,
    f5: u8,
    f6: u8,
    f7: u8,
    f8: u8,
    f9: u8,
    g1: u8,
    g2: u8,
    g3: u8,
    g4: u8,
    g5: u8,
    g6: u8,
    g7: u8,
    g8: u8,
    g9: u8,
}

#[test]
fn wide_structs() {
    let point = Wide {
        a1: 1,
        a2: 2,
        a3: 3,
        a4: 4,
        a5: 5,
        a6: 6,
        a7: 7,
        a8: 8,
        a9: 9,
        b1: 10,
        b2: 11,
        f1: None,
        f2: 2,
        f3: 3,
        f4: 4,
        f5: 5,
        f6: 6,
        f7: 7,
        f8: 8,
        f9: 9,
        g1: 1,
        g2: 2,
        g3: 3,
        g4: 4,
        g5: 5,
        g6: 6,
        g7: 7,
        g8: 8,
        g9: 9,
    };
    assert_eq!(
        line(Dialect::V1, &point).unwrap(),
        "Wide,a1=1,a2=2,a3=3,a4=4,a5=5,a6=6,a7=7,a8=8,a9=9,b1=10,b2=11 \
         f2=2i,f3=3i,f4=4i,f5=5i,f6=6i,f7=7i,f8=8i,f9=9i,g1=1i,g2=2i,g3=3i,g4=4i,g5=5i,g6=6i,g7=7i,g8=8i,g9=9i"
    );
}
