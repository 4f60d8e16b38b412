//! Names known at compile time: what no server takes is an error here, the rest is escaped once and for all.

/// Where a name stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Place {
    Measurement,
    TagKey,
    TagValue,
    FieldKey,
}

impl Place {
    fn what(self) -> &'static str {
        match self {
            Place::Measurement => "a measurement",
            Place::TagKey => "a tag key",
            Place::TagValue => "a tag value",
            Place::FieldKey => "a field key",
        }
    }
}

/// Why a name cannot be said in a place, in any dialect.
pub(crate) fn check(place: Place, name: &str) -> Result<(), String> {
    let what = place.what();
    if name.is_empty() {
        return Err(format!("{what} cannot be empty"));
    }
    if name.ends_with('\\') {
        return Err(format!("{what} cannot end in a backslash: no byte sequence says it; rename it"));
    }
    if let Some(c) = name.chars().find(|c| c.is_ascii_control()) {
        return Err(format!("{what} cannot contain the control character U+{:04X}; rename it", c as u32));
    }
    if place == Place::Measurement && name.starts_with('#') {
        return Err("a measurement cannot start with `#`: servers skip such a line as a comment; rename it"
            .to_owned());
    }
    if place == Place::Measurement && name.starts_with('\u{feff}') {
        return Err("a measurement cannot start with a byte order mark; remove it".to_owned());
    }
    if matches!(place, Place::TagKey | Place::FieldKey) && name == "time" {
        return Err("`time` is the timestamp column, servers drop or refuse such a tag or field; \
                    mark the field `#[timestamp]` or rename it"
            .to_owned());
    }
    if matches!(place, Place::TagKey | Place::FieldKey | Place::Measurement | Place::TagValue)
        && name.len() > 65_000
    {
        return Err(format!("{what} of {} bytes is longer than any server takes; shorten it", name.len()));
    }
    Ok(())
}

/// The name as all dialects read it; `None` where they differ, which only backslashes bring about.
pub(crate) fn escape(place: Place, name: &str) -> Option<String> {
    if name.contains('\\') {
        return None;
    }
    let mut out = String::with_capacity(name.len() + 8);
    for c in name.chars() {
        if c == ',' || c == ' ' || (c == '=' && place != Place::Measurement) {
            out.push('\\');
        }
        out.push(c);
    }
    Some(out)
}
