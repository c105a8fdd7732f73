//! When the source of keys is asked, by a clock that the tests move, and what signatures are dated.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::{HashMap, VecDeque};
use std::future::pending;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};
use aws_smithy_async::time::{SharedTimeSource, TimeSource};
use aws_smithy_http_client::test_util::{ReplayEvent, StaticReplayClient};
use aws_smithy_runtime_api::shared::IntoShared as _;
use aws_smithy_types::DateTime;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::date_time::Format;
use langchain_aws_native::client::config::{Auth, ClientOptions};
use langchain_aws_native::client::failure::{Failure, Resend};
use langchain_aws_native::client::{CallOptions, Client};
use tokio::sync::oneshot;

const ANSWER: &str = r#"{"output":{"message":{"role":"assistant","content":[{"text":"Hi"}]}},"stopReason":"end_turn"}"#;

/// A clock that stands still until it is moved.
#[derive(Debug, Clone)]
struct Moved(Arc<Mutex<SystemTime>>);

impl Moved {
    fn new() -> Self {
        Self(Arc::new(Mutex::new(UNIX_EPOCH + Duration::from_hours(500_000))))
    }

    fn forward(&self, seconds: u64) {
        *self.0.lock().unwrap() += Duration::from_secs(seconds);
    }

    fn in_seconds(&self, seconds: u64) -> SystemTime {
        self.now() + Duration::from_secs(seconds)
    }
}

impl TimeSource for Moved {
    fn now(&self) -> SystemTime {
        *self.0.lock().unwrap()
    }
}

/// What a source does when it is asked.
enum Step {
    Keys(Credentials),
    /// Keys, once they are sent.
    Later(oneshot::Receiver<Credentials>),
    Fails,
    Hangs,
    Panics,
}

#[derive(Clone)]
struct Source {
    steps: Arc<Mutex<VecDeque<Step>>>,
    asked: Arc<AtomicUsize>,
}

impl Source {
    fn new(steps: impl IntoIterator<Item = Step>) -> Self {
        Self {
            steps: Arc::new(Mutex::new(steps.into_iter().collect())),
            asked: Arc::default(),
        }
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

impl std::fmt::Debug for Source {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Source")
    }
}

impl ProvideCredentials for Source {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async {
            self.asked.fetch_add(1, Ordering::SeqCst);
            let step = self.steps.lock().unwrap().pop_front();
            match step.unwrap_or(Step::Fails) {
                Step::Keys(keys) => Ok(keys),
                Step::Later(keys) => keys.await.map_err(CredentialsError::provider_error),
                Step::Fails => Err(CredentialsError::provider_error("the vault is closed")),
                Step::Hangs => pending().await,
                Step::Panics => std::panic::resume_unwind(Box::new("the source panics")),
            }
        })
    }
}

fn keys(name: &str, expiry: Option<SystemTime>) -> Step {
    Step::Keys(Credentials::new(name, "secret", None, expiry, "test"))
}

fn reply(status: u16, date: Option<SystemTime>, body: &str) -> ReplayEvent {
    let request = http::Request::builder().uri("https://localhost").body(SdkBody::empty()).unwrap();
    let mut response = http::Response::builder().status(status).header("content-type", "application/json");
    if let Some(date) = date {
        response = response.header("date", DateTime::from(date).fmt(Format::HttpDate).unwrap());
    }
    ReplayEvent::new(request, response.body(SdkBody::from(body)).unwrap())
}

