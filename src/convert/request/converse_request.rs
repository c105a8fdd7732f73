//! LangChain messages and options → the body of a Converse request.
//!
//! One pass over the messages makes content blocks that borrow from the caller's JSON; the rules over the whole history
//! ([`turns`](super::turns)) then change the blocks, and the body is written once.

use std::sync::Arc;

use serde_json::value::RawValue;

use super::assistant_media::move_assistant_media;
use super::attachment::{Attachment, Attachments, Fetched};
use super::block::Block;
use super::cache_points::{apply_cache_points, has_cache_points, limit_cache_points, order_cache_points};
use super::cached_prefix::CachedPrefix;
use super::guard_last_turn::guard_last_turn;
use super::lone_surrogates::{replace_lone_surrogates, report_lone_surrogates};
use super::media_urls::{MediaUrl, media_urls};
use super::messages::{Messages, convert_messages};
use super::model_rules::cache_minimum::TooShort;
use super::model_rules::cache_places::fit_cache_points;
use super::model_rules::limits::fit_media_counts;
use super::model_rules::media_kinds::fit_media_kinds;
use super::model_rules::output_format::fit_output_format;
use super::model_rules::reasoning::apply_reasoning;
use super::model_rules::sampling::fit_sampling;
use super::model_rules::sizes::check_sizes;
use super::model_rules::system_turns::place_system_turns;
use super::model_rules::tool_blocks::say_tool_blocks;
use super::model_rules::tool_choice::fit_tool_choice;
use super::model_rules::tool_schemas::fit_tool_schemas;
use super::model_rules::turns::fit_system_text;
use super::place::Place;
use super::report::{Adaptation, Report};
use super::request_json::read_request;
use super::request_members::RequestMembers;
use super::scope::Scope;
use super::subject::Subject;
use super::tool_declarations::{declare_used_tools, make_tools_legal};
use super::turn::Turn;
use super::turns::settle_turns;
use super::values::{Json, Members};
use crate::convert::answer_form::AnswerForm;
use crate::convert::json::{self, Object};
use crate::convert::tool_names::ToolNames;
use crate::convert::warnings::Warning;
use crate::error::Error;
use crate::models::{Model, Refusal, Refusals, inference_profile, is_prompt};

/// A Converse request, ready to be sent.
#[derive(Debug)]
pub struct ConvertedRequest {
    /// The model id or ARN, which goes into the URL.
    pub model_id: String,
    /// By this refusals are remembered.
    pub subject: Subject,
    /// Whether refusals are remembered and adapted to.
    pub learns: bool,
    /// What the model had refused when the body was made, which leaves it out.
    pub refusals: Refusals,
    /// The JSON body.
    pub body: Vec<u8>,
    /// The caller's own names of tools whose names in the body differ.
    pub tool_names: ToolNames,
    /// How the answer is read.
    pub answer: AnswerForm,
    /// Whether the model streams the answer; if not, a stream is made of the whole of it.
    pub streams: bool,
    /// Whether what would be changed is refused.
    pub is_strict: bool,
    /// What is compared with earlier requests when nothing is read from the cache. `None` without cache points, and where nothing is to be reported.
    pub cached_prefix: Option<CachedPrefix>,
    /// URLs of files that the request needs and that were not fetched: the body has them in place of the bytes, and must not be sent.
    pub media_urls: Vec<MediaUrl>,
    /// What was changed, because Bedrock would have refused it.
    pub warnings: Vec<Warning>,
}

