//! JSON schemas in the forms that models take.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::patterns::{drop_lookaround, has_lookaround};
use super::references::{definitions, inline};
use super::schema_nodes::{Schema, describe, for_each_schema, holds_schemas, say};
use crate::models::{Model, SchemaFeature};

/// Members that a closed schema may not have; each is said in the description. Bedrock documents the lengths of strings among them, but takes them
/// (pydantic-ai 2.68.0, tried against Bedrock on 2026-05-19).
const REFUSED_WHEN_CLOSED: [&str; 9] = [
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "maxItems",
    "uniqueItems",
    "propertyNames",
    "contains",
];

/// The schema of a tool in a form that Bedrock and the model take.
pub(super) struct Normalised {
    pub(super) schema: Value,
    /// What is not said any more by the schema itself.
    pub(super) lost: Vec<&'static str>,
}

/// Rewrites what Bedrock refuses, or the model does not see, in another form of the same meaning; a union at the root, where it is refused, becomes one
/// object with the properties of all.
pub(super) fn normalise(text: &str, model: &Model) -> Option<Normalised> {
    let refused = model.facts.schema_refuses.as_deref().unwrap_or_default();
    let mut schema: Value = serde_json::from_str(text).ok()?;
    let before = schema.clone();
    let has_lost_references = refused.contains(&SchemaFeature::Refs) && inline(&mut schema);
    rewrite(&mut schema);
    let root = schema.as_object_mut()?;
    if let Some(Value::Array(types)) = root.get("type")
        && types.iter().any(|kind| kind == "object")
    {
        root.insert("type".to_owned(), "object".into());
    }
    let is_flattened = has_union(root) && refused.contains(&SchemaFeature::RootUnion) && flatten(root);
    let has_lost_patterns = refused.contains(&SchemaFeature::ToolLookaround) && drop_lookaround(&mut schema);
    let lost = [
        (
            has_lost_references,
            "definitions deep inside others became schemas that take anything, since the model does not see references, and the schema would be too long \
             without them",
        ),
        (
            is_flattened,
            "the union at its root became one object with the properties of all alternatives",
        ),
        (has_lost_patterns, "patterns with look-around became a part of the description"),
    ];
    let lost = lost.into_iter().filter_map(|(is_lost, what)| is_lost.then_some(what)).collect();
    (schema != before).then_some(Normalised { schema, lost })
}

/// The schema of structured output, or of a strict tool, closed at every depth, as JSON; `None` when it is that already.
pub(super) fn close(text: &str, model: &Model) -> Option<String> {
    let mut schema: Value = serde_json::from_str(text).ok()?;
    let before = schema.clone();
    rewrite(&mut schema);
    let refused = model.facts.schema_refuses.as_deref().unwrap_or_default();
    let union = schema.as_object_mut().filter(|root| has_union(root));
    if let Some(root) = union.filter(|_| refused.contains(&SchemaFeature::RootUnion))
        && !flatten(root)
    {
        keep_one_union(root);
        flatten(root);
    }
    close_objects(&mut schema);
    (schema != before).then(|| schema.to_string())
}

/// Whether an object of the schema takes members that it does not name, so that closing it would change what it means.
pub(super) fn is_open(schema: &Value) -> bool {
    match schema {
        Value::Object(members) => {
            let is_free = members.get("additionalProperties").is_some_and(|more| *more != Value::Bool(false));
            is_free || members.iter().any(|(name, value)| holds_schemas(name) && is_open(value))
        }
        Value::Array(list) => list.iter().any(is_open),
        _ => false,
    }
}

/// Removes members that are `null`, and writes `true` as the schema that takes anything.
fn rewrite(schema: &mut Value) {
    let Value::Object(members) = schema else { return };
    members.retain(|name, value| !(value.is_null() && matches!(name.as_str(), "properties" | "required" | "items" | "description" | "type")));
    for_each_schema(members, &mut |inner| {
        if *inner == Value::Bool(true) {
            *inner = json!({});
        }
        rewrite(inner);
    });
}

fn close_objects(schema: &mut Value) {
    let Value::Object(members) = schema else { return };
    let mut moved = Vec::new();
    members.retain(|name, value| {
        let is_refused = REFUSED_WHEN_CLOSED.contains(&name.as_str())
            || (name == "minItems" && value.as_u64().is_some_and(|least| least > 1))
            || (name == "pattern" && value.as_str().is_some_and(has_lookaround));
        if is_refused {
            moved.push(format!("{name}: {value}"));
        }
        !is_refused
    });
    say(members, &moved);
    keep_one_union(members);
    if members.get("type").is_some_and(|kind| kind == "object") || members.contains_key("properties") {
        members.insert("additionalProperties".to_owned(), false.into());
    }
    for_each_schema(members, &mut close_objects);
}

