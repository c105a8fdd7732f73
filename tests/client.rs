//! What the client puts on the wire and takes off it, seen from where the network would be.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_bedrockruntime::config::{AsyncSleep, SharedAsyncSleep, Sleep};
use aws_smithy_eventstream::frame::write_message_to;
use aws_smithy_http_client::test_util::{ReplayEvent, StaticReplayClient};
use aws_smithy_runtime_api::shared::IntoShared as _;
use aws_smithy_types::DateTime;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::date_time::Format;
use aws_smithy_types::event_stream::{Header, HeaderValue, Message};
use langchain_aws_native::client::config::{Auth, ClientOptions};
use langchain_aws_native::client::conversation::{Conversation, Request, count_tokens};
use langchain_aws_native::client::event_batch::StreamFormat;
use langchain_aws_native::client::failure::Failure;
use langchain_aws_native::client::operations::S3;
use langchain_aws_native::client::read_ahead::{ReadAhead, ReadResult};
use langchain_aws_native::client::s3::Location;
use langchain_aws_native::client::{CallOptions, Client};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

const BODY: &str = r#"{"zebra":1.50,"apple":12345678901234567890}"#;
const ANSWER: &str = r#"{"output":{"message":{"role":"assistant","content":[{"text":"Hi"}]}},"stopReason":"end_turn","usage":{"inputTokens":1,"outputTokens":1,"totalTokens":2},"metrics":{"latencyMs":1}}"#;
const REQUEST: &str = r#"{"modelId":"a-model","messages":[{"type":"human","content":"Hello"}]}"#;

fn reply(status: u16, content_type: &str, body: impl Into<SdkBody>) -> ReplayEvent {
    let request = http::Request::builder().uri("https://localhost").body(SdkBody::empty()).unwrap();
    let response = http::Response::builder()
        .status(status)
        .header("content-type", content_type)
        .header("x-amzn-requestid", "the-request")
        .body(body.into())
        .unwrap();
    ReplayEvent::new(request, response)
}

fn json(status: u16, body: &str) -> ReplayEvent {
    reply(status, "application/json", body)
}

fn connect(replies: Vec<ReplayEvent>) -> (Client, StaticReplayClient) {
    let network = StaticReplayClient::new(replies);
    let client = Client::new(ClientOptions {
        region: Some("us-east-1".to_owned()),
        auth: Auth::Credentials(SharedCredentialsProvider::new(Credentials::for_tests())),
        http_client: Some(network.clone().into_shared()),
        ..ClientOptions::default()
    });
    (client, network)
}

fn event(event_type: &'static str, payload: &'static str) -> Vec<u8> {
    let message = [(":message-type", "event"), (":event-type", event_type)]
        .into_iter()
        .fold(Message::new(payload.as_bytes()), |message, (name, value)| {
            message.add_header(Header::new(name, HeaderValue::String(value.into())))
        });
    let mut frame = Vec::new();
    write_message_to(&message, &mut frame).unwrap();
    frame
}

async fn open(replies: Vec<ReplayEvent>) -> Result<Conversation, Failure> {
    let (client, _network) = connect(replies);
    let request = Request {
        json: REQUEST.into(),
        texts: None,
        earlier: Vec::new(),
        attachments: Vec::new(),
    };
    Conversation::open(&client, request, StreamFormat::Chunks, true, &CallOptions::default()).await
}

#[tokio::test]
async fn a_request_body_arrives_byte_for_byte() {
    let (client, network) = connect(vec![json(200, ANSWER)]);
    let answer = client.converse("us.a:b/c", BODY.into(), &CallOptions::default()).await.unwrap();
    assert_eq!(answer.body, ANSWER);
    assert_eq!(answer.metadata.request_id.as_deref(), Some("the-request"));
    let request = network.actual_requests().next().unwrap();
    assert_eq!(
        request.uri(),
        "https://bedrock-runtime.us-east-1.amazonaws.com/model/us.a%3Ab%2Fc/converse"
    );
    assert_eq!(request.body().bytes(), Some(BODY.as_bytes()));
    assert_eq!(request.headers().get("content-length"), Some(BODY.len().to_string().as_str()));
}

#[tokio::test]
async fn a_retry_sends_the_same_bytes_and_is_counted() {
    let (client, network) = connect(vec![json(503, "{}"), json(200, ANSWER)]);
    let answer = client.converse("a-model", BODY.into(), &CallOptions::default()).await.unwrap();
    assert_eq!(answer.metadata.attempts, 2);
    assert!(network.actual_requests().all(|request| request.body().bytes() == Some(BODY.as_bytes())));
}

