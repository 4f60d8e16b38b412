//! The expansion of `RowFamily`: the struct with the lifetime of the rows in place of its own.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{GenericParam, Generics, Ident, WherePredicate, parse_quote};

/// The impl for a struct, whichever its generics are.
pub(crate) fn expand(generics: &Generics, ident: &Ident, root: &TokenStream) -> TokenStream {
    let arguments: Vec<TokenStream> = generics
        .params
        .iter()
        .map(|param| match param {
            GenericParam::Lifetime(_) => quote!('__r),
            GenericParam::Type(param) => param.ident.to_token_stream(),
            GenericParam::Const(param) => param.ident.to_token_stream(),
        })
        .collect();
    let row = match arguments.is_empty() {
        true => quote!(#ident),
        false => quote!(#ident<#(#arguments),*>),
    };
    let mut bounded = generics.clone();
    let types: Vec<Ident> = generics.type_params().map(|param| param.ident.clone()).collect();
    if !types.is_empty() {
        let clause = bounded.make_where_clause();
        let is_row: WherePredicate = parse_quote!(for<'__r> #row: #root::FromRow<'__r>);
        clause.predicates.push(is_row);
        // a row of any lifetime holds them
        if generics.lifetimes().next().is_some() {
            clause.predicates.extend(types.iter().map(|ty| -> WherePredicate { parse_quote!(#ty: 'static) }));
        }
    }
    let (impl_generics, _, where_clause) = bounded.split_for_impl();
    let (_, ty_generics, _) = generics.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #impl_generics #root::RowFamily for #ident #ty_generics #where_clause {
            type Row<'__r> = #row;
        }
    }
}
