//! Compression of bodies, off the async threads.

use std::io::Write;

use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};

use crate::error::{Error, Kind, Result};
use crate::http::runtime;

/// The body as gzip, level 1: higher levels cost several times more than encoding the points.
pub(crate) async fn gzip(body: Bytes) -> Result<Bytes> {
    runtime::check()?;
    let elsewhere = body.clone();
    let packed = tokio::task::spawn_blocking(move || pack(&elsewhere)).await;
    // a runtime that ends takes no such work any more
    packed
        .unwrap_or_else(|_| pack(&body))
        .map_err(|error| Error::new(Kind::Encode, "the body cannot be compressed").with_source(error))
}

fn pack(body: &[u8]) -> std::io::Result<Bytes> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 4 + 64), Compression::new(1));
    encoder.write_all(body)?;
    encoder.finish().map(Bytes::from)
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[tokio::test]
    async fn comes_back_whole() {
        let body = Bytes::from("cpu,host=a usage=0.5 1\n".repeat(10_000));
        let packed = gzip(body.clone()).await.unwrap();
        assert!(packed.len() < body.len() / 10);
        let mut back = Vec::new();
        flate2::read::GzDecoder::new(&packed[..]).read_to_end(&mut back).unwrap();
        assert_eq!(back, body);
    }
}
