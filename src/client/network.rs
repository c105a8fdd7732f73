//! Connections: TCP, TLS, proxies, HTTP/1.1 and HTTP/2, over hyper.
//!
//! The SDK's own connector cannot be told which HTTP version to speak, and a certificate file that is none makes it panic.

use std::error::Error as StdError;
use std::fmt;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::{Arc, LazyLock, OnceLock};
use std::task::{Context, Poll};
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
use http::Uri;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder, MaybeHttpsStream};
use hyper_util::client::legacy::connect::HttpConnector as TcpConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::legacy::{Client, Error as ClientError};
use hyper_util::client::proxy::matcher::Matcher;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tower_service::Service;

use super::failure::find;

type BoxError = Box<dyn StdError + Send + Sync>;

/// Connections without a request are kept this long; AWS keeps them longer.
const KEPT_IDLE: Duration = Duration::from_secs(50);

/// An HTTP/2 connection with requests on it is asked for a sign of life this often, and given up after as long again.
const SIGN_OF_LIFE: Duration = Duration::from_secs(20);

/// Which HTTP to speak.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum HttpVersion {
    /// HTTP/2 where the other side offers it, otherwise HTTP/1.1. Without TLS nobody can offer, so that is HTTP/1.1.
    #[default]
    Any,
    /// HTTP/1.1 only, for proxies and gateways that offer HTTP/2 and do it badly.
    Http1,
    /// HTTP/2 only.
    Http2,
}

/// How to reach the network.
#[derive(Debug, Clone, Default)]
pub struct NetworkOptions {
    /// Which HTTP to speak.
    pub http_version: HttpVersion,
    /// PEM files with certificates to trust beside the system's and Mozilla's.
    pub ca_files: Vec<PathBuf>,
    /// The proxy for `https` URLs, with user and password in its URL if it wants them.
    pub https_proxy: Option<String>,
    /// The proxy for `http` URLs.
    pub http_proxy: Option<String>,
    /// Hosts to reach without a proxy, comma separated, as curl reads `NO_PROXY`.
    pub no_proxy: Option<String>,
    /// How long a connection may take to stand, TLS included.
    pub connect_timeout: Option<Duration>,
}

/// An HTTP client for the SDK and its credential providers. Its connections are shared by all that hold it.
pub(super) fn http_client(options: NetworkOptions) -> SharedHttpClient {
    let connections = Connections {
        plain: OnceLock::new(),
        secure: OnceLock::new(),
        options,
    };
    let network = Network {
        connections: Arc::new(connections),
        patience: None,
    };
    network.into_shared()
}

#[derive(Debug, Clone)]
struct Network {
    connections: Arc<Connections>,
    /// How long an answer may take to begin.
    patience: Option<Duration>,
}

impl HttpClient for Network {
    /// Only the credential providers limit the time to read: without that, a machine that is no AWS instance would wait for the metadata of one.
    /// Their requests are limited as a whole. Bedrock's have limits of their own.
    fn http_connector(&self, settings: &HttpConnectorSettings, _components: &RuntimeComponents) -> SharedHttpConnector {
        let connecting = settings.connect_timeout().unwrap_or_default();
        SharedHttpConnector::new(Self {
            connections: Arc::clone(&self.connections),
            patience: settings.read_timeout().map(|reading| connecting + reading),
        })
    }
}

impl HttpConnector for Network {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let Self { connections, patience } = self.clone();
        HttpConnectorFuture::new(async move {
            let Some(patience) = patience else {
                return send(&connections, request).await;
            };
            let timed_out = ConnectorError::timeout(NoAnswer(patience).into());
            tokio::time::timeout(patience, send(&connections, request))
                .await
                .unwrap_or(Err(timed_out))
        })
    }
}

async fn send(connections: &Connections, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
    let request = request.try_into_http1x().map_err(|error| ConnectorError::user(error.into()))?;
    let client = connections.client(request.uri()).map_err(|error| ConnectorError::user(error.into()))?;
    let response = client.request(request).await.map_err(sort)?;
    HttpResponse::try_from(response.map(SdkBody::from_body_1_x)).map_err(|error| ConnectorError::other(error.into(), None))
}

