//! Writes MessagePack, each length and number in one of the forms that can hold it.

/// Bytes of MessagePack.
pub struct Pack {
    pub bytes: Vec<u8>,
    /// Chooses the forms; 0 always chooses the shortest.
    seed: u32,
}

impl Pack {
    pub fn new(seed: u32) -> Self {
        Pack { bytes: Vec::new(), seed }
    }

    /// One of that many forms.
    fn form(&mut self, forms: usize) -> usize {
        if self.seed != 0 {
            self.seed = self.seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        }
        (self.seed >> 16) as usize % forms
    }

    /// A marker and the lowest bytes of a number behind it, in one of these forms: of each the marker and how many bytes.
    fn head(&mut self, number: u64, forms: &[(u8, usize)]) {
        let (marker, width) = forms[self.form(forms.len())];
        self.bytes.push(marker);
        self.bytes.extend_from_slice(&number.to_be_bytes()[8 - width..]);
    }

    /// A length in one of the forms for which it is not too large: of each the marker, how many bytes follow it, and the largest
    /// length. Where none follow, the marker has the length in its lowest bits.
    fn length(&mut self, length: usize, forms: &[(u8, usize, usize)]) {
        let fitting = forms.iter().filter(|(.., largest)| length <= *largest);
        let forms: Vec<_> = fitting
            .map(|&(marker, width, _)| (if width == 0 { marker | length as u8 } else { marker }, width))
            .collect();
        self.head(length as u64, &forms);
    }

    pub fn nil(&mut self) {
        self.bytes.push(0xc0);
    }

    pub fn boolean(&mut self, value: bool) {
        self.bytes.push(0xc2 + u8::from(value));
    }

    pub fn signed(&mut self, value: i64) {
        let mut forms = Vec::new();
        if (-32..=127).contains(&value) {
            forms.push((value as u8, 0));
        }
        for (at, width) in [1, 2, 4, 8].into_iter().enumerate() {
            let unused = 64 - width * 8;
            if value << unused >> unused == value {
                forms.push((0xd0 + at as u8, width));
            }
            if value >= 0 && (value.cast_unsigned() << unused) >> unused == value.cast_unsigned() {
                forms.push((0xcc + at as u8, width));
            }
        }
        self.head(value.cast_unsigned(), &forms);
    }

    pub fn unsigned(&mut self, value: u64) {
        match i64::try_from(value) {
            Ok(value) => self.signed(value),
            Err(_) => {
                self.bytes.push(0xcf);
                self.bytes.extend(value.to_be_bytes());
            }
        }
    }

    pub fn float(&mut self, value: f64) {
        self.bytes.push(0xcb);
        self.bytes.extend(value.to_be_bytes());
    }

    pub fn short_float(&mut self, value: f32) {
        self.bytes.push(0xca);
        self.bytes.extend(value.to_be_bytes());
    }

    pub fn text(&mut self, text: &str) {
        self.length(text.len(), &[(0xa0, 0, 31), (0xd9, 1, 0xff), (0xda, 2, 0xffff), (0xdb, 4, 0xffff_ffff)]);
        self.bytes.extend_from_slice(text.as_bytes());
    }

    pub fn binary(&mut self, bytes: &[u8]) {
        self.length(bytes.len(), &[(0xc4, 1, 0xff), (0xc5, 2, 0xffff), (0xc6, 4, 0xffff_ffff)]);
        self.bytes.extend_from_slice(bytes);
    }

    pub fn extension(&mut self, kind: i8, bytes: &[u8]) {
        let fixed = bytes.len().is_power_of_two() && bytes.len() <= 16;
        if fixed && self.form(2) == 0 {
            self.bytes.push(0xd4 + bytes.len().trailing_zeros() as u8);
        } else {
            self.length(bytes.len(), &[(0xc7, 1, 0xff), (0xc8, 2, 0xffff), (0xc9, 4, 0xffff_ffff)]);
        }
        self.bytes.push(kind.cast_unsigned());
        self.bytes.extend_from_slice(bytes);
    }

    pub fn array(&mut self, items: usize) {
        self.length(items, &[(0x90, 0, 15), (0xdc, 2, 0xffff), (0xdd, 4, 0xffff_ffff)]);
    }

    pub fn map(&mut self, pairs: usize) {
        self.length(pairs, &[(0x80, 0, 15), (0xde, 2, 0xffff), (0xdf, 4, 0xffff_ffff)]);
    }

    /// A time as servers write it.
    pub fn time(&mut self, nanos: i64) {
        self.bytes.extend([0xc7, 12, 5]);
        self.bytes.extend(nanos.div_euclid(1_000_000_000).to_be_bytes());
        self.bytes.extend((nanos.rem_euclid(1_000_000_000) as i32).to_be_bytes());
    }
}
