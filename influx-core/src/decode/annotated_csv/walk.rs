//! Where in an answer the decoder stands. It can stop after any byte and go on.

use super::options::Options;
use super::response::{Place, Response, Told, is_shared};
use super::row::{self, Form, Miss};
use super::scan::{self, Cell, Marks, Scan};
use crate::decode::ahead::{AHEAD, Ahead};
use crate::decode::error::DecodeError;
use crate::decode::plan::Plan;
use crate::decode::push::machine::{Event, Found, Head, Machine};
use crate::decode::scratch::Arena;
use crate::decode::stop::Stop;
use crate::shown::quoted_bytes;

#[derive(Debug)]
pub(super) struct Walk {
    response: Response,
    position: usize,
    /// How much of the record at the position was looked through.
    scan: Scan,
    /// The record at the position is long and not all there: it is looked through for its end, and not read before.
    waits: bool,
    /// How the rows of the table are written.
    form: Form,
    /// The record at the position is a row of the table for sure.
    sure: bool,
    /// An error about the row before the position.
    error: Option<DecodeError>,
    /// Where the rows begin that were read at once.
    starts: [usize; AHEAD],
    marks: Marks,
    /// How many bytes behind the position were looked at and did not suffice.
    left: usize,
}

/// The mark in front of a text in UTF-8 that other makers put there.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// A row that is not complete is read again from its start when more is there, which is cheaper than to remember how far it reaches, unless
/// it is longer than this.
const SHORT_ROW: usize = 1_024;

impl Walk {
    pub(super) fn new(options: Options) -> Self {
        Walk {
            response: Response::new(options),
            position: 0,
            scan: Scan::default(),
            waits: false,
            form: Form::default(),
            sure: false,
            error: None,
            starts: [0; AHEAD],
            marks: Marks { comma: options.delimiter, last: false },
            left: 0,
        }
    }

    fn go_to(&mut self, position: usize) {
        self.position = position;
        self.scan = Scan::default();
        self.waits = false;
        self.sure = false;
    }

    /// Where the record at the position ends, if that is known.
    fn record_end(&mut self, b: &[u8]) -> Option<usize> {
        let rest = &b[self.position..];
        let may_end_so = self.marks.last && self.response.options.open_end;
        let end = match self.scan.resume(rest, self.marks.comma) {
            None if may_end_so && self.scan.may_end() => b.len(),
            length => self.position + length?,
        };
        // who asks again looks again
        self.scan = Scan::default();
        Some(end)
    }

    /// Goes behind what is before the first record, and behind empty lines. Whether a record begins at the position.
    fn begin_record(&mut self, b: &[u8]) -> bool {
        loop {
            let rest = &b[self.position..];
            let empty = match rest {
                [] => return false,
                [b'\n', ..] => 1,
                [b'\r', b'\n', ..] => 2,
                [b'\r'] if self.marks.last => 1,
                [b'\r'] => return false,
                _ => 0,
            };
            if empty > 0 {
                self.go_to(self.position + empty);
                self.response.behind_empty = self.response.dropped + self.position as u64;
                continue;
            }
            if self.response.place != Place::Start {
                return true;
            }
            match rest[0] {
                byte if byte == self.marks.comma || matches!(byte, b'#' | b'"') => {}
                _ if rest.starts_with(MARK) => {
                    self.go_to(self.position + MARK.len());
                    continue;
                }
                _ if MARK.starts_with(rest) && !self.marks.last => return false,
                _ => self.response.place = Place::Text,
            }
            return true;
        }
    }

    /// The next event of the record at the position; `None` if there is none and the next record may have one.
    fn record(&mut self, b: &[u8], end: usize) -> Result<Option<Event>, DecodeError> {
        let record = &b[self.position..end];
        let cells = match scan::cells(record, self.marks) {
            Ok(cells) => cells,
            Err(Stop::More) => return Err(self.malformed((0, "a record ends too early"), b)),
            Err(Stop::Bad(at, what)) => return Err(self.malformed((at, what), b)),
        };
        let first = cells.first().map(|cell| cell.raw).unwrap_or_default();
        let is_annotation = first.first() == Some(&b'#');
        if !is_annotation && !first.is_empty() {
            if self.response.place == Place::Start {
                self.response.place = Place::Text;
                return Ok(None);
            }
            return Err(self.malformed((0, "a row begins with an empty cell, an annotation with #"), b));
        }
        if is_annotation || self.response.begins_tables(&cells) {
            // a table without rows comes first
            if let Some(event) = self.response.empty_table() {
                return Ok(Some(event));
            }
        }
        if is_annotation {
            self.response.annotate(&cells).map_err(|what| self.malformed((0, what), b))?;
            self.go_to(end);
            return Ok(None);
        }
        self.response.at = self.position;
        let event = match self.response.record(&cells)? {
            Told::Row => {
                self.sure = true;
                return Ok(Some(Event::Row));
            }
            Told::Table => {
                self.take_form(record, &cells);
                self.sure = true;
                return Ok(Some(Event::Series));
            }
            Told::Nothing => None,
            Told::Event(event) => Some(event),
        };
        self.go_to(end);
        Ok(event)
    }

