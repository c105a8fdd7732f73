//! Pools of connections: TCP, TLS, HTTP/1.1 and HTTP/2, over hyper.

use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use aws_smithy_types::body::SdkBody;
use http::Uri;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::{ClientConfig, RootCertStore};

use super::addresses::Reach;
use super::connect_timeout::ConnectTimeout;
use super::options::{HttpVersion, NetworkOptions};
use super::reused::ReuseChecks;
use super::route::Route;
use super::short_reads::ShortReads;
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
const HTTP2_STREAM_WINDOW: u32 = 64 * 1024;

/// Far more than all streams together can have: a paused reader uses up the window of its own stream only.
const HTTP2_CONNECTION_WINDOW: u32 = 1 << 30;

/// Streams at once on one HTTP/2 connection; further ones get a connection of their own. A server's limit is hardly ever lower (RFC 9113, 6.5.2, wants
/// at least 100), and a call beyond that would wait for the end of another.
const HTTP2_MAX_STREAMS: usize = 100;

/// The longest head of a response, as in Node.js, and bytes of an HTTP/1.1 connection that may wait for its reader.
const HTTP1_MAX_BUFFER: usize = 16 * 1024;

/// Idle connections that are kept, as many as Node.js's agent keeps. One of HTTP/1.1 has some 35 KB.
const MAX_IDLE_CONNECTIONS: usize = 256;

/// The body is boxed, since hyper has a list of 32 requests for each connection.
pub(super) type Pool = Client<ShortReads<ReuseChecks<ConnectTimeout<HttpsConnector<Route>>>>, Box<SdkBody>>;

/// The connections of one configuration. TLS is configured when it is first needed, since reading the system's certificates takes some milliseconds.
pub(super) struct ConnectionPools {
    plain: AgingPools,
    secure: AgingPools,
    options: NetworkOptions,
    reach: Reach,
}

/// Pools that are replaced when they are too old.
#[derive(Default)]
struct AgingPools {
    tls: OnceLock<Result<ClientConfig, String>>,
    pools: Mutex<Option<(Instant, Vec<CountedPool>)>>,
}

/// A pool, which has one connection to a host over HTTP/2.
struct CountedPool {
    pool: Pool,
    /// One clone for each HTTP/2 stream.
    streams: Arc<()>,
}

/// A pool for one request.
pub(super) struct Lease {
    pub(super) pool: Pool,
    /// Is held as long as the request has an HTTP/2 stream.
    pub(super) stream: Option<Arc<()>>,
}

impl fmt::Debug for ConnectionPools {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ConnectionPools")
    }
}

impl ConnectionPools {
    pub(super) fn new(options: NetworkOptions, reach: Reach) -> Self {
        Self {
            plain: AgingPools::default(),
            secure: AgingPools::default(),
            options,
            reach,
        }
    }

    /// The pool for a request to a URL.
    ///
    /// # Errors
    /// One sentence about a CA file or a proxy that cannot be used.
    pub(super) fn lease(&self, uri: &Uri) -> Result<Lease, String> {
        let is_plain = uri.scheme_str() == Some("http") && self.options.http_proxy.is_none();
        if is_plain {
            self.plain.lease(self, || Ok(RootCertStore::empty()))
        } else {
            self.secure.lease(self, || trusted_roots(&self.options))
        }
    }
}

impl AgingPools {
    fn lease(&self, owner: &ConnectionPools, roots: impl FnOnce() -> Result<RootCertStore, String>) -> Result<Lease, String> {
        let mut current = self.pools.lock().unwrap_or_else(PoisonError::into_inner);
        let (_, pools) = match current.take().filter(|(since, _)| since.elapsed() < MAX_POOL_AGE) {
            Some(young) => current.insert(young),
            None => current.insert((Instant::now(), Vec::new())),
        };
        if let Some(pool) = pools.iter().find(|pool| pool.has_room()) {
            return Ok(pool.lease(owner.options.http_version));
        }
        let tls = self.tls.get_or_init(|| client_config(roots()?).map_err(|error| error.to_string()));
        let new = CountedPool {
            pool: make_pool(&owner.options, tls.clone()?, owner.reach)?,
            streams: Arc::default(),
        };
        let lease = new.lease(owner.options.http_version);
        pools.push(new);
        Ok(lease)
    }
}

impl CountedPool {
    fn has_room(&self) -> bool {
        Arc::strong_count(&self.streams) <= HTTP2_MAX_STREAMS
    }

    fn lease(&self, version: HttpVersion) -> Lease {
        Lease {
            pool: self.pool.clone(),
            stream: (version == HttpVersion::Http2).then(|| Arc::clone(&self.streams)),
        }
    }
}

fn make_pool(options: &NetworkOptions, tls: ClientConfig, reach: Reach) -> Result<Pool, String> {
    let route = Route::new(options, tls.clone(), reach)?;
    let builder = HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http();
    let connector = match options.http_version {
        HttpVersion::Http1 => builder.enable_http1().wrap_connector(route),
        HttpVersion::Http2 => builder.enable_http2().wrap_connector(route),
    };
    let timed = ConnectTimeout {
        connector,
        timeout: options.connect_timeout,
    };
    let checked = ReuseChecks {
        connector: timed,
        http_version: options.http_version,
    };
    Ok(Client::builder(TokioExecutor::new())
        .timer(TokioTimer::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(POOL_IDLE_TIMEOUT)
        .pool_max_idle_per_host(if reach == Reach::Everywhere { MAX_IDLE_CONNECTIONS } else { 0 })
        .http1_max_buf_size(HTTP1_MAX_BUFFER)
        .http2_only(options.http_version == HttpVersion::Http2)
        .http2_initial_stream_window_size(HTTP2_STREAM_WINDOW)
        .http2_initial_connection_window_size(HTTP2_CONNECTION_WINDOW)
        .http2_keep_alive_interval(HTTP2_PING_INTERVAL)
        .http2_keep_alive_timeout(HTTP2_PING_TIMEOUT)
        .http2_keep_alive_while_idle(true)
        .build(ShortReads(checked)))
}
