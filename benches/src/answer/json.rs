//! Answers as the server's JSON package, Go's, spells them.

use std::io::Write;

use super::Loads;

/// The whole document, with the line feed behind it.
pub(super) fn answer(loads: &Loads) -> Vec<u8> {
    let mut out = br#"{"results":[{"statement_id":0"#.to_vec();
    for (at, series) in loads.series.iter().enumerate() {
        out.extend_from_slice(if at == 0 { br#","series":["# } else { b"," });
        out.extend_from_slice(br#"{"name":"cpu","tags":{"#);
        for (at, (key, value)) in [("host", &series.host), ("rack", &series.rack), ("region", &series.region)]
            .into_iter()
            .enumerate()
        {
            out.extend_from_slice(if at == 0 { b"" } else { b"," });
            string(&mut out, key);
            out.push(b':');
            string(&mut out, value);
        }
        out.extend_from_slice(
            br#"},"columns":["time","load1","status","temp_c","throttled","uptime","usage_idle","usage_system","usage_user"],"values":["#,
        );
        for (at, row) in series.rows.iter().enumerate() {
            out.extend_from_slice(if at == 0 { b"[" } else { b",[" });
            show(&mut out, row.time);
            out.push(b',');
            float(&mut out, row.load1);
            out.push(b',');
            string(&mut out, row.status);
            out.push(b',');
            float(&mut out, row.temp_c);
            out.push(b',');
            show(&mut out, row.throttled);
            out.push(b',');
            show(&mut out, row.uptime);
            for value in [row.usage_idle, row.usage_system, row.usage_user] {
                out.push(b',');
                float(&mut out, value);
            }
            out.push(b']');
        }
        out.extend_from_slice(b"]}");
    }
    out.extend_from_slice(if loads.series.is_empty() { b"}]}\n" } else { b"]}]}\n" });
    out
}

fn show(out: &mut Vec<u8>, value: impl std::fmt::Display) {
    write!(out, "{value}").expect("memory takes all");
}

/// The shortest digits that read back as the same double; an exponent where it is below -6 or above 20.
fn float(out: &mut Vec<u8>, value: f64) {
    let size = value.abs();
    if size == 0.0 || (1e-6..1e21).contains(&size) {
        show(out, value);
    } else {
        let text = format!("{value:e}");
        let text = if size < 1.0 { text } else { text.replace('e', "e+") };
        out.extend_from_slice(text.as_bytes());
    }
}

/// Go escapes what HTML would take for markup, too.
fn string(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    for byte in text.bytes() {
        match byte {
            b'"' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'<' | b'>' | b'&' | 0..0x20 => write!(out, "\\u{byte:04x}").expect("memory takes all"),
            _ => out.push(byte),
        }
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelled(put: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        put(&mut out);
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn floats_are_spelled_as_go_spells_them() {
        for (value, text) in [
            (0.5, "0.5"),
            (12.0, "12"),
            (-0.0, "-0"),
            (1e20, "100000000000000000000"),
            (1e21, "1e+21"),
            (1.5e-7, "1.5e-7"),
            (1e-6, "0.000001"),
            (69.97991967871486, "69.97991967871486"),
        ] {
            assert_eq!(spelled(|out| float(out, value)), text);
        }
    }

    #[test]
    fn strings_are_spelled_as_go_spells_them() {
        assert_eq!(
            spelled(|out| string(out, "\"a\\\" <-> &é\n\t")),
            r#""\"a\\\" \u003c-\u003e \u0026é\n\u0009""#
        );
    }
}
