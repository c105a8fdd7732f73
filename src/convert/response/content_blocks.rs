//! Converse's content blocks as LangChain's, in the shapes of `@langchain/aws`: what `AIMessage.content` and `AIMessage.tool_calls` hold.

use std::borrow::Cow;

use serde_json::value::RawValue;

use crate::convert::block_types::block_type;
use crate::convert::json::writer::{ObjectWriter, quoted, separate};
use crate::convert::json::{self, Object, is_object, is_string};
use crate::convert::tool_names::ToolNames;

/// Blocks with bytes at `source.bytes`.
const MEDIA: [&str; 4] = ["image", "document", "video", "audio"];

/// The content of one message, block by block.
pub(crate) struct MessageContent<'n> {
    tool_names: &'n ToolNames,
    blocks: String,
    count: usize,
    /// `ToolCall`s, comma separated.
    pub(crate) tool_calls: String,
    /// `InvalidToolCall`s, comma separated.
    pub(crate) invalid_tool_calls: String,
    /// Paths of base64 strings that users get as bytes, comma separated.
    pub(crate) bytes: String,
}

impl<'n> MessageContent<'n> {
    pub(crate) fn new(tool_names: &'n ToolNames) -> Self {
        Self {
            tool_names,
            blocks: String::new(),
            count: 0,
            tool_calls: String::new(),
            invalid_tool_calls: String::new(),
            bytes: String::new(),
        }
    }

