//! Credentials and a connection ahead of the first call.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::http::{HttpClient, HttpConnector, HttpConnectorSettings, SharedHttpConnector};
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeTransmitInterceptorContextMut;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::byte_stream::ByteStream;
use aws_smithy_types::config_bag::ConfigBag;

use crate::client::Client;
use crate::client::failure::{self, Failure, Phase};
use crate::client::limits::{TimeLimit, with_time_limit};
use crate::convert::response::ResponseMetadata;

impl Client {
    /// Reads the configuration, fetches credentials and opens a connection, so that the first call finds all three.
    ///
    /// # Errors
    /// The failures of a call up to the point where it sends its request. [`Failure::Timeout`] after `limit`.
    pub async fn prewarm(&self, limit: Option<Duration>) -> Result<(), Failure> {
        with_time_limit(limit.map(TimeLimit::from), Phase::of_converse("connection"), self.connect()).await
    }

    async fn connect(&self) -> Result<(), Failure> {
        let halt = HaltBeforeTransmit::default();
        let sdk = self.sdk().await?;
        let operation = sdk.client.invoke_model().model_id("prewarm").customize().interceptor(halt.clone());
        let halted = Box::pin(operation.send()).await;
        let reached = halt.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        match (reached, halted) {
            (Some((connector, endpoint)), _) => open_connection(&connector, endpoint).await,
            (None, Err(error)) => Err(failure::from_sdk(&error, &ResponseMetadata::default())),
            (None, Ok(_)) => Ok(()),
        }
    }
}

/// Requests nothing in particular: whatever the answer, the connection is open and in the pool.
async fn open_connection(connector: &SharedHttpConnector, endpoint: HttpRequest) -> Result<(), Failure> {
    let response = connector.call(endpoint).await.map_err(|error| failure::from_connector(&error))?;
    // A connection is reused only after its response was read.
    ByteStream::new(response.into_body())
        .collect()
        .await
        .map_err(|error| failure::from_body(&error))?;
    Ok(())
}

type Reached = (SharedHttpConnector, HttpRequest);

/// Stops a call after it was signed, before it is sent.
#[derive(Debug, Clone, Default)]
struct HaltBeforeTransmit(Arc<Mutex<Option<Reached>>>);

impl Intercept for HaltBeforeTransmit {
    fn name(&self) -> &'static str {
        "HaltBeforeTransmit"
    }

    fn modify_before_transmit(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let client = components.http_client().ok_or("there is no HTTP client")?;
        let connector = client.http_connector(&HttpConnectorSettings::builder().build(), components);
        let mut endpoint = HttpRequest::empty();
        endpoint.set_uri(origin(context.request().uri())?)?;
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((connector, endpoint));
        Err("halted".into())
    }
}

/// `https://host:port/` of a URL.
fn origin(url: &str) -> Result<String, BoxError> {
    let uri: http::Uri = url.parse()?;
    let (scheme, authority) = uri.scheme().zip(uri.authority()).ok_or("the endpoint is no whole URL")?;
    Ok(format!("{scheme}://{authority}/"))
}
