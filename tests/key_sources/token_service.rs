//! Roles: what STS is asked, where, and what it answers.

use crate::answers::{nobody, sts};
use crate::support::{Answer, Case, Seen, answer, ours, same};

const WEB: [(&str, &str); 2] = [
    ("AWS_WEB_IDENTITY_TOKEN_FILE", "{home}/token"),
    ("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/web"),
];
const ROLE: &str = "[default]\nrole_arn = arn:aws:iam::123456789012:role/assumed\nsource_profile = base\n[profile base]\naws_access_key_id = AKIA-base\naws_secret_access_key = a-secret\naws_session_token = base-token\n";

fn web_identity() -> Case {
    Case::with_variables(&WEB).file("token", "a.web+identity/token==")
}

#[tokio::test]
async fn roles_for_a_token() {
    assert_eq!(same("environment", &web_identity(), sts).await.id(), "ASIA-web");
    same("with a session", &web_identity().and("AWS_ROLE_SESSION_NAME", "me"), sts).await;
    let profile = "[default]\nrole_arn = arn:aws:iam::123456789012:role/profile\nweb_identity_token_file = {home}/token\n";
    let case = Case::with_config(profile).file("token", "token");
    assert_eq!(same("profile", &case, sts).await.id(), "ASIA-profile");
    let case = Case::with_config(format!("{profile}role_session_name = mine\n")).file("token", "token");
    same("profile with a session", &case, sts).await;
    let source = format!("[profile outer]\nrole_arn = arn:aws:iam::123456789012:role/outer\nsource_profile = default\n{profile}");
    let case = Case::with_config(source).file("token", "token").and("AWS_PROFILE", "outer");
    assert_eq!(same("as a source", &case, sts).await.id(), "ASIA-outer");
}

#[tokio::test]
async fn a_token_that_is_not_there_or_none() {
    let missing = Case::with_variables(&WEB);
    let sentence = crate::support::same_failure("missing", &missing, sts).await;
    assert!(sentence.starts_with("No such file"), "{sentence}");
    let half = Case::with_variables(&WEB[..1]).and("AWS_EC2_METADATA_DISABLED", "true");
    same("without a role", &half, sts).await;
}

#[tokio::test]
async fn endpoints_of_partitions_and_kinds() {
    let regions = [
        "us-east-1",
        "eu-central-1",
        "ap-southeast-5",
        "cn-north-1",
        "us-gov-west-1",
        "us-iso-east-1",
        "us-isob-east-1",
        "eu-isoe-west-1",
        "us-isof-south-1",
        "eusc-de-east-1",
        "aws-global",
        "not-a-region",
    ];
    for region in regions {
        for kind in 0..4 {
            let mut case = Case::with_config(ROLE).and("AWS_REGION", region);
            if kind & 1 == 1 {
                case = case.and("AWS_USE_FIPS_ENDPOINT", "true");
            }
            if kind & 2 == 2 {
                case = case.and("AWS_USE_DUALSTACK_ENDPOINT", "true");
            }
            same(&format!("{region} {kind}"), &case, sts).await;
        }
    }
}

#[tokio::test]
async fn endpoints_of_settings() {
    let web = web_identity();
    for variable in ["AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL"] {
        let outcome = same(variable, &web.clone().and(variable, "http://127.0.0.1:4566/base"), sts).await;
        assert_eq!(outcome.requests[0].url, "http://127.0.0.1:4566/base/", "{variable}");
        let fips = web.clone().and(variable, "http://127.0.0.1:4566").and("AWS_USE_FIPS_ENDPOINT", "true");
        let sentence = crate::support::same_failure(variable, &fips, sts).await;
        assert_eq!(sentence, "Invalid Configuration: FIPS and custom endpoint are not supported");
    }
    let services = "[default]\nservices = local\n[services local]\nsts =\n  endpoint_url = http://127.0.0.1:4567\n";
    let case = Case {
        config: services.to_owned(),
        ..web.clone()
    };
    assert_eq!(same("services", &case, sts).await.requests[0].url, "http://127.0.0.1:4567/");
    // The SDK has this for its services, and forgets it for its own chain.
    let ignored = web
        .and("AWS_ENDPOINT_URL", "http://127.0.0.1:4566")
        .and("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true");
    assert_eq!(ours(&ignored, sts).await.requests[0].url, "https://sts.eu-west-1.amazonaws.com/");
}

