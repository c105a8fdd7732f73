//! The formats of images, audio, video and documents: their names on the wire and the other names they have.

/// The kinds of media, each with its formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Image,
    Audio,
    Video,
    Document,
}

/// A format's name on the wire, and the other names it goes by: MIME subtypes and file name endings.
type Format = (&'static str, &'static [&'static str]);

const IMAGE_FORMATS: &[Format] = &[("gif", &[]), ("jpeg", &["jpg", "pjpeg"]), ("png", &["x-png"]), ("webp", &[])];
const AUDIO_FORMATS: &[Format] = &[
    ("aac", &[]),
    ("flac", &["x-flac"]),
    ("m4a", &["x-m4a"]),
    ("mka", &["x-matroska"]),
    ("mkv", &[]),
    ("mp3", &["x-mp3"]),
    ("mp4", &[]),
    ("mpeg", &["x-mpeg"]),
    ("mpga", &[]),
    ("ogg", &[]),
    ("opus", &[]),
    ("pcm", &["l16"]),
    ("wav", &["x-wav", "wave", "vnd.wave", "x-pn-wav"]),
    ("webm", &[]),
    ("x-aac", &[]),
];
const VIDEO_FORMATS: &[Format] = &[
    ("flv", &["x-flv"]),
    ("mkv", &["x-matroska", "matroska"]),
    ("mov", &["quicktime"]),
    ("mp4", &[]),
    ("mpeg", &[]),
    ("mpg", &[]),
    ("three_gp", &["3gpp", "3gp"]),
    ("webm", &[]),
    ("wmv", &["x-ms-wmv"]),
];
const DOCUMENT_FORMATS: &[Format] = &[
    ("pdf", &["x-pdf"]),
    ("csv", &["comma-separated-values"]),
    ("doc", &["msword"]),
    ("docx", &["vnd.openxmlformats-officedocument.wordprocessingml.document"]),
    ("xls", &["vnd.ms-excel"]),
    ("xlsx", &["vnd.openxmlformats-officedocument.spreadsheetml.sheet"]),
    ("html", &["htm"]),
    ("txt", &["plain"]),
    ("md", &["markdown", "x-markdown"]),
];

const DOCUMENT_MIME_TYPES: &[&str] = &[
    "text/csv",
    "application/msword",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "text/html",
    "text/markdown",
    "application/pdf",
    "text/plain",
    "application/vnd.ms-excel",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
];

impl Kind {
    /// The block's member name on the wire.
    pub(crate) fn member(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Audio => "audio",
            Self::Video => "video",
            Self::Document => "document",
        }
    }

    /// LangChain's type of such a block.
    pub(crate) fn block_type(self) -> &'static str {
        if self == Self::Document { "file" } else { self.member() }
    }

    /// The MIME type of a format.
    pub(crate) fn mime_type(self, format: &str) -> String {
        let of_document = || DOCUMENT_MIME_TYPES.iter().find(|name| self.format(name) == Some(format));
        match (self, format) {
            (Self::Document, _) => of_document().map_or_else(|| format!("application/{format}"), ToString::to_string),
            (Self::Video, "three_gp") => "video/3gpp".to_owned(),
            (Self::Video, "mov") => "video/quicktime".to_owned(),
            (Self::Video, "mkv" | "flv" | "wmv") => {
                let names = VIDEO_FORMATS.iter().find(|(name, _)| *name == format);
                format!("video/{}", names.and_then(|(_, names)| names.first()).unwrap_or(&format))
            }
            _ => format!("{}/{format}", self.member()),
        }
    }

    /// Whether a MIME type is of this kind. Documents have types of many names.
    pub(crate) fn has_type(self, mime_type: &str) -> bool {
        match mime_type.split_once('/') {
            Some((kind @ ("image" | "audio" | "video"), _)) => kind == self.member(),
            _ => true,
        }
    }

    /// As sentences name one of it.
    pub(crate) fn noun(self) -> &'static str {
        match self {
            Self::Image => "an image",
            Self::Audio => "audio",
            Self::Video => "a video",
            Self::Document => "a document",
        }
    }

    fn formats(self) -> &'static [Format] {
        match self {
            Self::Image => IMAGE_FORMATS,
            Self::Audio => AUDIO_FORMATS,
            Self::Video => VIDEO_FORMATS,
            Self::Document => DOCUMENT_FORMATS,
        }
    }

    /// The wire format for a MIME type (parameters allowed), a format or a file name ending.
    pub(crate) fn format(self, name: &str) -> Option<&'static str> {
        let name = name.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let name = name.rsplit('/').next().unwrap_or_default();
        let known = self.formats().iter().find(|(format, others)| *format == name || others.contains(&name));
        known.map(|(format, _)| *format)
    }

    /// The formats, for an error message; for images and documents in the form that `@langchain/aws` has.
    pub(crate) fn accepted(self) -> String {
        match self {
            Self::Image => r#""image/gif", "image/jpeg", "image/png", and "image/webp""#.to_owned(),
            Self::Document => DOCUMENT_MIME_TYPES.join(", "),
            Self::Audio | Self::Video => self.formats().iter().map(|(format, _)| *format).collect::<Vec<_>>().join(", "),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_go_by_many_names() {
        for (kind, name, format) in [
            (Kind::Image, "image/jpg", "jpeg"),
            (Kind::Image, "IMAGE/PNG; q=1", "png"),
            (Kind::Video, "video/quicktime", "mov"),
            (Kind::Video, "video/3gpp", "three_gp"),
            (Kind::Video, "video/three_gp", "three_gp"),
            (Kind::Video, "video/x-matroska", "mkv"),
            (Kind::Audio, "audio/x-wav", "wav"),
            (Kind::Audio, "audio/mpeg", "mpeg"),
            (Kind::Audio, "audio/x-aac", "x-aac"),
            (Kind::Document, "text/plain; charset=utf-8", "txt"),
            (Kind::Document, "application/vnd.ms-excel", "xls"),
        ] {
            assert_eq!(kind.format(name), Some(format), "{name}");
        }
        assert_eq!(Kind::Image.format("image/svg+xml"), None);
        assert_eq!(Kind::Document.format(""), None);
    }
}
