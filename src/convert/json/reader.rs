//! JSON read one level at a time.
//!
//! The core reads few members of a message and passes on the others, so a value stays text ([`RawValue`]) until it is read: numbers keep their digits,
//! objects their order, and nothing is copied.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// A JSON object, its values not parsed and in their original order.
#[derive(Debug, Clone, Default)]
pub struct Object<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> Object<'a> {
    /// Reads `value` one level deep; `None` when it is no object.
    #[must_use]
    pub fn read(value: &'a RawValue) -> Option<Self> {
        serde_json::from_str(value.get()).ok()
    }

    /// The member `name`, not parsed. A member that is `null` counts as absent, as `undefined` does in JavaScript.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&'a RawValue> {
        let (_, value) = self.0.iter().rev().find(|(key, _)| key == name)?;
        (value.get() != "null").then_some(*value)
    }

    /// The member `name` as text; `None` when it is absent or no string.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<Cow<'a, str>> {
        text(self.get(name)?)
    }

    /// The member `name` as text, where some clients write numbers: `1` is `"1"`.
    pub(crate) fn id_text(&self, name: &str) -> Option<Cow<'a, str>> {
        let value = self.get(name)?;
        let is_number = value.get().starts_with(|first: char| first == '-' || first.is_ascii_digit());
        if is_number { Some(Cow::Borrowed(value.get())) } else { text(value) }
    }

    /// The member `name` as the JSON string that it is, with its quotes and escapes; `None` when it is absent or no string.
    pub(crate) fn literal(&self, name: &str) -> Option<&'a str> {
        self.get(name).filter(|value| is_string(value)).map(RawValue::get)
    }

    /// The member `name` as an object; `None` when it is absent or no object.
    #[must_use]
    pub fn object(&self, name: &str) -> Option<Object<'a>> {
        Object::read(self.get(name)?)
    }

    /// All members in their order, `null` ones included.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &'a RawValue)> {
        self.0.iter().map(|(name, value)| (name.as_ref(), *value))
    }
}

/// Reads a JSON string, borrowing it where it has no escapes; `None` when `value` is no string.
#[must_use]
pub fn text(value: &RawValue) -> Option<Cow<'_, str>> {
    serde_json::from_str::<Text<'_>>(value.get()).ok().map(|text| text.0)
}

/// Whether `value` is a JSON string. (Parsing one fails for a lone surrogate, which JavaScript accepts.)
pub(crate) fn is_string(value: &RawValue) -> bool {
    value.get().starts_with('"')
}

/// Whether `value` is a JSON object.
pub(crate) fn is_object(value: &RawValue) -> bool {
    value.get().starts_with('{')
}

/// Reads a JSON array one level deep; `None` when `value` is no array.
#[must_use]
pub fn array(value: &RawValue) -> Option<Vec<&RawValue>> {
    serde_json::from_str(value.get()).ok()
}

/// A string that borrows when it can. (`Cow<str>` alone always copies when it is a map key or an element.)
#[derive(serde::Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Object<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = Object<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some((Text(name), value)) = map.next_entry()? {
                    members.push((name, value));
                }
                Ok(Object(members))
            }
        }

        deserializer.deserialize_map(Members)
    }
}
