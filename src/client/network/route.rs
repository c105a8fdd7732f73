//! The way to a host: directly or through a proxy.

use std::error::Error as StdError;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder, MaybeHttpsStream};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::dns::{GaiResolver, Name};
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::proxy::matcher::Matcher;
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use tokio::net::TcpStream;
use tower_service::Service;

use super::addresses::{AddressRefused, Reach, Resolver};
use super::options::NetworkOptions;

pub(super) type BoxError = Box<dyn StdError + Send + Sync>;

type TcpConnector = HttpConnector<Resolver>;

/// A connection without data is probed after this time, then in this interval, and closed after so many probes without an answer: after 25 s.
const TCP_KEEP_ALIVE_TIME: Duration = Duration::from_secs(10);
const TCP_KEEP_ALIVE_INTERVAL: Duration = Duration::from_secs(5);
const TCP_KEEP_ALIVE_RETRIES: u32 = 3;

/// A connection is closed when sent data is not acknowledged for so long. The system's default is many minutes.
#[cfg(any(target_os = "android", target_os = "linux"))]
const TCP_USER_TIMEOUT: Duration = Duration::from_secs(20);

/// Behind a proxy there may be no name server that answers.
const NAME_CHECK_TIMEOUT: Duration = Duration::from_secs(2);

/// Connects to a host directly or through a proxy. A proxy is asked for a tunnel (`CONNECT`) for every URL, so that it cannot read requests.
#[derive(Clone)]
pub(super) struct Route {
    reach: Reach,
    tcp: TcpConnector,
    to_proxy: HttpsConnector<TcpConnector>,
    proxies: Arc<Matcher>,
}

impl Route {
    /// # Errors
    /// One sentence about a proxy that cannot be used.
    pub(super) fn new(options: &NetworkOptions, tls: ClientConfig, reach: Reach) -> Result<Self, String> {
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
            // Whoever configures the client names the proxy.
            .wrap_connector(tcp_connector(options, Reach::Everywhere));
        Ok(Self {
            reach,
            tcp: tcp_connector(options, reach),
            to_proxy,
            proxies: Arc::new(proxies),
        })
    }
}

fn tcp_connector(options: &NetworkOptions, reach: Reach) -> TcpConnector {
    let mut tcp = HttpConnector::new_with_resolver(Resolver {
        reach,
        system: GaiResolver::new(),
    });
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    tcp.set_keepalive(Some(TCP_KEEP_ALIVE_TIME));
    tcp.set_keepalive_interval(Some(TCP_KEEP_ALIVE_INTERVAL));
    tcp.set_keepalive_retries(Some(TCP_KEEP_ALIVE_RETRIES));
    #[cfg(any(target_os = "android", target_os = "linux"))]
    tcp.set_tcp_user_timeout(Some(TCP_USER_TIMEOUT));
    // Divided among the addresses of a host, so that one that does not answer leaves time for the next.
    tcp.set_connect_timeout(options.connect_timeout);
    tcp
}

impl Route {
    /// A proxy resolves names itself, and may have another answer. Where they can be resolved here too, they are checked; where not, the proxy decides alone.
    fn check_name(&self, uri: &Uri) -> impl Future<Output = Result<(), AddressRefused>> + Send + use<> {
        let name: Option<Name> = uri.host().filter(|_| self.reach != Reach::Everywhere).and_then(|host| host.parse().ok());
        let mut resolver = Resolver {
            reach: self.reach,
            system: GaiResolver::new(),
        };
        async move {
            let Some(name) = name else { return Ok(()) };
            match tokio::time::timeout(NAME_CHECK_TIMEOUT, resolver.call(name)).await {
                Ok(Err(error)) => error.downcast().map_or(Ok(()), |refused| Err(*refused)),
                _ => Ok(()),
            }
        }
    }
}

/// A connection to the host or to the proxy's tunnel.
pub(super) type Stream = MaybeHttpsStream<TokioIo<TcpStream>>;
pub(super) type ConnectFuture<T> = Pin<Box<dyn Future<Output = Result<T, BoxError>> + Send>>;

impl Service<Uri> for Route {
    type Response = Stream;
    type Error = BoxError;
    type Future = ConnectFuture<Stream>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.tcp.poll_ready(context).map_err(Into::into)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        if let Err(refused) = self.reach.check_host(uri.host().unwrap_or_default()) {
            return Box::pin(async move { Err(refused.into()) });
        }
        let Some(proxy) = self.proxies.intercept(&uri) else {
            let direct = self.tcp.call(uri);
            return Box::pin(async move { Ok(MaybeHttpsStream::Http(direct.await?)) });
        };
        let mut tunnel = Tunnel::new(proxy.uri().clone(), self.to_proxy.clone());
        if let Some(authorization) = proxy.basic_auth() {
            tunnel = tunnel.with_auth(authorization.clone());
        }
        let checked = self.check_name(&uri);
        Box::pin(async move {
            checked.await?;
            let opened = tunnel.call(with_explicit_port(uri)).await;
            opened.map_err(|error| format!("proxy {}: {error}", proxy.uri()).into())
        })
    }
}

/// A tunnel leads to port 443 when the URL names no port; for `http` that is added.
fn with_explicit_port(uri: Uri) -> Uri {
    let host = uri.host().filter(|_| uri.scheme_str() == Some("http") && uri.port().is_none());
    let with_explicit_port = host.and_then(|host| format!("http://{host}:80/").parse().ok());
    with_explicit_port.unwrap_or(uri)
}

/// The matcher ignores a proxy that it cannot use, so that the request would be sent without a proxy. The URL is not shown, since it may hold a
/// password.
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
