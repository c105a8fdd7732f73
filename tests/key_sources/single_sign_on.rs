//! IAM Identity Center: tokens of sessions and of start URLs.

use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};

use crate::answers::sso;
use crate::support::{Case, Seen, answer, ours, same};

const URL: &str = "https://example.awsapps.com/start";

fn cache(identifier: &str) -> String {
    let hash = digest(&SHA1_FOR_LEGACY_USE_ONLY, identifier.as_bytes());
    let name: Vec<String> = hash.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    format!(".aws/sso/cache/{}.json", name.concat())
}

fn session(token: &str) -> Case {
    let config = format!(
        "[default]\nsso_session = work\nsso_account_id = 123456789012\nsso_role_name = Power User\n[sso-session work]\nsso_region = us-east-2\nsso_start_url = {URL}\n"
    );
    Case::with_config(config).file(cache("work"), token)
}

fn legacy(token: &str) -> Case {
    let config = format!("[default]\nsso_account_id = 123456789012\nsso_role_name = Reader\nsso_region = us-east-2\nsso_start_url = {URL}\n");
    Case::with_config(config).file(cache(URL), token)
}

/// A token that ends at that time of the day, which can be renewed until the end of the year.
fn token(access: &str, expires: &str) -> String {
    format!(
        r#"{{"startUrl":"{URL}","region":"us-east-2","accessToken":"{access}","expiresAt":"2026-01-02T{expires}Z","clientId":"client","clientSecret":"secret","registrationExpiresAt":"2026-12-31T00:00:00Z","refreshToken":"refresh","scopes":["sso:account:access"]}}"#
    )
}

#[tokio::test]
async fn a_good_token_brings_keys() {
    for (name, case) in [
        ("a session", session(&token("good", "01:00:00"))),
        ("a start URL", legacy(&token("good", "01:00:00"))),
    ] {
        let outcome = same(name, &case, sso).await;
        assert_eq!((outcome.id(), outcome.requests.len()), ("ASIA-sso", 1));
    }
    let outcome = same("as a source", &session(&token("good", "01:00:00")).and("AWS_PROFILE", "default"), sso).await;
    assert_eq!(
        outcome.requests[0].url,
        "https://portal.sso.us-east-2.amazonaws.com/federation/credentials?role_name=Power%20User&account_id=123456789012"
    );
}

#[tokio::test]
async fn a_token_that_expires_soon_is_renewed_and_kept_for_others() {
    for expires in ["00:05:00", "00:00:00"] {
        let case = session(&token("old", expires));
        let outcome = same(expires, &case, sso).await;
        assert_eq!((outcome.id(), outcome.requests.len()), ("ASIA-sso", 2));
        assert_eq!(outcome.requests[0].url, "https://oidc.us-east-2.amazonaws.com/token");
        let kept: serde_json::Value = serde_json::from_str(&outcome.read(&cache("work"))).unwrap();
        for (member, value) in [
            ("accessToken", "renewed"),
            ("refreshToken", "next-refresh"),
            ("expiresAt", "2026-01-02T08:00:00Z"),
            ("clientSecret", "secret"),
        ] {
            assert_eq!(kept.get(member).unwrap(), value);
        }
        // The SDK would drop what it does not know.
        assert!(kept.get("scopes").is_some());
        let theirs = crate::support::theirs(&case, sso).await;
        let theirs: serde_json::Value = serde_json::from_str(&theirs.read(&cache("work"))).unwrap();
        for (member, value) in theirs.as_object().unwrap() {
            assert_eq!(kept.get(member), Some(value));
        }
    }
    same("later", &session(&token("good", "00:05:01")), sso).await;
}

