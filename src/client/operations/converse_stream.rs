//! `ConverseStream`: one request, a stream of events.

use std::time::Duration;

use aws_smithy_types::byte_stream::ByteStream;

use super::answer::Answer;
use super::event_stream::EventStream;
use super::invoke_model::carrier;
use super::passthrough::{Passthrough, ResponseBody};
use super::prepare::prepare;
use super::stream_timeouts::{INITIAL_PHASE, StreamTimeouts};
use crate::client::failure::Failure;
use crate::client::limits::with_time_limit;
use crate::client::{CallOptions, Client};

/// See [`CallOptions::coalescing`].
const DEFAULT_COALESCING: Duration = Duration::from_millis(1);

impl Client {
    /// Sends `body`, the JSON of a `ConverseStreamRequest`, to `model_id` and waits for the head of the response.
    ///
    /// # Errors
    /// Every kind of [`Failure`] but a broken stream.
    pub async fn converse_stream(&self, model_id: &str, body: Vec<u8>, options: &CallOptions) -> Result<EventStream, Failure> {
        let timeouts = StreamTimeouts::new(options);
        with_time_limit(
            timeouts.limit(),
            INITIAL_PHASE,
            self.send_converse_stream(model_id, body, options, timeouts),
        )
        .await
    }

    async fn send_converse_stream(
        &self,
        model_id: &str,
        body: Vec<u8>,
        options: &CallOptions,
        timeouts: StreamTimeouts,
    ) -> Result<EventStream, Failure> {
        let sdk = self.sdk().await?;
        let passthrough = Passthrough::new(body.into(), ResponseBody::Streaming, sdk.retry_partition(model_id))
            .of("converse-stream")
            .taking_headers(options.includes_headers);
        let operation = prepare(carrier(&sdk, model_id).customize(), &passthrough, &sdk, options);
        let Answer { metadata, headers, .. } = self.send_payload(operation, &passthrough, &sdk, options).await?;
        let mut exchange = passthrough.exchange();
        if let Some(content_type) = exchange
            .content_type
            .take()
            .filter(|it| !it.starts_with("application/vnd.amazon.eventstream"))
        {
            return Err(Failure::NotAnEventStream {
                content_type,
                metadata: Box::new(metadata),
            });
        }
        let body = exchange.streaming.take().ok_or(Failure::MissingBody)?;
        let coalescing = options.coalescing.unwrap_or(DEFAULT_COALESCING);
        Ok(EventStream::new(ByteStream::new(body), timeouts, coalescing, metadata, headers))
    }
}
