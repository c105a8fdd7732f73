//! What a profile says about its keys: where the first ones come from, and the roles that are assumed with them.

use aws_config::profile::{Profile, ProfileSet};
use aws_credential_types::Credentials;

/// The way from the first keys of a profile to those that it has.
pub(super) struct Plan {
    pub(super) base: Base,
    /// In the order in which they are assumed.
    pub(super) roles: Vec<Role>,
}

/// Where the first keys come from. It may be a secret, so it has no `Debug`.
pub(super) enum Base {
    Keys(Credentials),
    /// The name of a source outside of the files (`credential_source`).
    Named(String),
    WebIdentity {
        role_arn: String,
        token_file: String,
        session_name: Option<String>,
    },
    SingleSignOn(SingleSignOn),
    Process {
        command: String,
        account_id: Option<String>,
    },
}

/// A role that is assumed with other keys.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Role {
    pub(super) arn: String,
    pub(super) external_id: Option<String>,
    pub(super) session_name: Option<String>,
}

/// A role of IAM Identity Center.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct SingleSignOn {
    pub(super) account_id: String,
    pub(super) role_name: String,
    pub(super) region: String,
    pub(super) start_url: String,
    /// The section `sso-session`, whose token can be renewed.
    pub(super) session: Option<String>,
}

/// Why a profile has no keys. The sentences are those of AWS's SDK, where it has one.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub(super) enum ProfileError {
    #[error("No profiles were defined")]
    NoProfiles,
    #[error("profile `{0}` did not contain credential information")]
    NoKeys(String),
    #[error("profile `{profile}` was not defined: {why}")]
    Missing { profile: String, why: String },
    #[error(
        "profile `{0}` will resolve an access token instead of credentials since it doesn't have `sso_account_id` and `sso_role_name` set. Specify both `sso_account_id` and `sso_role_name` to let this profile resolve credentials."
    )]
    NoSingleSignOnRole(String),
    #[error("profile formed an infinite loop. first we loaded {profiles:?}, then attempted to reload {next}")]
    Loop { profiles: Vec<String>, next: String },
    #[error("invalid credential source in `{profile}`: {why}")]
    InvalidSource { profile: String, why: String },
    #[error("profile `{profile}` has invalid SSO config: {why}")]
    InvalidSingleSignOn { profile: String, why: String },
    #[error("sso-session named `{session}` (referenced by profile `{profile}`) was not found")]
    MissingSession { profile: String, session: String },
    #[error(
        "profile `{0}` has a `login_session`, which is not supported. Another profile can run `aws configure export-credentials --profile {0}` as its `credential_process`"
    )]
    LoginSession(String),
}

impl ProfileError {
    /// Whether other sources may still have keys.
    pub(super) fn is_absence(&self) -> bool {
        matches!(
            self,
            Self::NoProfiles | Self::NoKeys(_) | Self::Missing { .. } | Self::NoSingleSignOnRole(_)
        )
    }

    fn invalid_source(profile: &Profile, why: impl Into<String>) -> Self {
        Self::InvalidSource {
            profile: profile.name().to_owned(),
            why: why.into(),
        }
    }
}

/// The plan of the selected profile.
pub(super) fn plan(profiles: &ProfileSet) -> Result<Plan, ProfileError> {
    let selected = profiles.selected_profile();
    if profiles.is_empty() || (selected == "default" && profiles.get_profile(selected).is_none()) {
        return Err(ProfileError::NoProfiles);
    }
    let mut visited: Vec<&str> = Vec::new();
    let mut roles = Vec::new();
    let mut name = selected;
    let base = loop {
        let profile = profiles.get_profile(name).ok_or_else(|| missing_source(name, visited.last().copied()))?;
        if visited.contains(&name) {
            return Err(ProfileError::Loop {
                profiles: visited.into_iter().map(str::to_owned).collect(),
                next: name.to_owned(),
            });
        }
        visited.push(name);
        let is_source = visited.len() > 1;
        if is_source && let Ok(keys) = static_keys(profile) {
            break Base::Keys(keys);
        }
        let Some(role) = role(profile) else {
            break base(profiles, profile).map_err(|error| if is_source { of_source(profile, &error) } else { error })?;
        };
        roles.push(role);
        match source_profile(profile)? {
            Some(next) => name = next,
            None => break base(profiles, profile)?,
        }
    };
    roles.reverse();
    Ok(Plan { base, roles })
}

fn missing_source(name: &str, referrer: Option<&str>) -> ProfileError {
    let referrer = referrer.unwrap_or("the root profile");
    ProfileError::Missing {
        profile: name.to_owned(),
        why: format!("could not find source profile {name} referenced from {referrer}"),
    }
}

fn of_source(profile: &Profile, error: &ProfileError) -> ProfileError {
    ProfileError::invalid_source(profile, format!("could not load source profile: {error}"))
}

/// The role that `profile` assumes with the keys of another source.
fn role(profile: &Profile) -> Option<Role> {
    if profile.get("web_identity_token_file").is_some() {
        return None;
    }
    let text = |key| profile.get(key).map(str::to_owned);
    Some(Role {
        arn: text("role_arn")?,
        external_id: text("external_id"),
        session_name: text("role_session_name"),
    })
}

