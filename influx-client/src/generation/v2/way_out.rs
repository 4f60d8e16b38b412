//! What errors of 2.x mean beside what they say.

/// What an error of 2.x means that its words do not say. The same texts are of rights, too: what a token may not see does not exist for it.
pub(crate) fn way_out(status: u16, text: &str) -> Option<&'static str> {
    match status {
        404 if text.contains("could not find bucket") => {
            Some("there is no such bucket, or this token may not read it")
        }
        404 if text == "no dbrp mapping found" => Some(
            "no bucket is mapped to this database and retention policy: make a mapping (dbrp), or write to the bucket with Client::v2(url)",
        ),
        _ => None,
    }
}
