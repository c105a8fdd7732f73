//! A failure as data: JavaScript makes the error, so that it has a stack and belongs to the caller's realm.

use napi_derive::napi;
use serde_json::{Value, json};

use crate::client::failure::{Failure, ServiceException};

/// A failure, of which `langchain/response/errors.ts` makes the error to throw.
#[napi(object, object_from_js = false)]
pub struct JsFailure {
    /// Which error to make.
    #[napi(ts_type = "'service' | 'connection' | 'credentials' | 'provider' | 'timeout' | 'aborted' | 'stream' | 'error'")]
    pub kind: &'static str,
    /// The error's message.
    pub message: String,
    /// The error's other members, as a JSON object.
    pub members: String,
    /// Whether the same request, sent again, leaves out what was refused.
    pub is_new: Option<bool>,
    /// Whether the same request, sent again, is signed with other keys.
    pub has_new_keys: Option<bool>,
}

impl JsFailure {
    /// For a call whose work ended without an outcome.
    pub(super) fn without_outcome() -> Self {
        Self {
            kind: "error",
            message: "The native core gave up on a call: this is a bug of langchain-aws-native. What it panicked about is on standard error."
                .to_owned(),
            members: "{}".to_owned(),
            is_new: None,
            has_new_keys: None,
        }
    }
}

impl From<Failure> for JsFailure {
    fn from(failure: Failure) -> Self {
        let message = failure.to_string();
        let is_new = matches!(&failure, Failure::Service(exception) if exception.is_new).then_some(true);
        let has_new_keys = matches!(&failure, Failure::Service(exception) if exception.has_new_keys).then_some(true);
        let (kind, members) = match failure {
            Failure::Service(exception) => ("service", service_members(*exception)),
            Failure::Connection { code, causes, metadata, .. } => ("connection", json!({ "code": code, "causes": causes, "$metadata": metadata })),
            Failure::NotAnEventStream { metadata, .. } => ("stream", json!({ "$metadata": metadata })),
            Failure::Credentials(_) => ("credentials", json!({})),
            Failure::ProviderThrew(_) => ("provider", json!({})),
            Failure::Timeout { .. } => ("timeout", json!({})),
            Failure::Aborted => ("aborted", json!({})),
            Failure::Stream(_) => ("stream", json!({})),
            Failure::Configuration(_) | Failure::Convert(_) | Failure::MissingBody => ("error", json!({})),
        };
        Self {
            kind,
            message,
            members: members.to_string(),
            is_new,
            has_new_keys,
        }
    }
}

fn service_members(exception: ServiceException) -> Value {
    let mut members = exception.members;
    // The body of a response may say anything; these members are ours.
    members
        .retain(|name, _| !name.starts_with('$') && !matches!(name.as_str(), "hint" | "lc_error_code" | "partialOutput" | "region" | "retryAfterMs"));
    members.insert("name".to_owned(), exception.name.into());
    members.insert("$fault".to_owned(), exception.fault.into());
    members.insert("$metadata".to_owned(), json!(exception.metadata));
    if let Some(wait) = exception.retry_after {
        members.insert("retryAfterMs".to_owned(), json!(u64::try_from(wait.as_millis()).unwrap_or(u64::MAX)));
    }
    if exception.retryable {
        members.insert("$retryable".to_owned(), json!({}));
    }
    Value::Object(members)
}
