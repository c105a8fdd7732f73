//! AI messages: text, reasoning and tool calls, from Bedrock or from another provider.

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::blob::Blob;
use super::block::{Block, Reasoning, ToolResult, ToolUse};
use super::citations::cite;
use super::content::{Content, Item, push_marked, refuse_block};
use super::content_blocks::{convert_content_block, push_further_members};
use super::data::{carry, read_blob};
use super::left_out::{LeftOut, is_medium, is_of_provider_tool, is_stream_remainder};
use super::plain_blocks::namesake;
use super::reasoning_replay::{Origin, Provider, fit_reasoning};
use super::scope::Scope;
use super::tool_calls::{Call, Claim, ToolCalls};
use super::tool_results::filled;
use super::values::{Json, Members};
use crate::convert::json::{self, Object, is_object, is_string};
use crate::error::Error;

fn is_own_shape(kind: &str, block: &Object<'_>) -> bool {
    namesake(kind, block).is_some_and(|(_, value)| is_object(value))
}

/// Converts an AI message. The result may be empty.
pub(super) fn convert_ai_message<'a>(message: &Object<'a>, scope: Scope<'a>) -> Result<Vec<Block<'a>>, Error> {
    let provider = Provider::of(message);
    let mut assistant = Assistant {
        content: Vec::new(),
        calls: ToolCalls::read(message, scope),
        left_out: LeftOut::default(),
        is_partial: false,
        reasoning_index: None,
        provider,
    };
    match Content::read(message) {
        Content::Text(text) => assistant.push_text(text),
        Content::Blocks(values) => {
            for (index, value) in values.into_iter().enumerate() {
                assistant.push(Item::read(value, scope.block(index))?, scope.block(index))?;
            }
        }
    }
    assistant.push_said_beside(message);
    assistant.left_out.report(scope)?;
    let mut content = assistant.content;
    content.extend(assistant.calls.unsent().map(|call| Block::ToolUse(call.into_tool_use(scope))));
    fit_reasoning(&mut content, &Origin::new(message, provider), scope)?;
    Ok(if content.iter().all(Block::is_cache_point) {
        Vec::new()
    } else {
        content
    })
}

fn report_taken_out(block: &Object<'_>, scope: Scope<'_>) -> Result<(), Error> {
    let block = serde_json::to_string(&block.iter().collect::<std::collections::BTreeMap<_, _>>()).unwrap_or_default();
    scope.change(
        "tool_call_taken_out",
        format!("A tool call that is not in the message's `tool_calls` was left out, since it has been taken out of them: {block}"),
    )
}

/// The content of an AI message while it is converted.
struct Assistant<'a> {
    content: Vec<Block<'a>>,
    calls: ToolCalls<'a>,
    left_out: LeftOut,
    /// Whether the last block is a piece of reasoning that the next piece continues.
    is_partial: bool,
    /// The content block index that streaming gave the last piece of reasoning.
    reasoning_index: Option<&'a RawValue>,
    provider: Provider,
}

