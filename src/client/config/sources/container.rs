//! What ECS and EKS put beside a container: a service on this machine, or one that the environment names.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::credential_feature::AwsCredentialFeature;
use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use http::Uri;
use http::uri::Scheme;

use super::attempts::Retries;
use super::key_document::{KeyDocument, parse_key_document, with_feature};
use super::refusal::{Refusal, SendError};
use super::request::{Request, send, timeouts};
use crate::client::config::settings::Settings;

/// Where a relative path is. <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v2.html>
const ECS: &str = "http://169.254.170.2";

/// The addresses, beside this machine's own, that keys may come from without TLS: ECS, and EKS by either protocol.
const ALLOWED: [IpAddr; 3] = [
    IpAddr::V4(Ipv4Addr::new(169, 254, 170, 2)),
    IpAddr::V4(Ipv4Addr::new(169, 254, 170, 23)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0x0ec2, 0, 0, 0, 0, 0, 0x23)),
];

/// The keys beside this container. Not loaded where the environment names no service.
pub(super) async fn container_keys(settings: &Settings) -> Result<Credentials, CredentialsError> {
    let token = authorization(settings).await?;
    let url = service_url(settings).await?;
    let (endpoint, path) = split(&url);
    let mut headers = vec![("accept", "application/json".to_owned())];
    if let Some(token) = token {
        headers.push(("authorization", token));
    }
    let request = Request {
        service: "container",
        endpoint,
        method: "GET",
        path,
        headers,
        body: String::new(),
        signed: None,
        timeouts: timeouts(Duration::from_secs(2), Duration::from_secs(5))
            .operation_attempt_timeout(Duration::from_secs(10))
            .build(),
        retries: Retries::Container,
    };
    let keys = send(request, settings, read_answer).await.map_err(|error| match error {
        SendError::Refused(refusal) if refusal.is_unreadable() => CredentialsError::unhandled(refusal),
        other => CredentialsError::provider_error(other),
    })?;
    Ok(with_feature(keys, AwsCredentialFeature::CredentialsHttp))
}

fn read_answer(response: &HttpResponse) -> Result<Credentials, Refusal> {
    if !response.status().is_success() {
        let sentence = format!("Non-success status from HTTP credential provider: {}", response.status().as_u16());
        return Err(Refusal::unnamed(response, sentence));
    }
    match parse_key_document(response.body().bytes().unwrap_or_default(), "EcsContainer") {
        Ok(KeyDocument::Keys(keys)) => Ok(keys),
        Ok(KeyDocument::Error { code, message }) => Err(Refusal::stated(format!("failed to load credentials [{code}]: {message}"))),
        Err(why) => Err(Refusal::unnamed(response, why.to_string())),
    }
}

/// The header by which the service knows the container. A file is read anew each time: its token changes.
async fn authorization(settings: &Settings) -> Result<Option<String>, CredentialsError> {
    let token = match settings.variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE") {
        Some(file) => {
            let token = tokio::fs::read(file).await.map_err(CredentialsError::provider_error)?;
            Some(String::from_utf8(token).map_err(|_| invalid_token())?)
        }
        None => settings.variable("AWS_CONTAINER_AUTHORIZATION_TOKEN"),
    };
    match token {
        // A line break would end the header.
        Some(token) if http::HeaderValue::from_str(&token).is_err() => Err(invalid_token()),
        token => Ok(token),
    }
}

fn invalid_token() -> CredentialsError {
    CredentialsError::invalid_configuration(
        "the auth token could not be used as an HTTP header value: it has a character that it cannot have, such as a line break",
    )
}

async fn service_url(settings: &Settings) -> Result<Uri, CredentialsError> {
    if let Some(path) = settings.variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") {
        return relative(&path).ok_or_else(|| invalid(format!("invalid relative URI for ECS provider: {path}")));
    }
    let Some(url) = settings.variable("AWS_CONTAINER_CREDENTIALS_FULL_URI") else {
        return Err(CredentialsError::not_loaded("ECS provider not configured"));
    };
    match allowed(&url).await {
        Ok(uri) => Ok(uri),
        Err(why) => Err(invalid(format!("invalid full URI for ECS provider ({why}): {url}"))),
    }
}

