//! Requests to embedding models, and their answers, where the tests through the addon do not reach.

#![expect(clippy::unwrap_used, reason = "a failing test may say so as it likes")]

use langchain_aws_native::convert::embeddings::{convert_embedding_response, convert_to_embedding_request};
use langchain_aws_native::error::Error;
use langchain_aws_native::models::embeddings::EmbeddingModel;
use proptest::prelude::*;

fn message(outcome: Result<Vec<f64>, Error>) -> String {
    outcome.unwrap_err().to_string()
}

#[test]
fn models_are_known_in_every_form_of_their_ids() {
    let known = [
        ("amazon.titan-embed-text-v2:0", EmbeddingModel::InputText),
        ("amazon.titan-embed-image-v1:0", EmbeddingModel::TitanMultimodal),
        ("cohere.embed-multilingual-v3:0:512", EmbeddingModel::CohereV3),
        ("global.cohere.embed-v4:0", EmbeddingModel::CohereV4),
        (
            "arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.cohere.embed-v4:0",
            EmbeddingModel::CohereV4,
        ),
        (
            "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-2-multimodal-embeddings-v1:0",
            EmbeddingModel::Nova,
        ),
        ("eu.twelvelabs.marengo-embed-2-7-v1:0", EmbeddingModel::Marengo2),
        ("twelvelabs.marengo-embed-3-0-v1:0", EmbeddingModel::Marengo3),
        (
            "arn:aws:bedrock:us-east-1:123456789012:provisioned-model/abcdef",
            EmbeddingModel::InputText,
        ),
        ("amazon.nova-lite-v1:0", EmbeddingModel::InputText),
    ];
    for (id, model) in known {
        assert_eq!(EmbeddingModel::of(id), model, "{id}");
    }
}

#[test]
fn text_of_the_caller_has_precedence_over_parameters() {
    let request = convert_to_embedding_request(
        r#"{"modelId":"amazon.titan-embed-text-v2:0","texts":["a"],"purpose":"query","modelParameters":{"inputText":"b","normalize":true}}"#,
    )
    .unwrap();
    assert_eq!(String::from_utf8(request.body).unwrap(), r#"{"inputText":"a","normalize":true}"#);
}

#[test]
fn answers_that_are_none_are_named() {
    assert!(message(convert_embedding_response(b"<html>", 1)).starts_with("The answer of the embedding model cannot be read: it is no JSON object"));
    assert!(message(convert_embedding_response(br#"{"embeddings":[[1,2],[3]]}"#, 2)).ends_with("its vector 1 has 1 dimensions."));
    assert!(message(convert_embedding_response(br#"{"embedding":[1,null]}"#, 1)).ends_with("its vector 0 is no array of numbers."));
}

proptest! {
    /// Any number comes back as it was written.
    #[test]
    fn numbers_are_exact(numbers in prop::collection::vec(prop::num::f64::NORMAL | prop::num::f64::SUBNORMAL | prop::num::f64::ZERO, 1..40)) {
        let body = serde_json::json!({ "embedding": numbers }).to_string();
        prop_assert_eq!(convert_embedding_response(body.as_bytes(), 1).unwrap(), numbers);
    }

    /// Nothing that an endpoint may answer makes the reader panic.
    #[test]
    fn no_answer_panics(member in "embedding|embeddings|data|embeddingsByType", value in r#"[\[\]{}0-9,.:"a-e ]{0,24}"#) {
        let _ = convert_embedding_response(format!(r#"{{"{member}":{value}}}"#).as_bytes(), 1);
    }
}
