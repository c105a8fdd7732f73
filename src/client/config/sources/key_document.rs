//! Keys as JSON documents: what instances, containers and programs give out. Names of members are read in any case, as all of AWS's tools do.

use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_credential_types::credential_feature::AwsCredentialFeature;
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use serde_json::{Map, Value};

/// What a document has.
#[derive(Debug)]
pub(super) enum KeyDocument {
    Keys(Credentials),
    /// An error in place of keys.
    Error {
        code: String,
        message: String,
    },
}

/// Why a document is none.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub(super) enum Unreadable {
    #[error("the answer is no JSON object")]
    NoObject,
    #[error("the answer has no `{0}`")]
    Missing(&'static str),
    #[error("the `{0}` of the answer cannot be read")]
    Invalid(&'static str),
}

/// The members of a JSON object.
pub(super) struct Members(Map<String, Value>);

impl Members {
    pub(super) fn parse(json: &[u8]) -> Result<Self, Unreadable> {
        serde_json::from_slice(json).map(Self).map_err(|_| Unreadable::NoObject)
    }

    /// The member of that name in any case; of several the last.
    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        let mut named = self.0.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name));
        named.next_back().map(|(_, value)| value)
    }

    /// Sets the member of that name, in the case that it has.
    pub(super) fn set(&mut self, name: &str, value: String) {
        let known = self.0.keys().find(|key| key.eq_ignore_ascii_case(name)).cloned();
        self.0.insert(known.unwrap_or_else(|| name.to_owned()), Value::String(value));
    }

    pub(super) fn to_json(&self) -> String {
        Value::from(self.0.clone()).to_string()
    }

    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.get(name)?.as_str().map(str::to_owned)
    }

    pub(super) fn required(&self, name: &'static str) -> Result<String, Unreadable> {
        self.text(name).ok_or(Unreadable::Missing(name))
    }

    /// A time as RFC 3339 writes it.
    pub(super) fn time(&self, name: &'static str) -> Result<Option<SystemTime>, Unreadable> {
        self.text(name).map(|text| parse_time(&text).ok_or(Unreadable::Invalid(name))).transpose()
    }
}

/// Notes for the user agent of later requests which way keys came, after the ways before.
pub(super) fn with_feature(mut keys: Credentials, feature: AwsCredentialFeature) -> Credentials {
    keys.get_property_mut_or_default::<Vec<AwsCredentialFeature>>().push(feature);
    keys
}

/// A time as RFC 3339 writes it, with any offset.
pub(super) fn parse_time(text: &str) -> Option<SystemTime> {
    DateTime::from_str(text, Format::DateTimeWithOffset).ok()?.try_into().ok()
}

/// Reads what an instance or a container gives out. `provider`: the name of the source.
pub(super) fn parse_key_document(json: &[u8], provider: &'static str) -> Result<KeyDocument, Unreadable> {
    let members = Members::parse(json)?;
    if let Some(code) = members.text("Code").filter(|code| code != "Success") {
        let message = members.text("Message").unwrap_or_else(|| "no message".to_owned());
        return Ok(KeyDocument::Error { code, message });
    }
    let (id, secret) = (members.required("AccessKeyId")?, members.required("SecretAccessKey")?);
    let token = members.text("Token").or_else(|| members.text("SessionToken"));
    let expiration = if members.get("Expiration").is_some() {
        "Expiration"
    } else {
        "ExpiresAt"
    };
    let mut keys = Credentials::builder()
        .access_key_id(id)
        .secret_access_key(secret)
        .session_token(token.ok_or(Unreadable::Missing("Token"))?)
        .expiry(members.time(expiration)?.ok_or(Unreadable::Missing("Expiration"))?)
        .provider_name(provider);
    keys.set_account_id(members.text("AccountId").map(Into::into));
    Ok(KeyDocument::Keys(keys.build()))
}

