//! SFTP servers: SSH by libssh2, and version 3 of SFTP in a channel of it.
//!
//! libssh2 has SFTP, too. It waits for each answer before it asks on, gives up after a minute whatever it is told, and
//! cannot replace a file; so it is not used.

mod attributes;
mod beside;
mod ciphers;
mod conversation;
mod download;
mod examine;
mod failure;
mod fields;
mod folder;
mod host_key;
mod host_names;
mod identity;
mod known_hosts;
mod login;
mod offer;
mod options;
mod packets;
mod pipe;
mod private_key;
mod proof;
mod rename;
mod reply;
mod request;
mod session;
mod status;
mod upload;

use std::path::Path;

use ssh2::MethodType;

use self::beside::Beside;
use self::conversation::Conversation;
use self::failure::failed;
use self::host_key::HostKey;
use self::identity::Expected;
pub use self::options::{Fingerprint, Identity, Key, Login, Options};
use self::pipe::milliseconds;
use self::proof::Proof;
pub use self::session::Sftp;
use super::watchdog::Watchdog;
use super::{Error, Kind, Limit, tcp};

/// Connects, makes sure who the server is, and only then logs in.
pub fn connect(options: &Options, base: &Path, limit: &Limit) -> Result<Sftp, Error> {
    let expected = Expected::read(options, base)?;
    let proof = Proof::read(&options.login, base)?;
    let place = format!("{}:{}", options.host, options.port);
    let watchdog = Watchdog::start(limit);
    let begin = || {
        let ssh = greet(options, &expected, &place, limit, &watchdog)?;
        ssh.set_timeout(milliseconds(options.answer_timeout));
        let open = || {
            let ways = proof.show(&ssh, &options.user, &place)?;
            let server = Conversation::open(&ssh, options.answer_timeout)
                .map_err(|failure| failure.while_trying_to(format!("open SFTP on {place}")))?;
            Ok((ways, server))
        };
        let (ways, mut server) = open().map_err(|error| watchdog.explain_end(error))?;
        server.abilities.posix_rename |= options.posix_rename;
        Ok((ssh, ways, server))
    };
    let (ssh, ways, server) = begin().map_err(|error| watchdog.explain(error))?;
    let beside = Beside::new(&ssh);
    Ok(Sftp { ssh, ways, server, beside, watchdog, root: options.path.clone(), place })
}

/// Shakes hands until the server shows a key that is accepted. Nothing of ours is said before.
fn greet(
    options: &Options,
    expected: &Expected,
    place: &str,
    limit: &Limit,
    watchdog: &Watchdog,
) -> Result<ssh2::Session, Error> {
    let mut seen: Vec<HostKey> = Vec::new();
    let mut first_failure = None;
    for algorithms in expected.algorithms() {
        let error = match shake_hands(options, &algorithms, place, limit, watchdog) {
            Ok((session, key)) if expected.accepts(&key) => return Ok(session),
            Ok((_, key)) => {
                if !seen.contains(&key) {
                    seen.push(key);
                }
                continue;
            }
            Err(error) => error,
        };
        // A server without a key of this family may hang up before that is understood; so does one that is cut off.
        let is_protocol = error.kind == Kind::Protocol;
        let mut error = watchdog.explain_end(error);
        if is_protocol && error.kind != Kind::Protocol && offer::lacks(&algorithms, options, limit) {
            error.kind = Kind::Protocol;
        }
        // A server that has no key of this family ends here too. One that does not answer has not shown what it is.
        if error.kind != Kind::Protocol {
            return Err(offer::explain(error, options, limit));
        }
        first_failure.get_or_insert(error);
    }
    match first_failure {
        Some(error) if seen.is_empty() => Err(offer::explain(error, options, limit)),
        _ => Err(expected.refused(options, &seen)),
    }
}

fn shake_hands(
    options: &Options,
    algorithms: &str,
    place: &str,
    limit: &Limit,
    watchdog: &Watchdog,
) -> Result<(ssh2::Session, HostKey), Error> {
    let tried = || format!("begin an SSH session with {place}");
    let failed = |cause| failed(tried(), &cause);
    let tcp = tcp::connect(&options.host, options.port, options.connect_timeout, limit)?;
    watchdog.watch_control(&tcp).map_err(|cause| Error::new(Kind::Local, tried()).caused_by(cause))?;
    let mut session = ssh2::Session::new().map_err(failed)?;
    session.set_timeout(milliseconds(options.connect_timeout));
    session.method_pref(MethodType::HostKey, algorithms).map_err(failed)?;
    ciphers::prefer_fast(&session).map_err(failed)?;
    session.set_tcp_stream(tcp);
    session.handshake().map_err(failed)?;
    let key = session.host_key().and_then(|(bytes, _)| HostKey::from_wire(bytes));
    let key = key.ok_or_else(|| Error::new(Kind::Protocol, tried()).caused_by("the server showed no key"))?;
    Ok((session, key))
}
