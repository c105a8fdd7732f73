//! Formats by the bytes of a medium.
//!
//! Sources: the WHATWG standard <https://mimesniff.spec.whatwg.org/> (images, PDF, `WebM`), <https://mp4ra.org/registered-types/brands> (brands of MP4), MS-CFB
//! and ECMA-376 (Office), RFC 9559 (Matroska).

use super::blob::Blob;
use crate::convert::media_formats::Kind;

/// The bytes at the beginning that are read, enough for all but Office's formats.
const HEAD: usize = 64;

/// The bytes at the beginning of an archive in which its first names stand.
const ARCHIVE_HEAD: usize = 64 * 1024;

/// The wire formats of `kind` that the bytes can have, the likeliest first; none if they tell nothing.
pub(super) fn formats_by_bytes(kind: Kind, blob: &Blob<'_>) -> &'static [&'static str] {
    let head = blob.head(HEAD);
    match kind {
        Kind::Image => image(&head),
        Kind::Document => document(&head, blob),
        Kind::Video => video(&head),
        Kind::Audio => audio(&head),
    }
}

fn image(head: &[u8]) -> &'static [&'static str] {
    match head {
        [0x89, b'P', b'N', b'G', ..] => &["png"],
        [0xFF, 0xD8, 0xFF, ..] => &["jpeg"],
        [b'G', b'I', b'F', b'8', ..] => &["gif"],
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => &["webp"],
        _ => &[],
    }
}

fn document(head: &[u8], blob: &Blob<'_>) -> &'static [&'static str] {
    match head {
        [b'%', b'P', b'D', b'F', b'-', ..] => &["pdf"],
        [b'P', b'K', 3, 4, ..] => open_xml(&blob.head(ARCHIVE_HEAD)),
        [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, ..] => compound_file(&blob.decode()),
        _ => &[],
    }
}

/// An archive's files each begin with a header, which ends with the name.
fn open_xml(head: &[u8]) -> &'static [&'static str] {
    const NAME: usize = 30;
    let is_header = |window: &&[u8]| window.starts_with(b"PK\x03\x04");
    let has = |folder: &[u8]| head.windows(NAME + folder.len()).filter(is_header).any(|header| header.ends_with(folder));
    match (has(b"word/"), has(b"xl/")) {
        (true, false) => &["docx"],
        (false, true) => &["xlsx"],
        _ => &[],
    }
}

/// The names of streams are UTF-16. An encrypted document of the newer formats has none of these.
fn compound_file(bytes: &[u8]) -> &'static [&'static str] {
    let has = |name: &str| {
        let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        bytes.windows(name.len()).any(|window| window == name)
    };
    match (has("WordDocument"), has("Workbook")) {
        (true, false) => &["doc"],
        (false, true) => &["xls"],
        _ => &[],
    }
}

fn video(head: &[u8]) -> &'static [&'static str] {
    match head {
        [_, _, _, _, b'f', b't', b'y', b'p', b'q', b't', b' ', b' ', ..] => &["mov"],
        [_, _, _, _, b'f', b't', b'y', b'p', b'3', b'g', ..] => &["three_gp", "mp4"],
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => &["mp4"],
        // A WebM file is one of Matroska, too.
        [0x1A, 0x45, 0xDF, 0xA3, ..] if is_webm(head) => &["webm", "mkv"],
        [0x1A, 0x45, 0xDF, 0xA3, ..] => &["mkv"],
        [b'F', b'L', b'V', 1, ..] => &["flv"],
        [0x30, 0x26, 0xB2, 0x75, 0x8E, 0x66, 0xCF, 0x11, ..] => &["wmv"],
        [0, 0, 1, 0xBA | 0xB3, ..] => &["mpeg", "mpg"],
        _ => &[],
    }
}

