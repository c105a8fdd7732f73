//! A Converse answer as the fields of a LangChain `AIMessage`.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::content_blocks::MessageContent;
use super::metadata::{MODEL_PROVIDER, ResponseMetadata};
use super::usage::write_usage_metadata;
use crate::convert::answer_form::AnswerForm;
use crate::convert::inline_reasoning::split_content;
use crate::convert::json::writer::{ObjectWriter, quoted};
use crate::convert::json::{self, Object};
use crate::convert::tool_names::ToolNames;
use crate::error::Error;

#[derive(Deserialize)]
struct Output<'a> {
    #[serde(borrow)]
    message: Option<Message<'a>>,
}

#[derive(Deserialize)]
struct Message<'a> {
    #[serde(borrow)]
    role: Option<&'a RawValue>,
    #[serde(borrow)]
    content: Option<&'a RawValue>,
}

/// Turns `body`, the JSON of a `ConverseResponse`, into the JSON of an `AIMessage`'s fields.
///
/// `tool_names` are those of the request: tools may have been sent to Bedrock under other names.
///
/// # Errors
/// [`Error::InvalidOutput`] when `body` is no such JSON or has no message of the assistant.
pub fn convert_converse_response(body: &[u8], metadata: &ResponseMetadata, tool_names: &ToolNames, form: &AnswerForm) -> Result<String, Error> {
    let response: Object<'_> =
        serde_json::from_slice(body).map_err(|error| Error::InvalidOutput(format!("Bedrock's response is not a JSON object: {error}.")))?;
    let blocks = message_content(&response)?;
    let mut content = MessageContent::new(tool_names);
    let split = form.inline_reasoning.as_deref().and_then(|tag| split_content(&blocks, tag));
    let blocks = split.as_ref().map_or(blocks, |split| split.iter().map(AsRef::as_ref).collect());
    let json = if form.is_json { json_answer(&blocks) } else { None };
    let blocks = json.as_ref().map_or(blocks, JsonAnswer::blocks);
    let lone_text = lone_text(&blocks);
    if lone_text.is_none() {
        for block in &blocks {
            content.push_block(block);
        }
    }

    let mut out = String::with_capacity(body.len() + 512);
    let mut message = ObjectWriter::new(&mut out);
    message.raw("content", &lone_text.map_or_else(|| content.json(), ToOwned::to_owned));
    message.raw("tool_calls", &format!("[{}]", content.tool_calls));
    if !content.invalid_tool_calls.is_empty() {
        message.raw("invalid_tool_calls", &format!("[{}]", content.invalid_tool_calls));
    }
    if let Some(usage) = response.object("usage") {
        let additional = response.object("additionalModelResponseFields");
        write_usage_metadata(&usage, additional.as_ref(), message.member("usage_metadata"));
    }
    write_response_metadata(&response, metadata, message.member("response_metadata"));
    if let Some(request_id) = &metadata.request_id {
        message.text("id", request_id);
    }
    if !content.bytes.is_empty() {
        message.raw("bytes", &format!("[{}]", content.bytes));
    }
    message.end();
    Ok(out)
}

fn message_content<'a>(response: &Object<'a>) -> Result<Vec<&'a RawValue>, Error> {
    let invalid = |text: &str| Error::InvalidOutput(text.to_owned());
    let output: Option<Output<'a>> = response.get("output").and_then(|output| serde_json::from_str(output.get()).ok());
    let message = output
        .and_then(|output| output.message)
        .ok_or_else(|| invalid("No message found in Bedrock response."))?;
    let content = message
        .content
        .and_then(json::array)
        .ok_or_else(|| invalid("No message content found in response."))?;
    let role = message.role.map(RawValue::get).unwrap_or_default();
    if role == "\"assistant\"" {
        Ok(content)
    } else {
        let role = role.trim_matches('"');
        Err(Error::InvalidOutput(format!(
            "Unsupported message role received in ChatBedrockConverse response: {role}"
        )))
    }
}

/// The blocks of an answer that is JSON: its texts as one.
struct JsonAnswer<'a> {
    before: Vec<&'a RawValue>,
    text: Box<RawValue>,
    behind: Vec<&'a RawValue>,
}

impl JsonAnswer<'_> {
    fn blocks(&self) -> Vec<&RawValue> {
        let text = std::iter::once(self.text.as_ref());
        self.before.iter().copied().chain(text).chain(self.behind.iter().copied()).collect()
    }
}

/// Joins the texts of an answer, and takes away the code fence that models without native structured output put around JSON; `None` when there is
/// nothing to change.
fn json_answer<'a>(blocks: &[&'a RawValue]) -> Option<JsonAnswer<'a>> {
    let texts: Vec<_> = blocks.iter().filter_map(|block| plain_text(block)).collect();
    let joined = texts.concat();
    let unfenced = without_fence(&joined);
    if texts.len() < 2 && unfenced.len() == joined.len() {
        return None;
    }
    let first = blocks.iter().position(|block| plain_text(block).is_some())?;
    let (before, rest) = blocks.split_at_checked(first)?;
    Some(JsonAnswer {
        before: before.to_vec(),
        text: RawValue::from_string(format!("{{\"text\":{}}}", quoted(unfenced))).ok()?,
        behind: rest.iter().copied().filter(|block| plain_text(block).is_none()).collect(),
    })
}

/// The text of a block that is a text and nothing else.
fn plain_text(block: &RawValue) -> Option<String> {
    let members = Object::read(block).filter(|members| members.iter().count() == 1)?;
    members.text("text").map(std::borrow::Cow::into_owned)
}

/// What is inside a Markdown code block that is all of the text.
fn without_fence(text: &str) -> &str {
    let inner = text.trim().strip_prefix("```").and_then(|rest| rest.strip_suffix("```"));
    inner.map_or(text, |inner| inner.strip_prefix("json").unwrap_or(inner).trim())
}

/// The text of an answer that has one text and nothing else, as a JSON string.
fn lone_text<'a>(blocks: &[&'a RawValue]) -> Option<&'a str> {
    let [block] = blocks else { return None };
    let members = Object::read(block)?;
    if members.iter().count() == 1 { members.literal("text") } else { None }
}

fn write_response_metadata(response: &Object<'_>, metadata: &ResponseMetadata, out: &mut String) {
    let mut object = ObjectWriter::new(out);
    metadata.write(object.member("$metadata"));
    object.members(response, &["output"]);
    object.text("model_provider", MODEL_PROVIDER).end();
}
