//! Administration: the statements that are sent, recorded answers read into rows, and what is refused before anything is sent.

mod again;
mod recorded;
mod statements;

use std::path::Path;
use std::time::{Duration, SystemTime};

use influx_client::admin::v1::{Admin, FieldType, Privilege};
use influx_client::test_util::{Expect, Reply, Server};
use influx_client::{Client, Error, OwnedValue};

const DONE: &str = r#"{"results":[{"statement_id":0}]}"#;

async fn start() -> (Server, Client) {
    let server = Server::start().await.unwrap();
    let client = Client::v1(server.url()).database("d").build().unwrap();
    (server, client)
}

fn text_of(request: &influx_client::test_util::Request) -> String {
    request.param("q").unwrap_or_default().to_owned()
}
