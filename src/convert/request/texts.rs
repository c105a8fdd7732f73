//! Lists of texts, which documents and search results are made of.

use serde_json::value::RawValue;

use super::values::Json;
use crate::convert::json::{self, Object, is_string};

/// A list of texts, from a string or a list of text blocks; what is no text is left out.
pub(super) fn convert_texts(content: Option<&RawValue>) -> Json<'_> {
    let items = content
        .map(|content| json::array(content).unwrap_or_else(|| vec![content]))
        .unwrap_or_default();
    let texts = items.into_iter().filter_map(|item| {
        let text = if is_string(item) { Some(item) } else { Object::read(item)?.get("text") };
        text.filter(|text| is_string(text)).map(|text| Json::one("text", Json::Raw(text)))
    });
    Json::List(texts.collect())
}