impl<'a> Assistant<'a> {
    fn push(&mut self, item: Item<'a>, scope: Scope<'a>) -> Result<(), Error> {
        let (block, wrapped) = match item {
            Item::Text(text) => {
                self.is_partial = false;
                self.push_text(text);
                return Ok(());
            }
            Item::Block(block, wrapped) => (block, wrapped),
        };
        let kind = block.text("type").unwrap_or_default();
        if kind == "reasoning_content" && block.get("reasoningContent").is_none() {
            return self.push_partial_reasoning(&block, scope);
        }
        self.is_partial = false;
        match kind.as_ref() {
            // Google's reasoning: a text with `thought: true`.
            "text" | "" if block.get("thought").is_some_and(|thought| thought.get() == "true") => self.push_reasoning(block.get("text"), &block),
            "summary_text" => self.push_reasoning(block.get("text"), &block),
            // Bedrock's own shape, also if another dialect has a block of that name.
            _ if is_own_shape(&kind, &block) && !(is_of_provider_tool(&kind) && self.provider != Provider::Bedrock) => {
                self.push_other(&block, wrapped, scope)?;
            }
            "reasoning" if block.object("reasoningContent").is_none() => self.push_reasoning(block.get("reasoning"), &block),
            "thinking" => self.push_reasoning(block.get("thinking"), &block),
            "redacted_thinking" => {
                if let Some(data) = block.get("data") {
                    self.content.push(Block::Reasoning(Reasoning::Redacted(read_blob(data, scope)?)));
                }
            }
            "refusal" => {
                if let Some(text) = block.get("refusal").filter(|text| is_string(text)) {
                    self.push_text(Json::Raw(text));
                }
            }
            "tool_use" | "tool_call" | "invalid_tool_call" | "function_call" | "functionCall" if block.object("toolUse").is_none() => {
                let call = match self.calls.claim(&block) {
                    Claim::First(call) => Some(call),
                    Claim::Again => None,
                    Claim::Unknown if self.is_taken_out(scope) => return report_taken_out(&block, scope),
                    Claim::Unknown if kind == "invalid_tool_call" => Some(Call::unreadable(&block)).filter(|_| !scope.is_sent_as_it_is()),
                    Claim::Unknown => Call::read(&block),
                };
                if let Some(call) = call {
                    push_marked(&mut self.content, Block::ToolUse(call.into_tool_use(scope)), &block, scope);
                }
            }
            // The call of a tool that another or an unknown provider ran means nothing to Bedrock.
            "server_tool_use" | "server_tool_call" if block.object("toolUse").is_none() && self.provider == Provider::Bedrock => {
                self.content.extend(convert_server_tool_call(&block, scope));
            }
            "server_tool_call_result" if self.provider == Provider::Bedrock => {
                self.content.extend(convert_server_tool_result(&block, scope));
            }
            "server_tool_use" | "server_tool_call" if block.object("toolUse").is_none() => self.leave_out(&block),
            "server_tool_call_result" => self.leave_out(&block),
            _ if is_stream_remainder(&kind) => {}
            _ if is_of_provider_tool(&kind) => self.leave_out(&block),
            _ => self.push_other(&block, wrapped, scope)?,
        }
        Ok(())
    }

    fn push_other(&mut self, block: &Object<'a>, wrapped: Option<&'a RawValue>, scope: Scope<'a>) -> Result<(), Error> {
        let converted = match convert_content_block(block, scope) {
            // Of what a human gives, the human is told that Bedrock does not take it; here the conversation goes on.
            Err(_) if self.provider.is_foreign() && is_medium(block) => {
                self.leave_out(block);
                return Ok(());
            }
            converted => converted?,
        };
        match converted {
            // Another provider's citations refer to documents that this conversation does not have.
            Some(Block::Other(member, _)) if self.provider.is_foreign() && member == "citationsContent" && block.get("text").is_some() => {
                self.content.extend(block.get("text").map(|text| Block::Text(Json::Raw(text))));
                return Ok(());
            }
            // In a streamed message citations follow the text that they belong to.
            Some(Block::Other(member, Json::Object(mut citations)))
                if member == "citationsContent" && citations.get("content").is_none() && block.get("text").is_none() =>
            {
                if let Some(Block::Text(text)) = self.content.pop_if(|last| matches!(last, Block::Text(_))) {
                    citations = cite(text, citations);
                }
                push_marked(&mut self.content, Block::Other(member, Json::Object(citations)), block, scope);
            }
            Some(Block::Text(text)) if text.is_blank() => self.push_text(text),
            Some(Block::ToolUse(tool_use)) => {
                let tool_use = match self.calls.claim_where(|call, _| call.id == tool_use.id) {
                    // `tool_calls` has precedence: callers edit it and not the block.
                    Claim::First(call) => ToolUse {
                        members: tool_use.members,
                        ..call.into_tool_use(scope)
                    },
                    Claim::Again => return Ok(()),
                    Claim::Unknown if !tool_use.is_server_tool() && self.is_taken_out(scope) => return report_taken_out(block, scope),
                    Claim::Unknown => tool_use,
                };
                push_marked(&mut self.content, Block::ToolUse(tool_use), block, scope);
            }
            Some(Block::Document(mut document)) => {
                if document.name.is_empty() {
                    document.name = block.text("id").unwrap_or_default();
                }
                push_marked(&mut self.content, Block::Document(document), block, scope);
            }
            Some(converted) => push_marked(&mut self.content, converted, block, scope),
            // Unknown blocks of another provider are left out, so that the conversation can go on at Bedrock.
            None if self.provider.is_foreign() => {
                self.leave_out(block);
                return Ok(());
            }
            None => match wrapped {
                // What Bedrock sent and core could not translate is sent back unchanged.
                Some(value) if self.provider == Provider::Bedrock => self.content.push(Block::Verbatim(carry(value, scope))),
                Some(_) => {
                    self.leave_out(block);
                    return Ok(());
                }
                None => return Err(refuse_block(block, scope)),
            },
        }
        push_further_members(&mut self.content, block, scope)
    }

