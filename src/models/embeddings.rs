//! Embedding models: how each is asked.

/// A family of embedding models whose requests have one shape.
///
/// Shapes and limits are those of AWS's "Inference request parameters and response fields for foundation models", read on 2026-11-25.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmbeddingModel {
    /// Amazon Titan Text Embeddings, and every model that is not known: `inputText`, `dimensions`.
    InputText,
    /// Amazon Titan Multimodal Embeddings G1.
    TitanMultimodal,
    /// Cohere Embed v3: vectors of 1,024 numbers.
    CohereV3,
    /// Cohere Embed v4.
    CohereV4,
    /// Amazon Nova Multimodal Embeddings.
    Nova,
    /// `TwelveLabs` Marengo Embed 2.7: vectors of 1,024 numbers.
    Marengo2,
    /// `TwelveLabs` Marengo Embed 3.0: vectors of 512 numbers.
    Marengo3,
}

impl EmbeddingModel {
    /// Reads an id or ARN. (An ARN of an application inference profile or of provisioned throughput does not name its model.)
    #[must_use]
    pub fn of(model_id: &str) -> Self {
        let id = model_id.to_ascii_lowercase();
        let has = |name: &str| id.contains(name);
        if has("titan-embed-image") {
            Self::TitanMultimodal
        } else if has("cohere.embed-v4") {
            Self::CohereV4
        } else if has("cohere.embed-") {
            Self::CohereV3
        } else if has("nova-") && has("-embed") {
            Self::Nova
        } else if has("marengo-embed-2") {
            Self::Marengo2
        } else if has("marengo-embed") {
            Self::Marengo3
        } else {
            Self::InputText
        }
    }

    /// How many texts one request may have.
    #[must_use]
    pub fn max_texts(self) -> u32 {
        match self {
            Self::CohereV3 | Self::CohereV4 => 96,
            _ => 1,
        }
    }

    /// The number of dimensions, where it cannot be chosen.
    #[must_use]
    pub fn fixed_dimensions(self) -> Option<u32> {
        match self {
            Self::CohereV3 | Self::Marengo2 => Some(1024),
            Self::Marengo3 => Some(512),
            _ => None,
        }
    }
}
