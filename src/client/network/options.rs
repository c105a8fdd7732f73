//! Network settings.

use std::path::PathBuf;
use std::time::Duration;

/// The HTTP version.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum HttpVersion {
    /// A connection for each request under way: a paused reader holds up only itself, and there is no limit of streams to wait for.
    #[default]
    Http1,
    /// One connection for each hundred requests under way.
    Http2,
}

/// Network settings of a client.
#[derive(Debug, Clone, Default)]
pub struct NetworkOptions {
    /// The HTTP version.
    pub http_version: HttpVersion,
    /// PEM files with certificates to trust beside the system's and Mozilla's.
    pub ca_files: Vec<PathBuf>,
    /// A PEM file of certificates in place of the system's (`SSL_CERT_FILE`).
    pub system_ca_file: Option<PathBuf>,
    /// Directories of certificates in place of the system's (`SSL_CERT_DIR`).
    pub system_ca_directories: Vec<PathBuf>,
    /// The proxy for `https` URLs, with user and password in its URL if it wants them.
    pub https_proxy: Option<String>,
    /// The proxy for `http` URLs.
    pub http_proxy: Option<String>,
    /// Hosts to reach without a proxy, comma separated, as curl reads `NO_PROXY`.
    pub no_proxy: Option<String>,
    /// The limit for opening a connection, TLS included.
    pub connect_timeout: Option<Duration>,
}
