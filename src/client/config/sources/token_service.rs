//! STS, which gives out keys for a role: to somebody with other keys, or with a token of an identity provider.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use aws_config::Region;
use aws_credential_types::Credentials;
use aws_credential_types::credential_feature::AwsCredentialFeature;
use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use super::attempts::Retries;
use super::endpoints::{Service, endpoint};
use super::key_document::{parse_time, with_feature};
use super::profile::Role;
use super::refusal::Refusal;
use super::request::{Request, Signed, send, service_timeouts, text_of};
use crate::client::config::settings::Settings;
use crate::client::encoding::encode;
use crate::client::xml;

/// A role that a token is good for.
pub(super) struct WebIdentity<'a> {
    pub(super) role_arn: &'a str,
    pub(super) token_file: &'a Path,
    pub(super) session_name: String,
}

/// Assumes `role` with `keys`.
pub(super) async fn assume_role(role: &Role, keys: Credentials, settings: &Settings) -> Result<Credentials, CredentialsError> {
    let session_name = role
        .session_name
        .clone()
        .unwrap_or_else(|| session_name("assume-role-from-profile", settings));
    let mut form = Form::new("AssumeRole");
    form.push("RoleArn", &role.arn);
    form.push("RoleSessionName", &session_name);
    if let Some(id) = &role.external_id {
        form.push("ExternalId", id);
    }
    ask(form, Some(keys), "AssumeRoleProvider", settings).await
}

/// Assumes a role with the token in a file, which is read anew each time.
pub(super) async fn assume_role_with_web_identity(identity: &WebIdentity<'_>, settings: &Settings) -> Result<Credentials, CredentialsError> {
    let token = tokio::fs::read(identity.token_file).await.map_err(CredentialsError::provider_error)?;
    let token = String::from_utf8(token).map_err(|_| CredentialsError::unhandled("WebIdentityToken was not valid UTF-8"))?;
    let mut form = Form::new("AssumeRoleWithWebIdentity");
    form.push("RoleArn", identity.role_arn);
    form.push("RoleSessionName", &identity.session_name);
    form.push("WebIdentityToken", &token);
    let keys = ask(form, None, "WebIdentityToken", settings).await?;
    Ok(with_feature(keys, AwsCredentialFeature::CredentialsProfileStsWebIdToken))
}

/// A name for a session that nobody has named.
pub(super) fn session_name(base: &str, settings: &Settings) -> String {
    let now = settings.now().duration_since(UNIX_EPOCH).unwrap_or_default();
    format!("{base}-{}", now.as_millis())
}

async fn ask(form: Form, keys: Option<Credentials>, provider: &'static str, settings: &Settings) -> Result<Credentials, CredentialsError> {
    let missing = || CredentialsError::invalid_configuration("Invalid Configuration: Missing Region");
    let region: &Region = settings.shared.region().ok_or_else(missing)?;
    let endpoint = endpoint(Service::Sts, region, &settings.shared).await?;
    let action = form.action;
    let request = Request {
        service: Service::Sts.user_agent(),
        endpoint: endpoint.url,
        method: "POST",
        path: "/".to_owned(),
        headers: vec![("content-type", "application/x-www-form-urlencoded".to_owned())],
        body: form.body,
        signed: keys.map(|keys| Signed {
            keys,
            name: "sts",
            region: endpoint.region,
        }),
        timeouts: service_timeouts(),
        retries: Retries::Service,
    };
    let read = move |response: &HttpResponse| read_answer(response, action, provider);
    Ok(send(request, settings, read).await?)
}

/// A form as AWS's Query protocol writes it. It may have a token, so it has no `Debug`.
struct Form {
    action: &'static str,
    body: String,
}

impl Form {
    fn new(action: &'static str) -> Self {
        let body = format!("Action={action}&Version=2011-06-15");
        Self { action, body }
    }

    fn push(&mut self, name: &str, value: &str) {
        self.body.push('&');
        self.body.push_str(name);
        self.body.push('=');
        self.body.push_str(&encode(value, ""));
    }
}

fn read_answer(response: &HttpResponse, action: &str, provider: &'static str) -> Result<Credentials, Refusal> {
    let text = text_of(response);
    if response.status().is_success() {
        return keys_of(text, provider).ok_or_else(|| Refusal::unnamed(response, format!("STS answered {action} without keys")));
    }
    let error = xml::element(text, "Error");
    let part = |name| error.and_then(|error| xml::text(error, name));
    Err(match part("Code") {
        Some(code) => Refusal::named("STS", response, &code, &part("Message").unwrap_or_default()),
        None => Refusal::unnamed(response, format!("STS answered {action} with HTTP status {}", response.status().as_u16())),
    })
}

fn keys_of(text: &str, provider: &'static str) -> Option<Credentials> {
    let keys = xml::element(text, "Credentials")?;
    let expiration: SystemTime = parse_time(&xml::text(keys, "Expiration")?)?;
    let mut builder = Credentials::builder()
        .access_key_id(xml::text(keys, "AccessKeyId")?)
        .secret_access_key(xml::text(keys, "SecretAccessKey")?)
        .session_token(xml::text(keys, "SessionToken")?)
        .expiry(expiration)
        .provider_name(provider);
    if let Some(user) = xml::element(text, "AssumedRoleUser") {
        builder.set_account_id(account_of(&xml::text(user, "Arn")?).map(Into::into));
    }
    Some(builder.build())
}

/// The account of an ARN, its fifth part.
fn account_of(arn: &str) -> Option<&str> {
    arn.split(':').nth(4)
}

#[cfg(test)]
mod tests {
    use aws_credential_types::attributes::AccountId;

    use super::{Form, account_of, keys_of};

    const ANSWER: &str = "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult><AssumedRoleUser><AssumedRoleId>AROA:me</AssumedRoleId>\
        <Arn>arn:aws:sts::123456789012:assumed-role/reader/me</Arn></AssumedRoleUser><Credentials><AccessKeyId>ASIA1</AccessKeyId>\
        <SecretAccessKey>a/b+c&amp;d</SecretAccessKey><SessionToken>token==</SessionToken><Expiration>2026-01-02T03:04:05Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>";

    #[test]
    fn the_keys_of_an_answer_are_read_with_the_account_of_the_role() {
        let keys = keys_of(ANSWER, "test").unwrap();
        assert_eq!(
            (keys.access_key_id(), keys.secret_access_key(), keys.session_token()),
            ("ASIA1", "a/b+c&d", Some("token=="))
        );
        assert_eq!(keys.account_id().map(AccountId::as_str), Some("123456789012"));
        assert!(keys.expiry().is_some());
        for part in ["AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"] {
            assert!(keys_of(&ANSWER.replace(part, "Other"), "test").is_none(), "{part}");
        }
        assert_eq!(account_of("arn:aws:sts"), None);
    }

    #[test]
    fn values_of_a_form_are_encoded() {
        let mut form = Form::new("AssumeRole");
        form.push("RoleArn", "arn:aws:iam::1:role/a b+c~é");
        assert_eq!(
            form.body,
            "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fa%20b%2Bc~%C3%A9"
        );
    }
}
