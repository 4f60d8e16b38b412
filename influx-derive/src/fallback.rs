//! What a wrong input expands to: its errors, and an impl that spares the user errors about a missing one.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, GenericParam, Generics, Lifetime, LifetimeParam};

use crate::family;

pub(crate) fn line_protocol(error: syn::Error, input: &DeriveInput, root: &TokenStream) -> TokenStream {
    let (errors, ident) = (error.into_compile_error(), &input.ident);
    let (impl_generics, ty_generics, where_clause) = input.generics.split_for_impl();
    quote! {
        #errors
        #[automatically_derived]
        impl #impl_generics #root::LineProtocol for #ident #ty_generics #where_clause {
            fn encode(&self, _: &mut #root::LineWriter) -> #root::__private::Result<(), #root::EncodeError> {
                loop {}
            }
        }
    }
}

pub(crate) fn from_row(error: syn::Error, input: &DeriveInput, root: &TokenStream) -> TokenStream {
    let (errors, ident) = (error.into_compile_error(), &input.ident);
    let with_row = with_row_lifetime(&input.generics);
    let (impl_generics, _, _) = with_row.split_for_impl();
    let (_, ty_generics, where_clause) = input.generics.split_for_impl();
    let family = family::expand(&input.generics, ident, root);
    quote! {
        #errors
        #family
        #[automatically_derived]
        impl #impl_generics #root::FromRow<'__r> for #ident #ty_generics #where_clause {
            const SLOTS: usize = 0;
            fn plan(_: &mut #root::__private::Planner<'_>) -> #root::__private::Result<(), #root::DecodeError> {
                loop {}
            }
            fn from_row(_: &#root::Row<'_, '__r>) -> #root::__private::Result<Self, #root::DecodeError> {
                loop {}
            }
        }
    }
}

pub(crate) fn value(error: syn::Error, input: &DeriveInput, root: &TokenStream, tags: bool) -> TokenStream {
    let (errors, ident) = (error.into_compile_error(), &input.ident);
    let (impl_generics, ty_generics, where_clause) = input.generics.split_for_impl();
    let write = |of_trait: TokenStream| {
        quote! {
            #[automatically_derived]
            impl #impl_generics #root::#of_trait for #ident #ty_generics #where_clause {
                type Wire<'__w> = bool where Self: '__w;
                fn wire(&self) -> bool {
                    loop {}
                }
            }
        }
    };
    let tag = tags.then(|| write(quote!(TagValue)));
    let field = write(quote!(FieldValue));
    let with_row = with_row_lifetime(&input.generics);
    let (row_generics, _, _) = with_row.split_for_impl();
    quote! {
        #errors
        #tag
        #field
        #[automatically_derived]
        impl #row_generics #root::FromValue<'__r> for #ident #ty_generics #where_clause {
            fn from_value(_: #root::ValueRef<'__r>) -> #root::__private::Result<Self, #root::Mismatch> {
                loop {}
            }
        }
    }
}

/// The generics with a lifetime `'__r` in front: that of the row, which outlives all others.
pub(crate) fn with_row_lifetime(generics: &Generics) -> Generics {
    let mut with_row = generics.clone();
    let row = Lifetime::new("'__r", proc_macro2::Span::call_site());
    let mut param = LifetimeParam::new(row);
    param.bounds = generics.lifetimes().map(|other| other.lifetime.clone()).collect();
    with_row.params.insert(0, GenericParam::Lifetime(param));
    with_row
}
