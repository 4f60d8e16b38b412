//! The expansion of `FromRow`: what is read, slot by slot, and the struct literal that takes the slots.

use proc_macro2::TokenStream;
use quote::quote;

use crate::ast::{Field, Input, Role};
use crate::bounds;
use crate::fallback::with_row_lifetime;
use crate::family;
use crate::write::unit_tokens;

/// The impl for a checked struct.
pub(crate) fn expand(input: &Input) -> TokenStream {
    let Input { ident, root, .. } = input;
    let private = quote!(#root::__private);
    let name = input.name();
    // maps take what the other fields leave: they come last
    let (maps, columns): (Vec<_>, Vec<_>) = input
        .fields
        .iter()
        .filter(|f| f.role != Role::Skip)
        .partition(|f| f.is_flat() && f.role == Role::Tag);
    let ordered: Vec<&Field> = columns.into_iter().chain(maps).collect();
    let reads = ordered.iter().map(|field| read(root, field));
    let (mut count, mut nested) = (0usize, Vec::new());
    let mut takes = Vec::new();
    for field in &ordered {
        takes.push(take(root, field, &quote!(#count #(+ #nested)*)));
        match field.is_flat() {
            true => {
                let ty = &field.ty;
                nested.push(quote!(<#ty as #root::FromRow<'__r>>::SLOTS));
            }
            false => count += 1,
        }
    }
    let slots = quote!(#count #(+ #nested)*);
    let skips = input.of_role(Role::Skip).map(|field| {
        let (ident, ty) = (&field.ident, &field.ty);
        quote!(#ident: <#ty as ::core::default::Default>::default())
    });
    let with_row = with_row_lifetime(&input.generics);
    let (impl_generics, _, _) = with_row.split_for_impl();
    let (_, ty_generics, _) = input.generics.split_for_impl();
    let where_clause = bounds::with(&input.generics, predicates(input));
    let family = family::expand(&input.generics, ident, root);
    quote! {
        #family
        #[automatically_derived]
        impl #impl_generics #root::FromRow<'__r> for #ident #ty_generics #where_clause {
            const READS: #root::Reads = #root::Reads::new(#name, &[#(#reads),*]);
            #[inline]
            fn from_row(__row: &#root::Row<'_, '__r>) -> #private::Result<Self, #root::DecodeError> {
                __row.has(#slots)?;
                #private::Ok(Self { #(#takes,)* #(#skips,)* })
            }
        }
    }
}

fn read(root: &TokenStream, field: &Field) -> TokenStream {
    let (name, column, ty) = (&field.name, &field.column, &field.ty);
    let has_default = field.attrs.default.is_some();
    let nullable = |nullable: TokenStream| if has_default { quote!(true) } else { nullable };
    match (field.role, field.is_flat()) {
        (Role::Measurement, _) => quote!(#root::Read::measurement(#name)),
        (Role::Timestamp, _) => {
            let nullable = match (&field.attrs.unit, &field.attrs.assume_utc) {
                (Some(_), _) => quote!(<#ty as #root::__private::FromTimestampUnit>::NULLABLE),
                (None, Some(_)) => quote!(<#ty as #root::__private::FromNaiveTimestamp>::NULLABLE),
                (None, None) => quote!(<#ty as #root::FromTimestamp>::NULLABLE),
            };
            quote!(#root::Read::timestamp(#name, #column, #nullable))
        }
        (role, true) => {
            let row = quote!(<#ty as #root::FromRow<'__r>>);
            let rest = if role == Role::Tag { quote!(Tags) } else { quote!(Fields) };
            let rest = quote!(#root::__private::Rest::#rest);
            quote!(#root::Read::flat(#name, &#row::READS, #row::SLOTS, #row::plan_flat, #rest))
        }
        (role, false) => {
            let nullable = match &field.attrs.write_as {
                Some((_, to)) => nullable(quote!(<#ty as #root::__private::FromCast<#to>>::NULLABLE)),
                None => nullable(quote!(<#ty as #root::FromValue<'__r>>::NULLABLE)),
            };
            let want = match &field.attrs.write_as {
                Some((_, to)) => quote!(<#ty as #root::__private::FromCast<#to>>::WANT),
                None => quote!(<#ty as #root::FromValue<'__r>>::WANT),
            };
            let method = if role == Role::Tag { quote!(tag) } else { quote!(field) };
            quote!(#root::Read::#method(#name, #column, #want, #nullable))
        }
    }
}

fn take(root: &TokenStream, field: &Field, slot: &TokenStream) -> TokenStream {
    let (ident, ty) = (&field.ident, &field.ty);
    let or_default = field.attrs.default.is_some();
    let value = match (field.role, field.is_flat()) {
        (Role::Timestamp, _) => match (&field.attrs.unit, &field.attrs.assume_utc) {
            (Some((_, unit)), _) => {
                let unit = unit_tokens(root, *unit);
                quote!(<#ty as #root::__private::FromTimestampUnit>::take(__row, #slot, #unit)?)
            }
            (None, Some(_)) => quote!(<#ty as #root::__private::FromNaiveTimestamp>::take(__row, #slot)?),
            (None, None) => quote!(<#ty as #root::FromTimestamp>::take(__row, #slot)?),
        },
        (_, true) => quote!(<#ty as #root::FromRow<'__r>>::from_row(&__row.nested(#slot))?),
        (role, false) => {
            let method = match (role, or_default, &field.attrs.write_as) {
                (_, true, Some((_, to))) => {
                    return quote!(#ident: __row.take_cast_or_default::<#to, #ty>(#slot)?);
                }
                (_, false, Some((_, to))) => return quote!(#ident: __row.take_cast::<#to, #ty>(#slot)?),
                (Role::Tag, ..) if field.attrs.shared.is_some() => {
                    return quote!(#ident: __row.take_shared_tag::<#ty>(#slot)?);
                }
                _ if field.attrs.shared.is_some() => {
                    return quote!(#ident: __row.take_shared::<#ty>(#slot)?);
                }
                (Role::Tag, true, None) => quote!(take_tag_or_default),
                (Role::Tag, false, None) => quote!(take_tag),
                (_, true, None) => quote!(take_or_default),
                (_, false, None) => quote!(take),
            };
            quote!(<#ty as #root::FromValue<'__r>>::#method(__row, #slot)?)
        }
    };
    quote!(#ident: #value)
}

/// What the types that mention a parameter must be.
fn predicates(input: &Input) -> Vec<(&syn::Type, TokenStream)> {
    let root = &input.root;
    let bound = |field: &Field| {
        let bound = match (field.role, field.is_flat()) {
            (Role::Skip, _) => return Some(quote!(::core::default::Default)),
            (Role::Timestamp, _) => match (&field.attrs.unit, &field.attrs.assume_utc) {
                (Some(_), _) => quote!(#root::__private::FromTimestampUnit),
                (None, Some(_)) => quote!(#root::__private::FromNaiveTimestamp),
                (None, None) => quote!(#root::FromTimestamp),
            },
            (_, true) => quote!(#root::FromRow<'__r>),
            (_, false) => match &field.attrs.write_as {
                Some((_, to)) => quote!(#root::__private::FromCast<#to>),
                None if field.attrs.shared.is_some() => quote!(#root::FromValue<'__r> + #root::FromShared),
                None => quote!(#root::FromValue<'__r>),
            },
        };
        Some(match field.attrs.default {
            Some(_) => quote!(#bound + ::core::default::Default),
            None => bound,
        })
    };
    input.fields.iter().filter_map(|field| Some((&field.ty, bound(field)?))).collect()
}
