//! What JavaScript sees: the only folder that names napi. No logic; it turns values into the core's and back.

mod cancellation;
mod client;
mod credentials;
mod mailbox;
mod options;
mod outcome;
mod room;
mod runtime;
mod stream;
