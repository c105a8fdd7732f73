//! The token that a login to IAM Identity Center left in a file (`aws sso login`), which it may be renewed with.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use aws_credential_types::provider::error::CredentialsError;
use aws_runtime::fs_util::{Os, home_dir};
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use serde_json::Value;

use super::key_document::{Members, Unreadable};
use crate::client::config::settings::Settings;
use crate::client::encoding::hex;

/// How long before it expires a token is renewed.
const RENEWED_BEFORE: Duration = Duration::from_mins(5);

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
pub(super) enum TokenError {
    #[error("couldn't resolve a home directory")]
    NoHome,
    /// The system's reason is the source, for `code`; the sentence has to be the last one to be shown.
    #[error("failed to read `{}`, where `aws sso login` leaves its token", path.display())]
    NoFile { path: PathBuf },
    #[error("the token file `{}` cannot be read: {why}", path.display())]
    Unreadable { path: PathBuf, why: Unreadable },
    #[error("the SSO token has expired and cannot be renewed{}: run `aws sso login`", why.as_ref().map(|why| format!(" ({why})")).unwrap_or_default())]
    Expired { why: Option<String> },
}

impl From<TokenError> for CredentialsError {
    fn from(error: TokenError) -> Self {
        Self::provider_error(error)
    }
}

/// A token of a file. It has no `Debug`.
pub(super) struct CachedToken {
    path: PathBuf,
    members: Members,
    pub(super) access_token: String,
    expires: SystemTime,
}

/// What a token is renewed with.
pub(super) struct Renewal {
    pub(super) client_id: String,
    pub(super) client_secret: String,
    pub(super) refresh_token: String,
}

/// A token in place of one that expires.
pub(super) struct NewToken {
    pub(super) access_token: String,
    pub(super) expires_in: Duration,
    pub(super) refresh_token: Option<String>,
}

impl CachedToken {
    /// Reads the token of `identifier`: the name of a session, or a start URL.
    pub(super) async fn load(identifier: &str, settings: &Settings) -> Result<Self, TokenError> {
        let home = home_dir(&settings.environment, Os::real()).ok_or(TokenError::NoHome)?;
        let path = path_in(Path::new(&home), identifier);
        match tokio::fs::read(&path).await {
            Ok(json) => Self::parse(&path, &json).map_err(|why| TokenError::Unreadable { path, why }),
            Err(_) => Err(TokenError::NoFile { path }),
        }
    }

    fn parse(path: &Path, json: &[u8]) -> Result<Self, Unreadable> {
        let members = Members::parse(json)?;
        members.time("registrationExpiresAt")?;
        Ok(Self {
            path: path.to_owned(),
            access_token: members.required("accessToken")?,
            expires: members.time("expiresAt")?.ok_or(Unreadable::Missing("expiresAt"))?,
            members,
        })
    }

    pub(super) fn has_expired(&self, now: SystemTime) -> bool {
        self.expires <= now
    }

    pub(super) fn expires_soon(&self, now: SystemTime) -> bool {
        self.expires.checked_sub(RENEWED_BEFORE).is_none_or(|due| due <= now)
    }

    /// `None` if the login cannot be renewed: it is an old one, or the program that logged in is not registered any more.
    pub(super) fn renewal(&self, now: SystemTime) -> Option<Renewal> {
        let registered = self.members.time("registrationExpiresAt").ok().flatten();
        registered.filter(|until| *until > now)?;
        Some(Renewal {
            client_id: self.members.text("clientId")?,
            client_secret: self.members.text("clientSecret")?,
            refresh_token: self.members.text("refreshToken")?,
        })
    }

    /// Takes the new token, and writes the file for other programs. The file not being written harms nobody yet: the token is good.
    pub(super) async fn renew(&mut self, new: NewToken, region: &str, start_url: &str, now: SystemTime) {
        self.expires = now.checked_add(new.expires_in).unwrap_or(now);
        self.access_token.clone_from(&new.access_token);
        self.members.set("accessToken", new.access_token);
        if let Some(token) = new.refresh_token {
            self.members.set("refreshToken", token);
        }
        let seconds = self.expires.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
        // As AWS's tools write it, without fractions.
        let expires = DateTime::from_secs(i64::try_from(seconds).unwrap_or_default());
        self.members.set("expiresAt", expires.fmt(Format::DateTime).unwrap_or_default());
        self.members.set("region", region.to_owned());
        self.members.set("startUrl", start_url.to_owned());
        // The file is there, and keeps its permissions.
        let _ = tokio::fs::write(&self.path, self.members.to_json()).await;
    }
}