    /// Leaves a block out. Some of these are also in `tool_calls`, and nothing is lost.
    fn leave_out(&mut self, block: &Object<'a>) {
        if !self.calls.has(block) {
            self.left_out.add(block);
        }
    }

    /// Whether a call that is in no `tool_calls` was taken out of them: callers edit these and not the blocks.
    fn is_taken_out(&self, scope: Scope<'a>) -> bool {
        !self.calls.is_empty() && !scope.is_sent_as_it_is()
    }

    /// Adds what another provider's class keeps beside the content (a refusal, the transcript of audio), unless the content has it too.
    fn push_said_beside(&mut self, message: &Object<'a>) {
        let Some(said) = message.text("said") else { return };
        let is_it = |block: &Block<'_>| matches!(block, Block::Text(text) if text.text().as_deref() == Some(said.as_ref()));
        if !self.content.iter().any(is_it) {
            self.push_text(Json::Text(said));
        }
    }

    /// Adds text. White space alone, which Bedrock refuses, is appended to the text before it, or left out.
    fn push_text(&mut self, text: Json<'a>) {
        if !text.is_blank() {
            self.content.push(Block::Text(text));
        } else if let Some(Block::Text(last)) = self.content.last_mut()
            && !text.is_empty_text()
        {
            last.append(&text);
        }
    }

    /// Whether a piece of reasoning has the index of the piece before it; `None` when one of them has no index.
    fn is_same_reasoning(&mut self, block: &Object<'a>) -> Option<bool> {
        let index = block.get("index");
        let last = std::mem::replace(&mut self.reasoning_index, index);
        last.zip(index).map(|(last, index)| last.get() == index.get())
    }

    /// Adds reasoning. A signature in a block of its own, as streaming leaves it, belongs to the text before it if their indexes are equal.
    fn push_reasoning(&mut self, text: Option<&'a RawValue>, block: &Object<'a>) {
        let text = text.map_or_else(|| "".into(), read_thought);
        let signature = signature_of(block);
        let is_rest = self.is_same_reasoning(block) == Some(true) && signature.is_some() && text.is_empty_text();
        match self.content.last_mut() {
            Some(Block::Reasoning(Reasoning::Text { signature: last @ None, .. })) if is_rest => *last = signature,
            _ => self.content.push(Block::Reasoning(Reasoning::new(text, signature))),
        }
    }

