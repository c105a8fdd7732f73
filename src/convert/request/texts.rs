//! Lists of texts, the content of documents and search results.

use serde_json::value::RawValue;

use super::scope::Scope;
use super::values::Json;
use crate::convert::json::{self, Object, is_string};
use crate::error::Error;

/// A list of texts, from a string or a list of text blocks.
///
/// # Errors
/// For any other block, such as an image: Converse accepts only texts there.
pub(super) fn convert_texts<'a>(content: Option<&'a RawValue>, scope: Scope<'a>) -> Result<Json<'a>, Error> {
    let items = content
        .map(|content| json::array(content).unwrap_or_else(|| vec![content]))
        .unwrap_or_default();
    let texts = items.into_iter().enumerate().map(|(index, item)| {
        let block = Object::read(item).unwrap_or_default();
        let text = if is_string(item) { Some(item) } else { block.get("text") };
        let text = text.filter(|text| is_string(text)).ok_or_else(|| {
            let kind = block.text("type").unwrap_or_else(|| "undefined".into());
            scope.refuse(format_args!(
                "Only texts can be in this block, but its content[{index}] is of type {kind}."
            ))
        })?;
        Ok(Json::one("text", Json::Raw(text)))
    });
    texts.collect::<Result<_, _>>().map(Json::List)
}