/// Converts the request that TypeScript passes (one JSON text, made in `langchain/request/request.ts`) into a Converse request.
///
/// `attachments` replace the values of the messages whose paths are in the request's member `attachments`. `refusals_of` tells what the model
/// has refused.
///
/// # Errors
///
/// [`Error::InvalidInput`] for messages or options that Bedrock cannot accept.
pub fn convert_to_converse_request(
    request: &str,
    attachments: &[Attachment<'_>],
    refusals_of: impl FnOnce(&Subject) -> Refusals,
) -> Result<ConvertedRequest, Error> {
    let request_size = request.len();
    let original = request;
    let replaced = replace_lone_surrogates(original);
    let request = read_request(replaced.as_deref().unwrap_or(original))?;
    let model_id = request.text("modelId").filter(|model_id| !model_id.is_empty());
    let model_id = model_id.ok_or_else(|| Error::InvalidInput("modelId: a model id or an ARN is required".to_owned()))?;
    let messages = request.get("messages").and_then(json::array).unwrap_or_default();
    let resolved = Attachments::resolve(&messages, request.get("attachments"), attachments)?;
    let report = Report::new(request.text("adaptation").as_deref());
    let subject = Subject::of(&request, &model_id, &messages);
    let model = model_of(&request, &model_id, refusals_of(&subject));
    let scope = Scope {
        attachments: &resolved,
        model: &model,
        is_prompt: is_prompt(&model_id),
        report: &report,
        place: Place::Member("messages"),
        fetches_media: request.get("fetchMedia").is_some_and(|fetches| fetches.get() == "true"),
    };
    if replaced.is_some() {
        report_lone_surrogates(original, &request, scope)?;
    }
    let Converted {
        body,
        tool_names,
        is_json,
        has_tools,
        has_cache_points,
        media_urls,
    } = convert_body(&request, &messages, scope)?;
    let body = write_body(&body, request_size, attachments)?;
    let is_watched = has_cache_points && report.adaptation != Adaptation::Off;
    Ok(ConvertedRequest {
        cached_prefix: is_watched.then(|| CachedPrefix::of(&body)).flatten(),
        body,
        model_id: called_id(&request, &model_id, scope)?,
        learns: report.adaptation == Adaptation::Warn,
        refusals: model.refusals,
        subject,
        tool_names,
        is_strict: report.adaptation == Adaptation::Strict,
        streams: !(has_tools && model.facts.tool_streaming == Some(false) && report.adaptation != Adaptation::Off),
        answer: AnswerForm {
            is_json,
            inline_reasoning: inline_reasoning(&request, &model),
        },
        media_urls,
        warnings: report.into_warnings(),
    })
}

impl ConvertedRequest {
    /// # Errors
    /// [`Error::InvalidInput`] if files are missing.
    pub fn check_media_are_here(&self) -> Result<(), Error> {
        match self.media_urls.first() {
            None => Ok(()),
            Some(MediaUrl { path, .. }) => Err(Error::InvalidInput(format!("{path}: the file at the block's URL was not fetched."))),
        }
    }

    /// Reports that a stream is made of the whole answer.
    ///
    /// # Errors
    /// The change, where the caller asked for refusals.
    pub fn report_whole_answer(&mut self) -> Result<(), Error> {
        let message = "The answer is not streamed, since the model streams none while it has tools.".to_owned();
        let path = "toolConfig".to_owned();
        if self.is_strict {
            return Err(Error::InvalidInput(format!("{path}: {message}")));
        }
        self.warnings.push(Warning {
            code: "answer_not_streamed",
            message,
            path,
        });
        Ok(())
    }
}

/// The tag around reasoning in texts, if the caller wants it split off.
fn inline_reasoning(request: &Object<'_>, model: &Model) -> Option<String> {
    let is_split = request.get("splitInlineReasoning").is_some_and(|split| split.get() == "true");
    is_split.then(|| model.facts.inline_reasoning.clone().unwrap_or_else(|| "thinking".to_owned()))
}

/// The rules of the model that the caller names beside the id that is called, or of that one.
fn model_of(request: &Object<'_>, model_id: &str, refusals: Refusals) -> Arc<Model> {
    let named = request.text("model");
    let model = Model::of(named.as_deref().unwrap_or(model_id), refusals);
    let tool_choice = request.get("supportsToolChoiceValues");
    match tool_choice.and_then(|kinds| serde_json::from_str(kinds.get()).ok()) {
        Some(kinds) => Arc::new(model.with_tool_choice(kinds)),
        None => model,
    }
}

/// The id of the region's inference profile, for a model that was refused by its own id.
fn called_id(request: &Object<'_>, model_id: &str, scope: Scope<'_>) -> Result<String, Error> {
    let profile = request
        .text("region")
        .filter(|_| scope.model.refusals.has(Refusal::OnDemand) && !scope.is_sent_as_it_is())
        .and_then(|region| inference_profile(model_id, &region));
    let Some(profile) = profile else { return Ok(model_id.to_owned()) };
    let what = format!("The inference profile {profile} is called, since Bedrock refused {model_id} with on-demand throughput.");
    scope.member("modelId").change("inference_profile", what)?;
    Ok(profile)
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

/// A body, and what is known of it.
struct Converted<'a> {
    body: Body<'a>,
    tool_names: ToolNames,
    is_json: bool,
    has_tools: bool,
    has_cache_points: bool,
    media_urls: Vec<MediaUrl>,
}

fn convert_body<'a>(request: &Object<'a>, messages: &[&'a RawValue], scope: Scope<'a>) -> Result<Converted<'a>, Error> {
    let Messages {
        turns: mut messages,
        mut system,
        system_turns,
    } = convert_messages(messages, scope)?;
    let mut members = RequestMembers::read(request, scope)?;
    fit_media_kinds(&mut messages, scope)?;
    fit_media_counts(&mut messages, scope)?;
    let media_urls = if scope.fetches_media { media_urls(&messages) } else { Vec::new() };
    check_sizes(&messages, scope)?;
    guard_last_turn(request, &mut messages, scope)?;
    move_assistant_media(&mut messages, scope)?;
    settle_turns(&mut messages, scope)?;
    place_system_turns(&mut messages, &mut system, system_turns);
    say_tool_blocks(&mut messages, members.has_tools(), scope)?;
    fit_system_text(&mut messages, &mut system, scope)?;
    members.tools().into_iter().flatten().for_each(drop_blank_description);
    apply_reasoning(request, &mut members, scope)?;
    fit_tool_choice(&mut members, scope)?;
    fit_sampling(&mut members, scope)?;
    if let Some(tools) = members.tools() {
        fit_tool_schemas(tools, scope)?;
    }
    let is_json = fit_output_format(&mut members, &mut system, scope)?;
    let tool_names = make_tools_legal(&mut messages, &mut members.tool_config);
    if let Some(control) = request.object("cacheControl") {
        let too_short = if scope.is_sent_as_it_is() {
            TooShort::default()
        } else {
            TooShort::of(&messages, &system, members.tools().as_deref(), scope.model)
        };
        if !has_cache_points(&messages, &system, members.tools()) {
            too_short.report(scope);
        }
        apply_cache_points(&control, scope.model, &mut messages, &mut system, members.tools(), too_short);
    }
    fit_cache_points(&mut messages, &mut system, members.tools(), scope)?;
    limit_cache_points(&mut messages, &mut system, members.tools(), scope)?;
    order_cache_points(&mut messages, &mut system, members.tools());
    let has_cache_points = has_cache_points(&messages, &system, members.tools());
    if !members.has_tools() && !scope.is_prompt {
        members.tool_config = declare_used_tools(&messages, members.options.get("additionalModelRequestFields")).or(members.tool_config);
    }
    members.tidy();
    let has_tools = members.has_tools();
    let body = Body {
        messages,
        system,
        inference_config: members.inference_config,
        tool_config: members.tool_config,
        options: members.options,
    };
    Ok(Converted {
        body,
        tool_names,
        is_json,
        has_tools,
        has_cache_points,
        media_urls,
    })
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
        Attachment::Bytes(bytes) | Attachment::Fetched(Fetched { bytes, .. }) => bytes.len().div_ceil(3) * 4,
        Attachment::Text(text) => text.len(),
    }
}