    /// The value of `AIMessage.content`; an empty string without blocks, as in `@langchain/aws`.
    pub(crate) fn json(&self) -> String {
        if self.count == 0 {
            "\"\"".to_owned()
        } else {
            format!("[{}]", self.blocks)
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Adds a content block of an answer. It is a union with one member; if it has more, all are kept.
    pub(crate) fn push_block(&mut self, block: &RawValue) {
        match Object::read(block).filter(|members| members.get("type").is_none()) {
            Some(members) => members
                .iter()
                .filter(|(_, value)| value.get() != "null")
                .for_each(|(member, value)| self.push(member, value)),
            None => self.push_non_standard(block.get()),
        }
    }

    /// Adds the block `{member: value}`.
    pub(crate) fn push(&mut self, member: &str, value: &RawValue) {
        match member {
            "text" if is_string(value) => ObjectWriter::new(self.next()).raw("type", "\"text\"").raw("text", value.get()).end(),
            "text" => self.push_non_standard(&format!("{{\"text\":{}}}", value.get())),
            "reasoningContent" => self.push_reasoning(value),
            "toolUse" if is_object(value) => self.push_tool_use(value),
            _ => self.push_unchanged(&block_type(member), member, value),
        }
    }

    fn next(&mut self) -> &mut String {
        self.count += 1;
        separate(&mut self.blocks);
        &mut self.blocks
    }

    /// Adds a block without a LangChain shape in Converse's own, under its own name, so that it can be sent back unchanged.
    fn push_unchanged(&mut self, kind: &str, member: &str, value: &RawValue) {
        let index = self.count;
        ObjectWriter::new(self.next()).text("type", kind).raw(member, value.get()).end();
        note_bytes(&format!("[\"content\",{index}"), member, value, &mut self.bytes);
    }

    fn push_non_standard(&mut self, block: &str) {
        ObjectWriter::new(self.next()).raw("type", "\"non_standard\"").raw("value", block).end();
    }

    /// Adds the block of a call that is in `tool_calls` too, for its place in the content.
    pub(crate) fn push_call_in_place(&mut self, value: &RawValue) {
        self.push_unchanged("tool_use", "toolUse", value);
    }

    fn push_reasoning(&mut self, value: &RawValue) {
        let content = Object::read(value).unwrap_or_default();
        let redacted = content.literal("redactedContent").filter(|_| content.iter().count() == 1);
        if let Some(block) = reasoning_block(value) {
            self.next().push_str(&block);
        } else if let Some(redacted) = redacted {
            ObjectWriter::new(self.next())
                .raw("type", "\"reasoning_content\"")
                .raw("redactedContent", redacted)
                .end();
        } else {
            self.push_unchanged("reasoning_content", "reasoningContent", value);
        }
    }

    /// Adds a call to the tool calls. A call of a tool that Bedrock runs stays in the content, so that no agent runs it.
    fn push_tool_use(&mut self, value: &RawValue) {
        let tool_use = ToolUse::read(value, self.tool_names);
        if tool_use.is_server_side {
            return self.push_unchanged("server_tool_use", "toolUse", value);
        }
        match (&tool_use.id, &tool_use.name, &tool_use.args) {
            (Some(id), Some(name), Ok(args)) => {
                separate(&mut self.tool_calls);
                let mut call = ObjectWriter::new(&mut self.tool_calls);
                call.raw("id", id).raw("name", name).raw("args", args).raw("type", "\"tool_call\"").end();
            }
            (id, name, args) => {
                separate(&mut self.invalid_tool_calls);
                let mut call = ObjectWriter::new(&mut self.invalid_tool_calls);
                call.optional("name", name.as_deref());
                match args {
                    Ok(args) => call.text("args", args),
                    Err(args) => call.raw("args", args),
                };
                call.optional("id", *id)
                    .raw("error", "\"Malformed args.\"")
                    .raw("type", "\"invalid_tool_call\"")
                    .end();
            }
        }
    }
}

/// The block for the text of `reasoningContent`; `None` without a text. If there is more than a text and its signature, the block also has Bedrock's
/// own content, to be sent back.
pub(crate) fn reasoning_block(value: &RawValue) -> Option<String> {
    let content = Object::read(value)?;
    let text = content.object("reasoningText")?;
    let reasoning = text.literal("text")?;
    let is_all = content.iter().count() == 1 && text.iter().all(|(name, _)| matches!(name, "text" | "signature"));
    let mut json = String::new();
    let mut block = ObjectWriter::new(&mut json);
    block.raw("type", "\"reasoning\"").raw("reasoning", reasoning);
    block.optional("signature", text.literal("signature"));
    block.optional("reasoningContent", (!is_all).then_some(value.get())).end();
    Some(json)
}

/// A `toolUse` block. Texts are JSON strings.
pub(crate) struct ToolUse<'a> {
    pub(crate) id: Option<&'a str>,
    /// The user's name of the tool, which may differ from the one that was sent to Bedrock.
    pub(crate) name: Option<Cow<'a, str>>,
    /// The input if it is an object, else its JSON as a string.
    pub(crate) args: Result<&'a str, Cow<'a, str>>,
    pub(crate) is_server_side: bool,
}

impl<'a> ToolUse<'a> {
    pub(crate) fn read(value: &'a RawValue, tool_names: &ToolNames) -> Self {
        let members = Object::read(value).unwrap_or_default();
        let input = members.iter().find(|(name, _)| *name == "input").map(|(_, value)| value);
        Self {
            id: members.literal("toolUseId").filter(|id| *id != "\"\""),
            name: tool_name(&members, tool_names),
            args: input.map_or(Ok("{}"), args),
            is_server_side: is_server_side(&members),
        }
    }
}

fn args(input: &RawValue) -> Result<&str, Cow<'_, str>> {
    if is_object(input) {
        Ok(input.get())
    } else if is_string(input) {
        Err(Cow::Borrowed(input.get()))
    } else {
        Err(Cow::Owned(quoted(input.get())))
    }
}

/// The user's name of the tool of a `toolUse` or of its start, as a JSON string.
pub(crate) fn tool_name<'a>(tool_use: &Object<'a>, tool_names: &ToolNames) -> Option<Cow<'a, str>> {
    let wire = tool_use.literal("name").filter(|name| *name != "\"\"")?;
    let original = tool_use.text("name").and_then(|name| tool_names.original(&name).map(ToOwned::to_owned));
    Some(original.map_or(Cow::Borrowed(wire), |name| Cow::Owned(quoted(&name))))
}