fn refusal(name: &str, date: Option<SystemTime>) -> ReplayEvent {
    reply(403, date, &format!(r#"{{"__type":"{name}","message":"No."}}"#))
}

struct Connected {
    client: Client,
    network: StaticReplayClient,
}

fn connect_with(clock: &Moved, source: &Source, replies: Vec<ReplayEvent>, environment: HashMap<String, String>) -> Connected {
    let network = StaticReplayClient::new(replies);
    let client = Client::new(ClientOptions {
        environment,
        region: Some("us-east-1".to_owned()),
        auth: Auth::Credentials(SharedCredentialsProvider::new(source.clone())),
        http_client: Some(network.clone().into_shared()),
        time_source: Some(SharedTimeSource::new(clock.clone())),
        max_attempts: Some(1),
        ..ClientOptions::default()
    });
    Connected { client, network }
}

/// A client that gets so many answers.
fn connect(clock: &Moved, source: &Source, answers: usize) -> Connected {
    let replies = (0..answers).map(|_| reply(200, None, ANSWER)).collect();
    connect_with(clock, source, replies, HashMap::new())
}

async fn call(client: &Client) -> Result<(), Failure> {
    client.converse("a-model", b"{}".to_vec(), &CallOptions::default()).await.map(drop)
}

impl Connected {
    async fn call(&self) -> Result<(), Failure> {
        call(&self.client).await
    }

    /// Which keys the requests were signed with.
    fn signers(&self) -> Vec<String> {
        let header = |request: &aws_smithy_runtime_api::client::orchestrator::HttpRequest| {
            let authorization = request.headers().get("authorization").unwrap().to_owned();
            let credential = authorization.split("Credential=").nth(1).unwrap();
            credential.split('/').next().unwrap().to_owned()
        };
        self.network.actual_requests().map(header).collect()
    }

    /// The dates of the signatures.
    fn dates(&self) -> Vec<String> {
        self.network
            .actual_requests()
            .map(|request| request.headers().get("x-amz-date").unwrap().to_owned())
            .collect()
    }
}

/// Lets the tasks in the background run as far as they can: the tests have one thread.
async fn settle() {
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn keys_are_asked_for_in_the_background_five_minutes_before_they_expire() {
    let clock = Moved::new();
    let (gate, later) = oneshot::channel();
    let source = Source::new([keys("OLD", Some(clock.in_seconds(3600))), Step::Later(later)]);
    let connected = connect(&clock, &source, 6);
    connected.call().await.unwrap();
    clock.forward(3299);
    connected.call().await.unwrap();
    settle().await;
    assert_eq!(source.asked(), 1);
    clock.forward(1);
    for _ in 0..3 {
        // Nothing waits for the source, which is asked once.
        connected.call().await.unwrap();
    }
    settle().await;
    assert_eq!(source.asked(), 2);
    let new = Credentials::new("NEW", "secret", None, Some(clock.in_seconds(3600)), "test");
    gate.send(new).unwrap();
    settle().await;
    connected.call().await.unwrap();
    assert_eq!(connected.signers(), ["OLD", "OLD", "OLD", "OLD", "OLD", "NEW"]);
    assert_eq!(source.asked(), 2);
}

#[tokio::test]
async fn keys_are_not_used_in_their_last_ten_seconds() {
    let clock = Moved::new();
    let source = Source::new([
        keys("OLD", Some(clock.in_seconds(3600))),
        Step::Hangs,
        keys("NEW", Some(clock.in_seconds(7200))),
    ]);
    let connected = connect(&clock, &source, 4);
    connected.call().await.unwrap();
    clock.forward(3589);
    connected.call().await.unwrap();
    settle().await;
    assert_eq!(source.asked(), 2);
    clock.forward(1);
    // The refresh that hangs is waited for, until the last call that waits has left: then it is given up.
    let limits = CallOptions {
        response_timeout: Some(Duration::from_millis(1)),
        ..CallOptions::default()
    };
    let limited = connected.client.converse("a-model", b"{}".to_vec(), &limits).await;
    assert!(matches!(limited, Err(Failure::Timeout { .. })));
    assert_eq!(source.asked(), 2);
    connected.call().await.unwrap();
    assert_eq!(connected.signers(), ["OLD", "OLD", "NEW"]);
    assert_eq!(source.asked(), 3);
}

#[tokio::test]
async fn keys_that_live_short_are_refreshed_in_their_last_quarter() {
    let clock = Moved::new();
    // 10 s of these 130 are not used: 90 s are before the last quarter of the rest.
    let source = Source::new([keys("OLD", Some(clock.in_seconds(130))), keys("NEW", Some(clock.in_seconds(3600)))]);
    let connected = connect(&clock, &source, 4);
    connected.call().await.unwrap();
    clock.forward(89);
    connected.call().await.unwrap();
    settle().await;
    assert_eq!(source.asked(), 1);
    clock.forward(1);
    connected.call().await.unwrap();
    settle().await;
    connected.call().await.unwrap();
    assert_eq!(connected.signers(), ["OLD", "OLD", "OLD", "NEW"]);
}

#[tokio::test]
async fn a_source_that_gives_the_same_keys_again_is_not_asked_by_every_call() {
    let clock = Moved::new();
    let expiry = Some(clock.in_seconds(3600));
    let source = Source::new((0..100).map(|_| keys("SAME", expiry)));
    let connected = connect(&clock, &source, 291);
    connected.call().await.unwrap();
    clock.forward(3300);
    for _ in 0..290 {
        connected.call().await.unwrap();
        settle().await;
        clock.forward(1);
    }
    assert!(source.asked() < 25, "{}", source.asked());
}

#[tokio::test]
async fn a_refresh_that_fails_keeps_the_keys_while_they_are_good_and_is_tried_again_after_a_pause() {
    let clock = Moved::new();
    let source = Source::new([keys("OLD", Some(clock.in_seconds(3600)))]);
    let connected = connect(&clock, &source, 10);
    connected.call().await.unwrap();
    clock.forward(3300);
    for (seconds, asked) in [(0, 2), (1, 2), (8, 2), (1, 3), (9, 3), (1, 4)] {
        clock.forward(seconds);
        connected.call().await.unwrap();
        settle().await;
        assert_eq!(source.asked(), asked);
    }
    clock.forward(270);
    let failure = connected.call().await.unwrap_err();
    assert!(
        matches!(&failure, Failure::Credentials(message) if message.contains("the vault is closed")),
        "{failure:?}"
    );
    assert_eq!(source.asked(), 5);
    // Without good keys each call asks.
    assert!(connected.call().await.is_err());
    assert_eq!(source.asked(), 6);
}

#[tokio::test]
async fn keys_that_have_expired_do_not_replace_good_ones() {
    let clock = Moved::new();
    let source = Source::new([
        keys("OLD", Some(clock.in_seconds(3600))),
        keys("STALE", Some(clock.in_seconds(60))),
        keys("NEW", Some(clock.in_seconds(7200))),
    ]);
    let connected = connect(&clock, &source, 4);
    for seconds in [0, 3300, 10, 0] {
        clock.forward(seconds);
        connected.call().await.unwrap();
        settle().await;
    }
    assert_eq!(connected.signers(), ["OLD", "OLD", "OLD", "NEW"]);
}

#[tokio::test]
async fn many_calls_at_the_moment_of_expiry_ask_once_and_one_that_is_cancelled_ends_nothing_for_the_others() {
    let clock = Moved::new();
    let (gate, later) = oneshot::channel();
    let source = Source::new([keys("OLD", Some(clock.in_seconds(3600))), Step::Later(later)]);
    let connected = connect(&clock, &source, 20);
    connected.call().await.unwrap();
    clock.forward(3600);
    let calls: Vec<_> = (0..20)
        .map(|_| {
            let client = connected.client.clone();
            tokio::spawn(async move { call(&client).await })
        })
        .collect();
    settle().await;
    // The first one began it.
    calls.first().unwrap().abort();
    settle().await;
    assert!(gate.send(Credentials::new("NEW", "secret", None, None, "test")).is_ok());
    let mut answered = 0;
    for call in calls {
        answered += usize::from(call.await.is_ok_and(|outcome| outcome.is_ok()));
    }
    assert_eq!((answered, source.asked()), (19, 2));
}

#[tokio::test]
async fn keys_without_an_expiration_are_kept_until_they_are_refused() {
    let clock = Moved::new();
    let source = Source::new([keys("OLD", None), keys("NEW", None)]);
    let replies = vec![reply(200, None, ANSWER), refusal("ExpiredToken", None), reply(200, None, ANSWER)];
    let connected = connect_with(&clock, &source, replies, HashMap::new());
    connected.call().await.unwrap();
    clock.forward(1_000_000);
    let Err(Failure::Service(refused)) = connected.call().await else {
        panic!("the call was to be refused");
    };
    assert_eq!(refused.resend, Some(Resend::NewKeys));
    connected.call().await.unwrap();
    assert_eq!(connected.signers(), ["OLD", "OLD", "NEW"]);
    assert_eq!(source.asked(), 2);
}

#[tokio::test]
async fn keys_that_are_refused_do_not_wait_for_a_refresh_that_was_begun_before() {
    let clock = Moved::new();
    let source = Source::new([keys("OLD", Some(clock.in_seconds(3600))), Step::Hangs, keys("NEW", None)]);
    let answered = || reply(200, None, ANSWER);
    let replies = vec![answered(), answered(), refusal("ExpiredTokenException", None), answered()];
    let connected = connect_with(&clock, &source, replies, HashMap::new());
    connected.call().await.unwrap();
    clock.forward(3300);
    connected.call().await.unwrap();
    settle().await;
    assert_eq!(source.asked(), 2);
    assert!(connected.call().await.is_err());
    connected.call().await.unwrap();
    assert_eq!(connected.signers(), ["OLD", "OLD", "OLD", "NEW"]);
    assert_eq!(source.asked(), 3);
}

#[tokio::test]
async fn a_source_that_panics_is_a_failure_and_is_asked_again() {
    let clock = Moved::new();
    let source = Source::new([Step::Panics, keys("NEW", None)]);
    let connected = connect(&clock, &source, 1);
    assert!(matches!(connected.call().await, Err(Failure::Credentials(_))));
    connected.call().await.unwrap();
    assert_eq!(connected.signers(), ["NEW"]);
}

#[tokio::test]
async fn the_date_of_a_refusal_corrects_the_time_of_signatures_and_of_expiry() {
    for is_behind in [true, false] {
        let clock = Moved::new();
        let now = clock.now();
        let two_hours = Duration::from_hours(2);
        let of_aws = if is_behind { now + two_hours } else { now - two_hours };
        // One hour is left by the clock of AWS.
        let source = Source::new([
            keys("OLD", Some(of_aws + Duration::from_hours(1))),
            keys("NEW", Some(of_aws + Duration::from_hours(3))),
        ]);
        let replies = vec![
            refusal("InvalidSignatureException", Some(of_aws)),
            reply(200, None, ANSWER),
            reply(200, None, ANSWER),
            reply(200, None, ANSWER),
        ];
        let connected = connect_with(&clock, &source, replies, HashMap::new());
        let Err(Failure::Service(refused)) = connected.call().await else {
            panic!("the call was to be refused");
        };
        assert_eq!(refused.resend, Some(Resend::NewTime));
        connected.call().await.unwrap();
        clock.forward(3300);
        connected.call().await.unwrap();
        settle().await;
        connected.call().await.unwrap();
        let basic = |time: SystemTime| {
            let date = DateTime::from(time).fmt(Format::DateTime).unwrap();
            date.replace(['-', ':'], "")
        };
        let later = basic(of_aws + Duration::from_mins(55));
        assert_eq!(connected.dates(), [basic(now), basic(of_aws), later.clone(), later]);
        assert_eq!(connected.signers(), ["OLD", "OLD", "OLD", "NEW"]);
        assert_eq!(source.asked(), 2);
    }
}

/// The head of an answer is dated when the model has answered, which may be ten minutes after the question.
#[tokio::test]
async fn the_date_of_an_answer_corrects_nothing() {
    let clock = Moved::new();
    let source = Source::new([keys("ONE", None)]);
    let replies = vec![reply(200, Some(clock.in_seconds(720)), ANSWER), reply(200, None, ANSWER)];
    let connected = connect_with(&clock, &source, replies, HashMap::new());
    connected.call().await.unwrap();
    connected.call().await.unwrap();
    let dates = connected.dates();
    assert_eq!(dates.first(), dates.last());
}

#[tokio::test]
async fn a_refusal_whose_date_is_near_is_about_the_keys() {
    let clock = Moved::new();
    let source = Source::new([keys("OLD", None), keys("NEW", None)]);
    let replies = vec![
        refusal("InvalidSignatureException", Some(clock.in_seconds(200))),
        reply(200, None, ANSWER),
    ];
    let connected = connect_with(&clock, &source, replies, HashMap::new());
    let Err(Failure::Service(refused)) = connected.call().await else {
        panic!("the call was to be refused");
    };
    assert_eq!(refused.resend, Some(Resend::NewKeys));
    connected.call().await.unwrap();
    let dates = connected.dates();
    assert_eq!(dates.first(), dates.last());
    assert_eq!(connected.signers(), ["OLD", "NEW"]);
}

#[tokio::test]
async fn the_aws_environment_can_leave_the_clock_alone() {
    let clock = Moved::new();
    let source = Source::new([keys("ONE", None), keys("ONE", None)]);
    let replies = vec![refusal("RequestTimeTooSkewed", Some(clock.in_seconds(7200))), reply(200, None, ANSWER)];
    let environment = HashMap::from([("AWS_DISABLE_CLOCK_SKEW_CORRECTION".to_owned(), "true".to_owned())]);
    let connected = connect_with(&clock, &source, replies, environment);
    let Err(Failure::Service(refused)) = connected.call().await else {
        panic!("the call was to be refused");
    };
    assert_eq!(refused.resend, None);
    connected.call().await.unwrap();
    let dates = connected.dates();
    assert_eq!(dates.first(), dates.last());
}
