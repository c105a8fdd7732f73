//! A failure as data: JavaScript makes the error, so that it has a stack and belongs to the caller's realm.

use napi_derive::napi;
use serde_json::{Value, json};

use crate::client::failure::{Failure, Resend, ServiceException};

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
    /// Why the same request, sent again, may succeed: it leaves out what was refused, or is signed with other keys or another time.
    #[napi(ts_type = "'learned' | 'newKeys' | 'newTime'")]
    pub resend: Option<&'static str>,
}

impl JsFailure {
    /// For a call whose work ended without an outcome.
    pub(super) fn without_outcome() -> Self {
        Self {
            kind: "error",
            message: "The native core gave up on a call: this is a bug of langchain-aws-native. What it panicked about is on standard error."
                .to_owned(),
            members: "{}".to_owned(),
            resend: None,
        }
    }
}

impl From<Failure> for JsFailure {
    fn from(failure: Failure) -> Self {
        let message = failure.to_string();
        let resend = match &failure {
            Failure::Service(exception) => exception.resend.map(resend_name),
            _ => None,
        };
        let (kind, members) = match failure {
            Failure::Service(exception) => ("service", service_members(*exception)),
            Failure::Connection { code, causes, metadata, .. } => ("connection", json!({ "code": code, "causes": causes, "$metadata": metadata })),
            Failure::Fetch { code: Some(code), .. } => ("connection", json!({ "code": code })),
            Failure::NotAnEventStream { metadata, .. } => ("stream", json!({ "$metadata": metadata })),
            Failure::Credentials(_) => ("credentials", json!({})),
            Failure::ProviderThrew(_) => ("provider", json!({})),
            Failure::Timeout { .. } => ("timeout", json!({})),
            Failure::Aborted => ("aborted", json!({})),
            Failure::Stream(_) => ("stream", json!({})),
            Failure::Configuration(_) | Failure::Convert(_) | Failure::Fetch { .. } | Failure::MissingBody => ("error", json!({})),
        };
        Self {
            kind,
            message,
            members: members.to_string(),
            resend,
        }
    }
}

const fn resend_name(resend: Resend) -> &'static str {
    match resend {
        Resend::Learned => "learned",
        Resend::NewKeys => "newKeys",
        Resend::NewTime => "newTime",
    }
}

fn service_members(exception: ServiceException) -> Value {
    let mut members = exception.members;
    // The body of a response may say anything; these members are ours.
    members.retain(|name, _| {
        !name.starts_with('$')
            && !matches!(
                name.as_str(),
                "hint" | "lc_error_code" | "partialOutput" | "region" | "retryAfterMs" | "targets"
            )
    });
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
