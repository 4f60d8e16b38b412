//! The client's own secrets, found in texts however they are spelled there.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::sync::{Arc, PoisonError, RwLock};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use super::spelling::{begins_escape, escape};

/// What stands for a secret.
const HIDDEN: &str = "***";

/// A secret of fewer characters is taken out only as a word of its own, without letters or digits beside it: that of one letter
/// would leave nothing of any text.
const SHORT: usize = 4;

/// How often a text is taken for the escaped spelling of another: an answer may quote a log line that quotes a URL.
const DEPTH: usize = 3;

/// Most steps in which one place of a text is compared with a secret that has several readings.
const STEPS: usize = 4_096;

/// How many of the secrets that came later are kept: an answer that repeats one comes soon.
const LATER: usize = 8;

/// Texts that never appear in messages.
#[derive(Clone, Default)]
pub(crate) struct Secrets {
    own: Vec<Pattern>,
    /// Those that a server gave, the newest last: what shares the others learns of them, too.
    later: Arc<RwLock<Vec<Secrets>>>,
}

#[derive(Clone, PartialEq)]
struct Pattern {
    bytes: Box<[u8]>,
    /// Only as a word of its own.
    word: bool,
    /// There may be white space in between: it was text of several lines.
    spaced: bool,
    /// What follows belongs to it, as far as it is of the letters of tokens.
    goes_on: bool,
}

impl Secrets {
    /// A password, token or shared secret.
    pub(crate) fn add(&mut self, secret: &str) {
        let word = secret.chars().count() < SHORT;
        self.push(secret.as_bytes(), |pattern| pattern.word = word);
        if !word {
            self.add_base64(secret.as_bytes());
        }
    }

    /// A secret that came to be after this was shared.
    pub(crate) fn add_later(&self, secret: &str) {
        let mut one = Secrets::default();
        one.add(secret);
        let mut later = self.later.write().unwrap_or_else(PoisonError::into_inner);
        if later.len() == LATER {
            later.remove(0);
        }
        later.push(one);
    }

    /// A secret within whatever is written in base64: the letters that it alone decides, by where it begins among three bytes. The
    /// letter behind them, which it shares, goes with them.
    fn add_base64(&mut self, secret: &[u8]) {
        /// Fewer letters may be those of a word.
        const LEAST: usize = 6;

        for before in 0..3 {
            let bytes = [&[0; 3][..before], secret].concat();
            let own = (before * 8).div_ceil(6)..bytes.len() * 8 / 6;
            if own.len() < LEAST {
                continue;
            }
            for letters in [STANDARD_NO_PAD.encode(&bytes), URL_SAFE_NO_PAD.encode(&bytes)] {
                self.push(&letters.as_bytes()[own.clone()], |pattern| pattern.goes_on = true);
            }
        }
    }

    /// A user's password, also as HTTP Basic carries it.
    pub(crate) fn add_login(&mut self, user: &str, password: &str) {
        self.add(password);
        if !password.is_empty() {
            let both = format!("{user}:{password}");
            self.push(STANDARD_NO_PAD.encode(&both).as_bytes(), |_| ());
            self.push(URL_SAFE_NO_PAD.encode(&both).as_bytes(), |_| ());
        }
    }

    /// All tokens that begin so, such as those that are made for each request.
    pub(crate) fn add_tokens(&mut self, beginning: &str) {
        self.push(beginning.as_bytes(), |pattern| pattern.goes_on = true);
    }

    /// Keys and certificates in PEM, without the lines around them, which are no secret.
    pub(crate) fn add_pem(&mut self, pem: &str) {
        let mut inside = String::new();
        for line in pem.lines() {
            if line.starts_with("-----") {
                self.push(inside.as_bytes(), |pattern| pattern.spaced = true);
                inside.clear();
            } else {
                inside.push_str(line.trim());
            }
        }
    }

    fn push(&mut self, bytes: &[u8], set: impl FnOnce(&mut Pattern)) {
        let mut pattern = Pattern { bytes: bytes.into(), word: false, spaced: false, goes_on: false };
        set(&mut pattern);
        if !bytes.is_empty() && !self.own.contains(&pattern) {
            self.own.push(pattern);
        }
    }

    /// The text with `***` in place of each secret.
    pub(crate) fn taken_out<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut found = Vec::new();
        let later = self.later.read().unwrap_or_else(PoisonError::into_inner);
        let all: Vec<&Pattern> = self.own.iter().chain(later.iter().flat_map(|one| &one.own)).collect();
        if !all.is_empty() {
            find(&all, &mut Level::plain(text), &mut found);
        }
        if found.is_empty() {
            return Cow::Borrowed(text);
        }
        found.sort_unstable_by_key(|range| range.start);
        let (mut clean, mut at) = (String::with_capacity(text.len()), 0);
        for range in found {
            if range.start >= at {
                clean.push_str(&text[at..range.start]);
                clean.push_str(HIDDEN);
            }
            at = at.max(range.end);
        }
        clean.push_str(&text[at..]);
        Cow::Owned(clean)
    }
}

