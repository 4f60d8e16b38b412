//! Several statements in one request, each with rows of its own type.

use influx_core::decode::Decoder;
use influx_core::{DecodeError, FromRow, Planner, Row};

use bytes::Bytes;

use crate::error::{Error, Kind, Result};
use crate::query::feed::{Answer, Feed};

/// What [`Query::fetch_statements`](crate::Query::fetch_statements) reads: a tuple with one row type for each statement of the
/// text, up to twelve.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say what the rows of each statement are",
    label = "not a tuple of row types",
    note = "name one row type for each statement: `fetch_statements::<(A, B)>()` reads two, `(A,)` one; `()` as a part is for statements without rows"
)]
pub trait Statements: Parts {
    /// The rows of each: `(Vec<A>, Vec<B>)` for `(A, B)`.
    type Rows: Default;

    #[doc(hidden)]
    fn keep(rows: &mut Self::Rows, part: Self::Part);
}

/// The part of [`Statements`] that only this crate sees.
pub trait Parts: Sized {
    /// How many statements.
    const COUNT: usize;
    /// Whether a row type needs to know integers from whole floats.
    const TYPED: bool;

    /// A row of any of the statements.
    type Part: for<'r> FromRow<'r>;
}

/// All rows of all statements.
pub(super) async fn fetch<S: Statements>(feed: Feed) -> Result<S::Rows> {
    let mut answer = Answer::<Decoder<Bytes>>::new(feed);
    let mut rows = S::Rows::default();
    while answer.more().await? {
        let Answer { feed, decoder } = &mut answer;
        for row in decoder.iter_mut().flat_map(Decoder::rows::<S::Part>) {
            S::keep(&mut rows, row.map_err(|error| feed.unread(error))?);
        }
    }
    let answered = answer.decoder.as_ref().map_or(0, Decoder::statements);
    match other_count(S::COUNT, answered) {
        Some(error) => Err(answer.feed.failed(error)),
        None => Ok(rows),
    }
}

/// The error of more or fewer statements than parts.
fn other_count(parts: usize, answered: u64) -> Option<Error> {
    if usize::try_from(answered) == Ok(parts) {
        return None;
    }
    let plural = if answered == 1 { "" } else { "s" };
    let text = format!(
        "the server answered {answered} statement{plural}, and rows of {parts} were asked for: give the tuple one part for each \
         statement of the text"
    );
    Some(Error::new(Kind::Decode, text))
}

const fn most(slots: &[usize]) -> usize {
    let (mut most, mut at) = (0, 0);
    while at < slots.len() {
        if slots[at] > most {
            most = slots[at];
        }
        at += 1;
    }
    most
}

/// Slots that nothing is read from: all types that share a plan have the same number of them.
fn fill(planner: &mut Planner<'_>, slots: usize) -> Result<(), DecodeError> {
    (0..slots).try_for_each(|_| planner.measurement(""))
}

macro_rules! statements {
    ($($part:ident: $($t:ident $at:tt)*;)*) => { $(
        /// A row, by the place of its statement.
        pub enum $part<$($t),*> {
            $($t($t),)*
            /// Of a statement that nobody asked for; their number is the error.
            More,
        }

        impl<'r, $($t: FromRow<'r>),*> FromRow<'r> for $part<$($t),*> {
            const SLOTS: usize = most(&[$($t::SLOTS),*]);

            fn plan(planner: &mut Planner<'_>) -> Result<(), DecodeError> {
                match planner.columns().statement_id().unwrap_or(0) {
                    $($at => {
                        $t::plan(planner)?;
                        fill(planner, Self::SLOTS - $t::SLOTS)
                    })*
                    _ => fill(planner, Self::SLOTS),
                }
            }

            fn from_row(row: &Row<'_, 'r>) -> Result<Self, DecodeError> {
                match row.columns().statement_id().unwrap_or(0) {
                    $($at => $t::from_row(row).map(Self::$t),)*
                    _ => Ok(Self::More),
                }
            }
        }

        impl<$($t: for<'r> FromRow<'r>),*> Parts for ($($t,)*) {
            const COUNT: usize = [$($at),*].len();
            const TYPED: bool = $(<$t as FromRow<'static>>::TYPED)||*;

            type Part = $part<$($t),*>;
        }

        impl<$($t: for<'r> FromRow<'r>),*> Statements for ($($t,)*) {
            type Rows = ($(Vec<$t>,)*);

            fn keep(rows: &mut Self::Rows, part: Self::Part) {
                match part {
                    $($part::$t(row) => rows.$at.push(row),)*
                    $part::More => {}
                }
            }
        }
    )* };
}
statements! {
    Of1: A 0;
    Of2: A 0 B 1;
    Of3: A 0 B 1 C 2;
    Of4: A 0 B 1 C 2 D 3;
    Of5: A 0 B 1 C 2 D 3 E 4;
    Of6: A 0 B 1 C 2 D 3 E 4 F 5;
    Of7: A 0 B 1 C 2 D 3 E 4 F 5 G 6;
    Of8: A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7;
    Of9: A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8;
    Of10: A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9;
    Of11: A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10;
    Of12: A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10 L 11;
}
