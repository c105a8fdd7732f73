//! JSON read and written one level at a time. A value that is only passed on stays unparsed text.

mod reader;
pub(crate) mod writer;

pub use self::reader::{Object, array, text};
pub(crate) use self::reader::{is_object, is_string};
