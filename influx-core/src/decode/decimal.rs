//! Decimals to floats, exactly: the algorithm of Eisel and Lemire, for the numbers where it never fails.

/// The most digits after the point that [`nearest`] takes: up to here 128 bits of a power of five always suffice.
pub(crate) const PLACES: usize = 27;

/// The first 128 bits of `5^-q`, rounded up, for `q` in `0..=PLACES`.
static RECIPROCALS: [(u64, u64); PLACES + 1] = reciprocals();

const fn reciprocals() -> [(u64, u64); PLACES + 1] {
    let mut table = [(0, 0); PLACES + 1];
    let (mut q, mut divisor) = (0, 1_u128);
    while q <= PLACES {
        // long division in binary, until 128 digits are there
        let (mut bits, mut rest) = (1 / divisor, 1 % divisor);
        while bits >> 127 == 0 {
            rest *= 2;
            bits = bits * 2 + rest / divisor;
            rest %= divisor;
        }
        if rest != 0 {
            bits += 1;
        }
        table[q] = ((bits >> 64) as u64, bits as u64);
        divisor *= 5;
        q += 1;
    }
    table
}

/// The float nearest to `mantissa / 10^places`. `places` is at most [`PLACES`].
#[inline(always)]
pub(crate) fn nearest(mantissa: u64, places: usize) -> f64 {
    rounded(mantissa, places, places <= 4)
}

/// As [`nearest`], for more than four places, where no number is halfway between two floats.
#[inline(always)]
pub(crate) fn nearest_long(mantissa: u64, places: usize) -> f64 {
    debug_assert!(places > 4, "{places} places");
    rounded(mantissa, places, false)
}

/// The float nearest to `mantissa / 10^places`; `ties` says whether it may be halfway between two.
#[inline(always)]
fn rounded(mantissa: u64, places: usize, ties: bool) -> f64 {
    if mantissa == 0 {
        return 0.0;
    }
    let zeros = mantissa.leading_zeros();
    let mantissa = mantissa << zeros;
    let (high, low) = RECIPROCALS[places];
    let product = u128::from(mantissa) * u128::from(high);
    let (mut upper, mut lower) = ((product >> 64) as u64, product as u64);
    if upper & 0x1ff == 0x1ff {
        // the bits that decide are all ones: what was left out may carry into them
        let rest = ((u128::from(mantissa) * u128::from(low)) >> 64) as u64;
        let carry;
        (lower, carry) = lower.overflowing_add(rest);
        upper += u64::from(carry);
    }
    let top = upper >> 63;
    let shift = top + 64 - 52 - 3;
    let mut doubled = upper >> shift;
    // halfway between two floats, exactly: to the even one
    if ties && lower <= 1 && doubled & 3 == 1 && doubled << shift == upper {
        doubled &= !1;
    }
    // a carry out of the fraction is one in the exponent, as it should be
    let fraction = (doubled + (doubled & 1)) >> 1;
    f64::from_bits(((EXPONENTS[places] + top - u64::from(zeros)) << 52) + fraction)
}

/// The exponents of floats of a full mantissa over `10^places`, less one for the bit that is in every fraction.
static EXPONENTS: [u64; PLACES + 1] = exponents();

const fn exponents() -> [u64; PLACES + 1] {
    let mut table = [0; PLACES + 1];
    let mut places = 0;
    while places <= PLACES {
        // 217706 / 2^16 is a little more than log2(10)
        table[places] = (((-(places as i64) * 217_706) >> 16) + 63 + 1023 - 1) as u64;
        places += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn same_as_std(mantissa: u64, places: usize) {
        let text = format!("{mantissa}e-{places}");
        let bits = text.parse::<f64>().unwrap().to_bits();
        assert_eq!(nearest(mantissa, places).to_bits(), bits, "{text}");
        if places > 4 {
            assert_eq!(nearest_long(mantissa, places).to_bits(), bits, "{text}");
        }
    }

    #[test]
    fn edges() {
        for places in 0..=PLACES {
            for mantissa in [0, 1, 2, 5, (1 << 53) - 1, 1 << 53, (1 << 53) + 1, u64::MAX - 1, u64::MAX] {
                same_as_std(mantissa, places);
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(20_000) })]

        #[test]
        #[cfg_attr(miri, ignore = "slow there")]
        fn random(mantissa: u64, bits in 0_u32..64, places in 0..=PLACES) {
            same_as_std(mantissa >> bits, places);
        }

        /// Between two floats, or next to it.
        #[test]
        #[cfg_attr(miri, ignore = "slow there")]
        fn halfway(float in (1_u64 << 52)..(1 << 53), places in 0_usize..5, aside in -1_i64..=1) {
            let mantissa = (2 * float + 1) * 5_u64.pow(places as u32) ;
            same_as_std(mantissa.wrapping_add_signed(aside), places);
        }
    }
}