/// A throttled answer that asks to be tried again at once.
fn throttled() -> ReplayEvent {
    let request = http::Request::builder().uri("https://localhost").body(SdkBody::empty()).unwrap();
    let response = http::Response::builder().status(429).header("retry-after", "0");
    ReplayEvent::new(request, response.body(SdkBody::from("{}")).unwrap())
}

fn throttled_client(endpoint_url: &str) -> Client {
    Client::new(ClientOptions {
        region: Some("us-east-1".to_owned()),
        endpoint_url: Some(endpoint_url.to_owned()),
        auth: Auth::Credentials(SharedCredentialsProvider::new(Credentials::for_tests())),
        http_client: Some(StaticReplayClient::new((0..400).map(|_| throttled()).collect()).into_shared()),
        ..ClientOptions::default()
    })
}

async fn attempts_of_throttled_call(client: &Client, model: &str) -> u32 {
    match client.converse(model, BODY.into(), &CallOptions::default()).await {
        Err(Failure::Service(exception)) => {
            let attempts = exception.metadata.attempts;
            assert_eq!(exception.metadata.throttled_attempts, if attempts > 1 { attempts } else { 0 });
            attempts
        }
        _ => 0,
    }
}

/// Remembers how long it was to sleep, and does not.
#[derive(Debug, Clone, Default)]
struct Sleeps(Arc<Mutex<Vec<Duration>>>);

impl AsyncSleep for Sleeps {
    fn sleep(&self, duration: Duration) -> Sleep {
        self.0.lock().unwrap().push(duration);
        Sleep::new(std::future::ready(()))
    }
}

/// How long a call waits after a failure with this header.
async fn wait_after(status: u16, name: &str, value: &str) -> Duration {
    let request = http::Request::builder().uri("https://localhost").body(SdkBody::empty()).unwrap();
    let response = http::Response::builder().status(status).header(name, value);
    let failure = ReplayEvent::new(request, response.body(SdkBody::from("{}")).unwrap());
    let sleeps = Sleeps::default();
    let client = Client::new(ClientOptions {
        region: Some("us-east-1".to_owned()),
        auth: Auth::Credentials(SharedCredentialsProvider::new(Credentials::for_tests())),
        http_client: Some(StaticReplayClient::new(vec![failure, json(200, ANSWER)]).into_shared()),
        sleep: Some(SharedAsyncSleep::new(sleeps.clone())),
        ..ClientOptions::default()
    });
    let answer = client.converse("a-model", BODY.into(), &CallOptions::default()).await.unwrap();
    assert_eq!(answer.metadata.attempts, 2);
    let slept = sleeps.0.lock().unwrap();
    let timeout_of_credentials = Duration::from_hours(1);
    slept.iter().filter(|wait| **wait != timeout_of_credentials).sum()
}

#[tokio::test]
async fn the_wait_that_a_failure_asks_for_is_obeyed_up_to_twenty_seconds() {
    for status in [429, 503] {
        assert_eq!(wait_after(status, "retry-after", "7").await, Duration::from_secs(7));
        assert_eq!(wait_after(status, "retry-after", "0").await, Duration::ZERO);
        assert_eq!(wait_after(status, "x-amz-retry-after", "1500").await, Duration::from_millis(1500));
        assert_eq!(wait_after(status, "retry-after", "3600").await, Duration::from_secs(20));
        let past = wait_after(status, "retry-after", "Wed, 21 Oct 2015 07:28:00 GMT").await;
        assert_eq!(past, Duration::ZERO);
        let in_an_hour = DateTime::from(SystemTime::now() + Duration::from_hours(1)).fmt(Format::HttpDate).unwrap();
        assert_eq!(wait_after(status, "retry-after", &in_an_hour).await, Duration::from_secs(20));
        // Without a wait that is asked for: one second at random before the second attempt.
        assert!(wait_after(status, "retry-after", "soon").await <= Duration::from_secs(1));
    }
}

#[tokio::test]
async fn a_model_that_uses_up_its_retries_leaves_those_of_other_models_and_targets() {
    let client = throttled_client("http://one.test");
    // The SDK's quota is 500, and a retry costs 5 of it.
    let mut calls = 0;
    while attempts_of_throttled_call(&client, "throttled").await > 1 && calls < 100 {
        calls += 1;
    }
    assert!((40..100).contains(&calls), "{calls}");
    let elsewhere = throttled_client("http://another.test");
    assert_eq!(attempts_of_throttled_call(&client, "another").await, 3);
    assert_eq!(attempts_of_throttled_call(&elsewhere, "throttled").await, 3);
    let same_target = throttled_client("http://one.test");
    assert_eq!(attempts_of_throttled_call(&same_target, "throttled").await, 1);
}

