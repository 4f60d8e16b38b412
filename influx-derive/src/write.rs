//! The expansion of `LineProtocol`: a flat list of parts, or of calls where columns are known only at run time.

use proc_macro2::{Literal, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use crate::ast::{Field, Input, Role};
use crate::attr::{ExtraTag, Nan, Unit};
use crate::bounds;
use crate::name::{self, Place};

/// A static tag or field, at its place in the line.
enum Column<'i> {
    Extra(&'i ExtraTag),
    Tag(&'i Field),
    Field(&'i Field),
}

impl Column<'_> {
    fn key(&self) -> &str {
        match self {
            Column::Extra(tag) => &tag.key,
            Column::Tag(field) | Column::Field(field) => &field.column,
        }
    }

    fn is_field(&self) -> bool {
        matches!(self, Column::Field(_))
    }
}

/// The impls for a checked struct.
pub(crate) fn expand(input: &Input) -> TokenStream {
    let Input { ident, root, .. } = input;
    let private = quote!(#root::__private);
    let columns = columns(input);
    let schema = schema(input, &columns);
    let put = match parts(input, &columns) {
        Some(put) => put,
        None => calls(input, &columns),
    };
    let (impl_generics, ty_generics, _) = input.generics.split_for_impl();
    let where_clause = bounds::with(&input.generics, predicates(input));
    quote! {
        #[automatically_derived]
        impl #impl_generics #private::Derived for #ident #ty_generics #where_clause {
            const SCHEMA: &'static #root::Schema = &#schema;
            #[inline(always)]
            fn put_into<__Sink: #private::Sink>(&self, __sink: __Sink) -> __Sink::Out {
                #put
            }
        }
        #[automatically_derived]
        impl #impl_generics #root::LineProtocol for #ident #ty_generics #where_clause {
            #[inline]
            fn encode(&self, __writer: &mut #root::LineWriter) -> #private::Result<(), #root::EncodeError> {
                __writer.put_derived(self)
            }
            fn columns(&self, __line: &mut #root::Line<'_>) -> #private::Result<(), #root::EncodeError> {
                #private::Derived::put_into(self, __line)
            }
            fn schema(&self) -> #private::Option<&'static #root::Schema> {
                #private::Option::Some(<Self as #private::Derived>::SCHEMA)
            }
        }
    }
}

/// Tags in the order of the line, then fields.
fn columns(input: &Input) -> Vec<Column<'_>> {
    let mut tags: Vec<Column<'_>> = input.attrs.extra_tags.iter().map(Column::Extra).collect();
    tags.extend(input.of_role(Role::Tag).filter(|field| !field.is_flat()).map(Column::Tag));
    if !input.attrs.declared_order {
        tags.sort_by(|a, b| a.key().cmp(b.key()));
    }
    tags.extend(input.of_role(Role::Field).filter(|field| !field.is_flat()).map(Column::Field));
    tags
}