#[derive(Debug, thiserror::Error)]
#[error("no answer after {} ms", .0.as_millis())]
struct NoAnswer(Duration);

type Pool = Client<ConnectTimeout<HttpsConnector<Route>>, SdkBody>;

/// The connections of one configuration. TLS is prepared when it is first needed: reading the system's certificates takes a while.
struct Connections {
    plain: OnceLock<Result<Pool, String>>,
    secure: OnceLock<Result<Pool, String>>,
    options: NetworkOptions,
}

impl fmt::Debug for Connections {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Connections")
    }
}

impl Connections {
    fn client(&self, uri: &Uri) -> Result<&Pool, String> {
        let is_plain = uri.scheme_str() == Some("http") && self.options.http_proxy.is_none();
        let pool = if is_plain {
            self.plain.get_or_init(|| self.pool(RootCertStore::empty()))
        } else {
            self.secure.get_or_init(|| self.pool(trust(&self.options.ca_files)?))
        };
        pool.as_ref().map_err(String::clone)
    }

    fn pool(&self, roots: RootCertStore) -> Result<Pool, String> {
        let NetworkOptions {
            http_version,
            connect_timeout,
            ..
        } = self.options;
        let tls = client_config(roots).map_err(|error| error.to_string())?;
        let route = self.route(tls.clone())?;
        let builder = HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http();
        let connector = match http_version {
            HttpVersion::Any => builder.enable_all_versions().wrap_connector(route),
            HttpVersion::Http1 => builder.enable_http1().wrap_connector(route),
            HttpVersion::Http2 => builder.enable_http2().wrap_connector(route),
        };
        let timed = ConnectTimeout {
            connector,
            timeout: connect_timeout,
        };
        Ok(Client::builder(TokioExecutor::new())
            .timer(TokioTimer::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(KEPT_IDLE)
            .http2_only(http_version == HttpVersion::Http2)
            .http2_keep_alive_interval(SIGN_OF_LIFE)
            .http2_keep_alive_timeout(SIGN_OF_LIFE)
            .build(timed))
    }

    fn route(&self, tls: ClientConfig) -> Result<Route, String> {
        let mut tcp = TcpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_keepalive(Some(KEPT_IDLE));
        let options = &self.options;
        for proxy in [&options.https_proxy, &options.http_proxy].into_iter().flatten() {
            check_proxy(proxy)?;
        }
        let proxies = Matcher::builder()
            .https(options.https_proxy.clone().unwrap_or_default())
            .http(options.http_proxy.clone().unwrap_or_default())
            .no(options.no_proxy.clone().unwrap_or_default())
            .build();
        let to_proxy = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_http1()
            .wrap_connector(tcp.clone());
        Ok(Route {
            tcp,
            to_proxy,
            proxies: Arc::new(proxies),
        })
    }
}

/// The matcher takes a proxy that it cannot use for none, and the request would go out without it. The URL may hold a password: it is not shown.
fn check_proxy(url: &str) -> Result<(), String> {
    let matcher = Matcher::builder().all(url).build();
    let proxy = matcher
        .intercept(&Uri::from_static("https://amazonaws.com"))
        .ok_or("the proxy is no URL such as http://user:password@host:8080 (special characters in the password need percent-encoding)")?;
    match proxy.uri().scheme_str() {
        Some("http" | "https") => Ok(()),
        other => Err(format!(
            "a proxy must be reached by http:// or https://, not by {}://",
            other.unwrap_or_default()
        )),
    }
}

/// The system's certificates and Mozilla's: a slim container has none of its own, and Node.js does not need them either.
static COMMON_ROOTS: LazyLock<RootCertStore> = LazyLock::new(|| {
    let mut roots = RootCertStore::empty();
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    roots
});

fn trust(ca_files: &[PathBuf]) -> Result<RootCertStore, String> {
    let mut roots = COMMON_ROOTS.clone();
    for file in ca_files {
        add_certificates(&mut roots, file).map_err(|error| format!("the CA file {} cannot be used: {error}", file.display()))?;
    }
    Ok(roots)
}

fn add_certificates(roots: &mut RootCertStore, file: &Path) -> Result<(), BoxError> {
    let mut certificates = CertificateDer::pem_file_iter(file)?.peekable();
    if certificates.peek().is_none() {
        return Err("it holds no PEM certificate".into());
    }
    for certificate in certificates {
        roots.add(certificate?)?;
    }
    Ok(())
}

fn client_config(roots: RootCertStore) -> Result<ClientConfig, rustls::Error> {
    let ring = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(ring).with_safe_default_protocol_versions()?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

/// Goes to a host directly or through a proxy. Proxies are asked for a tunnel, whatever the URL: what goes through it is not theirs to read.
#[derive(Clone)]
struct Route {
    tcp: TcpConnector,
    to_proxy: HttpsConnector<TcpConnector>,
    proxies: Arc<Matcher>,
}

type Stream = MaybeHttpsStream<TokioIo<TcpStream>>;
type Opening<T> = Pin<Box<dyn Future<Output = Result<T, BoxError>> + Send>>;

impl Service<Uri> for Route {
    type Response = Stream;
    type Error = BoxError;
    type Future = Opening<Stream>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.tcp.poll_ready(context).map_err(Into::into)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let Some(proxy) = self.proxies.intercept(&uri) else {
            let direct = self.tcp.call(uri);
            return Box::pin(async move { Ok(MaybeHttpsStream::Http(direct.await?)) });
        };
        let mut tunnel = Tunnel::new(proxy.uri().clone(), self.to_proxy.clone());
        if let Some(authorization) = proxy.basic_auth() {
            tunnel = tunnel.with_auth(authorization.clone());
        }
        let opened = tunnel.call(with_port(uri));
        Box::pin(async move { opened.await.map_err(|error| format!("proxy {}: {error}", proxy.uri()).into()) })
    }
}

/// A tunnel leads to port 443 where the URL names none; that of `http` is another.
fn with_port(uri: Uri) -> Uri {
    let host = uri.host().filter(|_| uri.scheme_str() == Some("http") && uri.port().is_none());
    let with_port = host.and_then(|host| format!("http://{host}:80/").parse().ok());
    with_port.unwrap_or(uri)
}

/// Gives a connection a limited time to stand.
#[derive(Clone)]
struct ConnectTimeout<C> {
    connector: C,
    timeout: Option<Duration>,
}

impl<C> Service<Uri> for ConnectTimeout<C>
where
    C: Service<Uri, Error = BoxError>,
    C::Future: Send + 'static,
{
    type Response = C::Response;
    type Error = BoxError;
    type Future = Opening<C::Response>;

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
struct ConnectTimedOut(Duration);

/// Sorts a failure by whether trying again may help, for the SDK's retries. Only what cannot have reached the model, or got no answer, counts.
fn sort(error: ClientError) -> ConnectorError {
    let http = find::<hyper::Error>(&error);
    if find::<ConnectTimedOut>(&error).is_some() {
        ConnectorError::timeout(error.into())
    } else if http.is_some_and(hyper::Error::is_user) {
        ConnectorError::user(error.into())
    } else if error.is_connect()
        || is_refused(&error)
        || find::<std::io::Error>(&error).is_some()
        || http.is_some_and(|http| http.is_closed() || http.is_canceled())
    {
        ConnectorError::io(error.into())
    } else if http.is_some_and(hyper::Error::is_incomplete_message) {
        ConnectorError::other(error.into(), Some(ErrorKind::TransientError))
    } else {
        ConnectorError::other(error.into(), None)
    }
}

/// HTTP/2's ways to say that a request was not looked at.
fn is_refused(error: &ClientError) -> bool {
    find::<h2::Error>(error).is_some_and(|http2| http2.is_go_away() || (http2.is_reset() && http2.reason() == Some(h2::Reason::REFUSED_STREAM)))
}
