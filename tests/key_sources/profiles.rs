//! What a profile may say, and what it may get wrong.

use crate::answers::{container, instance, nobody, sts};
use crate::support::{Case, same, same_failure};

const BASE: &str = "[profile base]\naws_access_key_id = AKIA-base\naws_secret_access_key = a-secret\n";
const ROLE: &str = "role_arn = arn:aws:iam::123456789012:role/";

#[tokio::test]
async fn keys_in_the_files() {
    let config = "[default]\naws_access_key_id = A\naws_secret_access_key = S\naws_session_token = T\naws_account_id = 123456789012\n";
    assert_eq!(same("configuration", &Case::with_config(config), nobody).await.id(), "A");
    let mut both = Case::with_config(config.replace("= A\n", "= other\n"));
    config.clone_into(&mut both.credentials);
    assert_eq!(same("credentials", &both, nobody).await.id(), "A");
    let named = Case::with_config("[profile blue]\naws_access_key_id = B\naws_secret_access_key = S\n");
    assert_eq!(same("named", &named.clone().and("AWS_PROFILE", "blue"), nobody).await.id(), "B");
    assert_eq!(
        same(
            "an option",
            &Case {
                profile: Some("blue"),
                ..named
            },
            nobody
        )
        .await
        .id(),
        "B"
    );
}

#[tokio::test]
async fn chains_of_roles() {
    let config = format!(
        "[default]\n{ROLE}outer\nsource_profile = middle\nexternal_id = a b/c\nrole_session_name = me@here\n[profile middle]\n{ROLE}inner\nsource_profile = base\n{BASE}"
    );
    let outcome = same("two roles", &Case::with_config(config), sts).await;
    assert_eq!((outcome.id(), outcome.requests.len()), ("ASIA-outer", 2));
    let own = format!("[default]\n{ROLE}own\nsource_profile = default\naws_access_key_id = AKIA-own\naws_secret_access_key = a-secret\n");
    assert_eq!(same("its own source", &Case::with_config(own), sts).await.id(), "ASIA-own");
    // A source with keys is not asked for its role.
    let both = format!(
        "[default]\n{ROLE}outer\nsource_profile = both\n[profile both]\n{ROLE}unused\nsource_profile = base\naws_access_key_id = AKIA-both\naws_secret_access_key = a-secret\n{BASE}"
    );
    assert_eq!(same("a source with keys", &Case::with_config(both), sts).await.requests.len(), 1);
}

#[tokio::test]
async fn sources_outside_of_the_files() {
    let config = |source: &str| format!("[default]\n{ROLE}assumed\ncredential_source = {source}\n");
    let answers = |request: &crate::support::Seen| match request.url.as_str() {
        url if url.starts_with("https://sts.") => sts(request),
        url if url.starts_with("http://169.254.170.2/") => container(request),
        _ => instance(request),
    };
    for source in ["Ec2InstanceMetadata", "EcsContainer", "ec2instancemetadata"] {
        let case = Case::with_config(config(source)).and("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/keys");
        assert_eq!(same(source, &case, answers).await.id(), "ASIA-assumed");
    }
    let program = r#"[default]
credential_process = printf '{"Version":1,"AccessKeyId":"ASIA-program","SecretAccessKey":"a-secret","SessionToken":"T","Expiration":"2026-01-02T03:04:05Z"}'
aws_account_id = 123456789012
"#;
    let program = Case::with_config(program);
    let (theirs, ours) = (
        crate::support::theirs(&program, nobody).await,
        crate::support::ours(&program, nobody).await,
    );
    assert_eq!(ours.keys.as_ref().unwrap(), theirs.keys.as_ref().unwrap());
}

