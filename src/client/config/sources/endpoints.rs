//! Where the services are that keys come from.

use aws_config::{Region, SdkConfig};
use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_bedrockruntime::config::endpoint::{DefaultResolver, Params, ResolveEndpoint};
use aws_types::service_config::ServiceConfigKey;

/// The first part of the endpoints that the SDK's rules for Bedrock give.
const KNOWN_HOST: &str = "https://bedrock-runtime";

/// Regions of the partition whose FIPS endpoints have no name of their own.
const GOVERNMENT: &str = "us-gov-";

/// A region that stands for the endpoint that all regions share.
const GLOBAL: &str = "aws-global";

/// A service of AWS that keys come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Service {
    Sts,
    /// The portal of IAM Identity Center.
    Sso,
    /// What renews its tokens.
    SsoOidc,
}

impl Service {
    /// As AWS's settings name it (`AWS_ENDPOINT_URL_SSO_OIDC`).
    const fn id(self) -> &'static str {
        match self {
            Self::Sts => "STS",
            Self::Sso => "SSO",
            Self::SsoOidc => "SSO OIDC",
        }
    }

    /// As the user agent names it.
    pub(super) const fn user_agent(self) -> &'static str {
        match self {
            Self::Sts => "sts",
            Self::Sso => "sso",
            Self::SsoOidc => "ssooidc",
        }
    }

    /// As sentences name it.
    pub(super) const fn label(self) -> &'static str {
        self.id()
    }

    const fn host(self) -> &'static str {
        match self {
            Self::Sts => "https://sts",
            Self::Sso => "https://portal.sso",
            Self::SsoOidc => "https://oidc",
        }
    }
}

/// A URL, and the region that signatures for it name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Endpoint {
    pub(super) url: String,
    pub(super) region: Region,
}

/// The endpoint of `service` in `region`, or the one that the environment or the profile sets for it.
pub(super) async fn endpoint(service: Service, region: &Region, shared: &SdkConfig) -> Result<Endpoint, CredentialsError> {
    let (use_fips, use_dual_stack) = (shared.use_fips() == Some(true), shared.use_dual_stack() == Some(true));
    let url = match configured(service, shared) {
        Some(_) if use_fips => return Err(not_with("FIPS")),
        Some(_) if use_dual_stack => return Err(not_with("Dualstack")),
        Some(url) => url,
        None if service == Service::Sts && region.as_ref() == GLOBAL && !use_fips && !use_dual_stack => {
            let (url, region) = ("https://sts.amazonaws.com".to_owned(), Region::from_static("us-east-1"));
            return Ok(Endpoint { url, region });
        }
        None => of_region(service, region, use_fips, use_dual_stack).await?,
    };
    Ok(Endpoint { url, region: region.clone() })
}

fn not_with(kind: &str) -> CredentialsError {
    CredentialsError::invalid_configuration(format!("Invalid Configuration: {kind} and custom endpoint are not supported"))
}

fn configured(service: Service, shared: &SdkConfig) -> Option<String> {
    let key = ServiceConfigKey::builder()
        .service_id(service.id())
        .env("AWS_ENDPOINT_URL")
        .profile("endpoint_url");
    shared.service_config()?.load_config(key.build().ok()?)
}

/// The partitions, and what each of them has, are known by the SDK's rules for Bedrock: other services differ in the first part of the host.
async fn of_region(service: Service, region: &Region, use_fips: bool, use_dual_stack: bool) -> Result<String, CredentialsError> {
    // There every endpoint is one by FIPS. Only the dual-stack ones have a second name.
    let has_own_fips = use_dual_stack || !region.as_ref().starts_with(GOVERNMENT);
    let params = Params::builder()
        .region(region.to_string())
        .use_fips(use_fips && has_own_fips)
        .use_dual_stack(use_dual_stack);
    let params = params.build().map_err(CredentialsError::invalid_configuration)?;
    let resolver = DefaultResolver::new();
    let known = resolver
        .resolve_endpoint(&params)
        .await
        .map_err(CredentialsError::invalid_configuration)?;
    let rest = known.url().strip_prefix(KNOWN_HOST).unwrap_or_default();
    Ok(format!("{}{rest}", service.host()))
}
