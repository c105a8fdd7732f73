//! JSON schemas of tools and of answers, for models that take them in different forms.

use langchain_aws_native::convert::request::convert_to_converse_request;
use langchain_aws_native::models::Refusals;
use serde_json::{Map, Value, json};

/// Models that refuse different parts of a schema.
const MODELS: [&str; 6] = [
    "anthropic.claude-sonnet-4-5",
    "amazon.nova-2-lite-v1:0",
    "qwen.qwen3-32b-v1:0",
    "openai.gpt-oss-120b-1:0",
    "mistral.mistral-large-2407-v1:0",
    "an-unknown-model",
];

/// How much longer a schema may become, in bytes of JSON and in their multiple.
const MAX_GROWTH: (usize, usize) = (256 * 1024, 64);

/// What is made of a schema is made of itself, is not much longer, and, where it is closed, is closed at every depth.
pub(crate) fn check(data: &[u8]) {
    let schema = match std::str::from_utf8(data).ok().filter(|text| text.starts_with('{')) {
        Some(text) => match serde_json::from_str(text) {
            Ok(schema) => schema,
            Err(_) => return,
        },
        None => Maker { bytes: data }.root(),
    };
    let length = schema.to_string().len();
    for model in MODELS {
        for strict in [false, true] {
            let mut tool_spec = json!({ "name": "get", "inputSchema": { "json": schema } });
            if strict {
                tool_spec["strict"] = true.into();
            }
            let Some((sent, _)) = convert(model, "toolConfig", &json!({ "tools": [{ "toolSpec": tool_spec }] })) else {
                continue;
            };
            assert!(sent.to_string().len() <= MAX_GROWTH.0 + MAX_GROWTH.1 * length, "{model}: {schema}");
            let again = convert(model, "toolConfig", &sent);
            assert_eq!(again, Some((sent.clone(), Vec::new())), "{model}, strict: {strict}: {schema}");
            let [tool_spec] = [&sent["tools"][0]["toolSpec"]];
            if tool_spec["strict"] == true {
                assert_closed(&tool_spec["inputSchema"]["json"]);
            }
        }
        let format = json!({ "textFormat": { "type": "json_schema", "structure": { "jsonSchema": { "schema": schema.to_string() } } } });
        let Some((sent, _)) = convert(model, "outputConfig", &format) else {
            continue;
        };
        if sent.is_null() {
            continue;
        }
        assert_eq!(
            convert(model, "outputConfig", &sent),
            Some((sent.clone(), Vec::new())),
            "{model}: {schema}"
        );
        let text = sent["textFormat"]["structure"]["jsonSchema"]["schema"].as_str().expect("a schema");
        assert_closed(&serde_json::from_str(text).expect(text));
    }
}

/// What a member of a request becomes, with the codes of the warnings; `None` if it is refused.
fn convert(model: &str, member: &str, value: &Value) -> Option<(Value, Vec<&'static str>)> {
    let request = json!({ "modelId": model, "messages": [{ "type": "human", "content": "a" }], member: value });
    let converted = convert_to_converse_request(&request.to_string(), &[], |_| Refusals::default()).ok()?;
    let mut body: Value = serde_json::from_slice(&converted.body).expect("a body");
    Some((body[member].take(), converted.warnings.iter().map(|warning| warning.code).collect()))
}

fn assert_closed(schema: &Value) {
    let Value::Object(members) = schema else { return };
    if members.get("type").is_some_and(|kind| kind == "object") || members.contains_key("properties") {
        assert_eq!(members.get("additionalProperties"), Some(&Value::Bool(false)), "{schema}");
    }
    for refused in ["minimum", "maximum", "multipleOf", "maxItems", "uniqueItems", "oneOf"] {
        assert!(!members.contains_key(refused), "{refused}: {schema}");
    }
    for (name, value) in members {
        match (name.as_str(), value) {
            ("properties" | "$defs" | "definitions" | "patternProperties", Value::Object(map)) => map.values().for_each(assert_closed),
            ("anyOf" | "allOf" | "prefixItems", Value::Array(list)) => list.iter().for_each(assert_closed),
            ("items" | "not" | "additionalProperties", schema) => assert_closed(schema),
            _ => {}
        }
    }
}

/// Makes a schema of bytes: a change of one makes another schema, while most changes of JSON make none.
struct Maker<'a> {
    bytes: &'a [u8],
}

impl Maker<'_> {
    fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.bytes.split_first() else { return 0 };
        self.bytes = rest;
        *first
    }

    fn name(&mut self) -> String {
        ["a", "b", "c", "type", "properties"][usize::from(self.byte() % 5)].to_owned()
    }

    fn root(&mut self) -> Value {
        let mut root = self.schema(0);
        let Value::Object(members) = &mut root else { return json!({}) };
        for place in ["$defs", "definitions"] {
            let definitions: Map<String, Value> = (0..self.byte() % 5).map(|_| (self.name(), self.schema(1))).collect();
            if !definitions.is_empty() {
                members.insert(place.to_owned(), Value::Object(definitions));
            }
        }
        root
    }

    fn schema(&mut self, depth: u8) -> Value {
        if depth > 5 {
            return json!({});
        }
        let mut members = Map::new();
        for _ in 0..=(self.byte() % 3) {
            self.member(depth, &mut members);
        }
        match self.byte() {
            255 => Value::Bool(true),
            254 => Value::Bool(false),
            253 => Value::Null,
            _ => Value::Object(members),
        }
    }

    fn list(&mut self, depth: u8) -> Value {
        (0..self.byte() % 4).map(|_| self.schema(depth + 1)).collect()
    }

    fn map(&mut self, depth: u8) -> Value {
        (0..self.byte() % 4).map(|_| (self.name(), self.schema(depth + 1))).collect()
    }

    fn member(&mut self, depth: u8, members: &mut Map<String, Value>) {
        let kind = self.byte();
        let (name, value) = match kind % 28 {
            0 => ("type", json!("object")),
            1 => ("type", json!("string")),
            2 => ("type", json!(["object", "null"])),
            3 => ("type", json!(["string", "null"])),
            4 | 5 => ("properties", self.map(depth)),
            6 => ("required", json!([self.name(), self.name()])),
            7 => ("anyOf", self.list(depth)),
            8 => ("oneOf", self.list(depth)),
            9 => ("allOf", self.list(depth)),
            10 => ("$ref", json!(format!("#/$defs/{}", self.name()))),
            11 => ("$ref", json!(format!("#/definitions/{}", self.name()))),
            12 => ("items", self.schema(depth + 1)),
            13 => ("prefixItems", self.list(depth)),
            14 => ("not", self.schema(depth + 1)),
            15 => ("contains", self.schema(depth + 1)),
            16 => ("additionalProperties", self.schema(depth + 1)),
            17 => ("patternProperties", self.map(depth)),
            18 => ("const", json!(self.name())),
            19 => ("enum", json!([self.name(), self.byte(), null])),
            20 => ("pattern", json!(["^(?!x)", "^[a-z]+$", "(?=y)", "\\1"][usize::from(self.byte() % 4)])),
            21 => ("minimum", json!(self.byte())),
            22 => ("maxItems", json!(self.byte())),
            23 => ("minItems", json!(self.byte() % 4)),
            24 => ("description", json!(self.name())),
            25 => ("$defs", self.map(depth)),
            26 => ("uniqueItems", json!(true)),
            _ => (
                ["properties", "required", "items", "description", "type"][usize::from(self.byte() % 5)],
                Value::Null,
            ),
        };
        members.insert(name.to_owned(), value);
    }
}
