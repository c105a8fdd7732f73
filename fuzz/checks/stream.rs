//! Any lines as the events of a stream.

use langchain_aws_native::convert::response::ResponseMetadata;
use langchain_aws_native::convert::stream::StreamChunks;
use langchain_aws_native::convert::stream::StreamConverter;
use langchain_aws_native::convert::stream::StreamEvents;
use langchain_aws_native::convert::tool_names::ToolNames;
use serde_json::value::RawValue;

/// Whatever comes, and even after a failure, what has been written is a list of JSON values.
pub(crate) fn check(data: &[u8]) {
    run(StreamChunks::new(ResponseMetadata::default(), true, ToolNames::default()), data);
    run(StreamEvents::new(ResponseMetadata::default(), true, ToolNames::default()), data);
}

fn run(mut converter: impl StreamConverter, data: &[u8]) {
    let mut out = String::new();
    for line in data.split(|byte| *byte == b'\n') {
        let mut parts = line.splitn(2, |byte| *byte == b' ');
        let event_type = String::from_utf8_lossy(parts.next().unwrap_or_default());
        // A payload that is no JSON is a failure that ends the stream; here the next event comes all the same.
        let _ = converter.event(&event_type, parts.next().unwrap_or_default(), &mut out);
    }
    let is_complete = converter.is_complete();
    assert_eq!(converter.finish(&mut out).is_ok(), is_complete);
    assert!(serde_json::from_str::<Vec<&RawValue>>(&format!("[{out}]")).is_ok(), "{out}");
}
