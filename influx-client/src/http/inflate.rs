//! Compressed answers, unpacked as they arrive.

use std::io::Write;

use bytes::Bytes;
use flate2::write::MultiGzDecoder;

use crate::error::{Error, Kind, Result};

/// Takes the pieces of a gzip body, of one member or several, and gives what they hold.
#[derive(Debug)]
pub(crate) struct Inflate {
    decoder: MultiGzDecoder<Vec<u8>>,
    begun: bool,
}

impl Inflate {
    pub(crate) fn new() -> Self {
        Inflate { decoder: MultiGzDecoder::new(Vec::new()), begun: false }
    }

    /// What the piece holds; it may be nothing yet.
    pub(crate) fn push(&mut self, piece: &[u8]) -> Result<Bytes> {
        self.begun |= !piece.is_empty();
        self.decoder.write_all(piece).map_err(malformed)?;
        // What is still within the unpacker comes out, too, so that rows are not held back.
        self.decoder.flush().map_err(malformed)?;
        Ok(std::mem::take(self.decoder.get_mut()).into())
    }

    /// The rest at the end of the body, whose checksum must agree. No body at all is an empty one: a 204 may say that it is packed.
    pub(crate) fn finish(&mut self) -> Result<Bytes> {
        if !self.begun {
            return Ok(Bytes::new());
        }
        self.decoder.try_finish().map_err(|error| {
            Error::new(Kind::Incomplete, "the compressed answer ended before it was complete")
                .with_source(error)
        })?;
        Ok(std::mem::take(self.decoder.get_mut()).into())
    }
}

fn malformed(error: std::io::Error) -> Error {
    Error::new(Kind::Decode, "the compressed answer cannot be unpacked").with_source(error)
}

#[cfg(test)]
mod tests {
    use flate2::{Compression, write::GzEncoder};

    use super::*;

    fn packed(text: &str) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::new(6));
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn every_split_gives_the_same() {
        let text = "rows and rows ".repeat(40);
        let packed = packed(&text);
        for at in 0..=packed.len() {
            let mut inflate = Inflate::new();
            let mut out = inflate.push(&packed[..at]).unwrap().to_vec();
            out.extend_from_slice(&inflate.push(&packed[at..]).unwrap());
            out.extend_from_slice(&inflate.finish().unwrap());
            assert_eq!(out, text.as_bytes(), "{at}");
        }
    }

    #[test]
    fn members_follow_upon_members() {
        let both = [packed("rows and "), packed(""), packed("rows")].concat();
        for at in 0..=both.len() {
            let mut inflate = Inflate::new();
            let mut out = inflate.push(&both[..at]).unwrap().to_vec();
            out.extend_from_slice(&inflate.push(&both[at..]).unwrap());
            out.extend_from_slice(&inflate.finish().unwrap());
            assert_eq!(out, b"rows and rows", "{at}");
        }
        let mut inflate = Inflate::new();
        inflate.push(&both[..both.len() - 1]).unwrap();
        assert_eq!(inflate.finish().unwrap_err().kind(), Kind::Incomplete);
    }

    #[test]
    fn no_body_is_an_empty_one() {
        assert_eq!(Inflate::new().finish().unwrap(), "");
    }

    #[test]
    fn a_cut_or_broken_body_is_an_error() {
        let whole = packed(&"rows and rows ".repeat(40));
        for len in 1..whole.len() {
            let mut inflate = Inflate::new();
            inflate.push(&whole[..len]).unwrap();
            let error = inflate.finish().unwrap_err();
            assert_eq!(error.kind(), Kind::Incomplete, "{len}");
        }
        let mut inflate = Inflate::new();
        assert_eq!(inflate.push(b"{\"results\":[]}").unwrap_err().kind(), Kind::Decode);
    }
}
