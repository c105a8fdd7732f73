//! Connection pools: TCP, TLS, proxies, HTTP/1.1 and HTTP/2.

mod addresses;
mod connect_timeout;
mod connector;
mod options;
mod pool;
mod reused;
mod route;
mod short_reads;
mod system_certificates;
mod tls;
mod web;

pub(super) use self::addresses::AddressRefused;
pub(super) use self::connector::http_client;
pub use self::options::{HttpVersion, NetworkOptions};
pub(super) use self::web::WebConnections;
