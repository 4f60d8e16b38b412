//! Every attribute key: which there are, where they may stand, their values, and that none is given twice.

use proc_macro2::Span;
use syn::meta::ParseNestedMeta;
use syn::{Attribute, LitStr, Meta, Path, Type};

use crate::case::Case;
use crate::ctxt::Ctxt;
use crate::value::{self, spelled};

/// What a struct says about itself.
#[derive(Default)]
pub(crate) struct StructAttrs {
    pub(crate) measurement: Option<LitStr>,
    pub(crate) rename_all: Option<Case>,
    pub(crate) extra_tags: Vec<ExtraTag>,
    pub(crate) declared_order: bool,
    pub(crate) placeholder: bool,
    pub(crate) root: Option<Path>,
}

/// `k = "v"` of `extra_tags`.
pub(crate) struct ExtraTag {
    pub(crate) key: String,
    pub(crate) key_span: Span,
    pub(crate) value: LitStr,
}

/// The role attribute of a field.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum RoleName {
    Measurement,
    Tag,
    Field,
    Timestamp,
}

const ROLES: [(&str, RoleName); 4] = [
    ("measurement", RoleName::Measurement),
    ("tag", RoleName::Tag),
    ("field", RoleName::Field),
    ("timestamp", RoleName::Timestamp),
];