fn invalid(sentence: String) -> CredentialsError {
    CredentialsError::invalid_configuration(sentence)
}

/// The URL of a path at ECS.
fn relative(path: &str) -> Option<Uri> {
    let uri: Uri = path.parse().ok()?;
    let path = uri.path_and_query()?.as_str();
    format!("{ECS}/{}", path.trim_start_matches('/')).parse().ok()
}

/// The URL, if keys may come from there: over TLS, or from this machine and what is beside it, so that whoever can set a variable cannot have the
/// token sent to a host of theirs.
async fn allowed(url: &str) -> Result<Uri, &'static str> {
    let uri: Uri = url.parse().map_err(|_| "URI was invalid")?;
    if uri.scheme() == Some(&Scheme::HTTPS) {
        return Ok(uri);
    }
    let host = uri.host().ok_or("URI did not specify a host")?;
    let addresses = match host.trim_matches(['[', ']']).parse::<IpAddr>() {
        Ok(address) => vec![address],
        Err(_) => lookup(host).await.ok_or("failed to perform DNS lookup while validating URI")?,
    };
    if addresses.iter().all(is_allowed) {
        Ok(uri)
    } else {
        Err("URI did not refer to an allowed IP address")
    }
}

async fn lookup(host: &str) -> Option<Vec<IpAddr>> {
    let found = tokio::net::lookup_host((host, 0)).await.ok()?;
    Some(found.map(|address| address.ip()).collect())
}

fn is_allowed(address: &IpAddr) -> bool {
    address.is_loopback() || ALLOWED.contains(address)
}

/// The base URL, and the path with its query.
fn split(uri: &Uri) -> (String, String) {
    let scheme = uri.scheme_str().unwrap_or("http");
    let authority = uri.authority().map(ToString::to_string).unwrap_or_default();
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    (format!("{scheme}://{authority}"), path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{allowed, relative, split};

    #[test]
    fn a_path_is_one_at_ecs() {
        let url = |path: &str| relative(path).map(|uri| uri.to_string());
        assert_eq!(url("/v2/keys?id=1").as_deref(), Some("http://169.254.170.2/v2/keys?id=1"));
        assert_eq!(url("http://evil.test/v2/keys").as_deref(), Some("http://169.254.170.2/v2/keys"));
        assert_eq!(url("not a path"), None);
        let (base, path) = split(&relative("/v2/keys?id=1").unwrap());
        assert_eq!((base.as_str(), path.as_str()), ("http://169.254.170.2", "/v2/keys?id=1"));
    }

    #[tokio::test]
    async fn keys_come_over_tls_or_from_this_machine_and_what_is_beside_it() {
        for url in [
            "https://keys.example/role",
            "http://127.0.0.1:8080/role",
            "http://127.200.1.1/role",
            "http://[::1]:80/role",
            "http://localhost:8080/role",
            "http://169.254.170.2/role",
            "http://169.254.170.23/v1/credentials",
            "http://[fd00:ec2::23]/v1/credentials",
        ] {
            assert!(allowed(url).await.is_ok(), "{url}");
        }
        let refused = "URI did not refer to an allowed IP address";
        for (url, why) in [
            ("http://169.254.169.254/role", refused),
            ("http://192.0.2.1/role", refused),
            ("http://[fd00:ec2::24]/role", refused),
            ("/role", "URI did not specify a host"),
            ("http://", "URI was invalid"),
            ("http://nowhere.invalid/role", "failed to perform DNS lookup while validating URI"),
        ] {
            assert_eq!(allowed(url).await.err(), Some(why), "{url}");
        }
    }
}
