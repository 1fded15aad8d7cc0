//! A way to a server on which a test cuts, stalls, slows, refuses and corrupts at the very byte that it names.
//!
//! It listens on an address of its own, with the server's own ports: also those of FTP's data connections, which lead to
//! the same host. So nothing that passes has to be understood, be it encrypted or not.

use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::Duration;

use socket2::SockRef;

/// Where the server listens, on 127.0.0.1.
#[derive(Debug, Clone)]
pub struct Ports {
    pub control: u16,
    /// Those on which it awaits data connections.
    pub data: Vec<u16>,
}

/// Ends, with all that passes, when it goes out of scope.
pub struct Proxy {
    listeners: Vec<TcpListener>,
    way: Arc<Way>,
}

/// All that one side sent on one connection before another side or another connection had its turn. The opening and the
/// end of a connection are flights of no bytes.
#[derive(Debug, Clone)]
pub struct Flight {
    pub connection: usize,
    pub from: Side,
    pub is_data: bool,
    pub length: u64,
    /// Its first bytes.
    pub start: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Client,
    Server,
}

/// What goes wrong, once.
pub struct Fault {
    pub when: When,
    pub act: Act,
    /// Nobody is let in after it.
    pub refuses: bool,
}

pub enum When {
    /// Before this byte of this flight passes; in the order of [`Proxy::flights`].
    At(usize, u64),
    /// Before this byte of the first flight of the client's that is so long.
    Within(u64),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Every connection breaks, as when a cable is pulled.
    Reset,
    /// This connection alone ends in good order.
    EndThis,
    /// Nothing passes any more, and nothing ends.
    Stall,
    /// So many bytes a second pass from now on.
    Slow(u64),
    /// One bit of the byte is turned over.
    Corrupt,
}

struct Way {
    state: Mutex<State>,
    /// The state became another one.
    changed: Condvar,
}

#[derive(Default)]
struct State {
    flights: Vec<Flight>,
    fault: Option<Fault>,
    struck: bool,
    stalls: bool,
    bytes_a_second: Option<u64>,
    refuses: bool,
    connections: Vec<Connection>,
}

#[derive(Default)]
struct Connection {
    /// The client's and the server's.
    sockets: Vec<TcpStream>,
    is_over: bool,
    /// One side has said all.
    has_half_ended: bool,
}

/// What becomes of bytes on their way.
enum Passage {
    /// So many of them pass before something else is decided.
    Pass(usize),
    Corrupted,
    Nothing,
}

/// Every proxy is on another address of this machine.
pub fn new_address() -> IpAddr {
    static TAKEN: AtomicU16 = AtomicU16::new(1);
    let [high, low] = TAKEN.fetch_add(1, Ordering::Relaxed).to_be_bytes();
    Ipv4Addr::new(127, 7, high, low).into()
}

impl Proxy {
    pub fn start(address: IpAddr, to: &Ports, fault: Option<Fault>) -> Proxy {
        let state = State { fault, ..State::default() };
        let way = Arc::new(Way { state: Mutex::new(state), changed: Condvar::new() });
        let ports = std::iter::once((to.control, false)).chain(to.data.iter().map(|port| (*port, true)));
        let listen = |(port, is_data)| {
            let listener =
                TcpListener::bind((address, port)).unwrap_or_else(|error| panic!("{address}:{port}: {error}"));
            let (accepting, way) = (listener.try_clone().unwrap(), Arc::clone(&way));
            thread::spawn(move || accept(&accepting, port, is_data, &way));
            listener
        };
        Proxy { listeners: ports.map(listen).collect(), way }
    }

    /// What has passed so far.
    pub fn flights(&self) -> Vec<Flight> {
        self.way.lock().flights.clone()
    }

    /// Whether the fault has happened.
    pub fn has_struck(&self) -> bool {
        self.way.lock().struck
    }

    /// Ends all connections in good order, and lets everything pass from then on, but for whom the fault shuts out.
    pub fn end_all(&self) {
        let mut state = self.way.lock();
        state.end_all(end);
        state.stalls = false;
        self.way.changed.notify_all();
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.way.lock().refuses = true;
        self.end_all();
        // Wakes the threads that accept, and frees the ports.
        self.listeners.iter().for_each(close);
    }
}

