//! LangChain messages and options → the body of a Converse request.
//!
//! One pass over the messages makes content blocks that borrow from the caller's JSON; the rules over the whole history
//! ([`turns`](super::turns)) then change the blocks, and the body is written once.

use serde_json::value::RawValue;

use super::attachment::{Attachment, Attachments};
use super::block::Block;
use super::cache_points::{apply_cache_points, fit_cache_points_to_nova, limit_cache_points, order_cache_points};
use super::messages::convert_messages;
use super::report::Report;
use super::request_json::read_request;
use super::scope::{Place, Scope};
use super::shapes::{INFERENCE_CONFIG, REQUEST_OPTIONS, TOOL_CONFIG, walk, walk_members};
use super::tool_declarations::{declare_used_tools, make_tools_legal};
use super::turn::Turn;
use super::turns::settle_turns;
use super::values::{Json, Members};
use crate::convert::json::{self, Object};
use crate::convert::tool_names::ToolNames;
use crate::convert::warnings::Warning;
use crate::error::Error;
use crate::models::Model;

/// A Converse request, ready to be sent.
#[derive(Debug)]
pub struct ConvertedRequest {
    /// The model id or ARN, which goes into the URL.
    pub model_id: String,
    /// The JSON body.
    pub body: Vec<u8>,
    /// The caller's own names of tools whose names in the body differ.
    pub tool_names: ToolNames,
    /// What was changed, because Bedrock would have refused it.
    pub warnings: Vec<Warning>,
}

/// Converts the request that TypeScript passes (one JSON text, made in `langchain/request/request.ts`) into a Converse request.
///
/// `attachments` replace the values of the messages whose paths are in the request's member `attachments`.
///
/// # Errors
///
/// [`Error::InvalidInput`] for messages or options that Bedrock cannot accept.
pub fn convert_to_converse_request(request: &str, attachments: &[Attachment<'_>]) -> Result<ConvertedRequest, Error> {
    let request_size = request.len();
    let request = read_request(request)?;
    let model_id = request.text("modelId").filter(|model_id| !model_id.is_empty());
    let model_id = model_id.ok_or_else(|| Error::InvalidInput("modelId: a model id or an ARN is required".to_owned()))?;
    let messages = request.get("messages").and_then(json::array).unwrap_or_default();
    let resolved = Attachments::resolve(&messages, request.get("attachments"), attachments)?;
    let report = Report::new(request.text("adaptation").as_deref());
    let scope = Scope {
        attachments: &resolved,
        model: Model::of(&model_id),
        report: &report,
        place: Place::Member("messages"),
    };
    let (body, tool_names) = convert_body(&request, &messages, scope)?;
    Ok(ConvertedRequest {
        body: write_body(&body, request_size, attachments)?,
        model_id: model_id.into_owned(),
        tool_names,
        warnings: report.into_warnings(),
    })
}

/// The body's members, in the order in which AWS's SDKs write them.
#[derive(serde::Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    messages: Vec<Turn<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    system: Vec<Block<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    inference_config: Option<Json<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_config: Option<Json<'a>>,
    #[serde(flatten)]
    options: Members<'a>,
}

/// The members of a request that are converted, not copied.
const CONVERTED: [&str; 7] = [
    "modelId",
    "adaptation",
    "messages",
    "attachments",
    "cacheControl",
    "inferenceConfig",
    "toolConfig",
];

fn convert_body<'a>(request: &Object<'a>, messages: &[&'a RawValue], scope: Scope<'a>) -> Result<(Body<'a>, ToolNames), Error> {
    let (mut messages, mut system) = convert_messages(messages, scope)?;
    settle_turns(&mut messages, scope)?;
    let member = |name: &'static str, shape| {
        let scope = Scope {
            place: Place::Member(name),
            ..scope
        };
        request.get(name).map(|value| walk(shape, value, scope)).transpose()
    };
    let mut tool_config = member("toolConfig", &TOOL_CONFIG)?;
    tool_config.iter_mut().filter_map(tools_of).flatten().for_each(drop_blank_description);
    let tool_names = make_tools_legal(&mut messages, &mut tool_config);
    if let Some(control) = request.object("cacheControl") {
        let tools = tool_config.as_mut().and_then(tools_of);
        apply_cache_points(&control, scope.model, &mut messages, &mut system, tools);
    }
    fit_cache_points_to_nova(&mut messages, &mut system, tool_config.as_mut().and_then(tools_of), scope)?;
    limit_cache_points(&mut messages, &mut system, tool_config.as_mut().and_then(tools_of), scope)?;
    order_cache_points(&mut messages, &mut system, tool_config.as_mut().and_then(tools_of));
    let has_tools = tool_config.as_mut().and_then(tools_of).is_some_and(|tools| !tools.is_empty());
    if !has_tools && !scope.model.is_prompt {
        tool_config = declare_used_tools(&messages).or(tool_config);
    }
    let body = Body {
        messages,
        system,
        inference_config: member("inferenceConfig", &INFERENCE_CONFIG)?,
        tool_config,
        options: walk_members(&REQUEST_OPTIONS, request, &CONVERTED, scope)?,
    };
    Ok((body, tool_names))
}

fn tools_of<'v, 'a>(tool_config: &'v mut Json<'a>) -> Option<&'v mut Vec<Json<'a>>> {
    match tool_config.member_mut("tools")? {
        Json::List(tools) => Some(tools),
        _ => None,
    }
}

/// Removes a description of white space only, which Bedrock refuses. It is optional.
fn drop_blank_description(tool: &mut Json<'_>) {
    if let Some(Json::Object(tool_spec)) = tool.member_mut("toolSpec") {
        tool_spec.0.retain(|(name, value)| name != "description" || !value.is_blank());
    }
}

fn write_body(body: &Body<'_>, request_size: usize, attachments: &[Attachment<'_>]) -> Result<Vec<u8>, Error> {
    let attached: usize = attachments.iter().map(attachment_size).sum();
    let mut bytes = Vec::with_capacity(request_size + attached + 512);
    serde_json::to_writer(&mut bytes, body).map_err(|error| Error::InvalidInput(format!("request: {error}")))?;
    Ok(bytes)
}

/// The length of an attachment as base64.
fn attachment_size(attachment: &Attachment<'_>) -> usize {
    match attachment {
        Attachment::Bytes(bytes) => bytes.len().div_ceil(3) * 4,
        Attachment::Text(text) => text.len(),
    }
}
