//! The metadata of an EC2 instance, version 2: a token first, then all else. Version 1, which needs no token, is not asked, as in AWS's SDK: who can
//! make this machine send a request could read its keys.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_credential_types::Credentials;
use aws_credential_types::credential_feature::AwsCredentialFeature;
use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use super::attempts::Retries;
use super::key_document::{KeyDocument, parse_key_document, with_feature};
use super::refusal::{Refusal, SendError};
use super::request::{Request, send, text_of, timeouts};
use crate::client::config::settings::{Settings, is_url};

const TOKEN: &str = "x-aws-ec2-metadata-token";
const TOKEN_LIFETIME: &str = "x-aws-ec2-metadata-token-ttl-seconds";

/// The lifetime that a token is asked for: six hours, the longest.
const LIFETIME: &str = "21600";

/// A token that ends sooner is not used any more.
const TOKEN_MARGIN: Duration = Duration::from_mins(2);

const ROLES: &str = "/latest/meta-data/iam/security-credentials/";
const REGION: &str = "/latest/meta-data/placement/region";

/// Expired keys are used for so long, and up to five minutes more, until they are asked for again: while the service cannot renew them, AWS accepts them.
const EXTENSION: Duration = Duration::from_mins(10);

/// The metadata of this instance, if it is one. It keeps the token, and the keys for a time when the service fails.
#[derive(Default)]
pub(super) struct Instance {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    token: Option<Token>,
    keys: Option<Credentials>,
}

#[derive(Clone)]
struct Token {
    value: String,
    expires: SystemTime,
}

/// Why there is no text.
enum MetadataError {
    Configuration(String),
    /// Nothing answers: this is no instance.
    NoInstance(SendError),
    NotFound,
    Failed(SendError),
}

/// The region of this instance, if it is one and says it.
pub(in crate::client::config) async fn region_of_instance(settings: &Settings) -> Option<String> {
    if is_disabled(settings) {
        return None;
    }
    Instance::default().get(REGION, settings).await.ok()
}

impl Instance {
    /// The keys of the instance's role. Not loaded where there is no instance or no role, or the service is switched off.
    pub(super) async fn keys(&self, settings: &Settings) -> Result<Credentials, CredentialsError> {
        match self.new_keys(settings).await {
            Ok(keys) => {
                self.state().keys = Some(keys.clone());
                Ok(keys)
            }
            Err(error) => self.state().keys.clone().ok_or(error),
        }
    }

    async fn new_keys(&self, settings: &Settings) -> Result<Credentials, CredentialsError> {
        if is_disabled(settings) {
            let sentence = "IMDS disabled by AWS_EC2_METADATA_DISABLED env var set to `true`";
            return Err(CredentialsError::not_loaded(sentence));
        }
        let roles = self.get(ROLES, settings).await?;
        let role = roles.trim();
        let document = self.get(&format!("{ROLES}{role}"), settings).await.map_err(|error| match error {
            MetadataError::NotFound => CredentialsError::provider_error(format!("IMDS has no keys of the role `{role}`")),
            other => other.into(),
        })?;
        let keys = keys_of(&document, settings.now())?;
        Ok(with_feature(keys, AwsCredentialFeature::CredentialsImds))
    }

    async fn get(&self, path: &str, settings: &Settings) -> Result<String, MetadataError> {
        let endpoint = endpoint(settings)?;
        let token = self.token(&endpoint, settings).await?;
        let request = request("GET", &endpoint, path, (TOKEN, token));
        let read = |response: &HttpResponse| {
            if response.status().is_success() {
                Ok(text_of(response).to_owned())
            } else {
                Err(refused(response))
            }
        };
        match send(request, settings, read).await {
            Ok(text) => Ok(text),
            Err(SendError::Refused(refusal)) if refusal.status == 404 => Err(MetadataError::NotFound),
            Err(error) => {
                // It may be the token.
                self.state().token = None;
                Err(MetadataError::Failed(error))
            }
        }
    }

