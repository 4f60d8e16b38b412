//! The cases: a value or point is encoded, and what comes out is judged.

use influx_core::{Dialect, LineWriter, Precision, lines};
use serde_json::Value;

use super::judge;
use super::model::{self, Model};

const DIALECTS: [Dialect; 3] = [Dialect::V1, Dialect::V2, Dialect::V3];

fn encode(model: &Model, dialect: Dialect, precision: Precision) -> Result<String, String> {
    let mut writer = LineWriter::new(dialect).precision(precision);
    writer.write(&model.point()).map_err(|error| error.to_string())?;
    String::from_utf8(writer.take()).map_err(|error| error.to_string())
}

/// Encodes for every dialect, and has each line read back; what is refused must have a reason.
pub(super) fn there_and_back(model: &Model) -> Result<(), String> {
    for dialect in DIALECTS {
        let reason = judge::refusal(model, dialect);
        match (encode(model, dialect, Precision::Ns), reason) {
            (Ok(line), None) => {
                let want = vec![model.clone().sent(dialect)];
                same(&judge::reader(&line, dialect, Precision::Ns)?, &want, &line)?;
                if dialect == Dialect::V3 {
                    same(&judge::parser_of_v3(&line)?, &want, &line)?;
                }
            }
            (Err(_), Some(_)) => {}
            (Ok(line), Some(reason)) => {
                return Err(format!("{dialect}: {reason} was not refused but sent as {line:?}"));
            }
            (Err(error), None) => return Err(format!("{dialect}: refused without need: {error}")),
        }
    }
    Ok(())
}

fn same(got: &[Model], want: &[Model], line: &str) -> Result<(), String> {
    if got == want { Ok(()) } else { Err(format!("{line:?} reads as {got:?}, wanted {want:?}")) }
}

/// `lp_encoder_expectations.json`: a value at a position, and the bytes to send.
pub(super) fn expectation(case: &Value) -> Result<(), String> {
    let value = model::text(&case["value"]).ok_or("a value that is not text")?;
    let position = case["position"].as_str().unwrap_or_default();
    let field = |key: &str, value: influx_core::Value| vec![(key.to_owned(), value)];
    let yes = influx_core::Value::Bool(true);
    let mut model =
        Model { measurement: "m".to_owned(), tags: Vec::new(), fields: field("f", yes.clone()), time: None };
    match position {
        "measurement" => model.measurement.clone_from(&value),
        "tag_key" => model.tags = vec![(value.clone(), "v".to_owned())],
        "tag_value" => model.tags = vec![("t".to_owned(), value.clone())],
        "field_key" => model.fields = field(&value, yes),
        "string" => model.fields = field("f", influx_core::Value::Str(value.clone().into())),
        _ => return Err(format!("unknown position {position:?}")),
    }
    for dialect in DIALECTS {
        let expected = &case[if dialect == Dialect::V3 { "v3" } else { "v1v2" }];
        let line = encode(&model, dialect, Precision::Ns);
        match (expected.as_str(), line) {
            (Some(sent), Ok(line)) => {
                let want = match position {
                    "measurement" => format!("{sent} f=true\n"),
                    "tag_key" => format!("m,{sent}=v f=true\n"),
                    "tag_value" => format!("m,t={sent} f=true\n"),
                    "field_key" => format!("m {sent}=true\n"),
                    _ => format!("m f={sent}\n"),
                };
                if line != want {
                    return Err(format!("{dialect}: sent {line:?}, wanted {want:?}"));
                }
                same(&judge::reader(&line, dialect, Precision::Ns)?, std::slice::from_ref(&model), &line)?;
            }
            // an empty tag value must not be sent: it leaves the tag out
            (None, Ok(line)) if position == "tag_value" && value.is_empty() && line == "m f=true\n" => {}
            (None, Err(_)) => {}
            (None, Ok(line)) => return Err(format!("{dialect}: sent {line:?}, must be refused")),
            (Some(want), Err(error)) => return Err(format!("{dialect}: {error}, wanted {want:?}")),
        }
    }
    Ok(())
}

fn precision(case: &Value) -> Result<Precision, String> {
    match case["precision"].as_str() {
        Some("ns") | None => Ok(Precision::Ns),
        Some("us" | "µs" | "u") => Ok(Precision::Us),
        Some("ms") => Ok(Precision::Ms),
        Some("s") => Ok(Precision::S),
        Some(other) => Err(format!("unknown precision {other:?}")),
    }
}

/// `lp_encode.json`: a point, and the line of the Go reference encoder.
pub(super) fn reference_encoder(case: &Value) -> Result<(), String> {
    let Some(model) = Model::from_json(&case["point"]) else {
        // not UTF-8: no Rust text can hold it, and no server takes it
        return Ok(());
    };
    there_and_back(&model)?;
    let precision = precision(case)?;
    let Some(expected) = case["expected"].as_str() else { return Ok(()) };
    let Ok(line) = encode(&model, Dialect::V2, precision) else { return Ok(()) };
    let raw = raw_strings(expected);
    let ours = judge::reader(&line, Dialect::V2, precision)?;
    same(&ours, &judge::reader(&raw, Dialect::V2, precision)?, &line)
}

