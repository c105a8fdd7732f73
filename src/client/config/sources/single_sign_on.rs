//! IAM Identity Center, which gives out keys for the token of a login, and renews the token.

use aws_config::Region;
use aws_credential_types::Credentials;
use aws_credential_types::credential_feature::AwsCredentialFeature;
use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_types::DateTime;
use serde_json::{Value, json};

use super::attempts::Retries;
use super::endpoints::{Service, endpoint};
use super::key_document::{Members, with_feature};
use super::profile::SingleSignOn;
use super::refusal::{Refusal, SendError};
use super::request::{Request, send, service_timeouts};
use super::sso_token::{CachedToken, NewToken, Renewal, TokenError, parse_new_token};
use crate::client::config::settings::Settings;
use crate::client::encoding::encode;
use crate::client::error_chain::root_cause;

/// The keys of a role, for the token that a login left.
pub(super) async fn role_keys(sso: &SingleSignOn, settings: &Settings) -> Result<Credentials, CredentialsError> {
    let region = Region::new(sso.region.clone());
    let token = access_token(sso, &region, settings).await?;
    let (role, account) = (encode(&sso.role_name, ""), encode(&sso.account_id, ""));
    let request = Request {
        service: Service::Sso.user_agent(),
        endpoint: endpoint(Service::Sso, &region, &settings.shared).await?.url,
        method: "GET",
        path: format!("/federation/credentials?role_name={role}&account_id={account}"),
        headers: vec![("x-amz-sso_bearer_token", token)],
        body: String::new(),
        signed: None,
        timeouts: service_timeouts(),
        retries: Retries::Service,
    };
    let account_id = sso.account_id.clone();
    let read = move |response: &HttpResponse| {
        let bytes = successful(response, Service::Sso)?;
        keys_of(bytes, &account_id).ok_or_else(|| Refusal::unnamed(response, "SSO did not return credentials"))
    };
    let keys = send(request, settings, read).await?;
    Ok(with_feature(keys, AwsCredentialFeature::CredentialsSso))
}

/// The token of a session, which is renewed when it expires soon; or the token of a start URL, which cannot be.
async fn access_token(sso: &SingleSignOn, region: &Region, settings: &Settings) -> Result<String, CredentialsError> {
    let identifier = sso.session.as_ref().unwrap_or(&sso.start_url);
    let mut token = CachedToken::load(identifier, settings).await?;
    let now = settings.now();
    let renewal = token.renewal(now).filter(|_| sso.session.is_some() && token.expires_soon(now));
    let mut why = None;
    if let Some(renewal) = renewal {
        match renew(renewal, region, settings).await {
            Ok(new) => token.renew(new, region.as_ref(), &sso.start_url, now).await,
            Err(error) => why = Some(error),
        }
    }
    if token.has_expired(now) {
        return Err(TokenError::Expired { why }.into());
    }
    Ok(token.access_token)
}

/// `Err`: why the token was not renewed. While it is good that matters to nobody.
async fn renew(renewal: Renewal, region: &Region, settings: &Settings) -> Result<NewToken, String> {
    let endpoint = endpoint(Service::SsoOidc, region, &settings.shared)
        .await
        .map_err(|error| root_cause(&error))?;
    let body = json!({
        "clientId": renewal.client_id,
        "clientSecret": renewal.client_secret,
        "grantType": "refresh_token",
        "refreshToken": renewal.refresh_token,
    });
    let request = Request {
        service: Service::SsoOidc.user_agent(),
        endpoint: endpoint.url,
        method: "POST",
        path: "/token".to_owned(),
        headers: vec![("content-type", "application/json".to_owned())],
        body: body.to_string(),
        signed: None,
        timeouts: service_timeouts(),
        retries: Retries::Service,
    };
    let read = |response: &HttpResponse| {
        let bytes = successful(response, Service::SsoOidc)?;
        parse_new_token(bytes).map_err(|why| Refusal::unnamed(response, format!("SSO OIDC did not return a token: {why}")))
    };
    send(request, settings, read).await.map_err(|error: SendError| root_cause(&error))
}

/// The body of a success, or the error that is in place of one.
fn successful(response: &HttpResponse, service: Service) -> Result<&[u8], Refusal> {
    let bytes = response.body().bytes().unwrap_or_default();
    if response.status().is_success() {
        return Ok(bytes);
    }
    let members = Members::parse(bytes).ok();
    let text = |names: &[&str]| names.iter().find_map(|name| members.as_ref()?.text(name));
    let named = response.headers().get("x-amzn-errortype").map(str::to_owned);
    let status = response.status().as_u16();
    let message = text(&["message", "errorMessage", "error_description"]);
    Err(match named.or_else(|| text(&["__type", "code", "error"])) {
        Some(code) => Refusal::named(
            service.label(),
            response,
            error_name(&code),
            &message.unwrap_or_else(|| format!("HTTP status {status}")),
        ),
        None => match message {
            Some(message) => Refusal::named(service.label(), response, &format!("with HTTP status {status}"), &message),
            None => Refusal::unnamed(response, format!("{} answered with HTTP status {status}", service.label())),
        },
    })
}

/// `aws.protocols#Name:http://…` is `Name`.
fn error_name(code: &str) -> &str {
    let before = code.split(':').next().unwrap_or(code);
    before.rsplit('#').next().unwrap_or(before)
}

fn keys_of(json: &[u8], account_id: &str) -> Option<Credentials> {
    let document = Members::parse(json).ok()?;
    let Value::Object(keys) = document.get("roleCredentials")? else {
        return None;
    };
    let text = |name: &str| keys.get(name)?.as_str().map(str::to_owned);
    let expiration = keys.get("expiration").and_then(Value::as_i64).unwrap_or_default();
    let mut builder = Credentials::builder()
        .access_key_id(text("accessKeyId")?)
        .secret_access_key(text("secretAccessKey")?)
        .account_id(account_id)
        .expiry(DateTime::from_millis(expiration).try_into().ok()?)
        .provider_name("SSO");
    builder.set_session_token(text("sessionToken"));
    Some(builder.build())
}

#[cfg(test)]
mod tests {
    use aws_credential_types::attributes::AccountId;

    use super::{error_name, keys_of};

    #[test]
    fn the_keys_of_an_answer_end_at_its_milliseconds() {
        let answer = br#"{"roleCredentials":{"accessKeyId":"A","secretAccessKey":"S","sessionToken":"T","expiration":1767323045000}}"#;
        let keys = keys_of(answer, "12").unwrap();
        assert_eq!(
            (keys.access_key_id(), keys.secret_access_key(), keys.session_token()),
            ("A", "S", Some("T"))
        );
        assert_eq!(keys.account_id().map(AccountId::as_str), Some("12"));
        assert_eq!(
            keys.expiry(),
            crate::client::config::sources::key_document::parse_time("2026-01-02T03:04:05Z")
        );
        assert!(keys_of(br#"{"roleCredentials":null}"#, "12").is_none());
        assert!(keys_of(br#"{"roleCredentials":{"accessKeyId":"A"}}"#, "12").is_none());
    }

    #[test]
    fn the_name_of_an_error_is_what_is_left_of_its_identifier() {
        for code in [
            "UnauthorizedException",
            "com.amazonaws#UnauthorizedException",
            "UnauthorizedException:http://x/",
        ] {
            assert_eq!(error_name(code), "UnauthorizedException");
        }
    }
}
