//! The bytes of an event stream, cut into its frames.

use aws_smithy_eventstream::frame::{DecodedFrame, MessageFrameDecoder};
use aws_smithy_types::event_stream::Message;
use bytes::BytesMut;

/// AWS's own limit for a frame, in bytes: a longer one is the sign of a corrupt length.
const MAX_FRAME_LENGTH: u32 = 16 * 1024 * 1024;

/// The length of a frame's prelude in bytes: two lengths and a checksum.
const PRELUDE_LENGTH: usize = 12;

/// Takes bytes as they arrive, and gives the frames that are complete.
pub struct Frames {
    unread: BytesMut,
    decoder: MessageFrameDecoder,
    /// Whether the next byte is the first of one: the decoder takes a frame's prelude before the rest of it has come.
    is_between: bool,
}

impl Default for Frames {
    fn default() -> Self {
        Self {
            unread: BytesMut::new(),
            decoder: MessageFrameDecoder::new(),
            is_between: true,
        }
    }
}

impl Frames {
    /// Adds bytes that have arrived.
    pub fn push(&mut self, bytes: &[u8]) {
        self.unread.extend_from_slice(bytes);
    }

    /// Bytes that have arrived and were not taken yet.
    #[must_use]
    pub fn unread(&self) -> usize {
        self.unread.len()
    }

    /// Whether a frame has begun to arrive.
    #[must_use]
    pub fn is_inside_frame(&self) -> bool {
        !self.is_between || !self.unread.is_empty()
    }

    /// The next frame; `None` when it has not arrived completely.
    ///
    /// # Errors
    /// A sentence, for a length or a checksum that is wrong. What follows is useless.
    pub fn take(&mut self) -> Result<Option<Message>, String> {
        self.check_length()?;
        match self.decoder.decode_frame(&mut self.unread) {
            Ok(DecodedFrame::Complete(message)) => {
                self.is_between = true;
                Ok(Some(message))
            }
            Ok(DecodedFrame::Incomplete) => Ok(None),
            Err(error) => Err(format!("An event is corrupt: {error}.")),
        }
    }

    /// Refuses a corrupt length at once, instead of waiting for the rest of such a frame.
    fn check_length(&mut self) -> Result<(), String> {
        let Some(length) = self.unread.first_chunk::<4>().filter(|_| self.is_between) else {
            return Ok(());
        };
        if u32::from_be_bytes(*length) > MAX_FRAME_LENGTH {
            return Err(format!("An event claims to be longer than {MAX_FRAME_LENGTH} bytes."));
        }
        self.is_between = self.unread.len() < PRELUDE_LENGTH;
        Ok(())
    }
}
