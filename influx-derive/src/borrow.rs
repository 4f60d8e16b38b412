//! Texts that are lent for `'static`, which no row can.

use syn::visit::{Visit, visit_type};
use syn::{GenericArgument, Lifetime, PathArguments, Type, TypePath};

/// The first type within this one that borrows for `'static`: a reference or a `Cow`. Other types of such a lifetime may own what they hold.
pub(crate) fn of_static(ty: &Type) -> Option<&Type> {
    struct Search<'t>(Option<&'t Type>);
    impl<'ast> Visit<'ast> for Search<'ast> {
        fn visit_type(&mut self, ty: &'ast Type) {
            let borrows = match ty {
                Type::Reference(reference) => reference.lifetime.as_ref().is_some_and(is_static),
                Type::Path(path) => is_static_cow(path),
                _ => false,
            };
            if borrows {
                self.0.get_or_insert(ty);
            }
            visit_type(self, ty);
        }
    }
    let mut search = Search(None);
    search.visit_type(ty);
    search.0
}

fn is_static(lifetime: &Lifetime) -> bool {
    lifetime.ident == "static"
}

fn is_static_cow(path: &TypePath) -> bool {
    let Some(last) = path.path.segments.last().filter(|last| last.ident == "Cow") else { return false };
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return false };
    matches!(arguments.args.first(), Some(GenericArgument::Lifetime(lifetime)) if is_static(lifetime))
}
