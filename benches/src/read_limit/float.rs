//! Doubles of many digits after Eisel and Lemire: one multiplication by a power of five, in 128 bits.

/// 5^-q for q = 19 .. 0 in 128 bits, the first bit set, rounded up: high and low half.
static FIVES: [(u64, u64); 20] = [
    (0xec1e_4a7d_b695_61a5, 0x2b31_e9e3_d06c_32e6),
    (0x9392_ee8e_921d_5d07, 0x3aff_322e_6243_9fd0),
    (0xb877_aa32_36a4_b449, 0x09be_feb9_fad4_87c3),
    (0xe695_94be_c44d_e15b, 0x4c2e_be68_7989_a9b4),
    (0x901d_7cf7_3ab0_acd9, 0x0f9d_3701_4bf6_0a11),
    (0xb424_dc35_095c_d80f, 0x5384_84c1_9ef3_8c95),
    (0xe12e_1342_4bb4_0e13, 0x2865_a5f2_06b0_6fba),
    (0x8cbc_cc09_6f50_88cb, 0xf93f_87b7_442e_45d4),
    (0xafeb_ff0b_cb24_aafe, 0xf78f_69a5_1539_d749),
    (0xdbe6_fece_bded_d5be, 0xb573_440e_5a88_4d1c),
    (0x8970_5f41_36b4_a597, 0x3168_0a88_f895_3031),
    (0xabcc_7711_8461_cefc, 0xfdc2_0d2b_36ba_7c3e),
    (0xd6bf_94d5_e57a_42bc, 0x3d32_9076_0469_1b4d),
    (0x8637_bd05_af6c_69b5, 0xa63f_9a49_c2c1_b110),
    (0xa7c5_ac47_1b47_8423, 0x0fcf_80dc_3372_1d54),
    (0xd1b7_1758_e219_652b, 0xd3c3_6113_404e_a4a9),
    (0x8312_6e97_8d4f_df3b, 0x645a_1cac_0831_26ea),
    (0xa3d7_0a3d_70a3_d70a, 0x3d70_a3d7_0a3d_70a4),
    (0xcccc_cccc_cccc_cccc, 0xcccc_cccc_cccc_cccd),
    (0x8000_0000_0000_0000, 0x0000_0000_0000_0000),
];

/// `mantissa` * 10^-`decimals`, rounded once. Up to 19 digits, of which up to 19 are decimals: none of these needs a second look.
#[inline(always)]
pub(super) fn scaled(mantissa: u64, decimals: u32) -> f64 {
    if mantissa == 0 {
        return 0.0;
    }
    let zeros = mantissa.leading_zeros();
    let mantissa = mantissa << zeros;
    let (high_five, low_five) = FIVES[(19 - decimals) as usize];
    let product = u128::from(mantissa) * u128::from(high_five);
    let (mut high, mut low) = ((product >> 64) as u64, product as u64);
    if high & 0x1ff == 0x1ff {
        let more = ((u128::from(mantissa) * u128::from(low_five)) >> 64) as u64;
        let (sum, carry) = low.overflowing_add(more);
        low = sum;
        high += u64::from(carry);
    }
    let upper = (high >> 63) as i32;
    let shift = upper + 64 - 52 - 3;
    let mut bits = high >> shift;
    // 217706 / 2^16 is the logarithm of 10 to the base 2
    let mut exponent = ((-(decimals as i32) * 217_706) >> 16) + 63 + upper - zeros as i32 + 1023;
    // halfway between two doubles: to the even one
    if low <= 1 && decimals <= 4 && bits & 3 == 1 && bits << shift == high {
        bits &= !1;
    }
    bits = (bits + (bits & 1)) >> 1;
    if bits >= 2 << 52 {
        bits = 1 << 52;
        exponent += 1;
    }
    f64::from_bits(bits & !(1 << 52) | (exponent as u64) << 52)
}
