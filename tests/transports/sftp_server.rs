//! A small SFTP server inside the test, with manners that real servers have and OpenSSH has not.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io;
use std::net::SocketAddr;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use russh::keys::PrivateKey;
use russh::keys::ssh_key::private::Ed25519Keypair;
use russh::server::{Auth, ChannelOpenHandle, Config, Msg, Response, Session};
use russh::{Channel, ChannelId, MethodKind, MethodSet, SshId};
use russh_sftp::protocol::{
    Attrs, Data, File as Entry, FileAttributes, Handle, Name, OpenFlags, Packet, Status, StatusCode, Version,
};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

use crate::liar::{Liar, Lie};
use crate::place::give_up_rights;
use crate::sftp_script::Script;

pub const PASSWORD: &str = "correct horse";

#[derive(Clone, Copy, PartialEq)]
pub enum PosixRename {
    Announced,
    /// As servers made with paramiko.
    Unannounced,
    Absent,
}

#[derive(Clone, Copy, PartialEq)]
pub enum Fault {
    /// Takes a rename and never answers.
    SilentRename,
    /// Cuts the connection at the first byte of a file.
    CutWrite,
    /// Says that a file is one byte longer than it is.
    ToldTooLong,
    /// Opens no file for one more who writes.
    OneWriter,
    /// Loses what is behind [`LOST_FROM`] of a file on a second channel, and says nothing.
    LostBeside,
}

/// In bytes.
pub const LOST_FROM: u64 = 15 << 20;

#[derive(Clone)]
pub struct Manners {
    pub posix_rename: PosixRename,
    pub fault: Option<Fault>,
    /// What it lies about besides.
    pub liar: Liar,
    /// What it asks, in turn, by keyboard-interactive; empty for the plain way with a password.
    pub questions: &'static [&'static str],
    /// In bytes, how much a client may send ahead.
    pub window: u32,
    /// Introduces itself as OpenSSH does.
    pub is_openssh: bool,
}

impl Default for Manners {
    fn default() -> Manners {
        Manners {
            posix_rename: PosixRename::Announced,
            fault: None,
            liar: Liar::default(),
            questions: &[],
            window: 2 << 20,
            is_openssh: false,
        }
    }
}

/// Who answers in the channel.
#[derive(Clone)]
enum Answering {
    Files(Files),
    Script(Script),
}

/// Ends when it goes out of scope.
pub struct SftpServer {
    pub address: SocketAddr,
    pub fingerprint: String,
    runtime: Option<Runtime>,
}

impl SftpServer {
    /// Shows the files of `root` to whoever has [`PASSWORD`].
    pub fn start(root: &Path, manners: Manners) -> SftpServer {
        let (root, manners_of_files) = (root.to_owned(), manners.clone());
        let files = Files { root, manners: manners_of_files, open: HashMap::new(), opened: 0, is_beside: false };
        SftpServer::run(Answering::Files(files), &manners)
    }

    /// Says what a test tells it.
    pub fn scripted(script: Script) -> SftpServer {
        SftpServer::run(Answering::Script(script), &Manners::default())
    }

    fn run(answering: Answering, manners: &Manners) -> SftpServer {
        let key = PrivateKey::from(Ed25519Keypair::from_seed(&[7; 32]));
        let fingerprint = key.fingerprint(Default::default()).to_string();
        let way = if manners.questions.is_empty() { MethodKind::Password } else { MethodKind::KeyboardInteractive };
        let server_id = match manners.is_openssh {
            true => SshId::Standard("SSH-2.0-OpenSSH_9.9".into()),
            false => Config::default().server_id,
        };
        let config = Arc::new(Config {
            server_id,
            keys: vec![key],
            methods: MethodSet::from(&[way][..]),
            auth_rejection_time: Duration::ZERO,
            window_size: manners.window,
            ..Config::default()
        });
        let runtime = Builder::new_multi_thread().enable_all().on_thread_start(give_up_rights).build().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let questions = manners.questions;
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                stream.set_nodelay(true).unwrap();
                let client = Client { answering: answering.clone(), questions, channels: HashMap::new(), answered: 0 };
                let config = config.clone();
                tokio::spawn(async move {
                    if let Ok(session) = russh::server::run_stream(config, stream, client).await {
                        let _ = session.await;
                    }
                });
            }
        });
        SftpServer { address, fingerprint, runtime: Some(runtime) }
    }
}

