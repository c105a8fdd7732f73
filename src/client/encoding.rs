//! Texts and bytes as URLs, forms and signatures have them.

use std::fmt::Write as _;

/// Percent-encodes all but unreserved characters (RFC 3986) and those of `kept`.
pub(crate) fn encode(text: &str, kept: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut out, byte| {
        let character = char::from(byte);
        if byte.is_ascii_alphanumeric() || "-._~".contains(character) || (byte.is_ascii() && kept.contains(character)) {
            out.push(character);
        } else {
            // Writing into a string does not fail.
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

/// In lower case, as AWS has hashes.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing into a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::{encode, hex};

    #[test]
    fn what_is_not_unreserved_is_encoded() {
        assert_eq!(encode("a/b&c=d~e", ""), "a%2Fb%26c%3Dd~e");
        assert_eq!(encode("a/b é+", "/"), "a/b%20%C3%A9%2B");
        assert_eq!(hex(&[0, 10, 255]), "000aff");
    }
}
