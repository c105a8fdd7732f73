//! JSON read and written one level at a time, so that a value which is only carried stays the text it came as.

mod reader;
pub(crate) mod writer;

pub use self::reader::{Object, array, text};
pub(crate) use self::reader::{is_object, is_string};
