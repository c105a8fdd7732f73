//! Creates the SDK's client from options and the AWS environment.

mod credentials;
mod environment;
mod options;
mod resolve;
mod retries;

pub use self::credentials::{CredentialsFunction, credentials_provider};
pub use self::environment::read_process_environment;
pub use self::options::{Auth, ClientOptions};
pub(super) use self::resolve::{resolve, with_bearer_token, with_credentials};
