//! Which failures are retried, in addition to the SDK's own rules.

use aws_sdk_bedrockruntime::config::retry::RetryConfig;
use aws_sdk_bedrockruntime::config::{Builder, Config};
use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::retries::classifiers::{ClassifyRetry, RetryAction, RetryClassifierPriority, RetryReason};
use http_body_util::LengthLimitError;

use crate::client::error_chain::find_cause;
use crate::client::retry_after::retry_after;

/// Retries a response with status 429, also one without AWS's error name, as gateways send it, and waits as long as a
/// response asks for, up to the longest wait of the SDK, 20 seconds. Does not retry an answer that is too long.
#[derive(Debug)]
pub(super) struct StatusClassifier;

impl ClassifyRetry for StatusClassifier {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let failure = context.output_or_error().and_then(Result::err);
        if failure.is_some_and(|error| find_cause::<LengthLimitError>(error).is_some()) {
            return RetryAction::RetryForbidden;
        }
        let status = context.response().map(|response| response.status().as_u16());
        if status == Some(429) {
            RetryAction::throttling_error()
        } else {
            RetryAction::NoActionIndicated
        }
    }

    fn classify_retry_v2(&self, context: &InterceptorContext, previous: &RetryAction) -> RetryAction {
        let own = self.classify_retry(context);
        let retried = if own == RetryAction::NoActionIndicated { previous } else { &own };
        let RetryAction::RetryIndicated(RetryReason::RetryableError { kind, retry_after: None }) = retried else {
            return own;
        };
        match context.response().and_then(retry_after) {
            Some(wait) => RetryAction::retryable_error_with_explicit_delay(*kind, wait),
            None => own,
        }
    }

    fn name(&self) -> &'static str {
        "StatusClassifier"
    }

    /// Last, so that it has the final say.
    fn priority(&self) -> RetryClassifierPriority {
        RetryClassifierPriority::run_after(RetryClassifierPriority::transient_error_classifier())
    }
}

/// The retries of a call that other targets share: of the attempts that `config` allows, `elsewhere` are made by others. One is always left.
pub(in crate::client) fn with_shared_retries(config: &Config, elsewhere: u32, hands_over: bool) -> Builder {
    let retries = config.retry_config().cloned().unwrap_or_else(RetryConfig::standard);
    let left = retries.max_attempts().saturating_sub(elsewhere).max(1);
    let own = Builder::new().retry_config(retries.with_max_attempts(left));
    if hands_over { own.retry_classifier(NoWaits) } else { own }
}

/// Does not retry where the response asks for a wait.
#[derive(Debug)]
struct NoWaits;

impl ClassifyRetry for NoWaits {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        match context.response().and_then(retry_after) {
            Some(_) => RetryAction::RetryForbidden,
            None => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "NoWaits"
    }

    fn priority(&self) -> RetryClassifierPriority {
        RetryClassifierPriority::run_after(StatusClassifier.priority())
    }
}
