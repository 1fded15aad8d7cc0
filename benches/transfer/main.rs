//! `cargo bench --bench transfer [-- RUNS] [WORD]`: files sent and fetched side by side with OpenSSH's `sftp`, `curl` and
//! `lftp`, five times unless told otherwise; with a word, only the work that it is in.
//!
//! Everybody works in turn, several times; the table has the medians. It wants to be root, as vsftpd does, and some GB where
//! temporary files are. It judges nothing: see it beside the one of another day on the same machine.

mod clients;
mod ours;
mod proxy;
mod servers;

use std::fs;
use std::path::Path;
use std::process::{ExitCode, Stdio};
use std::time::{Duration, Instant};

use clients::{Client, Work};
use proxy::Proxy;
use servers::{Server, run};

const ROUND_TRIP: Duration = Duration::from_millis(20);

struct Job {
    what: &'static str,
    work: Work,
    clients: &'static [Client],
    /// The one that others are compared with.
    against: Client,
    files: usize,
    /// Of each file, in bytes.
    size: usize,
}

const ALL: &[Client] = &[Client::Passerelle, Client::Sftp, Client::Curl, Client::Lftp];
const WITH_SYNC: &[Client] = &[Client::Passerelle, Client::Sftp, Client::SyncedSftp, Client::Curl, Client::Lftp];
const WITHOUT_SFTP: &[Client] = &[Client::Passerelle, Client::Curl, Client::Lftp];

const JOBS: [Job; 5] = [
    Job {
        what: "SFTP upload, 64 MiB, 20 ms",
        work: Work::SftpUpload,
        clients: WITH_SYNC,
        against: Client::Sftp,
        files: 1,
        size: 64 << 20,
    },
    Job {
        what: "SFTP download, 64 MiB, 20 ms",
        work: Work::SftpDownload,
        clients: ALL,
        against: Client::Sftp,
        files: 1,
        size: 64 << 20,
    },
    Job {
        what: "SFTP upload, 500 files of 2 kB, 20 ms",
        work: Work::SftpUpload,
        clients: WITH_SYNC,
        against: Client::Sftp,
        files: 500,
        size: 2000,
    },
    Job {
        what: "SFTP download, 500 files of 2 kB, 20 ms",
        work: Work::SftpDownload,
        clients: ALL,
        against: Client::Sftp,
        files: 500,
        size: 2000,
    },
    Job {
        what: "FTPS upload, 512 MiB, loopback",
        work: Work::FtpsUpload,
        clients: WITHOUT_SFTP,
        against: Client::Curl,
        files: 1,
        size: 512 << 20,
    },
];

/// What one invocation took.
#[derive(Clone, Copy)]
struct Cost {
    seconds: f64,
    /// Round trips, where a proxy counts them.
    turns: usize,
}

fn main() -> ExitCode {
    if let Some(done) = ours::work() {
        return done;
    }
    let runs = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(5);
    println!("{}\n", versions());
    println!(
        "| work | client | seconds | MiB/s | ms a file | round trips a file | times as fast |\n|---|---|---|---|---|---|---|"
    );
    let word =
        std::env::args().skip(1).find(|argument| !argument.starts_with('-') && argument.parse::<usize>().is_err());
    for job in JOBS.iter().filter(|job| word.as_ref().is_none_or(|word| job.what.contains(word))) {
        tell(job, &measure(job, runs));
    }
    ExitCode::SUCCESS
}

/// The median cost of each client.
fn measure(job: &Job, runs: usize) -> Vec<Cost> {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let server = match job.work {
        Work::FtpsUpload => servers::vsftpd(folder),
        Work::SftpUpload | Work::SftpDownload => servers::openssh(folder),
    };
    if job.work != Work::FtpsUpload {
        ours::remember_fingerprint(folder);
    } else {
        fs::write(folder.join("fingerprint"), "").expect("a file");
    }
    let (sources, fetched) = match job.work.is_upload() {
        true => (folder.join("files"), server.drop.clone()),
        false => (server.drop.clone(), folder.join("got")),
    };
    fs::create_dir_all(&sources).and_then(|()| fs::create_dir_all(&fetched)).expect("a folder");
    let names: Vec<String> = (0..job.files).map(|number| format!("{number:03}.csv")).collect();
    for name in &names {
        fs::write(sources.join(name), noise(job.size)).expect("room");
    }

    let mut costs = vec![Vec::new(); job.clients.len()];
    for _ in 0..runs {
        for (client, costs) in job.clients.iter().zip(&mut costs) {
            costs.push(once(job, *client, folder, &server, &names));
            for name in &names {
                let file = fetched.join(name);
                let size = fs::metadata(&file).map_or(0, |metadata| metadata.len());
                assert!(size == job.size as u64, "{} transferred {size} bytes of {name}", client.name());
                fs::remove_file(file).expect("nobody uses it");
            }
        }
    }
    if job.work.is_upload() {
        server.empty();
    }
    costs.into_iter().map(median).collect()
}

fn once(job: &Job, client: Client, folder: &Path, server: &Server, names: &[String]) -> Cost {
    let (remote, proxy) = match job.work {
        Work::FtpsUpload => ("/drop".to_owned(), None),
        _ => (server.drop.display().to_string(), Some(Proxy::start(server.port, ROUND_TRIP))),
    };
    let port = proxy.as_ref().map_or(server.port, |proxy| proxy.port);
    let mut command = client.command(job.work, folder, &remote, port, names);
    let start = Instant::now();
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).status().expect("it is installed");
    let seconds = start.elapsed().as_secs_f64();
    assert!(status.success(), "{} ended with {status}: {command:?}", client.name());
    Cost { seconds, turns: proxy.map_or(0, |proxy| proxy.turns()) }
}

fn median(mut costs: Vec<Cost>) -> Cost {
    costs.sort_by(|one, other| one.seconds.total_cmp(&other.seconds));
    costs[costs.len() / 2]
}

fn tell(job: &Job, costs: &[Cost]) {
    let against = job.clients.iter().position(|client| *client == job.against).expect("it is among them");
    let reference = costs[against].seconds;
    for (client, Cost { seconds, turns }) in job.clients.iter().zip(costs) {
        let (files, mebibytes) = (job.files as f64, (job.files * job.size) as f64 / f64::from(1 << 20));
        let many = |number: f64| if job.files > 1 { format!("{number:.1}") } else { String::new() };
        println!(
            "| {} | {} | {seconds:.2} | {:.1} | {} | {} | {:.2} |",
            job.what,
            client.name(),
            mebibytes / seconds,
            many(seconds * 1000.0 / files),
            many(*turns as f64 / files),
            reference / seconds,
        );
    }
}

/// Bytes that no program can make much smaller: a MiB of chance, again and again.
fn noise(size: usize) -> Vec<u8> {
    let mut state = 88_172_645_463_325_252_u64;
    let words = std::iter::repeat_with(move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    });
    let block: Vec<u8> = words.flatten().take(size.min(1 << 20)).collect();
    let mut bytes = block.repeat(size.div_ceil(block.len().max(1)));
    bytes.truncate(size);
    bytes
}

fn versions() -> String {
    let first_line = |program: &str, argument: &str| {
        let said = run(program, &[argument]);
        said.lines().next().unwrap_or_default().to_owned()
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    format!(
        "passerelle {} on {cores} cores; {}; {}; {}",
        env!("CARGO_PKG_VERSION"),
        first_line("ssh", "-V"),
        first_line("curl", "--version"),
        first_line("lftp", "--version"),
    )
}
