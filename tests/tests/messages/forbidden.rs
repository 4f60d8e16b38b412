//! What no message may hold: secrets in every spelling, and characters that are not seen.

use super::*;

/// The secret as programs write it.
pub(crate) fn spellings(secret: &str) -> Vec<String> {
    let percent = |kept: fn(u8) -> bool, upper: bool| -> String {
        secret
            .bytes()
            .map(|b| match (kept(b), upper) {
                (true, _) => char::from(b).to_string(),
                (_, true) => format!("%{b:02X}"),
                (_, false) => format!("%{b:02x}"),
            })
            .collect()
    };
    let few = |b: u8| b.is_ascii_alphanumeric();
    let units: String = secret.encode_utf16().map(|unit| format!("\\u{unit:04X}")).collect();
    let ascii: String = secret
        .encode_utf16()
        .map(|unit| match u8::try_from(unit) {
            Ok(b) if b.is_ascii_alphanumeric() => char::from(b).to_string(),
            _ => format!("\\u{unit:04x}"),
        })
        .collect();
    let json = serde_json::to_string(secret).unwrap();
    let json = json.trim_start_matches('"').strip_suffix('"').unwrap().to_owned();
    let debug = format!("{secret:?}");
    let html = secret.replace('&', "&amp;").replace('"', "&quot;").replace('\'', "&#39;");
    let all = percent(|_| false, true);
    vec![
        secret.to_owned(),
        percent(few, true),
        percent(few, false),
        percent(few, true).replace("%20", "+"),
        percent(|b| b.is_ascii_graphic() && b != b'%' && b != b'+', true),
        all.replace('%', "%25"),
        all,
        json.replace('/', "\\/"),
        serde_json::to_string(&json).unwrap(),
        json,
        debug[1..debug.len() - 1].to_owned(),
        secret.replace('\\', "\\\\").replace('\'', "\\'"),
        units,
        ascii,
        html,
    ]
}

/// With the user's name in base64.
pub(crate) fn basics(secret: &str) -> Vec<String> {
    let both = format!("{USER}:{secret}");
    let codes = [
        STANDARD.encode(&both),
        STANDARD_NO_PAD.encode(&both),
        URL_SAFE.encode(&both),
        URL_SAFE_NO_PAD.encode(&both),
    ];
    codes.into()
}

pub(crate) fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// What no message may hold.
pub(crate) struct Forbidden(pub(crate) Vec<String>);

impl Forbidden {
    #[track_caller]
    pub(crate) fn check_secrets(&self, text: &str, at: &str) {
        let lower = text.to_ascii_lowercase();
        for secret in &self.0 {
            assert!(!lower.contains(&secret.to_ascii_lowercase()), "{at}: {secret} in {text}");
        }
    }

    #[track_caller]
    pub(crate) fn check(&self, text: &str, at: &str) {
        assert!(!text.chars().any(is_hidden), "{at}: {text:?}");
        assert!(text.len() <= 4_096, "{at}: {} bytes", text.len());
        self.check_secrets(text, at);
    }

    #[track_caller]
    pub(crate) fn check_error(&self, error: &Error, at: &str) {
        for text in [error.to_string(), format!("{error:?}"), format!("{error:#?}"), error.report()] {
            self.check(&text, at);
        }
        let mut next = error.source();
        while let Some(cause) = next {
            self.check(&cause.to_string(), at);
            self.check(&format!("{cause:?}"), at);
            next = cause.source();
        }
        for one in error.rejected() {
            self.check(&one.to_string(), at);
            self.check(&format!("{one}"), at);
            self.check_secrets(one.reason(), at);
        }
        let words = error.server_message().unwrap_or_default();
        assert!(words.len() <= 64 << 10);
        self.check_secrets(words, at);
    }
}