/// Closed schemas have no `oneOf`: it becomes the `anyOf`, or is said where there is one already.
fn keep_one_union(members: &mut Schema) {
    let Some(alternatives) = members.shift_remove("oneOf") else { return };
    if members.contains_key("anyOf") {
        say(members, &[format!("oneOf: {alternatives}")]);
    } else {
        members.insert("anyOf".to_owned(), alternatives);
    }
}

fn has_union(schema: &Schema) -> bool {
    ["anyOf", "oneOf", "allOf"].iter().any(|union| schema.contains_key(*union))
}

/// Makes one object of a root with alternatives; `false` if one of them is no object.
fn flatten(root: &mut Schema) -> bool {
    let definitions = definitions(root);
    let mut merged = root.clone();
    for union in ["allOf", "anyOf", "oneOf"] {
        let Some(Value::Array(alternatives)) = merged.shift_remove(union) else {
            continue;
        };
        let alternatives: Option<Vec<Schema>> = alternatives.into_iter().map(|alternative| object_of(alternative, &definitions)).collect();
        let Some(alternatives) = alternatives else { return false };
        merge(&mut merged, &alternatives, union == "allOf");
    }
    merged.insert("type".to_owned(), "object".into());
    *root = merged;
    true
}

/// An alternative, of which references are followed and unions inside are flattened; `None` if it is no object.
fn object_of(alternative: Value, definitions: &HashMap<String, &Value>) -> Option<Schema> {
    let Value::Object(mut members) = alternative else { return None };
    if let Some(Value::String(reference)) = members.get("$ref") {
        let definition = definitions.get(reference)?.as_object()?.clone();
        members = definition;
    }
    if has_union(&members) && !flatten(&mut members) {
        return None;
    }
    members.get("type").is_none_or(|kind| kind == "object").then_some(members)
}

fn merge(root: &mut Schema, alternatives: &[Schema], is_all: bool) {
    let mut properties = root.get("properties").and_then(Value::as_object).cloned().unwrap_or_default();
    for (name, value) in alternatives
        .iter()
        .filter_map(|alternative| alternative.get("properties")?.as_object())
        .flatten()
    {
        let joined = properties.get(name).map_or_else(|| value.clone(), |known| join(known, value));
        properties.insert(name.clone(), joined);
    }
    let required_of = |schema: &Schema| -> Vec<Value> { schema.get("required").and_then(Value::as_array).cloned().unwrap_or_default() };
    let mut required = required_of(root);
    let sets: Vec<Vec<Value>> = alternatives.iter().map(required_of).collect();
    for name in sets.iter().flatten() {
        let is_required = is_all || sets.iter().all(|set| set.contains(name));
        if is_required && !required.contains(name) {
            required.push(name.clone());
        }
    }
    if !is_all && alternatives.len() > 1 {
        let alternatives: Vec<String> = sets.iter().map(|set| names_of(set)).collect();
        let said = format!("Give exactly the properties of one of these: {}.", alternatives.join("; "));
        describe(root, said);
    }
    root.insert("properties".to_owned(), Value::Object(properties));
    if !required.is_empty() {
        root.insert("required".to_owned(), Value::Array(required));
    }
}

fn names_of(required: &[Value]) -> String {
    let names: Vec<&str> = required.iter().filter_map(Value::as_str).collect();
    format!("{{{}}}", names.join(", "))
}

/// One schema for what one of two takes. The constants of a discriminator become an `enum`.
fn join(known: &Value, other: &Value) -> Value {
    if known == other {
        return known.clone();
    }
    if let (Some(mut values), Some(more)) = (constants(known), constants(other)) {
        values.extend(more.into_iter().filter(|value| !values.contains(value)).collect::<Vec<_>>());
        let is_text = values.iter().all(Value::is_string);
        return if is_text {
            json!({ "type": "string", "enum": values })
        } else {
            json!({ "enum": values })
        };
    }
    match known.get("anyOf").and_then(Value::as_array) {
        Some(alternatives) if known.as_object().is_some_and(|members| members.len() == 1) => {
            let mut alternatives = alternatives.clone();
            if !alternatives.contains(other) {
                alternatives.push(other.clone());
            }
            json!({ "anyOf": alternatives })
        }
        _ => json!({ "anyOf": [known, other] }),
    }
}

