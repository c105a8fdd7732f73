//! JSON written member by member, so that a value that is only passed on is copied as text.

use serde_json::Value;

use super::reader::Object;

/// One JSON object, written at the end of a text.
pub(crate) struct ObjectWriter<'o>(&'o mut String);

impl<'o> ObjectWriter<'o> {
    /// Opens the object.
    pub(crate) fn new(out: &'o mut String) -> Self {
        out.push('{');
        Self(out)
    }

    /// Opens the object as the next value of the list that `out` holds so far.
    pub(crate) fn next(out: &'o mut String) -> Self {
        separate(out);
        Self::new(out)
    }

    /// Starts the member `name`; the caller writes its value to what is returned.
    pub(crate) fn member(&mut self, name: &str) -> &mut String {
        separate(self.0);
        push_quoted(self.0, name);
        self.0.push(':');
        self.0
    }

    /// A member whose value is JSON already.
    pub(crate) fn raw(&mut self, name: &str, json: &str) -> &mut Self {
        self.member(name).push_str(json);
        self
    }

    /// A member whose value is JSON already, left out when there is none.
    pub(crate) fn optional(&mut self, name: &str, json: Option<&str>) -> &mut Self {
        if let Some(json) = json {
            self.raw(name, json);
        }
        self
    }

    /// A member whose value is a text.
    pub(crate) fn text(&mut self, name: &str, value: &str) -> &mut Self {
        push_quoted(self.member(name), value);
        self
    }

    /// The members of `object`, unchanged, without those that are `null` or named in `except`.
    pub(crate) fn members(&mut self, object: &Object<'_>, except: &[&str]) -> &mut Self {
        for (name, value) in object.iter().filter(|(name, value)| value.get() != "null" && !except.contains(name)) {
            self.raw(name, value.get());
        }
        self
    }

    /// Closes the object.
    pub(crate) fn end(&mut self) {
        self.0.push('}');
    }
}

/// The comma before a further value of a list; none at the start of an object, an array or a text.
pub(crate) fn separate(out: &mut String) {
    if !matches!(out.as_bytes().last(), None | Some(b'{' | b'[')) {
        out.push(',');
    }
}

/// Appends `text` as a JSON string.
pub(crate) fn push_quoted(out: &mut String, text: &str) {
    if text.bytes().any(|byte| byte < b' ' || byte == b'"' || byte == b'\\') {
        out.push_str(&quoted(text));
    } else {
        out.push('"');
        out.push_str(text);
        out.push('"');
    }
}

/// `text` as a JSON string.
pub(crate) fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// A JSON string joined from pieces, which stay escaped: a surrogate pair may be split between two of them.
#[derive(Debug, Default, Clone)]
pub(crate) struct JoinedString(String);

impl JoinedString {
    /// Appends a JSON string, given with its quotes.
    pub(crate) fn push(&mut self, literal: &str) {
        let inside = literal.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        self.0.push_str(inside.unwrap_or_default());
    }

    /// The whole as a JSON string, with its quotes.
    pub(crate) fn literal(&self) -> String {
        format!("\"{}\"", self.0)
    }
}
