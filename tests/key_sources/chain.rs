//! The order of the sources, and the environment's keys.

use langchain_aws_native::client::config::ClientOptions;
use langchain_aws_native::client::{CallOptions, Client};

use crate::answers::{container, instance, nobody, sts};
use crate::support::{Case, Seen, options, ours, same, same_failure, shared_network};

const KEYS: [(&str, &str); 2] = [("AWS_ACCESS_KEY_ID", "AKIA-environment"), ("AWS_SECRET_ACCESS_KEY", "a-secret")];
const STATIC: &str = "[default]\naws_access_key_id = AKIA-profile\naws_secret_access_key = a-secret\n";
const WEB: [(&str, &str); 2] = [
    ("AWS_WEB_IDENTITY_TOKEN_FILE", "{home}/token"),
    ("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/web"),
];

#[tokio::test]
async fn keys_of_the_environment() {
    let complete = Case::with_variables(&KEYS);
    assert_eq!(same("complete", &complete, nobody).await.id(), "AKIA-environment");
    let more = complete.clone().and("AWS_SESSION_TOKEN", " token ").and("AWS_ACCOUNT_ID", "123456789012");
    same("with a token and an account", &more, nobody).await;
    let blank = complete.clone().and("AWS_SESSION_TOKEN", " ").and("AWS_ACCOUNT_ID", "");
    same("with a blank token", &blank, nobody).await;
    let older = Case::with_variables(&[("AWS_ACCESS_KEY_ID", "A"), ("SECRET_ACCESS_KEY", "S")]);
    same("by the older name", &older, nobody).await;
    let half = Case::with_variables(&[("AWS_ACCESS_KEY_ID", " "), ("AWS_SECRET_ACCESS_KEY", "S")]);
    same("half of them", &half, instance).await;
}

#[tokio::test]
async fn each_source_comes_before_those_after_it() {
    let all = |skipped: usize| {
        let mut case = Case::default().file("token", "a-token");
        if skipped == 0 {
            case.variables.extend(KEYS);
        }
        if skipped <= 1 {
            STATIC.clone_into(&mut case.config);
        }
        if skipped <= 2 {
            case.variables.extend(WEB);
        }
        if skipped <= 3 {
            case = case.and("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/keys");
        }
        case
    };
    let answers = |request: &Seen| match request.url.as_str() {
        url if url.starts_with("https://sts.") => sts(request),
        url if url.starts_with("http://169.254.170.2/") => container(request),
        _ => instance(request),
    };
    for (skipped, id) in ["AKIA-environment", "AKIA-profile", "ASIA-web", "ASIA-document", "ASIA-document"]
        .iter()
        .enumerate()
    {
        let outcome = same(id, &all(skipped), answers).await;
        assert_eq!((outcome.id(), outcome.requests.len()), (*id, [0, 0, 1, 1, 3][skipped]));
    }
}

#[tokio::test]
async fn nothing_anywhere_names_what_was_asked() {
    let nowhere = Case::default().and("AWS_EC2_METADATA_DISABLED", "true");
    let outcome = ours(&nowhere, nobody).await;
    let told = outcome.keys.as_ref().unwrap_err();
    let sources: Vec<&str> = told.lines().skip(1).filter_map(|line| line.trim().split(':').next()).collect();
    assert_eq!(
        sources,
        ["Environment", "Profile", "WebIdentityToken", "EcsContainer", "Ec2InstanceMetadata"]
    );
    same("nobody is there", &Case::default(), nobody).await;
}

#[tokio::test]
async fn a_profile_of_the_options_comes_before_the_keys_of_the_environment() {
    let mut case = Case::with_variables(&KEYS);
    "[profile own]\naws_access_key_id = AKIA-own\naws_secret_access_key = a-secret\n[profile role]\nrole_arn = arn:aws:iam::123456789012:role/inner\ncredential_source = Environment\n"
        .clone_into(&mut case.config);
    case.profile = Some("own");
    assert_eq!(ours(&case, nobody).await.id(), "AKIA-own");
    case.profile = Some("role");
    let outcome = ours(&case, sts).await;
    assert_eq!(outcome.id(), "ASIA-inner");
    let authorization = outcome.requests[0].headers.get("authorization").unwrap();
    assert!(authorization.contains("Credential=AKIA-environment/"), "{authorization}");
}

/// The region of a client's requests.
async fn region_of(case: &Case) -> String {
    let variables = case
        .variables
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    let client = Client::new(ClientOptions {
        http_client: Some(shared_network(instance)),
        ..options(case, variables)
    });
    let _ = client.converse("a-model", b"{}".to_vec(), &CallOptions::default()).await;
    client.region().unwrap_or_default()
}

#[tokio::test]
async fn an_instance_knows_its_region() {
    let keys = Case::with_variables(&KEYS).and("HOME", "/nonexistent");
    assert_eq!(region_of(&keys).await, "af-south-1");
    assert_eq!(region_of(&keys.clone().and("AWS_REGION", "eu-north-1")).await, "eu-north-1");
    assert_eq!(region_of(&keys.and("AWS_EC2_METADATA_DISABLED", "TRUE")).await, "");
}

#[tokio::test]
async fn a_profile_that_is_missing_leaves_it_to_the_sources_after_it() {
    let case = Case::with_variables(&WEB).and("AWS_PROFILE", "missing").file("token", "a-token");
    assert_eq!(same("missing", &case, sts).await.id(), "ASIA-web");
    let empty = Case {
        config: "[default]\nregion = eu-west-1\n".to_owned(),
        ..case
    };
    assert_eq!(same("without keys", &empty, sts).await.id(), "ASIA-web");
}

#[tokio::test]
async fn a_broken_file_is_the_end() {
    let case = Case::with_config("[default\nkey = value\n");
    let sentence = same_failure("no profile file", &case, instance).await;
    assert_eq!(
        sentence,
        "ProfileFile provider could not be built: invalid profile: could not parse profile file"
    );
}

#[tokio::test]
async fn settings_that_cannot_be_are_told() {
    for (variable, value, told) in [
        (
            "AWS_MAX_ATTEMPTS",
            "0",
            "The number of attempts must be a whole number from 1 on, but it is `0`. source: global environment variable key: `AWS_MAX_ATTEMPTS`.",
        ),
        (
            "AWS_RETRY_MODE",
            "often",
            "The retry mode must be `standard` or `adaptive`, but it is `often`. source: ",
        ),
    ] {
        let outcome = ours(&Case::with_variables(&KEYS).and(variable, value), nobody).await;
        let sentence = outcome.keys.as_ref().unwrap_err();
        assert!(sentence.starts_with(told), "{sentence}");
    }
    let ignored = Case::with_variables(&KEYS)
        .and("AWS_USE_FIPS_ENDPOINT", "perhaps")
        .and("AWS_ENDPOINT_URL", "not a url");
    same("ignored", &ignored, nobody).await;
}
