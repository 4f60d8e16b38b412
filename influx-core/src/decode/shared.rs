//! Equal texts of a result, stored once.

use std::sync::Arc;

/// How many texts are remembered; a text that falls on another's place takes it.
const PLACES: usize = 1 << 10;

/// Remembers texts that were asked for lately. What it forgets is stored again the next time, so its memory is bounded whatever
/// the texts are.
#[derive(Debug, Default)]
pub(crate) struct SharedTexts {
    places: Vec<Option<Arc<str>>>,
}

impl SharedTexts {
    /// The text, in an allocation that earlier askers have too, if it is remembered.
    pub(crate) fn get(&mut self, text: &str) -> Arc<str> {
        if self.places.is_empty() {
            self.places.resize(PLACES, None);
        }
        let place = &mut self.places[place(text.as_bytes())];
        match place {
            Some(known) if **known == *text => Arc::clone(known),
            _ => Arc::clone(place.insert(text.into())),
        }
    }
}

/// Where a text is remembered: a multiplicative hash of its words.
fn place(text: &[u8]) -> usize {
    const MIX: u64 = 0x9e37_79b9_7f4a_7c15;
    let (words, rest) = text.as_chunks::<8>();
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    let words = words.iter().chain([&last]).map(|word| u64::from_le_bytes(*word));
    let hash = words.fold(text.len() as u64, |hash, word| (hash.rotate_left(5) ^ word).wrapping_mul(MIX));
    (hash >> (u64::BITS - PLACES.ilog2())) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::scaled;

    #[test]
    fn equal_texts_share_and_memory_is_bounded() {
        let mut texts = SharedTexts::default();
        let first = texts.get("us-east-1");
        assert!(Arc::ptr_eq(&first, &texts.get("us-east-1")));
        assert_eq!(&*texts.get(""), "");
        for n in 0..scaled(100_000, 2_000) {
            let text = n.to_string();
            assert_eq!(*texts.get(&text), *text);
        }
        assert_eq!(texts.places.len(), PLACES);
        assert_eq!(&*texts.get("us-east-1"), "us-east-1");
    }
}
