//! A complete call of an embedding model.

use super::call_options::CallOptions;
use super::conversation::Request;
use super::failure::Failure;
use super::sdk_client::Client;
use crate::convert::embeddings::{convert_embedding_response, convert_to_embedding_request};

/// Sends the texts of `request` and returns the numbers of their vectors, one vector after the other.
///
/// # Errors
/// Any [`Failure`] except those of a stream.
pub async fn embed(client: &Client, request: Request, options: &CallOptions) -> Result<Vec<f64>, Failure> {
    let request = convert_to_embedding_request(request.json()?)?;
    let answer = client.invoke_model(&request.model_id, request.body, options).await?;
    Ok(convert_embedding_response(&answer.body, request.texts)?)
}
