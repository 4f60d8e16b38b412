//! JSON web tokens as InfluxDB 1.x takes them: HS256, with the claims `username` and `exp`.

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::message::secret::Secret;

/// A token for a user; `expires` is in seconds since 1970.
pub(crate) fn sign(user: &str, expires: u64, secret: &Secret) -> String {
    let header = beginning();
    let claims = serde_json::json!({ "username": user, "exp": expires }).to_string();
    let signed = format!("{header}{}", URL_SAFE_NO_PAD.encode(claims));
    let signature = URL_SAFE_NO_PAD.encode(mac(secret.expose().as_bytes(), signed.as_bytes()));
    format!("{signed}.{signature}")
}

/// What all tokens begin with: the header and its point.
pub(crate) fn beginning() -> String {
    URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256","typ":"JWT"}"#) + "."
}

fn mac(key: &[u8], data: &[u8]) -> hmac::Tag {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), data)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_is_that_of_rfc_4231() {
        let hex: String = mac(b"Jefe", b"what do ya want for nothing?")
            .as_ref()
            .iter()
            .map(|b| format!("{b:02x}"))
            .collect();
        assert_eq!(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }

    #[test]
    fn a_token_holds_what_it_says() {
        let token = sign("r\"oot é", 1_700_000_000, &Secret::new("shared"));
        let parts: Vec<_> = token.split('.').collect();
        let [header, claims, signature] = parts.as_slice() else { panic!("{token}") };
        let json = |part: &str| -> serde_json::Value {
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
        };
        assert_eq!(json(header), serde_json::json!({ "alg": "HS256", "typ": "JWT" }));
        assert_eq!(json(claims), serde_json::json!({ "username": "r\"oot é", "exp": 1_700_000_000 }));
        let signed = format!("{header}.{claims}");
        assert_eq!(URL_SAFE_NO_PAD.decode(signature).unwrap(), mac(b"shared", signed.as_bytes()).as_ref());
    }
}
