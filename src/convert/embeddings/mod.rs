//! Texts → the bodies of embedding models; their answers → vectors.

mod request;
mod response;

pub use self::request::{EmbeddingRequest, convert_to_embedding_request};
pub use self::response::convert_embedding_response;
