//! HTTP, as a server: a small listener that takes each request whole, within bounds, and answers what a function says.
//!
//! It speaks plain HTTP/1.1: where others than this machine are to reach it, a reverse proxy before it does TLS.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{HeaderMap, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{self, Runtime};
use tokio::sync::{Semaphore, oneshot};
use tokio::time::{sleep, timeout};

use super::{Error, Kind};

/// For the heading of a request, and again for its body: who calls gives up after three seconds.
const PATIENCE: Duration = Duration::from_secs(2);

/// For a whole conversation, the answer included.
const CONVERSATION: Duration = Duration::from_secs(5);

/// Bytes of a body.
const LARGEST: usize = 1 << 20;

/// Bytes of a heading, at most.
const HEADING: usize = 16 << 10;

/// More conversations at once wait before they are taken.
const AT_ONCE: usize = 32;

/// Listens in a thread of its own until it is dropped.
#[derive(Debug)]
pub struct Listener {
    address: SocketAddr,
    /// Dropped, it ends the thread.
    end: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// A request, whole.
#[derive(Debug)]
pub struct Received {
    pub method: String,
    /// What stands behind `?`; empty where nothing does.
    pub query: String,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

/// What is answered, as plain text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    pub status: u16,
    pub text: String,
}

impl Reply {
    pub fn new(status: u16, text: impl Into<String>) -> Reply {
        Reply { status, text: text.into() }
    }
}

impl Received {
    /// None where there is none, several, or one that is no text.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut all = self.headers.get_all(name).iter();
        all.next().filter(|_| all.next().is_none())?.to_str().ok()
    }
}

type Answer = dyn Fn(Received) -> Reply + Send + Sync;

impl Listener {
    /// `answer` is asked in the thread that listens, for one request at a time: it must be quick.
    pub fn start(
        address: SocketAddr,
        answer: impl Fn(Received) -> Reply + Send + Sync + 'static,
    ) -> Result<Listener, Error> {
        let failed = |cause: io::Error| Error::new(Kind::Setup, format!("listen on {address}")).caused_by(cause);
        let runtime = runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
        let socket = runtime.block_on(TcpListener::bind(address)).map_err(failed)?;
        let address = socket.local_addr().map_err(failed)?;
        let (end, ended) = oneshot::channel();
        let thread = thread::Builder::new().spawn(move || serve(&runtime, socket, Arc::new(answer), ended));
        Ok(Listener { address, end: Some(end), thread: Some(thread.map_err(failed)?) })
    }

    /// With the port that was found, where 0 was asked for.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        drop(self.end.take());
        // A panic over there has been told by the one who panicked.
        self.thread.take().map(JoinHandle::join);
    }
}

/// Conversations that are under way when it ends are cut off: whoever gets no answer sends again.
fn serve(runtime: &Runtime, socket: TcpListener, answer: Arc<Answer>, ended: oneshot::Receiver<()>) {
    runtime.spawn(accept(socket, answer));
    runtime.block_on(async { drop(ended.await) });
}

async fn accept(socket: TcpListener, answer: Arc<Answer>) {
    let room = Arc::new(Semaphore::new(AT_ONCE));
    loop {
        let place = Arc::clone(&room).acquire_owned().await.expect("nobody closes the room");
        match socket.accept().await {
            Ok((stream, _)) => {
                let answer = Arc::clone(&answer);
                tokio::spawn(async move {
                    // Who breaks off or is too slow gets no answer; there is nobody to tell.
                    let _ = timeout(CONVERSATION, converse(stream, &answer)).await;
                    drop(place);
                });
            }
            Err(cause) => {
                tracing::warn!("a call could not be taken: {cause}");
                sleep(Duration::from_secs(1)).await;
            }
        }
    }
}

async fn converse(stream: TcpStream, answer: &Arc<Answer>) -> Result<(), hyper::Error> {
    let mut conversation = http1::Builder::new();
    conversation.timer(TokioTimer::new()).header_read_timeout(PATIENCE).max_buf_size(HEADING).keep_alive(false);
    let respond = service_fn(|request| async { Ok::<_, Infallible>(written(received(request).await, &**answer)) });
    conversation.serve_connection(TokioIo::new(stream), respond).await
}