impl Drop for SftpServer {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

struct Client {
    answering: Answering,
    questions: &'static [&'static str],
    channels: HashMap<ChannelId, Channel<Msg>>,
    answered: usize,
}

impl russh::server::Handler for Client {
    type Error = russh::Error;

    async fn auth_password(&mut self, _user: &str, password: &str) -> Result<Auth, russh::Error> {
        Ok(if password == PASSWORD { Auth::Accept } else { Auth::reject() })
    }

    async fn auth_keyboard_interactive<'a>(
        &'a mut self,
        _user: &str,
        _methods: &str,
        response: Option<Response<'a>>,
    ) -> Result<Auth, russh::Error> {
        if let Some(mut response) = response {
            if response.next().is_none_or(|answer| answer[..] != *PASSWORD.as_bytes()) {
                return Ok(Auth::reject());
            }
            self.answered += 1;
        }
        Ok(match self.questions.get(self.answered) {
            Some(question) => Auth::Partial {
                name: "".into(),
                instructions: "".into(),
                prompts: vec![((*question).into(), false)].into(),
            },
            None => Auth::Accept,
        })
    }

    async fn channel_open_session(
        &mut self,
        channel: Channel<Msg>,
        reply: ChannelOpenHandle,
        _session: &mut Session,
    ) -> Result<(), russh::Error> {
        self.channels.insert(channel.id(), channel);
        reply.accept().await;
        Ok(())
    }

    async fn channel_eof(&mut self, channel: ChannelId, session: &mut Session) -> Result<(), russh::Error> {
        session.close(channel)
    }

    async fn subsystem_request(
        &mut self,
        id: ChannelId,
        name: &str,
        session: &mut Session,
    ) -> Result<(), russh::Error> {
        match self.channels.remove(&id).filter(|_| name == "sftp") {
            Some(channel) => {
                session.channel_success(id)?;
                match self.answering.clone() {
                    Answering::Files(files) => russh_sftp::server::run(channel.into_stream(), files).await,
                    Answering::Script(script) => drop(tokio::spawn(script.answer(channel.into_stream()))),
                }
            }
            None => session.channel_failure(id)?,
        }
        Ok(())
    }
}

#[derive(Clone)]
struct Files {
    root: PathBuf,
    manners: Manners,
    open: HashMap<String, Arc<Open>>,
    opened: u32,
    /// Was opened as the second channel of a file.
    is_beside: bool,
}

enum Open {
    File(File),
    Folder(std::sync::Mutex<Vec<Entry>>),
}

impl Files {
    fn at(&self, path: &str) -> PathBuf {
        self.root.join(path.trim_start_matches(['.', '/']))
    }

    fn tells(&self, lie: Lie) -> bool {
        self.manners.liar.tells(lie)
    }

    fn keep(&mut self, id: u32, open: Open) -> Handle {
        self.opened += 1;
        let handle = self.opened.to_string();
        self.open.insert(handle.clone(), Arc::new(open));
        Handle { id, handle }
    }

    fn file(&self, handle: &str) -> Result<&File, StatusCode> {
        match self.open.get(handle).map(|open| &**open) {
            Some(Open::File(file)) => Ok(file),
            _ => Err(StatusCode::BadMessage),
        }
    }

    fn attributes(&self, metadata: &fs::Metadata) -> FileAttributes {
        let mut attributes = FileAttributes::from(metadata);
        if self.manners.fault == Some(Fault::ToldTooLong) {
            attributes.size = Some(metadata.len() + 1);
        }
        attributes
    }
}

