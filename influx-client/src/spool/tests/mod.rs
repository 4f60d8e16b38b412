//! The laws of the spool.

mod after;
mod corrupt;
mod crash;
mod disk;
mod drive;
mod faults;
mod limit;
mod machine;
mod model;
mod real;
mod scan;