#[tokio::test]
async fn endpoints_of_partitions_and_kinds() {
    for region in [
        "us-east-1",
        "cn-north-1",
        "us-gov-west-1",
        "us-iso-east-1",
        "us-isob-east-1",
        "not-a-region",
    ] {
        for kind in 0..4 {
            let mut case = session(&token("old", "00:01:00"));
            case.config = case.config.replace("us-east-2", region);
            if kind & 1 == 1 {
                case = case.and("AWS_USE_FIPS_ENDPOINT", "true");
            }
            if kind & 2 == 2 {
                case = case.and("AWS_USE_DUALSTACK_ENDPOINT", "true");
            }
            same(&format!("{region} {kind}"), &case, sso).await;
        }
    }
    let case = session(&token("old", "00:01:00"))
        .and("AWS_ENDPOINT_URL_SSO", "http://127.0.0.1:1")
        .and("AWS_ENDPOINT_URL_SSO_OIDC", "http://127.0.0.1:2");
    let outcome = same("settings", &case, sso).await;
    assert!(outcome.requests[0].url.starts_with("http://127.0.0.1:2/token"));
    assert!(outcome.requests[1].url.starts_with("http://127.0.0.1:1/federation"));
}

#[tokio::test]
async fn a_token_that_is_not_renewed_is_used_while_it_is_good() {
    let refused = |request: &Seen| {
        if request.url.ends_with("/token") {
            return answer(400, r#"{"error":"invalid_grant","error_description":"Invalid refresh token provided"}"#);
        }
        sso(request)
    };
    let outcome = same("refused", &session(&token("good", "00:01:00")), refused).await;
    assert_eq!(outcome.id(), "ASIA-sso");
    let expired = ours(&session(&token("old", "00:00:00")), refused).await;
    let sentence =
        "the SSO token has expired and cannot be renewed (SSO OIDC answered invalid_grant: Invalid refresh token provided): run `aws sso login`";
    assert_eq!(expired.keys.as_ref().unwrap_err(), sentence);
    assert_eq!(expired.requests.len(), 1);
}

#[tokio::test]
async fn what_cannot_be_renewed_is_not_sent() {
    let old = token("old", "00:00:00");
    let cases = [
        ("no refresh token", session(&old.replace("refreshToken", "x"))),
        ("no registration", session(&old.replace("registrationExpiresAt", "x"))),
        ("an old registration", session(&old.replace("2026-12-31", "2026-01-01"))),
        ("a start URL", legacy(&old)),
    ];
    for (name, case) in cases {
        let outcome = ours(&case, sso).await;
        let sentence = "the SSO token has expired and cannot be renewed: run `aws sso login`";
        assert_eq!(
            (outcome.keys.as_ref().unwrap_err().as_str(), outcome.requests.len()),
            (sentence, 0),
            "{name}"
        );
        assert!(crate::support::theirs(&case, sso).await.keys.is_err(), "{name}");
    }
}

#[tokio::test]
async fn a_token_that_is_missing_or_refused() {
    let mut missing = session("");
    missing.files.clear();
    let outcome = same("missing", &missing, sso).await;
    let sentence = format!("failed to read `{{home}}/{}`, where `aws sso login` leaves its token", cache("work"));
    assert_eq!(outcome.keys.as_ref().unwrap_err(), &sentence);
    let broken = same("broken", &session("{"), sso).await;
    assert!(
        broken
            .keys
            .as_ref()
            .unwrap_err()
            .ends_with("cannot be read: the answer is no JSON object"),
        "{:?}",
        broken.keys
    );
    let refused = same("refused", &session(&token("wrong", "01:00:00")), sso).await;
    assert_eq!(
        refused.keys.as_ref().unwrap_err(),
        "SSO answered UnauthorizedException: Session token not found or invalid"
    );
    for body in ["", "{}", r#"{"roleCredentials":{"accessKeyId":"A"}}"#] {
        let outcome = same(body, &session(&token("good", "01:00:00")), move |_: &Seen| answer(200, body)).await;
        assert_eq!(outcome.keys.as_ref().unwrap_err(), "SSO did not return credentials");
    }
}
