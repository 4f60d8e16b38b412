//! Lists that come in pages.

use std::collections::VecDeque;
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use serde_json::{Map, Value};

use crate::admin::future::AdminFuture;
use crate::admin::v2::call::Call;
use crate::admin::v2::decode::{Decode, Unfit, member, object};
use crate::admin::v2::handle::Admin;
use crate::admin::v2::id::Id;
use crate::error::problem::Problem;
use crate::error::{self, Error, Result};

/// What 2.x lists page by page.
pub(super) trait Listed: Decode + Send + 'static {
    /// The member of the answer that has them.
    const KEY: &'static str;
    /// Most of them in a page.
    const LIMIT: usize;
    const TURN: Turn;

    fn id(&self) -> &Id;

    fn name(&self) -> &str;

    /// The end of the time that a next page is asked for, of what comes newest first.
    fn before(&self) -> Option<String> {
        None
    }
}

/// How the next page is asked for. The server's own `links.next` is followed only where it knows no other way: 2.x puts `after` and `offset`
/// into it at once, and passes over some.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    /// Behind the last one, by its id.
    After,
    /// By how many there were, but for the last one: that it comes again tells that the list is still the same.
    Offset,
    /// Before a time: newest first, and those of the last one's time come again.
    Before,
}

/// What a list must know of what it lists.
struct Kind<T> {
    key: &'static str,
    limit: usize,
    turn: Turn,
    decode: fn(Value) -> Result<Vec<T>, Unfit>,
    id: fn(&T) -> &Id,
    name: fn(&T) -> &str,
    before: fn(&T) -> Option<String>,
}

