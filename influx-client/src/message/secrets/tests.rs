//! Secrets in every spelling that was thought of, and in some that chance thinks of.

use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use proptest::prelude::*;

use super::*;

fn of(secret: &str) -> Secrets {
    let mut secrets = Secrets::default();
    secrets.add_login("bob", secret);
    secrets
}

#[track_caller]
fn gone(secret: &str, text: &str, clean: &str) {
    assert_eq!(of(secret).taken_out(text), clean);
}

#[test]
fn plain_texts_stay() {
    for text in ["", "100% of \\d+ & more &c; %zz \\u12", "field type conflict", "é漢\u{200b}"] {
        assert!(matches!(of("hunter2").taken_out(text), Cow::Borrowed(_)), "{text}");
        assert!(matches!(Secrets::default().taken_out(text), Cow::Borrowed(_)), "{text}");
    }
}

#[test]
fn within_other_things_in_base64() {
    let texts = ["hunter2", "xhunter2y", "xxhunter2", "user=a&p=hunter2"].map(|text| STANDARD.encode(text));
    gone("hunter2", &texts.join(" "), "*** eG*** eHh*** dXNlcj1hJnA9***");
    gone("ÿÿ>?", &format!("{} {}", STANDARD.encode("ÿÿ>?"), URL_SAFE.encode("ÿÿ>?")), "*** ***");
    gone("word", "d29yZA== d29y", "d29yZA== d29y");
}

#[test]
fn spellings() {
    gone("hunter2", "p=hunter2&u=bob, again hunter2hunter2", "p=***&u=bob, again ******");
    gone("hunter2", "%68unter2 h%75nter%32 %2568unter2", "*** *** ***");
    gone("p/w é", "p%2Fw%20%C3%A9 p%2fw+%c3%a9 p\\/w \\u00e9 p\\u002Fw\\u0020\\u00E9", "*** *** *** ***");
    gone("it's \"x\"", r#"'it\'s "x"' "it's \"x\"" it&#39;s &quot;x&quot;"#, r#"'***' "***" ***"#);
    gone("a\\\"b", r#"a\"b a\\\"b a\\\\\\\"b"#, "*** *** ***");
    gone(
        "🦀crab",
        "\\ud83e\\udd80crab %F0%9F%A6%80crab \\u{1f980}crab \\xf0\\x9f\\xa6\\x80crab",
        "*** *** *** ***",
    );
    gone("a%41b", "a%41b a%2541b %61%2541%62", "*** *** ***");
    gone("line\nfeed", "line\nfeed line\\nfeed line%0Afeed", "*** *** ***");
}

#[test]
fn basic_credentials() {
    for password in ["hunter2", "pw", "p~w?>é", "x"] {
        let both = format!("bob:{password}");
        for code in [STANDARD.encode(&both), STANDARD_NO_PAD.encode(&both), URL_SAFE.encode(&both)] {
            let quoted = code.replace('+', "%2B").replace('/', "%2f").replace('=', "%3D");
            for code in [code, quoted] {
                let clean = of(password).taken_out(&format!("Basic {code}!")).into_owned();
                assert!(clean.starts_with("Basic ***") && clean.len() < 16, "{clean}");
            }
        }
    }
}

#[test]
fn a_short_secret_is_a_word() {
    gone("a", "a database: a\na p=a&q=\"a\"", "*** database: ***\n*** p=***&q=\"***\"");
    gone("a", "apache was asked %61 and%20a", "apache was asked *** and%20***");
    gone("use", "user not found", "user not found");
    gone("use", "use of use", "*** of ***");
    gone("user", "users", "***s");
    gone("", "a", "a");
}

#[test]
fn tokens_and_keys() {
    let mut secrets = Secrets::default();
    secrets.add_tokens("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.");
    secrets.add_pem("-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49AgEG\n-----END PRIVATE KEY-----\n");
    let text = "Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJl-_x.AbC, key MIGHAgEA\\nMBMG\n ByqGSM49AgEG.";
    assert_eq!(secrets.taken_out(text), "Bearer ***, key ***.");
    assert!(!format!("{secrets:?}").contains("MIGH"));
}

#[test]
fn many_readings_end() {
    let secret = "%25".repeat(400);
    let mut secrets = Secrets::default();
    secrets.add(&secret);
    assert_eq!(secrets.taken_out(&secret), "***");
    let text = "%25".repeat(100_000) + "x";
    assert!(secrets.taken_out(&text[..30_000]).starts_with("***"));
    assert!(of("hunter2").taken_out(&text).len() == text.len());
}

/// How a character is spelled.
fn spelled(c: char, how: u8) -> String {
    let mut utf8 = [0; 4];
    let utf8 = c.encode_utf8(&mut utf8).as_bytes();
    match how % 6 {
        0 => utf8.iter().map(|byte| format!("%{byte:02X}")).collect(),
        1 => utf8.iter().map(|byte| format!("%{byte:02x}")).collect(),
        2 => c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect(),
        3 => c.escape_debug().to_string(),
        4 => format!("&#{};", u32::from(c)),
        _ => c.to_string(),
    }
}

proptest! {
    #[test]
    fn any_mixture_of_spellings(
        secret in "[a-zA-Z0-9 /+%\\\\\"'&é🦀=:\n]{4,12}", hows in prop::collection::vec(any::<u8>(), 12),
        before in "[a-z ]{0,8}", behind in "[a-z ]{0,8}", again in any::<bool>(),
    ) {
        let mut text: String = secret.chars().zip(&hows).map(|(c, how)| spelled(c, *how)).collect();
        if again {
            text = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
        }
        let mut secrets = Secrets::default();
        secrets.add(&secret);
        let clean = secrets.taken_out(&format!("{before}|{text}|{behind}")).into_owned();
        prop_assert_eq!(clean, format!("{before}|***|{behind}"));
    }

    #[test]
    fn nothing_panics(secret in ".{0,6}", text in ".{0,60}|[%\\\\&u{}0-9a-f;#x]{0,60}") {
        of(&secret).taken_out(&text);
    }
}
