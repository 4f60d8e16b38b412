//! How objects, lists and values of a response are written: what differs between JSON and MessagePack.

use core::fmt::Debug;

use super::response::Place;
use crate::decode::plan::Plan;
use crate::decode::push::machine::Message;
use crate::decode::scratch::Arena;
use crate::decode::stop::Stop;
use crate::decode::value_ref::ValueRef;

/// Looks for the end of one value, whatever is in it, and remembers how far it looked: a value that arrives in many pieces is looked
/// through once.
pub(super) trait Scan: Debug + Default + Send + Sync {
    /// The length of the value that starts at `b[0]`, once it is all there. What was seen before must not have changed.
    fn resume(&mut self, b: &[u8]) -> Option<usize>;

    /// What was seen of the `there` bytes will not be shown again: gives its length.
    fn forget(&mut self, there: usize) -> usize;
}

/// What comes next where the walk stands.
pub(super) enum Next {
    /// A key of an object.
    Key,
    /// The value of the key before.
    Value,
    /// An item of a list.
    Item,
    /// The end of the object or list.
    End,
    /// More bytes are needed.
    More,
}

/// What a document or a list begins with.
pub(super) enum Opened {
    Yes,
    /// Nothing: null where a list may be, a text where a document may be.
    No,
    More,
}

/// Where and why bytes are not what they should be.
pub(super) type Fault = (usize, &'static str);

pub(super) type Pairs = Vec<(Box<str>, Box<str>)>;

/// How objects, lists and values are written. `at` is the walk's position: what takes bytes moves it.
pub(super) trait Notation: Debug + Default + Send + Sync + 'static {
    type Scan: Scan;

    /// A row that is longer is looked through once, however many pieces it comes in.
    const SHORT_ROW: usize;

    /// A document begins, or a text.
    fn document(&mut self, b: &[u8], at: &mut usize) -> Result<Opened, Fault>;

    /// What comes next in a place.
    fn next(&mut self, place: Place, b: &[u8], at: &mut usize) -> Result<Next, Fault>;

    /// Enters the object that is an item of the list `place`; false if more bytes are needed.
    fn item(&mut self, place: Place, b: &[u8], at: &mut usize) -> Result<bool, Fault>;

    /// Enters the list `place` that a value is; null counts as none.
    fn list(&mut self, place: Place, b: &[u8], at: &mut usize) -> Result<Opened, Fault>;

    /// The name that the complete key `raw` is.
    fn key<R>(&mut self, raw: &[u8], with: impl FnOnce(&[u8]) -> R) -> Result<R, &'static str>;

    /// Whether a value can begin with that byte.
    fn begins_value(byte: u8) -> bool;

    /// The list was entered.
    fn entered(&mut self, list: Place);

    /// The value in an object of `place` was read, or will be passed over.
    fn value_done(&mut self, place: Place);

    /// The end of `place` was met: takes it.
    fn close(&mut self, at: &mut usize);

    /// Whether the document that ends has nothing in it.
    fn is_empty(&self) -> bool;

    fn string(raw: &[u8]) -> Result<Box<str>, &'static str>;

    fn integer(raw: &[u8]) -> Result<u64, &'static str>;

    fn boolean(raw: &[u8]) -> Result<bool, &'static str>;

    fn strings(raw: &[u8]) -> Result<Vec<Box<str>>, &'static str>;

    fn tags(raw: &[u8]) -> Result<Pairs, &'static str>;

    fn messages(raw: &[u8]) -> Result<Vec<Message>, &'static str>;

    /// Where the next row begins, if that can be told without a step.
    fn row_at(&self, b: &[u8], at: usize) -> Option<usize>;

    /// As [`row_at`](Self::row_at), right behind another row.
    fn row_behind(b: &[u8], at: usize) -> Option<usize>;

    /// How many rows there can still be.
    fn rows_left(&self) -> usize;

    /// The place behind the last row that can be complete.
    fn rows_end(b: &[u8]) -> usize;

    /// Reads the row at `at` into the plan's cells; gives the place behind it.
    fn read_row<'b>(
        b: &'b [u8],
        at: usize,
        plan: &Plan,
        cells: &mut [ValueRef<'b>],
        arena: &mut Arena<'b>,
    ) -> Result<usize, Stop>;

    /// So many rows were read.
    fn rows_done(&mut self, rows: usize);

    /// The last so many rows, or one that was not complete, are read again from their start.
    fn rows_again(&mut self, rows: usize);

    /// Bytes for a message.
    fn shown(found: &[u8]) -> String;
}

/// What [`Notation::document`] says of records that are arrays.
pub(super) const OTHER_MSGPACK: &str = "the msgpack of another server";
