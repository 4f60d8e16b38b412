//! influxd's scanner, and the little of its parser that decides how a slash is read, letter by letter as it is written there: slow, and
//! sharing nothing with the one that is used.

/// A token as influxd has it: its kind, and its text where that matters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Tok {
    Ident(String),
    Keyword(String),
    Literal,
    Regex,
    Param,
    Semi,
    Other(String),
}

const KEYWORDS: &[&str] = &[
    "TRUE",
    "FALSE",
    "AND",
    "OR",
    "ALL",
    "AS",
    "ASC",
    "BY",
    "CREATE",
    "DATABASE",
    "DELETE",
    "DESC",
    "DISTINCT",
    "DROP",
    "EXPLAIN",
    "FIELD",
    "FROM",
    "GROUP",
    "IN",
    "INTO",
    "KEY",
    "KEYS",
    "LIMIT",
    "MEASUREMENT",
    "NAME",
    "OFFSET",
    "ON",
    "ORDER",
    "SELECT",
    "SERIES",
    "SHOW",
    "TAG",
    "TO",
    "VALUES",
    "WHERE",
    "WITH",
];

struct Reader {
    letters: Vec<char>,
    at: usize,
}

impl Reader {
    fn new(text: &str) -> Self {
        let letters = text.replace("\r\n", "\n").replace('\r', "\n").chars().collect();
        Reader { letters, at: 0 }
    }

    /// NUL at the end.
    fn read(&mut self) -> char {
        self.at += 1;
        self.letters.get(self.at - 1).copied().unwrap_or('\0')
    }

    fn unread(&mut self) {
        self.at -= 1;
    }

    fn peek(&mut self) -> char {
        let c = self.read();
        self.unread();
        c
    }
}

fn is_ident(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// `None`: illegal.
fn string(r: &mut Reader) -> Option<String> {
    let ending = r.read();
    let mut out = String::new();
    loop {
        match r.read() {
            c if c == ending => return Some(out),
            '\0' | '\n' => return None,
            '\\' => out.push(match r.read() {
                'n' => '\n',
                c @ ('\\' | '"' | '\'') => c,
                _ => return None,
            }),
            c => out.push(c),
        }
    }
}

fn ident(r: &mut Reader, lookup: bool) -> Option<Tok> {
    let mut out = String::new();
    loop {
        let c = r.read();
        if c == '"' {
            r.unread();
            return string(r).map(Tok::Ident);
        } else if is_ident(c) {
            out.push(c);
        } else {
            r.unread();
            break;
        }
    }
    let upper = out.to_ascii_uppercase();
    Some(if lookup && KEYWORDS.contains(&upper.as_str()) { Tok::Keyword(upper) } else { Tok::Ident(out) })
}

fn digits(r: &mut Reader) {
    while r.read().is_ascii_digit() {}
    r.unread();
}

fn number(r: &mut Reader) -> Tok {
    digits(r);
    if r.read() == '.' {
        if r.peek().is_ascii_digit() {
            digits(r);
        }
        return Tok::Literal;
    }
    r.unread();
    let letter = |c: char| c.is_ascii_alphabetic() || c == 'µ';
    if letter(r.peek()) {
        loop {
            let c = r.read();
            if !letter(c) && !c.is_ascii_digit() {
                r.unread();
                break;
            }
        }
    }
    Tok::Literal
}

fn regex(r: &mut Reader) -> Option<Tok> {
    r.read();
    if r.peek() == '*' {
        // nothing to repeat: Go takes no such expression
        return None;
    }
    loop {
        match r.read() {
            '/' => return Some(Tok::Regex),
            '\0' | '\n' => return None,
            '\\' if r.peek() == '/' => {
                r.read();
            }
            _ => {}
        }
    }
}

/// The next token; `Some(None)` is the end, `None` is illegal.
fn scan(r: &mut Reader, regex_may_stand_here: bool) -> Option<Option<Tok>> {
    loop {
        let c = r.read();
        let other = |text: &str| Some(Some(Tok::Other(text.to_owned())));
        match c {
            '\0' => return Some(None),
            ' ' | '\t' | '\n' => continue,
            '/' if regex_may_stand_here => {
                r.unread();
                return regex(r).map(Some);
            }
            '/' if r.peek() == '*' => {
                r.read();
                let mut star = false;
                loop {
                    match r.read() {
                        '\0' => return None,
                        '/' if star => break,
                        c => star = c == '*',
                    }
                }
            }
            '-' if r.peek() == '-' => while !matches!(r.read(), '\n' | '\0') {},
            '"' | 'a'..='z' | 'A'..='Z' | '_' => {
                r.unread();
                return ident(r, true).map(Some);
            }
            '0'..='9' => {
                r.unread();
                return Some(Some(number(r)));
            }
            '.' if r.peek().is_ascii_digit() => {
                digits(r);
                return Some(Some(Tok::Literal));
            }
            '\'' => {
                r.unread();
                return string(r).map(|_| Some(Tok::Literal));
            }
            '$' => return ident(r, false).map(|_| Some(Tok::Param)),
            ';' => return Some(Some(Tok::Semi)),
            '=' | '!' | '<' | '>' | ':' => {
                let two: String = [c, r.read()].iter().collect();
                if ["=~", "!~", "!=", ">=", "<=", "<>", "::"].contains(&two.as_str()) {
                    return other(&two);
                }
                r.unread();
                return if c == '!' { None } else { other(&c.to_string()) };
            }
            '.' | '+' | '-' | '*' | '/' | '%' | '&' | '|' | '^' | '(' | ')' | ',' => {
                return other(&c.to_string());
            }
            _ => return None,
        }
    }
}

/// The tokens; `None` where influxd refuses the text for its letters, or for a slash that neither divides nor begins an expression.
pub(super) fn tokens(text: &str) -> Option<Vec<Tok>> {
    let (mut r, mut out) = (Reader::new(text), Vec::<Tok>::new());
    loop {
        let before_regex = match out.last() {
            Some(Tok::Keyword(word)) => ["SELECT", "FROM", "BY"].contains(&word.as_str()),
            Some(Tok::Other(sign)) => [",", "(", ".", "=~", "!~"].contains(&sign.as_str()),
            _ => false,
        };
        let divides = match out.last() {
            Some(Tok::Ident(_) | Tok::Literal | Tok::Param | Tok::Regex) => true,
            Some(Tok::Keyword(word)) => ["TRUE", "FALSE", "FIELD", "TAG"].contains(&word.as_str()),
            Some(Tok::Other(sign)) => [")", "*"].contains(&sign.as_str()),
            Some(Tok::Semi) | None => false,
        };
        match scan(&mut r, before_regex)? {
            None => return Some(out),
            Some(Tok::Other(sign)) if sign == "/" && !divides => return None,
            Some(token) => out.push(token),
        }
    }
}
