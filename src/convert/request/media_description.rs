//! What a file is, by its first bytes and its name.

use std::borrow::Cow;

use super::blob::Blob;
use super::fetched_media::may_have_no_signature;
use super::media_signatures::formats_by_bytes;
use crate::convert::media_formats::Kind;

/// What a file is.
#[derive(Debug, PartialEq, Eq)]
pub struct MediaDescription {
    /// LangChain's type of its block: `image`, `file`, `video` or `audio`.
    pub block_type: &'static str,
    /// A MIME type.
    pub mime_type: String,
    /// Its name without the ending.
    pub stem: String,
}

const KINDS: [Kind; 4] = [Kind::Image, Kind::Document, Kind::Video, Kind::Audio];

/// Describes a file by its first bytes, else by its type or ending; `None` for what Converse does not take. Of a container for both, such as MP4, type or
/// ending tell whether it is a video.
#[must_use]
pub fn describe_media(head: &[u8], file_name: &str, mime_type: Option<&str>) -> Option<MediaDescription> {
    let blob = Blob::bytes(Cow::Borrowed(head));
    let (stem, ending) = file_name.rsplit_once('.').unwrap_or((file_name, ""));
    let said = |kind: Kind| {
        mime_type.map_or_else(
            || kind.format(ending),
            |mime_type| kind.format(mime_type).filter(|_| kind.has_type(mime_type)),
        )
    };
    let by_both = KINDS
        .into_iter()
        .find_map(|kind| Some((kind, said(kind).filter(|format| formats_by_bytes(kind, &blob).contains(format))?)));
    let by_bytes = || KINDS.into_iter().find_map(|kind| Some((kind, *formats_by_bytes(kind, &blob).first()?)));
    let by_name = || {
        KINDS
            .into_iter()
            .find_map(|kind| Some((kind, said(kind).filter(|format| may_have_no_signature(kind, format, &blob))?)))
    };
    let (kind, format) = by_both.or_else(by_bytes).or_else(by_name)?;
    Some(MediaDescription {
        block_type: kind.block_type(),
        mime_type: kind.mime_type(format),
        stem: stem.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_described() {
        let m4a = b"\0\0\0\x18ftypM4A ".as_slice();
        for (head, name, mime_type, expected) in [
            (b"\x89PNG\r\n".as_slice(), "a.png", None, Some(("image", "image/png"))),
            (b"\x89PNG\r\n", "a.jpg", None, Some(("image", "image/png"))),
            (b"\xFF\xD8\xFF", "photo", None, Some(("image", "image/jpeg"))),
            (b"%PDF-1.7", "a", None, Some(("file", "application/pdf"))),
            (
                b"PK\x03\x04",
                "a.docx",
                None,
                Some(("file", "application/vnd.openxmlformats-officedocument.wordprocessingml.document")),
            ),
            (b"# A", "a.md", None, Some(("file", "text/markdown"))),
            (b"a,b", "a", Some("text/csv; charset=utf-8"), Some(("file", "text/csv"))),
            (b"\0\0\0\x18ftypmp42", "a.mp4", None, Some(("video", "video/mp4"))),
            (b"\0\0\0\x18ftypqt  ", "a", None, Some(("video", "video/quicktime"))),
            (b"\0\0\0\x18ftyp3gp5", "a", None, Some(("video", "video/3gpp"))),
            (m4a, "a.m4a", None, Some(("audio", "audio/m4a"))),
            (m4a, "a", Some("audio/mp4"), Some(("audio", "audio/mp4"))),
            (b"RIFF\x01\x02\x03\x04WAVEfmt ", "a.wav", None, Some(("audio", "audio/wav"))),
            (b"ID3", "a.mp3", None, Some(("audio", "audio/mp3"))),
            (b"<!doctype html>", "a.png", None, None),
            (b"\x89PNG\r\n", "a.txt", None, Some(("image", "image/png"))),
            (b"hello", "a", None, None),
            (b"hello", "a.exe", None, None),
            (b"PK\x03\x04", "a.zip", None, None),
        ] {
            let described = describe_media(head, name, mime_type);
            let described = described.as_ref().map(|it| (it.block_type, it.mime_type.as_str()));
            assert_eq!(described, expected, "{name}");
        }
        assert_eq!(
            describe_media(b"# A", "notes.of.may.md", None).map(|it| it.stem).as_deref(),
            Some("notes.of.may")
        );
    }
}
