//! Types of fields, and values that are left out or refused.

use super::*;

#[derive(LineProtocol)]
#[line_protocol(placeholder)]
struct Optional {
    #[tag]
    t: &'static str,
    a: Option<f64>,
    b: Option<i64>,
    c: Option<&'static str>,
}

#[derive(LineProtocol)]
struct NoPlaceholder {
    a: Option<f64>,
}

#[test]
fn absent_fields_and_the_placeholder() {
    assert_eq!(v2(&Optional { t: "x", a: None, b: Some(1), c: None }), "Optional,t=x b=1i");
    assert_eq!(v2(&Optional { t: "x", a: None, b: None, c: Some("") }), "Optional,t=x c=\"\"");
    assert_eq!(v2(&Optional { t: "x", a: None, b: None, c: None }), "Optional,t=x _=true");
    let wrong = refused(Dialect::V2, &NoPlaceholder { a: None });
    assert!(wrong.starts_with("point 0 (NoPlaceholder): has no field left to write"), "{wrong}");
}

#[derive(LineProtocol)]
struct Floats {
    #[field(nan = "skip")]
    skipped: f64,
    #[field(nan = "error")]
    checked: f64,
    other: Option<f32>,
}

#[test]
fn nan_is_an_error_unless_it_is_skipped() {
    assert_eq!(
        v2(&Floats { skipped: f64::NAN, checked: 1.5, other: Some(2.0) }),
        "Floats checked=1.5,other=2"
    );
    let wrong = Floats { skipped: 1.0, checked: f64::INFINITY, other: None };
    assert_eq!(
        refused(Dialect::V2, &wrong),
        "point 0 (Floats), field `checked` \"inf\": line protocol has no NaN and no infinity; leave the field out \
         (`Option`), or skip such values: `#[field(nan = \"skip\")]` in a derived struct, `.nan(Nan::Skip)` on the writer or client for \
         all points"
    );
    let mut writer = LineWriter::new(Dialect::V1).nan(Nan::Skip);
    writer.write(&wrong).unwrap();
    writer
        .write(&Floats { skipped: f64::NAN, checked: f64::NAN, other: Some(f32::NEG_INFINITY) })
        .unwrap_err();
    assert_eq!(writer.as_bytes(), b"Floats skipped=1\n");
}

#[derive(LineProtocol)]
struct Integers {
    #[field(as = f64)]
    float: i64,
    #[field(as = i64)]
    signed: Option<u64>,
    plain: u64,
    non_zero: NonZero<u16>,
}

#[test]
fn integers_by_dialect_and_conversion() {
    let small = Integers { float: -3, signed: Some(4), plain: 5, non_zero: NonZero::<u16>::MIN };
    assert_eq!(v2(&small), "Integers float=-3,signed=4i,plain=5u,non_zero=1u");
    assert_eq!(line(Dialect::V1, &small).unwrap(), "Integers float=-3,signed=4i,plain=5i,non_zero=1i");
    let large = Integers { plain: u64::MAX, ..small };
    assert_eq!(v2(&large), "Integers float=-3,signed=4i,plain=18446744073709551615u,non_zero=1u");
    let wrong = refused(Dialect::V1, &large);
    assert!(
        wrong.contains("field `plain` \"18446744073709551615\": is above 9223372036854775807"),
        "{wrong}"
    );
    let wrong = refused(Dialect::V2, &Integers { signed: Some(u64::MAX), ..large });
    assert!(wrong.contains("field `signed`"), "{wrong}");
    let wrong = refused(Dialect::V2, &Integers { float: (1 << 53) + 1, ..large });
    assert!(wrong.contains("field `float` \"9007199254740993\": is no exact 64-bit float"), "{wrong}");
}

#[derive(TagValue)]
struct Ticker(String);

#[derive(FieldValue)]
struct Celsius(f64);

#[derive(LineProtocol)]
struct Kinds<'a> {
    #[tag]
    ticker: Ticker,
    #[tag]
    shared: Arc<str>,
    #[tag]
    once: &'a TagStr,
    #[tag]
    id: uuid::Uuid,
    #[tag]
    r#type: i128Tag,
    celsius: Celsius,
    r#in: Box<str>,
    side: Side,
    decimal: rust_decimal::Decimal,
    uid: Option<uuid::Uuid>,
}

#[allow(non_camel_case_types)]
type i128Tag = Option<Box<i64>>;

#[test]
fn value_types() {
    let once = TagStr::new("a b").unwrap();
    let id = uuid::Uuid::from_u128(1);
    let point = Kinds {
        ticker: Ticker("T".into()),
        shared: "s".into(),
        once: &once,
        id,
        r#type: Some(Box::new(-1)),
        celsius: Celsius(21.5),
        r#in: "in".into(),
        side: Side::Sell,
        decimal: rust_decimal::Decimal::new(12345, 3),
        uid: Some(id),
    };
    assert_eq!(
        v2(&point),
        "Kinds,id=00000000-0000-0000-0000-000000000001,once=a\\ b,shared=s,ticker=T,type=-1 \
         celsius=21.5,in=\"in\",side=\"sell, short\",decimal=12.345,uid=\"00000000-0000-0000-0000-000000000001\""
    );
    let wrong = Kinds { decimal: "0.12345678901234567890123456".parse().unwrap(), ..point };
    assert!(refused(Dialect::V2, &wrong).contains("field `decimal`"));
}

#[test]
fn a_failed_point_leaves_nothing() {
    let mut writer = LineWriter::new(Dialect::V1);
    writer.write(&trade()).unwrap();
    let before = writer.as_bytes().to_vec();
    for wrong in ["a\nb", "a\\", "\u{7f}", "a\tb"] {
        let error = writer.write(&Trade { instrument: wrong.into(), ..trade() }).unwrap_err();
        assert_eq!((error.column(), error.type_name()), (Some("instrument"), Some("Trade")));
        assert_eq!(writer.as_bytes(), before);
    }
    assert_eq!(writer.points(), 5);
}
