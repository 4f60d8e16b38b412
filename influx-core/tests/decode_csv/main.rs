//! Annotated CSV: tables, values, errors and structs, whole, split and cut.

mod ends;
mod errors;
mod random;
mod recorded;
mod reference;
mod structs;
mod support;
mod tables;
mod unpivoted;