#[tokio::test]
async fn an_answer_that_the_sdk_cannot_type_is_kept() {
    let untyped = r#"{"output":{"message":{"role":"assistant","content":"not a list"}},"usage":"none"}"#;
    let (client, network) = connect(vec![json(200, untyped), json(200, ANSWER)]);
    let answer = client.converse("a-model", BODY.into(), &CallOptions::default()).await.unwrap();
    assert_eq!(answer.body, untyped);
    assert_eq!(network.actual_requests().count(), 1);
}

#[tokio::test]
async fn a_success_that_may_be_an_answer_is_handed_on_as_it_came() {
    for body in [
        "",
        r#"{"output":{"message":{"role":"assistant","content":[]}},"stopReason":"end_turn","x":01}"#,
    ] {
        let (client, _network) = connect(vec![json(200, body)]);
        let answer = client.converse("a-model", BODY.into(), &CallOptions::default()).await.unwrap();
        assert_eq!(answer.body, body);
    }
}

#[tokio::test]
async fn an_exception_keeps_its_name_message_and_members() {
    let body = r#"{"message":"It broke.","originalStatusCode":418,"__type":"ModelErrorException"}"#;
    let (client, _network) = connect(vec![json(424, body)]);
    let Err(Failure::Service(exception)) = client.converse("a-model", BODY.into(), &CallOptions::default()).await else {
        panic!("the call was to fail");
    };
    assert_eq!(
        (exception.name.as_str(), exception.message.as_str()),
        ("ModelErrorException", "It broke.")
    );
    assert_eq!(exception.members.get("originalStatusCode"), Some(&418.into()));
    assert_eq!((exception.fault, exception.metadata.http_status), ("client", 424));
}

