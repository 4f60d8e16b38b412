//! Push decoders: bytes in, rows out.
