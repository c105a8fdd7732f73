//! Short reads keep hyper's read buffers small.

use std::io::{self, IoSlice};
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::task::{Context, Poll};

use http::Uri;
use hyper::rt::{Read, ReadBuf, ReadBufCursor, Write};
use hyper_util::client::legacy::connect::{Connected, Connection};
use tower_service::Service;

use super::route::{BoxError, ConnectFuture};

/// Bytes of one read. hyper's buffer of an HTTP/1.1 connection has room for 8 KB and the rest of the read before, and keeps its size when the connection
/// is idle. A read that fills the 8 KB would double what it reserves for the next.
const MAX_READ: usize = 8 * 1024 - 1;

/// A connector whose HTTP/1.1 connections read [`MAX_READ`] bytes at once. HTTP/2 reads as much as it wants: one buffer serves all streams.
#[derive(Clone)]
pub(super) struct ShortReads<C>(pub(super) C);

impl<C> Service<Uri> for ShortReads<C>
where
    C: Service<Uri, Error = BoxError>,
    C::Response: Connection,
    C::Future: Send + 'static,
{
    type Response = ShortReadStream<C::Response>;
    type Error = BoxError;
    type Future = ConnectFuture<Self::Response>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let connecting = self.0.call(uri);
        Box::pin(async move {
            let stream = connecting.await?;
            let is_short = !stream.connected().is_negotiated_h2();
            Ok(ShortReadStream { stream, is_short })
        })
    }
}

/// A connection of [`ShortReads`].
pub(super) struct ShortReadStream<T> {
    stream: T,
    is_short: bool,
}

impl<T: Read + Unpin> Read for ShortReadStream<T> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, mut buffer: ReadBufCursor<'_>) -> Poll<io::Result<()>> {
        if !self.is_short || buffer.remaining() <= MAX_READ {
            return Pin::new(&mut self.stream).poll_read(context, buffer);
        }
        let mut bytes = [const { MaybeUninit::uninit() }; MAX_READ];
        let mut short = ReadBuf::uninit(&mut bytes);
        let read = Pin::new(&mut self.stream).poll_read(context, short.unfilled());
        buffer.put_slice(short.filled());
        read
    }
}

impl<T: Write + Unpin> Write for ShortReadStream<T> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_write_vectored(mut self: Pin<&mut Self>, context: &mut Context<'_>, slices: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }
}

impl<T: Connection> Connection for ShortReadStream<T> {
    fn connected(&self) -> Connected {
        self.stream.connected()
    }
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use super::*;

    /// Has always as many bytes as a read wants.
    struct Plenty;

    impl Read for Plenty {
        fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, mut buffer: ReadBufCursor<'_>) -> Poll<io::Result<()>> {
            let bytes = vec![7; buffer.remaining()];
            buffer.put_slice(&bytes);
            Poll::Ready(Ok(()))
        }
    }

    fn length_of_read(is_short: bool, room: usize) -> usize {
        let mut bytes = vec![0; room];
        let mut buffer = ReadBuf::new(&mut bytes);
        let mut stream = ShortReadStream { stream: Plenty, is_short };
        let read = Pin::new(&mut stream).poll_read(&mut Context::from_waker(Waker::noop()), buffer.unfilled());
        assert!(matches!(read, Poll::Ready(Ok(()))));
        assert!(buffer.filled().iter().all(|byte| *byte == 7));
        buffer.filled().len()
    }

    #[test]
    fn a_read_does_not_fill_the_buffer_that_hyper_would_double() {
        assert_eq!(length_of_read(true, 64 * 1024), MAX_READ);
        assert_eq!(length_of_read(true, 100), 100);
    }

    #[test]
    fn http2_reads_as_much_as_it_wants() {
        assert_eq!(length_of_read(false, 64 * 1024), 64 * 1024);
    }
}
