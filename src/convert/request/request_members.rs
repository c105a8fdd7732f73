//! The members of a request beside its messages and system text.

use std::borrow::Cow;

use super::scope::Scope;
use super::shapes::{INFERENCE_CONFIG, REQUEST_OPTIONS, TOOL_CONFIG, walk, walk_members};
use super::values::{Json, Members};
use crate::convert::json::Object;
use crate::error::Error;

/// The members of a request that are no members of the body, or are converted apart.
const CONVERTED: [&str; 15] = [
    "modelId",
    "model",
    "region",
    "endpoint",
    "splitInlineReasoning",
    "fetchMedia",
    "guardLastTurnOnly",
    "adaptation",
    "messages",
    "attachments",
    "cacheControl",
    "reasoning",
    "supportsToolChoiceValues",
    "inferenceConfig",
    "toolConfig",
];

const FIELDS: &str = "additionalModelRequestFields";

/// The members of a request beside its messages and system text, as the caller gave them until the model's rules change them.
#[derive(Debug)]
pub(super) struct RequestMembers<'a> {
    pub(super) inference_config: Option<Json<'a>>,
    pub(super) tool_config: Option<Json<'a>>,
    /// Those that follow in the body.
    pub(super) options: Members<'a>,
}

impl<'a> RequestMembers<'a> {
    pub(super) fn read(request: &Object<'a>, scope: Scope<'a>) -> Result<Self, Error> {
        let member = |name: &'static str, shape| {
            let scope = scope.member(name);
            request.get(name).map(|value| walk(shape, value, scope)).transpose()
        };
        Ok(Self {
            inference_config: member("inferenceConfig", &INFERENCE_CONFIG)?,
            tool_config: member("toolConfig", &TOOL_CONFIG)?,
            options: walk_members(&REQUEST_OPTIONS, request, &CONVERTED, scope.member("request"))?,
        })
    }

    /// The members of `inferenceConfig`; `None` if there is none.
    pub(super) fn inference(&mut self) -> Option<&mut Members<'a>> {
        match &mut self.inference_config {
            Some(Json::Object(members)) => Some(members),
            _ => None,
        }
    }

    /// The model's own fields, one level deep; `None` if they are no object.
    pub(super) fn fields(&self) -> Option<Members<'a>> {
        match self.options.get(FIELDS) {
            None => Some(Members::default()),
            Some(fields) => fields.members(),
        }
    }

    /// Replaces the model's own fields.
    pub(super) fn set_fields(&mut self, fields: Members<'a>) {
        let place = self.options.0.iter().position(|(name, _)| name == FIELDS);
        let value = (Cow::Borrowed(FIELDS), Json::Object(fields));
        if let Some(index) = place {
            self.options.0.splice(index..=index, [value]).for_each(drop);
        } else {
            // In the API's order it follows `guardrailConfig`.
            let index = usize::from(self.options.0.first().is_some_and(|(name, _)| name == "guardrailConfig"));
            self.options.0.insert(index, value);
        }
    }

    /// The tools.
    pub(super) fn tools(&mut self) -> Option<&mut Vec<Json<'a>>> {
        match self.tool_config.as_mut()?.member_mut("tools")? {
            Json::List(tools) => Some(tools),
            _ => None,
        }
    }

    pub(super) fn has_tools(&mut self) -> bool {
        self.tools().is_some_and(|tools| !tools.is_empty())
    }

    /// Leaves out `inferenceConfig` when nothing is left in it.
    pub(super) fn tidy(&mut self) {
        if matches!(&self.inference_config, Some(Json::Object(members)) if members.0.is_empty()) {
            self.inference_config = None;
        }
    }
}
