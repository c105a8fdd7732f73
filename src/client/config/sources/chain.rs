//! The chain of AWS's SDK: which source is asked when.

use std::path::{Path, PathBuf};

use aws_credential_types::Credentials;
use aws_credential_types::credential_feature::AwsCredentialFeature;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, Result, future};

use super::container::container_keys;
use super::instance::Instance;
use super::key_document::with_feature;
use super::process::process_keys;
use super::profile::{Base, Plan, plan};
use super::single_sign_on::role_keys;
use super::token_service::{WebIdentity, assume_role, assume_role_with_web_identity, session_name};
use crate::client::config::settings::Settings;
use crate::client::error_chain::messages;

/// The session name of a role that an option names, if nothing sets one.
const SESSION_NAME: &str = "langchain-aws-native";

/// Which sources are asked.
pub(in crate::client::config) enum Selection {
    /// All, in the order of AWS's SDK. A profile that an option names comes before the environment's keys, which then are none but for a profile that
    /// names them.
    Chain { has_chosen_profile: bool },
    /// A role and a token that options name.
    WebIdentity { role_arn: String, token_file: PathBuf },
}

/// Finds keys where the AWS environment says that they are. What the files say is read once.
pub(in crate::client::config) struct Sources {
    settings: Settings,
    selection: Selection,
    instance: Instance,
}

impl Sources {
    pub(in crate::client::config) fn new(settings: Settings, selection: Selection) -> Self {
        Self {
            settings,
            selection,
            instance: Instance::default(),
        }
    }

    async fn keys(&self) -> Result {
        match &self.selection {
            Selection::WebIdentity { role_arn, token_file } => self.web_identity(role_arn, token_file, SESSION_NAME).await,
            Selection::Chain { has_chosen_profile } => self.chain(*has_chosen_profile).await,
        }
    }

    async fn chain(&self, has_chosen_profile: bool) -> Result {
        let mut attempts = Attempts::default();
        if let Some(keys) = attempts.or_next("Environment", self.unless(has_chosen_profile))? {
            return Ok(keys);
        }
        if let Some(keys) = attempts.or_next("Profile", self.profile_keys().await)? {
            return Ok(keys);
        }
        if let Some(keys) = attempts.or_next("WebIdentityToken", self.environment_role().await)? {
            return Ok(keys);
        }
        if let Some(keys) = attempts.or_next("EcsContainer", container_keys(&self.settings).await)? {
            return Ok(keys);
        }
        if let Some(keys) = attempts.or_next("Ec2InstanceMetadata", self.instance.keys(&self.settings).await)? {
            return Ok(keys);
        }
        Err(attempts.into_error())
    }

    fn unless(&self, has_chosen_profile: bool) -> Result {
        if has_chosen_profile {
            return Err(CredentialsError::not_loaded("the option `profile` comes before it"));
        }
        self.environment_keys()
    }

    /// A value of nothing but spaces is none.
    fn environment_keys(&self) -> Result {
        let value = |name: &str| self.settings.variable(name).filter(|value| !value.trim().is_empty());
        let missing = || CredentialsError::not_loaded("environment variable not set");
        let secret = value("AWS_SECRET_ACCESS_KEY").or_else(|| value("SECRET_ACCESS_KEY"));
        let mut keys = Credentials::builder()
            .access_key_id(value("AWS_ACCESS_KEY_ID").ok_or_else(missing)?)
            .secret_access_key(secret.ok_or_else(missing)?)
            .provider_name("EnvironmentVariable");
        keys.set_session_token(value("AWS_SESSION_TOKEN").map(|token| token.trim().to_owned()));
        keys.set_account_id(value("AWS_ACCOUNT_ID").map(|id| id.trim().into()));
        Ok(with_feature(keys.build(), AwsCredentialFeature::CredentialsEnvVars))
    }

