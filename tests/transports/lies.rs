//! What becomes of a night whose server lies or refuses, over each protocol: the second and third table in `tests/faults.md`.

use std::any::Any;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;

use crate::company::{Company, EXPORT, IMPORT, OLD};
use crate::ftp_site::Site;
use crate::liar::{Liar, Lie};
use crate::place::{give, make_drop_folder, open_folder, server_owner};
use crate::process::write_secret;
use crate::sftp_server::{Manners, PASSWORD, SftpServer};
use crate::store::{self, Store};

const HEADING: &str = "| fault | directory | FTP | FTPS | SFTP |\n|---|---|---|---|---|\n";

const DELIVERIES: &str = "
## What servers lie about and refuse

Told to the program by servers inside the test (`tests/transports/liar.rs`), over TLS too. A folder is no server: what it
says, it did. What is told in a cell is from the report or the log. Where a server refuses a new name in the very words in
which others say that it is taken, the old file is moved aside to make room, and back where that does not help.

";

const PICKUPS: &str = "
The same where a file of two users is taken in. Each cell: the exit code, what the report says, how many users are known
then; and after the next night.

";

const A_FOLDER: &str = "a folder says nothing";
const NOT_FILLED: &str = "not tried: no disk is filled here";
const NO_SUCH_ANSWER: &str = "not run: the SFTP server of the test has no such status";

/// What of a report is told in a cell, where it says so.
const TELLING: [&str; 4] = [
    "a later try may help",
    "a server refused for good",
    "no answer in time",
    "the server cannot replace a file at once",
];

const USERS: &str = "\
login;firstName;lastName;mail;legalEntity;dtContractStart;department;manager;rolePrincipal;culture
ada;Ada;Byron;ada@acme.example;Lyon;01/02/2020;Sales;ada;Employee;fr-FR
grace;Grace;Hopper;grace@acme.example;Lyon;01/02/2020;Sales;ada;Employee;fr-FR
";

const ALWAYS: usize = usize::MAX;
const ONE_TRY: &str = "tries = 1\nanswer-seconds = 5";
const TRIES: &str = "answer-seconds = 5";

struct Row {
    fault: &'static str,
    lie: Lie,
    times: usize,
    options: &'static str,
}

const fn row(fault: &'static str, lie: Lie, times: usize, options: &'static str) -> Row {
    Row { fault, lie, times, options }
}

const OF_DELIVERIES: [Row; 13] = [
    row("the server is full (FTP 452, SFTP status 4)", Lie::Full, ALWAYS, ONE_TRY),
    row("the quota is used up (FTP 552)", Lie::OverQuota, ALWAYS, ONE_TRY),
    row("the server stores a half and says that all is well, once", Lie::StoresHalf, 1, TRIES),
    row("the server stores a half and says that all is well, always", Lie::StoresHalf, ALWAYS, ONE_TRY),
    row("the server gives a file only a name that is free", Lie::OnlyFreeNames, ALWAYS, ONE_TRY),
    row("the server refuses every rename (FTP 550 to RNFR, SFTP status 3)", Lie::NoRename, ALWAYS, ONE_TRY),
    row("the server refuses every new name (FTP 550 to RNTO, SFTP status 4)", Lie::NoNameIsFree, ALWAYS, ONE_TRY),
    row("the upload is never confirmed", Lie::SilentUpload, ALWAYS, ONE_TRY),
    row("the rename is done and never confirmed", Lie::SilentRename, ALWAYS, ONE_TRY),
    row("the rename is done and not confirmed, once", Lie::SilentRename, 1, TRIES),
    row("the idle connection is dropped between upload and rename, once", Lie::IdleIsCut, 1, TRIES),
    row("garbage (FTP), or the answer to something else (SFTP), instead of one", Lie::Garbage, ALWAYS, ONE_TRY),
    row("the upload is answered with a wrong code (FTP 350, SFTP status 1)", Lie::WrongAnswer, ALWAYS, ONE_TRY),
];

const OF_PICKUPS: [Row; 5] = [
    row("the listing is refused (FTP 451, SFTP status 4)", Lie::NoListing, ALWAYS, ONE_TRY),
    row("the listing breaks off", Lie::HalfListing, ALWAYS, ONE_TRY),
    row("the file is cut while it is fetched, once", Lie::CutsFetch, 1, TRIES),
    row("the file is cut while it is fetched, always", Lie::CutsFetch, ALWAYS, ONE_TRY),
    row("a half is sent, and the server says that this was all", Lie::SendsHalf, ALWAYS, ONE_TRY),
];

#[derive(Clone, Copy, PartialEq)]
enum Over {
    Ftp,
    Ftps,
    Sftp,
}

/// A server that lies, what a site writes of it, and its files.
struct Server {
    section: String,
    liar: Liar,
    files: Files,
    /// What ends when the test does.
    _running: Box<dyn Any>,
}

enum Files {
    Kept(Arc<Store>),
    OnDisk(PathBuf),
}

