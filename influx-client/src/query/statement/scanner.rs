//! The tokens of InfluxQL as influxd's own scanner tells them apart.
//!
//! What influxd does not take anywhere is a [`Fault`]: it refuses the whole text then, and runs nothing of it. Three of its ways are
//! easily missed: a carriage return is a line feed to it, which ends a comment; NUL is its end of input, and yet ends a comment, a word or
//! white space only, so that what stands behind it runs; and a slash begins a regular expression wherever no operand stands before it.

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A keyword or a name without quotes.
    Word,
    /// A name between double quotes, or a word that goes on as one.
    Name,
    /// A text between single quotes.
    Text,
    /// A number or duration.
    Number,
    Regex,
    /// `$name`
    Parameter,
    Semicolon,
    /// Any other sign.
    Sign,
}

/// A token that is neither white space nor a comment, and where it stands in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) from: usize,
    pub(super) to: usize,
}

/// Where and why influxd reads no further.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) at: usize,
    pub(super) what: &'static str,
}

/// Goes from token to token; nothing follows a fault.
pub(super) struct Scanner<'t> {
    text: &'t [u8],
    at: usize,
    last: Option<Token>,
}

type Scanned<T> = Result<T, Fault>;

impl<'t> Scanner<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Scanner { text: text.as_bytes(), at: 0, last: None }
    }

    fn byte(&self, at: usize) -> u8 {
        // NUL, which is nowhere in a text that is scanned
        self.text.get(at).copied().unwrap_or(0)
    }

    fn fault<T>(&self, at: usize, what: &'static str) -> Scanned<T> {
        Err(Fault { at, what })
    }

    /// The place behind white space and comments.
    fn behind_blanks(&self, mut at: usize) -> Scanned<usize> {
        loop {
            match (self.byte(at), self.byte(at + 1)) {
                (b' ' | b'\t' | b'\n' | b'\r', _) => at += 1,
                (b'-', b'-') => at = self.line_end(at),
                (b'/', b'*') => match memchr::memmem::find(&self.text[at + 2..], b"*/") {
                    Some(end) => at += end + 4,
                    None => return self.fault(at, "a comment that is never closed"),
                },
                _ => return Ok(at),
            }
        }
    }

    fn line_end(&self, at: usize) -> usize {
        memchr::memchr2(b'\n', b'\r', &self.text[at..]).map_or(self.text.len(), |end| at + end)
    }

    fn while_in(&self, mut at: usize, set: impl Fn(u8) -> bool) -> usize {
        while at < self.text.len() && set(self.text[at]) {
            at += 1;
        }
        at
    }

    /// The place behind the quote that closes the one at `from`.
    fn quoted(&self, from: usize) -> Scanned<usize> {
        let quote = self.byte(from);
        let mut at = from + 1;
        while at < self.text.len() {
            at += match self.text[at] {
                byte if byte == quote => return Ok(at + 1),
                b'\n' | b'\r' => break,
                b'\\' if matches!(self.byte(at + 1), b'n' | b'\\' | b'"' | b'\'') => 2,
                b'\\' => return self.fault(at, "an escape that InfluxQL does not know"),
                _ => 1,
            };
        }
        self.fault(from, "a quote that is not closed in its line")
    }

    /// The place behind the slash that closes the one at `from`. Only a slash is escaped: a backslash before another one is not.
    fn regex(&self, from: usize) -> Scanned<usize> {
        let mut at = from + 1;
        while at < self.text.len() {
            at += match self.text[at] {
                b'/' => return Ok(at + 1),
                b'\n' | b'\r' => break,
                b'\\' if self.byte(at + 1) == b'/' => 2,
                _ => 1,
            };
        }
        self.fault(from, "a regular expression that is not closed in its line")
    }

    /// A word; one that runs into a double quote is the name between the quotes.
    fn word(&self, from: usize) -> Scanned<(Kind, usize)> {
        let end = self.while_in(from, is_word);
        if self.byte(end) == b'"' { Ok((Kind::Name, self.quoted(end)?)) } else { Ok((Kind::Word, end)) }
    }

    /// A number, which takes a point that follows, or a duration, which takes letters and digits.
    fn number(&self, from: usize) -> usize {
        let end = self.while_in(from, |byte| byte.is_ascii_digit());
        if self.byte(end) == b'.' {
            return self.while_in(end + 1, |byte| byte.is_ascii_digit());
        }
        let micro = |at: usize| self.text.get(at..).is_some_and(|rest| rest.starts_with("µ".as_bytes()));
        let mut at = end;
        loop {
            match self.byte(at) {
                byte if byte.is_ascii_alphabetic() || (at > end && byte.is_ascii_digit()) => at += 1,
                _ if micro(at) => at += "µ".len(),
                _ => return at,
            }
        }
    }

    fn token(&self, from: usize) -> Scanned<(Kind, usize)> {
        let next = self.byte(from + 1);
        Ok(match self.text[from] {
            byte if is_word(byte) && !byte.is_ascii_digit() => self.word(from)?,
            byte if byte.is_ascii_digit() || (byte == b'.' && next.is_ascii_digit()) => {
                (Kind::Number, self.number(from))
            }
            b'"' => (Kind::Name, self.quoted(from)?),
            b'\'' => (Kind::Text, self.quoted(from)?),
            b'$' => (Kind::Parameter, self.word(from + 1)?.1),
            b'/' if !self.is_behind_operand() => (Kind::Regex, self.regex(from)?),
            b';' => (Kind::Semicolon, from + 1),
            b'=' | b'!' if next == b'~' => (Kind::Sign, from + 2),
            b'!' | b'<' | b'>' if next == b'=' => (Kind::Sign, from + 2),
            b'<' if next == b'>' => (Kind::Sign, from + 2),
            b':' if next == b':' => (Kind::Sign, from + 2),
            b'.' | b'+' | b'-' | b'*' | b'/' | b'%' | b'&' | b'|' | b'^' | b'=' | b'>' | b'<' | b'('
            | b')' | b',' | b':' => (Kind::Sign, from + 1),
            _ => return self.fault(from, "a character that InfluxQL has only between quotes"),
        })
    }

    /// Whether an operand stands before, which a slash divides.
    fn is_behind_operand(&self) -> bool {
        let Some(token) = self.last else { return false };
        let text = &self.text[token.from..token.to];
        match token.kind {
            Kind::Word => !is_no_operand(text),
            Kind::Sign => matches!(text, b")" | b"*"),
            Kind::Semicolon => false,
            Kind::Name | Kind::Text | Kind::Number | Kind::Regex | Kind::Parameter => true,
        }
    }
}