    fn take_form(&mut self, record: &[u8], cells: &[Cell<'_>]) {
        let columns = self.response.head.columns.columns();
        if self.marks.comma != b',' {
            // each row is looked at with care
            return self.form.clear();
        }
        self.form.take(record, cells, |at| columns.get(at).is_some_and(|column| is_shared(at, column)));
    }

    fn rows_done(&mut self, rows: usize, at: usize) -> Found {
        self.go_to(at);
        self.response.head.row += rows as u64;
        Found::Rows(rows)
    }

    /// The row at the position is not complete, or could not be read for this reason.
    #[cold]
    #[inline(never)]
    fn row_stopped(&mut self, stop: Option<Miss>, was_sure: bool, b: &[u8]) -> Found {
        self.left = b.len() - self.position;
        match stop {
            // more bytes may be the end, of which a step knows
            None | Some(Miss::More) if self.marks.last && !was_sure => Found::Other,
            None => {
                if self.left >= SHORT_ROW {
                    self.waits_for_end(b);
                }
                Found::More
            }
            Some(Miss::Other) => Found::Other,
            // a step says first whether it is a row at all
            Some(Miss::Value { .. } | Miss::Bad(..)) if !was_sure => Found::Other,
            Some(Miss::More) if self.left < SHORT_ROW => Found::More,
            Some(Miss::More) if self.waits_for_end(b) => Found::More,
            Some(Miss::More) => Found::Bad(self.malformed((0, "a row ends too early"), b)),
            Some(Miss::Bad(at, what)) => Found::Bad(self.malformed((at - self.position, what), b)),
            Some(Miss::Value { column, at, what }) => {
                let Some(end) = self.record_end(b) else {
                    self.waits = true;
                    return Found::More;
                };
                let found = scan::cell(b, at, self.marks).map(|cell| cell.raw).unwrap_or_default();
                self.error = Some(self.response.unreadable(at, column, what, found));
                self.response.head.row += 1;
                self.go_to(end);
                Found::Other
            }
        }
    }

    /// Waits for the rest of the row at the position; false if it is all there.
    fn waits_for_end(&mut self, b: &[u8]) -> bool {
        self.waits = self.record_end(b).is_none();
        self.waits
    }

    /// The error of what is found that many bytes behind the position.
    #[cold]
    fn malformed(&self, (behind, what): (usize, &'static str), b: &[u8]) -> DecodeError {
        let at = self.position + behind;
        self.response.malformed(at, what, &quoted_bytes(b.get(at..).unwrap_or_default(), 96))
    }
}

impl Machine for Walk {
    fn head(&self) -> &Head {
        &self.response.head
    }

    fn consumed(&self) -> usize {
        self.position
    }

    fn shift(&mut self, bytes: usize) {
        self.position -= bytes;
        self.response.dropped += bytes as u64;
    }

    fn step(&mut self, b: &[u8]) -> Result<Event, DecodeError> {
        loop {
            if let Some(error) = self.error.take() {
                return Ok(Event::Error(error));
            }
            if self.response.place == Place::Text {
                let taken = self.response.take_text(&b[self.position..]);
                self.go_to(self.position + taken);
                return Ok(Event::More);
            }
            if !self.begin_record(b) {
                self.left = b.len() - self.position;
                if self.marks.last
                    && self.left == 0
                    && let Some(event) = self.response.empty_table()
                {
                    return Ok(event);
                }
                return Ok(Event::More);
            }
            if self.response.place == Place::Text {
                continue;
            }
            let Some(end) = self.record_end(b) else {
                self.left = b.len() - self.position;
                return Ok(Event::More);
            };
            if let Some(event) = self.record(b, end)? {
                return Ok(event);
            }
        }
    }

    /// Behind the last line end.
    fn rows_end(&self, b: &[u8]) -> usize {
        if self.marks.last || self.waits { b.len() } else { memchr::memrchr(b'\n', b).map_or(0, |at| at + 1) }
    }

    fn rows<'b>(
        &mut self,
        (b, rows_end): (&'b [u8], usize),
        plan: &Plan,
        ahead: &mut Ahead<'b>,
        arena: &mut Arena<'b>,
    ) -> Found {
        if !self.response.in_rows() || self.error.is_some() {
            return Found::Other;
        }
        if self.waits && !self.marks.last && self.waits_for_end(b) {
            self.left = b.len() - self.position;
            return Found::More;
        }
        let was_sure = core::mem::take(&mut self.sure);
        let most = plan.rows_ahead();
        let (mut rows, mut at) = (0, self.position);
        let stop = loop {
            if at >= rows_end {
                break None;
            }
            let cells = plan.row(ahead, rows);
            let mut read = row::usual(b, at, &self.form, plan, cells, arena);
            // one that is written otherwise, or ends where the bytes do
            if rows == 0 && was_sure && matches!(read, Err(Miss::Other | Miss::More)) {
                read = row::careful(b, at, plan, cells, arena, self.marks);
            }
            match read {
                Ok(end) => {
                    self.starts[rows] = at;
                    (rows, at) = (rows + 1, end);
                    if rows == most {
                        break None;
                    }
                }
                Err(miss) => break Some(miss),
            }
        };
        // the rows before it come first
        if rows > 0 { self.rows_done(rows, at) } else { self.row_stopped(stop, was_sure, b) }
    }

    fn rewind(&mut self, used: usize, rows: usize) {
        self.go_to(self.starts[used]);
        self.response.head.row -= rows as u64;
    }

    fn end(&mut self) -> bool {
        self.marks.last = true;
        true
    }

    fn at_end(&mut self) -> Option<DecodeError> {
        self.response.at_end(self.position, self.left)
    }
}
