//! Content blocks of a request.

use std::borrow::Cow;

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::blob::Blob;
use super::place::Place;
use super::values::{Json, Members};

/// A content block of a message, of the system text or of a tool result. The kinds that rules over the whole history need have variants.
#[derive(Debug)]
pub(crate) enum Block<'a> {
    Text(Json<'a>),
    Reasoning(Reasoning<'a>),
    ToolUse(ToolUse<'a>),
    ToolResult(ToolResult<'a>),
    Document(Document<'a>),
    CachePoint(Json<'a>),
    /// The union member's name and value.
    Other(Cow<'a, str>, Json<'a>),
    /// A block that is not a known union member, as a whole.
    Verbatim(Json<'a>),
}

impl Block<'_> {
    pub(crate) fn is_cache_point(&self) -> bool {
        matches!(self, Self::CachePoint(_))
    }

    pub(crate) fn is_tool_result(&self) -> bool {
        matches!(self, Self::ToolResult(_))
    }

    pub(crate) fn is_unreadable(&self) -> bool {
        matches!(self, Self::ToolUse(tool_use) if tool_use.is_unreadable)
    }

    pub(crate) fn is_tool_use(&self) -> bool {
        matches!(self, Self::ToolUse(_))
    }
}

/// `reasoningContent`. `members` are those after `signature`.
#[derive(Debug, serde::Serialize)]
pub(crate) enum Reasoning<'a> {
    #[serde(rename = "reasoningText")]
    Text {
        text: Json<'a>,
        #[serde(skip_serializing_if = "Option::is_none")]
        signature: Option<Json<'a>>,
        #[serde(flatten)]
        members: Members<'a>,
    },
    #[serde(rename = "redactedContent")]
    Redacted(Blob<'a>),
}

impl<'a> Reasoning<'a> {
    pub(crate) fn new(text: Json<'a>, signature: Option<Json<'a>>) -> Self {
        Self::Text {
            text,
            signature,
            members: Members::default(),
        }
    }
}

/// `toolUse`. `members` are those after `input`.
#[derive(Debug, serde::Serialize)]
pub(crate) struct ToolUse<'a> {
    #[serde(rename = "toolUseId")]
    pub(crate) id: Cow<'a, str>,
    pub(crate) name: Cow<'a, str>,
    pub(crate) input: Json<'a>,
    #[serde(flatten)]
    pub(crate) members: Members<'a>,
    /// Whether LangChain could not parse its arguments (`invalid_tool_calls`).
    #[serde(skip)]
    pub(crate) is_unreadable: bool,
    /// Where the caller wrote it.
    #[serde(skip)]
    pub(crate) place: Place,
}

impl ToolUse<'_> {
    /// Whether Bedrock itself runs this tool; the caller then declares no `toolSpec` for it.
    pub(crate) fn is_server_tool(&self) -> bool {
        self.members.get("type").and_then(Json::text).as_deref() == Some("server_tool_use")
    }
}

/// `toolResult`. `members` are those after `content`.
#[derive(Debug, serde::Serialize)]
pub(crate) struct ToolResult<'a> {
    #[serde(rename = "toolUseId")]
    pub(crate) id: Cow<'a, str>,
    pub(crate) content: Vec<Block<'a>>,
    #[serde(flatten)]
    pub(crate) members: Members<'a>,
    /// The name of the tool, where the message has it.
    #[serde(skip)]
    pub(crate) tool: Option<Cow<'a, str>>,
    /// Where the caller wrote it.
    #[serde(skip)]
    pub(crate) place: Place,
}

/// `document`. The name is the caller's until `document_names` makes it legal; `members` are those after `name`.
#[derive(Debug, serde::Serialize)]
pub(crate) struct Document<'a> {
    pub(crate) name: Cow<'a, str>,
    #[serde(flatten)]
    pub(crate) members: Members<'a>,
}

impl Serialize for Block<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if let Self::Verbatim(block) = self {
            return block.serialize(serializer);
        }
        let mut map = serializer.serialize_map(Some(1))?;
        match self {
            Self::Text(text) => map.serialize_entry("text", text)?,
            Self::Reasoning(reasoning) => map.serialize_entry("reasoningContent", reasoning)?,
            Self::ToolUse(tool_use) => map.serialize_entry("toolUse", tool_use)?,
            Self::ToolResult(tool_result) => map.serialize_entry("toolResult", tool_result)?,
            Self::Document(document) => map.serialize_entry("document", document)?,
            Self::CachePoint(cache_point) => map.serialize_entry("cachePoint", cache_point)?,
            Self::Other(name, value) => map.serialize_entry(name, value)?,
            Self::Verbatim(_) => {}
        }
        map.end()
    }
}