/// The values of a `const` or an `enum` without further conditions.
fn constants(schema: &Value) -> Option<Vec<Value>> {
    let members = schema.as_object()?;
    if members.keys().any(|name| !matches!(name.as_str(), "const" | "enum" | "type")) {
        return None;
    }
    match (members.get("const"), members.get("enum")) {
        (Some(value), None) => Some(vec![value.clone()]),
        (None, Some(Value::Array(values))) => Some(values.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::Facts;

    fn model(refused: &[SchemaFeature]) -> Model {
        Model {
            facts: Facts {
                schema_refuses: Some(refused.to_vec()),
                ..Facts::default()
            },
            ..Model::default()
        }
    }

    fn normalised(schema: &Value, refused: &[SchemaFeature]) -> Option<Value> {
        normalise(&schema.to_string(), &model(refused)).map(|normalised| normalised.schema)
    }

    #[test]
    fn a_discriminated_union_becomes_one_object() {
        let shape = json!({ "type": "object", "oneOf": [
            { "type": "object", "properties": { "kind": { "type": "string", "const": "circle" }, "radius": { "type": "number" } }, "required": ["kind", "radius"] },
            { "type": "object", "properties": { "kind": { "type": "string", "const": "square" }, "side": { "type": "number" } }, "required": ["kind", "side"] },
        ] });
        let expected = json!({
            "type": "object",
            "description": "Give exactly the properties of one of these: {kind, radius}; {kind, side}.",
            "properties": { "kind": { "type": "string", "enum": ["circle", "square"] }, "radius": { "type": "number" }, "side": { "type": "number" } },
            "required": ["kind"],
        });
        assert_eq!(normalised(&shape, &[SchemaFeature::RootUnion]), Some(expected));
        assert_eq!(normalised(&shape, &[]), None);
    }

    #[test]
    fn alternatives_of_required_members() {
        let schema = json!({ "type": "object", "properties": { "a": {}, "b": {} }, "anyOf": [{ "required": ["a"] }, { "required": ["b"] }] });
        let flat = normalised(&schema, &[SchemaFeature::RootUnion]).unwrap();
        assert_eq!(
            flat,
            json!({ "type": "object", "properties": { "a": {}, "b": {} }, "description": "Give exactly the properties of one of these: {a}; {b}." })
        );
    }

    #[test]
    fn what_bedrock_cannot_read_is_written_in_another_form() {
        let schema =
            json!({ "type": ["object", "null"], "properties": { "any": true, "list": { "type": "array", "items": null } }, "required": null });
        assert_eq!(
            normalised(&schema, &[]),
            Some(json!({ "type": "object", "properties": { "any": {}, "list": { "type": "array" } } }))
        );
        assert_eq!(
            normalised(&json!({ "type": "object", "properties": null }), &[]),
            Some(json!({ "type": "object" }))
        );
        assert_eq!(
            normalised(&json!({ "type": "object", "properties": { "const": { "const": null } } }), &[]),
            None
        );
    }

    #[test]
    fn references_are_followed_where_they_are_not_seen() {
        let schema = json!({
            "type": "object",
            "properties": { "tree": { "$ref": "#/$defs/Tree" } },
            "$defs": { "Tree": { "type": "object", "properties": { "children": { "type": "array", "items": { "$ref": "#/$defs/Tree" } } } } },
        });
        let inlined = json!({ "type": "object", "properties": { "tree": { "type": "object", "properties": { "children": { "type": "array", "items": {} } } } } });
        assert_eq!(normalised(&schema, &[SchemaFeature::Refs]), Some(inlined));
    }

    #[test]
    fn of_two_unions_a_closed_schema_keeps_one_and_says_the_other() {
        let schema = json!({ "anyOf": [{ "required": ["a"] }, { "required": ["b"] }], "oneOf": [{ "type": "string" }, { "type": "object" }] });
        let said = "{oneOf: [{\"type\":\"string\"},{\"type\":\"object\"}]}";
        let closed = |refused| serde_json::from_str::<Value>(&close(&schema.to_string(), &model(refused)).unwrap()).unwrap();
        assert_eq!(
            closed(&[]),
            json!({ "anyOf": [{ "required": ["a"] }, { "required": ["b"] }], "description": said })
        );
        let flat = closed(&[SchemaFeature::RootUnion]);
        assert_eq!(flat["type"], "object");
        assert!(flat["description"].as_str().unwrap().starts_with(said));
        assert!(flat.get("anyOf").is_none() && flat.get("oneOf").is_none());
    }

    #[test]
    fn objects_are_closed_at_every_depth() {
        let schema = json!({ "type": "object", "properties": {
            "age": { "type": "integer", "minimum": 0, "description": "Years" },
            "code": { "type": "string", "pattern": "^(?!x)[a-z]+$" },
            "list": { "type": "array", "minItems": 1, "items": { "type": "object", "properties": {} } },
        } });
        let closed: Value = serde_json::from_str(&close(&schema.to_string(), &model(&[])).unwrap()).unwrap();
        assert_eq!(
            closed,
            json!({ "type": "object", "additionalProperties": false, "properties": {
                "age": { "type": "integer", "description": "Years\n\n{minimum: 0}" },
                "code": { "type": "string", "description": "{pattern: \"^(?!x)[a-z]+$\"}" },
                "list": { "type": "array", "minItems": 1, "items": { "type": "object", "properties": {}, "additionalProperties": false } },
            } })
        );
        assert_eq!(close(&closed.to_string(), &model(&[])), None);
    }
}
