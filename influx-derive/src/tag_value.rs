//! The expansion of `TagValue` (unit enums and newtypes) and `FieldValue` (newtypes).

use std::collections::HashMap;

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Data, DataEnum, DeriveInput, Fields, Ident, Type};

use crate::attr;
use crate::ctxt::Ctxt;
use crate::name::{self, Place};

/// What the derive was put on.
enum Shape<'i> {
    Enum(Vec<Variant<'i>>),
    Newtype(&'i Type),
}

struct Variant<'i> {
    ident: &'i Ident,
    name: String,
}

/// Both derives: `tags` tells which.
pub(crate) fn expand(input: &DeriveInput, root: TokenStream, tags: bool) -> syn::Result<TokenStream> {
    let cx = Ctxt::new();
    let attrs = attr::of_value(&cx, &input.attrs, false);
    let root = attrs.root.as_ref().map_or(root, |path| quote!(#path));
    let shape = match (&input.data, tags) {
        (Data::Enum(data), true) => Some(Shape::Enum(variants(&cx, &input.ident, data, &attrs))),
        (Data::Struct(data), _) => newtype(&cx, &input.ident, &data.fields, tags),
        (Data::Enum(_), false) => {
            cx.error(&input.ident, "for an enum, derive `TagValue`: it makes it a field value, too");
            None
        }
        (Data::Union(_), _) => {
            cx.error(&input.ident, "a union cannot be a tag or field value");
            None
        }
    };
    cx.finish()?;
    Ok(match shape {
        Some(Shape::Enum(variants)) => of_enum(input, &root, &variants),
        Some(Shape::Newtype(inner)) => of_newtype(input, &root, inner, tags),
        None => TokenStream::new(),
    })
}

fn newtype<'i>(cx: &Ctxt, ident: &Ident, fields: &'i Fields, tags: bool) -> Option<Shape<'i>> {
    if let Fields::Unnamed(fields) = fields
        && fields.unnamed.len() == 1
    {
        return fields.unnamed.first().map(|field| Shape::Newtype(&field.ty));
    }
    let message = match tags {
        true => {
            "`TagValue` is for unit enums and for structs of one unnamed field, like `struct Ticker(String);`"
        }
        false => "`FieldValue` is for structs of one unnamed field, like `struct Celsius(f64);`",
    };
    cx.error(ident, message);
    None
}

fn variants<'i>(cx: &Ctxt, ident: &Ident, data: &'i DataEnum, attrs: &attr::ValueAttrs) -> Vec<Variant<'i>> {
    if data.variants.is_empty() {
        cx.error(ident, "an enum without variants has no values to write");
    }
    let mut seen: HashMap<String, String> = HashMap::new();
    let mut out = Vec::new();
    for variant in &data.variants {
        let ident = &variant.ident;
        if !matches!(variant.fields, Fields::Unit) {
            cx.error(variant, "a tag value is one name: only variants without fields can be written");
            continue;
        }
        let own = attr::of_value(cx, &variant.attrs, true);
        let spelled = ident.unraw().to_string();
        let (name, span) = match (&own.rename, attrs.rename_all) {
            (Some(rename), _) => (rename.value(), rename.span()),
            (None, Some(case)) => (case.apply(&spelled), ident.span()),
            (None, None) => (spelled.clone(), ident.span()),
        };
        if let Err(message) = name::check(Place::TagValue, &name) {
            cx.push(syn::Error::new(span, message));
        }
        if let Some(other) = seen.insert(name.clone(), spelled) {
            cx.push(syn::Error::new(span, format!("`{other}` is written \"{name}\" already; rename one")));
        }
        out.push(Variant { ident, name });
    }
    out
}

