//! Finds out that a pooled connection was closed before the next request is written to it.
//!
//! A request of which nothing was written was certainly not read, so it may be sent on another connection, whatever its method and however many retries
//! are left (Go's `net/http` does the same: `nothingWrittenError` in `shouldRetryRequest`). hyper does it for requests that wait while the end of their
//! connection is read; this closes the gap between the arrival of that end and its being read, which is as long as the thread is busy.
//!
//! A connection that ends after the request was written says nothing of whether it was read. That is left to the SDK's retries.

use std::io::{self, ErrorKind, IoSlice};
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::task::{Context, Poll};

use http::Uri;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_rustls::MaybeHttpsStream;
use hyper_util::client::legacy::connect::{Connected, Connection};
use socket2::SockRef;
use tokio::net::TcpStream;
use tower_service::Service;

use super::options::HttpVersion;
use super::route::{BoxError, ConnectFuture, Stream};

/// The connection was closed before the request.
#[derive(Debug, thiserror::Error)]
#[error("the connection was closed before the request")]
pub(super) struct ClosedBeforeRequest;

/// A connector whose connections find that out.
#[derive(Clone)]
pub(super) struct ReuseChecks<C> {
    pub(super) connector: C,
    pub(super) http_version: HttpVersion,
}

impl<C> Service<Uri> for ReuseChecks<C>
where
    C: Service<Uri, Response = MaybeHttpsStream<Stream>, Error = BoxError>,
    C::Future: Send + 'static,
{
    type Response = CheckedStream;
    type Error = BoxError;
    type Future = ConnectFuture<CheckedStream>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.connector.poll_ready(context)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let connecting = self.connector.call(uri);
        let phase = (self.http_version == HttpVersion::Http1).then_some(Phase::Writing);
        Box::pin(async move {
            let stream = connecting.await?;
            Ok(CheckedStream { stream, phase })
        })
    }
}

/// A connection.
pub(super) struct CheckedStream {
    stream: MaybeHttpsStream<Stream>,
    /// `None` for HTTP/2, whose requests overlap: a frame says there which of them were not read.
    phase: Option<Phase>,
}

/// Where a request stands. What is written after an answer is the next request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Writing,
    Written,
    Answered,
}

impl CheckedStream {
    fn before_write(&mut self) -> io::Result<()> {
        let is_next_request = self.phase == Some(Phase::Answered);
        self.move_on(&[Phase::Written, Phase::Answered], Phase::Writing);
        if is_next_request && has_input(tcp_of(&self.stream)) {
            return Err(io::Error::new(ErrorKind::ConnectionReset, ClosedBeforeRequest));
        }
        Ok(())
    }

    fn move_on(&mut self, from: &[Phase], to: Phase) {
        if self.phase.is_some_and(|phase| from.contains(&phase)) {
            self.phase = Some(to);
        }
    }
}

/// Whether something waits to be read, where nothing is expected: the end, a reset, a TLS alert, or an answer to no request.
fn has_input(tcp: &TcpStream) -> bool {
    let mut byte = [MaybeUninit::uninit()];
    match SockRef::from(tcp).peek(&mut byte) {
        Ok(_) => true,
        Err(error) => !matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted),
    }
}

fn tcp_of(stream: &MaybeHttpsStream<Stream>) -> &TcpStream {
    let route = match stream {
        MaybeHttpsStream::Http(stream) => stream,
        MaybeHttpsStream::Https(tls) => tls.inner().get_ref().0.inner(),
    };
    match route {
        MaybeHttpsStream::Http(tcp) => tcp.inner(),
        MaybeHttpsStream::Https(tls) => tls.inner().get_ref().0.inner().inner(),
    }
}

impl Read for CheckedStream {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: ReadBufCursor<'_>) -> Poll<io::Result<()>> {
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        if read.is_ready() {
            self.move_on(&[Phase::Written], Phase::Answered);
        }
        read
    }
}

impl Write for CheckedStream {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.before_write()?;
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(mut self: Pin<&mut Self>, context: &mut Context<'_>, slices: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        self.before_write()?;
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    /// hyper flushes when it has written all that it has: a request, since its body is one piece.
    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(context);
        if flushed.is_ready() {
            self.move_on(&[Phase::Writing], Phase::Written);
        }
        flushed
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

impl Connection for CheckedStream {
    fn connected(&self) -> Connected {
        self.stream.connected()
    }
}
