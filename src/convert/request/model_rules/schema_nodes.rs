//! The schemas inside a JSON schema, and its description.

use serde_json::{Map, Value};

pub(super) type Schema = Map<String, Value>;

/// Members that hold a schema, a list of schemas, or a map of schemas.
const SCHEMAS: [&str; 8] = [
    "items",
    "prefixItems",
    "anyOf",
    "oneOf",
    "allOf",
    "additionalProperties",
    "not",
    "contains",
];
const MAPS: [&str; 4] = ["properties", "$defs", "definitions", "patternProperties"];

pub(super) fn holds_schemas(name: &str) -> bool {
    SCHEMAS.contains(&name) || MAPS.contains(&name)
}

/// Calls `change` for each schema directly inside one. `additionalProperties` may be a boolean, which says something else there.
pub(super) fn for_each_schema(members: &mut Schema, change: &mut dyn FnMut(&mut Value)) {
    for (name, value) in members {
        match value {
            Value::Object(map) if MAPS.contains(&name.as_str()) => map.values_mut().for_each(&mut *change),
            Value::Array(list) if SCHEMAS.contains(&name.as_str()) => list.iter_mut().for_each(&mut *change),
            Value::Bool(_) if name == "additionalProperties" => {}
            value if SCHEMAS.contains(&name.as_str()) => change(value),
            _ => {}
        }
    }
}

/// Says members that a schema may not have in its description.
pub(super) fn say(schema: &mut Schema, members: &[String]) {
    if !members.is_empty() {
        describe(schema, format!("{{{}}}", members.join(", ")));
    }
}

/// Adds a sentence to a schema's description.
pub(super) fn describe(schema: &mut Schema, said: String) {
    let description = match schema.get("description").and_then(Value::as_str) {
        Some(text) => format!("{text}\n\n{said}"),
        None => said,
    };
    schema.insert("description".to_owned(), description.into());
}
