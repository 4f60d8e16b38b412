//! JSON numbers: found, checked and read in one pass, exact.

use super::decimal;
use crate::decode::stop::Stop;

/// A number's text, taken apart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Number {
    /// Where the text ends.
    pub(crate) end: usize,
    negative: bool,
    /// Neither fraction nor exponent.
    integer: bool,
    /// The digits without the point; exact if there are at most 19.
    mantissa: u64,
    /// How many digits were written, leading zeros included.
    digits: u32,
    /// The power of ten that the mantissa is multiplied by.
    exponent: i32,
}

/// 10^0 ..= 10^22: the powers of ten that a float holds exactly.
pub(in crate::decode) const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
    1e19, 1e20, 1e21, 1e22,
];

/// 10^0 ..= 10^16.
pub(in crate::decode) static TENS: [u64; 17] = {
    let mut table = [1; 17];
    let mut power = 1;
    while power < table.len() {
        table[power] = table[power - 1] * 10;
        power += 1;
    }
    table
};

/// Eight characters `0`.
pub(in crate::decode) const ZEROS: u64 = 0x3030_3030_3030_3030;

/// The top bit of each of eight bytes that is not 0 ..= 9.
#[inline(always)]
pub(in crate::decode) fn others(values: u64) -> u64 {
    const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    // 0x76 carries a byte above 9 into its top bit
    (((values & LOW) + 0x7676_7676_7676_7676) | values) & !LOW
}

/// How many of eight bytes, from the lowest on, are 0 ..= 9.
#[inline(always)]
fn digits_in(values: u64) -> usize {
    (others(values).trailing_zeros() / 8) as usize
}

/// The number that eight bytes of 0 ..= 9 make, the lowest byte first: neighbours are joined to pairs, pairs to fours, fours to
/// eight.
#[inline(always)]
pub(in crate::decode) fn join(values: u64) -> u64 {
    let pairs = values.wrapping_mul(10).wrapping_add(values >> 8);
    let even = (pairs & 0x0000_00ff_0000_00ff).wrapping_mul(0x000f_4240_0000_0064);
    let odd = ((pairs >> 16) & 0x0000_00ff_0000_00ff).wrapping_mul(0x0000_2710_0000_0001);
    (even.wrapping_add(odd) >> 32) & 0xffff_ffff
}

/// Reads the number that starts at `b[at]`, in JSON's grammar. A number that touches the end of the bytes may go on.
#[inline]
pub(crate) fn scan(b: &[u8], at: usize) -> Result<Number, Stop> {
    let negative = b.get(at) == Some(&b'-');
    let start = at + usize::from(negative);
    let mut number = Number { end: start, negative, integer: true, mantissa: 0, digits: 0, exponent: 0 };
    number.take_digits(b);
    let whole = number.end - start;
    if whole == 0 {
        return Err(Stop::unless_at_end(b, start, "a number has no digits"));
    }
    if whole > 1 && b[start] == b'0' {
        return Err(Stop::Bad(start, "a number starts with 0"));
    }
    if b.get(number.end) == Some(&b'.') {
        number.integer = false;
        number.end += 1;
        let point = number.end;
        number.take_digits(b);
        if number.end == point {
            return Err(Stop::unless_at_end(b, point, "a number has no digit after its point"));
        }
        number.exponent = i32::try_from(number.end - point).map_or(i32::MIN, |digits| -digits);
    }
    if let Some(b'e' | b'E') = b.get(number.end) {
        number.take_exponent(b)?;
    }
    if number.end == b.len() { Err(Stop::More) } else { Ok(number) }
}

/// Whether a text is a JSON number.
pub(crate) fn is_number(text: &str) -> bool {
    let ended = [text.as_bytes(), b","].concat();
    scan(&ended, 0).is_ok_and(|number| number.end == text.len())
}

impl Number {
    /// Takes digits, eight at a time while there are eight bytes.
    #[inline]
    fn take_digits(&mut self, b: &[u8]) {
        let start = self.end;
        while let Some(eight) = b.get(self.end..).and_then(|rest| rest.first_chunk::<8>()) {
            let values = u64::from_le_bytes(*eight) ^ ZEROS;
            let count = digits_in(values);
            if count == 8 {
                self.mantissa = self.mantissa.wrapping_mul(100_000_000).wrapping_add(join(values));
                self.end += 8;
                continue;
            }
            if count > 0 {
                // shifted so that zeros stand in front of the digits
                let digits = join(values << (64 - 8 * count));
                self.mantissa = self.mantissa.wrapping_mul(TENS[count]).wrapping_add(digits);
                self.end += count;
            }
            self.digits += (self.end - start) as u32;
            return;
        }
        while let Some(digit) =
            b.get(self.end).map(|byte| byte.wrapping_sub(b'0')).filter(|&digit| digit < 10)
        {
            self.mantissa = self.mantissa.wrapping_mul(10).wrapping_add(u64::from(digit));
            self.end += 1;
        }
        self.digits += (self.end - start) as u32;
    }

    fn take_exponent(&mut self, b: &[u8]) -> Result<(), Stop> {
        self.integer = false;
        let sign = b.get(self.end + 1).copied();
        let start = self.end + 1 + usize::from(matches!(sign, Some(b'+' | b'-')));
        let digits =
            b.get(start..).unwrap_or_default().iter().take_while(|byte| byte.is_ascii_digit()).count();
        if digits == 0 {
            return Err(Stop::unless_at_end(b, start, "a number has no digit in its exponent"));
        }
        let size = b[start..start + digits]
            .iter()
            .fold(0_i32, |value, byte| value.saturating_mul(10).saturating_add(i32::from(byte - b'0')));
        let signed = if sign == Some(b'-') { -size } else { size };
        self.exponent = self.exponent.saturating_add(signed);
        self.end = start + digits;
        Ok(())
    }