#[tokio::test]
async fn broken_profiles() {
    let cases: [(&str, String); 18] = [
        (
            "a loop",
            format!("[default]\n{ROLE}a\nsource_profile = b\n[profile b]\n{ROLE}b\nsource_profile = c\n[profile c]\n{ROLE}c\nsource_profile = b\n"),
        ),
        ("no source", format!("[default]\n{ROLE}a\n")),
        (
            "two sources",
            format!("[default]\n{ROLE}a\nsource_profile = base\ncredential_source = Environment\n{BASE}"),
        ),
        ("an unknown source", format!("[default]\n{ROLE}a\ncredential_source = Vault\n")),
        (
            "a source without keys",
            format!("[default]\n{ROLE}a\nsource_profile = b\n[profile b]\nregion = eu-west-1\n"),
        ),
        (
            "a source with half a pair",
            format!("[default]\n{ROLE}a\nsource_profile = b\n[profile b]\naws_access_key_id = A\n"),
        ),
        ("an id alone", "[default]\naws_access_key_id = A\n".to_owned()),
        ("a secret alone", "[default]\naws_secret_access_key = S\n".to_owned()),
        ("a token alone", "[default]\naws_session_token = T\n".to_owned()),
        ("a token without a role", "[default]\nweb_identity_token_file = /token\n".to_owned()),
        (
            "an unknown session",
            "[default]\nsso_session = work\nsso_account_id = 1\nsso_role_name = a\n".to_owned(),
        ),
        (
            "a URL beside a session",
            "[default]\nsso_session = work\nsso_start_url = x\n[sso-session work]\nsso_region = eu-west-1\n".to_owned(),
        ),
        (
            "a region beside a session",
            "[default]\nsso_session = work\nsso_region = x\n[sso-session work]\nsso_region = eu-west-1\n".to_owned(),
        ),
        (
            "an account without a role",
            "[default]\nsso_account_id = 1\nsso_region = eu-west-1\nsso_start_url = x\n".to_owned(),
        ),
        (
            "a role without an account",
            "[default]\nsso_role_name = a\nsso_region = eu-west-1\nsso_start_url = x\n".to_owned(),
        ),
        ("a source that is missing", format!("[default]\n{ROLE}a\nsource_profile = missing\n")),
        (
            "a session without a region",
            "[default]\nsso_session = work\nsso_account_id = 1\nsso_role_name = a\n[sso-session work]\nsso_start_url = x\n".to_owned(),
        ),
        (
            "a token for no role",
            "[default]\nsso_session = work\n[sso-session work]\nsso_region = eu-west-1\nsso_start_url = x\n".to_owned(),
        ),
    ];
    for (name, config) in cases {
        let case = Case::with_config(config).and("AWS_EC2_METADATA_DISABLED", "true");
        let (theirs, ours) = (crate::support::theirs(&case, nobody).await, crate::support::ours(&case, nobody).await);
        let (theirs, ours) = (theirs.keys.as_ref().unwrap_err(), ours.keys.as_ref().unwrap_err());
        // In a list of all sources the SDK does not say which profile it was.
        let ours = ours.replace("profile `default` will resolve", "selected profile will resolve");
        let lines = |text: &str| {
            text.lines()
                .filter(|line| !line.contains("WebIdentityToken"))
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        assert_eq!(lines(&ours), lines(theirs), "{name}");
    }
}

#[tokio::test]
async fn a_login_session_is_not_supported_and_says_what_is() {
    let case = Case::with_config("[default]\nlogin_session = arn:aws:iam::123456789012:user/me\n");
    let outcome = crate::support::ours(&case, nobody).await;
    assert!(
        outcome
            .keys
            .as_ref()
            .unwrap_err()
            .contains("aws configure export-credentials --profile default")
    );
}

#[tokio::test]
async fn a_source_that_fails_is_the_end() {
    let case =
        Case::with_config(format!("[default]\n{ROLE}assumed\ncredential_source = Ec2InstanceMetadata\n")).and("AWS_EC2_METADATA_DISABLED", "true");
    let sentence = same_failure("switched off", &case, sts).await;
    assert_eq!(sentence, "IMDS disabled by AWS_EC2_METADATA_DISABLED env var set to `true`");
}
