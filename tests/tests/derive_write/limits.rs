//! Names, limits and default tags, by dialect.

use super::*;

#[derive(LineProtocol)]
struct Backslashes {
    #[tag(rename = r"a\\b")]
    t: &'static str,
    #[field(rename = r"x\y")]
    f: bool,
}

#[test]
fn names_that_the_dialects_read_differently() {
    let point = Backslashes { t: r"c\\d", f: false };
    assert_eq!(v2(&point), r"Backslashes,a\\b=c\\d x\y=false");
    assert_eq!(line(Dialect::V3, &point).unwrap(), r"Backslashes,a\\\\b=c\\\\d x\y=false");
}

#[test]
fn default_tags_yield_to_own_ones() {
    let mut writer = LineWriter::new(Dialect::V1);
    writer.default_tag("instrument", "other").unwrap();
    writer.default_tag("app", "x y").unwrap();
    writer.default_tag("zone", 3).unwrap();
    writer.default_tag("empty", "").unwrap();
    writer.write(&Trade { trade_id: None, ..trade() }).unwrap();
    writer.write(&Trade { instrument: "".into(), trade_id: None, ..trade() }).unwrap();
    writer.write(&Declared { the_zone: "z", a_host: None, the_value: 1 }).unwrap();
    let want = r"trades,app=x\ y,instrument=AAPL,side=BUY,zone=3 price=189.25,size=100i 1
trades,app=x\ y,instrument=other,side=BUY,zone=3 price=189.25,size=100i 1
a\,b\ c,env=prod\ 1,k\ y=v,theZone=z,app=x\ y,instrument=other,zone=3 theValue=1i
";
    assert_eq!(String::from_utf8_lossy(writer.as_bytes()), want);
    assert!(writer.default_tag("app", "again").unwrap_err().to_string().contains("given twice"));
    assert!(writer.default_tag("time", "x").unwrap_err().to_string().contains("timestamp column"));
}

#[test]
fn limits_and_reserved_names_by_dialect() {
    let long = Trade { instrument: "x".repeat(65_537), ..trade() };
    assert!(refused(Dialect::V3, &long).contains("tag `instrument`"));
    assert!(refused(Dialect::V1, &long).contains("the server takes at most 65535"));
    let long = Trade { trade_id: Some("x".repeat(65_537)), ..trade() };
    assert!(refused(Dialect::V3, &long).contains("has 65537 bytes, InfluxDB 3.x takes at most 65536"));
    assert!(v2(&long).len() > 65_537);

    #[derive(LineProtocol)]
    struct Reserved {
        #[tag(rename = "_field")]
        t: bool,
        f: bool,
    }
    assert!(refused(Dialect::V2, &Reserved { t: true, f: true }).contains("reserved by InfluxDB 2.x"));
    assert_eq!(line(Dialect::V1, &Reserved { t: true, f: true }).unwrap(), "Reserved,_field=true f=true");

    #[derive(LineProtocol)]
    struct Hidden {
        #[tag(rename = "_value")]
        t: bool,
        f: bool,
    }
    assert!(refused(Dialect::V2, &Hidden { t: true, f: true }).contains("is a column of Flux"));
    assert!(
        line(Dialect::V1, &Hidden { t: true, f: true }).is_ok()
            && line(Dialect::V3, &Hidden { t: true, f: true }).is_ok()
    );
}
