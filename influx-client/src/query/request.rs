//! What is sent for a query.

use influx_core::Precision;
use influx_core::decode::influxql::{Format, Options};

use super::{Query, bind, statement};
use crate::error::{Error, Result};
use crate::generation::v1;
use crate::http::{Method, Request, Response, encode_params};

/// Longest query string that is sent as `GET`: proxies refuse URLs that are not much longer.
const MAX_GET: usize = 2_000;

impl Query {
    /// The unit of times. msgpack has times of its own, which are exact.
    fn unit(&self) -> Option<Precision> {
        match self.format {
            Some(Format::Msgpack) => self.epoch,
            _ => Some(self.epoch.unwrap_or(Precision::Ns)),
        }
    }

    pub(super) fn options(&self) -> Options {
        Options::new().epoch(self.unit()).chunked(self.chunk_size.is_some())
    }

    pub(super) async fn send(&self) -> Result<Response> {
        let response = self.session.http.send(self.request()?).await?;
        if response.is_success() { Ok(response) } else { Err(response.into_error().await) }
    }

    fn request(&self) -> Result<Request> {
        if let Some(problem) = &self.problem {
            return Err(Error::config(problem));
        }
        if self.text.trim().is_empty() {
            return Err(Error::config("the query is empty"));
        }
        let mut params = vec![("q", self.text.clone())];
        params.extend(self.database.clone().map(|name| ("db", name)));
        params.extend(self.retention_policy.clone().map(|name| ("rp", name)));
        params.extend(self.unit().map(|unit| ("epoch", v1::epoch(unit).to_owned())));
        if let Some(rows) = self.chunk_size {
            params.push(("chunked", "true".to_owned()));
            params.push(("chunk_size", rows.to_string()));
        }
        if !self.binds.is_empty() {
            params.push(("params", bind::params(&self.binds)?));
        }
        let encoded = encode_params(&params);
        let get = self.binds.is_empty() && encoded.len() <= MAX_GET && statement::only_reads(&self.text);
        let mut request = Request::new(if get { Method::Get } else { Method::Post }, "/query");
        request.timeout = self.timeout;
        request.accept_gzip = self.gzip;
        request.accept = match self.format {
            Some(Format::Msgpack) => Some("application/x-msgpack"),
            _ => None,
        };
        if get {
            request.params = params;
        } else {
            request.content_type = Some("application/x-www-form-urlencoded");
            request.body = encoded.into();
        }
        Ok(request)
    }
}
