//! What errors of 2.x mean beside what they say.

/// What 2.x says where its API has no such path.
pub(crate) const NO_ENDPOINT: &str = "path not found";

/// What an error of 2.x means that its words do not say. The same texts are of rights, too: what a token may not see does not exist for it.
/// `request` is its method and URL.
pub(crate) fn way_out(status: u16, text: &str, request: &str) -> Option<&'static str> {
    if status != 404 {
        return None;
    }
    // `could not find bucket "x"`, `bucket "x" not found`, `no buckets found in organization ..`, within other words
    let of_bucket =
        text.contains("bucket") && (text.contains("not found") || text.contains("could not find"));
    if of_bucket || text.starts_with("no buckets found") {
        Some("there is no such bucket, or this token may not read it")
    } else if text == "no dbrp mapping found" {
        Some(
            "no bucket is mapped to this database and retention policy: make a mapping (client.v2().create_dbrp(..)), or write to the \
             bucket with Client::v2(url)",
        )
    } else if text == NO_ENDPOINT && request.contains("/api/v2/scripts") {
        Some("this server has no invokable scripts, which only InfluxDB Cloud has")
    } else if text == NO_ENDPOINT {
        Some("this server has no such endpoint")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_a_matter_of_rights() {
        for text in [
            "could not find bucket \"x\"",
            "failed to initialize execute state: could not find bucket \"short\"",
            "bucket \"nope\" not found",
            "bucket not found",
            "no buckets found in organization 331757e6fce87162",
        ] {
            assert!(way_out(404, text, "").unwrap().contains("may not read it"), "{text}");
            assert_eq!(way_out(400, text, ""), None);
        }
        let script = way_out(404, NO_ENDPOINT, "GET http://h/api/v2/scripts").unwrap();
        assert!(
            script.contains("Cloud")
                && !way_out(404, NO_ENDPOINT, "GET http://h/api/v2/x").unwrap().contains("Cloud")
        );
        assert_eq!(way_out(404, "user not found", ""), None);
    }
}
