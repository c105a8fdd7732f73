//! Data that crosses the boundary beside the request's JSON.

/// Data beside the request's JSON, which refers to it as `{"$attachment": N}`.
#[derive(Debug, Clone, Copy)]
pub enum Attachment<'a> {
    /// Bytes that the caller held as a `Uint8Array` or `Buffer`.
    Bytes(&'a [u8]),
    /// A long base64 string or data URL.
    Text(&'a str),
}
