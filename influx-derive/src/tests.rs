//! The expansions as they are, and the names escaped at compile time beside those escaped at run time.

use proptest::prelude::*;
use quote::quote;
use syn::{DeriveInput, parse_quote};

use crate::name::{self, Place};

fn pretty(tokens: proc_macro2::TokenStream) -> String {
    let file = syn::parse2(tokens).expect("the expansion is a file of items");
    prettyplease::unparse(&file)
}

fn write(input: DeriveInput) -> String {
    pretty(crate::derive_line_protocol(&input, quote!(::influx_core)))
}

fn read(input: DeriveInput) -> String {
    pretty(crate::derive_from_row(&input, quote!(::influx_core)))
}

fn value(input: DeriveInput, tags: bool) -> String {
    pretty(crate::derive_value(&input, quote!(::influx_core), tags))
}

fn trade() -> DeriveInput {
    parse_quote! {
        #[measurement("trades")]
        struct Trade {
            #[timestamp] time: DateTime<Utc>,
            #[tag] instrument: String,
            #[tag] side: Side,
            #[field] price: f64,
            #[field] size: i64,
            #[field] trade_id: Option<String>,
        }
    }
}

#[test]
fn line_protocol_of_a_plain_struct() {
    insta::assert_snapshot!(write(trade()));
}

#[test]
fn from_row_of_a_plain_struct() {
    insta::assert_snapshot!(read(trade()));
}

fn every_option() -> DeriveInput {
    parse_quote! {
        #[line_protocol(rename_all = "camelCase", extra_tags(env = "a b"), tag_order = "declared", placeholder)]
        struct Every<'a, T, const N: usize> where T: Clone {
            #[measurement] name: &'a str,
            #[timestamp(unit = "ms")] at: Option<u64>,
            #[tag(rename = "the host")] host: &'a T,
            #[field(as = f64)] count: Option<i64>,
            #[field(nan = "skip", default)] load: f64,
            #[line_protocol(skip)] cache: [T; N],
            r#type: u8,
        }
    }
}

#[test]
fn line_protocol_with_every_option() {
    insta::assert_snapshot!(write(every_option()));
}

#[test]
fn from_row_with_every_option() {
    insta::assert_snapshot!(read(every_option()));
}

#[test]
fn flattened_fields() {
    let input: DeriveInput = parse_quote! {
        struct Flat {
            #[tag(flatten)] labels: BTreeMap<String, String>,
            #[field(flatten)] inner: Inner,
            #[timestamp(assume_utc)] at: NaiveDateTime,
        }
    };
    insta::assert_snapshot!(format!("{}\n{}", write(input.clone()), read(input)));
}

#[test]
fn backslashes_are_left_to_run_time() {
    insta::assert_snapshot!(write(parse_quote! {
        struct Path {
            #[tag(rename = "a\\b")] tag: String,
            used: u64,
        }
    }));
}

#[test]
fn tag_value_of_an_enum() {
    let input = parse_quote! {
        #[tag_value(rename_all = "UPPERCASE")]
        enum Side { Buy, #[tag_value(rename = "sell, short")] Sell }
    };
    insta::assert_snapshot!(value(input, true));
}

#[test]
fn field_value_of_a_newtype() {
    insta::assert_snapshot!(value(
        parse_quote!(
            struct Celsius<T>(T);
        ),
        false
    ));
}

#[test]
fn errors_come_with_a_stub() {
    insta::assert_snapshot!(write(parse_quote! {
        struct Cpu<'a> { #[tag] time: &'a str }
    }));
}

#[test]
fn an_expansion_is_short() {
    let lines = |fields: usize| {
        let names = (0..fields).map(|i| quote::format_ident!("f{i}"));
        write(parse_quote!(struct Wide { #(#names: f64,)* })).lines().count()
    };
    let per_field = (lines(60) - lines(20)) as f64 / 40.0;
    assert!(per_field <= 8.0, "{per_field} lines a field");
}

proptest! {
    /// What is escaped here is what the encoder writes at run time, for each dialect; what is refused here, it refuses.
    #[test]
    fn names_are_those_of_the_encoder(text in "[a,= \"#\\\\\n\u{7f}\u{feff}_t]{0,6}") {
        use influx_core::{Dialect, LineWriter, Point};
        for place in [Place::Measurement, Place::TagKey, Place::TagValue, Place::FieldKey] {
            let point = match place {
                Place::Measurement => Point::new(&*text).field("f", true),
                Place::TagKey => Point::new("m").tag(&*text, "v").field("f", true),
                Place::TagValue => Point::new("m").tag("k", &*text).field("f", true),
                Place::FieldKey => Point::new("m").field(&*text, true),
            };
            let here = name::escape(place, &text);
            for dialect in [Dialect::V1, Dialect::V2, Dialect::V3] {
                let mut writer = LineWriter::new(dialect);
                let written = writer.write(&point);
                if name::check(place, &text).is_err() {
                    // an empty tag value leaves the tag out at run time
                    prop_assert!(written.is_err() || (place == Place::TagValue && text.is_empty()));
                } else if let Some(here) = &here {
                    let line = match place {
                        Place::Measurement => format!("{here} f=true\n"),
                        Place::TagKey => format!("m,{here}=v f=true\n"),
                        Place::TagValue => format!("m,k={here} f=true\n"),
                        Place::FieldKey => format!("m {here}=true\n"),
                    };
                    prop_assert!(written.is_ok());
                    prop_assert_eq!(writer.as_bytes(), line.as_bytes());
                }
            }
        }
    }
}