/// Reads what the program of a profile prints. `account`: the profile's, if the program names none.
pub(super) fn parse_process_output(json: &[u8], account: Option<&str>) -> Result<Credentials, Unreadable> {
    let members = Members::parse(json)?;
    match members.get("Version").map(Value::as_i64) {
        None => return Err(Unreadable::Missing("Version")),
        Some(Some(1)) => {}
        Some(_) => return Err(Unreadable::Invalid("Version")),
    }
    let mut keys = Credentials::builder()
        .access_key_id(members.required("AccessKeyId")?)
        .secret_access_key(members.required("SecretAccessKey")?)
        .provider_name("CredentialProcess");
    keys.set_session_token(members.text("SessionToken"));
    keys.set_expiry(members.time("Expiration")?);
    keys.set_account_id(members.text("AccountId").or_else(|| account.map(str::to_owned)).map(Into::into));
    Ok(keys.build())
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use aws_credential_types::attributes::AccountId;

    use super::{KeyDocument, Unreadable, parse_key_document, parse_process_output, parse_time};

    fn keys(json: &str) -> aws_credential_types::Credentials {
        match parse_key_document(json.as_bytes(), "test") {
            Ok(KeyDocument::Keys(keys)) => keys,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_members_of_a_document_are_found_in_any_case_and_by_either_name() {
        let one =
            keys(r#"{"Code":"Success","AccessKeyId":"A","SecretAccessKey":"S","Token":"T","AccountID":"1","Expiration":"2026-01-02T03:04:05Z"}"#);
        let other = keys(r#"{"accesskeyid":"A","SECRETACCESSKEY":"S","SessionToken":"T","accountId":"1","expiresAt":"2026-01-02T04:04:05+01:00"}"#);
        assert_eq!(one, other);
        assert_eq!((one.access_key_id(), one.secret_access_key(), one.session_token()), ("A", "S", Some("T")));
        assert_eq!(one.expiry(), Some(UNIX_EPOCH + Duration::from_secs(1_767_323_045)));
    }

    #[test]
    fn a_document_without_keys_says_why() {
        let unreadable = |json: &str| parse_key_document(json.as_bytes(), "test").unwrap_err();
        assert_eq!(unreadable("<html>"), Unreadable::NoObject);
        assert_eq!(unreadable("[]"), Unreadable::NoObject);
        assert_eq!(unreadable(r#"{"AccessKeyId":"A"}"#), Unreadable::Missing("SecretAccessKey"));
        assert_eq!(unreadable(r#"{"AccessKeyId":"A","SecretAccessKey":"S"}"#), Unreadable::Missing("Token"));
        let ending = r#"{"AccessKeyId":"A","SecretAccessKey":"S","Token":"T","Expiration":"soon"}"#;
        assert_eq!(unreadable(ending), Unreadable::Invalid("Expiration"));
        let KeyDocument::Error { code, message } = parse_key_document(br#"{"Code":"NoRole","Message":"No."}"#, "test").unwrap() else {
            panic!("it is an error");
        };
        assert_eq!((code.as_str(), message.as_str()), ("NoRole", "No."));
    }

    #[test]
    fn a_program_prints_version_one_and_may_leave_out_the_rest() {
        let read = |json: &str| parse_process_output(json.as_bytes(), Some("12"));
        let keys = read(r#"{"Version":1,"AccessKeyId":"A","SecretAccessKey":"S"}"#).unwrap();
        assert_eq!((keys.session_token(), keys.expiry()), (None, None));
        assert_eq!(keys.account_id().map(AccountId::as_str), Some("12"));
        let keys = read(
            r#"{"Version":1,"AccessKeyId":"A","SecretAccessKey":"S","SessionToken":"T","AccountId":"34","Expiration":"2026-01-02T03:04:05.5+00:00"}"#,
        );
        let keys = keys.unwrap();
        assert_eq!(keys.account_id().map(AccountId::as_str), Some("34"));
        assert_eq!(keys.expiry(), parse_time("2026-01-02T03:04:05.500Z"));
        assert_eq!(read(r#"{"AccessKeyId":"A"}"#).unwrap_err(), Unreadable::Missing("Version"));
        assert_eq!(read(r#"{"Version":2}"#).unwrap_err(), Unreadable::Invalid("Version"));
        assert_eq!(read(r#"{"Version":"1"}"#).unwrap_err(), Unreadable::Invalid("Version"));
    }
}
