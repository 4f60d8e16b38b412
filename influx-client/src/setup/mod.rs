//! A client's settings from outside of the program: the environment, a file, or one line of text.

mod apply;
pub(crate) mod config;
mod connection_string;
mod detect;
mod env;
mod file;
mod from;
mod ini;
mod key;

#[cfg(test)]
mod tests;
