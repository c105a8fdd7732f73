//! The SDK's view of the network: an HTTP client.
//!
//! The SDK's own connector cannot be told which HTTP version to use, and it panics on a file without certificates.

use std::sync::Arc;
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::shared::IntoShared;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::retry::ErrorKind;
use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use hyper_util::client::legacy::Error as ClientError;

use super::connect_timeout::ConnectTimedOut;
use super::options::NetworkOptions;
use super::pool::{ConnectionPools, Lease};
use crate::client::error_chain::find_cause;

/// An HTTP client for the SDK and its credential providers. Its clones share connections.
pub(in crate::client) fn http_client(options: NetworkOptions) -> SharedHttpClient {
    let network = PooledHttpClient {
        connections: Arc::new(ConnectionPools::new(options)),
        response_timeout: None,
    };
    network.into_shared()
}

#[derive(Debug, Clone)]
struct PooledHttpClient {
    connections: Arc<ConnectionPools>,
    /// The limit for the head of a response.
    response_timeout: Option<Duration>,
}

impl HttpClient for PooledHttpClient {
    /// Only credential providers set a read timeout: without it, a machine that is no AWS instance would wait for instance metadata. Bedrock's
    /// requests have limits of their own.
    fn http_connector(&self, settings: &HttpConnectorSettings, _components: &RuntimeComponents) -> SharedHttpConnector {
        let connecting = settings.connect_timeout().unwrap_or_default();
        SharedHttpConnector::new(Self {
            connections: Arc::clone(&self.connections),
            response_timeout: settings.read_timeout().map(|reading| connecting + reading),
        })
    }
}

impl HttpConnector for PooledHttpClient {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let Self {
            connections,
            response_timeout,
        } = self.clone();
        HttpConnectorFuture::new(async move {
            let Some(response_timeout) = response_timeout else {
                return send(&connections, request).await;
            };
            let timed_out = ConnectorError::timeout(ResponseTimedOut(response_timeout).into());
            tokio::time::timeout(response_timeout, send(&connections, request))
                .await
                .unwrap_or(Err(timed_out))
        })
    }
}

async fn send(connections: &ConnectionPools, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
    let request = request.try_into_http1x().map_err(|error| ConnectorError::user(error.into()))?;
    let Lease { pool, stream } = connections.lease(request.uri()).map_err(|error| ConnectorError::user(error.into()))?;
    let response = pool.request(request).await.map_err(classify)?;
    let response = response.map(|body| match stream {
        Some(stream) => SdkBody::from_body_1_x(holding(stream, body)),
        None => SdkBody::from_body_1_x(body),
    });
    HttpResponse::try_from(response).map_err(|error| ConnectorError::other(error.into(), None))
}

/// The same body, which holds `value` until it is dropped.
fn holding<T>(value: T, body: Incoming) -> impl Body<Data = Bytes, Error = hyper::Error> {
    body.map_frame(move |frame| {
        let _held = &value;
        frame
    })
}

#[derive(Debug, thiserror::Error)]
#[error("no answer after {} ms", .0.as_millis())]
struct ResponseTimedOut(Duration);

/// Classifies a failure for the SDK's retries: a request is retried only if it cannot have reached the model, or got no response.
fn classify(error: ClientError) -> ConnectorError {
    let http = find_cause::<hyper::Error>(&error);
    if find_cause::<ConnectTimedOut>(&error).is_some() {
        ConnectorError::timeout(error.into())
    } else if http.is_some_and(hyper::Error::is_user) {
        ConnectorError::user(error.into())
    } else if http.is_some_and(hyper::Error::is_timeout) {
        // A ping of HTTP/2 was not answered.
        ConnectorError::timeout(error.into())
    } else if error.is_connect()
        || is_refused(&error)
        || find_cause::<std::io::Error>(&error).is_some()
        || http.is_some_and(|http| http.is_closed() || http.is_canceled())
    {
        ConnectorError::io(error.into())
    } else if http.is_some_and(hyper::Error::is_incomplete_message) {
        ConnectorError::other(error.into(), Some(ErrorKind::TransientError))
    } else {
        ConnectorError::other(error.into(), None)
    }
}

/// Whether HTTP/2 reports that the request was not processed (`GOAWAY`, `REFUSED_STREAM`).
fn is_refused(error: &ClientError) -> bool {
    find_cause::<h2::Error>(error).is_some_and(|http2| http2.is_go_away() || (http2.is_reset() && http2.reason() == Some(h2::Reason::REFUSED_STREAM)))
}
