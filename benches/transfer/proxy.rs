//! A longer way to a server on this machine: every byte arrives a while after it was sent, in each direction.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

pub struct Proxy {
    pub port: u16,
    turns: Arc<Turns>,
}

/// Counts round trips: bytes of the client that come after it has got some.
#[derive(Default)]
struct Turns {
    has_got: AtomicBool,
    count: AtomicUsize,
}

impl Proxy {
    /// Half of the round trip is spent on each direction.
    pub fn start(server: u16, round_trip: Duration) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("it is bound").port();
        let turns = Arc::<Turns>::default();
        let counted = Arc::clone(&turns);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let server = TcpStream::connect(("127.0.0.1", server)).expect("the server listens");
                let copy = |socket: &TcpStream| socket.try_clone().expect("a socket can be shared");
                let (sent, got) = (Arc::clone(&counted), Arc::clone(&counted));
                delay(copy(&client), copy(&server), round_trip / 2, move || sent.sent(), || {});
                delay(server, client, round_trip / 2, || {}, move || got.got());
            }
        });
        Proxy { port, turns }
    }

    pub fn turns(&self) -> usize {
        self.turns.count.load(Ordering::SeqCst)
    }
}

impl Turns {
    fn sent(&self) {
        if self.has_got.swap(false, Ordering::SeqCst) {
            self.count.fetch_add(1, Ordering::SeqCst);
        }
    }

    fn got(&self) {
        self.has_got.store(true, Ordering::SeqCst);
    }
}

/// Takes bytes at once and hands them over when they are due, so that any number can be on the way.
fn delay(
    mut from: TcpStream,
    mut to: TcpStream,
    time: Duration,
    taken: impl Fn() + Send + 'static,
    handed: impl Fn() + Send + 'static,
) {
    from.set_nodelay(true).and_then(|()| to.set_nodelay(true)).expect("a socket of this machine");
    let (on_the_way, arriving) = mpsc::channel::<(Instant, Vec<u8>)>();
    thread::spawn(move || {
        let mut buffer = vec![0; 1 << 18];
        while let Ok(count @ 1..) = from.read(&mut buffer) {
            taken();
            if on_the_way.send((Instant::now() + time, buffer[..count].to_vec())).is_err() {
                break;
            }
        }
    });
    thread::spawn(move || {
        for (due, bytes) in arriving {
            thread::sleep(due.saturating_duration_since(Instant::now()));
            handed();
            if to.write_all(&bytes).is_err() {
                break;
            }
        }
        // The other side may have left before.
        let _ = to.shutdown(Shutdown::Write);
    });
}