    /// Adds a `reasoning_content` block: `{reasoningText: {text?, signature?}}` or `{redactedContent}`; langchain-aws for Python stores these
    /// members in `reasoning_content`, with `text` and `signature` one level higher.
    ///
    /// Streaming leaves such blocks in pieces, which are joined here: texts up to a signature, unless their indexes differ, and redacted bytes only if
    /// their indexes are equal. (Without indexes each is a block of its own.)
    fn push_partial_reasoning(&mut self, block: &Object<'a>, scope: Scope<'a>) -> Result<(), Error> {
        let is_same = self.is_same_reasoning(block);
        self.is_partial &= is_same != Some(false);
        let stored = block.object("reasoning_content");
        let content = stored.as_ref().unwrap_or(block);
        let reasoning = ["reasoningText", "reasoning_text"].into_iter().find_map(|name| content.object(name));
        if let Some(reasoning) = reasoning.or_else(|| content.literal("text").map(|_| content.clone())) {
            let text = reasoning.get("text").filter(|text| is_string(text)).map_or_else(|| "".into(), Json::Raw);
            let signature = signature_of(&reasoning);
            let is_closed = reasoning.get("signature").is_some();
            match self.content.last_mut() {
                Some(Block::Reasoning(Reasoning::Text {
                    text: last, signature: open, ..
                })) if self.is_partial => {
                    last.append(&text);
                    *open = signature;
                }
                _ => self.content.push(Block::Reasoning(Reasoning::new(text, signature))),
            }
            self.is_partial = !is_closed;
        }
        let redacted = ["redactedContent", "redacted_content"].into_iter().find_map(|name| content.get(name));
        if let Some(redacted) = redacted.filter(|redacted| redacted.get() != r#""""#) {
            let blob = read_blob(redacted, scope)?;
            match self.content.last_mut() {
                Some(Block::Reasoning(Reasoning::Redacted(last))) if self.is_partial && is_same == Some(true) => {
                    let bytes = [last.decode(), blob.decode()].concat();
                    *last = Blob::bytes(Cow::Owned(bytes));
                }
                _ => self.content.push(Block::Reasoning(Reasoning::Redacted(blob))),
            }
            self.is_partial = true;
        }
        Ok(())
    }
}

/// The text of a thought: a string, or Mistral's list of text blocks.
fn read_thought(thought: &RawValue) -> Json<'_> {
    if is_string(thought) {
        return Json::Raw(thought);
    }
    let pieces = json::array(thought).unwrap_or_default();
    let texts: Vec<_> = pieces.into_iter().filter_map(|piece| Object::read(piece)?.text("text")).collect();
    Json::Text(Cow::Owned(texts.concat()))
}

/// The signature of a piece of reasoning. An empty one is none: models that sign nothing refuse it.
fn signature_of<'a>(reasoning: &Object<'a>) -> Option<Json<'a>> {
    reasoning.text("signature").filter(|signature| !signature.is_empty()).map(Json::Text)
}

/// A tool that the provider ran itself: Anthropic's `server_tool_use`, LangChain's `server_tool_call`.
fn convert_server_tool_call<'a>(block: &Object<'a>, scope: Scope<'a>) -> Option<Block<'a>> {
    let mut tool_use = Call::read(block)?.into_tool_use(scope);
    tool_use.members.push("type", "server_tool_use".into());
    Some(Block::ToolUse(tool_use))
}

/// LangChain's `server_tool_call_result`: `{toolCallId, status, output}`.
fn convert_server_tool_result<'a>(block: &Object<'a>, scope: Scope<'a>) -> Option<Block<'a>> {
    let output = block.get("output").map(|output| match output {
        output if is_object(output) => Block::Other(Cow::Borrowed("json"), carry(output, scope)),
        output if is_string(output) => Block::Text(Json::Raw(output)),
        output => Block::Text(Json::Text(Cow::Borrowed(output.get()))),
    });
    let output = output.filter(|output| !matches!(output, Block::Text(text) if text.is_blank()));
    let mut members = Members::default();
    if block.text("status").as_deref() == Some("error") {
        members.push("status", "error".into());
    }
    Some(Block::ToolResult(ToolResult {
        id: block.text("toolCallId")?,
        content: filled(output.into_iter().collect()),
        members,
        tool: None,
        place: scope.place,
    }))
}
