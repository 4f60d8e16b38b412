//! How the body of an answer is packed: its `Content-Encoding`.

use bytes::Bytes;
use influx_core::shown::{NAME, quoted};
use reqwest::header::{CONTENT_ENCODING, HeaderMap};

use crate::error::{Error, Kind, Result};
use crate::http::inflate::Inflate;

/// Unpacks a body as it arrives.
#[derive(Debug)]
pub(crate) enum Coding {
    /// Packed by gzip, so many times as there are unpackers; not at all without any.
    Known(Vec<Inflate>),
    Unknown {
        name: String,
        /// Some of the body came.
        met: bool,
    },
}

impl Coding {
    /// The codings are names in any case, in the order in which they were applied, in one header or several (RFC 9110, 8.4).
    pub(crate) fn of(headers: &HeaderMap) -> Coding {
        let mut unpackers = Vec::new();
        for value in headers.get_all(CONTENT_ENCODING) {
            for name in String::from_utf8_lossy(value.as_bytes()).split(',') {
                match name.trim().to_ascii_lowercase().as_str() {
                    "" | "identity" => {}
                    "gzip" | "x-gzip" => unpackers.push(Inflate::new()),
                    _ => return Coding::Unknown { name: name.trim().to_owned(), met: false },
                }
            }
        }
        Coding::Known(unpackers)
    }

    /// What the piece holds; it may be nothing yet.
    pub(crate) fn push(&mut self, piece: Bytes) -> Result<Bytes> {
        match self {
            Coding::Known(unpackers) => {
                unpackers.iter_mut().try_fold(piece, |piece, unpacker| unpacker.push(&piece))
            }
            Coding::Unknown { met, .. } => {
                *met |= !piece.is_empty();
                self.unreadable().map_or(Ok(piece), |text| Err(Error::new(Kind::Decode, text)))
            }
        }
    }

    /// The rest at the end of the body.
    pub(crate) fn finish(&mut self) -> Result<Bytes> {
        let Coding::Known(unpackers) = self else { return Ok(Bytes::new()) };
        let mut rest = Bytes::new();
        for unpacker in std::mem::take(unpackers).iter_mut() {
            rest = [unpacker.push(&rest)?, unpacker.finish()?].concat().into();
        }
        Ok(rest)
    }

    /// Why the body cannot be read, if there is one and it cannot.
    pub(crate) fn unreadable(&self) -> Option<String> {
        let Coding::Unknown { name, met: true } = self else { return None };
        let name = quoted(name, NAME);
        Some(format!(
            "the answer is packed in a way that was not asked for (Content-Encoding: {name}) and cannot be read: something between \
             the server and this client packs it; tell that to leave it plain, or gzip"
        ))
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};

    use super::*;

    fn packed(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::new(6));
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn read(names: &[&str], body: &[u8]) -> Result<Vec<u8>> {
        let mut headers = HeaderMap::new();
        for name in names {
            headers.append(CONTENT_ENCODING, name.parse().unwrap());
        }
        let mut coding = Coding::of(&headers);
        let mut out = Vec::new();
        for piece in body.chunks(7) {
            out.extend_from_slice(&coding.push(Bytes::copy_from_slice(piece))?);
        }
        out.extend_from_slice(&coding.finish()?);
        Ok(out)
    }

    #[test]
    fn every_spelling() {
        let (once, twice) = (packed(b"rows"), packed(&packed(b"rows")));
        let cases: [(&[&str], &[u8]); 10] = [
            (&[], b"rows"),
            (&["identity"], b"rows"),
            (&[""], b"rows"),
            (&["gzip"], &once),
            (&["GZIP"], &once),
            (&["x-gzip"], &once),
            (&["X-GZip, Identity"], &once),
            (&["identity", "gzip"], &once),
            (&["gzip, gzip"], &twice),
            (&["gzip", "x-gzip"], &twice),
        ];
        for (names, body) in cases {
            assert_eq!(read(names, body).unwrap(), b"rows", "{names:?}");
        }
        assert_eq!(read(&["gzip, gzip"], &twice[..twice.len() - 1]).unwrap_err().kind(), Kind::Incomplete);
    }

    #[test]
    fn others_are_named() {
        for (names, name) in
            [(&["br"][..], "\"br\""), (&["gzip, Zstd"], "\"Zstd\""), (&["a\tb"], "\"a\\tb\"")]
        {
            let error = read(names, b"\x8b\x01").unwrap_err();
            assert_eq!(error.kind(), Kind::Decode);
            assert!(error.to_string().contains(&format!("(Content-Encoding: {name})")), "{error}");
            assert_eq!(read(names, b"").unwrap(), b"", "a 204 may say so");
        }
    }
}
