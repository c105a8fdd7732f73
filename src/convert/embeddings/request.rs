//! Texts → the body of an `InvokeModel` request.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::error::Error;
use crate::models::embeddings::EmbeddingModel;

/// What `langchain/embeddings.ts` asks for.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    model_id: String,
    /// The model that the rules are about, if `modelId` does not name it.
    model: Option<String>,
    texts: Vec<String>,
    purpose: Purpose,
    dimensions: Option<u32>,
    #[serde(default)]
    model_parameters: Map<String, Value>,
}

/// What a text is for. Some models make different vectors of a question and of the documents that answer it.
#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Purpose {
    Query,
    Document,
}

/// A request to an embedding model.
#[derive(Debug)]
pub struct EmbeddingRequest {
    /// Model id or ARN.
    pub model_id: String,
    /// JSON.
    pub body: Vec<u8>,
    /// The number of texts, and so of vectors in the answer.
    pub texts: usize,
}

/// Makes the request from JSON: `modelId`, `model`, `texts`, `purpose` (`query` or `document`), `dimensions`, `modelParameters`.
///
/// # Errors
/// [`Error::InvalidInput`] for other JSON, and for `dimensions` that the model cannot have.
pub fn convert_to_embedding_request(json: &str) -> Result<EmbeddingRequest, Error> {
    let request: Request = serde_json::from_str(json).map_err(|error| Error::InvalidInput(format!("embedding request: {error}")))?;
    let rules = EmbeddingModel::of(request.model.as_ref().unwrap_or(&request.model_id));
    let mut body = defaults(rules, request.purpose);
    merge(&mut body, request.model_parameters);
    let texts = request.texts.len();
    set_texts(&mut body, rules, request.texts);
    if let Some(dimensions) = request.dimensions {
        set_dimensions(&mut body, rules, dimensions)?;
    }
    Ok(EmbeddingRequest {
        model_id: request.model_id,
        body: Value::Object(body).to_string().into_bytes(),
        texts,
    })
}

/// The members that the caller's `modelParameters` may replace.
fn defaults(rules: EmbeddingModel, purpose: Purpose) -> Map<String, Value> {
    let by_purpose = |query: &'static str, document: &'static str| if purpose == Purpose::Query { query } else { document };
    let defaults = match rules {
        EmbeddingModel::InputText | EmbeddingModel::TitanMultimodal => json!({}),
        EmbeddingModel::CohereV3 | EmbeddingModel::CohereV4 => json!({ "input_type": by_purpose("search_query", "search_document") }),
        EmbeddingModel::Nova => json!({
            "taskType": "SINGLE_EMBEDDING",
            "singleEmbeddingParams": {
                "embeddingPurpose": by_purpose("GENERIC_RETRIEVAL", "GENERIC_INDEX"),
                "text": { "truncationMode": "END" },
            },
        }),
        EmbeddingModel::Marengo2 | EmbeddingModel::Marengo3 => json!({ "inputType": "text" }),
    };
    object(defaults)
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

/// Objects are merged member by member; of other values the caller's wins.
fn merge(into: &mut Map<String, Value>, from: Map<String, Value>) {
    for (name, value) in from {
        match (into.get_mut(&name), value) {
            (Some(Value::Object(members)), Value::Object(others)) => merge(members, others),
            (_, value) => {
                into.insert(name, value);
            }
        }
    }
}

fn set_texts(body: &mut Map<String, Value>, rules: EmbeddingModel, texts: Vec<String>) {
    if rules.max_texts() > 1 {
        body.insert("texts".to_owned(), texts.into());
        return;
    }
    let text = texts.into_iter().next().unwrap_or_default();
    match rules {
        EmbeddingModel::Nova => merge(body, object(json!({ "singleEmbeddingParams": { "text": { "value": text } } }))),
        EmbeddingModel::Marengo3 => merge(body, object(json!({ "text": { "inputText": text } }))),
        // As `@langchain/aws` does: vectors that it made must stay comparable with ours.
        EmbeddingModel::InputText => merge(body, object(json!({ "inputText": text.replace('\n', " ") }))),
        _ => merge(body, object(json!({ "inputText": text }))),
    }
}

fn set_dimensions(body: &mut Map<String, Value>, rules: EmbeddingModel, dimensions: u32) -> Result<(), Error> {
    if let Some(fixed) = rules.fixed_dimensions() {
        if dimensions == fixed {
            return Ok(());
        }
        return Err(Error::InvalidInput(format!(
            "dimensions: the vectors of this model always have {fixed} dimensions, so `dimensions` must be left out, but it is {dimensions}."
        )));
    }
    let members = match rules {
        EmbeddingModel::Nova => json!({ "singleEmbeddingParams": { "embeddingDimension": dimensions } }),
        EmbeddingModel::TitanMultimodal => json!({ "embeddingConfig": { "outputEmbeddingLength": dimensions } }),
        EmbeddingModel::CohereV4 => json!({ "output_dimension": dimensions }),
        _ => json!({ "dimensions": dimensions }),
    };
    merge(body, object(members));
    Ok(())
}
