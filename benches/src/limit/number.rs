//! Numbers: eight decimal digits at a time in one register, the seconds of a timestamp kept from line to line, a short cut for
//! floats with two decimals.

use std::ptr::copy_nonoverlapping;

const ASCII_ZEROS: u64 = 0x3030_3030_3030_3030;
const E8: u64 = 100_000_000;
const E16: u64 = E8 * E8;

/// The 8 decimal digits of `x` < 10^8 as bytes 0 to 9, the first digit in the lowest byte.
#[inline(always)]
fn eight_digits(x: u32) -> u64 {
    let high = x / 10_000;
    let fours = u64::from(high) | u64::from(x - high * 10_000) << 32;
    let hundreds = ((fours * 10_486) >> 20) & 0x0000_007f_0000_007f;
    let twos = hundreds | ((fours - hundreds * 100) << 16);
    let tens = ((twos * 103) >> 10) & 0x000f_000f_000f_000f;
    tens | ((twos - tens * 10) << 8)
}

#[inline(always)]
unsafe fn put_eight(p: *mut u8, x: u32) -> *mut u8 {
    p.cast::<u64>().write_unaligned(eight_digits(x) + ASCII_ZEROS);
    p.add(8)
}

/// Without leading zeros.
#[inline(always)]
unsafe fn put_up_to_eight(p: *mut u8, x: u32) -> *mut u8 {
    let digits = eight_digits(x);
    let zeros = (digits | 1 << 56).trailing_zeros() & !7;
    p.cast::<u64>().write_unaligned((digits + ASCII_ZEROS) >> zeros);
    p.add(8 - (zeros / 8) as usize)
}

#[inline(always)]
unsafe fn unsigned(p: *mut u8, v: u64) -> *mut u8 {
    if v < E8 {
        put_up_to_eight(p, v as u32)
    } else if v < E16 {
        let p = put_up_to_eight(p, (v / E8) as u32);
        put_eight(p, (v % E8) as u32)
    } else {
        let p = put_up_to_eight(p, (v / E16) as u32);
        let p = put_eight(p, (v % E16 / E8) as u32);
        put_eight(p, (v % E8) as u32)
    }
}

#[inline(always)]
pub(super) unsafe fn integer(p: *mut u8, v: i64) -> *mut u8 {
    // always written, overwritten where it is not wanted
    *p = b'-';
    unsigned(p.add(usize::from(v < 0)), v.unsigned_abs())
}

/// The digits of the last timestamp's seconds: points of one batch mostly share them.
pub(super) struct TimeCache {
    seconds: u64,
    digits: [u8; 16],
    len: usize,
}

impl Default for TimeCache {
    fn default() -> Self {
        TimeCache { seconds: u64::MAX, digits: [0; 16], len: 0 }
    }
}

impl TimeCache {
    #[inline(always)]
    pub(super) unsafe fn put(&mut self, p: *mut u8, nanos: i64) -> *mut u8 {
        if nanos < 1_000_000_000 {
            return integer(p, nanos);
        }
        let seconds = nanos as u64 / 1_000_000_000;
        let rest = (nanos as u64 - seconds * 1_000_000_000) as u32;
        if seconds != self.seconds {
            self.fill(seconds);
        }
        copy_nonoverlapping(self.digits.as_ptr(), p, 16);
        let p = p.add(self.len);
        let first = rest / E8 as u32;
        *p = b'0' + first as u8;
        put_eight(p.add(1), rest - first * E8 as u32)
    }

    #[cold]
    #[inline(never)]
    unsafe fn fill(&mut self, seconds: u64) {
        // no more than 10 digits, and the 8 bytes that one write may scribble
        let mut digits = [0; 32];
        let end = unsigned(digits.as_mut_ptr(), seconds);
        self.len = end.offset_from(digits.as_ptr()) as usize;
        self.digits.copy_from_slice(&digits[..16]);
        self.seconds = seconds;
    }
}

/// The decimals of every hundredth as text, `.23` say, with their length.
static HUNDREDTHS: [(u32, u8); 100] = {
    let mut all = [(0, 0); 100];
    let mut i = 0;
    while i < 100 {
        let (tens, ones) = (i / 10, i % 10);
        let text = u32::from_le_bytes([b'.', b'0' + tens, b'0' + ones, 0]);
        let len = if ones != 0 {
            3
        } else if tens != 0 {
            2
        } else {
            0
        };
        all[i as usize] = (text, len);
        i += 1;
    }
    all
};

/// A float that is k/100 is written from the integer k: 15 significant digits are always the shortest text that reads back as
/// the same float. All others go to zmij.
#[inline(always)]
pub(super) unsafe fn float(p: *mut u8, x: f64) -> *mut u8 {
    let scaled = x.abs() * 100.0;
    if scaled < 1e15 {
        let k = (scaled + 0.5).to_int_unchecked::<i64>();
        if k as f64 / 100.0 == x.abs() {
            let k = k as u64;
            *p = b'-';
            let p = p.add(usize::from(x.is_sign_negative()));
            let p = unsigned(p, k / 100);
            let (text, len) = HUNDREDTHS[(k % 100) as usize];
            p.cast::<u32>().write_unaligned(text);
            return p.add(usize::from(len));
        }
    }
    any_float(p, x)
}

// zmij formats into a buffer of 24 bytes from its start, so the output can be that buffer
const _: () = assert!(size_of::<zmij::Buffer>() == 24 && align_of::<zmij::Buffer>() == 1);

#[inline(never)]
unsafe fn any_float(p: *mut u8, x: f64) -> *mut u8 {
    if !x.is_finite() {
        *p = b'0';
        return p.add(1);
    }
    let buffer = &mut *p.cast::<zmij::Buffer>();
    let len = buffer.format_finite(x).len();
    p.add(len)
}
