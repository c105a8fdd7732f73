//! Where keys come from that no option gives: the sources of AWS's SDK for Rust, in its order and with its rules.
//!
//! That SDK's own code cannot be told to leave the environment of the process alone: the clients inside it read variables for each request. And each of
//! the three services would bring a crate of its own, for one or two requests.

mod attempts;
mod chain;
mod container;
mod endpoints;
mod instance;
mod key_document;
mod process;
mod profile;
mod refusal;
mod request;
mod single_sign_on;
mod sso_token;
mod token_service;

pub(super) use self::chain::{Selection, Sources};
pub(super) use self::instance::region_of_instance;
