//! The values of attribute keys, and what to write where something else stands.

use quote::ToTokens;
use syn::meta::ParseNestedMeta;
use syn::parse::ParseStream;
use syn::{Attribute, LitStr, Meta, Path, Token, Type};

/// The text of `key = "text"`.
pub(crate) fn text(meta: &ParseNestedMeta<'_>, example: &str) -> syn::Result<LitStr> {
    let input = behind_equals(meta, example)?;
    match input.parse() {
        Ok(text) => Ok(text),
        Err(error) => {
            Err(syn::Error::new(error.span(), format!("write a text in quotes: `{} = {example}`", key(meta))))
        }
    }
}

/// The type of `key = type`.
pub(crate) fn ty(meta: &ParseNestedMeta<'_>, example: &str) -> syn::Result<Type> {
    let input = unquoted(meta, example, "type")?;
    input
        .parse()
        .map_err(|error| syn::Error::new(error.span(), format!("write a type: `{} = {example}`", key(meta))))
}

/// The path of `key = path`.
pub(crate) fn path(meta: &ParseNestedMeta<'_>, example: &str) -> syn::Result<Path> {
    let input = unquoted(meta, example, "path")?;
    let parsed = input.call(Path::parse_mod_style);
    parsed
        .map_err(|error| syn::Error::new(error.span(), format!("write a path: `{} = {example}`", key(meta))))
}

/// A key that stands alone; `hint` is more about it.
pub(crate) fn none(meta: &ParseNestedMeta<'_>, hint: &str) -> syn::Result<()> {
    match meta.input.is_empty() || meta.input.peek(Token![,]) {
        true => Ok(()),
        false => Err(meta.error(format!("`{}` stands without a value{hint}", key(meta)))),
    }
}

fn behind_equals<'m>(meta: &ParseNestedMeta<'m>, example: &str) -> syn::Result<ParseStream<'m>> {
    match meta.input.peek(Token![=]) {
        true => meta.value(),
        false => Err(meta.error(format!("`{key}` has a value: write `{key} = {example}`", key = key(meta)))),
    }
}

fn unquoted<'m>(meta: &ParseNestedMeta<'m>, example: &str, what: &str) -> syn::Result<ParseStream<'m>> {
    let input = behind_equals(meta, example)?;
    if input.peek(LitStr) {
        let given: LitStr = input.parse()?;
        let message = format!("write the {what} without quotes: `{} = {}`", key(meta), given.value());
        return Err(syn::Error::new_spanned(&given, message));
    }
    Ok(input)
}

fn key(meta: &ParseNestedMeta<'_>) -> String {
    spelled(&meta.path)
}

/// A path as it is written.
pub(crate) fn spelled(path: &Path) -> String {
    path.to_token_stream().to_string()
}

const UNITS: [&str; 4] = ["ns", "us", "ms", "s"];

/// What to write where an attribute holds something else than options.
pub(crate) fn not_an_option(attr: &Attribute, expected: &str) -> String {
    let name = spelled(attr.path());
    let first = match &attr.meta {
        Meta::List(list) => syn::parse2::<FirstText>(list.tokens.clone()).ok(),
        _ => None,
    };
    match first {
        Some(FirstText(given)) if name == "timestamp" && UNITS.contains(&given.trim_matches('"')) => {
            format!("a unit goes by `unit`: write `#[{name}(unit = {given})]`")
        }
        Some(FirstText(given)) if expected.contains("`rename`") => {
            format!("another name goes by `rename`: write `#[{name}(rename = {given})]`")
        }
        _ => format!(
            "options stand between commas, like `#[{name}(a, b = \"c\")]`; expected one of: {expected}"
        ),
    }
}

/// The text that an attribute begins with.
struct FirstText(String);

impl syn::parse::Parse for FirstText {
    fn parse(input: syn::parse::ParseStream<'_>) -> syn::Result<Self> {
        let first: LitStr = input.parse()?;
        input.parse::<proc_macro2::TokenStream>()?;
        Ok(FirstText(first.to_token_stream().to_string()))
    }
}