/// The line with LF, CR and TAB as they are within strings: that encoder writes them as two characters, which no server undoes.
/// A backslash that is escaped, or in a name, stays what it is.
fn raw_strings(line: &str) -> String {
    let mut raw = String::with_capacity(line.len());
    let (mut in_fields, mut in_string, mut before) = (false, false, ' ');
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        let escaped = if c == '\\' { chars.next() } else { None };
        match (c, escaped) {
            ('\\', Some('n')) if in_string => raw.push('\n'),
            ('\\', Some('r')) if in_string => raw.push('\r'),
            ('\\', Some('t')) if in_string => raw.push('\t'),
            (_, Some(next)) => raw.extend([c, next]),
            (_, None) => {
                in_fields |= c == ' ';
                in_string ^= c == '"' && in_fields && (in_string || before == '=');
                raw.push(c);
            }
        }
        before = if escaped.is_some() { ' ' } else { c };
    }
    raw
}

/// `lp_decode.json`: a text, and the points of the Go reference decoder, which are sent again.
pub(super) fn reference_decoder(case: &Value) -> Result<(), String> {
    for point in case["expected"].as_array().into_iter().flatten() {
        if let Some(model) = Model::from_json(point) {
            there_and_back(&model)?;
        }
    }
    read_like_servers(case)
}

/// Where the reference decoder and a server agree about a text, the reader of that generation agrees, too.
fn read_like_servers(case: &Value) -> Result<(), String> {
    let (Some(input), precision) = (case["input"].as_str(), precision(case)?) else { return Ok(()) };
    let models = case["expected"]
        .as_array()
        .map(|points| points.iter().map(Model::from_json).collect::<Option<Vec<_>>>());
    for (server, dialect) in [("v1.8", Dialect::V1), ("v2.7", Dialect::V2), ("v3.6", Dialect::V3)] {
        let verdict = case["servers"][server].as_str().unwrap_or_default();
        let read = judge::reader(input, dialect, precision);
        match (verdict, &models) {
            ("same", Some(Some(models))) => {
                let default = case["default_time"].as_i64();
                let mut read = read?;
                for model in &mut read {
                    model.time = model.time.or(default.map(|time| precision.floor(time) * precision.nanos()));
                    model.tags.sort();
                }
                let mut want = models.clone();
                want.iter_mut().for_each(|model| model.tags.sort());
                same(&read, &want, input)?;
            }
            ("error", _) if read.is_ok() => {
                return Err(format!("{server} refuses {input:?}, the reader does not"));
            }
            _ => {}
        }
        if precision == Precision::Ns {
            refuse_what_is_refused(input, dialect, verdict == "error")?;
        }
    }
    Ok(())
}

/// `lp_server_matrix.json`: a line, and what the servers and parsers made of it; their points are sent again.
pub(super) fn server_matrix(case: &Value) -> Result<(), String> {
    if let Some(line) = case["line"].as_str() {
        for (server, dialect) in [("influxd_1_6_7", Dialect::V1), ("influxdb3_3_6_0", Dialect::V3)] {
            let status = case[server]["status"].as_u64();
            refuse_what_is_refused(line, dialect, status.is_some_and(|status| status >= 400))?;
        }
        for (parser, dialect) in [("v1.8", Dialect::V1), ("v2.7", Dialect::V2), ("v3.6", Dialect::V3)] {
            let fine = case["parsers"][parser]["ok"].as_bool();
            refuse_what_is_refused(line, dialect, fine == Some(false))?;
        }
    }
    case["parsers"].as_object().into_iter().flatten().try_for_each(|(_, result)| resend(result))
}

/// `lp_rust_parser.json`: the same for the inputs of the tests of the 3.x parser.
pub(super) fn rust_parser(case: &Value) -> Result<(), String> {
    ["v1.8", "v2.7", "v3.6"].iter().try_for_each(|parser| resend(&case[parser]))
}

/// A text that a server refuses is refused by the check of raw lines. Texts without a point are a matter of the request.
fn refuse_what_is_refused(text: &str, dialect: Dialect, refused: bool) -> Result<(), String> {
    let mut lines = lines::check(text.as_bytes(), dialect, Precision::Ns);
    let points = lines::split(text.as_bytes()).any(|line| line.is_point());
    match refused && points && lines.all(|line| line.is_ok()) {
        true => Err(format!("{dialect} refuses {text:?}, the check of raw lines does not")),
        false => Ok(()),
    }
}

fn resend(result: &Value) -> Result<(), String> {
    let points = result["points"].as_array().into_iter().flatten();
    points.filter_map(Model::from_json).try_for_each(|model| there_and_back(&model))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_escapes_in_strings_are_undone() {
        for (line, raw) in [
            (r#"m f="a\\tb\tc\\\td""#, "m f=\"a\\\\tb\tc\\\\\td\""),
            (r#"m,t=a\\tb\tc f="x" 1"#, r#"m,t=a\\tb\tc f="x" 1"#),
            (r#"m,t="a\n" f\t="\"\n",g="\r""#, "m,t=\"a\\n\" f\\t=\"\\\"\n\",g=\"\r\""),
        ] {
            assert_eq!(raw_strings(line), raw);
        }
    }
}
