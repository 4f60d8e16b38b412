//! Crate `influxdb3-client` 0.3, the official client of 3.x: it has no background writer, so each batch is built and awaited.
//! Its requests run on a thread of their own.

use std::sync::Arc;

use influxdb3_client::{Client, ClientConfig, WriteOptions};
use tokio::runtime::{Builder, Runtime};

use super::{BATCH, Giving, Server, Writer};
use crate::data::Trade;
use crate::encoders::influxdb3_client::trade;

pub(super) struct Awaited {
    client: Client,
    runtime: Runtime,
}

impl Awaited {
    pub(super) fn new(server: &Server) -> Awaited {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
        // as this project's client on loopback
        let options = WriteOptions { gzip_threshold: None, batch_size: BATCH, ..WriteOptions::default() };
        let config =
            ClientConfig::builder().host(server.url()).token("t").database("d").write_options(options);
        let config = config.build().expect("a config");
        let client = runtime.block_on(Client::new(config)).expect("a client");
        Awaited { client, runtime }
    }
}

impl Writer for Awaited {
    fn name(&self) -> &str {
        "influxdb3-client 0.3 (official), each batch awaited"
    }

    fn give(&mut self, points: &Arc<[Trade]>, passes: usize) -> Giving {
        Giving::by(|| {
            for _ in 0..passes {
                for batch in points.chunks(BATCH) {
                    let batch: Vec<_> = batch.iter().map(trade).collect();
                    let write = async { self.client.write(batch).await };
                    self.runtime.block_on(write).expect("a server that answers");
                }
            }
        })
    }
}