/// What a field says about itself.
#[derive(Default)]
pub(crate) struct FieldAttrs {
    pub(crate) role: Option<(RoleName, Path)>,
    pub(crate) skip: Option<Path>,
    pub(crate) rename: Option<LitStr>,
    pub(crate) default: Option<Path>,
    pub(crate) flatten: Option<Path>,
    pub(crate) shared: Option<Path>,
    pub(crate) write_as: Option<(Path, Type)>,
    pub(crate) unit: Option<(Path, Unit)>,
    pub(crate) assume_utc: Option<Path>,
    pub(crate) nan: Option<(Path, Nan)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    Ns,
    Us,
    Ms,
    S,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nan {
    Error,
    Skip,
}

const STRUCT_KEYS: &str = "`rename_all`, `extra_tags`, `tag_order`, `placeholder`, `crate`";

/// Reads the attributes of a struct.
pub(crate) fn of_struct(cx: &Ctxt, attrs: &[Attribute]) -> StructAttrs {
    let mut out = StructAttrs::default();
    let mut seen = Seen::default();
    for attr in attrs {
        if attr.path().is_ident("measurement") {
            measurement(cx, attr, &mut out);
        } else if attr.path().is_ident("line_protocol") {
            nested(cx, attr, STRUCT_KEYS, |meta| struct_key(&mut out, &mut seen, meta));
        } else if let Some((name, _)) = ROLES.iter().find(|(name, _)| attr.path().is_ident(name)) {
            cx.error(attr.path(), format!("`#[{name}]` belongs on a field, not on the struct"));
        }
    }
    out
}

fn measurement(cx: &Ctxt, attr: &Attribute, out: &mut StructAttrs) {
    const USAGE: &str = "on a struct, write the name: `#[measurement(\"name\")]`";
    let Meta::List(_) = &attr.meta else {
        return cx.error(&attr.meta, USAGE);
    };
    match attr.parse_args::<LitStr>() {
        Ok(_) if out.measurement.is_some() => cx.error(attr.path(), "`#[measurement]` is given twice"),
        Ok(name) => out.measurement = Some(name),
        Err(_) => cx.error(&attr.meta, USAGE),
    }
}

fn struct_key(out: &mut StructAttrs, seen: &mut Seen, meta: &ParseNestedMeta<'_>) -> syn::Result<bool> {
    if meta.path.is_ident("rename_all") {
        seen.once(&meta.path)?;
        out.rename_all = Some(case(meta)?);
    } else if meta.path.is_ident("extra_tags") {
        seen.once(&meta.path)?;
        out.extra_tags = extra_tags(meta)?;
    } else if meta.path.is_ident("tag_order") {
        seen.once(&meta.path)?;
        let value = value::text(meta, "\"declared\"")?;
        out.declared_order = match value.value().as_str() {
            "sorted" => false,
            "declared" => true,
            _ => return Err(syn::Error::new_spanned(&value, "expected \"sorted\" or \"declared\"")),
        };
    } else if meta.path.is_ident("placeholder") {
        seen.once(&meta.path)?;
        value::none(meta, "")?;
        out.placeholder = true;
    } else if meta.path.is_ident("crate") {
        seen.once(&meta.path)?;
        out.root = Some(value::path(meta, "influx_core")?);
    } else if meta.path.is_ident("skip") {
        return Err(meta.error("`skip` belongs on a field, not on the struct"));
    } else {
        return Ok(false);
    }
    Ok(true)
}

fn extra_tags(meta: &ParseNestedMeta<'_>) -> syn::Result<Vec<ExtraTag>> {
    const USAGE: &str = "write the tags as `extra_tags(env = \"test\", zone = \"a\")`";
    if !meta.input.peek(syn::token::Paren) {
        return Err(meta.error(USAGE));
    }
    let content;
    syn::parenthesized!(content in meta.input);
    let tags = extra_tags_within(&content);
    tags.map_err(|error| syn::Error::new(error.span(), USAGE))
}

fn extra_tags_within(content: syn::parse::ParseStream<'_>) -> syn::Result<Vec<ExtraTag>> {
    let mut tags = Vec::new();
    while !content.is_empty() {
        let (key, key_span) = if content.peek(LitStr) {
            let key: LitStr = content.parse()?;
            (key.value(), key.span())
        } else {
            let key = <syn::Ident as syn::ext::IdentExt>::parse_any(content)?;
            (syn::ext::IdentExt::unraw(&key).to_string(), key.span())
        };
        content.parse::<syn::Token![=]>()?;
        tags.push(ExtraTag { key, key_span, value: content.parse()? });
        if !content.is_empty() {
            content.parse::<syn::Token![,]>()?;
        }
    }
    Ok(tags)
}

/// Reads the attributes of a field.
pub(crate) fn of_field(cx: &Ctxt, attrs: &[Attribute]) -> FieldAttrs {
    let mut out = FieldAttrs::default();
    let mut seen = Seen::default();
    for attr in attrs {
        if let Some((_, role)) = ROLES.iter().find(|(name, _)| attr.path().is_ident(name)) {
            match &out.role {
                Some((other, _)) => {
                    let message = match other == role {
                        true => "this role is given twice; remove one".to_owned(),
                        false => {
                            format!("a field has one role, and this one is a {} already", role_text(*other))
                        }
                    };
                    cx.error(attr.path(), message);
                }
                None => out.role = Some((*role, attr.path().clone())),
            }
            if let Meta::List(list) = &attr.meta
                && *role == RoleName::Measurement
                && syn::parse2::<LitStr>(list.tokens.clone()).is_ok()
            {
                cx.error(
                    &list.tokens,
                    "a fixed measurement belongs on the struct; on a field, write `#[measurement]`",
                );
                continue;
            }
            if !matches!(attr.meta, Meta::Path(_)) {
                nested(cx, attr, keys_of(*role), |meta| field_key(&mut out, &mut seen, *role, meta));
            }
        } else if attr.path().is_ident("line_protocol") {
            nested(cx, attr, "`skip`", |meta| {
                if !meta.path.is_ident("skip") {
                    return match is_field_key(&meta.path)
                        || STRUCT_KEYS.contains(&format!("`{}`", spelled(&meta.path)))
                    {
                        true => Err(meta.error(misplaced(&meta.path))),
                        false => Ok(false),
                    };
                }
                seen.once(&meta.path)?;
                value::none(meta, "")?;
                out.skip = Some(meta.path.clone());
                Ok(true)
            });
        }
    }
    out
}

fn misplaced(key: &Path) -> String {
    let key = spelled(key);
    match key.as_str() {
        "unit" | "assume_utc" => format!("write it as `#[timestamp({key} ..)]`"),
        "nan" | "as" => format!("write it as `#[field({key} ..)]`"),
        "rename" | "default" | "flatten" | "shared" => {
            format!("write it in the role: `#[tag({key} ..)]` or `#[field({key} ..)]`")
        }
        _ => format!("`{key}` belongs on the struct, not on a field"),
    }
}

fn role_text(role: RoleName) -> &'static str {
    ROLES.iter().find(|(_, other)| *other == role).map_or("", |(name, _)| name)
}

fn keys_of(role: RoleName) -> &'static str {
    match role {
        RoleName::Measurement => "none; write `#[measurement]`",
        RoleName::Tag => "`rename`, `default`, `flatten`, `shared`",
        RoleName::Field => "`rename`, `default`, `flatten`, `shared`, `as`, `nan`",
        RoleName::Timestamp => "`rename`, `unit`, `assume_utc`",
    }
}

fn is_field_key(path: &Path) -> bool {
    const KEYS: [&str; 8] = ["rename", "default", "flatten", "shared", "as", "unit", "assume_utc", "nan"];
    KEYS.iter().any(|key| path.is_ident(key))
}