/// The profile whose keys assume the role of this one; `None` if this one has them itself.
fn source_profile(profile: &Profile) -> Result<Option<&str>, ProfileError> {
    match (profile.get("source_profile"), profile.get("credential_source")) {
        (Some(_), Some(_)) => Err(ProfileError::invalid_source(
            profile,
            "profile contained both source_profile and credential_source. Only one or the other can be defined",
        )),
        (None, None) => Err(ProfileError::invalid_source(
            profile,
            "profile must contain `source_profile` or `credential_source` but neither were defined",
        )),
        (Some(source), None) => Ok(Some(source).filter(|source| *source != profile.name())),
        (None, Some(_)) => Ok(None),
    }
}

/// The keys that `profile` has without a role.
fn base(profiles: &ProfileSet, profile: &Profile) -> Result<Base, ProfileError> {
    let text = |key| profile.get(key).map(str::to_owned);
    if let Some(source) = text("credential_source") {
        return Ok(Base::Named(source));
    }
    if let Some(token_file) = text("web_identity_token_file") {
        let role_arn = text("role_arn")
            .ok_or_else(|| ProfileError::invalid_source(profile, "`web_identity_token_file` was specified but `role_arn` was missing"))?;
        return Ok(Base::WebIdentity {
            role_arn,
            token_file,
            session_name: text("role_session_name"),
        });
    }
    if let Some(sso) = single_sign_on(profiles, profile)? {
        return Ok(Base::SingleSignOn(sso));
    }
    if profile.get("login_session").is_some() {
        return Err(ProfileError::LoginSession(profile.name().to_owned()));
    }
    match text("credential_process") {
        Some(command) => Ok(Base::Process {
            command,
            account_id: text("aws_account_id"),
        }),
        None => static_keys(profile).map(Base::Keys),
    }
}

fn static_keys(profile: &Profile) -> Result<Credentials, ProfileError> {
    let (id, secret, token) = (
        profile.get("aws_access_key_id"),
        profile.get("aws_secret_access_key"),
        profile.get("aws_session_token"),
    );
    if id.is_none() && secret.is_none() && token.is_none() {
        return Err(ProfileError::NoKeys(profile.name().to_owned()));
    }
    let missing = |key: &str| ProfileError::invalid_source(profile, format!("profile missing {key}"));
    let mut keys = Credentials::builder()
        .access_key_id(id.ok_or_else(|| missing("aws_access_key_id"))?)
        .secret_access_key(secret.ok_or_else(|| missing("aws_secret_access_key"))?)
        .provider_name("ProfileFile");
    keys.set_session_token(token.map(str::to_owned));
    keys.set_account_id(profile.get("aws_account_id").map(Into::into));
    Ok(keys.build())
}

/// The role of IAM Identity Center: by a section `sso-session`, or by the older keys of the profile itself. `None` if the profile has neither.
fn single_sign_on(profiles: &ProfileSet, profile: &Profile) -> Result<Option<SingleSignOn>, ProfileError> {
    const KEYS: [&str; 5] = ["sso_account_id", "sso_region", "sso_role_name", "sso_start_url", "sso_session"];
    let [account_id, mut region, role_name, mut start_url, session] = KEYS.map(|key| profile.get(key));
    if KEYS.iter().all(|key| profile.get(key).is_none()) {
        return Ok(None);
    }
    let invalid = |why: String| ProfileError::InvalidSingleSignOn {
        profile: profile.name().to_owned(),
        why,
    };
    if let Some(session) = session {
        let twice = [("sso_start_url", start_url), ("sso_region", region)];
        if let Some((key, _)) = twice.into_iter().find(|(_, value)| value.is_some()) {
            let why = format!("`{key}` can only be specified in the [sso-session] config when a session name is given");
            return Err(invalid(why));
        }
        let section = profiles.sso_session(session).ok_or_else(|| ProfileError::MissingSession {
            profile: profile.name().to_owned(),
            session: session.to_owned(),
        })?;
        start_url = section.get("sso_start_url");
        region = section.get("sso_region");
    }
    let one_without = |key: &str, other: &str| invalid(format!("if `{key}` is set, then `{other}` must also be set"));
    let missing = |key: &str| ProfileError::Missing {
        profile: profile.name().to_owned(),
        why: format!("`{key}` was missing"),
    };
    let role = match (account_id, role_name) {
        (Some(account_id), Some(role_name)) => Some((account_id, role_name)),
        (None, None) => None,
        (Some(_), None) => return Err(one_without("sso_account_id", "sso_role_name")),
        (None, Some(_)) => return Err(one_without("sso_role_name", "sso_account_id")),
    };
    let region = region.ok_or_else(|| missing("sso_region"))?;
    let start_url = start_url.ok_or_else(|| missing("sso_start_url"))?;
    let (account_id, role_name) = role.ok_or_else(|| ProfileError::NoSingleSignOnRole(profile.name().to_owned()))?;
    Ok(Some(SingleSignOn {
        account_id: account_id.to_owned(),
        role_name: role_name.to_owned(),
        region: region.to_owned(),
        start_url: start_url.to_owned(),
        session: session.map(str::to_owned),
    }))
}
