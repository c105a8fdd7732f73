//! The SDK's view of the network: an HTTP client.
//!
//! The SDK's own connector cannot be told which HTTP version to use, and it panics on a file without certificates.

use std::error::Error;
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

use super::addresses::Reach;
use super::connect_timeout::ConnectTimedOut;
use super::options::NetworkOptions;
use super::pool::{ConnectionPools, Lease};
use super::reused::ClosedBeforeRequest;
use crate::client::error_chain::find_cause;

/// An HTTP client for the SDK and its credential providers. Its clones share connections.
pub(in crate::client) fn http_client(options: NetworkOptions) -> SharedHttpClient {
    let network = PooledHttpClient {
        connections: Arc::new(ConnectionPools::new(options, Reach::Everywhere)),
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
    let mut request = request.try_into_http1x().map_err(|error| ConnectorError::user(error.into()))?;
    let Lease { pool, stream } = connections.lease(request.uri()).map_err(|error| ConnectorError::user(error.into()))?;
    let mut was_refused = false;
    let response = loop {
        let copy = copy_of(&request);
        match (pool.request(request.map(Box::new)).await, copy) {
            (Ok(response), _) => break response,
            // It ends: a connection that was closed is in the pool no more, and a new one is not checked.
            (Err(error), Some(copy)) if was_closed_before(&error) => request = copy,
            (Err(error), Some(copy)) if !was_refused && is_refused_by_server(&error) => {
                was_refused = true;
                request = copy;
            }
            (Err(error), _) => return Err(classify(error)),
        }
    };
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

/// Shares the bytes of the body and of the headers' values.
fn copy_of(request: &http::Request<SdkBody>) -> Option<http::Request<SdkBody>> {
    let mut copy = http::Request::new(request.body().try_clone()?);
    copy.method_mut().clone_from(request.method());
    copy.uri_mut().clone_from(request.uri());
    copy.headers_mut().clone_from(request.headers());
    Some(copy)
}

/// Whether nothing of the request was written, so that no server has read it.
fn was_closed_before(error: &ClientError) -> bool {
    let io = find_cause::<std::io::Error>(error).and_then(std::io::Error::get_ref);
    io.is_some_and(<dyn Error + Send + Sync>::is::<ClosedBeforeRequest>)
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

/// Whether the server says so (RFC 9113, 8.7): it has not read the request, which may be sent again whatever its method.
fn is_refused_by_server(error: &ClientError) -> bool {
    is_refused(error) && find_cause::<h2::Error>(error).is_some_and(h2::Error::is_remote)
}

/// Whether HTTP/2 reports that the request was not processed (`GOAWAY`, `REFUSED_STREAM`).
fn is_refused(error: &ClientError) -> bool {
    find_cause::<h2::Error>(error).is_some_and(|http2| http2.is_go_away() || (http2.is_reset() && http2.reason() == Some(h2::Reason::REFUSED_STREAM)))
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::{SocketAddr, TcpListener, TcpStream};
    use std::sync::mpsc::{Receiver, Sender, channel};
    use std::thread;

    use aws_smithy_types::byte_stream::ByteStream;
    use socket2::SockRef;

    use super::*;

    const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nHi";

    /// Answers a request on each of `connections` connections, and closes each when it is told to.
    struct Server {
        address: SocketAddr,
        close: Sender<()>,
        closed: Receiver<()>,
        requests: Receiver<String>,
    }

    impl Server {
        fn start(connections: usize) -> Self {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let address = listener.local_addr().unwrap();
            let ((close, told), (done, closed), (saw, requests)) = (channel(), channel(), channel());
            thread::spawn(move || {
                for _ in 0..connections {
                    let (mut connection, _) = listener.accept().unwrap();
                    saw.send(read_request(&mut connection)).unwrap();
                    connection.write_all(ANSWER).unwrap();
                    if told.recv().is_err() {
                        return;
                    }
                    // Until the client's system has the end of the connection.
                    SockRef::from(&connection).set_linger(Some(Duration::from_mins(1))).unwrap();
                    drop(connection);
                    done.send(()).unwrap();
                }
            });
            Self {
                address,
                close,
                closed,
                requests,
            }
        }

        async fn ask(&self, connections: &ConnectionPools, body: &'static str) -> Result<Vec<u8>, ConnectorError> {
            let mut request = HttpRequest::new(SdkBody::from(body));
            request.set_method("POST").unwrap();
            request.set_uri(format!("http://{}/", self.address)).unwrap();
            request.headers_mut().insert("content-length", body.len().to_string());
            let response = send(connections, request).await?;
            Ok(ByteStream::new(response.into_body()).collect().await.unwrap().to_vec())
        }

        /// Blocks the only thread, so that nobody notices the end of the connection before this returns.
        fn close_unnoticed(&self) {
            self.close.send(()).unwrap();
            self.closed.recv().unwrap();
        }
    }

    fn read_request(connection: &mut TcpStream) -> String {
        let mut request = String::new();
        let mut buffer = [0; 1024];
        while !request.ends_with('!') {
            let length = connection.read(&mut buffer).unwrap();
            request.push_str(&String::from_utf8_lossy(buffer.get(..length).unwrap()));
        }
        request.rsplit("\r\n").next().unwrap().to_owned()
    }

    /// Lets the connection go back to the pool.
    async fn settle() {
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test(flavor = "current_thread")]
    async fn a_request_is_not_written_to_a_connection_that_was_closed_meanwhile() {
        let (server, connections) = (Server::start(3), ConnectionPools::new(NetworkOptions::default(), Reach::Everywhere));
        for request in ["first!", "second!", "third!"] {
            assert_eq!(server.ask(&connections, request).await.unwrap(), b"Hi", "{request}");
            settle().await;
            server.close_unnoticed();
        }
        assert_eq!(server.requests.iter().collect::<Vec<_>>(), ["first!", "second!", "third!"]);
    }
}
