//! Errors and log lines that are made of hostile texts, in every position and with every kind of credentials: no character that is
//! not seen, no secret in any spelling, no message above 4 KiB.

mod caller;
mod forbidden;
mod log;
mod outside;

use std::error::Error as _;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use influx_client::batch::{BatchEvent, RetryPolicy};
use influx_client::test_util::{Expect, Reply, Server};
use influx_client::{Client, ClientBuilder, Error, Nan, OwnedRow, Point, V1};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

const USER: &str = "bob";
/// With all that the spellings differ in.
const PASSWORD: &str = "p/w'\"é+&7 \\x\u{1f980}";
/// Fits into a header.
const TOKEN: &str = "t0k/en~'+&%41";
/// Forges log lines, hides, reorders, rings.
const HOSTILE: &str =
    "a\r\nERROR forged\u{1b}[2J\u{85}\u{2028}\u{2029}\u{200b}\u{202e}\u{2066}\u{feff}\u{ad}\u{0}\u{7}";