/// Whether Bedrock runs the tool of this `toolUse`, or of its start.
pub(crate) fn is_server_side(tool_use: &Object<'_>) -> bool {
    tool_use.text("type").is_some_and(|kind| kind == "server_tool_use")
}

/// Adds the paths of the bytes in the block `{member: value}`. `at` is the path of the block, a JSON array without its closing bracket.
fn note_bytes(at: &str, member: &str, value: &RawValue, paths: &mut String) {
    match member {
        _ if MEDIA.contains(&member) => note_source(&format!("{at},\"{member}\""), Some(value), paths),
        "guardContent" => {
            let image = Object::read(value).and_then(|content| content.get("image"));
            note_source(&format!("{at},\"guardContent\",\"image\""), image, paths);
        }
        "toolResult" => {
            let content = Object::read(value)
                .and_then(|result| json::array(result.get("content")?))
                .unwrap_or_default();
            for (index, item) in content.into_iter().enumerate() {
                let item = Object::read(item).unwrap_or_default();
                for (member, value) in item.iter().filter(|(member, _)| MEDIA.contains(member)) {
                    note_source(&format!("{at},\"toolResult\",\"content\",{index},\"{member}\""), Some(value), paths);
                }
            }
        }
        _ => {}
    }
}

fn note_source(at: &str, media: Option<&RawValue>, paths: &mut String) {
    let source = media.and_then(Object::read).and_then(|media| media.object("source"));
    if source.is_some_and(|source| source.literal("bytes").is_some()) {
        separate(paths);
        paths.push_str(at);
        paths.push_str(",\"source\",\"bytes\"]");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::convert::tool_names::make_legal;

    fn content<'n>(blocks: &[&str], tool_names: &'n ToolNames) -> MessageContent<'n> {
        let mut content = MessageContent::new(tool_names);
        for block in blocks {
            content.push_block(serde_json::from_str(block).unwrap());
        }
        content
    }

    #[test]
    fn a_tool_has_the_name_that_the_user_gave_it() {
        let mut name = Cow::Borrowed("files.\"read\"");
        let tool_names = make_legal(1, &mut [&mut name]);
        let block = format!(r#"{{"toolUse":{{"toolUseId":"t","name":"{name}","input":{{}}}}}}"#);
        assert_eq!(
            content(&[&block], &tool_names).tool_calls,
            r#"{"id":"t","name":"files.\"read\"","args":{},"type":"tool_call"}"#
        );
    }

    #[test]
    fn arguments_keep_their_text() {
        let tool_names = ToolNames::default();
        let block = r#"{"toolUse":{"toolUseId":"t","name":"a","input":{"z":1.50,"a":12345678901234567890, "s":"\ud83d"}}}"#;
        assert!(
            content(&[block], &tool_names)
                .tool_calls
                .contains(r#""args":{"z":1.50,"a":12345678901234567890, "s":"\ud83d"}"#)
        );
    }

    #[test]
    fn bytes_are_found_wherever_the_sdk_shows_bytes() {
        let tool_names = ToolNames::default();
        let blocks = [
            r#"{"text":"x"}"#,
            r#"{"image":{"format":"png","source":{"bytes":"AA=="}}}"#,
            r#"{"image":{"format":"png","source":{"s3Location":{"uri":"s3://b/k"}}}}"#,
            r#"{"guardContent":{"image":{"format":"png","source":{"bytes":"AA=="}}}}"#,
            r#"{"toolResult":{"toolUseId":"t","content":[{"json":{"image":{"source":{"bytes":"AA=="}}}},{"video":{"source":{"bytes":"AA=="}}}]}}"#,
        ];
        assert_eq!(
            content(&blocks, &tool_names).bytes,
            concat!(
                r#"["content",1,"image","source","bytes"],"#,
                r#"["content",3,"guardContent","image","source","bytes"],"#,
                r#"["content",4,"toolResult","content",1,"video","source","bytes"]"#
            )
        );
    }
}
