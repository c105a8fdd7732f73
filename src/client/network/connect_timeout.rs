//! The time limit for opening a connection.

use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use tower_service::Service;

use super::route::{BoxError, ConnectFuture};

/// A connector with a time limit.
#[derive(Clone)]
pub(super) struct ConnectTimeout<C> {
    pub(super) connector: C,
    pub(super) timeout: Option<Duration>,
}

impl<C> Service<Uri> for ConnectTimeout<C>
where
    C: Service<Uri, Error = BoxError>,
    C::Future: Send + 'static,
{
    type Response = C::Response;
    type Error = BoxError;
    type Future = ConnectFuture<C::Response>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.connector.poll_ready(context)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let connecting = self.connector.call(uri);
        let Some(timeout) = self.timeout else { return Box::pin(connecting) };
        Box::pin(async move {
            tokio::time::timeout(timeout, connecting)
                .await
                .unwrap_or(Err(ConnectTimedOut(timeout).into()))
        })
    }
}

#[derive(Debug, thiserror::Error)]
#[error("no connection after {} ms (connectTimeout)", .0.as_millis())]
pub(super) struct ConnectTimedOut(Duration);