fn close(listener: &TcpListener) {
    let _ = SockRef::from(listener).shutdown(Shutdown::Both);
}

fn accept(listener: &TcpListener, port: u16, is_data: bool, way: &Arc<Way>) {
    for client in listener.incoming() {
        let Ok(client) = client else { return };
        let opened = way.open(client, port, is_data);
        // A client or a server that does not want to is the business of the other one: it sees its connection end.
        let Ok(Some((connection, client, server))) = opened else { continue };
        for (side, from, to) in [(Side::Client, &client, &server), (Side::Server, &server, &client)] {
            let (from, to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
            let flight = Flight { connection, from: side, is_data, length: 0, start: Vec::new() };
            let way = Arc::clone(way);
            thread::spawn(move || relay(from, to, &flight, &way));
        }
    }
}

fn relay(mut from: TcpStream, mut to: TcpStream, blank: &Flight, way: &Way) {
    let mut buffer = vec![0; 64 << 10];
    loop {
        let count = match from.read(&mut buffer) {
            Ok(count) => count,
            // A reset is passed on as one.
            Err(_) => return way.reset(blank.connection),
        };
        let mut rest = &mut buffer[..count];
        loop {
            let passed = match way.pass(blank, rest) {
                Passage::Pass(passed) => passed,
                Passage::Corrupted => {
                    rest[0] ^= 0x10;
                    1
                }
                Passage::Nothing => return,
            };
            if to.write_all(&rest[..passed]).is_err() {
                return way.reset(blank.connection);
            }
            rest = &mut rest[passed..];
            if rest.is_empty() {
                break;
            }
        }
        if count == 0 {
            return way.pass_end(blank, &to);
        }
    }
}

impl Way {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// A new connection, unless nobody is let in.
    fn open(&self, client: TcpStream, port: u16, is_data: bool) -> io::Result<Option<(usize, TcpStream, TcpStream)>> {
        let connection = self.lock().new_connection();
        let opening = Flight { connection, from: Side::Client, is_data, length: 0, start: Vec::new() };
        if self.lock().refuses || matches!(self.pass(&opening, &[]), Passage::Nothing) {
            reset(&client);
            return Ok(None);
        }
        let server = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        client.set_nodelay(true)?;
        server.set_nodelay(true)?;
        self.lock().connections[connection].sockets = vec![client.try_clone()?, server.try_clone()?];
        Ok(Some((connection, client, server)))
    }

    /// Decides about bytes that came in, none at the beginning and at the end of a connection.
    fn pass(&self, blank: &Flight, bytes: &[u8]) -> Passage {
        let mut state = self.lock();
        let passage = state.pass(blank, bytes);
        while state.stalls {
            state = self.changed.wait(state).unwrap();
        }
        if state.connections[blank.connection].is_over {
            return Passage::Nothing;
        }
        if let (Passage::Pass(count), Some(speed)) = (&passage, state.bytes_a_second) {
            drop(state);
            thread::sleep(Duration::from_secs_f64(*count as f64 / speed as f64));
        }
        passage
    }

    /// One side has said all. Where the other one has, too, the server is let go without the minute for which its port
    /// would stay taken.
    fn pass_end(&self, blank: &Flight, to: &TcpStream) {
        let mut state = self.lock();
        let connection = &mut state.connections[blank.connection];
        match std::mem::replace(&mut connection.has_half_ended, true) {
            false => drop(to.shutdown(Shutdown::Write)),
            true => connection.end(reset),
        }
    }

    fn reset(&self, connection: usize) {
        self.lock().connections[connection].end(reset);
    }
}

impl State {
    fn new_connection(&mut self) -> usize {
        self.connections.push(Connection::default());
        self.connections.len() - 1
    }

    fn pass(&mut self, blank: &Flight, bytes: &[u8]) -> Passage {
        let at_once = self.bytes_a_second.map_or(usize::MAX, |speed| 1 + speed as usize / 10);
        let bytes = &bytes[..bytes.len().min(at_once)];
        let number = self.number_of_flight(blank, bytes);
        let flight = &mut self.flights[number];
        let before = match &self.fault {
            Some(fault) if !self.struck => fault.when.bytes_before(number, flight, bytes),
            _ => bytes.len() + 1,
        };
        if before > 0 {
            return flight.grow(bytes, before.min(bytes.len()));
        }
        self.strike(number, blank.connection, bytes)
    }

    /// Bytes that came after others on the same way join them.
    fn number_of_flight(&mut self, blank: &Flight, bytes: &[u8]) -> usize {
        let goes_on = self.flights.last().is_some_and(|last| {
            let same = last.connection == blank.connection && last.from == blank.from;
            same && last.length > 0 && !bytes.is_empty()
        });
        if !goes_on {
            self.flights.push(blank.clone());
        }
        self.flights.len() - 1
    }

    fn strike(&mut self, number: usize, connection: usize, bytes: &[u8]) -> Passage {
        let Fault { act, refuses, .. } = self.fault.as_ref().expect("a fault is due");
        (self.struck, self.refuses) = (true, *refuses);
        match *act {
            Act::Reset => self.end_all(reset),
            Act::EndThis => self.connections[connection].end(end),
            Act::Stall => self.stalls = true,
            Act::Slow(speed) => {
                self.bytes_a_second = Some(speed);
                return self.flights[number].grow(bytes, bytes.len().min(1));
            }
            Act::Corrupt if bytes.is_empty() => return Passage::Pass(0),
            Act::Corrupt => {
                self.flights[number].grow(bytes, bytes.len().min(1));
                return Passage::Corrupted;
            }
        }
        Passage::Nothing
    }

    fn end_all(&mut self, how: fn(&TcpStream)) {
        self.connections.iter_mut().for_each(|connection| connection.end(how));
    }
}

impl Connection {
    fn end(&mut self, how: fn(&TcpStream)) {
        self.is_over = true;
        self.sockets.drain(..).for_each(|socket| how(&socket));
    }
}

impl When {
    /// How many of these bytes pass before it is so; more than there are where it is not so.
    fn bytes_before(&self, number: usize, flight: &Flight, bytes: &[u8]) -> usize {
        match self {
            When::Within(byte) if flight.from == Side::Client && flight.length + bytes.len() as u64 > *byte => {
                byte.saturating_sub(flight.length) as usize
            }
            When::Within(_) => bytes.len() + 1,
            // This time the flight was shorter, or there were more of them.
            When::At(at, _) if *at < number => 0,
            When::At(at, byte) if *at == number => match byte.saturating_sub(flight.length) as usize {
                before if before < bytes.len().max(1) => before,
                _ => bytes.len() + 1,
            },
            When::At(..) => bytes.len() + 1,
        }
    }
}

impl Flight {
    fn grow(&mut self, bytes: &[u8], count: usize) -> Passage {
        const SHOWN: usize = 80;
        let more = count.min(SHOWN.saturating_sub(self.start.len()));
        self.start.extend_from_slice(&bytes[..more]);
        self.length += count as u64;
        Passage::Pass(count)
    }
}

impl std::fmt::Display for Flight {
    fn fmt(&self, form: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let arrow = if self.from == Side::Client { '>' } else { '<' };
        let kind = if self.is_data { "data" } else { "control" };
        let start = String::from_utf8_lossy(&self.start);
        let start: String =
            start.lines().next().unwrap_or_default().chars().filter(|letter| !letter.is_control()).collect();
        write!(form, "{kind} {} {arrow} {} bytes {start:?}", self.connection, self.length)
    }
}

fn end(socket: &TcpStream) {
    let _ = socket.shutdown(Shutdown::Both);
}

/// A reset goes out when the last handle is dropped, which the threads do that wait on it.
fn reset(socket: &TcpStream) {
    let _ = SockRef::from(socket).set_linger(Some(Duration::ZERO));
    let _ = socket.shutdown(Shutdown::Read);
}
