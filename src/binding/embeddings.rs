//! What JavaScript must know of an embedding model.

#![expect(clippy::needless_pass_by_value, reason = "napi passes strings by value")]

use napi_derive::napi;

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
