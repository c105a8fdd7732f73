//! What JavaScript must know of an embedding model, and its answer.

#![expect(clippy::needless_pass_by_value, reason = "napi passes strings by value")]

use napi::bindgen_prelude::Float64Array;
use napi_derive::napi;

use crate::client::embeddings::Vectors;
use crate::models::embeddings::EmbeddingModel;

/// An embedding model.
#[napi(js_name = "EmbeddingModel")]
pub struct JsEmbeddingModel(EmbeddingModel);

#[napi]
impl JsEmbeddingModel {
    /// Reads an id or ARN.
    #[napi(constructor)]
    #[must_use]
    pub fn new(model: String) -> Self {
        Self(EmbeddingModel::of(&model))
    }

    /// How many texts one request may have.
    #[napi(getter)]
    #[must_use]
    pub fn max_texts(&self) -> u32 {
        self.0.max_texts()
    }
}

/// The answer of an embedding model.
#[napi(object, object_from_js = false)]
pub struct JsVectors {
    /// The numbers of all vectors, one vector after the other.
    pub numbers: Float64Array,
    /// The JSON of the request's `$metadata`.
    pub metadata: String,
    /// How many tokens the texts have, where the answer tells.
    pub input_tokens: Option<u32>,
}

impl From<Vectors> for JsVectors {
    fn from(vectors: Vectors) -> Self {
        Self {
            numbers: vectors.numbers.into(),
            metadata: vectors.metadata.json(),
            input_tokens: vectors.input_tokens,
        }
    }
}
