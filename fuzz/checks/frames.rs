//! Any bytes as the body of an event stream, in any pieces.

use aws_smithy_eventstream::frame::write_message_to;
use aws_smithy_types::event_stream::{Header, HeaderValue, Message};
use langchain_aws_native::client::operations::Frames;

/// What the frames of a body say, and how it ends.
#[derive(Debug, PartialEq)]
struct Cut {
    messages: Vec<Message>,
    end: Result<bool, String>,
}

/// However the bytes are split, they make the same frames, the same failure, and end inside a frame or not; frames that are right are given as they are.
pub(crate) fn check(data: &[u8]) {
    let Body { bytes, messages, is_right } = body_of(data);
    let whole = cut(std::iter::once(bytes.as_slice()));
    if is_right {
        assert_eq!(whole, Cut { messages, end: Ok(false) });
    }
    assert_eq!(cut(bytes.chunks(1)), whole);
    for size in [2, 3, 11, 12, 13, 16, 64] {
        assert_eq!(cut(bytes.chunks(size)), whole, "pieces of {size}");
    }
    assert_eq!(cut(uneven(&bytes)), whole, "uneven pieces");
    for end in [0, bytes.len() / 2, bytes.len().saturating_sub(1)] {
        let start = bytes.get(..end).unwrap_or_default();
        assert_eq!(cut(start.chunks(1)), cut(std::iter::once(start)), "cut at {end}");
    }
}

struct Body {
    bytes: Vec<u8>,
    /// The frames that were put in.
    messages: Vec<Message>,
    /// Whether the body is nothing but them.
    is_right: bool,
}

/// Each line is a frame, `:event-type`, a space and the payload; or, behind a `!`, bytes as they are, which may break the frames.
fn body_of(data: &[u8]) -> Body {
    let mut body = Body {
        bytes: Vec::new(),
        messages: Vec::new(),
        is_right: true,
    };
    for line in data.split(|byte| *byte == b'\n') {
        if let Some(raw) = line.strip_prefix(b"!") {
            body.bytes.extend_from_slice(raw);
            body.is_right &= raw.is_empty();
            continue;
        }
        let mut parts = line.splitn(2, |byte| *byte == b' ');
        let event_type = String::from_utf8_lossy(parts.next().unwrap_or_default()).into_owned();
        let message = Message::new(parts.next().unwrap_or_default().to_vec())
            .add_header(Header::new(":message-type", HeaderValue::String("event".into())))
            .add_header(Header::new(":event-type", HeaderValue::String(event_type.into())));
        // A header that is too long cannot be written.
        let mut frame = Vec::new();
        if write_message_to(&message, &mut frame).is_ok() {
            body.bytes.extend_from_slice(&frame);
            body.messages.push(message);
        }
    }
    body
}

fn cut<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> Cut {
    let mut frames = Frames::default();
    let mut messages = Vec::new();
    for piece in pieces {
        frames.push(piece);
        loop {
            match frames.take() {
                Ok(Some(message)) => messages.push(message),
                Ok(None) => break,
                Err(failure) => return Cut { messages, end: Err(failure) },
            }
        }
    }
    let end = Ok(frames.is_inside_frame());
    Cut { messages, end }
}

/// Pieces whose lengths depend on the bytes.
fn uneven(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let first = *rest.first()?;
        let (piece, after) = rest.split_at(rest.len().min(1 + usize::from(first) % 37));
        rest = after;
        Some(piece)
    })
}
