//! Structs and maps within structs; generics.

use super::*;

#[derive(LineProtocol)]
struct Inner {
    #[tag]
    rack: String,
    load: f64,
}

#[derive(LineProtocol)]
struct Flat {
    #[tag]
    zone: String,
    #[tag(flatten)]
    labels: BTreeMap<String, String>,
    #[field(flatten)]
    inner: Inner,
    #[field(flatten)]
    values: Option<HashMap<&'static str, i32>>,
    up: bool,
    #[timestamp(unit = "s")]
    at: u32,
}

fn flat() -> Flat {
    Flat {
        zone: "z".into(),
        labels: BTreeMap::from([
            ("a b".into(), "1".into()),
            ("zz".into(), "2".into()),
            ("none".into(), "".into()),
        ]),
        inner: Inner { rack: "r".into(), load: 0.5 },
        values: Some(HashMap::from([("n", 1)])),
        up: true,
        at: 1,
    }
}

#[test]
fn structs_and_maps_flatten() {
    assert_eq!(v2(&flat()), r"Flat,a\ b=1,rack=r,zone=z,zz=2 up=true,load=0.5,n=1i 1000000000");
    let mut twice = flat();
    twice.labels.insert("rack".into(), "other".into());
    let wrong = refused(Dialect::V2, &twice);
    assert_eq!(wrong, "point 0 (Flat), tag `rack`: is given twice; remove one of the two tags");
    let mut both = flat();
    both.labels.insert("up".into(), "other".into());
    for dialect in [Dialect::V1, Dialect::V2, Dialect::V3] {
        assert!(refused(dialect, &both).contains("field `up`: is both a tag and a field"));
    }
    let mut wrong = flat();
    wrong.inner.load = f64::NAN;
    assert!(refused(Dialect::V2, &wrong).starts_with("point 0 (Inner), field `load` \"NaN\""));
}

#[derive(LineProtocol)]
struct Generic<'a, T, const N: usize>
where
    T: Clone,
{
    #[tag]
    tag: &'a T,
    #[field]
    value: Option<T>,
    #[line_protocol(skip)]
    _skipped: [u8; N],
}

#[test]
fn generics_lifetimes_and_skips() {
    let point = Generic { tag: &5u8, value: Some(6u8), _skipped: [0; 3] };
    assert_eq!(v2(&point), "Generic,tag=5 value=6u");
}
