//! Files that were fetched: what the server says of a file and its first bytes must agree.

use std::borrow::Cow;

use super::attachment::Fetched;
use super::blob::Blob;
use super::media_signatures::formats_by_bytes;
use super::scope::Scope;
use crate::convert::media_formats::Kind;
use crate::error::Error;

/// Types of servers that know none.
const NO_TYPES: [&str; 3] = ["", "application/octet-stream", "binary/octet-stream"];

/// The formats of documents that are text.
const TEXTS: [&str; 4] = ["csv", "html", "md", "txt"];

/// Formats whose first bytes tell nothing.
const UNSIGNED: [&str; 11] = ["csv", "html", "md", "txt", "aac", "mp3", "mpeg", "mpga", "pcm", "x-aac", "opus"];

/// The format of a file: what the server says, else the first bytes, else what the block says of it. Many servers know text as `text/plain` only.
///
/// # Errors
/// A file of another kind, or whose first bytes are not those of its type.
pub(super) fn format_of_fetched(kind: Kind, file: Fetched<'_>, stated: Option<&'static str>, scope: Scope<'_>) -> Result<&'static str, Error> {
    let blob = Blob::bytes(Cow::Borrowed(file.bytes));
    let by_bytes = formats_by_bytes(kind, &blob);
    let content_type = file.content_type.unwrap_or_default().split(';').next().unwrap_or_default();
    let content_type = content_type.trim().to_ascii_lowercase();
    let what = kind.noun();
    let refuse = |why: String| scope.refuse(format_args!("The file at {} is not used as {what}: {why}.", shown_url(file.url)));
    let format = match content_type.as_str() {
        unknown if NO_TYPES.contains(&unknown) => by_bytes
            .first()
            .copied()
            .or(stated)
            .ok_or_else(|| refuse("neither its server nor its first bytes nor its name tell its format".to_owned()))?,
        "text/plain" if kind == Kind::Document => stated.filter(|format| TEXTS.contains(format)).unwrap_or("txt"),
        known => kind
            .format(known)
            .ok_or_else(|| refuse(format!("its server says that it is {known}, and the formats are {}", kind.accepted())))?,
    };
    let fits = match by_bytes {
        [] => may_have_no_signature(kind, format, &blob),
        formats => formats.contains(&format),
    };
    if fits {
        return Ok(format);
    }
    let said = if NO_TYPES.contains(&content_type.as_str()) {
        format
    } else {
        &content_type
    };
    Err(refuse(match by_bytes.first() {
        Some(other) => format!("it is said to be {said}, but its first bytes are those of {other}"),
        None => format!("it is said to be {said}, but its first bytes are not those of {format}"),
    }))
}

/// Whether bytes that have no format of this kind may be one: text, if they are not those of another kind; and an Office file whose parts stand far behind.
pub(super) fn may_have_no_signature(kind: Kind, format: &str, blob: &Blob<'_>) -> bool {
    let head = blob.head(8);
    match format {
        "docx" | "xlsx" => head.starts_with(b"PK\x03\x04"),
        "doc" | "xls" => head.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]),
        _ if !UNSIGNED.contains(&format) => false,
        _ => [Kind::Image, Kind::Document, Kind::Video, Kind::Audio]
            .into_iter()
            .filter(|other| *other != kind)
            .all(|other| formats_by_bytes(other, blob).is_empty()),
    }
}

/// The name of a file: the last part of its URL's path, without the ending of a format.
pub(super) fn name_of_url(kind: Kind, url: &str) -> String {
    let segment = last_segment(url);
    match segment.rsplit_once('.') {
        Some((stem, ending)) if kind.format(ending).is_some() => stem.to_owned(),
        _ => segment,
    }
}

/// The format by the ending of the URL's path.
pub(super) fn format_of_url(kind: Kind, url: &str) -> Option<&'static str> {
    kind.format(last_segment(url).rsplit_once('.')?.1)
}

fn last_segment(url: &str) -> String {
    let path = without_query(url).split_once("://").map_or("", |(_, rest)| rest);
    let segment = path
        .split_once('/')
        .map_or("", |(_, path)| path)
        .rsplit('/')
        .find(|segment| !segment.is_empty());
    percent_decoded(segment.unwrap_or_default())
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let escaped = tail
            .get(..2)
            .filter(|_| *first == b'%')
            .and_then(|digits| std::str::from_utf8(digits).ok());
        if let Some(byte) = escaped.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            bytes.push(byte);
            rest = tail.get(2..).unwrap_or_default();
        } else {
            bytes.push(*first);
            rest = tail;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn without_query(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or_default()
}

/// A URL as messages to the user show it: what is behind the path, and a user's name and password, may be secrets.
pub(super) fn shown_url(url: &str) -> String {
    let url = without_query(url);
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    let authority = rest.split(['/', '\\']).next().unwrap_or_default();
    let login = authority.rfind('@').map_or(0, |at| at + 1);
    format!("{scheme}://{}", rest.get(login..).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_have_the_names_of_their_urls() {
        for (url, name) in [
            ("https://example.com/reports/q3_report.pdf?signature=1", "q3_report"),
            ("https://example.com/reports/Q3%20report.final.pdf#page=2", "Q3 report.final"),
            ("https://example.com/reports/", "reports"),
            ("https://example.com/%E5%A0%B1%E5%91%8A.pdf", "報告"),
            ("https://example.com/100%.md", "100%"),
            ("https://example.com/v1.0", "v1.0"),
            ("https://example.com", ""),
            ("https://example.com?x=/a.pdf", ""),
        ] {
            assert_eq!(name_of_url(Kind::Document, url), name, "{url}");
        }
        assert_eq!(format_of_url(Kind::Document, "https://example.com/a.MD?b.pdf"), Some("md"));
        assert_eq!(format_of_url(Kind::Image, "https://example.com/a.png/b"), None);
    }

    #[test]
    fn urls_are_shown_without_what_may_be_secret() {
        for (url, shown) in [
            ("https://example.com/a.png?X-Amz-Signature=secret#x", "https://example.com/a.png"),
            ("https://user:p@ss@example.com:8443/a@b", "https://example.com:8443/a@b"),
            ("https:example.com", "https:example.com"),
        ] {
            assert_eq!(shown_url(url), shown);
        }
    }
}
