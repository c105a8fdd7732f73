//! The cost of conversions, for three usual sizes: `cargo bench`.

#![expect(clippy::unwrap_used, reason = "a bench that cannot run says so")]

use std::fmt::Write as _;
use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use langchain_aws_native::convert::request::{Attachment, convert_to_converse_request};
use langchain_aws_native::convert::response::ResponseMetadata;
use langchain_aws_native::convert::stream::StreamChunks;
use langchain_aws_native::convert::stream::StreamConverter;
use langchain_aws_native::convert::tool_names::ToolNames;
use langchain_aws_native::models::Refusals;

const PARAGRAPH: &str = "Bedrock refuses two turns of one role in a row, so messages of one role share a turn. \\\"Quoted\\\", and\\non two lines.";

/// A conversation of 1,000 messages with tool calls in it.
fn history() -> String {
    let mut messages = String::new();
    for turn in 0..250 {
        write!(
            messages,
            r#"{{"type":"human","content":"{PARAGRAPH} {turn}"}},
            {{"type":"ai","content":[{{"type":"text","text":"{PARAGRAPH}"}}],"tool_calls":[{{"name":"search","args":{{"query":"{turn}","limit":1.50}},"id":"call_{turn}","type":"tool_call"}}]}},
            {{"type":"tool","content":"{PARAGRAPH}","tool_call_id":"call_{turn}"}},
            {{"type":"ai","content":"{PARAGRAPH}"}},"#
        )
        .unwrap();
    }
    format!(r#"{{"modelId":"anthropic.claude-haiku-4-5-20251001-v1:0","messages":[{messages}{{"type":"human","content":"And now?"}}]}}"#)
}

fn inputs(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("request");

    let history = history();
    group.throughput(Throughput::Bytes(history.len() as u64));
    group.bench_function("history of 1,001 messages", |bencher| {
        bencher.iter(|| convert_to_converse_request(black_box(&history), &[], |_| Refusals::default()).unwrap());
    });

    let image = format!("data:image/png;base64,iVBORw0KGgo{}", "A".repeat(20 * 1024 * 1024));
    group.throughput(Throughput::Bytes(image.len() as u64)).sample_size(20);
    let request = r#"{"modelId":"anthropic.claude-haiku-4-5-20251001-v1:0","messages":[{"type":"human","content":[{"type":"image_url","image_url":{"url":{"":0}}}]}],"attachments":[[0,"content",0,"image_url","url"]]}"#;
    let attachments = [Attachment::Text(&image)];
    group.bench_function("20 MB image in a data URL", |bencher| {
        bencher.iter(|| convert_to_converse_request(black_box(request), &attachments, |_| Refusals::default()).unwrap());
    });
    group.finish();
}

/// Passes 10,000 events to a converter, reads its output in batches, and returns the length of the output.
fn convert_stream(start: &str, delta: impl Fn(usize) -> String) -> usize {
    let mut chunks = StreamChunks::new(ResponseMetadata::default(), true, ToolNames::default());
    let (mut out, mut length) = (String::new(), 0);
    chunks.event("contentBlockStart", start.as_bytes(), &mut out).unwrap();
    for index in 0..10_000 {
        chunks.event("contentBlockDelta", delta(index).as_bytes(), &mut out).unwrap();
        length += out.len();
        out.clear();
    }
    length
}

fn streams(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("stream_chunks");
    let text = |index| format!(r#"{{"contentBlockIndex":0,"delta":{{"text":" word{index}"}},"p":"abcdefghij"}}"#);
    group.throughput(Throughput::Elements(10_000));
    group.bench_function("10,000 text deltas", |bencher| {
        bencher.iter(|| convert_stream(r#"{"contentBlockIndex":0,"start":{}}"#, text));
    });
    let arguments = |index| format!(r#"{{"contentBlockIndex":0,"delta":{{"toolUse":{{"input":"\"a{index}\":1,"}}}},"p":"abcdefghij"}}"#);
    group.bench_function("10,000 tool argument deltas", |bencher| {
        bencher.iter(|| {
            convert_stream(
                r#"{"contentBlockIndex":0,"start":{"toolUse":{"toolUseId":"t","name":"write"}}}"#,
                arguments,
            )
        });
    });
    group.finish();
}

criterion_group!(benches, inputs, streams);
criterion_main!(benches);
