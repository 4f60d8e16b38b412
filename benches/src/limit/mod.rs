//! How fast it can be: an encoder written by hand for each struct, unsafe, with nothing that a library must do on top. It checks
//! neither for control characters nor for lengths, and writes NaN as 0.
//!
//! The rule behind every `unsafe` here: a writer takes a cursor into reserved room and gives back the cursor behind what it wrote.
//! It may scribble up to [`SLACK`] bytes further. Room is reserved once per point from an upper bound of the line's length: the
//! static text, 26 bytes per number, and twice the length of each string, since an escape at most doubles a byte.

// the contract is the same for every function, as said above
#![allow(unsafe_op_in_unsafe_fn, clippy::missing_safety_doc)]

mod number;
mod text;

use crate::data::{Cpu, Esc, Trade};
use number::{TimeCache, float, integer};
use text::{literal, string, tag};

const SLACK: usize = 64;
const NUMBER: usize = 26;

/// Reserves room for a line, lets `write` fill it, and takes over what it wrote.
///
/// # Safety
/// `write` writes at most `room` bytes and gives back the end of what it wrote.
#[inline(always)]
unsafe fn line(out: &mut Vec<u8>, room: usize, write: impl FnOnce(*mut u8) -> *mut u8) {
    let room = room + SLACK;
    if out.capacity() - out.len() < room {
        grow(out, room);
    }
    let base = out.as_mut_ptr();
    let end = write(base.add(out.len()));
    out.set_len(end.offset_from(base) as usize);
}

#[cold]
#[inline(never)]
fn grow(out: &mut Vec<u8>, room: usize) {
    out.reserve(room);
}

/// A tag that is left out when it is empty.
macro_rules! tag {
    ($p:ident, $key:literal, $value:expr) => {
        if !$value.is_empty() {
            $p = literal($p, $key);
            $p = tag($p, $value);
        }
    };
}

/// The measurement and the first tag, in one literal.
macro_rules! head {
    ($p:ident, $alone:literal, $with_key:literal, $value:expr) => {
        if $value.is_empty() {
            $p = literal($p, $alone);
        } else {
            $p = literal($p, $with_key);
            $p = tag($p, $value);
        }
    };
}

#[inline(never)]
pub fn trades(points: &[Trade], out: &mut Vec<u8>) {
    let mut times = TimeCache::default();
    for x in points {
        let texts = x.instrument.len() + x.source.len() + x.side.len() + x.trade_id.len();
        // SAFETY: the static text has 59 bytes; the rest is counted.
        unsafe {
            line(out, 96 + 3 * NUMBER + 2 * texts, |mut p| {
                head!(p, b"Trade", b"Trade,instrument=", &x.instrument);
                tag!(p, b",source=", &x.source);
                tag!(p, b",side=", &x.side);
                p = literal(p, b" price=");
                p = float(p, x.price);
                p = literal(p, b",size=");
                p = integer(p, x.size);
                p = literal(p, b"i,trade_id=\"");
                p = string(p, &x.trade_id);
                p = literal(p, b"\" ");
                p = times.put(p, x.time);
                literal(p, b"\n")
            });
        }
    }
}

/// The numbers of [`Cpu`].
pub trait Number: Copy {
    /// # Safety
    /// Room for [`NUMBER`] bytes.
    unsafe fn put(self, p: *mut u8) -> *mut u8;
    const INTEGER: bool;
}

impl Number for f64 {
    #[inline(always)]
    unsafe fn put(self, p: *mut u8) -> *mut u8 {
        float(p, self)
    }
    const INTEGER: bool = false;
}

impl Number for i64 {
    #[inline(always)]
    unsafe fn put(self, p: *mut u8) -> *mut u8 {
        integer(p, self)
    }
    const INTEGER: bool = true;
}

#[inline(never)]
pub fn cpus<T: Number>(points: &[Cpu<T>], out: &mut Vec<u8>) {
    let mut times = TimeCache::default();
    for x in points {
        let texts = x.hostname.len()
            + x.region.len()
            + x.datacenter.len()
            + x.rack.len()
            + x.os.len()
            + x.arch.len()
            + x.team.len()
            + x.service.len()
            + x.service_version.len()
            + x.service_environment.len();
        // SAFETY: the static text has 248 bytes; the rest is counted.
        unsafe {
            line(out, 340 + 11 * NUMBER + 2 * texts, |mut p| {
                head!(p, b"cpu", b"cpu,hostname=", &x.hostname);
                tag!(p, b",region=", &x.region);
                tag!(p, b",datacenter=", &x.datacenter);
                tag!(p, b",rack=", &x.rack);
                tag!(p, b",os=", &x.os);
                tag!(p, b",arch=", &x.arch);
                tag!(p, b",team=", &x.team);
                tag!(p, b",service=", &x.service);
                tag!(p, b",service_version=", &x.service_version);
                tag!(p, b",service_environment=", &x.service_environment);
                p = cpu_fields(p, x);
                p = if T::INTEGER { literal(p, b"i ") } else { literal(p, b" ") };
                p = times.put(p, x.time);
                literal(p, b"\n")
            });
        }
    }
}

#[inline(always)]
unsafe fn cpu_fields<T: Number>(mut p: *mut u8, x: &Cpu<T>) -> *mut u8 {
    // the suffix of an integer and the next key are one literal
    macro_rules! field {
        ($float:literal, $integer:literal, $value:expr) => {
            p = if T::INTEGER { literal(p, $integer) } else { literal(p, $float) };
            p = $value.put(p);
        };
    }
    field!(b" usage_user=", b" usage_user=", x.usage_user);
    field!(b",usage_system=", b"i,usage_system=", x.usage_system);
    field!(b",usage_idle=", b"i,usage_idle=", x.usage_idle);
    field!(b",usage_nice=", b"i,usage_nice=", x.usage_nice);
    field!(b",usage_iowait=", b"i,usage_iowait=", x.usage_iowait);
    field!(b",usage_irq=", b"i,usage_irq=", x.usage_irq);
    field!(b",usage_softirq=", b"i,usage_softirq=", x.usage_softirq);
    field!(b",usage_steal=", b"i,usage_steal=", x.usage_steal);
    field!(b",usage_guest=", b"i,usage_guest=", x.usage_guest);
    field!(b",usage_guest_nice=", b"i,usage_guest_nice=", x.usage_guest_nice);
    p
}

#[inline(never)]
pub fn escs(points: &[Esc], out: &mut Vec<u8>) {
    let mut times = TimeCache::default();
    for x in points {
        let texts = x.city.len() + x.expr.len() + x.plain.len() + x.message.len();
        // SAFETY: the static text has 51 bytes; the rest is counted.
        unsafe {
            line(out, 96 + 3 * NUMBER + 2 * texts, |mut p| {
                head!(p, b"esc", b"esc,city=", &x.city);
                tag!(p, b",expr=", &x.expr);
                tag!(p, b",plain=", &x.plain);
                p = literal(p, b" message=\"");
                p = string(p, &x.message);
                p = literal(p, b"\",value=");
                p = float(p, x.value);
                if let Some(missing) = x.missing {
                    p = literal(p, b",missing=");
                    p = float(p, missing);
                }
                p = literal(p, b" ");
                p = times.put(p, x.time);
                literal(p, b"\n")
            });
        }
    }
}
