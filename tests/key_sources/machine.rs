//! What the machine has beside it: a container's service, and an instance's metadata.

use std::time::Duration;

use crate::answers::{container, document, instance, nobody};
use crate::support::{Case, Seen, answer, now, ours, same, same_failure};

const RELATIVE: &str = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
const FULL: &str = "AWS_CONTAINER_CREDENTIALS_FULL_URI";

#[tokio::test]
async fn services_of_containers() {
    for (variable, value) in [
        (RELATIVE, "/v2/credentials?id=1"),
        (RELATIVE, "/"),
        (FULL, "http://127.0.0.1:8080/role?a=b"),
        (FULL, "http://localhost:8080/role"),
        (FULL, "http://[::1]:8080/role"),
        (FULL, "http://169.254.170.23/v1/credentials"),
        (FULL, "https://keys.example/role"),
    ] {
        let case = Case::default().and(variable, value);
        assert_eq!(same(value, &case, container).await.id(), "ASIA-document");
        same("a token", &case.clone().and("AWS_CONTAINER_AUTHORIZATION_TOKEN", "Basic x"), container).await;
        let file = case
            .file("token", "from-a-file")
            .and("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "{home}/token")
            .and("AWS_CONTAINER_AUTHORIZATION_TOKEN", "x");
        let outcome = same("a file of a token", &file, container).await;
        assert_eq!(outcome.requests[0].headers.get("authorization").unwrap(), "from-a-file");
    }
    let both = Case::default().and(RELATIVE, "/relative").and(FULL, "http://127.0.0.1/full");
    assert_eq!(same("both", &both, container).await.requests[0].url, "http://169.254.170.2/relative");
}

#[tokio::test]
async fn hosts_that_are_not_beside_the_machine_are_not_asked() {
    for url in [
        "http://192.0.2.1/role",
        "http://169.254.169.254/role",
        "http://[fd00:ec2::24]/role",
        "/role",
    ] {
        same_failure(url, &Case::default().and(FULL, url), container).await;
    }
    for (variable, value) in [(FULL, "not a url"), (RELATIVE, "not a path")] {
        let outcome = same(value, &Case::default().and(variable, value), container).await;
        assert!(outcome.keys.as_ref().unwrap_err().starts_with("invalid "), "{:?}", outcome.keys);
    }
    let container_case = Case::default().and(RELATIVE, "/keys");
    same_failure(
        "no file",
        &container_case.clone().and("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "{home}/no"),
        container,
    )
    .await;
    let broken = container_case
        .file("token", "line\nbreak")
        .and("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "{home}/token");
    let outcome = same("a line break", &broken, container).await;
    assert!(outcome.keys.as_ref().unwrap_err().contains("line break"));
}

#[tokio::test]
async fn answers_of_containers_that_have_no_keys() {
    let case = Case::default().and(RELATIVE, "/keys");
    let cases: [(&str, u16, String, usize); 6] = [
        ("a refusal", 403, "no".to_owned(), 1),
        ("a server's error", 503, "no".to_owned(), 3),
        ("no JSON", 200, "<html>".to_owned(), 3),
        ("half a document", 200, r#"{"AccessKeyId":"A"}"#.to_owned(), 3),
        ("an error", 200, r#"{"code":"NoRole","message":"No."}"#.to_owned(), 1),
        ("an odd time", 200, document().replace("2026-01-02T", "soon"), 3),
    ];
    for (name, status, body, attempts) in cases {
        let outcome = same(name, &case, move |_: &Seen| answer(status, body.clone())).await;
        assert_eq!(outcome.requests.len(), attempts, "{name}");
        assert!(outcome.keys.is_err(), "{name}");
    }
    same("nobody", &case, nobody).await;
}

#[tokio::test]
async fn metadata_of_instances() {
    let outcome = same("version 4 of the protocol", &Case::default(), instance).await;
    assert_eq!((outcome.id(), outcome.requests.len()), ("ASIA-document", 3));
    assert_eq!(outcome.requests[0].url, "http://169.254.169.254/latest/api/token");
    for (name, case) in [
        ("version 6", Case::default().and("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "IPv6")),
        ("a URL", Case::default().and("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:1338")),
        (
            "a URL with a path",
            Case::default().and("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:1338/base/"),
        ),
        (
            "the profile's version",
            Case::with_config("[default]\nec2_metadata_service_endpoint_mode = ipv6\n"),
        ),
        (
            "the profile's URL",
            Case::with_config("[default]\nec2_metadata_service_endpoint = http://127.0.0.1:1339\n"),
        ),
        ("not switched off", Case::default().and("AWS_EC2_METADATA_DISABLED", "no")),
    ] {
        assert_eq!(same(name, &case, instance).await.id(), "ASIA-document", "{name}");
    }
    for (name, case) in [
        ("switched off", Case::default().and("AWS_EC2_METADATA_DISABLED", "True")),
        (
            "an unknown version",
            Case::default().and("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "ipv5"),
        ),
    ] {
        let outcome = same(name, &case, instance).await;
        assert!(outcome.keys.is_err() && outcome.requests.is_empty(), "{name}");
    }
}

/// Answers a path with a status and a text, and all else as an instance does.
fn but(path: &'static str, status: u16, body: &'static str) -> impl Fn(&Seen) -> crate::support::Answer + Send + Sync + Clone + 'static {
    move |request: &Seen| {
        if request.url.ends_with(path) {
            answer(status, body)
        } else {
            instance(request)
        }
    }
}

#[tokio::test]
async fn metadata_without_keys() {
    let (token, roles, role) = ("/latest/api/token", "/security-credentials/", "/a-role");
    let cases = [
        ("no version 2", but(token, 403, ""), 1),
        ("bad parameters", but(token, 400, ""), 1),
        ("a token without an end", but(token, 200, "a-token"), 1),
        ("a token's server is down", but(token, 500, ""), 4),
        ("no role", but(roles, 404, ""), 2),
        ("the roles' server is down", but(roles, 503, ""), 5),
        ("a token that has expired", but(roles, 401, ""), 5),
        ("a role without keys", but(role, 404, ""), 3),
        (
            "a role that may not",
            but(role, 200, r#"{"Code":"AssumeRoleUnauthorizedAccess","Message":"No."}"#),
            3,
        ),
        ("an error", but(role, 200, r#"{"Code":"Failed","Message":"No."}"#), 3),
        ("no JSON", but(role, 200, "<html>"), 3),
    ];
    for (name, answers, requests) in cases {
        let outcome = same(name, &Case::default(), answers).await;
        assert_eq!(outcome.requests.len(), requests, "{name}");
        assert!(outcome.keys.is_err(), "{name}");
    }
}

#[tokio::test]
async fn expired_keys_of_an_instance_are_used_a_little_longer() {
    let expired = document().replace("T01:00", "T00:00").replace("2026-01-02", "2026-01-01");
    let answers = move |request: &Seen| {
        if request.url.ends_with("/a-role") {
            answer(200, expired.clone())
        } else {
            instance(request)
        }
    };
    for keys in [
        crate::support::theirs(&Case::default(), answers.clone()).await,
        ours(&Case::default(), answers).await,
    ] {
        let left = keys.keys.as_ref().unwrap().expiry().unwrap().duration_since(now()).unwrap();
        assert!(left >= Duration::from_mins(10) && left <= Duration::from_mins(15), "{left:?}");
    }
}
