//! Pools of connections: TCP, TLS, HTTP/1.1 and HTTP/2, over hyper.

use std::fmt;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use aws_smithy_types::body::SdkBody;
use http::Uri;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::{ClientConfig, RootCertStore};

use super::connect_timeout::ConnectTimeout;
use super::options::{HttpVersion, NetworkOptions};
use super::route::Route;
use super::tls::{client_config, trusted_roots};

/// An idle connection is closed after this time; AWS closes it later.
const POOL_IDLE_TIMEOUT: Duration = Duration::from_secs(50);

/// After this time new requests get new connections, so that a change of DNS is noticed. Requests on older ones go on.
const MAX_POOL_AGE: Duration = Duration::from_mins(10);

/// The interval of pings on an HTTP/2 connection, also while it is idle.
const HTTP2_PING_INTERVAL: Duration = Duration::from_secs(10);

/// A connection whose ping is not answered for so long is closed.
const HTTP2_PING_TIMEOUT: Duration = Duration::from_secs(10);

/// Bytes of one HTTP/2 stream that may wait for its reader.
const HTTP2_STREAM_WINDOW: u32 = 256 * 1024;

/// Far more than all streams together can have: a paused reader uses up the window of its own stream only.
const HTTP2_CONNECTION_WINDOW: u32 = 1 << 30;

/// Bytes of an HTTP/1.1 connection that may wait for its reader. hyper's default is 400 KB, which an idle connection would keep.
const HTTP1_MAX_BUFFER: usize = 64 * 1024;

pub(super) type Pool = Client<ConnectTimeout<HttpsConnector<Route>>, SdkBody>;

/// The connections of one configuration. TLS is configured when it is first needed, since reading the system's certificates takes some milliseconds.
pub(super) struct ConnectionPools {
    plain: AgingPool,
    secure: AgingPool,
    options: NetworkOptions,
}

/// A pool that is replaced when it is too old.
#[derive(Default)]
struct AgingPool {
    tls: OnceLock<Result<ClientConfig, String>>,
    pool: Mutex<Option<(Instant, Pool)>>,
}

impl fmt::Debug for ConnectionPools {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ConnectionPools")
    }
}

impl ConnectionPools {
    pub(super) fn new(options: NetworkOptions) -> Self {
        Self {
            plain: AgingPool::default(),
            secure: AgingPool::default(),
            options,
        }
    }

    /// The pool for a URL.
    ///
    /// # Errors
    /// One sentence about a CA file or a proxy that cannot be used.
    pub(super) fn pool(&self, uri: &Uri) -> Result<Pool, String> {
        let is_plain = uri.scheme_str() == Some("http") && self.options.http_proxy.is_none();
        if is_plain {
            self.plain.get(&self.options, || Ok(RootCertStore::empty()))
        } else {
            self.secure.get(&self.options, || trusted_roots(&self.options))
        }
    }
}

impl AgingPool {
    fn get(&self, options: &NetworkOptions, roots: impl FnOnce() -> Result<RootCertStore, String>) -> Result<Pool, String> {
        let mut current = self.pool.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, pool)) = current.as_ref().filter(|(since, _)| since.elapsed() < MAX_POOL_AGE) {
            return Ok(pool.clone());
        }
        let tls = self.tls.get_or_init(|| client_config(roots()?).map_err(|error| error.to_string()));
        let pool = make_pool(options, tls.clone()?)?;
        *current = Some((Instant::now(), pool.clone()));
        Ok(pool)
    }
}

fn make_pool(options: &NetworkOptions, tls: ClientConfig) -> Result<Pool, String> {
    let route = Route::new(options, tls.clone())?;
    let builder = HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http();
    let connector = match options.http_version {
        HttpVersion::Http1 => builder.enable_http1().wrap_connector(route),
        HttpVersion::Http2 => builder.enable_http2().wrap_connector(route),
    };
    let timed = ConnectTimeout {
        connector,
        timeout: options.connect_timeout,
    };
    Ok(Client::builder(TokioExecutor::new())
        .timer(TokioTimer::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(POOL_IDLE_TIMEOUT)
        .http1_max_buf_size(HTTP1_MAX_BUFFER)
        .http2_only(options.http_version == HttpVersion::Http2)
        .http2_initial_stream_window_size(HTTP2_STREAM_WINDOW)
        .http2_initial_connection_window_size(HTTP2_CONNECTION_WINDOW)
        .http2_keep_alive_interval(HTTP2_PING_INTERVAL)
        .http2_keep_alive_timeout(HTTP2_PING_TIMEOUT)
        .http2_keep_alive_while_idle(true)
        .build(timed))
}
