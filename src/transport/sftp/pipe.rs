//! The two directions of the channel on which SFTP is spoken, each bounded in time.

use std::io::{self, Read, Write};
use std::time::{Duration, Instant};

use ssh2::{Channel, ExtendedData, Session};

use super::failure::{Failure, behind};

/// How much the server may send ahead, in bytes: with 20 ms of distance, 400 MiB/s.
const WINDOW: u32 = 8 << 20;

/// The longest packet of SSH that every program must take: RFC 4253, section 6.1.
const PACKET: u32 = 32768;

/// A channel waits for room in the server's window even when the server has closed it: so often it is looked.
const LOOK: Duration = Duration::from_secs(1);

pub struct Pipe {
    session: Session,
    channel: Channel,
    /// How long the server may say nothing, or take nothing.
    patience: Duration,
}

impl Pipe {
    pub fn open(session: &Session, patience: Duration) -> Result<Pipe, Failure> {
        session.set_timeout(milliseconds(patience));
        let mut channel = session.channel_open("session", WINDOW, PACKET, None)?;
        // What a server says beside would be kept in memory for ever.
        channel.handle_extended_data(ExtendedData::Ignore)?;
        channel.subsystem("sftp")?;
        Ok(Pipe { session: session.clone(), channel, patience })
    }

    /// One more to the same server.
    pub fn another(&self) -> Result<Pipe, Failure> {
        Pipe::open(&self.session, self.patience)
    }

    // `Channel::flush` throws away what has come in, so it is never called.
    pub fn send(&mut self, mut bytes: &[u8]) -> Result<(), Failure> {
        while !bytes.is_empty() {
            // 0 says that there is no room yet.
            let count = self.wait(|channel| channel.write(bytes))?;
            bytes = &bytes[count..];
        }
        Ok(())
    }

    /// Waits for bytes, one at least; returns how many.
    pub fn receive(&mut self, into: &mut [u8]) -> Result<usize, Failure> {
        loop {
            match self.wait(|channel| channel.read(into))? {
                0 if self.channel.eof() => return Err(Failure::Closed),
                // Something came that was none of them.
                0 => {}
                count => return Ok(count),
            }
        }
    }

    fn wait<T>(&mut self, mut act: impl FnMut(&mut Channel) -> io::Result<T>) -> Result<T, Failure> {
        let start = Instant::now();
        loop {
            let left = self.patience.saturating_sub(start.elapsed());
            self.session.set_timeout(milliseconds(left.min(LOOK)));
            match act(&mut self.channel) {
                Err(error) if error.kind() == io::ErrorKind::TimedOut && left > LOOK => {
                    if self.channel.eof() {
                        return Err(Failure::Closed);
                    }
                }
                outcome => return outcome.map_err(|error| behind(&self.session, &error).into()),
            }
        }
    }
}

/// As libssh2 takes it, for which 0 is for ever.
pub fn milliseconds(timeout: Duration) -> u32 {
    timeout.as_millis().clamp(1, u32::MAX.into()) as u32
}
