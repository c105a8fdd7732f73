//! References of a JSON schema to its own definitions, for models that do not see them.

use std::collections::HashMap;

use serde_json::Value;

use super::schema_nodes::{Schema, for_each_schema};

const DEFINITIONS: [&str; 2] = ["$defs", "definitions"];

/// How many definitions may stand inside each other. The first with which the schema stays below its limits is taken.
const NESTING: [usize; 6] = [64, 16, 8, 4, 2, 1];

/// Bytes of JSON of all definitions that are put in. Definitions that refer to each other in circles double with each, and a dozen would fill the memory.
const MAX_LENGTH: usize = 256 * 1024;

/// Levels of JSON: readers take 128.
const MAX_DEPTH: usize = 100;

/// The definitions of a schema, by how they are referred to.
pub(super) fn definitions(root: &Schema) -> HashMap<String, &Value> {
    let maps = DEFINITIONS.iter().filter_map(|place| Some((place, root.get(*place)?.as_object()?)));
    maps.flat_map(|(place, map)| map.iter().map(move |(name, definition)| (format!("#/{place}/{name}"), definition)))
        .collect()
}

/// Puts definitions in the places of their references. A definition inside itself becomes a schema that takes anything; returns whether further ones did,
/// because there would be too much.
pub(super) fn inline(schema: &mut Value) -> bool {
    let original = schema.clone();
    let Some(definitions) = original.as_object().map(definitions).filter(|definitions| !definitions.is_empty()) else {
        return false;
    };
    let definitions = definitions.into_iter().map(|(name, value)| (name, Definition::new(value))).collect();
    for nesting in NESTING {
        let mut inliner = Inliner {
            definitions: &definitions,
            nesting,
            open: Vec::new(),
            left: MAX_LENGTH,
            is_cut: false,
        };
        schema.clone_from(&original);
        inliner.inline(schema, 0);
        if inliner.left > 0 || nesting == 1 {
            return inliner.is_cut;
        }
    }
    false
}

struct Definition<'a> {
    value: &'a Value,
    length: usize,
    depth: usize,
}

impl<'a> Definition<'a> {
    fn new(value: &'a Value) -> Self {
        Self {
            value,
            length: value.to_string().len(),
            depth: depth_of(value),
        }
    }
}

fn depth_of(value: &Value) -> usize {
    let inner = match value {
        Value::Object(members) => members.values().map(depth_of).max(),
        Value::Array(list) => list.iter().map(depth_of).max(),
        _ => return 0,
    };
    1 + inner.unwrap_or_default()
}

struct Inliner<'a> {
    definitions: &'a HashMap<String, Definition<'a>>,
    nesting: usize,
    /// The definitions around the place.
    open: Vec<String>,
    /// Bytes that may still be put in.
    left: usize,
    is_cut: bool,
}

impl<'a> Inliner<'a> {
    /// `level`: how many schemas are around this one. Each has two levels of JSON at most: itself, and the list or the map around it.
    fn inline(&mut self, schema: &mut Value, level: usize) {
        let Value::Object(members) = schema else { return };
        for place in DEFINITIONS {
            members.shift_remove(place);
        }
        let referred = members
            .get("$ref")
            .and_then(Value::as_str)
            .filter(|name| self.definitions.contains_key(*name));
        let Some(name) = referred.map(ToOwned::to_owned) else {
            for_each_schema(members, &mut |inner| self.inline(inner, level + 1));
            return;
        };
        members.shift_remove("$ref");
        let Some(definition) = self.take(&name, level) else { return };
        match definition {
            Value::Object(definition) => {
                for (name, value) in definition {
                    members.entry(name.clone()).or_insert_with(|| value.clone());
                }
            }
            // What takes nothing.
            Value::Bool(false) if members.is_empty() => *schema = false.into(),
            _ => {}
        }
        self.open.push(name);
        self.inline(schema, level);
        self.open.pop();
    }

    /// A definition that may be put in at such a level; without it, the schema takes anything.
    fn take(&mut self, name: &str, level: usize) -> Option<&'a Value> {
        let definition = self.definitions.get(name)?;
        if self.open.iter().any(|open| open == name) {
            return None;
        }
        let fits = self.open.len() < self.nesting && 2 * level + definition.depth <= MAX_DEPTH;
        if !fits || self.left == 0 {
            self.is_cut = true;
            return None;
        }
        self.left = self.left.saturating_sub(definition.length);
        Some(definition.value)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn inlined(mut schema: Value) -> (Value, bool) {
        let is_cut = inline(&mut schema);
        (schema, is_cut)
    }

    #[test]
    fn a_definition_that_is_a_reference_and_one_with_definitions_of_its_own() {
        let schema = json!({
            "properties": { "a": { "$ref": "#/$defs/a" }, "none": { "$ref": "#/$defs/none" } },
            "$defs": { "a": { "$ref": "#/$defs/b" }, "b": { "type": "string", "$defs": { "c": { "type": "object" } } }, "none": false },
        });
        assert_eq!(
            inlined(schema),
            (json!({ "properties": { "a": { "type": "string" }, "none": false } }), false)
        );
    }

    #[test]
    fn a_definition_that_takes_anything_is_an_object_at_the_root_too() {
        let schema = json!({ "$ref": "#/$defs/any", "$defs": { "any": true } });
        assert_eq!(inlined(schema), (json!({}), false));
    }

    #[test]
    fn a_property_may_have_the_name_of_the_member_for_definitions() {
        let schema = json!({ "properties": { "definitions": { "$ref": "#/$defs/a" } }, "$defs": { "a": { "type": "string" } } });
        assert_eq!(inlined(schema), (json!({ "properties": { "definitions": { "type": "string" } } }), false));
    }

    /// Each of so many definitions refers to all.
    fn circles(count: usize) -> Value {
        let references: Schema = (0..count)
            .map(|index| (index.to_string(), json!({ "$ref": format!("#/$defs/{index}") })))
            .collect();
        let definitions: Schema = (0..count).map(|index| (index.to_string(), json!({ "properties": references }))).collect();
        json!({ "properties": references, "$defs": definitions })
    }

    #[test]
    fn definitions_in_circles_stay_small_and_equally_deep() {
        let (few, is_cut) = inlined(circles(3));
        assert!(!is_cut && !few.to_string().contains("$ref"));
        let (many, is_cut) = inlined(circles(20));
        assert!(is_cut && !many.to_string().contains("$ref"));
        assert!(many.to_string().len() < 2 * MAX_LENGTH);
        let first = &many["properties"]["0"]["properties"]["1"];
        let last = &many["properties"]["19"]["properties"]["18"];
        assert_eq!(depth_of(first), depth_of(last));
        assert!(depth_of(first) > 0);
    }

    #[test]
    fn a_long_chain_of_definitions_ends() {
        let definitions: Schema = (0..100_000)
            .map(|index| (index.to_string(), json!({ "items": { "$ref": format!("#/$defs/{}", index + 1) } })))
            .collect();
        let (chain, is_cut) = inlined(json!({ "$ref": "#/$defs/0", "$defs": definitions }));
        assert!(is_cut);
        assert!(depth_of(&chain) <= MAX_DEPTH + 1);
    }
}