impl Server {
    fn start(over: Over, row: &Row) -> Server {
        let (liar, options) = (Liar::new(row.lie, row.times), row.options);
        let files = [("people.csv", OLD), ("in/users.csv", USERS)];
        if over == Over::Sftp {
            let base = open_folder();
            write_secret(base.path().join("password"), PASSWORD);
            let folder = base.path().join("drop");
            make_drop_folder(&folder);
            make_drop_folder(&folder.join("in"));
            for (name, text) in files {
                fs::write(folder.join(name), text).unwrap();
                give(&folder.join(name), server_owner());
            }
            let server = SftpServer::start(&folder, Manners { liar: liar.clone(), ..Manners::default() });
            let section = format!(
                "[server.partner.sftp]\nhost = '127.0.0.1'\nport = {}\nuser = 'acme'\n\
                 password = 'file:{}/password'\nfingerprint = '{}'\n{options}\n",
                server.address.port(),
                base.path().display(),
                server.fingerprint
            );
            return Server { section, liar, files: Files::OnDisk(folder), _running: Box::new((server, base)) };
        }
        let site = Site::new();
        let base = site.path().display().to_string();
        let certificate = site.authority.certificate_for("localhost");
        let (certificate, encryption) = match over {
            Over::Ftps => (Some(&certificate), format!("'explicit'\ntrust = {{ ca = '{base}/authority.pem' }}")),
            _ => (None, "'none'".to_owned()),
        };
        let files = files.map(|(name, text)| (format!("/{name}"), text));
        let files = files.each_ref().map(|(name, text)| (name.as_str(), text.as_bytes()));
        let (scripted, kept) = store::start_with(certificate, &files, liar.clone().over_ftp());
        let section = format!(
            "[server.partner.ftp]\nhost = 'localhost'\nport = {}\nuser = 'acme'\npassword = 'file:{base}/password'\n\
             encryption = {encryption}\n{options}\n",
            scripted.port
        );
        Server { section, liar, files: Files::Kept(kept), _running: Box::new((scripted, site)) }
    }

    fn names(&self) -> Vec<String> {
        match &self.files {
            Files::Kept(store) => store.names(),
            Files::OnDisk(folder) => {
                fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
            }
        }
    }

    fn delivered(&self, new: &str) -> &'static str {
        let bytes = match &self.files {
            Files::Kept(store) => store.files().get("/people.csv").cloned(),
            Files::OnDisk(folder) => fs::read(folder.join("people.csv")).ok(),
        };
        match bytes {
            None => "NO FILE",
            Some(bytes) if bytes == OLD.as_bytes() => "the old file",
            Some(bytes) if bytes == new.as_bytes() => "the new file",
            Some(_) => "A PART OF A FILE",
        }
    }
}

/// A night with the lie, and one without: what the cell of a table says.
fn nights(server: &Server, exchange: &str, becomes: impl Fn(&Company) -> String) -> String {
    let company = Company::new(&server.section, exchange);
    let night = || {
        let code = company.start().wait().unwrap().code().unwrap();
        let said = company.said().split_whitespace().collect::<Vec<_>>().join(" ");
        let telling = TELLING.iter().filter(|words| said.contains(**words)).map(|words| format!(", “{words}”"));
        (code, format!("{code}{}", telling.collect::<String>()), becomes(&company))
    };
    let (code, first, there) = night();
    let told = server.liar.mends();
    assert!(told > 0, "no lie was told: {}", company.said());
    let (_, second, after) = night();
    match code {
        0 => {
            assert_eq!(after, there, "the night after has changed what was there");
            format!("{first}; {there}")
        }
        _ => format!("{first}; {there}; then {second}, {after}"),
    }
}

fn delivery(row: &Row, over: Over, new: &str) -> String {
    if over == Over::Sftp && row.lie == Lie::OverQuota {
        return NO_SUCH_ANSWER.to_owned();
    }
    let server = Server::start(over, row);
    let cell = nights(&server, EXPORT, |_| server.delivered(new).to_owned());
    let left: Vec<_> = server.names().into_iter().filter(|name| name.contains(".part")).collect();
    assert!(left.is_empty(), "{}: {left:?} are left", row.fault);
    cell
}

fn pickup(row: &Row, over: Over) -> String {
    let server = Server::start(over, row);
    nights(&server, IMPORT, |company| match company.ask("SELECT count(*) FROM people")[0].as_str() {
        "0" => "no user".to_owned(),
        count => {
            let times = company.ask("SELECT count(*) FROM pickups");
            format!("{count} users, of {} pickup", times[0])
        }
    })
}

/// Both tables. `new` is what is delivered.
pub fn tables(new: &str) -> String {
    let deliveries = table(&OF_DELIVERIES, |row, over| delivery(row, over, new));
    let pickups = table(&OF_PICKUPS, pickup);
    format!("{DELIVERIES}{HEADING}{deliveries}{PICKUPS}{HEADING}{pickups}")
}

fn table(rows: &[Row], cell: impl Fn(&Row, Over) -> String + Sync) -> String {
    let line = |row: &Row| {
        let cells = [Over::Ftp, Over::Ftps, Over::Sftp].map(|over| cell(row, over)).join(" | ");
        let directory = if [Lie::Full, Lie::OverQuota].contains(&row.lie) { NOT_FILLED } else { A_FOLDER };
        format!("| {} | {directory} | {cells} |\n", row.fault)
    };
    thread::scope(|scope| {
        let running: Vec<_> = rows.iter().map(|row| scope.spawn(|| line(row))).collect();
        running.into_iter().map(|row| row.join().unwrap()).collect()
    })
}
