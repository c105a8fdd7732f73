//! What JavaScript reads of models.

#![expect(clippy::needless_pass_by_value, reason = "napi passes strings by value")]

use napi_derive::napi;

use crate::models::{describe, known_models};

/// What is known of models.
#[napi(js_name = "Models")]
pub struct JsModels;

#[napi]
impl JsModels {
    /// What is known of a model, by an id or ARN of any form: JSON of `{ id?, profile, toolChoice?, countTokens?, facts, sources }`.
    #[napi]
    #[must_use]
    pub fn describe(id: String) -> String {
        describe(&id).to_string()
    }

    /// The ids of all models that are known, without geo prefix.
    #[napi]
    #[must_use]
    pub fn list() -> Vec<&'static str> {
        known_models()
    }
}