#[tokio::test]
async fn the_region_is_that_of_the_profile_or_of_its_source() {
    let config = "[default]\nrole_arn = arn:aws:iam::123456789012:role/assumed\nsource_profile = base\n[profile base]\nregion = sa-east-1\naws_access_key_id = AKIA-base\naws_secret_access_key = a-secret\n";
    let case = Case::with_config(config)
        .and("AWS_DEFAULT_REGION", "ca-central-1")
        .and("AWS_REGION", "ca-west-1");
    assert!(same("environment", &case, sts).await.requests[0].url.contains("ca-west-1"));
}

#[tokio::test]
async fn a_refusal_says_the_service_the_error_and_its_message() {
    let config = ROLE.replace("role/assumed", "role/refused");
    let outcome = same("refused", &Case::with_config(config), sts).await;
    assert_eq!(outcome.keys.as_ref().unwrap_err(), "STS answered AccessDenied: Not <you>");
    assert_eq!(outcome.requests.len(), 1);
}

/// What each answers the first attempts with, and how often STS is asked then.
#[tokio::test]
async fn what_may_pass_is_tried_again() {
    let error = |code: &str| format!("<ErrorResponse><Error><Code>{code}</Code><Message>Wait.</Message></Error></ErrorResponse>");
    let failures: [(&str, Answer, usize); 7] = [
        (
            "nobody",
            nobody(&Seen {
                method: String::new(),
                url: String::new(),
                headers: [].into(),
                body: String::new(),
            }),
            3,
        ),
        ("a server's error", answer(500, "down"), 3),
        ("throttling", answer(400, error("Throttling")), 3),
        ("the identity provider", answer(400, error("IDPCommunicationError")), 3),
        ("a wrong token", answer(400, error("InvalidIdentityToken")), 1),
        ("no XML", answer(200, "<html>"), 1),
        ("nothing", answer(403, ""), 1),
    ];
    for (name, failure, attempts) in failures {
        let outcome = same(name, &web_identity(), move |_: &Seen| failure.clone()).await;
        assert_eq!(outcome.requests.len(), attempts, "{name}: {:?}", outcome.keys);
        assert!(outcome.keys.is_err());
    }
    let once = same("one attempt", &web_identity().and("AWS_MAX_ATTEMPTS", "1"), |_: &Seen| answer(500, "")).await;
    assert_eq!(once.requests.len(), 1);
    let adaptive = web_identity().and("AWS_RETRY_MODE", "adaptive").and("AWS_MAX_ATTEMPTS", "4");
    let outcome = same("adaptive", &adaptive, |_: &Seen| answer(500, "")).await;
    assert_eq!(outcome.requests.len(), 4);
}

#[tokio::test]
async fn a_signature_with_the_wrong_time_is_made_again() {
    let later = |request: &Seen| {
        if request.headers.get("x-amz-date").is_some_and(|date| date.starts_with("20260102T01")) {
            return sts(request);
        }
        let refusal = "<ErrorResponse><Error><Code>SignatureDoesNotMatch</Code><Message>Signature expired.</Message></Error></ErrorResponse>";
        Some((403, vec![("date", "Fri, 02 Jan 2026 01:00:00 GMT".to_owned())], refusal.to_owned()))
    };
    let outcome = same("corrected", &Case::with_config(ROLE), later).await;
    assert_eq!((outcome.id(), outcome.requests.len()), ("ASIA-assumed", 2));
    let switched_off = Case::with_config(ROLE).and("AWS_DISABLE_CLOCK_SKEW_CORRECTION", "true");
    assert!(ours(&switched_off, later).await.keys.is_err());
}

#[tokio::test]
async fn an_answer_that_is_too_long_is_not_read() {
    let outcome = ours(&web_identity(), |_: &Seen| answer(200, "x".repeat(2 << 20))).await;
    assert_eq!(outcome.keys.as_ref().unwrap_err(), "length limit exceeded");
}

#[tokio::test]
async fn no_secret_is_in_what_is_told() {
    let told = |body: &'static str| async move {
        let outcome = ours(&web_identity(), move |_: &Seen| answer(200, body)).await;
        format!("{:?}", outcome.keys.as_ref().unwrap_err())
    };
    let half = "<Credentials><SecretAccessKey>hush</SecretAccessKey></Credentials>";
    assert!(!told(half).await.contains("hush"));
}
