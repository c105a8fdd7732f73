//! Creates the SDK's client from options and the AWS environment.

mod clock;
mod credentials;
mod environment;
mod key_cache;
mod key_source;
mod options;
mod resolve;
mod retries;
mod settings;
mod sources;

pub(super) use self::clock::{Clock, Dates};
pub use self::credentials::{CredentialsFunction, credentials_provider};
pub use self::environment::read_process_environment;
pub(super) use self::key_cache::UsedKeys;
pub use self::key_source::find_credentials;
pub use self::options::{Auth, ClientOptions};
pub(super) use self::resolve::{Resolved, resolve, with_bearer_token, with_credentials};
pub(super) use self::retries::with_shared_retries;
