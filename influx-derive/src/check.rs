//! Rules that need more than one attribute to be judged. Simpler ones are judged where the attribute is parsed.

use std::collections::HashMap;

use crate::ast::{Field, Input, Role};
use crate::borrow;
use crate::ctxt::Ctxt;
use crate::name::{self, Place};

/// Rules for structs that are written.
pub(crate) fn write(cx: &Ctxt, input: &Input) {
    both(cx, input);
    some_field(cx, input);
    if let Some((measurement, span)) = input.static_measurement()
        && let Err(message) = name::check(Place::Measurement, &measurement)
    {
        cx.push(syn::Error::new(span, message));
    }
    for field in input.fields.iter().filter(|field| field.is_column()) {
        let place = if field.role == Role::Tag { Place::TagKey } else { Place::FieldKey };
        if let Err(message) = name::check(place, &field.column) {
            cx.push(syn::Error::new(field.column_span, message));
        }
    }
    for tag in &input.attrs.extra_tags {
        let value =
            name::check(Place::TagValue, &tag.value.value()).map_err(|message| (tag.value.span(), message));
        let key = name::check(Place::TagKey, &tag.key).map_err(|message| (tag.key_span, message));
        for (span, message) in [key, value].into_iter().filter_map(Result::err) {
            cx.push(syn::Error::new(span, message));
        }
    }
}

/// Rules for structs that are read.
pub(crate) fn read(cx: &Ctxt, input: &Input) {
    both(cx, input);
    for field in input.fields.iter().filter(|field| field.is_column() || field.role == Role::Measurement) {
        if let Some(borrow) = borrow::of_static(&field.ty) {
            cx.error(
                borrow,
                "a row is gone when the next one is read, and lends nothing for `'static`; write `String` or `Arc<str>`, or lend for a \
                 lifetime of the struct, as in `struct Cpu<'a> { host: &'a str }`",
            );
        }
    }
}

fn both(cx: &Ctxt, input: &Input) {
    one_of(
        cx,
        input,
        Role::Timestamp,
        "a point has one timestamp, and this struct has two; make this one a field",
    );
    one_of(
        cx,
        input,
        Role::Measurement,
        "a point has one measurement, and this struct has two; make this one a tag",
    );
    fixed_and_field_measurement(cx, input);
    duplicates(cx, input);
    input.fields.iter().for_each(|field| options(cx, field));
}

fn one_of(cx: &Ctxt, input: &Input, role: Role, message: &str) {
    for field in input.of_role(role).skip(1) {
        cx.error(&field.ident, message);
    }
}

fn fixed_and_field_measurement(cx: &Ctxt, input: &Input) {
    if let (Some(fixed), Some(field)) = (&input.attrs.measurement, input.of_role(Role::Measurement).next()) {
        let message = format!("the measurement is taken from the field `{}` already; remove one", field.name);
        cx.error(fixed, message);
    }
}

fn some_field(cx: &Ctxt, input: &Input) {
    if input.of_role(Role::Field).next().is_none() {
        cx.error(
            &input.ident,
            "a point needs at least one field, and servers refuse a line without; add one, for example `alive: bool`",
        );
    }
}

fn duplicates(cx: &Ctxt, input: &Input) {
    let mut seen: HashMap<&str, &str> = HashMap::new();
    for tag in &input.attrs.extra_tags {
        if seen.insert(&tag.key, "extra_tags").is_some() {
            cx.push(syn::Error::new(
                tag.key_span,
                format!("the tag `{}` is given twice; remove one", tag.key),
            ));
        }
    }
    let time = input.of_role(Role::Timestamp).next();
    let columns = input.fields.iter().filter(|field| field.is_column());
    for field in time.into_iter().chain(columns) {
        if let Some(other) = seen.insert(&field.column, &field.name) {
            let message = match other {
                "extra_tags" => format!("`{}` is a tag of `extra_tags` already; rename one", field.column),
                _ => format!("the field `{other}` has the column `{}` already; rename one", field.column),
            };
            cx.push(syn::Error::new(field.column_span, message));
        }
    }
}

/// Options that exclude each other.
fn options(cx: &Ctxt, field: &Field) {
    let attrs = &field.attrs;
    if let (Some((path, _)), Some(_)) = (&attrs.unit, &attrs.assume_utc) {
        cx.error(path, "`unit` is for integers and `assume_utc` for times without a zone; remove one");
    }
    if let Some(shared) = &attrs.shared
        && (attrs.default.is_some() || attrs.write_as.is_some() || attrs.nan.is_some())
    {
        cx.error(shared, "`shared` is for texts and stands without `default`, `as` and `nan`; for a missing text, use an Option");
    }
    let Some(flatten) = &attrs.flatten else { return };
    if attrs.rename.is_some() {
        cx.error(
            flatten,
            "a flattened field has no name of its own: `rename` what is inside, or remove `flatten`",
        );
    }
    if attrs.default.is_some() || attrs.write_as.is_some() || attrs.nan.is_some() || attrs.shared.is_some() {
        cx.error(flatten, "`flatten` stands alone; set other options on what is inside");
    }
}