/// `~/.aws/sso/cache/<SHA-1 of the identifier>.json`.
fn path_in(home: &Path, identifier: &str) -> PathBuf {
    let name = hex(digest(&SHA1_FOR_LEGACY_USE_ONLY, identifier.as_bytes()).as_ref());
    home.join(".aws").join("sso").join("cache").join(name + ".json")
}

/// Reads the answer to a renewal.
pub(super) fn parse_new_token(json: &[u8]) -> Result<NewToken, Unreadable> {
    let members = Members::parse(json)?;
    let seconds = members.get("expiresIn").and_then(Value::as_u64);
    Ok(NewToken {
        access_token: members.required("accessToken")?,
        expires_in: Duration::from_secs(seconds.ok_or(Unreadable::Missing("expiresIn"))?),
        refresh_token: members.text("refreshToken"),
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::time::{Duration, SystemTime};

    use super::{CachedToken, path_in};
    use crate::client::config::sources::key_document::{Unreadable, parse_time};

    const FILE: &str = r#"{"startUrl":"https://example.com/start","region":"us-west-2","accessToken":"token","expiresAt":"2026-01-02T03:04:05Z",
        "clientId":"client","clientSecret":"secret","registrationExpiresAt":"2026-03-01T00:00:00Z","refreshToken":"refresh","scopes":["sso:account:access"]}"#;

    fn at(text: &str) -> SystemTime {
        parse_time(text).unwrap()
    }

    fn parse(json: &str) -> Result<CachedToken, Unreadable> {
        CachedToken::parse(Path::new("token.json"), json.as_bytes())
    }

    #[test]
    fn a_token_is_found_by_the_hash_of_its_session() {
        let path = path_in(Path::new("/home/me"), "https://d-92671207e4.awsapps.com/start");
        assert!(path.ends_with(".aws/sso/cache/13f9d35043871d073ab260e020f0ffde092cb14b.json"), "{path:?}");
    }

    #[test]
    fn a_token_is_renewed_from_five_minutes_before_it_expires_while_its_program_is_registered() {
        let token = parse(FILE).ok().unwrap();
        let end = at("2026-01-02T03:04:05Z");
        let due = end - Duration::from_mins(5);
        assert!(!token.expires_soon(due - Duration::from_secs(1)) && token.expires_soon(due));
        assert!(!token.has_expired(end - Duration::from_secs(1)) && token.has_expired(end));
        let renewal = token.renewal(end).unwrap();
        assert_eq!(
            (renewal.client_id.as_str(), renewal.client_secret.as_str(), renewal.refresh_token.as_str()),
            ("client", "secret", "refresh")
        );
        assert!(token.renewal(at("2026-03-01T00:00:00Z")).is_none());
        for member in ["clientId", "clientSecret", "refreshToken", "registrationExpiresAt"] {
            assert!(parse(&FILE.replace(member, "other")).ok().unwrap().renewal(end).is_none(), "{member}");
        }
    }

    #[test]
    fn a_file_that_is_no_token_says_why() {
        let unreadable = |json: &str| parse(json).err().unwrap();
        assert_eq!(unreadable("{"), Unreadable::NoObject);
        assert_eq!(unreadable("{}"), Unreadable::Missing("accessToken"));
        assert_eq!(unreadable(r#"{"accessToken":"a"}"#), Unreadable::Missing("expiresAt"));
        assert_eq!(unreadable(r#"{"accessToken":"a","expiresAt":"soon"}"#), Unreadable::Invalid("expiresAt"));
        assert_eq!(
            unreadable(&FILE.replace("2026-03-01", "soon")),
            Unreadable::Invalid("registrationExpiresAt")
        );
    }
}