impl russh_sftp::server::Handler for Files {
    type Error = StatusCode;

    fn unimplemented(&self) -> StatusCode {
        StatusCode::OpUnsupported
    }

    async fn init(&mut self, _version: u32, _extensions: HashMap<String, String>) -> Result<Version, StatusCode> {
        let mut version = Version::new();
        if self.manners.posix_rename == PosixRename::Announced {
            version.extensions.insert("posix-rename@openssh.com".into(), "1".into());
        }
        Ok(version)
    }

    async fn open(
        &mut self,
        id: u32,
        name: String,
        flags: OpenFlags,
        _attributes: FileAttributes,
    ) -> Result<Handle, StatusCode> {
        let is_one_more = flags.contains(OpenFlags::WRITE) && !flags.contains(OpenFlags::CREATE);
        if is_one_more && self.manners.fault == Some(Fault::OneWriter) {
            return Err(StatusCode::Failure);
        }
        self.is_beside |= is_one_more;
        let file = fs::OpenOptions::from(flags).open(self.at(&name)).map_err(status)?;
        Ok(self.keep(id, Open::File(file)))
    }

    async fn opendir(&mut self, id: u32, path: String) -> Result<Handle, StatusCode> {
        if self.tells(Lie::NoListing) {
            return Err(StatusCode::Failure);
        }
        let mut entries = vec![Entry::dummy("."), Entry::dummy("..")];
        for entry in fs::read_dir(self.at(&path)).map_err(status)? {
            let entry = entry.map_err(status)?;
            let attributes = self.attributes(&entry.metadata().map_err(status)?);
            entries.push(Entry::new(entry.file_name().to_string_lossy(), attributes));
        }
        Ok(self.keep(id, Open::Folder(entries.into())))
    }

    async fn readdir(&mut self, id: u32, handle: String) -> Result<Name, StatusCode> {
        let Some(Open::Folder(entries)) = self.open.get(&handle).map(|open| &**open) else {
            return Err(StatusCode::BadMessage);
        };
        let mut entries = entries.lock().unwrap();
        let rest = entries.len().saturating_sub(50);
        let files = entries.split_off(rest);
        match files.is_empty() {
            true if self.tells(Lie::HalfListing) => Err(StatusCode::Failure),
            true => Err(StatusCode::Eof),
            false => Ok(Name { id, files }),
        }
    }

    async fn close(&mut self, id: u32, handle: String) -> Result<Status, StatusCode> {
        self.open.remove(&handle);
        Ok(done(id))
    }

    async fn read(&mut self, id: u32, handle: String, offset: u64, length: u32) -> Result<Data, StatusCode> {
        let mut data = vec![0; length as usize];
        let count = self.file(&handle)?.read_at(&mut data, offset).map_err(status)?;
        data.truncate(count);
        if self.tells(Lie::CutsFetch) {
            cut();
        }
        if self.tells(Lie::SendsHalf) {
            data.truncate(if offset == 0 { count / 2 } else { 0 });
        }
        if data.is_empty() { Err(StatusCode::Eof) } else { Ok(Data { id, data }) }
    }

    async fn write(&mut self, id: u32, handle: String, offset: u64, data: Vec<u8>) -> Result<Status, StatusCode> {
        if self.manners.fault == Some(Fault::CutWrite) {
            cut();
        }
        if self.manners.fault == Some(Fault::LostBeside) && self.is_beside && offset >= LOST_FROM {
            std::future::pending::<()>().await;
        }
        if self.tells(Lie::Full) {
            return Err(StatusCode::Failure);
        }
        let told = if self.tells(Lie::StoresHalf) { &data[..data.len() / 2] } else { &data };
        self.file(&handle)?.write_all_at(told, offset).map_err(status)?;
        if self.tells(Lie::SilentUpload) {
            std::future::pending::<()>().await;
        }
        if self.tells(Lie::WrongAnswer) { Err(StatusCode::Eof) } else { Ok(done(id)) }
    }

