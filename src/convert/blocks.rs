//! Content blocks on their way into a request body.

mod shapes;

use std::borrow::Cow;

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::value::RawValue;

pub(crate) use self::shapes::{
    CITATIONS_CONFIG, INFERENCE_CONFIG, REQUEST_OPTIONS, Shape, TOOL_CONFIG, carry, content_block_shape, walk, walk_members,
};
use super::json;
use super::media::Blob;

/// JSON on its way out: the caller's own text wherever it can be.
#[derive(Debug, serde::Serialize)]
#[serde(untagged)]
pub(crate) enum Json<'a> {
    Raw(&'a RawValue),
    /// JSON that stood inside a string.
    Parsed(Box<RawValue>),
    Text(Cow<'a, str>),
    Number(u32),
    Blob(Blob<'a>),
    List(Vec<Json<'a>>),
    Object(Members<'a>),
}

impl Json<'_> {
    /// An object without members.
    pub(crate) fn empty() -> Self {
        Self::Object(Members::default())
    }

    /// An object with one member.
    pub(crate) fn one(name: &'static str, value: Self) -> Self {
        Self::Object(Members(vec![(Cow::Borrowed(name), value)]))
    }

    /// The member `name` of an object.
    pub(crate) fn member_mut(&mut self, name: &str) -> Option<&mut Self> {
        match self {
            Self::Object(members) => members.get_mut(name),
            _ => None,
        }
    }

    /// The text, unescaped; `None` when this is no string.
    pub(crate) fn text(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Raw(raw) => json::text(raw),
            Self::Text(text) => Some(Cow::Borrowed(text)),
            _ => None,
        }
    }

    /// Whether this is a string of nothing but white space.
    pub(crate) fn is_blank(&self) -> bool {
        match self {
            Self::Raw(raw) => is_blank_literal(raw.get()),
            Self::Text(text) => text.trim().is_empty(),
            _ => false,
        }
    }

    /// Whether this is an empty string, or none. It is not unescaped.
    pub(crate) fn is_empty_text(&self) -> bool {
        match self {
            Self::Raw(raw) => !raw.get().starts_with('"') || raw.get() == "\"\"",
            Self::Text(text) => text.is_empty(),
            _ => true,
        }
    }

    /// Appends the string `more` to this string.
    pub(crate) fn append(&mut self, more: &Self) {
        let joined = match (self.text(), more.text()) {
            (Some(text), Some(more)) => format!("{text}{more}"),
            _ => return,
        };
        *self = Self::Text(Cow::Owned(joined));
    }

    /// Drops white space at the end of this string.
    pub(crate) fn trim_end(&mut self) {
        let trimmed = match self.text() {
            Some(text) if text.ends_with(char::is_whitespace) => text.trim_end().to_owned(),
            _ => return,
        };
        *self = Self::Text(Cow::Owned(trimmed));
    }
}

impl From<&'static str> for Json<'_> {
    fn from(text: &'static str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

/// The members of an object, in the order in which they are written.
#[derive(Debug, Default)]
pub(crate) struct Members<'a>(pub(crate) Vec<(Cow<'a, str>, Json<'a>)>);

impl<'a> Members<'a> {
    pub(crate) fn push(&mut self, name: &'static str, value: Json<'a>) {
        self.0.push((Cow::Borrowed(name), value));
    }

    /// Appends the member `name` when there is a value.
    pub(crate) fn push_some(&mut self, name: &'static str, value: Option<Json<'a>>) {
        self.0.extend(value.map(|value| (Cow::Borrowed(name), value)));
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Json<'a>> {
        self.0.iter().find(|(member, _)| member == name).map(|(_, value)| value)
    }

    pub(crate) fn get_mut(&mut self, name: &str) -> Option<&mut Json<'a>> {
        self.0.iter_mut().find(|(member, _)| member == name).map(|(_, value)| value)
    }

    /// Takes the member `name` out.
    pub(crate) fn take(&mut self, name: &str) -> Option<Json<'a>> {
        let index = self.0.iter().position(|(member, _)| member == name)?;
        Some(self.0.remove(index).1)
    }

    /// Takes the member `name` out, as text; empty when it is absent or no string.
    pub(crate) fn take_text(&mut self, name: &str) -> Cow<'a, str> {
        match self.take(name) {
            Some(Json::Text(text)) => text,
            _ => Cow::Borrowed(""),
        }
    }
}

impl Serialize for Members<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

/// A content block of a message, of the system text or of a tool result. What the rules over a conversation look at has a variant of its own.
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
    /// A whole block that is no union member that we know.
    Verbatim(Json<'a>),
}

impl Block<'_> {
    pub(crate) fn is_cache_point(&self) -> bool {
        matches!(self, Self::CachePoint(_))
    }

    pub(crate) fn is_tool_result(&self) -> bool {
        matches!(self, Self::ToolResult(_))
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
}

/// `document`. The name is the caller's until `document_names` has made it legal; `members` are those after `name`.
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

/// Whether a JSON string, as written, is white space only. It is not unescaped: texts are long, and the first letter decides.
fn is_blank_literal(literal: &str) -> bool {
    let Some(inner) = literal.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else {
        return false;
    };
    let mut chars = inner.chars();
    while let Some(char) = chars.next() {
        let is_white_space = match char {
            '\\' => match chars.next() {
                Some('n' | 'r' | 't' | 'f') => true,
                Some('u') => {
                    let digits: String = chars.by_ref().take(4).collect();
                    let code = u32::from_str_radix(&digits, 16).ok();
                    code.and_then(char::from_u32).is_some_and(char::is_whitespace)
                }
                _ => false,
            },
            other => other.is_whitespace(),
        };
        if !is_white_space {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_literals_are_told_without_unescaping() {
        for blank in [r#""""#, r#"" ""#, r#""\n\t\r\f ""#, r#""\u0020\u00a0\u3000""#, "\"\u{2028}\""] {
            assert!(is_blank_literal(blank), "{blank}");
        }
        for text in [r#""a""#, r#"" \n.""#, r#""\\n""#, r#""\u0041""#, r#""\ud800""#, "1", "null", "{}", r#"""#] {
            assert!(!is_blank_literal(text), "{text}");
        }
    }
}
