//! Requests to hosts of the web, which the caller's messages name.

use std::error::Error as StdError;
use std::sync::OnceLock;

use aws_smithy_types::body::SdkBody;
use http::{Request, Response, Uri, header};
use hyper::body::Incoming;

use super::addresses::Reach;
use super::options::{HttpVersion, NetworkOptions};
use super::pool::ConnectionPools;

/// Connections of their own beside those to AWS, with the same proxy and certificates. Each is closed behind its answer.
pub(in crate::client) struct Web(ConnectionPools);

/// The connections of a client to hosts of the web. Most clients have none.
#[derive(Default)]
pub(in crate::client) struct WebConnections {
    public: OnceLock<Web>,
    private: OnceLock<Web>,
}

impl WebConnections {
    /// Those that also reach private addresses and this machine, or not.
    pub(in crate::client) fn get(&self, options: &NetworkOptions, reaches_private: bool) -> &Web {
        if reaches_private {
            self.private.get_or_init(|| Web::new(options, Reach::Private))
        } else {
            self.public.get_or_init(|| Web::new(options, Reach::Public))
        }
    }
}

const USER_AGENT: &str = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));

impl Web {
    fn new(options: &NetworkOptions, reach: Reach) -> Self {
        let options = NetworkOptions {
            http_version: HttpVersion::Http1,
            ..options.clone()
        };
        Self(ConnectionPools::new(options, reach))
    }

    /// Asks for a file, without anything that tells who asks. A redirect is an answer as any other.
    ///
    /// # Errors
    /// Why there is no answer.
    pub(in crate::client) async fn get(&self, url: Uri) -> Result<Response<Incoming>, Box<dyn StdError + Send + Sync>> {
        let pool = self.0.lease(&url)?.pool;
        let request = Request::get(url)
            .header(header::ACCEPT, "*/*")
            .header(header::ACCEPT_ENCODING, "identity")
            .header(header::USER_AGENT, USER_AGENT)
            .body(Box::new(SdkBody::empty()))?;
        Ok(pool.request(request).await?)
    }
}
