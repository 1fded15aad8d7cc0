//! Connections that can be cut on command, as networks cut them: after so many bytes, nothing more is written.

use std::io::{Error, ErrorKind, Result};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll};

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

/// How many bytes may still be written on one connection.
#[derive(Clone)]
pub struct Allowance(Arc<Left>);

struct Left {
    bytes: AtomicUsize,
    /// The head of the answer, which comes with the first write, is not counted.
    head_is_free: AtomicBool,
}

impl Allowance {
    fn unlimited() -> Allowance {
        Allowance(Arc::new(Left { bytes: AtomicUsize::new(usize::MAX), head_is_free: AtomicBool::new(false) }))
    }

    /// Nothing of the answer that follows is sent.
    pub fn cut(&self) {
        self.0.bytes.store(0, Ordering::SeqCst);
    }

    /// The answer that follows ends after so many bytes of its body.
    pub fn cut_body_after(&self, bytes: usize) {
        self.0.head_is_free.store(true, Ordering::SeqCst);
        self.0.bytes.store(bytes, Ordering::SeqCst);
    }

    /// How much of `next` may go out.
    fn left(&self, next: &[u8]) -> usize {
        if self.0.head_is_free.swap(false, Ordering::SeqCst) {
            let head = next.windows(4).position(|four| four == b"\r\n\r\n").map_or(0, |at| at + 4);
            self.0.bytes.fetch_add(head, Ordering::SeqCst);
        }
        self.0.bytes.load(Ordering::SeqCst)
    }

    fn spend(&self, bytes: usize) {
        if self.0.bytes.load(Ordering::SeqCst) != usize::MAX {
            self.0.bytes.fetch_sub(bytes, Ordering::SeqCst);
        }
    }
}

impl Connected<IncomingStream<'_, Door>> for Allowance {
    fn connect_info(stream: IncomingStream<'_, Door>) -> Allowance {
        stream.io().allowance.clone()
    }
}

pub struct Door(pub TcpListener);

impl Listener for Door {
    type Io = Wire;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Wire, SocketAddr) {
        let (stream, address) = Listener::accept(&mut self.0).await;
        // Small answers to small questions: waiting for more to send would cost 40 ms each.
        let _ = stream.set_nodelay(true);
        (Wire { stream, allowance: Allowance::unlimited() }, address)
    }

    fn local_addr(&self) -> Result<SocketAddr> {
        self.0.local_addr()
    }
}

pub struct Wire {
    stream: TcpStream,
    allowance: Allowance,
}

impl AsyncRead for Wire {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        let left = self.allowance.left(bytes);
        if left == 0 {
            return Poll::Ready(Err(Error::new(ErrorKind::ConnectionAborted, "cut on command")));
        }
        let written = Pin::new(&mut self.stream).poll_write(context, &bytes[..bytes.len().min(left)]);
        if let Poll::Ready(Ok(count)) = written {
            self.allowance.spend(count);
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
