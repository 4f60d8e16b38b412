//! A place in a text of lines.

use crate::dialect::Dialect;

pub(super) type Parsed<T> = Result<T, &'static str>;

#[derive(Debug, Clone)]
pub(super) struct Cursor<'t> {
    pub(super) text: &'t [u8],
    pub(super) at: usize,
}

impl<'t> Cursor<'t> {
    pub(super) fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    pub(super) fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    pub(super) fn skip_blanks(&mut self, dialect: Dialect) {
        let blank = |byte| match dialect {
            Dialect::V1 | Dialect::V2 => matches!(byte, b' ' | b'\t' | 0),
            Dialect::V3 => matches!(byte, b' ' | b'\t'),
        };
        while self.peek().is_some_and(blank) {
            self.at += 1;
        }
    }

    pub(super) fn skip_spaces(&mut self) {
        while self.take(b' ') {}
    }

    pub(super) fn skip_line(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest.iter().position(|byte| *byte == b'\n').map_or(rest.len(), |at| at + 1);
    }

    pub(super) fn while_not(&mut self, stops: &[u8]) -> &'t [u8] {
        let start = self.at;
        while self.peek().is_some_and(|byte| !stops.contains(&byte)) {
            self.at += 1;
        }
        &self.text[start..self.at]
    }

    /// A name up to the next delimiter that is not escaped.
    pub(super) fn name(&mut self, place: Place, dialect: Dialect) -> Parsed<String> {
        let raw = self.raw_name(place, dialect);
        let v3 = dialect == Dialect::V3;
        // v3 knows no name that ends in a backslash; in a field key, v1 and v2 take the `=` for escaped
        if raw.ends_with(b"\\") && (v3 || place == Place::FieldKey) {
            return Err(
                "a name that ends in a backslash, or one before a delimiter; no byte sequence says that, rename it",
            );
        }
        let mut out = Vec::with_capacity(raw.len());
        let mut bytes = raw.iter().copied().peekable();
        while let Some(byte) = bytes.next() {
            let escaped = bytes
                .next_if(|next| byte == b'\\' && (place.unescapes(*next, dialect) || (v3 && *next == b'\\')));
            out.push(escaped.unwrap_or(byte));
        }
        String::from_utf8(out).map_err(|_| "text that is not UTF-8")
    }

    pub(super) fn raw_name(&mut self, place: Place, dialect: Dialect) -> &'t [u8] {
        // v3 and the field keys of v1 and v2 take a backslash with what follows, elsewhere each one escapes the next byte
        let pairs = dialect == Dialect::V3 || place == Place::FieldKey;
        let start = self.at;
        while let Some(byte) = self.peek() {
            if place.stops(dialect).contains(&byte) || byte == b'\n' {
                break;
            }
            self.at += 1;
            if byte != b'\\' {
                continue;
            }
            match self.peek() {
                Some(b'\\') => self.at += usize::from(pairs),
                Some(b'\n') if dialect == Dialect::V3 => {}
                Some(_) => self.at += 1,
                None => {}
            }
        }
        &self.text[start..self.at]
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Measurement,
    TagKey,
    TagValue,
    FieldKey,
}

impl Place {
    pub(super) fn stops(self, dialect: Dialect) -> &'static [u8] {
        match self {
            Place::Measurement => b", ",
            // v3 takes a bare `=`
            Place::TagValue if dialect == Dialect::V3 => b", ",
            Place::TagKey | Place::TagValue | Place::FieldKey => b",= ",
        }
    }

    pub(super) fn unescapes(self, byte: u8, dialect: Dialect) -> bool {
        match (byte, self) {
            (b',' | b' ', _) => true,
            (b'=', Place::Measurement) | (b'"', Place::Measurement | Place::FieldKey) => {
                dialect != Dialect::V3
            }
            (b'=', _) => true,
            _ => false,
        }
    }
}
