//! influx-client: as it asks by default, in one document, compressed.

use influx_client::{InfluxQl, Query};

use super::{Ask, Place, QUERY};
use crate::answer::{Load, OwnedLoad, Visit};

/// Rows that borrow, as they come.
async fn lend(query: Query<InfluxQl>, to: &mut impl Visit) {
    query.for_each_row::<Load<'_>>(|load| to.visit(&load)).await.expect("the rows");
}

pub(super) struct Lent;

impl Ask for Lent {
    const NAME: &'static str = "influx, rows lent";

    async fn ask(place: &Place, to: &mut impl Visit) {
        lend(place.client.influxql(QUERY), to).await;
    }
}

pub(super) struct Fetched;

impl Ask for Fetched {
    const NAME: &'static str = "influx, `fetch`, rows own their texts";

    async fn ask(place: &Place, to: &mut impl Visit) {
        let mut rows = place.client.influxql(QUERY).fetch::<OwnedLoad>();
        while let Some(row) = rows.next().await {
            to.visit(&row.expect("a row").as_load());
        }
    }
}

pub(super) struct Whole;

impl Ask for Whole {
    const NAME: &'static str = "influx, rows lent, `chunked(false)`";

    async fn ask(place: &Place, to: &mut impl Visit) {
        lend(place.client.influxql(QUERY).chunked(false), to).await;
    }
}

pub(super) struct Gzip;

impl Ask for Gzip {
    const NAME: &'static str = "influx, rows lent, `gzip(true)`";

    async fn ask(place: &Place, to: &mut impl Visit) {
        lend(place.client.influxql(QUERY).gzip(true), to).await;
    }
}
