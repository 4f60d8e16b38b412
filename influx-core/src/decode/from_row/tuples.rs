//! Tuples: one part for each column, in their order.

use super::{FromRow, RowFamily};
use crate::decode::error::DecodeError;
use crate::decode::from_value::FromValue;
use crate::decode::plan::planner::Planner;
use crate::decode::row::Row;

macro_rules! tuples {
    ($($t:ident $at:tt)*) => {
        /// One part for each column of the result, in their order; the tags of the series are no columns here. A result with more or fewer columns is an
        /// error.
        ///
        /// ```
        /// use influx_core::decode::{Scratch, influxql::iterpoints};
        ///
        /// let body = br#"{"results":[{"series":[{"columns":["host","usage"],"values":[["a",0.5]]}]}]}"#;
        /// let rows: Result<Vec<(String, f64)>, _> = iterpoints(body, &mut Scratch::new()).collect();
        /// assert_eq!(rows?, [("a".to_owned(), 0.5)]);
        /// # Ok::<(), influx_core::DecodeError>(())
        /// ```
        impl<'r, $($t: FromValue<'r>),*> FromRow<'r> for ($($t,)*) {
            const SLOTS: usize = [$($at),*].len();

            fn plan(planner: &mut Planner<'_>) -> Result<(), DecodeError> {
                planner.enter("tuple");
                planner.width(Self::SLOTS)?;
                $(planner.at($at, stringify!($at), $t::WANT)?;)*
                planner.leave();
                Ok(())
            }

            fn from_row(row: &Row<'_, 'r>) -> Result<Self, DecodeError> {
                let place = |at: usize| move |error: DecodeError| match row.columns().columns().get(at) {
                    Some(column) => error.in_column(&column.name),
                    None => error,
                };
                Ok(($($t::take(row, $at).map_err(place($at))?,)*))
            }
        }

        impl<$($t: for<'r> FromValue<'r>),*> RowFamily for ($($t,)*) {
            type Row<'r> = ($($t,)*);
        }
    };
}
tuples!(A 0);
tuples!(A 0 B 1);
tuples!(A 0 B 1 C 2);
tuples!(A 0 B 1 C 2 D 3);
tuples!(A 0 B 1 C 2 D 3 E 4);
tuples!(A 0 B 1 C 2 D 3 E 4 F 5);
tuples!(A 0 B 1 C 2 D 3 E 4 F 5 G 6);
tuples!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7);
tuples!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8);
tuples!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9);
tuples!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10);
tuples!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10 L 11);
