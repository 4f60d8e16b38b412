//! The struct as the user wrote it: one model for both directions.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::ext::IdentExt;
use syn::{Data, DeriveInput, Fields, Generics, Ident, Type};

use crate::attr::{self, FieldAttrs, RoleName, StructAttrs};
use crate::ctxt::Ctxt;

/// A struct with named fields.
pub(crate) struct Input {
    pub(crate) ident: Ident,
    pub(crate) generics: Generics,
    pub(crate) attrs: StructAttrs,
    pub(crate) fields: Vec<Field>,
    pub(crate) root: TokenStream,
}

/// What a field is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Role {
    Measurement,
    Tag,
    Field,
    Timestamp,
    Skip,
}

pub(crate) struct Field {
    pub(crate) ident: Ident,
    /// The field's name as text, without `r#`.
    pub(crate) name: String,
    pub(crate) ty: Type,
    pub(crate) role: Role,
    /// The tag or field key, or the name of the time column.
    pub(crate) column: String,
    /// Where errors about the column point.
    pub(crate) column_span: Span,
    pub(crate) attrs: FieldAttrs,
}

impl Field {
    pub(crate) fn is_flat(&self) -> bool {
        self.attrs.flatten.is_some()
    }

    /// Whether the field is one column known at compile time.
    pub(crate) fn is_column(&self) -> bool {
        matches!(self.role, Role::Tag | Role::Field) && !self.is_flat()
    }
}

impl Input {
    /// Reads the struct; `None` when it is none with named fields.
    pub(crate) fn from_syn(cx: &Ctxt, input: &DeriveInput, derive: &str, root: TokenStream) -> Option<Input> {
        let attrs = attr::of_struct(cx, &input.attrs);
        let root = match &attrs.root {
            Some(path) => quote!(#path),
            None => root,
        };
        let Data::Struct(data) = &input.data else {
            let kind = if matches!(input.data, Data::Enum(_)) { "an enum" } else { "a union" };
            let hint = if kind == "an enum" {
                "; for an enum that is a tag or field value, derive `TagValue`"
            } else {
                ""
            };
            cx.error(
                &input.ident,
                format!("`{derive}` is for structs with named fields, and this is {kind}{hint}"),
            );
            return None;
        };
        let Fields::Named(fields) = &data.fields else {
            cx.error(
                &input.ident,
                format!("`{derive}` is for structs with named fields: the names become the columns; name the fields"),
            );
            return None;
        };
        let fields = fields.named.iter().filter_map(|field| Field::from_syn(cx, field, &attrs)).collect();
        Some(Input { ident: input.ident.clone(), generics: input.generics.clone(), attrs, fields, root })
    }

    /// The struct's name as text, without `r#`.
    pub(crate) fn name(&self) -> String {
        self.ident.unraw().to_string()
    }

    /// The measurement where it is the same for all points, and where errors about it point.
    pub(crate) fn static_measurement(&self) -> Option<(String, Span)> {
        if self.fields.iter().any(|field| field.role == Role::Measurement) {
            return None;
        }
        Some(match &self.attrs.measurement {
            Some(name) => (name.value(), name.span()),
            None => (self.name(), self.ident.span()),
        })
    }

    pub(crate) fn of_role(&self, role: Role) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(move |field| field.role == role)
    }
}

impl Field {
    fn from_syn(cx: &Ctxt, field: &syn::Field, of_struct: &StructAttrs) -> Option<Field> {
        let ident = field.ident.clone()?;
        let attrs = attr::of_field(cx, &field.attrs);
        let role = match (&attrs.skip, &attrs.role) {
            (Some(skip), Some((_, role))) => {
                let role = quote!(#role).to_string();
                cx.error(skip, format!("a skipped field has no role; remove `skip` or `#[{role}]`"));
                Role::Skip
            }
            (Some(_), None) => Role::Skip,
            (None, Some((RoleName::Measurement, _))) => Role::Measurement,
            (None, Some((RoleName::Tag, _))) => Role::Tag,
            (None, Some((RoleName::Timestamp, _))) => Role::Timestamp,
            (None, Some((RoleName::Field, _)) | None) => Role::Field,
        };
        let name = ident.unraw().to_string();
        let (column, column_span) = match (&attrs.rename, role) {
            (Some(rename), _) => (rename.value(), rename.span()),
            (None, Role::Timestamp) => ("time".to_owned(), ident.span()),
            (None, _) => {
                (of_struct.rename_all.map_or_else(|| name.clone(), |case| case.apply(&name)), ident.span())
            }
        };
        Some(Field { ident, name, ty: field.ty.clone(), role, column, column_span, attrs })
    }
}
