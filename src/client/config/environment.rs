//! Keeps the SDK from reading the environment of the process: on a thread of the core, `getenv` races with JavaScript's `process.env.X = …`, which can
//! crash the process, and a worker's `process.env` is not the environment of the process.

use std::sync::Once;

use aws_config::AppName;
use aws_runtime::user_agent::{ApiMetadata, AwsUserAgent};
use aws_sdk_bedrockruntime::config::endpoint::DefaultResolver;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{BeforeSerializationInterceptorContextRef, BeforeTransmitInterceptorContextMut};
use aws_smithy_runtime_api::client::orchestrator::SensitiveOutput;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use aws_types::os_shim_internal::Env;

/// The header of recursion detection, and the value that stands there until the request is signed.
const TRACE_ID: &str = "x-amzn-trace-id";
const NO_TRACE: &str = "-";

/// Does with the snapshot what the SDK does for each request with the environment of the process: the user agent is made from it, recursion detection
/// is left to JavaScript, which knows the trace of the call, and the variable that lets response bodies be logged is not read.
#[derive(Debug)]
pub(super) struct SnapshotEnvironment(pub(super) Env);

impl Intercept for SnapshotEnvironment {
    fn name(&self) -> &'static str {
        "SnapshotEnvironment"
    }

    fn read_before_execution(&self, _context: &BeforeSerializationInterceptorContextRef<'_>, config: &mut ConfigBag) -> Result<(), BoxError> {
        let api = config.load::<ApiMetadata>().cloned();
        let app_name = config.load::<AppName>().cloned();
        let state = config.interceptor_state();
        if let Some(api) = api {
            let mut user_agent = AwsUserAgent::new_from_environment(self.0.clone(), api);
            if let Some(app_name) = app_name {
                user_agent.set_app_name(app_name);
            }
            state.store_put(user_agent);
        }
        state.unset::<SensitiveOutput>();
        Ok(())
    }

    /// Recursion detection does not read the environment for a request that has the header.
    fn modify_before_retry_loop(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let headers = context.request_mut().headers_mut();
        headers.try_insert(TRACE_ID, NO_TRACE)?;
        Ok(())
    }

    /// The header is not signed, so it can still be removed.
    fn modify_before_transmit(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let headers = context.request_mut().headers_mut();
        if headers.get(TRACE_ID) == Some(NO_TRACE) {
            headers.remove(TRACE_ID);
        }
        Ok(())
    }
}

/// Makes the SDK read now, on the caller's thread, what it reads once in a process: `SMITHY_CLIENT_SDK_CUSTOM_PARTITION`, for the endpoints of AWS. A
/// second call does nothing.
pub fn read_process_environment() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| drop(DefaultResolver::new()));
}