    /// The integer, if it is written as one and fits.
    #[inline]
    pub(crate) fn as_i64(&self) -> Option<i64> {
        if !self.integer || self.digits > 19 {
            return None;
        }
        if self.negative {
            0_i64.checked_sub_unsigned(self.mantissa)
        } else {
            i64::try_from(self.mantissa).ok()
        }
    }

    /// The unsigned integer, if it is written as one and has at most 19 digits.
    #[inline]
    pub(crate) fn as_u64(&self) -> Option<u64> {
        (self.integer && !self.negative && self.digits <= 19).then_some(self.mantissa)
    }

    /// The float nearest to the text, if it is finite.
    #[inline]
    pub(crate) fn as_f64(&self, text: &[u8]) -> Option<f64> {
        let power = self.exponent.unsigned_abs() as usize;
        // mantissa and power are exact floats: one operation rounds once, so the result is the nearest float
        if self.digits <= 19 && self.mantissa <= 1 << 53 && power < POWERS.len() {
            let mantissa = self.mantissa as i64 as f64;
            let size = if self.exponent < 0 { mantissa / POWERS[power] } else { mantissa * POWERS[power] };
            return Some(if self.negative { -size } else { size });
        }
        if self.digits <= 19 && self.exponent <= 0 && power <= decimal::PLACES {
            let size = decimal::nearest(self.mantissa, power);
            return Some(if self.negative { -size } else { size });
        }
        slow(text)
    }
}

#[cold]
fn slow(text: &[u8]) -> Option<f64> {
    str::from_utf8(text).ok()?.parse().ok().filter(|value: &f64| value.is_finite())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> (Number, Option<f64>) {
        let padded = format!("{text},");
        let number = scan(padded.as_bytes(), 0).expect(text);
        assert_eq!(number.end, text.len(), "{text}");
        (number, number.as_f64(text.as_bytes()))
    }

    fn same_as_std(text: &str) {
        let std = text.parse::<f64>().ok().filter(|v| v.is_finite());
        assert_eq!(read(text).1.map(f64::to_bits), std.map(f64::to_bits), "{text}");
        assert_eq!(read(text).0.as_i64(), text.parse().ok(), "{text}");
    }

    #[test]
    fn edges() {
        for text in [
            "0",
            "-0",
            "0.0",
            "-0.0",
            "1",
            "-1",
            "9223372036854775807",
            "-9223372036854775808",
            "9223372036854775808",
            "18446744073709551615",
            "99999999999999999999",
            "9007199254740993",
            "9007199254740992",
            "0.1",
            "1e22",
            "1e23",
            "123456789012345678901234567890",
            "1e+21",
            "1e-7",
            "5e-324",
            "2e-324",
            "1.7976931348623157e308",
            "1e309",
            "1e99999999999",
            "0e99999999999",
            "1e-99999999999",
            "0.000000000000000000000000000001",
            "9007199254740993e-5",
            "1E5",
            "1.5E+3",
            "100000000000000000000",
            "0.00001234567890123456789",
        ] {
            same_as_std(text);
        }
    }

    #[test]
    fn what_is_no_number() {
        for text in ["-", "-,", "01,", "-01,", "1.,", ".5,", "+1,", "1e,", "1e+,", "1.e5,", "a,"] {
            assert!(scan(text.as_bytes(), 0).is_err(), "{text}");
        }
        for text in ["1", "1.", "-", "1e", "1e+", "1.5"] {
            assert!(matches!(scan(text.as_bytes(), 0), Err(Stop::More)), "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(4_000) })]

        #[test]
        #[cfg_attr(miri, ignore = "slow there")]
        fn random_floats(bits: u64) {
            let value = f64::from_bits(bits);
            prop_assume!(value.is_finite());
            for text in [format!("{value:?}"), format!("{value:e}"), format!("{value}"), format!("{value:.3e}")] {
                same_as_std(&text);
            }
        }

        #[test]
        #[cfg_attr(miri, ignore = "slow there")]
        fn random_texts(text in "-?(0|[1-9][0-9]{0,24})(\\.[0-9]{1,24})?([eE][+-]?[0-9]{1,3})?") {
            same_as_std(&text);
        }

        #[test]
        #[cfg_attr(miri, ignore = "slow there")]
        fn random_prices(cents in -1_000_000_000_000_i64..1_000_000_000_000, digits in 0_usize..6) {
            same_as_std(&format!("{:.digits$}", cents as f64 / 100.0));
        }

        #[test]
        #[cfg_attr(miri, ignore = "slow there")]
        fn leading_zeros(zeros in 0_usize..30, value: u32, end in "[,\\]} \n]{1,9}") {
            let text = format!("0.{}{value}", "0".repeat(zeros));
            same_as_std(&text);
            prop_assert_eq!(scan(format!("{text}{end}").as_bytes(), 0).map(|number| number.end), Ok(text.len()));
        }

        #[test]
        #[cfg_attr(miri, ignore = "slow there")]
        fn random_integers(value: i64) {
            same_as_std(&value.to_string());
        }
    }
}
