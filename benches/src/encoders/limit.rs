//! The limit: written by hand for each struct.

use std::rc::Rc;

use crate::data::Points;
use crate::encoder::{Body, Encoder};
use crate::limit;

#[derive(Default)]
pub struct Limit {
    points: Rc<Points>,
}

impl Encoder for Limit {
    fn name(&self) -> &'static str {
        "hand-written limit"
    }

    fn prepare(&mut self, points: &Rc<Points>) {
        self.points = Rc::clone(points);
    }

    fn encode(&mut self, body: &mut Body) {
        match &*self.points {
            Points::Trade(points) => limit::trades(points, &mut body.buffer),
            Points::CpuF64(points) => limit::cpus(points, &mut body.buffer),
            Points::CpuI64(points) => limit::cpus(points, &mut body.buffer),
            Points::Esc(points) => limit::escs(points, &mut body.buffer),
        }
    }
}