    async fn stat(&mut self, id: u32, path: String) -> Result<Attrs, StatusCode> {
        let metadata = fs::metadata(self.at(&path)).map_err(status)?;
        Ok(Attrs { id, attrs: self.attributes(&metadata) })
    }

    async fn lstat(&mut self, id: u32, path: String) -> Result<Attrs, StatusCode> {
        self.stat(id, path).await
    }

    async fn fstat(&mut self, id: u32, handle: String) -> Result<Attrs, StatusCode> {
        let metadata = self.file(&handle)?.metadata().map_err(status)?;
        Ok(Attrs { id, attrs: self.attributes(&metadata) })
    }

    async fn remove(&mut self, id: u32, path: String) -> Result<Status, StatusCode> {
        fs::remove_file(self.at(&path)).map_err(status)?;
        Ok(done(id))
    }

    async fn mkdir(&mut self, id: u32, path: String, _attributes: FileAttributes) -> Result<Status, StatusCode> {
        fs::create_dir(self.at(&path)).map_err(status)?;
        Ok(done(id))
    }

    async fn rmdir(&mut self, id: u32, path: String) -> Result<Status, StatusCode> {
        fs::remove_dir(self.at(&path)).map_err(status)?;
        Ok(done(id))
    }

    /// As version 3 of SFTP has it: never over a file that is there.
    async fn rename(&mut self, id: u32, from: String, to: String) -> Result<Status, StatusCode> {
        if self.tells(Lie::NoRename) {
            return Err(StatusCode::PermissionDenied);
        }
        if self.tells(Lie::NoNameIsFree) || self.at(&to).exists() {
            return Err(StatusCode::Failure);
        }
        fs::rename(self.at(&from), self.at(&to)).map_err(status)?;
        Ok(done(id))
    }

    async fn extended(&mut self, id: u32, request: String, data: Vec<u8>) -> Result<Packet, StatusCode> {
        let is_unknown = request != "posix-rename@openssh.com" || self.manners.posix_rename == PosixRename::Absent;
        if is_unknown || self.tells(Lie::OnlyFreeNames) || self.tells(Lie::NoNameIsFree) {
            return Err(StatusCode::OpUnsupported);
        }
        if self.tells(Lie::IdleIsCut) {
            cut();
        }
        if self.tells(Lie::NoRename) {
            return Err(StatusCode::PermissionDenied);
        }
        if self.tells(Lie::Garbage) {
            return Ok(Packet::Handle(Handle { id, handle: "<html>Come back later</html>".into() }));
        }
        if self.manners.fault == Some(Fault::SilentRename) {
            std::future::pending::<()>().await;
        }
        let (from, rest) = take_string(&data).ok_or(StatusCode::BadMessage)?;
        let (to, _) = take_string(rest).ok_or(StatusCode::BadMessage)?;
        fs::rename(self.at(from), self.at(to)).map_err(status)?;
        if self.tells(Lie::SilentRename) {
            std::future::pending::<()>().await;
        }
        Ok(Packet::Status(done(id)))
    }
}

/// The channel ends with its handler.
fn cut() -> ! {
    panic!("the server cuts the connection, as this test asks");
}

fn take_string(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let (text, rest) = rest.split_at_checked(u32::from_be_bytes(*length) as usize)?;
    Some((std::str::from_utf8(text).ok()?, rest))
}

fn done(id: u32) -> Status {
    Status { id, status_code: StatusCode::Ok, error_message: String::new(), language_tag: String::new() }
}

fn status(error: io::Error) -> StatusCode {
    match error.kind() {
        io::ErrorKind::NotFound => StatusCode::NoSuchFile,
        io::ErrorKind::PermissionDenied => StatusCode::PermissionDenied,
        _ => StatusCode::Failure,
    }
}
