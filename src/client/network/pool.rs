//! Pools of connections: TCP, TLS, HTTP/1.1 and HTTP/2, over hyper.

use std::fmt;
use std::sync::OnceLock;
use std::time::Duration;

use aws_smithy_types::body::SdkBody;
use http::Uri;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::RootCertStore;

use super::connect_timeout::ConnectTimeout;
use super::options::{HttpVersion, NetworkOptions};
use super::route::Route;
use super::tls::{client_config, trusted_roots};

/// An idle connection is closed after this time; AWS closes it later.
const POOL_IDLE_TIMEOUT: Duration = Duration::from_secs(50);

/// The interval of pings on an HTTP/2 connection with open streams.
const HTTP2_PING_INTERVAL: Duration = Duration::from_secs(20);

/// A connection whose ping is not answered for so long is closed.
const HTTP2_PING_TIMEOUT: Duration = Duration::from_secs(20);

pub(super) type Pool = Client<ConnectTimeout<HttpsConnector<Route>>, SdkBody>;

/// The connections of one configuration. TLS is configured when it is first needed, since reading the system's certificates takes some milliseconds.
pub(super) struct ConnectionPools {
    plain: OnceLock<Result<Pool, String>>,
    secure: OnceLock<Result<Pool, String>>,
    options: NetworkOptions,
}

impl fmt::Debug for ConnectionPools {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ConnectionPools")
    }
}

impl ConnectionPools {
    pub(super) fn new(options: NetworkOptions) -> Self {
        Self {
            plain: OnceLock::new(),
            secure: OnceLock::new(),
            options,
        }
    }

    /// The pool for a URL.
    ///
    /// # Errors
    /// One sentence about a CA file or a proxy that cannot be used.
    pub(super) fn pool(&self, uri: &Uri) -> Result<&Pool, String> {
        let is_plain = uri.scheme_str() == Some("http") && self.options.http_proxy.is_none();
        let pool = if is_plain {
            self.plain.get_or_init(|| self.make_pool(RootCertStore::empty()))
        } else {
            self.secure.get_or_init(|| self.make_pool(trusted_roots(&self.options.ca_files)?))
        };
        pool.as_ref().map_err(String::clone)
    }

    fn make_pool(&self, roots: RootCertStore) -> Result<Pool, String> {
        let NetworkOptions {
            http_version,
            connect_timeout,
            ..
        } = self.options;
        let tls = client_config(roots).map_err(|error| error.to_string())?;
        let route = Route::new(&self.options, tls.clone())?;
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
            .pool_idle_timeout(POOL_IDLE_TIMEOUT)
            .http2_only(http_version == HttpVersion::Http2)
            .http2_keep_alive_interval(HTTP2_PING_INTERVAL)
            .http2_keep_alive_timeout(HTTP2_PING_TIMEOUT)
            .build(timed))
    }
}
