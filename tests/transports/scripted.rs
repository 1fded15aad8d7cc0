//! An FTP server that does what a test tells it, to be as wrong as servers are.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WantsServerCert;
use rustls::{ConfigBuilder, ProtocolVersion, ServerConfig, ServerConnection, StreamOwned, WantsVerifier};

use crate::certificate::Certificate;

/// What a command is answered with; false leaves it to [`Talk::usual`].
type Script = dyn Fn(&str, &mut Talk) -> bool + Send + Sync;

pub struct Scripted {
    pub port: u16,
    commands: Arc<Mutex<Vec<String>>>,
}

/// One control connection.
pub struct Talk {
    control: BufReader<Connection>,
    tls: Option<Arc<ServerConfig>>,
    protected: bool,
    data: Option<TcpListener>,
    is_silent: bool,
    /// For a script that needs to know where the client is, or what it named last.
    pub folder: String,
    pub remembered: String,
}

pub enum Connection {
    Plain(TcpStream),
    Tls(Box<StreamOwned<ServerConnection, TcpStream>>),
}

impl Scripted {
    pub fn start(script: impl Fn(&str, &mut Talk) -> bool + Send + Sync + 'static) -> Scripted {
        Scripted::run(None, "220 ready", script)
    }

    pub fn greeting(greeting: &'static str) -> Scripted {
        Scripted::run(None, greeting, |_, _| false)
    }

    pub fn with_tls(
        certificate: &Certificate,
        script: impl Fn(&str, &mut Talk) -> bool + Send + Sync + 'static,
    ) -> Scripted {
        Scripted::with_configuration(plain(certificate), script)
    }

    pub fn with_configuration(
        tls: ServerConfig,
        script: impl Fn(&str, &mut Talk) -> bool + Send + Sync + 'static,
    ) -> Scripted {
        Scripted::run(Some(Arc::new(tls)), "220 ready", script)
    }

    fn run(
        tls: Option<Arc<ServerConfig>>,
        greeting: &'static str,
        script: impl Fn(&str, &mut Talk) -> bool + Send + Sync + 'static,
    ) -> Scripted {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (port, commands) = (listener.local_addr().unwrap().port(), Arc::<Mutex<Vec<String>>>::default());
        let (script, heard): (Arc<Script>, _) = (Arc::new(script), Arc::clone(&commands));
        std::thread::spawn(move || {
            for socket in listener.incoming() {
                let control = BufReader::new(Connection::Plain(socket.unwrap()));
                let talk = Talk {
                    control,
                    tls: tls.clone(),
                    protected: false,
                    data: None,
                    is_silent: false,
                    folder: "/".into(),
                    remembered: String::new(),
                };
                let (script, heard) = (Arc::clone(&script), Arc::clone(&heard));
                std::thread::spawn(move || talk.serve(greeting, &*script, &heard));
            }
        });
        Scripted { port, commands }
    }

    /// All commands that were heard so far, of all connections.
    pub fn commands(&self) -> Vec<String> {
        self.commands.lock().unwrap().clone()
    }

    pub fn heard(&self, start: &str) -> usize {
        self.commands().iter().filter(|command| command.starts_with(start)).count()
    }
}

/// Shows the certificate, and asks for none.
fn plain(certificate: &Certificate) -> ServerConfig {
    configuration(certificate, |builder| builder.with_no_client_auth())
}

/// Shows the certificate. `ask` says whether, and of whom, one is asked for.
pub fn configuration(
    certificate: &Certificate,
    ask: impl FnOnce(Unasked) -> ConfigBuilder<ServerConfig, WantsServerCert>,
) -> ServerConfig {
    let chain = CertificateDer::pem_slice_iter(certificate.chain.as_bytes()).map(Result::unwrap).collect();
    let key = PrivateKeyDer::from_pem_slice(certificate.key.as_bytes()).unwrap();
    let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
    ask(builder.with_safe_default_protocol_versions().unwrap()).with_single_cert(chain, key).unwrap()
}

type Unasked = ConfigBuilder<ServerConfig, WantsVerifier>;

impl Talk {
    /// What is shown from now on.
    pub fn show(&mut self, certificate: &Certificate) {
        self.tls = Some(Arc::new(plain(certificate)));
    }

    fn serve(mut self, greeting: &str, script: &Script, heard: &Mutex<Vec<String>>) {
        self.say(greeting);
        let mut line = String::new();
        while matches!(self.control.read_line(&mut line), Ok(count) if count > 0) {
            let command = line.trim_end().to_owned();
            heard.lock().unwrap().push(command.clone());
            if !script(&command, &mut self) {
                self.usual(&command);
            }
            line.clear();
        }
    }