fn audio(head: &[u8]) -> &'static [&'static str] {
    match head {
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'A', b'V', b'E', ..] => &["wav"],
        [b'f', b'L', b'a', b'C', ..] => &["flac"],
        [b'O', b'g', b'g', b'S', ..] => &["ogg", "opus"],
        [_, _, _, _, b'f', b't', b'y', b'p', b'M', b'4', b'A', ..] => &["m4a", "mp4"],
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => &["mp4", "m4a"],
        [0x1A, 0x45, 0xDF, 0xA3, ..] if is_webm(head) => &["webm", "mka", "mkv"],
        [0x1A, 0x45, 0xDF, 0xA3, ..] => &["mka", "mkv"],
        _ => &[],
    }
}

fn is_webm(head: &[u8]) -> bool {
    head.windows(4).any(|window| window == b"webm")
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    fn formats(kind: Kind, bytes: &[u8]) -> &'static [&'static str] {
        let of_bytes = formats_by_bytes(kind, &Blob::bytes(Cow::Borrowed(bytes)));
        assert_eq!(formats_by_bytes(kind, &Blob::base64(STANDARD.encode(bytes).into())), of_bytes);
        of_bytes
    }

    /// An archive with empty files of these names.
    fn archive(names: &[&str]) -> Vec<u8> {
        let file = |name: &&str| [b"PK\x03\x04".as_slice(), &[0; 26], name.as_bytes()].concat();
        names.iter().flat_map(file).collect()
    }

    fn compound(name: &str) -> Vec<u8> {
        let utf16: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        [&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], [0; 4000].as_slice(), &utf16].concat()
    }

    #[test]
    fn media_are_recognised() {
        for (kind, bytes, format) in [
            (Kind::Image, b"\x89PNG\r\n\x1a\n".as_slice(), "png"),
            (Kind::Image, b"\xFF\xD8\xFF\xE0", "jpeg"),
            (Kind::Image, b"GIF89a", "gif"),
            (Kind::Image, b"RIFF\x01\x02\x03\x04WEBPVP8 ", "webp"),
            (Kind::Document, b"%PDF-1.7", "pdf"),
            (Kind::Video, b"\0\0\0\x18ftypmp42", "mp4"),
            (Kind::Video, b"\0\0\0\x18ftypqt  ", "mov"),
            (Kind::Video, b"\0\0\0\x18ftyp3gp5", "three_gp"),
            (Kind::Video, b"\x1A\x45\xDF\xA3\x9F\x42\x82\x84webm", "webm"),
            (Kind::Video, b"\x1A\x45\xDF\xA3\x9F\x42\x82\x88matroska", "mkv"),
            (Kind::Video, b"FLV\x01\x05", "flv"),
            (Kind::Video, b"\x30\x26\xB2\x75\x8E\x66\xCF\x11\xA6", "wmv"),
            (Kind::Video, b"\0\0\x01\xBA", "mpeg"),
            (Kind::Audio, b"RIFF\x01\x02\x03\x04WAVEfmt ", "wav"),
            (Kind::Audio, b"fLaC", "flac"),
            (Kind::Audio, b"OggS", "ogg"),
            (Kind::Audio, b"\0\0\0\x18ftypM4A ", "m4a"),
        ] {
            assert_eq!(formats(kind, bytes).first(), Some(&format), "{kind:?} {format}");
        }
    }

    #[test]
    fn documents_of_office_are_told_apart() {
        assert_eq!(formats(Kind::Document, &archive(&["[Content_Types].xml", "word/document.xml"])), ["docx"]);
        assert_eq!(formats(Kind::Document, &archive(&["[Content_Types].xml", "xl/workbook.xml"])), ["xlsx"]);
        assert_eq!(formats(Kind::Document, &compound("WordDocument")), ["doc"]);
        assert_eq!(formats(Kind::Document, &compound("Workbook")), ["xls"]);
    }

    #[test]
    fn what_is_not_known_has_no_format() {
        assert!(formats(Kind::Document, &archive(&["ppt/presentation.xml"])).is_empty());
        assert!(formats(Kind::Document, &compound("EncryptedPackage")).is_empty());
        for kind in [Kind::Image, Kind::Document, Kind::Video, Kind::Audio] {
            for bytes in [b"".as_slice(), b"a", b"a,b\n1,2\n", b"%PD", b"PK", &[0; 100]] {
                assert!(formats(kind, bytes).is_empty(), "{kind:?} {bytes:?}");
            }
        }
    }
}