    async fn token(&self, endpoint: &str, settings: &Settings) -> Result<String, MetadataError> {
        let good_until = settings.now().checked_add(TOKEN_MARGIN);
        let known = self.state().token.clone();
        if let Some(token) = known.filter(|token| good_until.is_some_and(|until| until < token.expires)) {
            return Ok(token.value);
        }
        let request = request("PUT", endpoint, "/latest/api/token", (TOKEN_LIFETIME, LIFETIME.to_owned()));
        let read = |response: &HttpResponse| {
            let lifetime = response.headers().get(TOKEN_LIFETIME).and_then(|seconds| seconds.parse().ok());
            match lifetime.filter(|_| response.status().is_success()) {
                Some(seconds) => Ok((text_of(response).to_owned(), Duration::from_secs(seconds))),
                None => Err(no_token(response)),
            }
        };
        let (token, lifetime) = send(request, settings, read).await.map_err(|error| match error {
            SendError::Unreachable(_) => MetadataError::NoInstance(error),
            other => MetadataError::Failed(other),
        })?;
        let expires = settings.now().checked_add(lifetime).unwrap_or(UNIX_EPOCH);
        self.state().token = Some(Token {
            value: token.clone(),
            expires,
        });
        Ok(token)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl From<MetadataError> for CredentialsError {
    fn from(error: MetadataError) -> Self {
        match error {
            MetadataError::Configuration(sentence) => Self::invalid_configuration(sentence),
            MetadataError::NoInstance(error) => Self::not_loaded(error),
            MetadataError::NotFound => Self::not_loaded("received 404 from IMDS: the instance has no role"),
            MetadataError::Failed(error) => Self::provider_error(error),
        }
    }
}

fn is_disabled(settings: &Settings) -> bool {
    let value = settings.variable("AWS_EC2_METADATA_DISABLED");
    value.is_some_and(|value| value.eq_ignore_ascii_case("true"))
}

/// Where the metadata are: by a URL of the environment or the profile, or else by the version of the internet protocol that they name.
fn endpoint(settings: &Settings) -> Result<String, MetadataError> {
    let url = settings.value("AWS_EC2_METADATA_SERVICE_ENDPOINT", "ec2_metadata_service_endpoint");
    if let Some(url) = url {
        let sentence = || MetadataError::Configuration(format!("the endpoint of the instance's metadata is no URL: {url}"));
        return Some(url.clone()).filter(|url| is_url(url)).ok_or_else(sentence);
    }
    let mode = settings.value("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "ec2_metadata_service_endpoint_mode");
    match mode.as_deref().map(str::to_ascii_lowercase).as_deref() {
        None | Some("ipv4") => Ok("http://169.254.169.254".to_owned()),
        Some("ipv6") => Ok("http://[fd00:ec2::254]".to_owned()),
        Some(_) => Err(MetadataError::Configuration(format!(
            "`{}` is not a valid endpoint mode. Valid values are [`IPv4`, `IPv6`]",
            mode.unwrap_or_default()
        ))),
    }
}

/// The limits are short: where there is no instance, nothing answers.
fn request(method: &'static str, endpoint: &str, path: &str, header: (&'static str, String)) -> Request {
    let second = Duration::from_secs(1);
    Request {
        service: "imds",
        endpoint: endpoint.to_owned(),
        method,
        path: path.to_owned(),
        headers: vec![header],
        body: String::new(),
        signed: None,
        timeouts: timeouts(second, second)
            .operation_attempt_timeout(Duration::from_secs(10))
            .operation_timeout(Duration::from_secs(30))
            .build(),
        retries: Retries::Instance,
    }
}

fn refused(response: &HttpResponse) -> Refusal {
    Refusal::unnamed(response, format!("error response from IMDS (code: {})", response.status().as_u16()))
}

fn no_token(response: &HttpResponse) -> Refusal {
    let why = match response.status().as_u16() {
        403 => "request forbidden: IMDS is disabled or the caller has insufficient permissions".to_owned(),
        200..300 => "token response did not contain a valid TTL header".to_owned(),
        status => format!("HTTP status {status}"),
    };
    Refusal::unnamed(response, format!("failed to load IMDS session token: {why}"))
}

fn keys_of(document: &str, now: SystemTime) -> Result<Credentials, CredentialsError> {
    let mut keys = match parse_key_document(document.as_bytes(), "IMDSv2") {
        Ok(KeyDocument::Keys(keys)) => keys,
        Ok(KeyDocument::Error { code, message }) if code == "AssumeRoleUnauthorizedAccess" => {
            return Err(CredentialsError::invalid_configuration(format!(
                "Incorrect IMDS/IAM configuration: [{code}] {message}. Hint: Does this role have a trust relationship with EC2?"
            )));
        }
        Ok(KeyDocument::Error { code, message }) => {
            return Err(CredentialsError::provider_error(format!(
                "Error retrieving credentials from IMDS: {code} {message}"
            )));
        }
        Err(why) => return Err(CredentialsError::unhandled(why)),
    };
    if let Some(expiry) = keys.expiry_mut() {
        *expiry = extended(*expiry, now);
    }
    Ok(keys)
}

/// When keys that end at `expiry` are asked for again. Many instances are not to do it in the same second.
fn extended(expiry: SystemTime, now: SystemTime) -> SystemTime {
    if now < expiry {
        return expiry;
    }
    let nanoseconds = now.duration_since(UNIX_EPOCH).unwrap_or_default().subsec_nanos();
    let jitter = Duration::from_secs(u64::from(nanoseconds / 1000 % 301));
    now.checked_add(EXTENSION + jitter).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::{EXTENSION, extended};

    #[test]
    fn expired_keys_are_used_for_ten_to_fifteen_minutes() {
        let now = UNIX_EPOCH + Duration::new(1_000_000, 123_456_789);
        let later = now + Duration::from_secs(1);
        assert_eq!(extended(later, now), later);
        for expiry in [now, UNIX_EPOCH] {
            let left = extended(expiry, now).duration_since(now).unwrap();
            assert!(left >= EXTENSION && left <= EXTENSION + Duration::from_mins(5), "{left:?}");
        }
    }
}