impl Iterator for Scanner<'_> {
    type Item = Scanned<Token>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.at == 0
            && let Some(at) = memchr::memchr(0, self.text)
        {
            self.at = self.text.len();
            return Some(
                self.fault(at, "NUL, which influxd takes for the end of some things and not of others"),
            );
        }
        let token = self.behind_blanks(self.at).and_then(|from| {
            if from == self.text.len() {
                return Ok(None);
            }
            self.token(from).map(|(kind, to)| Some(Token { kind, from, to }))
        });
        match token {
            Ok(Some(token)) => {
                (self.at, self.last) = (token.to, Some(token));
                Some(Ok(token))
            }
            Ok(None) => None,
            Err(fault) => {
                self.at = self.text.len();
                Some(Err(fault))
            }
        }
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Whether the word is a keyword behind which nothing can be divided.
fn is_no_operand(word: &[u8]) -> bool {
    // all keywords but TRUE, FALSE, and FIELD and TAG, which stand behind `::`
    const KEYWORDS: &str = " ALL ALTER ANALYZE AND ANY AS ASC BEGIN BY CARDINALITY CONTINUOUS CREATE DATABASE DATABASES DEFAULT DELETE \
        DESC DESTINATIONS DIAGNOSTICS DISTINCT DROP DURATION END EVERY EXACT EXPLAIN FOR FROM GRANT GRANTS GROUP GROUPS IN INF INSERT \
        INTO KEY KEYS KILL LIMIT MEASUREMENT MEASUREMENTS NAME OFFSET ON OR ORDER PASSWORD POLICIES POLICY PRIVILEGES QUERIES QUERY \
        READ REPLICATION RESAMPLE RETENTION REVOKE SELECT SERIES SET SHARD SHARDS SHOW SLIMIT SOFFSET STATS SUBSCRIPTION SUBSCRIPTIONS \
        TO USER USERS VALUES VERBOSE WHERE WITH WRITE ";
    KEYWORDS.split_ascii_whitespace().any(|keyword| keyword.as_bytes().eq_ignore_ascii_case(word))
}