/// Where secrets are in the text that a level was made of.
fn find(patterns: &[&Pattern], level: &mut Level<'_>, found: &mut Vec<Range<usize>>) {
    let mut begins = [false; 256];
    for pattern in patterns {
        begins[usize::from(pattern.bytes[0])] = true;
        begins[usize::from(b'+')] |= pattern.bytes[0] == b' ';
    }
    for _ in 0..=DEPTH {
        let text = &*level.bytes;
        let mut at = 0;
        while at < text.len() {
            let fits = begins[usize::from(text[at])] || begins_escape(text[at]);
            let end = if fits { patterns.iter().filter_map(|p| p.end(text, at)).max() } else { None };
            if let Some(end) = end {
                found.push(level.source(at..end));
            }
            at = end.unwrap_or(at + 1);
        }
        if !level.unescape() {
            return;
        }
    }
}

impl Pattern {
    /// Where the secret ends that begins there, if one does.
    fn end(&self, text: &[u8], start: usize) -> Option<usize> {
        // other readings of what was read: few, as a place has two only where the secret itself looks like an escape
        let (mut others, mut known) = (Vec::new(), Vec::new());
        let (mut at, mut matched) = (start, 0);
        for _ in 0..STEPS {
            if matched == self.bytes.len() {
                let tail =
                    if self.goes_on { text[at..].iter().take_while(|b| is_of_token(**b)).count() } else { 0 };
                let end = at + tail;
                if !self.word || (is_edge_before(text, start) && is_edge_behind(text, end)) {
                    return Some(end);
                }
                (at, matched) = others.pop()?;
                continue;
            }
            let mut ways = self.ways(text, at, matched).into_iter().flatten();
            match ways.next() {
                Some(way) => {
                    let new = |way: &(usize, usize)| !known.contains(way);
                    let second: Vec<_> = ways.filter(new).collect();
                    known.extend_from_slice(&second);
                    others.extend(second);
                    (at, matched) = way;
                }
                None => (at, matched) = others.pop()?,
            }
        }
        None
    }

    /// How the text may go on with the secret's next bytes: where each is then.
    fn ways(&self, text: &[u8], at: usize, matched: usize) -> [Option<(usize, usize)>; 3] {
        let Some(byte) = text.get(at).copied() else { return [None; 3] };
        let rest = &self.bytes[matched..];
        let passes = |bytes: &[u8]| self.spaced && matched > 0 && bytes.iter().all(u8::is_ascii_whitespace);
        let plain = byte == rest[0] || (byte == b'+' && rest[0] == b' ');
        let escaped = if begins_escape(byte) { escape(&text[at..]) } else { None };
        let escaped = escaped.and_then(|escaped| match escaped.bytes() {
            bytes if rest.starts_with(bytes) => Some((at + escaped.len, matched + bytes.len())),
            bytes if passes(bytes) => Some((at + escaped.len, matched)),
            _ => None,
        });
        [escaped, plain.then_some((at + 1, matched + 1)), passes(&[byte]).then_some((at + 1, matched))]
    }
}

fn is_of_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'=' | b'+' | b'/')
}

fn is_edge_before(text: &[u8], at: usize) -> bool {
    let before = String::from_utf8_lossy(&text[at.saturating_sub(4)..at]);
    !before.chars().next_back().is_some_and(char::is_alphanumeric)
}

fn is_edge_behind(text: &[u8], at: usize) -> bool {
    let behind = String::from_utf8_lossy(&text[at..text.len().min(at + 4)]);
    !behind.chars().next().is_some_and(char::is_alphanumeric)
}

/// A text, or what it is the escaped spelling of.
struct Level<'t> {
    bytes: Cow<'t, [u8]>,
    /// Where each byte, and the end, comes from in the plain text; `None`: it is the plain text.
    from: Option<Vec<usize>>,
}

impl<'t> Level<'t> {
    fn plain(text: &'t str) -> Self {
        Level { bytes: Cow::Borrowed(text.as_bytes()), from: None }
    }

    fn source(&self, range: Range<usize>) -> Range<usize> {
        match &self.from {
            None => range,
            // all bytes of an escape come from its first, so the end is that of the next
            Some(from) => from[range.start]..from[range.end],
        }
    }

    /// Takes its escapes for what they stand for; `false` when it has none.
    fn unescape(&mut self) -> bool {
        let text = &*self.bytes;
        if memchr::memchr3(b'%', b'\\', b'&', text).is_none() {
            return false;
        }
        let (mut bytes, mut from) = (Vec::with_capacity(text.len()), Vec::with_capacity(text.len() + 1));
        let (mut at, mut changed) = (0, false);
        while at < text.len() {
            let source = self.from.as_ref().map_or(at, |from| from[at]);
            match escape(&text[at..]) {
                Some(escaped) => {
                    bytes.extend_from_slice(escaped.bytes());
                    from.extend(escaped.bytes().iter().map(|_| source));
                    at += escaped.len;
                    changed = true;
                }
                None => {
                    bytes.push(text[at]);
                    from.push(source);
                    at += 1;
                }
            }
        }
        from.push(self.source(0..text.len()).end);
        (self.bytes, self.from) = (Cow::Owned(bytes), Some(from));
        changed
    }
}

/// Nothing of them.
impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secrets({})", self.own.len())
    }
}

#[cfg(test)]
mod tests;
