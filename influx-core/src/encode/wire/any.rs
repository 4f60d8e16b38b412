//! The forms as one type, on their way to a line.

use super::{FieldWire, TagWire};
use crate::encode::buffer::Room;
use crate::encode::form::Form;

impl Form<'_> {
    /// A tag value; `failed` of the buffer tells of one that cannot be said.
    ///
    /// # Safety
    /// [`VALUE`](crate::encode::buffer::VALUE) bytes of the budget are spent for it, and [`is_tag`](Form::is_tag).
    pub(crate) unsafe fn put_tag(&self, room: &mut Room<'_>) {
        // SAFETY: promised by the caller.
        unsafe {
            match self {
                Form::Str(v) => TagWire::put(*v, room),
                Form::I64(v) => TagWire::put(*v, room),
                Form::U64(v) => TagWire::put(*v, room),
                Form::Bool(v) => TagWire::put(*v, room),
                Form::Char(v) => TagWire::put(*v, room),
                Form::Absent | Form::F64(_) | Form::F32(_) | Form::Lost(_) => room.buffer.failed = true,
            }
        }
    }

    /// A field; `failed` of the buffer tells of one that has a fault.
    ///
    /// # Safety
    /// [`VALUE`](crate::encode::buffer::VALUE) bytes of the budget are spent for it.
    pub(crate) unsafe fn put_field(&self, room: &mut Room<'_>) {
        // SAFETY: promised by the caller.
        unsafe {
            match self {
                Form::Str(v) => FieldWire::put(*v, room),
                Form::F64(v) => FieldWire::put(*v, room),
                Form::F32(v) => FieldWire::put(*v, room),
                Form::I64(v) => FieldWire::put(*v, room),
                Form::U64(v) => FieldWire::put(*v, room),
                Form::Bool(v) => FieldWire::put(*v, room),
                Form::Char(v) => FieldWire::put(*v, room),
                Form::Absent | Form::Lost(_) => room.buffer.failed = true,
            }
        }
    }
}