fn field_key(
    out: &mut FieldAttrs,
    seen: &mut Seen,
    role: RoleName,
    meta: &ParseNestedMeta<'_>,
) -> syn::Result<bool> {
    let key = spelled(&meta.path);
    if !is_field_key(&meta.path) {
        return Ok(false);
    }
    if !keys_of(role).contains(&format!("`{key}`")) {
        let role = role_text(role);
        return Err(meta.error(format!("`{key}` does not go with `#[{role}]`")));
    }
    seen.once(&meta.path)?;
    let path = meta.path.clone();
    match key.as_str() {
        "rename" => out.rename = Some(value::text(meta, "\"name\"")?),
        "default" => {
            value::none(
                meta,
                ": it is `Default::default()`; another value is that of a type of your own, or what an Option is replaced by",
            )?;
            out.default = Some(path);
        }
        "flatten" | "shared" | "assume_utc" => {
            value::none(meta, "")?;
            match key.as_str() {
                "flatten" => out.flatten = Some(path),
                "shared" => out.shared = Some(path),
                _ => out.assume_utc = Some(path),
            }
        }
        "as" => out.write_as = Some((path, value::ty(meta, "f64")?)),
        "unit" => {
            let value = value::text(meta, "\"ms\"")?;
            let unit = match value.value().as_str() {
                "ns" => Unit::Ns,
                "us" => Unit::Us,
                "ms" => Unit::Ms,
                "s" => Unit::S,
                _ => return Err(syn::Error::new_spanned(&value, "expected \"ns\", \"us\", \"ms\" or \"s\"")),
            };
            out.unit = Some((path, unit));
        }
        _ => {
            let value = value::text(meta, "\"skip\"")?;
            let nan = match value.value().as_str() {
                "error" => Nan::Error,
                "skip" => Nan::Skip,
                _ => return Err(syn::Error::new_spanned(&value, "expected \"error\" or \"skip\"")),
            };
            out.nan = Some((path, nan));
        }
    }
    Ok(true)
}

/// What an enum, variant or newtype says about itself.
#[derive(Default)]
pub(crate) struct ValueAttrs {
    pub(crate) rename_all: Option<Case>,
    pub(crate) rename: Option<LitStr>,
    pub(crate) root: Option<Path>,
}

/// Reads `#[tag_value(..)]`.
pub(crate) fn of_value(cx: &Ctxt, attrs: &[Attribute], on_variant: bool) -> ValueAttrs {
    let mut out = ValueAttrs::default();
    let mut seen = Seen::default();
    let keys = if on_variant { "`rename`" } else { "`rename_all`, `crate`" };
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("tag_value")) {
        nested(cx, attr, keys, |meta| {
            if meta.path.is_ident("rename_all") && !on_variant {
                seen.once(&meta.path)?;
                out.rename_all = Some(case(meta)?);
            } else if meta.path.is_ident("crate") && !on_variant {
                seen.once(&meta.path)?;
                out.root = Some(value::path(meta, "influx_core")?);
            } else if meta.path.is_ident("rename") && on_variant {
                seen.once(&meta.path)?;
                out.rename = Some(value::text(meta, "\"name\"")?);
            } else {
                return Ok(false);
            }
            Ok(true)
        });
    }
    out
}

fn case(meta: &ParseNestedMeta<'_>) -> syn::Result<Case> {
    let value = value::text(meta, "\"snake_case\"")?;
    Case::parse(&value.value()).map_err(|message| syn::Error::new_spanned(&value, message))
}

/// The keys inside one attribute. `one` answers whether it knows the key; an error ends this attribute only.
fn nested(
    cx: &Ctxt,
    attr: &Attribute,
    expected: &str,
    mut one: impl FnMut(&ParseNestedMeta<'_>) -> syn::Result<bool>,
) {
    if matches!(attr.meta, Meta::NameValue(_) | Meta::Path(_)) {
        return cx.error(
            &attr.meta,
            format!("write it as `#[{}(..)]`, with one of: {expected}", spelled(attr.path())),
        );
    }
    let mut own = false;
    let parsed = attr.parse_nested_meta(|meta| {
        let known = one(&meta).and_then(|known| match known {
            true => Ok(()),
            false => {
                let unknown =
                    format!("unknown option `{}`, expected one of: {expected}", spelled(&meta.path));
                Err(meta.error(unknown))
            }
        });
        own |= known.is_err();
        known
    });
    match parsed {
        Ok(()) => {}
        Err(error) if own => cx.push(error),
        // neither an option nor the comma behind one
        Err(error) => cx.push(syn::Error::new(error.span(), value::not_an_option(attr, expected))),
    }
}

/// The keys met so far.
#[derive(Default)]
struct Seen(Vec<String>);

impl Seen {
    fn once(&mut self, path: &Path) -> syn::Result<()> {
        let key = spelled(path);
        if self.0.contains(&key) {
            return Err(syn::Error::new_spanned(path, format!("`{key}` is given twice; remove one")));
        }
        self.0.push(key);
        Ok(())
    }
}
