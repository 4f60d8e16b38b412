//! The derive macros of `influx-core` and `influx-client`. Depend on one of those instead: they re-export the macros
//! beside the traits of the same names.
//!
//! Each derive is registered under two names, which differ in the crate that the expansion refers to.

mod ast;
mod attr;
mod borrow;
mod bounds;
mod case;
mod check;
mod ctxt;
mod fallback;
mod family;
mod name;
mod read;
mod tag_value;
mod value;
mod write;

#[cfg(test)]
mod tests;

use proc_macro::TokenStream;
use proc_macro2::TokenStream as Tokens;
use quote::quote;
use syn::{DeriveInput, parse_macro_input};

use crate::ast::Input;
use crate::ctxt::Ctxt;

/// `influx_core::LineProtocol`: writes a struct as one line.
#[proc_macro_derive(LineProtocol, attributes(measurement, tag, field, timestamp, line_protocol))]
pub fn line_protocol(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    derive_line_protocol(&input, quote!(::influx_core)).into()
}

/// `influx_client::LineProtocol`: the same for users of `influx-client`.
#[proc_macro_derive(LineProtocolViaClient, attributes(measurement, tag, field, timestamp, line_protocol))]
pub fn line_protocol_via_client(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    derive_line_protocol(&input, quote!(::influx_client)).into()
}

/// `influx_core::FromRow`: reads a struct from a row.
#[proc_macro_derive(FromRow, attributes(measurement, tag, field, timestamp, line_protocol))]
pub fn from_row(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    derive_from_row(&input, quote!(::influx_core)).into()
}

/// `influx_client::FromRow`: the same for users of `influx-client`.
#[proc_macro_derive(FromRowViaClient, attributes(measurement, tag, field, timestamp, line_protocol))]
pub fn from_row_via_client(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    derive_from_row(&input, quote!(::influx_client)).into()
}

/// `influx_core::TagValue`: makes a unit enum or a newtype a tag and field value, written and read.
#[proc_macro_derive(TagValue, attributes(tag_value))]
pub fn tag_value(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    derive_value(&input, quote!(::influx_core), true).into()
}

/// `influx_client::TagValue`: the same for users of `influx-client`.
#[proc_macro_derive(TagValueViaClient, attributes(tag_value))]
pub fn tag_value_via_client(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    derive_value(&input, quote!(::influx_client), true).into()
}

/// `influx_core::FieldValue`: makes a newtype a field value, written and read.
#[proc_macro_derive(FieldValue, attributes(tag_value))]
pub fn field_value(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    derive_value(&input, quote!(::influx_core), false).into()
}

/// `influx_client::FieldValue`: the same for users of `influx-client`.
#[proc_macro_derive(FieldValueViaClient, attributes(tag_value))]
pub fn field_value_via_client(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    derive_value(&input, quote!(::influx_client), false).into()
}

fn derive_line_protocol(input: &DeriveInput, root: Tokens) -> Tokens {
    match checked(input, "LineProtocol", &root, check::write) {
        Ok(input) => write::expand(&input),
        Err(error) => fallback::line_protocol(error, input, &root),
    }
}

fn derive_from_row(input: &DeriveInput, root: Tokens) -> Tokens {
    match checked(input, "FromRow", &root, check::read) {
        Ok(input) => read::expand(&input),
        Err(error) => fallback::from_row(error, input, &root),
    }
}

fn derive_value(input: &DeriveInput, root: Tokens, tags: bool) -> Tokens {
    match tag_value::expand(input, root.clone(), tags) {
        Ok(tokens) => tokens,
        Err(error) => fallback::value(error, input, &root, tags),
    }
}

fn checked(input: &DeriveInput, derive: &str, root: &Tokens, check: fn(&Ctxt, &Input)) -> syn::Result<Input> {
    let cx = Ctxt::new();
    let parsed = Input::from_syn(&cx, input, derive, root.clone());
    if let Some(parsed) = &parsed {
        check(&cx, parsed);
    }
    cx.finish()?;
    // without errors there is a struct
    parsed.ok_or_else(|| syn::Error::new_spanned(&input.ident, "not a struct with named fields"))
}
