//! What the closure that takes rows says of going on.

use std::ops::ControlFlow;

use crate::error::{Error, Result};

/// What the closure of [`Query::try_for_each_row`](crate::Query::try_for_each_row) returns for each row, and what becomes of it:
///
/// | the closure returns | `.await` gives |
/// |---|---|
/// | `Result<(), E>` | `Result<(), E>`: the first error, the closure's or the query's, which becomes an `E` by `From` |
/// | `ControlFlow<B>` | `Result<ControlFlow<B>>`: `Break` where the closure stopped, `Continue` after the last row |
/// | `Result<ControlFlow<B>, E>` | `Result<ControlFlow<B>, E>`: both |
/// | `()` | `Result<()>` |
///
/// `E` is any type with `From<influx_client::Error>`: an enum of yours, `std::io::Error`, `Box<dyn Error>`.
#[diagnostic::on_unimplemented(
    message = "a closure that takes rows cannot return `{Self}`",
    label = "neither `Result<(), E>`, nor `ControlFlow<B>`, nor a `Result` of one",
    note = "end it with `Ok::<(), E>(())`, where `E` has `From<influx_client::Error>`, or with `ControlFlow::Continue(())`"
)]
pub trait RowOutcome: Sealed {
    /// What the verb gives.
    type Output;

    #[doc(hidden)]
    fn go_on(self) -> ControlFlow<Self::Output>;

    /// There are no more rows, or an error came instead.
    #[doc(hidden)]
    fn ended(rows: Result<()>) -> Self::Output;
}

/// Types outside of this crate have no say.
pub trait Sealed {}

impl Sealed for () {}
impl<E> Sealed for Result<(), E> {}
impl<B> Sealed for ControlFlow<B> {}
impl<B, E> Sealed for Result<ControlFlow<B>, E> {}

impl RowOutcome for () {
    type Output = Result<()>;

    #[inline(always)]
    fn go_on(self) -> ControlFlow<Result<()>> {
        ControlFlow::Continue(())
    }

    fn ended(rows: Result<()>) -> Result<()> {
        rows
    }
}

impl<E: From<Error>> RowOutcome for Result<(), E> {
    type Output = Result<(), E>;

    #[inline]
    fn go_on(self) -> ControlFlow<Result<(), E>> {
        match self {
            Ok(()) => ControlFlow::Continue(()),
            error => ControlFlow::Break(error),
        }
    }

    fn ended(rows: Result<()>) -> Result<(), E> {
        Ok(rows?)
    }
}

impl<B> RowOutcome for ControlFlow<B> {
    type Output = Result<ControlFlow<B>>;

    #[inline]
    fn go_on(self) -> ControlFlow<Result<ControlFlow<B>>> {
        match self {
            ControlFlow::Continue(()) => ControlFlow::Continue(()),
            stopped => ControlFlow::Break(Ok(stopped)),
        }
    }

    fn ended(rows: Result<()>) -> Result<ControlFlow<B>> {
        rows.map(ControlFlow::Continue)
    }
}

impl<B, E: From<Error>> RowOutcome for Result<ControlFlow<B>, E> {
    type Output = Result<ControlFlow<B>, E>;

    #[inline]
    fn go_on(self) -> ControlFlow<Result<ControlFlow<B>, E>> {
        match self {
            Ok(ControlFlow::Continue(())) => ControlFlow::Continue(()),
            stopped => ControlFlow::Break(stopped),
        }
    }

    fn ended(rows: Result<()>) -> Result<ControlFlow<B>, E> {
        rows?;
        Ok(ControlFlow::Continue(()))
    }
}
