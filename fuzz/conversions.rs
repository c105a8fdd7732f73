//! `src/convert`, `src/models` and the frames of an event stream as a crate of their own.

#[path = "../src/convert/mod.rs"]
pub mod convert;
#[path = "../src/client/operations/frames.rs"]
mod frames;
#[path = "../src/error.rs"]
pub mod error;
#[path = "../src/models/mod.rs"]
pub mod models;

/// At the path of the crate itself.
pub mod client {
    pub mod operations {
        pub use crate::frames::Frames;
    }
}
