//! What is done with a row that was read: next to nothing while time is taken, a comparison in the check.

use super::{Load, Loads};

/// Takes the rows of an answer, one by one.
pub trait Visit {
    fn visit(&mut self, row: &Load<'_>);
}

/// Touches every value, so that none can be left unread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    pub rows: u64,
    /// Of the integers, the bits of the floats, and the lengths and last bytes of the texts.
    pub values: u64,
}

impl Visit for Sum {
    #[inline(always)]
    fn visit(&mut self, row: &Load<'_>) {
        self.rows += 1;
        let mut sum = row.time.wrapping_add(row.uptime) as u64 + u64::from(row.throttled);
        for float in floats(row) {
            sum = sum.wrapping_add(float.to_bits());
        }
        for text in texts(row) {
            sum =
                sum.wrapping_add(text.len() as u64 + u64::from(text.as_bytes().last().copied().unwrap_or(0)));
        }
        self.values = self.values.wrapping_add(sum);
    }
}

#[inline(always)]
fn floats(row: &Load<'_>) -> [f64; 5] {
    [row.load1, row.temp_c, row.usage_idle, row.usage_system, row.usage_user]
}

#[inline(always)]
fn texts<'a>(row: &Load<'a>) -> [&'a str; 4] {
    [row.host, row.rack, row.region, row.status]
}

/// Compares each row with what it must be.
pub struct Compare<I> {
    expected: I,
    rows: usize,
    /// The first row that is wrong in more than the last bit of floats.
    wrong: Option<String>,
    floats: usize,
    floats_off: usize,
}

impl<'l, I: Iterator<Item = Load<'l>>> Compare<I> {
    pub fn new(expected: I) -> Self {
        Compare { expected, rows: 0, wrong: None, floats: 0, floats_off: 0 }
    }

    /// `yes`, or what is wrong, once all rows were seen.
    pub fn verdict(mut self) -> String {
        if let Some(wrong) = self.wrong {
            return format!("no: {wrong}");
        }
        let missing = self.expected.by_ref().count();
        if missing > 0 {
            return format!("no: {} rows of {}", self.rows, self.rows + missing);
        }
        match self.floats_off {
            0 => "yes".to_owned(),
            off => format!(
                "no: {:.1} % of the floats are off by one ulp",
                100.0 * off as f64 / self.floats as f64
            ),
        }
    }
}

impl<'l, I: Iterator<Item = Load<'l>>> Visit for Compare<I> {
    fn visit(&mut self, row: &Load<'_>) {
        self.rows += 1;
        let Some(expected) = self.expected.next() else {
            self.wrong.get_or_insert_with(|| format!("more than {} rows", self.rows - 1));
            return;
        };
        let plain = |row: &Load<'_>| (row.time, row.uptime, row.throttled);
        let mut right = plain(row) == plain(&expected) && texts(row) == texts(&expected);
        for (float, expected) in floats(row).into_iter().zip(floats(&expected)) {
            self.floats += 1;
            match float.to_bits().abs_diff(expected.to_bits()) {
                0 => {}
                1 => self.floats_off += 1,
                _ => right = false,
            }
        }
        if !right {
            self.wrong.get_or_insert_with(|| format!("row {}: {row:?}", self.rows - 1));
        }
    }
}

impl Loads {
    /// What must come out of every reader.
    pub fn sum(&self) -> Sum {
        let mut sum = Sum::default();
        self.iter().for_each(|row| sum.visit(&row));
        sum
    }
}
