//! JSON values of the request body, which borrow from the caller's JSON.

use std::borrow::Cow;

use serde::ser::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::attachment::{Attachment, Fetched};
use super::blob::Blob;
use crate::convert::json::{self, Object};

/// A JSON value of the body: the caller's own text wherever possible.
#[derive(Debug, Clone, serde::Serialize)]
#[serde(untagged)]
pub(crate) enum Json<'a> {
    Raw(&'a RawValue),
    /// JSON from inside a string.
    Parsed(Box<RawValue>),
    Text(Cow<'a, str>),
    Number(u32),
    Blob(Blob<'a>),
    List(Vec<Json<'a>>),
    Object(Members<'a>),
}

impl<'a> Json<'a> {
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

    /// The members of an object, one level deep; `None` when this is none.
    pub(crate) fn members(&self) -> Option<Members<'a>> {
        match self {
            Self::Raw(raw) => Object::read(raw).map(|object| Members::from(&object)),
            // A rule wrote it.
            Self::Object(members) => Some(members.clone()),
            _ => None,
        }
    }

    /// The number; `None` when this is none.
    pub(crate) fn number(&self) -> Option<f64> {
        match self {
            Self::Raw(raw) => raw.get().parse().ok(),
            Self::Number(number) => Some(f64::from(*number)),
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

    /// Whether this is a string of white space only.
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

    /// Removes white space at the end of this string.
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
#[derive(Debug, Clone, Default)]
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

    /// Sets the member `name`, in its place or at the end.
    pub(crate) fn set(&mut self, name: &'static str, value: Json<'a>) {
        match self.get_mut(name) {
            Some(member) => *member = value,
            None => self.push(name, value),
        }
    }

    /// Takes the member `name` out, as text; empty when it is absent or no string.
    pub(crate) fn take_text(&mut self, name: &str) -> Cow<'a, str> {
        match self.take(name) {
            Some(Json::Text(text)) => text,
            _ => Cow::Borrowed(""),
        }
    }
}

impl<'a> From<&Object<'a>> for Members<'a> {
    /// The members that are not `null`, unread.
    fn from(object: &Object<'a>) -> Self {
        let members = object.iter().filter(|(_, value)| value.get() != "null");
        Self(members.map(|(name, value)| (Cow::Owned(name.to_owned()), Json::Raw(value))).collect())
    }
}

impl Serialize for Members<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

impl<'a> From<Attachment<'a>> for Json<'a> {
    fn from(attachment: Attachment<'a>) -> Self {
        match attachment {
            Attachment::Bytes(bytes) | Attachment::Fetched(Fetched { bytes, .. }) => Self::Blob(Blob::bytes(Cow::Borrowed(bytes))),
            Attachment::Text(text) => Self::Text(Cow::Borrowed(text)),
        }
    }
}

/// Whether a JSON string, as written, is white space only. It is not unescaped: texts are long, and usually the first character decides.
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
