//! Which requests for keys are sent again.

use aws_config::SdkConfig;
use aws_runtime::retries::classifiers::{AwsErrorCodeClassifier, TRANSIENT_ERRORS};
use aws_runtime::service_clock_skew::ServiceClockSkewClassifier;
use aws_smithy_runtime::client::retries::classifiers::{HttpStatusCodeClassifier, TransientErrorClassifier};
use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::orchestrator::{HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::retries::classifiers::{ClassifyRetry, RetryAction, SharedRetryClassifier};
use aws_smithy_types::retry::RetryConfig;

use super::refusal::Refusal;

/// What STS is known to answer when it could not ask the identity provider in time, beside what all services may answer.
const IDENTITY_PROVIDER_UNREACHABLE: &str = "IDPCommunicationError";

/// As the SDK's own client of instance metadata has them.
const INSTANCE_ATTEMPTS: u32 = 4;

/// Which attempts are followed by another.
#[derive(Debug, Clone, Copy)]
pub(super) enum Retries {
    /// As for every service of AWS, by the settings of the environment.
    Service,
    /// Of a container's service: also an answer that cannot be read.
    Container,
    /// Of an instance's metadata: where there are none, nothing answers, and that is not to take long.
    Instance,
}

impl Retries {
    pub(super) fn config(self, shared: &SdkConfig) -> RetryConfig {
        match self {
            Self::Service => shared.retry_config().cloned().unwrap_or_else(RetryConfig::standard),
            Self::Container => RetryConfig::standard(),
            Self::Instance => RetryConfig::standard().with_max_attempts(INSTANCE_ATTEMPTS),
        }
    }

    pub(super) fn classifiers(self) -> Vec<SharedRetryClassifier> {
        let connections = || SharedRetryClassifier::new(TransientErrorClassifier::<Refusal>::new());
        let statuses = || SharedRetryClassifier::new(HttpStatusCodeClassifier::default());
        match self {
            Self::Service => vec![
                connections(),
                statuses(),
                SharedRetryClassifier::new(error_codes()),
                SharedRetryClassifier::new(ServiceClockSkewClassifier::<Refusal>::new()),
            ],
            Self::Container => vec![connections(), statuses(), SharedRetryClassifier::new(UnreadableAnswers)],
            Self::Instance => vec![SharedRetryClassifier::new(InstanceAnswers)],
        }
    }
}

fn error_codes() -> AwsErrorCodeClassifier<Refusal> {
    let mut transient = TRANSIENT_ERRORS.to_vec();
    transient.push(IDENTITY_PROVIDER_UNREACHABLE);
    AwsErrorCodeClassifier::builder().transient_errors(transient).build()
}

#[derive(Debug)]
struct UnreadableAnswers;

impl ClassifyRetry for UnreadableAnswers {
    fn name(&self) -> &'static str {
        "UnreadableAnswers"
    }

    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let error = context.output_or_error().and_then(Result::err);
        let refusal = error
            .and_then(OrchestratorError::as_operation_error)
            .and_then(|error| error.downcast_ref::<Refusal>());
        if refusal.is_some_and(Refusal::is_unreadable) {
            RetryAction::server_error()
        } else {
            RetryAction::NoActionIndicated
        }
    }
}

/// 401: the token has expired meanwhile.
#[derive(Debug)]
struct InstanceAnswers;

impl ClassifyRetry for InstanceAnswers {
    fn name(&self) -> &'static str {
        "InstanceAnswers"
    }

    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let status = context.response().map(HttpResponse::status);
        if status.is_some_and(|status| status.is_server_error() || status.as_u16() == 401) {
            RetryAction::server_error()
        } else {
            RetryAction::NoActionIndicated
        }
    }
}
