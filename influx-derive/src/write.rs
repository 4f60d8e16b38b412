//! The expansion of `LineProtocol`: two flat lists of calls. One writes the line straight on; the other names the columns
//! one by one, for what the first cannot do.

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
}

/// The impls for a checked struct.
pub(crate) fn expand(input: &Input) -> TokenStream {
    let Input { ident, root, .. } = input;
    let private = quote!(#root::__private);
    let columns = columns(input);
    let straight = straight(input, &columns);
    let literals = straight.as_ref().map_or(0, |straight| straight.literals);
    let schema = schema(input, &columns, literals);
    let straight = straight.map(|straight| straight.tokens);
    let cold = straight.is_some().then(|| quote!(#[cold] #[inline(never)]));
    let calls = calls(input, &columns);
    let measurement = match input.static_measurement() {
        Some((measurement, _)) => quote!(#measurement),
        None => measurement_from(input),
    };
    let time = time(input);
    let (impl_generics, ty_generics, _) = input.generics.split_for_impl();
    let where_clause = bounds::with(&input.generics, predicates(input));
    quote! {
        #[automatically_derived]
        impl #impl_generics #private::Derived for #ident #ty_generics #where_clause {
            const SCHEMA: &'static #root::Schema = &#schema;
        }
        #[automatically_derived]
        impl #impl_generics #root::LineProtocol for #ident #ty_generics #where_clause {
            #[inline]
            fn encode(&self, __writer: &mut #root::LineWriter) -> #private::Result<(), #root::EncodeError> {
                #straight
                let mut __line = __writer.line();
                let __columns = #root::LineProtocol::columns(self, &mut __line);
                __line.finish_derived(<Self as #private::Derived>::SCHEMA, #measurement, __columns)
            }
            #cold
            fn columns(&self, __line: &mut #root::Line<'_>) -> #private::Result<(), #root::EncodeError> {
                #calls
                __line.end_columns(<Self as #private::Derived>::SCHEMA, #time)
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

fn schema(input: &Input, columns: &[Column<'_>], literals: usize) -> TokenStream {
    let root = &input.root;
    let name = input.name();
    let measurement = match input.static_measurement() {
        Some((measurement, _)) => quote!(#root::__private::Option::Some(#measurement)),
        None => quote!(#root::__private::Option::None),
    };
    let columns = columns.iter().map(|column| {
        let key = column.key();
        match column {
            Column::Field(field) => {
                let wire = field_wire_type(input, field);
                quote!(#root::SchemaColumn::field(#key, <#wire as #root::FieldWire>::KIND))
            }
            Column::Tag(_) | Column::Extra(_) => quote!(#root::SchemaColumn::tag(#key)),
        }
    });
    let order = input.attrs.declared_order.then(|| quote!(.declared_order()));
    let placeholder = input.attrs.placeholder.then(|| quote!(.with_placeholder()));
    quote!(#root::Schema::new(#name, #measurement, &[#(#columns),*], #literals) #order #placeholder)
}

/// A line column by column, and the bytes of its static texts.
struct Straight {
    tokens: TokenStream,
    literals: usize,
}

impl Straight {
    fn literal(&mut self, text: String) -> Literal {
        self.literals += text.len();
        Literal::byte_string(text.as_bytes())
    }

    /// The measurement, with the first column where that is a tag; how many columns are written with it.
    fn head(&mut self, input: &Input, columns: &[Column<'_>]) -> Option<usize> {
        let Some((measurement, _)) = input.static_measurement() else {
            let measurement = measurement_from(input);
            self.tokens.extend(quote!(__line.measurement_from(#measurement);));
            return Some(0);
        };
        let measurement = name::escape(Place::Measurement, &measurement)?;
        let Some(Column::Tag(field)) = columns.first() else {
            let text = self.literal(measurement);
            self.tokens.extend(quote!(__line.measurement(#text);));
            return Some(0);
        };
        let len = measurement.len();
        let text = self.literal(format!("{measurement},{}=", name::escape(Place::TagKey, &field.column)?));
        let value = tag_wire(input, field);
        self.tokens.extend(quote!(__line.measurement_and_tag(#text, #len, #value);));
        Some(1)
    }

    fn column(&mut self, input: &Input, index: usize, column: &Column<'_>, first: bool) -> Option<()> {
        let call = match column {
            Column::Tag(field) => {
                let text = self.literal(format!(",{}=", name::escape(Place::TagKey, &field.column)?));
                let value = tag_wire(input, field);
                quote!(__line.tag(#text, #index, #value);)
            }
            Column::Extra(tag) => {
                let (key, value) = (name::escape(Place::TagKey, &tag.key)?, tag.value.value());
                let text = self.literal(format!(",{key}={}", name::escape(Place::TagValue, &value)?));
                quote!(__line.extra_tag(#text, #index);)
            }
            Column::Field(field) => {
                let before = if first { " " } else { "," };
                let key = name::escape(Place::FieldKey, &field.column)?;
                let text = self.literal(format!("{before}{key}="));
                let value = field_wire(input, field);
                let fields = first.then(|| quote!(__line.fields();));
                quote!(#fields __line.field(#text, #value);)
            }
        };
        self.tokens.extend(call);
        Some(())
    }
}

/// The fast form; `None` where a column is known only at run time or the dialects differ about a name.
fn straight(input: &Input, columns: &[Column<'_>]) -> Option<Straight> {
    if input.fields.iter().any(Field::is_flat) {
        return None;
    }
    let mut line = Straight { tokens: TokenStream::new(), literals: 0 };
    let written = line.head(input, columns)?;
    let first_field = columns.iter().position(|column| matches!(column, Column::Field(_)));
    for (index, column) in columns.iter().enumerate().skip(written) {
        line.column(input, index, column, first_field == Some(index))?;
    }
    let (root, calls, time) = (&input.root, &line.tokens, time(input));
    let private = quote!(#root::__private);
    line.tokens = quote! {
        let mut __line = __writer.derived(<Self as #private::Derived>::SCHEMA);
        #calls
        if __line.end(#time) {
            return #private::Ok(());
        }
    };
    Some(line)
}

/// The form that names its columns one by one.
fn calls(input: &Input, columns: &[Column<'_>]) -> TokenStream {
    let root = &input.root;
    let statics = columns.iter().map(|column| {
        let key = column.key();
        match column {
            Column::Tag(field) => {
                let value = tag_wire(input, field);
                quote!(__line.put_tag(#key, #value);)
            }
            Column::Extra(tag) => {
                let value = &tag.value;
                quote!(__line.put_tag(#key, #value);)
            }
            Column::Field(field) => {
                let value = field_wire(input, field);
                quote!(__line.put_field(#key, #value);)
            }
        }
    });
    let flat = input.fields.iter().filter(|field| field.is_flat()).map(|field| {
        let (ident, ty, this) = (&field.ident, &field.ty, quote!(self));
        let add = match field.role {
            Role::Tag => quote!(<#ty as #root::FlattenTags>::flatten_tags),
            _ => quote!(<#ty as #root::FlattenFields>::flatten_fields),
        };
        quote!(__line.put_flat(|__line| #add(&#this.#ident, __line));)
    });
    quote!(#(#statics)* #(#flat)*)
}

fn measurement_from(input: &Input) -> TokenStream {
    let root = &input.root;
    let measurement = input.of_role(Role::Measurement).next().map(|field| {
        let (ident, ty) = (&field.ident, &field.ty);
        quote!(<#ty as #root::MeasurementValue>::as_measurement(&self.#ident))
    });
    quote!(#measurement)
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

/// The type of that.
fn field_wire_type(input: &Input, field: &Field) -> TokenStream {
    let (root, ty) = (&input.root, &field.ty);
    match &field.attrs.write_as {
        Some((_, to)) => quote_spanned!(at(field)=> <#ty as #root::WriteAs<#to>>::Wire),
        None => quote_spanned!(at(field)=> <#ty as #root::FieldValue>::Wire<'_>),
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
