//! One case for both: the SDK's own chain, and the core's. A network in memory answers, and remembers what it was asked.

use std::collections::{BTreeMap, HashMap};
use std::error::Error;
use std::fmt::Debug;
use std::future::{pending, ready};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_config::BehaviorVersion;
use aws_credential_types::Credentials;
use aws_credential_types::credential_feature::AwsCredentialFeature;
use aws_credential_types::provider::ProvideCredentials as _;
use aws_credential_types::provider::error::CredentialsError;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use aws_smithy_async::rt::sleep::{AsyncSleep, SharedAsyncSleep, Sleep};
use aws_smithy_async::time::{SharedTimeSource, StaticTimeSource};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_runtime_api::shared::IntoShared as _;
use aws_smithy_types::DateTime;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::date_time::Format;
use langchain_aws_native::client::config::{Auth, ClientOptions, find_credentials};

/// 2026-01-02T00:00:00Z, for both.
pub(crate) const NOW: Duration = Duration::from_hours(490_920);

pub(crate) fn now() -> SystemTime {
    UNIX_EPOCH + NOW
}

/// A request, with the headers that matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) method: String,
    pub(crate) url: String,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
}

/// What answers a request; `None`: nothing is there.
pub(crate) type Answer = Option<(u16, Vec<(&'static str, String)>, String)>;

#[expect(clippy::unnecessary_wraps, reason = "nobody may answer")]
pub(crate) fn answer(status: u16, body: impl Into<String>) -> Answer {
    Some((status, Vec::new(), body.into()))
}

#[derive(Clone)]
struct Network {
    answers: Arc<dyn Fn(&Seen) -> Answer + Send + Sync>,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Debug for Network {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Network")
    }
}

impl HttpClient for Network {
    fn http_connector(&self, _settings: &HttpConnectorSettings, _components: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

/// What both have to send alike. Of a signature that is who signs for what: each has other headers beside these.
const HEADERS: [&str; 8] = [
    "accept",
    "authorization",
    "content-type",
    "content-length",
    "x-amz-date",
    "x-amz-security-token",
    "x-amz-sso_bearer_token",
    "x-aws-ec2-metadata-token",
];

impl HttpConnector for Network {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let lifetime = "x-aws-ec2-metadata-token-ttl-seconds";
        let header = |name: &str| request.headers().get(name).map(str::to_owned);
        let body = String::from_utf8(request.body().bytes().unwrap_or_default().to_vec()).unwrap();
        let mut headers: BTreeMap<String, String> = HEADERS
            .iter()
            .chain([&lifetime])
            .filter_map(|name| Some(((*name).to_owned(), header(name)?)))
            .collect();
        if let Some(signature) = headers.get_mut("authorization").filter(|value| value.starts_with("AWS4")) {
            *signature = signature.split(", ").next().unwrap_or_default().to_owned();
        }
        let seen = Seen {
            method: request.method().to_owned(),
            url: request.uri().to_owned(),
            headers,
            body,
        };
        check_signature(&request, &seen.body);
        self.seen.lock().unwrap().push(seen.clone());
        HttpConnectorFuture::ready(match (self.answers)(&seen) {
            Some((status, headers, body)) => {
                let mut response = HttpResponse::new(StatusCode::try_from(status).unwrap(), SdkBody::from(body));
                for (name, value) in headers {
                    response.headers_mut().insert(name, value);
                }
                Ok(response)
            }
            None => Err(ConnectorError::io("nobody is there".into())),
        })
    }
}

/// The secret of every pair that signs here.
pub(crate) const SECRET: &str = "a-secret";

/// Signs the same headers of a request to STS again.
fn check_signature(request: &HttpRequest, body: &str) {
    let Some(authorization) = request.headers().get("authorization").filter(|value| value.starts_with("AWS4")) else {
        return;
    };
    let part = |from: &str| authorization.split_once(from).unwrap().1.split([',', '/']).next().unwrap();
    let scope = |part: usize| authorization.split('/').nth(part).unwrap();
    let (region, service) = (scope(2), scope(3));
    if service != "sts" {
        return;
    }
    let token = request.headers().get("x-amz-security-token").map(str::to_owned);
    let signed = part("SignedHeaders=")
        .split(';')
        .filter(|name| !["host", "x-amz-date", "x-amz-security-token"].contains(name));
    let headers: Vec<(&str, &str)> = signed.map(|name| (name, request.headers().get(name).unwrap())).collect();
    let identity = Credentials::new(part("Credential="), SECRET, token, None, "test").into();
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region(region)
        .name(service)
        .time(date_of(request))
        .settings(SigningSettings::default())
        .build()
        .unwrap();
    let signable = SignableRequest::new(request.method(), request.uri(), headers.into_iter(), SignableBody::Bytes(body.as_bytes()));
    let (_, expected) = sign(signable.unwrap(), &params.into()).unwrap().into_parts();
    assert_eq!(part("Signature="), expected);
}

/// When a request was signed: `20260102T000000Z`.
fn date_of(request: &HttpRequest) -> SystemTime {
    let date = request.headers().get("x-amz-date").unwrap();
    let part = |from: usize, to: usize| date.get(from..to).unwrap();
    let day = format!("{}-{}-{}", part(0, 4), part(4, 6), part(6, 8));
    let time = format!("{day}T{}:{}:{}Z", part(9, 11), part(11, 13), part(13, 15));
    DateTime::from_str(&time, Format::DateTime).unwrap().try_into().unwrap()
}

/// Does not wait between attempts, but never ends what has a limit.
#[derive(Debug)]
struct Impatient;

impl AsyncSleep for Impatient {
    fn sleep(&self, duration: Duration) -> Sleep {
        if duration < Duration::from_secs(9) {
            Sleep::new(ready(()))
        } else {
            Sleep::new(pending())
        }
    }
}

/// The environment of a case. `{home}` in values and files is its folder.
#[derive(Clone, Default)]
pub(crate) struct Case {
    pub(crate) variables: Vec<(&'static str, &'static str)>,
    pub(crate) config: String,
    pub(crate) credentials: String,
    /// Other files, by their paths in the folder.
    pub(crate) files: Vec<(String, String)>,
    /// The option.
    pub(crate) profile: Option<&'static str>,
}

impl Case {
    pub(crate) fn with_config(config: impl Into<String>) -> Self {
        Self {
            config: config.into(),
            ..Self::default()
        }
    }

    pub(crate) fn with_variables(variables: &[(&'static str, &'static str)]) -> Self {
        Self {
            variables: variables.to_vec(),
            ..Self::default()
        }
    }

    pub(crate) fn and(mut self, name: &'static str, value: &'static str) -> Self {
        self.variables.push((name, value));
        self
    }

    pub(crate) fn file(mut self, path: impl Into<String>, content: impl Into<String>) -> Self {
        self.files.push((path.into(), content.into()));
        self
    }

    fn lay_out(&self) -> (PathBuf, HashMap<String, String>) {
        static FOLDERS: AtomicU32 = AtomicU32::new(0);
        let number = FOLDERS.fetch_add(1, Ordering::Relaxed);
        let home = std::env::temp_dir().join(format!("key-sources-{}-{number}", std::process::id()));
        let filled = |text: &str| text.replace("{home}", home.to_str().unwrap());
        let own = [(".aws/config", &self.config), (".aws/credentials", &self.credentials)];
        let files = self.files.iter().map(|(path, content)| (path.as_str(), content)).chain(own);
        for (path, content) in files {
            let path = home.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, filled(content)).unwrap();
        }
        let mut variables: HashMap<String, String> = [("HOME".to_owned(), home.to_str().unwrap().to_owned())].into();
        variables.extend(self.variables.iter().map(|(name, value)| ((*name).to_owned(), filled(value))));
        variables.entry("AWS_REGION".to_owned()).or_insert_with(|| "eu-west-1".to_owned());
        (home, variables)
    }
}

/// What came of a case.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) keys: Result<Credentials, String>,
    pub(crate) requests: Vec<Seen>,
    pub(crate) home: PathBuf,
}

impl Outcome {
    fn new(keys: Result<Credentials, CredentialsError>, network: &Network, home: PathBuf) -> Self {
        Self {
            keys: keys.map_err(|error| told(&error, &home)),
            requests: network.seen.lock().unwrap().clone(),
            home,
        }
    }

    pub(crate) fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.home.join(path)).unwrap()
    }

    pub(crate) fn id(&self) -> &str {
        self.keys.as_ref().unwrap().access_key_id()
    }

    /// Which way the keys say that they came.
    fn features(&self) -> Option<&Vec<AwsCredentialFeature>> {
        self.keys.as_ref().ok()?.get_property()
    }
}