/// The request, or what is answered to one that is too long, too slow or broken off.
async fn received(request: Request<Incoming>) -> Result<Received, Reply> {
    let (head, body) = request.into_parts();
    let body = match timeout(PATIENCE, Limited::new(body, LARGEST).collect()).await {
        Ok(Ok(body)) => body.to_bytes().to_vec(),
        Ok(Err(cause)) if cause.is::<LengthLimitError>() => {
            return Err(Reply::new(413, format!("at most {LARGEST} bytes")));
        }
        Ok(Err(_)) => return Err(Reply::new(400, "the body is broken")),
        Err(_) => return Err(Reply::new(408, "the body did not come in time")),
    };
    let query = head.uri.query().unwrap_or_default().into();
    Ok(Received { method: head.method.as_str().into(), query, headers: head.headers, body })
}

fn written(received: Result<Received, Reply>, answer: &Answer) -> Response<Full<Bytes>> {
    let reply = received.map_or_else(|refusal| refusal, answer);
    let mut response = Response::new(Full::from(reply.text));
    *response.status_mut() = StatusCode::from_u16(reply.status).expect("a reply has a status of HTTP");
    // What is echoed is never taken for a page.
    let plain = hyper::header::HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(hyper::header::CONTENT_TYPE, plain);
    response
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpStream;

    use super::*;

    fn listener() -> Listener {
        let any = "127.0.0.1:0".parse().unwrap();
        Listener::start(any, |received| {
            let kind = received.header("X-Kind").unwrap_or("none").to_owned();
            Reply::new(202, format!("{} ?{} {kind} {}", received.method, received.query, received.body.len()))
        })
        .unwrap()
    }

    /// Sends these bytes, and reads all that is answered.
    fn say(listener: &Listener, bytes: &[u8]) -> String {
        let mut stream = TcpStream::connect(listener.address()).unwrap();
        // A refusal may come before everything is sent.
        let _ = stream.write_all(bytes);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8(answer).unwrap()
    }

    fn post(body: &[u8]) -> Vec<u8> {
        let length = body.len();
        let heading = format!("POST /x?a=b HTTP/1.1\r\nHost: x\r\nX-Kind: y\r\nContent-Length: {length}\r\n\r\n");
        [heading.as_bytes(), body].concat()
    }

    #[test]
    fn a_request_is_taken_whole_and_answered() {
        let listener = listener();
        let answer = say(&listener, &post(b"{}"));
        assert!(answer.starts_with("HTTP/1.1 202 Accepted\r\n") && answer.ends_with("POST ?a=b y 2"), "{answer}");
    }

    #[test]
    fn a_body_that_is_too_long_is_refused_and_the_next_one_taken() {
        let listener = listener();
        let answer = say(&listener, &post(&vec![b'x'; LARGEST + 1]));
        assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
        let answer = say(&listener, &post(&vec![b'x'; LARGEST]));
        assert!(answer.ends_with(&format!("y {LARGEST}")), "{answer}");
    }

    #[test]
    fn who_never_ends_its_words_is_not_waited_for() {
        let listener = listener();
        let half = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf";
        assert!(say(&listener, half).starts_with("HTTP/1.1 408 "), "the body");
        say(&listener, b"POST / HTTP/1.1\r\nHost: ");
        assert!(say(&listener, &post(b"")).starts_with("HTTP/1.1 202 "));
    }

    #[test]
    fn many_silent_callers_keep_nobody_out_for_long() {
        let listener = listener();
        let silent: Vec<TcpStream> =
            (0..2 * AT_ONCE).map(|_| TcpStream::connect(listener.address()).unwrap()).collect();
        assert!(say(&listener, &post(b"")).starts_with("HTTP/1.1 202 "));
        drop(silent);
    }

    #[test]
    fn an_address_that_is_taken_is_said() {
        let listener = listener();
        let taken = Listener::start(listener.address(), |_| Reply::new(200, "")).unwrap_err();
        assert_eq!(taken.kind, Kind::Setup);
        assert!(taken.chain().starts_with(&format!("listen on {}: Address already in use", listener.address())));
    }
}
