//! Floats to text, at a cursor as [`number`](super::number) writes.

use super::number::{LONG, SLACK, put_long_u64, put_u64};

/// The longest shortest form of a double.
pub(crate) const MAX_FLOAT: usize = 24;

/// `.23` of every hundredth, the first byte in the lowest, and how much of it is needed in the highest.
static HUNDREDTHS: [u32; 100] = {
    let mut table = [0; 100];
    let mut i = 0;
    while i < 100 {
        let (a, b) = (i as u32 / 10, i as u32 % 10);
        let len = if b != 0 {
            3
        } else if a != 0 {
            2
        } else {
            0
        };
        table[i] = b'.' as u32 | (b'0' as u32 + a) << 8 | (b'0' as u32 + b) << 16 | len << 24;
        i += 1;
    }
    table
};

/// The shortest text that reads back as the same double, whole numbers without `.0`; one that is not finite makes it
/// `failed`.
///
/// A double equal to k/100 with k < 10^15 is written from k: 15 significant digits always name one double only, so that
/// this is its shortest form. Prices and percentages take this way; the rest goes through `zmij`.
///
/// # Safety
/// [`MAX_FLOAT`] bytes and the slack at `p` are writable.
#[inline(never)]
pub(crate) unsafe fn put_f64(p: *mut u8, x: f64, failed: &mut bool) -> *mut u8 {
    let a = x.abs();
    let scaled = a * 100.0;
    if scaled < 1e15 {
        // SAFETY: so it is.
        let k = unsafe { nearest(scaled) };
        if k as i64 as f64 / 100.0 == a {
            let whole = k / 100;
            // SAFETY: sign, 13 digits and 4 bytes of fraction.
            return unsafe {
                *p = b'-';
                let p = p.add(usize::from(x.is_sign_negative()));
                // a call in between would cost all others the registers that it keeps
                if whole < LONG {
                    put_hundredth(put_u64(p, whole), k, whole)
                } else {
                    put_long_hundredths(p, a)
                }
            };
        }
    }
    // SAFETY: the same promise.
    unsafe { put_shortest(p, x, failed) }
}

/// The nearest whole number.
///
/// # Safety
/// `0 <= x < 10^15`
#[inline(always)]
unsafe fn nearest(x: f64) -> u64 {
    // SAFETY: it fits.
    unsafe { (x + 0.5).to_int_unchecked::<i64>() as u64 }
}

/// The fraction of `k` hundredths, of which `whole` is the rest.
///
/// # Safety
/// 4 bytes at `p` are writable, and `whole` is `k / 100`.
#[inline(always)]
unsafe fn put_hundredth(p: *mut u8, k: u64, whole: u64) -> *mut u8 {
    // SAFETY: a remainder of the division by 100; the same promise.
    unsafe {
        let text = *HUNDREDTHS.get_unchecked((k - whole * 100) as usize);
        p.cast::<u32>().write_unaligned(text.to_le());
        p.add((text >> 24) as usize)
    }
}

/// # Safety
/// As for [`put_f64`].
#[inline(never)]
unsafe fn put_long_hundredths(p: *mut u8, a: f64) -> *mut u8 {
    // SAFETY: the same promise.
    unsafe {
        let k = nearest(a * 100.0);
        put_hundredth(put_long_u64(p, k / 100), k, k / 100)
    }
}

/// The shortest text of an `f32`: never by way of `f64`, which would print digits that were not there.
///
/// # Safety
/// As for [`put_f64`].
#[cfg_attr(not(debug_assertions), inline(always))]
pub(crate) unsafe fn put_f32(p: *mut u8, x: f32, failed: &mut bool) -> *mut u8 {
    // SAFETY: the same promise.
    unsafe { put_shortest(p, x, failed) }
}

// zmij formats into its own buffer; where that is a plain array of bytes, our output serves as one (a third less time).
const _: () = assert!(size_of::<zmij::Buffer>() <= SLACK && align_of::<zmij::Buffer>() == 1);