    /// What a server says that works, and has no file.
    fn usual(&mut self, command: &str) {
        match command.split(' ').next().unwrap() {
            "AUTH" => {
                self.say("234 go on");
                self.start_tls();
            }
            "USER" => self.say("331 password?"),
            "PASS" => self.say("230 welcome"),
            "PWD" => self.say("257 \"/\" is where you are"),
            "FEAT" => self.say("211-Features:\r\n UTF8\r\n MLST type*;size*;modify*;\r\n211 End"),
            "CWD" | "DELE" | "RNTO" => self.say("250 done"),
            "RNFR" => self.say("350 and?"),
            "EPSV" => {
                let port = self.open_data();
                self.say(&format!("229 Entering Extended Passive Mode (|||{port}|)"));
            }
            "SIZE" => self.say("550 no such file"),
            "QUIT" => self.say("221 bye"),
            "PROT" => {
                self.protected = true;
                self.say("200 fine");
            }
            _ => self.say("200 fine"),
        }
    }

    pub fn say(&mut self, line: &str) {
        if self.is_silent {
            return;
        }
        // A client that has left need not be told.
        let _ = self.control.get_mut().write_all(format!("{line}\r\n").as_bytes());
    }

    pub fn say_slowly(&mut self, line: &str) {
        for byte in line.bytes() {
            let _ = self.control.get_mut().write_all(&[byte]);
            std::thread::sleep(Duration::from_millis(200));
        }
    }

    /// Says nothing from now on, whatever is said.
    pub fn silence(&mut self) {
        self.is_silent = true;
    }

    pub fn hang_up(&mut self) {
        let _ = self.control.get_ref().socket().shutdown(Shutdown::Both);
    }

    fn start_tls(&mut self) {
        let Connection::Plain(socket) = self.control.get_ref() else { panic!("TLS in TLS") };
        let connection = ServerConnection::new(self.tls.clone().unwrap()).unwrap();
        let stream = StreamOwned::new(connection, socket.try_clone().unwrap());
        self.control = BufReader::new(Connection::Tls(Box::new(stream)));
    }

    /// The port on which the next data connection is awaited.
    pub fn open_data(&mut self) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        self.data = Some(listener);
        port
    }

    /// The data connection, after its handshake.
    pub fn accept_data(&mut self) -> io::Result<Connection> {
        let (socket, _) = self.data.take().unwrap().accept()?;
        if !self.protected {
            return Ok(Connection::Plain(socket));
        }
        let connection = ServerConnection::new(self.tls.clone().unwrap()).unwrap();
        let mut stream = StreamOwned::new(connection, socket);
        while stream.conn.is_handshaking() {
            stream.conn.complete_io(&mut stream.sock)?;
        }
        Ok(Connection::Tls(Box::new(stream)))
    }

    /// Sends a file or a listing whole.
    pub fn send(&mut self, bytes: &[u8]) {
        self.send_and_say(bytes, "226 that was it");
    }

    pub fn send_and_say(&mut self, bytes: &[u8], end: &str) {
        self.say("150 here it comes");
        let mut data = self.accept_data().unwrap();
        data.write_all(bytes).unwrap();
        data.end();
        self.say(end);
    }

    /// Takes a file, up to the end of the connection.
    pub fn take(&mut self) -> io::Result<Vec<u8>> {
        self.say("150 send it");
        let mut bytes = Vec::new();
        self.accept_data()?.read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

impl Connection {
    pub fn version(&self) -> Option<ProtocolVersion> {
        match self {
            Connection::Plain(_) => None,
            Connection::Tls(stream) => stream.conn.protocol_version(),
        }
    }

    pub fn socket(&self) -> &TcpStream {
        match self {
            Connection::Plain(socket) => socket,
            Connection::Tls(stream) => &stream.sock,
        }
    }

    /// Says in TLS that this was all.
    pub fn end(&mut self) {
        if let Connection::Tls(stream) = self {
            stream.conn.send_close_notify();
            stream.flush().unwrap();
        }
        let _ = self.socket().shutdown(Shutdown::Write);
    }
}

impl Read for Connection {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Connection::Plain(socket) => socket.read(buffer),
            Connection::Tls(stream) => stream.read(buffer),
        }
    }
}

impl Write for Connection {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        match self {
            Connection::Plain(socket) => socket.write(buffer),
            Connection::Tls(stream) => stream.write(buffer),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Connection::Plain(socket) => socket.flush(),
            Connection::Tls(stream) => stream.flush(),
        }
    }
}