#[tokio::test]
async fn tokens_are_counted_of_the_members_that_count_tokens_has() {
    let (client, network) = connect(vec![json(200, r#"{"inputTokens":42}"#)]);
    let request = Request {
        json: r#"{"modelId":"a-model","messages":[{"type":"system","content":"Be brief."},{"type":"human","content":"Hello"}],"inferenceConfig":{"maxTokens":5},"toolConfig":{"tools":[{"toolSpec":{"name":"t","inputSchema":{"json":{"z":1.50,"a":2}}}}]},"additionalModelRequestFields":{"thinking":{"type":"enabled"}},"requestMetadata":{"a":"b"}}"#.into(),
        texts: None,
        earlier: Vec::new(),
        attachments: Vec::new(),
    };
    let count = count_tokens(&client, request, &CallOptions::default()).await.unwrap();
    assert_eq!((count.input_tokens, count.metadata.request_id.as_deref()), (42, Some("the-request")));
    let sent = network.actual_requests().next().unwrap();
    assert_eq!(sent.uri(), "https://bedrock-runtime.us-east-1.amazonaws.com/model/a-model/count-tokens");
    let body = r#"{"input":{"converse":{"messages":[{"role":"user","content":[{"text":"Hello"}]}],"system":[{"text":"Be brief."}],"toolConfig":{"tools":[{"toolSpec":{"name":"t","inputSchema":{"json":{"z":1.50,"a":2}}}}]},"additionalModelRequestFields":{"thinking":{"type":"enabled"}}}}}"#;
    assert_eq!(std::str::from_utf8(sent.body().bytes().unwrap()), Ok(body));
}

#[tokio::test]
async fn what_came_before_a_broken_event_is_handed_out_first() {
    let mut body = event("messageStart", r#"{"role":"assistant"}"#);
    body.extend(event("contentBlockDelta", r#"{"contentBlockIndex":0,"delta":{"text":"Half"}}"#));
    let broken = body.len();
    body.extend(event("contentBlockDelta", r#"{"contentBlockIndex":0,"delta":{"text":" of it"}}"#));
    body[broken + 20] ^= 1;
    let mut conversation = open(vec![reply(200, "application/vnd.amazon.eventstream", body)]).await.unwrap();
    assert!(conversation.next().await.unwrap().unwrap().contains("Half"));
    assert!(matches!(conversation.next().await, Err(Failure::Stream(_))));
    assert!(conversation.next().await.unwrap().is_none());
}

#[tokio::test]
async fn an_event_of_an_impossible_length_is_refused_without_waiting_for_it() {
    let mut body = event("messageStart", r#"{"role":"assistant"}"#);
    body.splice(0..4, 0x7fff_ffff_u32.to_be_bytes());
    let mut conversation = open(vec![reply(200, "application/vnd.amazon.eventstream", body)]).await.unwrap();
    assert!(matches!(conversation.next().await, Err(Failure::Stream(_))));
}

#[tokio::test]
async fn a_body_that_ends_anywhere_inside_an_event_is_said_to() {
    let last = event("messageStop", r#"{"stopReason":"end_turn"}"#);
    for end in 1..last.len() {
        let cut = [event("messageStart", r#"{"role":"assistant"}"#).as_slice(), &last[..end]].concat();
        let mut conversation = open(vec![reply(200, "application/vnd.amazon.eventstream", cut)]).await.unwrap();
        let failure = loop {
            match conversation.next().await {
                Ok(Some(_)) => {}
                other => break other,
            }
        };
        assert!(
            matches!(&failure, Err(Failure::Stream(said)) if said.contains("inside an event")),
            "cut after {end} bytes: {failure:?}"
        );
    }
}

#[tokio::test]
async fn an_answer_that_is_no_event_stream_is_refused() {
    let opened = open(vec![reply(200, "text/event-stream", "data: {}\n\n")]).await;
    assert!(matches!(opened, Err(Failure::NotAnEventStream { content_type, .. }) if content_type == "text/event-stream"));
}

/// A stream of so many deltas of a hundred characters, and its end.
fn long_stream(deltas: usize) -> Vec<u8> {
    const DELTA: &str = r#"{"contentBlockIndex":0,"delta":{"text":"One hundred characters: 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 012345678"}}"#;
    let mut body = event("messageStart", r#"{"role":"assistant"}"#);
    for _ in 0..deltas {
        body.extend(event("contentBlockDelta", DELTA));
    }
    body.extend(event("messageStop", r#"{"stopReason":"end_turn"}"#));
    body
}

/// A stream with this body, and the task that reads it.
async fn read_ahead(body: Vec<u8>) -> (Arc<ReadAhead>, JoinHandle<()>) {
    let conversation = open(vec![reply(200, "application/vnd.amazon.eventstream", body)]).await.unwrap();
    let events = Arc::new(ReadAhead::default());
    let reading = tokio::spawn(Arc::clone(&events).run(conversation, CancellationToken::new()));
    (events, reading)
}

/// What a reader is told when it asks.
async fn ask(events: &Arc<ReadAhead>) -> ReadResult {
    let (told, answer) = tokio::sync::oneshot::channel();
    events.when_ready(move |events| assert!(told.send(events.take()).is_ok(), "somebody waits"));
    answer.await.unwrap()
}

#[tokio::test]
async fn a_stream_is_read_ahead_of_its_reader_but_not_without_limit() {
    let conversation = open(vec![reply(200, "application/vnd.amazon.eventstream", long_stream(5_000))])
        .await
        .unwrap();
    let events = Arc::new(ReadAhead::default());
    tokio::spawn(Arc::clone(&events).run(conversation, CancellationToken::new()));
    let mut chunks = 0;
    let mut longest = 0;
    while let Some(json) = ask(&events).await.unwrap() {
        chunks += serde_json::from_str::<Vec<serde_json::Value>>(&json).unwrap().len();
        longest = longest.max(json.len());
        // The stream goes on while its reader is busy.
        tokio::task::yield_now().await;
    }
    assert!(chunks > 5_000, "{chunks}");
    assert!(longest < 32 * 1024, "{longest}");
    assert!(ask(&events).await.unwrap().is_none());
}

#[tokio::test]
async fn what_comes_between_the_call_of_a_reader_and_its_read_is_read_too() {
    let (events, reading) = read_ahead(long_stream(3)).await;
    let (told, answer) = tokio::sync::oneshot::channel();
    events.when_ready(move |events| assert!(told.send(events).is_ok(), "somebody waits"));
    let ready = answer.await.unwrap();
    reading.await.unwrap();
    let json = ready.take().unwrap().unwrap();
    assert!(json.contains("One hundred") && json.contains("end_turn"), "{json}");
    assert!(ready.take().unwrap().is_none());
    assert!(ask(&events).await.unwrap().is_none());
}

#[tokio::test]
async fn a_reader_is_told_once_why_a_stream_broke() {
    let mut body = long_stream(3);
    body.truncate(body.len() - 10);
    let (events, _reading) = read_ahead(body).await;
    assert!(ask(&events).await.unwrap().is_some_and(|json| json.contains("One hundred")));
    assert!(matches!(ask(&events).await, Err(Failure::Stream(_))));
    assert!(ask(&events).await.unwrap().is_none());
}

#[tokio::test]
async fn a_reader_is_told_when_nobody_reads_the_stream_any_more() {
    let conversation = open(vec![reply(200, "application/vnd.amazon.eventstream", long_stream(5_000))])
        .await
        .unwrap();
    let events = Arc::new(ReadAhead::default());
    let reading = tokio::spawn(Arc::clone(&events).run(conversation, CancellationToken::new()));
    assert!(ask(&events).await.unwrap().is_some());
    // As a panic or the end of the runtime would.
    reading.abort();
    let ended = loop {
        match ask(&events).await {
            Ok(Some(_)) => {}
            other => break other,
        }
    };
    assert!(matches!(ended, Err(Failure::Stream(_))), "{ended:?}");
}

fn answered(status: u16, headers: &[(&str, &str)], body: &str) -> ReplayEvent {
    let request = http::Request::builder().uri("https://localhost").body(SdkBody::empty()).unwrap();
    let response = headers.iter().fold(http::Response::builder().status(status), |response, (name, value)| {
        response.header(*name, *value)
    });
    ReplayEvent::new(request, response.body(SdkBody::from(body)).unwrap())
}

/// Virtual-hosted, the path encoded once, the body's hash in a header that is signed.
#[tokio::test]
async fn a_request_to_s3_is_s3s_own() {
    let (client, network) = connect(vec![answered(200, &[("etag", "\"1\"")], "")]);
    let at = Location {
        bucket: "my-bucket".to_owned(),
        key: "a b/c:d.jsonl".to_owned(),
    };
    S3::new(client, None, CallOptions::default()).put_object(&at, "x".into()).await.unwrap();
    let request = network.actual_requests().next().unwrap();
    assert_eq!(request.method(), "PUT");
    assert_eq!(request.uri(), "https://my-bucket.s3.us-east-1.amazonaws.com/a%20b/c%3Ad.jsonl");
    assert_eq!(
        request.headers().get("x-amz-content-sha256"),
        Some("2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881")
    );
    let authorization = request.headers().get("authorization").unwrap();
    assert!(authorization.contains("/us-east-1/s3/aws4_request"), "{authorization}");
    assert!(authorization.contains("x-amz-content-sha256"), "{authorization}");
}

#[tokio::test]
async fn a_bucket_of_another_region_is_followed_there_once() {
    let moved = "<Error><Code>PermanentRedirect</Code><Message>The bucket is elsewhere.</Message></Error>";
    let redirect = || answered(301, &[("x-amz-bucket-region", "eu-west-1")], moved);
    let (client, network) = connect(vec![redirect(), answered(200, &[], ""), answered(200, &[], ""), redirect()]);
    let s3 = S3::new(client, None, CallOptions::default());
    let at = Location {
        bucket: "b".to_owned(),
        key: "k".to_owned(),
    };
    s3.put_object(&at, "x".into()).await.unwrap();
    s3.put_object(&at, "x".into()).await.unwrap();
    let hosts: Vec<_> = network.actual_requests().map(|request| request.uri().to_owned()).collect();
    assert_eq!(
        hosts,
        [
            "https://b.s3.us-east-1.amazonaws.com/k",
            "https://b.s3.eu-west-1.amazonaws.com/k",
            "https://b.s3.eu-west-1.amazonaws.com/k"
        ]
    );
    let signed = network
        .actual_requests()
        .nth(1)
        .unwrap()
        .headers()
        .get("authorization")
        .unwrap()
        .to_owned();
    assert!(signed.contains("/eu-west-1/s3/"), "{signed}");
    // A redirect to where it was asked already is an error.
    let failure = s3.put_object(&at, "x".into()).await.unwrap_err();
    assert_eq!(failure.to_string(), "The bucket is elsewhere (s3://b/k).");
}

#[tokio::test]
async fn a_clock_that_is_off_is_corrected_for_s3_too() {
    let skewed = "<Error><Code>RequestTimeTooSkewed</Code><Message>Too far.</Message></Error>";
    let refused = answered(403, &[("date", "Mon, 02 Jan 2040 03:04:05 GMT")], skewed);
    let (client, network) = connect(vec![refused, answered(200, &[], "")]);
    let at = Location {
        bucket: "b".to_owned(),
        key: "k".to_owned(),
    };
    S3::new(client, None, CallOptions::default()).put_object(&at, "x".into()).await.unwrap();
    let date = network.actual_requests().nth(1).unwrap().headers().get("x-amz-date").unwrap().to_owned();
    assert!(date.starts_with("2040010"), "{date}");
}
