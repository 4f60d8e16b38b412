//! Requests that are configured and then awaited.

use std::pin::Pin;

use crate::error::Result;

/// The future of a request.
pub type AdminFuture<T> = Pin<Box<dyn Future<Output = Result<T>> + Send>>;

/// Makes a request awaitable: `run` is what it does.
macro_rules! awaits {
    ($request:ident => $output:ty) => {
        impl std::future::IntoFuture for $request {
            type Output = $crate::error::Result<$output>;
            type IntoFuture = $crate::admin::future::AdminFuture<$output>;

            fn into_future(self) -> Self::IntoFuture {
                Box::pin(self.run())
            }
        }
    };
}
pub(super) use awaits;
