//! What is known of a struct's columns, and where default tags go among them.

use std::borrow::Cow;
use std::num::NonZero;
use std::sync::Arc;

use influx_core::{Dialect, FieldValue, LineProtocol, LineWriter, TagStr, TagValue, Value};

#[derive(TagValue)]
enum Side {
    Buy,
}

#[derive(LineProtocol)]
#[line_protocol(extra_tags(env = "x"))]
struct EveryKind<'a, T, const N: usize> {
    #[tag]
    tag: u8,
    float: f64,
    short: Option<f32>,
    int: &'a i8,
    size: Option<Box<isize>>,
    unsigned: NonZero<u16>,
    #[field(as = f64)]
    cast: Option<u32>,
    #[field(as = i64)]
    signed: u64,
    #[field(nan = "skip")]
    skipped: Option<f64>,
    flag: Arc<bool>,
    text: Cow<'a, str>,
    letter: char,
    side: Side,
    name: TagStr,
    generic: T,
    custom: Meters,
    value: Value,
    #[line_protocol(skip)]
    _skipped: [u8; N],
}

struct Meters(f32);

impl FieldValue for Meters {
    type Wire<'a> = f32;
    fn wire(&self) -> f32 {
        self.0
    }
}

#[test]
fn the_schema_knows_the_kind_of_every_type() {
    fn kinds_of<T: FieldValue>(generic: T) -> String {
        let point = EveryKind {
            tag: 1,
            float: 0.0,
            short: None,
            int: &1,
            size: None,
            unsigned: NonZero::<u16>::MIN,
            cast: None,
            signed: 1,
            skipped: None,
            flag: Arc::new(true),
            text: "".into(),
            letter: 'x',
            side: Side::Buy,
            name: TagStr::new("n").expect("a tag"),
            generic,
            custom: Meters(1.0),
            value: Value::Bool(true),
            _skipped: [0; 3],
        };
        let columns = point.schema().expect("derived").columns().iter();
        columns.map(|column| format!("{}:{:?}", column.name(), column.kind())).collect::<Vec<_>>().join(" ")
    }
    let kinds = |generic| {
        format!(
            "env:Str tag:Str float:Float short:Float int:Int size:Int unsigned:Uint cast:Float signed:Int \
             skipped:Float flag:Bool text:Str letter:Str side:Str name:Str generic:{generic} custom:Float value:Unknown"
        )
    };
    assert_eq!(kinds_of(1.5), kinds("Float"));
    assert_eq!(kinds_of(Some(1_u64)), kinds("Uint"));
    assert_eq!(kinds_of("text"), kinds("Str"));
    assert_eq!(kinds_of(false), kinds("Bool"));
}

macro_rules! many {
    ($($name:ident $key:ident)*) => { $(
        #[derive(LineProtocol)]
        struct $name {
            #[tag]
            $key: &'static str,
            #[tag]
            m: &'static str,
            f: i8,
        }
        impl $name {
            fn both(writer: &mut LineWriter, value: &'static str, found: &mut Vec<(String, String)>) {
                let start = writer.len();
                writer.write(&$name { $key: value, m: "1", f: 2 }).expect("a line");
                let line = String::from_utf8(writer.as_bytes()[start..].to_vec()).expect("UTF-8");
                let mut tags = vec![(stringify!($key), value), ("m", "1")];
                tags.extend([("c", "C"), ("h", "H"), ("x", "X")].iter().filter(|tag| tag.0 != stringify!($key) || value.is_empty()));
                tags.retain(|tag| !tag.1.is_empty());
                tags.sort();
                let tags: String = tags.iter().map(|(key, value)| format!(",{key}={value}")).collect();
                found.push((line, format!("{}{tags} f=2i\n", stringify!($name))));
            }
        }
    )*
    /// A line of each struct, and what it should be.
    fn many_structs(writer: &mut LineWriter, value: &'static str, found: &mut Vec<(String, String)>) {
        $($name::both(writer, value, found);)*
    } };
}
many! {
    Aa a  Ab b  Ac c  Ad d  Ae e  Af g  Ag h  Ah i  Ai j  Aj k  Ak l  Al n  Am o  An p  Ao q  Ap r  Aq s  Ar t  As u  At v
    Au w  Av x  Aw y  Ax z
}

/// More structs than a writer keeps the places of default tags for.
#[test]
fn default_tags_find_their_places_in_every_struct() {
    let mut writer = LineWriter::new(Dialect::V2);
    for (key, value) in [("x", "X"), ("c", "C"), ("h", "H")] {
        writer.default_tag(key, value).expect("a tag");
    }
    let mut found = Vec::new();
    for value in ["own", "", "own", "own"] {
        many_structs(&mut writer, value, &mut found);
    }
    assert_eq!(found.len(), 4 * 24);
    found.iter().for_each(|(line, want)| assert_eq!(line, want));
}