    async fn profile_keys(&self) -> Result {
        let unusable = |why: String| CredentialsError::invalid_configuration(format!("ProfileFile provider could not be built: {why}"));
        let profiles = match &self.settings.profiles {
            Ok(profiles) => profiles,
            Err(error) => return Err(unusable(format!("invalid profile: {error}"))),
        };
        let Plan { base, roles } = match plan(profiles) {
            Ok(plan) => plan,
            Err(error) if error.is_absence() => return Err(CredentialsError::not_loaded(error)),
            Err(error) => return Err(unusable(error.to_string())),
        };
        // The profile is there: that its source has nothing is no reason to ask another one.
        let mut keys = self.base_keys(base).await.map_err(CredentialsError::provider_error)?;
        for role in &roles {
            let assumed = assume_role(role, keys, &self.settings).await;
            keys = assumed.map_err(CredentialsError::provider_error)?;
        }
        Ok(with_feature(keys, AwsCredentialFeature::CredentialsProfile))
    }

    async fn base_keys(&self, base: Base) -> Result {
        match base {
            Base::Keys(keys) => Ok(keys),
            Base::Named(source) => self.named(&source).await,
            Base::WebIdentity {
                role_arn,
                token_file,
                session_name: name,
            } => {
                let name = name.unwrap_or_else(|| session_name("web-identity-token-profile", &self.settings));
                self.assume(&role_arn, Path::new(&token_file), name).await
            }
            Base::SingleSignOn(sso) => role_keys(&sso, &self.settings).await,
            Base::Process { command, account_id } => process_keys(&command, account_id.as_deref()).await,
        }
    }

    /// The sources of `credential_source`, in any case.
    async fn named(&self, source: &str) -> Result {
        match source.to_ascii_lowercase().as_str() {
            "environment" => self.environment_keys(),
            "ec2instancemetadata" => self.instance.keys(&self.settings).await,
            "ecscontainer" => container_keys(&self.settings).await,
            _ => Err(CredentialsError::invalid_configuration(format!(
                "ProfileFile provider could not be built: profile referenced `{source}` provider but that provider is not supported"
            ))),
        }
    }

    async fn environment_role(&self) -> Result {
        let variable = |name: &str| {
            let value = self.settings.variable(name);
            value.ok_or_else(|| CredentialsError::not_loaded(format!("{name} environment variable must be set")))
        };
        let (token_file, role_arn) = (variable("AWS_WEB_IDENTITY_TOKEN_FILE")?, variable("AWS_ROLE_ARN")?);
        let default = session_name("web-identity-token", &self.settings);
        self.web_identity(&role_arn, Path::new(&token_file), &default).await
    }

    /// The environment names the session before `default` does.
    async fn web_identity(&self, role_arn: &str, token_file: &Path, default: &str) -> Result {
        let name = self.settings.variable("AWS_ROLE_SESSION_NAME");
        self.assume(role_arn, token_file, name.unwrap_or_else(|| default.to_owned())).await
    }

    async fn assume(&self, role_arn: &str, token_file: &Path, session_name: String) -> Result {
        let identity = WebIdentity {
            role_arn,
            token_file,
            session_name,
        };
        assume_role_with_web_identity(&identity, &self.settings).await
    }
}

impl std::fmt::Debug for Sources {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Sources")
    }
}

impl ProvideCredentials for Sources {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.keys())
    }
}

/// The sources that had nothing.
#[derive(Debug, Default, thiserror::Error)]
#[error("no credentials found in chain. Attempted:{}", .0.concat())]
struct Attempts(Vec<String>);

impl Attempts {
    /// The keys; `None` if the next source is to be asked. A source that should have keys and fails is the end.
    fn or_next(&mut self, name: &str, keys: Result) -> std::result::Result<Option<Credentials>, CredentialsError> {
        match keys {
            Ok(keys) => Ok(Some(keys)),
            Err(error @ CredentialsError::CredentialsNotLoaded(_)) => {
                self.0.push(format!("\n  {name}: {}", messages(&error)));
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    fn into_error(self) -> CredentialsError {
        CredentialsError::not_loaded(self)
    }
}
