//! The Converse API's shapes, and the walker that writes the caller's JSON in them.
//!
//! A shape has the members of a structure, in the order in which AWS's own SDKs write them, and marks blobs. Members that the shape does not have
//! follow in their own order, so that later versions of the API work too.

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::data::{carry, read_blob};
use super::scope::Scope;
use super::values::{Json, Members};
use crate::convert::json::{self, Object};
use crate::error::Error;

/// The shape of one value of the API. Source: the service model, as in `@aws-sdk/client-bedrock-runtime`'s schemas.
#[derive(Debug)]
pub(crate) enum Shape {
    /// A scalar, or free JSON ("document"): copied unchanged.
    Any,
    /// The name of a tool: parsed, because it may be changed (see `tool_names`).
    Name,
    /// Content blocks: left unparsed, since they are converted elsewhere.
    Blocks,
    Blob,
    List(&'static Shape),
    Struct(&'static [(&'static str, &'static Shape)]),
}

use Shape::{Any, List, Name, Struct};

static SOURCE: Shape = Struct(&[("bytes", &Shape::Blob), ("s3Location", &Struct(&[("uri", &Any), ("bucketOwner", &Any)]))]);
static IMAGE: Shape = Struct(&[("format", &Any), ("source", &SOURCE), ("error", &Struct(&[("message", &Any)]))]);
static AUDIO: Shape = Struct(&[("format", &Any), ("source", &SOURCE), ("error", &Struct(&[("message", &Any)]))]);
static VIDEO: Shape = Struct(&[("format", &Any), ("source", &SOURCE)]);
static DOCUMENT: Shape = Struct(&[
    ("name", &Name),
    (
        "source",
        &Struct(&[
            ("bytes", &Shape::Blob),
            ("s3Location", &Struct(&[("uri", &Any), ("bucketOwner", &Any)])),
            ("text", &Any),
            ("content", &TEXTS),
        ]),
    ),
    ("format", &Any),
    ("context", &Any),
    ("citations", &CITATIONS_CONFIG),
]);
static TEXTS: Shape = List(&Struct(&[("text", &Any)]));
pub(crate) static CITATIONS_CONFIG: Shape = Struct(&[("enabled", &Any)]);
static SEARCH_RESULT: Shape = Struct(&[("source", &Any), ("title", &Any), ("content", &TEXTS), ("citations", &CITATIONS_CONFIG)]);
static TOOL_USE: Shape = Struct(&[("toolUseId", &Name), ("name", &Name), ("input", &Any), ("type", &Any)]);
static TOOL_RESULT: Shape = Struct(&[("toolUseId", &Name), ("content", &Shape::Blocks), ("status", &Any), ("type", &Any)]);
static GUARD_CONTENT: Shape = Struct(&[
    ("text", &Struct(&[("text", &Any), ("qualifiers", &Any)])),
    ("image", &Struct(&[("format", &Any), ("source", &Struct(&[("bytes", &Shape::Blob)]))])),
]);
static CACHE_POINT: Shape = Struct(&[("type", &Any), ("ttl", &Any)]);
static REASONING: Shape = Struct(&[
    ("reasoningText", &Struct(&[("text", &Any), ("signature", &Any)])),
    ("redactedContent", &Shape::Blob),
]);
static RANGE: Shape = Struct(&[("documentIndex", &Any), ("start", &Any), ("end", &Any)]);
static CITATIONS_CONTENT: Shape = Struct(&[
    ("content", &TEXTS),
    (
        "citations",
        &List(&Struct(&[
            ("title", &Any),
            ("source", &Any),
            ("sourceContent", &TEXTS),
            (
                "location",
                &Struct(&[
                    ("web", &Struct(&[("url", &Any), ("domain", &Any)])),
                    ("documentChar", &RANGE),
                    ("documentPage", &RANGE),
                    ("documentChunk", &RANGE),
                    (
                        "searchResultLocation",
                        &Struct(&[("searchResultIndex", &Any), ("start", &Any), ("end", &Any)]),
                    ),
                ]),
            ),
        ])),
    ),
]);
static TOOL_REFERENCE: Shape = Struct(&[("tool", &Struct(&[("type", &Any), ("name", &Name), ("serverName", &Any)]))]);

/// The members of the union `ContentBlock`.
static CONTENT_BLOCK: [(&str, &Shape); 14] = [
    ("text", &Any),
    ("image", &IMAGE),
    ("document", &DOCUMENT),
    ("video", &VIDEO),
    ("audio", &AUDIO),
    ("toolUse", &TOOL_USE),
    ("toolResult", &TOOL_RESULT),
    ("guardContent", &GUARD_CONTENT),
    ("cachePoint", &CACHE_POINT),
    ("reasoningContent", &REASONING),
    ("citationsContent", &CITATIONS_CONTENT),
    ("searchResult", &SEARCH_RESULT),
    ("toolAddition", &TOOL_REFERENCE),
    ("toolRemoval", &TOOL_REFERENCE),
];

pub(crate) static TOOL_CONFIG: Shape = Struct(&[
    (
        "tools",
        &List(&Struct(&[
            (
                "toolSpec",
                &Struct(&[
                    ("name", &Name),
                    ("inputSchema", &Struct(&[("json", &Any)])),
                    ("description", &Any),
                    ("strict", &Any),
                ]),
            ),
            ("systemTool", &Struct(&[("name", &Any)])),
            ("cachePoint", &CACHE_POINT),
        ])),
    ),
    (
        "toolChoice",
        &Struct(&[("auto", &Any), ("any", &Any), ("tool", &Struct(&[("name", &Name)]))]),
    ),
]);

/// The members of a request that follow `toolConfig`, in their order.
pub(crate) static REQUEST_OPTIONS: [(&str, &Shape); 8] = [
    (
        "guardrailConfig",
        &Struct(&[
            ("guardrailIdentifier", &Any),
            ("guardrailVersion", &Any),
            ("trace", &Any),
            ("streamProcessingMode", &Any),
        ]),
    ),
    ("additionalModelRequestFields", &Any),
    ("promptVariables", &Any),
    ("additionalModelResponseFieldPaths", &Any),
    ("requestMetadata", &Any),
    ("performanceConfig", &Struct(&[("latency", &Any)])),
    ("serviceTier", &Struct(&[("type", &Any)])),
    (
        "outputConfig",
        &Struct(&[
            (
                "textFormat",
                &Struct(&[
                    ("type", &Any),
                    (
                        "structure",
                        &Struct(&[("jsonSchema", &Struct(&[("schema", &Any), ("name", &Any), ("description", &Any)]))]),
                    ),
                ]),
            ),
            ("effort", &Any),
        ]),
    ),
];
pub(crate) static INFERENCE_CONFIG: Shape = Struct(&[("maxTokens", &Any), ("temperature", &Any), ("topP", &Any), ("stopSequences", &Any)]);

/// The shape of the content block member `name`; `None` for one that this version of the API does not have.
pub(crate) fn content_block_shape(name: &str) -> Option<&'static Shape> {
    CONTENT_BLOCK.iter().find(|(member, _)| *member == name).map(|(_, shape)| *shape)
}

/// Reads `value` in the given shape.
///
/// A value that does not fit the shape is copied unchanged: Bedrock's own error describes it best.
pub(crate) fn walk<'a>(shape: &'static Shape, value: &'a RawValue, scope: Scope<'a>) -> Result<Json<'a>, Error> {
    match shape {
        Shape::Any => Ok(carry(value, scope)),
        Shape::Blocks => Ok(Json::Raw(value)),
        Shape::Name => Ok(json::text(value).map_or(Json::Raw(value), Json::Text)),
        // No bytes: an image that could not be generated has an `error` instead. `JSON.stringify` writes empty bytes as `{}`.
        Shape::Blob if matches!(value.get(), "\"\"" | "{}") => Ok("".into()),
        Shape::Blob => Ok(Json::Blob(read_blob(value, scope)?)),
        Shape::List(item) => match json::array(value) {
            Some(items) => {
                let items = items.into_iter().filter(|item| item.get() != "null");
                Ok(Json::List(items.map(|value| walk(item, value, scope)).collect::<Result<_, _>>()?))
            }
            None => Ok(carry(value, scope)),
        },
        Shape::Struct(members) => match Object::read(value) {
            Some(object) => Ok(Json::Object(walk_members(members, &object, &[], scope)?)),
            None => Ok(carry(value, scope)),
        },
    }
}

/// Reads the members of `object`: the known ones in the API's order, then the others, without those in `except`. `null` counts as absent.
pub(crate) fn walk_members<'a>(
    known: &'static [(&'static str, &'static Shape)],
    object: &Object<'a>,
    except: &[&str],
    scope: Scope<'a>,
) -> Result<Members<'a>, Error> {
    let mut members = Members::default();
    for (name, shape) in known {
        if let Some(value) = object.get(name) {
            members.push(name, walk(shape, value, scope)?);
        }
    }
    for (name, value) in object.iter() {
        let is_known = known.iter().any(|(member, _)| *member == name) || except.contains(&name);
        if !is_known && value.get() != "null" {
            members.0.push((Cow::Owned(name.to_owned()), carry(value, scope)));
        }
    }
    Ok(members)
}
