use std::time::Duration;

use super::*;
use crate::query::bind::{Identifier, Regex};

fn outside(binds: &[(String, Bind)]) -> Outside<'_> {
    Outside { binds, ..Outside::default() }
}

fn of(value: impl Into<Bind>) -> Json {
    let binds = [("x".to_owned(), value.into())];
    let file = outside(&binds).file().unwrap().unwrap();
    assert_eq!(file["type"], "File");
    assert_eq!(file["body"][0]["assignment"]["id"]["name"], "x");
    file["body"][0]["assignment"]["init"].clone()
}

#[test]
fn every_kind() {
    assert_eq!(of("a\"\\\n${x}"), json!({"type": "StringLiteral", "value": "a\"\\\n${x}"}));
    assert_eq!(of(i64::MIN), json!({"type": "IntegerLiteral", "value": "-9223372036854775808"}));
    for count in [Bind::from(7_u8), 7_u16.into(), 7_u32.into(), 7_usize.into(), 7_i8.into()] {
        assert_eq!(of(count), json!({"type": "IntegerLiteral", "value": "7"}));
    }
    assert_eq!(of(u64::MAX), json!({"type": "UnsignedIntegerLiteral", "value": "18446744073709551615"}));
    assert_eq!(of(1_u64), json!({"type": "UnsignedIntegerLiteral", "value": "1"}));
    for float in [1e300, 5e-324, -1.5, 2.0, 0.0] {
        assert_eq!(of(float), json!({"type": "FloatLiteral", "value": float}));
    }
    assert_eq!(of(-0.0), negative(json!({"type": "FloatLiteral", "value": 0.0})));
    let literal = |value: f64| json!({"type": "FloatLiteral", "value": value});
    for (float, left) in
        [(f64::NAN, literal(0.0)), (f64::INFINITY, literal(1.0)), (f64::NEG_INFINITY, negative(literal(1.0)))]
    {
        let quotient = of(float);
        assert_eq!((&quotient["type"], &quotient["operator"]), (&json!("BinaryExpression"), &json!("/")));
        assert_eq!((&quotient["left"], &quotient["right"]), (&left, &literal(0.0)));
    }
    assert_eq!(of(true), json!({"type": "BooleanLiteral", "value": true}));
    let oldest = "1677-09-21T00:12:43.145224194Z";
    assert_eq!(of(Bind::time(i64::MIN + 2)), json!({"type": "DateTimeLiteral", "value": oldest}));
    assert_eq!(of(Regex("a/b|c".into())), json!({"type": "RegexpLiteral", "value": "a/b|c"}));
    let seconds = json!({"type": "DurationLiteral", "values": [{"magnitude": 90, "unit": "s"}]});
    assert_eq!(of(Duration::from_secs(90)), seconds);
    assert_eq!(of(-FluxDuration::exact(Duration::from_secs(90))), negative(seconds));
}

#[test]
fn arrays_and_records() {
    let array = of(vec![1_i64, 2]);
    assert_eq!((&array["type"], &array["elements"][1]["value"]), (&json!("ArrayExpression"), &json!("2")));
    assert_eq!(of(Vec::<i64>::new())["elements"], json!([]));
    assert_eq!(of(["a", "b"])["elements"][0]["value"], "a");
    assert_eq!(of(&[0.5][..])["elements"][0]["value"], 0.5);
    let record = of(Bind::record([("a b", Bind::from(1)), ("t", Bind::at(0_i64).unwrap())]));
    let members = &record["properties"];
    assert_eq!((&record["type"], &members[0]["key"]), (&json!("ObjectExpression"), &text("a b")));
    assert_eq!(members[1]["value"]["value"], "1970-01-01T00:00:00.000000000Z");
}

#[test]
fn the_record_of_all() {
    let binds = [("a".to_owned(), Bind::from(1)), ("$b".to_owned(), "x".into())];
    let file = Outside { binds: &binds, record: true, profilers: &[] }.file().unwrap().unwrap();
    let params = &file["body"][2]["assignment"];
    assert_eq!(params["id"]["name"], "params");
    assert_eq!(params["init"]["properties"][1]["key"]["value"], "b");
    // who binds that name means something else by it
    let own = [("params".to_owned(), Bind::from(1))];
    let file = Outside { binds: &own, record: true, profilers: &[] }.file().unwrap().unwrap();
    assert_eq!(file["body"].as_array().unwrap().len(), 1);
}

#[test]
fn profilers_are_switched_on_beside_the_text() {
    let file = Outside { profilers: &["query"], ..Outside::default() }.file().unwrap().unwrap();
    assert_eq!(file["imports"][0]["path"]["value"], "profiler");
    let assigned = &file["body"][0]["assignment"];
    assert_eq!(
        (&assigned["type"], &assigned["member"]["property"]["name"]),
        (&json!("MemberAssignment"), &json!("enabledProfilers"))
    );
    assert_eq!(assigned["init"]["elements"][0]["value"], "query");
    assert_eq!(Outside::default().file().unwrap(), None);
}

#[test]
fn params_of_cloud() {
    let binds = [
        ("s", Bind::from("x")),
        ("i", (-1).into()),
        ("u", u64::MAX.into()),
        ("f", 0.5.into()),
        ("b", true.into()),
        ("t", Bind::time(1)),
        ("d", Duration::from_millis(1_500).into()),
        ("m", (-FluxDuration::months(2)).into()),
    ];
    let binds = binds.map(|(name, value)| (name.to_owned(), value));
    let expected = json!({
        "s": "x", "i": -1, "u": u64::MAX, "f": 0.5, "b": true, "t": "1970-01-01T00:00:00.000000001Z", "d": "1s500000000ns", "m": "-2mo",
    });
    assert_eq!(outside(&binds).params().unwrap(), Some(expected));
    assert_eq!(Outside::default().params().unwrap(), None);
    for value in
        [Bind::from(f64::NAN), Regex("a".into()).into(), vec![1].into(), Bind::record([("a", Bind::from(1))])]
    {
        let binds = [("x".to_owned(), value)];
        assert!(outside(&binds).params().unwrap_err().is_config());
    }
}

#[test]
fn what_cannot_be_bound() {
    let refused = |name: &str, value: Bind| {
        let binds = [(name.to_owned(), value)];
        let errors = [outside(&binds).file().unwrap_err(), outside(&binds).params().unwrap_err()];
        assert!(errors.iter().all(crate::error::Error::is_config));
        errors[0].to_string()
    };
    let text = refused("column", Identifier("usage".into()).into());
    assert!(text.contains("r[column]"), "{text}");
    assert!(refused("1a", 1.into()).contains("begin it with a letter"));
    for name in ["", "a-b", "a b", "$"] {
        refused(name, 1.into());
    }
    assert!(refused("d", Duration::MAX.into()).contains("292 years"));
    // deep within
    refused("a", vec![Bind::from(Identifier("x".into()))].into());
}
