//! From options and the AWS environment to the SDK's client.

mod credentials;
mod options;
mod resolve;

pub use self::credentials::{CredentialsFunction, credentials_provider};
pub use self::options::{Auth, ClientOptions};
pub(super) use self::resolve::{bearing, resolve, signing};