/// A list of the server: what [`buckets`](Admin::buckets), [`tasks`](Admin::tasks) and their like return.
///
/// Pages are asked for as they are read, and the next one before the last of a page is handed out: what is handed out can be
/// deleted at once. It is a [`Stream`], and [`next`](Listing::next) reads it without one; [`all`](Listing::all) has everything.
///
/// ```no_run
/// # async fn run(client: influx_client::Client) -> influx_client::Result<()> {
/// let mut buckets = client.v2().buckets();
/// while let Some(bucket) = buckets.next().await {
///     println!("{}", bucket?.name);
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "a list is asked for when it is read"]
pub struct Listing<T> {
    kind: Kind<T>,
    admin: Admin,
    path: String,
    pub(super) params: Vec<(&'static str, String)>,
    /// The parameter of the organization is still to be found.
    pub(super) of_org: bool,
    /// Only those of exactly this name.
    pub(super) name: Option<String>,
    pub(super) problem: Problem,
    ready: VecDeque<T>,
    more: bool,
    asking: Option<AdminFuture<Page>>,
    failed: Option<Error>,
    /// The first id of each page, and all of the last one.
    firsts: Vec<Id>,
    seen: Vec<Id>,
    /// What the next page is asked for with.
    mark: Option<(&'static str, String)>,
    /// The server's own link to the next page, and whether it is followed.
    link: Option<String>,
    linked: bool,
    count: usize,
}

/// A page as it comes.
struct Page {
    values: Vec<Value>,
    paged: bool,
    next: Option<String>,
}

// Nothing in it is pinned in place: the futures are boxed.
impl<T> Unpin for Listing<T> {}

/// The list at a path.
pub(super) fn listing<T: Listed>(admin: &Admin, path: impl Into<String>) -> Listing<T> {
    Listing {
        kind: Kind {
            key: T::KEY,
            limit: T::LIMIT,
            turn: T::TURN,
            decode: Vec::decode,
            id: T::id,
            name: T::name,
            before: T::before,
        },
        admin: admin.clone(),
        path: path.into(),
        params: Vec::new(),
        of_org: false,
        name: None,
        problem: Problem::default(),
        ready: VecDeque::new(),
        more: true,
        asking: None,
        failed: None,
        firsts: Vec::new(),
        seen: Vec::new(),
        mark: None,
        link: None,
        linked: false,
        count: 0,
    }
}

impl<T> Listing<T> {
    /// The next one; `None` after the last one or an error.
    ///
    /// # Errors
    ///
    /// Those of [`Client::ping`](crate::Client::ping), an answer that is not a list, and a list that does not end: a page that was there
    /// before.
    pub async fn next(&mut self) -> Option<Result<T>> {
        poll_fn(|cx| self.poll(cx)).await
    }

    /// All of them.
    ///
    /// # Errors
    ///
    /// Those of [`next`](Self::next).
    pub async fn all(mut self) -> Result<Vec<T>> {
        let mut all = Vec::new();
        while let Some(one) = self.next().await {
            all.push(one?);
        }
        Ok(all)
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<T>>> {
        // one is kept back while there may be more: the next page begins behind it, and it must still be there then
        while self.more && self.ready.len() < 2 {
            let mut asking = self.asking.take().unwrap_or_else(|| self.ask());
            let Poll::Ready(page) = asking.as_mut().poll(cx) else {
                self.asking = Some(asking);
                return Poll::Pending;
            };
            if let Err(error) = page.and_then(|page| self.turn(page)) {
                (self.more, self.failed) = (false, Some(error));
            }
        }
        Poll::Ready(match self.ready.pop_front() {
            Some(one) => Some(Ok(one)),
            None => self.failed.take().map(Err),
        })
    }

    /// The request for the next page.
    fn ask(&self) -> AdminFuture<Page> {
        let (admin, problem, key) = (self.admin.clone(), self.problem.clone(), self.kind.key);
        let (call, of_org) = match self.link.as_deref().filter(|_| self.linked) {
            Some(link) => (Call::get(format!("{}?{link}", self.path)), false),
            None => {
                let call = Call::get(self.path.clone()).params(self.params.iter().cloned());
                let call = call.param("limit", self.kind.limit.to_string()).params(self.mark.clone());
                (call, self.of_org)
            }
        };
        Box::pin(async move {
            admin.spoken()?;
            problem.result()?;
            let call = if of_org { call.params([admin.org_param().await?]) } else { call };
            let mut page: Map<String, Value> = admin.ask::<Object>(call).await?.0;
            let links: Option<Links> = member(&mut page, "links").map_err(Unfit::error)?;
            let values = member(&mut page, key).map_err(Unfit::error)?;
            Ok(Page { values, paged: links.is_some(), next: links.and_then(|links| links.next) })
        })
    }

    /// Takes a page in.
    fn turn(&mut self, page: Page) -> Result<()> {
        let Kind { limit, turn, decode, id, name, before, .. } = self.kind;
        let full = page.values.len() == limit;
        // what is not paged comes as a whole: 1.8 lists its databases so
        let paged = page.paged || turn == Turn::Offset;
        let mut new = decode(Value::Array(page.values)).map_err(Unfit::error)?;
        match turn {
            Turn::Offset if self.mark.is_some() => {
                if new.first().map(id) != self.seen.last() {
                    let text =
                        "the list changed while it was read: read all of it before something is deleted";
                    return Err(Error::new(error::Kind::Decode, text).retryable(true));
                }
                new.remove(0);
            }
            Turn::Before => new.retain(|one| !self.seen.contains(id(one))),
            Turn::Offset | Turn::After => {}
        }
        let again = new.iter().map(id).any(|id| self.seen.contains(id) || self.firsts.contains(id));
        if again && turn == Turn::After && !self.linked && self.link.is_some() {
            // the server passes over `after`: its own links lead on
            self.linked = true;
            return Ok(());
        }
        if again || (turn == Turn::Before && full && new.is_empty()) {
            let text = "the list does not end: the server sent a page that was there before";
            return Err(Error::new(error::Kind::Decode, text));
        }
        self.count += new.len();
        self.more = paged && (full || page.next.is_some());
        self.mark = match (turn, new.last()) {
            (_, None) => None,
            (Turn::After, Some(last)) => Some(("after", id(last).to_string())),
            (Turn::Offset, Some(_)) => Some(("offset", (self.count - 1).to_string())),
            (Turn::Before, Some(last)) => before(last).map(|time| ("beforeTime", time)),
        };
        // the path is known
        self.link =
            page.next.as_deref().and_then(|next| next.split_once('?')).map(|(_, params)| params.to_owned());
        self.more = self.more && self.mark.is_some() && (!self.linked || self.link.is_some());
        self.firsts.extend(new.first().map(|one| id(one).clone()));
        self.seen = new.iter().map(|one| id(one).clone()).collect();
        let wanted = |one: &T| self.name.as_deref().is_none_or(|wanted| wanted == name(one));
        self.ready.extend(new.into_iter().filter(wanted));
        Ok(())
    }
}

/// Any object.
struct Object(Map<String, Value>);

impl Decode for Object {
    fn decode(value: Value) -> Result<Self, Unfit> {
        object(value).map(Object)
    }
}

/// What there is beside a page.
struct Links {
    next: Option<String>,
}

impl Decode for Links {
    fn decode(value: Value) -> Result<Self, Unfit> {
        Ok(Links { next: member(&mut object(value)?, "next")? })
    }
}

impl<T> Stream for Listing<T> {
    type Item = Result<T>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<T>>> {
        self.poll(cx)
    }
}

impl<T> fmt::Debug for Listing<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listing")
            .field("path", &self.path)
            .field("params", &self.params)
            .finish_non_exhaustive()
    }
}
