//! A complete call of an embedding model.

use super::call_options::CallOptions;
use super::conversation::Request;
use super::failure::Failure;
use super::operations::Answer;
use super::sdk_client::Client;
use crate::convert::embeddings::{convert_embedding_response, convert_to_embedding_request};
use crate::convert::response::ResponseMetadata;

/// The answer of an embedding model.
pub struct Vectors {
    /// The numbers of all vectors, one vector after the other.
    pub numbers: Vec<f64>,
    /// Becomes `$metadata`.
    pub metadata: ResponseMetadata,
    /// How many tokens the texts have, where the answer tells.
    pub input_tokens: Option<u32>,
}

/// Sends the texts of `request` and returns their vectors.
///
/// # Errors
/// Any [`Failure`] except those of a stream.
pub async fn embed(client: &Client, request: Request, options: &CallOptions) -> Result<Vectors, Failure> {
    let request = convert_to_embedding_request(request.json()?)?;
    let answer = client.invoke_model(&request.model_id, request.body, options).await?;
    let Answer {
        body,
        metadata,
        input_tokens,
        ..
    } = answer;
    let numbers = convert_embedding_response(&body, request.texts)?;
    Ok(Vectors {
        numbers,
        metadata,
        input_tokens,
    })
}
