//! What is copied at once beside the rules, byte by byte.

use proptest::prelude::*;

use super::name::{append_name, put_measurement};
use super::{put_string, put_tag_value};
use crate::dialect::Dialect;
use crate::encode::buffer::{Buffer, Room, VALUE, put_plain};
use crate::encode::config::Config;
use crate::encode::escape;
use crate::error::Place;

/// What a writer makes in exactly the room that it may count on; `None` where it gave up.
fn written(config: Config, put: impl FnOnce(&mut Room<'_>)) -> Option<String> {
    let mut buffer = Buffer::new(Vec::new(), config);
    let mut room = Room::new(&mut buffer, VALUE);
    room.spend(VALUE);
    put(&mut room);
    room.commit();
    (!buffer.failed).then(|| String::from_utf8(buffer.bytes).expect("UTF-8"))
}

fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[a-zA-Z0-9_./:äß€-]{0,20}",
        2 => "[ ,=\"\\\\]{1,3}",
        1 => "[\\n\\t\\r\\x00\\x7f#]",
    ];
    proptest::collection::vec(piece, 0..6).prop_map(|v| v.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    #[cfg_attr(miri, ignore = "slow there")]
    fn tag_values_follow_the_rules(text in hostile()) {
        prop_assume!(!text.is_empty());
        for dialect in [Dialect::V1, Dialect::V2, Dialect::V3] {
            // a part of a line that is looked at when it is whole
            let config = Config { apart: true, ..Config::new(dialect) };
            // SAFETY: with room.
            let fast = written(config, |room| unsafe { put_tag_value(room, &text) });
            let mut slow = Vec::new();
            let rules = escape::name(Place::TagValue, dialect, &text, &mut slow).ok();
            let rules = rules.map(|()| String::from_utf8(slow).expect("UTF-8"));
            prop_assert_eq!(fast, rules);
        }
    }

    #[test]
    #[cfg_attr(miri, ignore = "slow there")]
    fn measurements_follow_the_rules(text in hostile()) {
        for dialect in [Dialect::V1, Dialect::V3] {
            let fast = written(Config::new(dialect), |room| put_measurement(room, &text));
            let mut slow = Vec::new();
            let rules = escape::name(Place::Measurement, dialect, &text, &mut slow).ok();
            let rules = rules.map(|()| String::from_utf8(slow).expect("UTF-8"));
            prop_assert_eq!(fast, rules);
        }
    }

    #[test]
    #[cfg_attr(miri, ignore = "slow there")]
    fn names_follow_the_rules(text in hostile()) {
        for place in [Place::Measurement, Place::TagKey, Place::FieldKey] {
            for dialect in [Dialect::V1, Dialect::V3] {
                let (mut fast, mut slow) = (Vec::new(), Vec::new());
                let by_copy = append_name(place, dialect, &text, &mut fast);
                prop_assert_eq!(by_copy, escape::name(place, dialect, &text, &mut slow));
                prop_assert!(by_copy.is_err() || fast == slow);
            }
        }
    }

    #[test]
    #[cfg_attr(miri, ignore = "slow there")]
    fn strings_are_escaped(text in hostile()) {
        // SAFETY: with room.
        let fast = written(Config::new(Dialect::V2), |room| unsafe { put_string(room, &text) });
        let want = format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
        prop_assert_eq!(fast, Some(want));
    }

    #[test]
    #[cfg_attr(miri, ignore = "slow there")]
    fn plain_text_is_copied(text in "\\PC{0,40}") {
        let mut copy = vec![0xaa; text.len()];
        // SAFETY: with room.
        let end = unsafe { put_plain(copy.as_mut_ptr(), text.as_bytes()) };
        prop_assert_eq!(end.addr() - copy.as_ptr().addr(), text.len());
        prop_assert_eq!(copy, text.into_bytes());
    }
}
