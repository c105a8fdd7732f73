//! Any text as a request.

use langchain_aws_native::convert::request::{Attachment, convert_to_converse_request};
use langchain_aws_native::models::Refusals;
use serde_json::value::RawValue;

/// Converting ends in a refusal or in a body that is JSON.
pub(crate) fn check(data: &[u8]) {
    let Ok(request) = std::str::from_utf8(data) else { return };
    let kinds = [
        Attachment::Bytes(&[0x89, b'P', b'N', b'G']),
        Attachment::Text("data:image/png;base64,iVBORw=="),
        Attachment::Text("\u{e9}"),
    ];
    // As many as the request has paths for.
    let paths = serde_json::from_str(request)
        .ok()
        .and_then(|request: serde_json::Value| Some(request.get("attachments")?.as_array()?.len()));
    let attachments: Vec<_> = kinds.into_iter().cycle().take(paths.unwrap_or_default()).collect();
    if let Ok(converted) = convert_to_converse_request(request, &attachments, |_| Refusals::default()) {
        let body = serde_json::from_slice::<&RawValue>(&converted.body);
        assert!(body.is_ok(), "{}", String::from_utf8_lossy(&converted.body));
    }
}