fn schema(input: &Input, columns: &[Column<'_>]) -> TokenStream {
    let root = &input.root;
    let name = input.name();
    let measurement = match input.static_measurement() {
        Some((measurement, _)) => quote!(#root::__private::Option::Some(#measurement)),
        None => quote!(#root::__private::Option::None),
    };
    let columns = columns.iter().map(|column| {
        let key = column.key();
        let role = if column.is_field() { quote!(Field) } else { quote!(Tag) };
        quote!(#root::SchemaColumn::new(#key, #root::Role::#role))
    });
    let order = input.attrs.declared_order.then(|| quote!(.declared_order()));
    let placeholder = input.attrs.placeholder.then(|| quote!(.with_placeholder()));
    quote!(#root::Schema::new(#name, #measurement, &[#(#columns),*]) #order #placeholder)
}

/// The fast form; `None` where a column is known only at run time or the dialects differ about a name.
fn parts(input: &Input, columns: &[Column<'_>]) -> Option<TokenStream> {
    if input.fields.iter().any(Field::is_flat) {
        return None;
    }
    let root = &input.root;
    let measurement = match input.static_measurement() {
        Some((measurement, _)) => Some(name::escape(Place::Measurement, &measurement)?),
        None => None,
    };
    let mut tags = Vec::new();
    let mut fields = Vec::new();
    let mut head = match &measurement {
        Some(text) => {
            let text = literal(text);
            quote!(#root::__private::Measurement(#text))
        }
        None => measurement_from(input),
    };
    for (index, column) in columns.iter().enumerate() {
        match column {
            Column::Tag(field) => {
                let key = name::escape(Place::TagKey, &field.column)?;
                let value = tag_wire(input, field);
                match &measurement {
                    Some(measurement) if index == 0 => {
                        let text = literal(&format!("{measurement},{key}="));
                        let len = measurement.len();
                        head = quote!(#root::__private::MeasurementAndTag {
                            text: #text, measurement: #len, column: #index, value: #value
                        });
                    }
                    _ => {
                        let text = literal(&format!(",{key}="));
                        tags.push(
                            quote!(#root::__private::Tag { text: #text, column: #index, value: #value }),
                        );
                    }
                }
            }
            Column::Extra(tag) => {
                let (key, value) = (name::escape(Place::TagKey, &tag.key)?, tag.value.value());
                let text = literal(&format!(",{key}={}", name::escape(Place::TagValue, &value)?));
                tags.push(quote!(#root::__private::ExtraTag { text: #text, column: #index, value: #value }));
            }
            Column::Field(field) => {
                let text = literal(&format!(",{}=", name::escape(Place::FieldKey, &field.column)?));
                let value = field_wire(input, field);
                fields.push(quote_spanned!(at(field)=> #root::__private::Field { text: #text, column: #index, value: #value }));
            }
        }
    }
    let (tags, fields, time) = (nest(tags), nest(fields), time(input));
    Some(
        quote!(#root::__private::Sink::put(__sink, <Self as #root::__private::Derived>::SCHEMA, #head, #tags, #fields, #time)),
    )
}

/// The form that names its columns one by one.
fn calls(input: &Input, columns: &[Column<'_>]) -> TokenStream {
    let root = &input.root;
    let private = quote!(#root::__private);
    let statics = columns.iter().map(|column| {
        let key = column.key();
        match column {
            Column::Tag(field) => {
                let value = tag_wire(input, field);
                quote!(__line.tag_wire(#key, #value)?;)
            }
            Column::Extra(tag) => {
                let value = &tag.value;
                quote!(__line.tag_wire(#key, #value)?;)
            }
            Column::Field(field) => {
                let value = field_wire(input, field);
                quote!(__line.field_wire(#key, #value)?;)
            }
        }
    });
    let flat = input.fields.iter().filter(|field| field.is_flat()).map(|field| {
        let (ident, ty) = (&field.ident, &field.ty);
        match field.role {
            Role::Tag => quote!(<#ty as #root::FlattenTags>::flatten_tags(&self.#ident, __line)?;),
            _ => quote!(<#ty as #root::FlattenFields>::flatten_fields(&self.#ident, __line)?;),
        }
    });
    let measurement = match input.static_measurement() {
        Some((measurement, _)) => quote!(#measurement),
        None => {
            let field = measurement_field(input);
            quote!(#field)
        }
    };
    let time = time(input);
    quote! {
        #private::Sink::put_flat(__sink, <Self as #private::Derived>::SCHEMA, #measurement, #time, |__line| {
            #(#statics)*
            #(#flat)*
            #private::Ok(())
        })
    }
}

fn measurement_field(input: &Input) -> Option<TokenStream> {
    let root = &input.root;
    input.of_role(Role::Measurement).next().map(|field| {
        let (ident, ty) = (&field.ident, &field.ty);
        quote!(<#ty as #root::MeasurementValue>::as_measurement(&self.#ident))
    })
}

fn measurement_from(input: &Input) -> TokenStream {
    let root = &input.root;
    let field = measurement_field(input);
    quote!(#root::__private::MeasurementFrom(#field))
}

/// Where the user wrote the field's type: a type that does not fit is shown there, once.
fn at(field: &Field) -> Span {
    field.ty.span()
}

fn tag_wire(input: &Input, field: &Field) -> TokenStream {
    let (root, ident, ty, this) = (&input.root, &field.ident, &field.ty, quote!(self));
    quote_spanned!(at(field)=> <#ty as #root::TagValue>::wire(&#this.#ident))
}

fn field_wire(input: &Input, field: &Field) -> TokenStream {
    let (root, ident, ty, this) = (&input.root, &field.ident, &field.ty, quote!(self));
    let wire = match &field.attrs.write_as {
        Some((_, to)) => quote_spanned!(at(field)=> <#ty as #root::WriteAs<#to>>::write_as(&#this.#ident)),
        None => quote_spanned!(at(field)=> <#ty as #root::FieldValue>::wire(&#this.#ident)),
    };
    match &field.attrs.nan {
        Some((_, Nan::Skip)) => quote!(#root::__private::SkipNan(#wire)),
        Some((_, Nan::Error)) | None => wire,
    }
}

fn time(input: &Input) -> TokenStream {
    let root = &input.root;
    let Some(field) = input.of_role(Role::Timestamp).next() else {
        return quote!(#root::__private::Ok(#root::__private::Option::None));
    };
    let (ident, ty) = (&field.ident, &field.ty);
    match (&field.attrs.unit, &field.attrs.assume_utc) {
        (Some((_, unit)), _) => {
            let unit = unit_tokens(root, *unit);
            quote!(<#ty as #root::UnitTimestamp>::unix_nanos_from(&self.#ident, #unit))
        }
        (None, Some(_)) => quote!(<#ty as #root::NaiveTimestamp>::unix_nanos_utc(&self.#ident)),
        (None, None) => quote!(<#ty as #root::Timestamp>::unix_nanos(&self.#ident)),
    }
}

pub(crate) fn unit_tokens(root: &TokenStream, unit: Unit) -> TokenStream {
    let unit = match unit {
        Unit::Ns => quote!(Ns),
        Unit::Us => quote!(Us),
        Unit::Ms => quote!(Ms),
        Unit::S => quote!(S),
    };
    quote!(#root::Precision::#unit)
}

/// What the types that mention a parameter must be.
fn predicates(input: &Input) -> Vec<(&syn::Type, TokenStream)> {
    let root = &input.root;
    let bound = |field: &Field| match (field.role, field.is_flat()) {
        (Role::Tag, false) => Some(quote!(#root::TagValue)),
        (Role::Tag, true) => Some(quote!(#root::FlattenTags)),
        (Role::Field, true) => Some(quote!(#root::FlattenFields)),
        (Role::Field, false) => Some(match &field.attrs.write_as {
            Some((_, to)) => quote!(#root::WriteAs<#to>),
            None => quote!(#root::FieldValue),
        }),
        (Role::Timestamp, _) => Some(match (&field.attrs.unit, &field.attrs.assume_utc) {
            (Some(_), _) => quote!(#root::UnitTimestamp),
            (None, Some(_)) => quote!(#root::NaiveTimestamp),
            (None, None) => quote!(#root::Timestamp),
        }),
        (Role::Measurement, _) => Some(quote!(#root::MeasurementValue)),
        (Role::Skip, _) => None,
    };
    input.fields.iter().filter_map(|field| Some((&field.ty, bound(field)?))).collect()
}

fn literal(text: &str) -> Literal {
    Literal::byte_string(text.as_bytes())
}

/// Tuples of at most eight, nested where there are more.
fn nest(mut parts: Vec<TokenStream>) -> TokenStream {
    while parts.len() > 8 {
        parts = parts.chunks(8).map(|chunk| quote!((#(#chunk,)*))).collect();
    }
    quote!((#(#parts,)*))
}