impl Drop for Outcome {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.home);
    }
}

/// The innermost cause, which is what users see.
fn told(error: &CredentialsError, home: &Path) -> String {
    let mut cause: &dyn Error = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    cause.to_string().replace(home.to_str().unwrap(), "{home}")
}

fn network(answers: impl Fn(&Seen) -> Answer + Send + Sync + 'static) -> Network {
    Network {
        answers: Arc::new(answers),
        seen: Arc::default(),
    }
}

/// A network for a client.
pub(crate) fn shared_network(answers: impl Fn(&Seen) -> Answer + Send + Sync + 'static) -> SharedHttpClient {
    network(answers).into_shared()
}

pub(crate) async fn theirs(case: &Case, answers: impl Fn(&Seen) -> Answer + Send + Sync + 'static) -> Outcome {
    let network = network(answers);
    let (home, variables) = case.lay_out();
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .env(variables.into())
        .http_client(network.clone())
        .time_source(StaticTimeSource::new(now()))
        .sleep_impl(Impatient);
    if let Some(profile) = case.profile {
        loader = loader.profile_name(profile);
    }
    let config = loader.load().await;
    let keys = config.credentials_provider().unwrap().provide_credentials().await;
    Outcome::new(keys, &network, home)
}

pub(crate) fn options(case: &Case, variables: HashMap<String, String>) -> ClientOptions {
    ClientOptions {
        environment: variables,
        profile: case.profile.map(str::to_owned),
        auth: Auth::Chain,
        time_source: Some(SharedTimeSource::new(StaticTimeSource::new(now()))),
        sleep: Some(SharedAsyncSleep::new(Impatient)),
        ..ClientOptions::default()
    }
}

