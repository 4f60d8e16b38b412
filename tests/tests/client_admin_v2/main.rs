//! Administration of 2.x: what is sent, and what becomes of the answers that real servers recorded.

mod deleting;
mod lists;
mod names;
mod recorded;
mod refused;
mod secrets;
mod typed;

use influx_client::Client;
use influx_client::admin::v2::Admin;
use influx_client::test_util::{Expect, Reply, Request, Server};
use serde_json::Value;

/// The organization `desk` of the recording.
const DESK: &str = "331757e6fce87162";

/// A recorded exchange, by folder and name: `v2/213_bucket_create`.
struct Exchange(Value);

impl Exchange {
    fn all() -> Vec<Exchange> {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/data/admin_v2.json");
        let all: Vec<Value> = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        all.into_iter().map(Exchange).collect()
    }

    fn named(name: &str) -> Exchange {
        Exchange::all()
            .into_iter()
            .find(|one| one.name() == name)
            .unwrap_or_else(|| panic!("{name} is not recorded"))
    }

    fn text(&self, key: &str) -> &str {
        self.0[key].as_str().unwrap_or_default()
    }

    fn name(&self) -> &str {
        self.text("name")
    }

    fn status(&self) -> u16 {
        self.0["status"].as_u64().unwrap().try_into().unwrap()
    }

    fn path(&self) -> &str {
        self.text("target").split('?').next().unwrap()
    }

    fn params(&self) -> Vec<(String, String)> {
        let query = self.text("target").split_once('?').map_or("", |(_, query)| query);
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    fn reply(&self) -> Reply {
        let headers = self.0["headers"].as_object().unwrap().iter();
        headers
            .fold(Reply::status(self.status()), |reply, (name, value)| {
                reply.header(name, value.as_str().unwrap())
            })
            .body(self.text("answer"))
    }

    /// Whether that is what was recorded: a page's length, and the organization of a list, may be said in addition.
    fn check(&self, request: &Request) {
        let name = self.name();
        assert_eq!((request.method(), request.path()), (self.text("method"), self.path()), "{name}");
        for (key, value) in self.params() {
            assert_eq!(request.param(&key), Some(&*value), "{name}: {key}");
        }
        for (key, _) in request.params() {
            let known = self.params().iter().any(|(known, _)| known == key);
            assert!(known || ["limit", "org"].contains(&&**key), "{name}: {key}");
        }
        let json =
            |text: &str| if text.is_empty() { Value::Null } else { serde_json::from_str(text).unwrap() };
        assert_eq!(json(&request.text()), json(self.text("body")), "{name}");
        assert_eq!(request.header("authorization").is_some(), !self.is_anybodys(), "{name}");
    }

    /// What may be asked for without a token.
    fn is_anybodys(&self) -> bool {
        ["/health", "/ready", "/api/v2/setup"].contains(&self.path())
    }
}

fn client(server: &Server) -> Client {
    Client::v2(server.url()).org("desk").bucket("market").token("fixture-token").build().unwrap()
}

/// A server that has the recorded answer alone, and knows the organization.
struct Replay {
    exchange: Exchange,
    server: Server,
    admin: Admin,
}

async fn replay(name: &str) -> Replay {
    let (exchange, server) = (Exchange::named(name), Server::start().await.unwrap());
    server.expect(Expect::path(exchange.path()).any_times(), exchange.reply());
    server.expect(
        Expect::path("/api/v2/orgs").param("org", "desk").any_times(),
        Exchange::named("v2/237_orgs_by_name").reply(),
    );
    let admin = client(&server).v2();
    Replay { exchange, server, admin }
}

impl Replay {
    /// The last request was the recorded one.
    fn sent(&self) {
        let requests = self.server.requests();
        self.exchange
            .check(requests.last().unwrap_or_else(|| panic!("{}: nothing was sent", self.exchange.name())));
    }
}
