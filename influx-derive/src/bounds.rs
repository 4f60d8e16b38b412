//! The where clause: a bound on each field's type that mentions a type parameter, and on no other.

use proc_macro2::TokenStream;
use quote::quote;
use syn::visit::Visit;
use syn::{Generics, Ident, Type, WhereClause, WherePredicate};

/// Adds `predicates` of the types that mention a parameter to the user's where clause.
pub(crate) fn with<'t>(
    generics: &Generics,
    predicates: impl IntoIterator<Item = (&'t Type, TokenStream)>,
) -> Option<WhereClause> {
    let params: Vec<&Ident> = generics.type_params().map(|param| &param.ident).collect();
    let mut clause = generics.where_clause.clone();
    for (ty, bound) in predicates {
        if mentions(ty, &params)
            && let Ok(predicate) = syn::parse2::<WherePredicate>(quote!(#ty: #bound))
        {
            let clause = clause.get_or_insert_with(|| WhereClause {
                where_token: Default::default(),
                predicates: Default::default(),
            });
            clause.predicates.push(predicate);
        }
    }
    clause
}

fn mentions(ty: &Type, params: &[&Ident]) -> bool {
    struct Search<'p> {
        params: &'p [&'p Ident],
        found: bool,
    }
    impl<'ast> Visit<'ast> for Search<'_> {
        fn visit_ident(&mut self, ident: &'ast Ident) {
            self.found |= self.params.contains(&ident);
        }
    }
    let mut search = Search { params, found: false };
    search.visit_type(ty);
    search.found
}