pub(crate) async fn ours(case: &Case, answers: impl Fn(&Seen) -> Answer + Send + Sync + 'static) -> Outcome {
    let network = network(answers);
    let (home, variables) = case.lay_out();
    let options = ClientOptions {
        http_client: Some(network.clone().into_shared()),
        ..options(case, variables)
    };
    let keys = find_credentials(options).await;
    Outcome::new(keys, &network, home)
}

/// Both ask the same and have the same keys. Returns what came of it.
pub(crate) async fn same(name: &str, case: &Case, answers: impl Fn(&Seen) -> Answer + Send + Sync + Clone + 'static) -> Outcome {
    let (theirs, ours) = (theirs(case, answers.clone()).await, ours(case, answers).await);
    assert_eq!(ours.requests, theirs.requests, "{name}: requests");
    let keys = (ours.keys.as_ref().ok(), theirs.keys.as_ref().ok());
    assert_eq!(
        keys.0,
        keys.1,
        "{name}: keys, {:?} and {:?}",
        ours.keys.as_ref().err(),
        theirs.keys.as_ref().err()
    );
    assert_eq!(ours.features(), theirs.features(), "{name}: user agent");
    ours
}

/// Both fail, with the same sentence.
pub(crate) async fn same_failure(name: &str, case: &Case, answers: impl Fn(&Seen) -> Answer + Send + Sync + Clone + 'static) -> String {
    let their_sentence = theirs(case, answers.clone()).await.keys.as_ref().unwrap_err().clone();
    let outcome = same(name, case, answers).await;
    let sentence = outcome.keys.as_ref().unwrap_err();
    assert_eq!(sentence, &their_sentence, "{name}: sentence");
    sentence.clone()
}