fn of_enum(input: &DeriveInput, root: &TokenStream, variants: &[Variant<'_>]) -> TokenStream {
    let ident = &input.ident;
    let private = quote!(#root::__private);
    let idents: Vec<_> = variants.iter().map(|variant| variant.ident).collect();
    let names: Vec<_> = variants.iter().map(|variant| variant.name.as_str()).collect();
    let escaped: Vec<_> =
        names.iter().map(|name| name::escape(Place::TagValue, name).unwrap_or_default()).collect();
    let expected =
        format!("one of {}", names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", "));
    let (impl_generics, ty_generics, where_clause) = input.generics.split_for_impl();
    let with_row = crate::fallback::with_row_lifetime(&input.generics);
    let (row_generics, _, _) = with_row.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #impl_generics #root::TagValue for #ident #ty_generics #where_clause {
            type Wire<'__w> = #root::Name where Self: '__w;
            #[inline]
            fn wire(&self) -> #root::Name {
                match self {
                    #(Self::#idents => #root::Name::new(#names, #escaped),)*
                }
            }
        }
        #[automatically_derived]
        impl #impl_generics #root::FieldValue for #ident #ty_generics #where_clause {
            type Wire<'__w> = #root::Name where Self: '__w;
            #[inline]
            fn wire(&self) -> #root::Name {
                #root::TagValue::wire(self)
            }
        }
        #[automatically_derived]
        impl #impl_generics #root::MeasurementValue for #ident #ty_generics #where_clause {
            fn as_measurement(&self) -> &#private::str {
                #root::TagValue::wire(self).as_str()
            }
        }
        #[automatically_derived]
        impl #row_generics #root::FromValue<'__r> for #ident #ty_generics #where_clause {
            const WANT: #private::Want = #private::Want::Str;
            fn from_value(__value: #root::ValueRef<'__r>) -> #private::Result<Self, #root::Mismatch> {
                if let #root::ValueRef::Str(__name) = __value {
                    match __name {
                        #(#names => return #private::Ok(Self::#idents),)*
                        _ => {}
                    }
                }
                #private::Err(#root::Mismatch::expected(#expected))
            }
        }
    }
}

fn of_newtype(input: &DeriveInput, root: &TokenStream, inner: &Type, tags: bool) -> TokenStream {
    let ident = &input.ident;
    let private = quote!(#root::__private);
    let (impl_generics, ty_generics, _) = input.generics.split_for_impl();
    let with_row = crate::fallback::with_row_lifetime(&input.generics);
    let (row_generics, _, _) = with_row.split_for_impl();
    let clause = |bound: TokenStream| crate::bounds::with(&input.generics, [(inner, bound)]);
    let write = |name: &str| {
        let of_trait = Ident::new(name, Span::call_site());
        let where_clause = clause(quote!(#root::#of_trait));
        // what is inside is shown where the user wrote it
        let at = Span::call_site().located_at(inner.span());
        let items = quote_spanned! {at=>
            type Wire<'__w> = <#inner as #root::#of_trait>::Wire<'__w> where Self: '__w;
            #[inline]
            fn wire(&self) -> Self::Wire<'_> {
                <#inner as #root::#of_trait>::wire(&self.0)
            }
        };
        quote! {
            #[automatically_derived]
            impl #impl_generics #root::#of_trait for #ident #ty_generics #where_clause {
                #items
            }
        }
    };
    let tag = tags.then(|| write("TagValue"));
    let field = write("FieldValue");
    let where_clause = clause(quote!(#root::FromValue<'__r>));
    quote! {
        #tag
        #field
        #[automatically_derived]
        impl #row_generics #root::FromValue<'__r> for #ident #ty_generics #where_clause {
            const WANT: #private::Want = <#inner as #root::FromValue<'__r>>::WANT;
            const NULLABLE: #private::bool = <#inner as #root::FromValue<'__r>>::NULLABLE;
            fn from_value(__value: #root::ValueRef<'__r>) -> #private::Result<Self, #root::Mismatch> {
                #private::Ok(Self(<#inner as #root::FromValue<'__r>>::from_value(__value)?))
            }
        }
    }
}
