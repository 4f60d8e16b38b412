//! What an encoder must do to be measured.

use std::rc::Rc;

use crate::data::Points;

/// One row of the table.
pub trait Encoder {
    fn name(&self) -> &'static str;

    /// Not timed. Takes the points, or converts them to the plain struct that a user of the library holds: typed fields,
    /// no encoded text.
    fn prepare(&mut self, points: &Rc<Points>);

    /// Timed. Encodes all points.
    fn encode(&mut self, body: &mut Body);

    /// Tags that it adds to every point.
    fn extra_tags(&self) -> &'static [(&'static str, &'static str)] {
        &[]
    }
}

/// Where an encoder puts its lines.
#[derive(Default)]
pub struct Body {
    /// For libraries that append to a buffer of the caller's; its memory is kept from round to round.
    pub buffer: Vec<u8>,
    /// Whether [`give`](Body::give) copies into `buffer`, which only a check of the output needs.
    pub keep: bool,
}

impl Body {
    /// For libraries that hand over a body of their own.
    pub fn give(&mut self, bytes: &[u8]) {
        if self.keep {
            self.buffer.extend_from_slice(bytes);
        }
        std::hint::black_box(bytes);
    }
}