/// # Safety
/// As for [`put_f64`].
#[inline(never)]
unsafe fn put_shortest<F: zmij::Float + Into<f64>>(p: *mut u8, x: F, failed: &mut bool) -> *mut u8 {
    if !x.into().is_finite() {
        *failed = true;
        return p;
    }
    // SAFETY: the buffer is initialised before it is taken for one, is unaligned, and fits in the reserved room.
    let buffer = unsafe {
        p.cast::<zmij::Buffer>().write(zmij::Buffer::new());
        &mut *p.cast::<zmij::Buffer>()
    };
    let text = buffer.format_finite(x).as_bytes();
    let (from, len) = (text.as_ptr(), text.len());
    let len = if text.ends_with(b".0") { len - 2 } else { len };
    debug_assert!(len <= MAX_FLOAT);
    // SAFETY: the text lies within the buffer at `p`; it moves only if zmij ever starts it elsewhere.
    unsafe {
        if from != p.cast_const() {
            core::ptr::copy(from, p, len);
        }
        p.add(len)
    }
}

#[cfg(test)]
mod tests {
    use super::super::number::tests::text;
    use super::*;
    use crate::testing::scaled;
    use proptest::prelude::*;

    fn float(x: f64) -> String {
        // SAFETY: finite, with room.
        text(|p| unsafe { put_f64(p, x, &mut false) })
    }

    #[test]
    fn known_floats() {
        for (x, want) in [
            (0.0, "0"),
            (-0.0, "-0"),
            (1.0, "1"),
            (-1.5, "-1.5"),
            (0.1, "0.1"),
            (0.01, "0.01"),
            (99.99, "99.99"),
            (123456.78, "123456.78"),
            (9_999_999_999_999.99, "9999999999999.99"),
            (1e15, "1000000000000000"),
            (1e16, "1e+16"),
            (1e21, "1e+21"),
            (f64::MAX, "1.7976931348623157e+308"),
            (f64::MIN_POSITIVE, "2.2250738585072014e-308"),
            (5e-324, "5e-324"),
            (0.001, "0.001"),
            (1.0 / 3.0, "0.3333333333333333"),
            (9_007_199_254_740_993.0, "9007199254740992"),
        ] {
            assert_eq!(float(x), want);
        }
    }

    #[test]
    fn every_hundredth_of_the_short_cut() {
        let step = scaled(1, 997);
        for k in (0u64..50_000).chain(999_999_999_990_000..999_999_999_999_999).step_by(step) {
            let x = k as f64 / 100.0;
            let want = format!("{x}");
            assert_eq!(float(x), want);
        }
    }

    proptest! {
        #[test]
        #[cfg_attr(miri, ignore = "slow there")]
        fn floats_read_back(bits in any::<u64>()) {
            let x = f64::from_bits(bits);
            prop_assume!(x.is_finite());
            let text = float(x);
            prop_assert_eq!(text.parse::<f64>().unwrap().to_bits(), x.to_bits());
            let shortest = format!("{x:e}");
            let digits = |t: &str| {
                let mantissa = t.split('e').next().unwrap().replace(['.', '-'], "");
                mantissa.trim_matches('0').len()
            };
            prop_assert!(digits(&text) <= digits(&shortest), "{} is longer than {}", text, shortest);
        }

        #[test]
        #[cfg_attr(miri, ignore = "slow there")]
        fn decimals_are_shortest(k in -10_000_000_000_000_000i64..10_000_000_000_000_000, scale in 0..6i32) {
            let x = k as f64 / 10f64.powi(scale);
            prop_assert_eq!(float(x).parse::<f64>().unwrap().to_bits(), x.to_bits());
            let longest = format!("{x:?}").len();
            prop_assert!(float(x).len() <= longest);
        }

        #[test]
        #[cfg_attr(miri, ignore = "slow there")]
        fn short_floats_read_back(bits in any::<u32>()) {
            let x = f32::from_bits(bits);
            prop_assume!(x.is_finite());
            // SAFETY: finite, with room.
            let text = text(|p| unsafe { put_f32(p, x, &mut false) });
            prop_assert_eq!(text.parse::<f32>().unwrap().to_bits(), x.to_bits());
        }
    }
}
