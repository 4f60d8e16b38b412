//! Compression of bodies, off the async threads.

use std::io::Write;

use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};

use crate::error::{Error, Kind, Result};

/// The body as gzip, level 1: higher levels cost several times more than encoding the points.
pub(crate) async fn gzip(body: Bytes) -> Result<Bytes> {
    let packed = tokio::task::spawn_blocking(move || pack(&body)).await;
    match packed {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(error)) => Err(Error::new(Kind::Encode, "the body cannot be compressed").with_source(error)),
        Err(error) => Err(Error::new(Kind::Encode, "the compression was stopped").with_source(error)),
    }
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
