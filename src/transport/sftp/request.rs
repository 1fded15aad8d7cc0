//! What can be asked of an SFTP server: version 3, draft-ietf-secsh-filexfer-02, and the extensions of OpenSSH's PROTOCOL.

use super::fields::put_string;

pub const POSIX_RENAME: &str = "posix-rename@openssh.com";
pub const FSYNC: &str = "fsync@openssh.com";
pub const LIMITS: &str = "limits@openssh.com";
pub const STATVFS: &str = "statvfs@openssh.com";

/// The version that every server speaks.
pub const VERSION: u32 = 3;

const READ: u32 = 0x01;
const WRITE: u32 = 0x02;
const WRITE_CREATE_TRUNCATE: u32 = WRITE | 0x08 | 0x10;
/// Which attributes follow: none, or the permissions.
const NO_ATTRIBUTES: u32 = 0;
const PERMISSIONS: u32 = 4;

/// A file or folder that the server holds open for us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handle(pub Vec<u8>);

/// Names are bytes: what they mean is the server's affair.
#[derive(Debug, Clone, Copy)]
pub enum Request<'a> {
    OpenToRead {
        path: &'a [u8],
    },
    /// Cuts a file that is there to 0 bytes.
    OpenToWrite {
        path: &'a [u8],
        permissions: u32,
    },
    /// Leaves what is in the file, which must be there.
    OpenToWriteMore {
        path: &'a [u8],
    },
    Close(&'a Handle),
    Read {
        handle: &'a Handle,
        offset: u64,
        length: u32,
    },
    Write {
        handle: &'a Handle,
        offset: u64,
        bytes: &'a [u8],
    },
    /// The attributes of an open file.
    Look(&'a Handle),
    /// The attributes of what a name means, after links.
    LookAt {
        path: &'a [u8],
    },
    OpenFolder {
        path: &'a [u8],
    },
    ReadFolder(&'a Handle),
    Remove {
        path: &'a [u8],
    },
    MakeFolder {
        path: &'a [u8],
        permissions: u32,
    },
    RemoveFolder {
        path: &'a [u8],
    },
    /// Fails where the new name is taken.
    Rename {
        from: &'a [u8],
        to: &'a [u8],
    },
    /// Replaces what has the new name, at one instant.
    PosixRename {
        from: &'a [u8],
        to: &'a [u8],
    },
    /// Until the bytes of the file outlive a crash of the server.
    Sync(&'a Handle),
    /// How much the server takes and gives at once.
    Limits,
    /// How much room there is, of the file system of a file.
    Room {
        path: &'a [u8],
    },
}

impl Request<'_> {
    /// Appends the packet. The answer will bear the same `id`.
    pub fn put(&self, packets: &mut Vec<u8>, id: u32) {
        framed(packets, |packet| {
            packet.push(self.code());
            packet.extend(id.to_be_bytes());
            self.put_fields(packet);
        });
    }

    fn code(&self) -> u8 {
        match self {
            Request::OpenToRead { .. } | Request::OpenToWrite { .. } | Request::OpenToWriteMore { .. } => 3,
            Request::Close(_) => 4,
            Request::Read { .. } => 5,
            Request::Write { .. } => 6,
            Request::Look(_) => 8,
            Request::OpenFolder { .. } => 11,
            Request::ReadFolder(_) => 12,
            Request::Remove { .. } => 13,
            Request::MakeFolder { .. } => 14,
            Request::RemoveFolder { .. } => 15,
            Request::LookAt { .. } => 17,
            Request::Rename { .. } => 18,
            Request::PosixRename { .. } | Request::Sync(_) | Request::Limits | Request::Room { .. } => 200,
        }
    }

    fn put_fields(&self, packet: &mut Vec<u8>) {
        match self {
            Request::OpenToRead { path } => {
                put_string(packet, path);
                put_numbers(packet, &[READ, NO_ATTRIBUTES]);
            }
            Request::OpenToWrite { path, permissions } => {
                put_string(packet, path);
                put_numbers(packet, &[WRITE_CREATE_TRUNCATE, PERMISSIONS, *permissions]);
            }
            Request::OpenToWriteMore { path } => {
                put_string(packet, path);
                put_numbers(packet, &[WRITE, NO_ATTRIBUTES]);
            }
            Request::Close(handle) | Request::Look(handle) | Request::ReadFolder(handle) => {
                put_string(packet, &handle.0);
            }
            Request::Read { handle, offset, length } => {
                put_string(packet, &handle.0);
                packet.extend(offset.to_be_bytes());
                put_numbers(packet, &[*length]);
            }
            Request::Write { handle, offset, bytes } => {
                put_string(packet, &handle.0);
                packet.extend(offset.to_be_bytes());
                put_string(packet, bytes);
            }
            Request::LookAt { path }
            | Request::OpenFolder { path }
            | Request::Remove { path }
            | Request::RemoveFolder { path } => {
                put_string(packet, path);
            }
            Request::MakeFolder { path, permissions } => {
                put_string(packet, path);
                put_numbers(packet, &[PERMISSIONS, *permissions]);
            }
            Request::Rename { from, to } => put_strings(packet, &[from, to]),
            Request::PosixRename { from, to } => put_strings(packet, &[POSIX_RENAME.as_bytes(), from, to]),
            Request::Sync(handle) => put_strings(packet, &[FSYNC.as_bytes(), &handle.0]),
            Request::Limits => put_string(packet, LIMITS.as_bytes()),
            Request::Room { path } => put_strings(packet, &[STATVFS.as_bytes(), path]),
        }
    }
}

/// The first packet of all, which has no id.
pub fn greeting() -> Vec<u8> {
    const INIT: u8 = 1;
    let mut packets = Vec::new();
    framed(&mut packets, |packet| {
        packet.push(INIT);
        put_numbers(packet, &[VERSION]);
    });
    packets
}

fn framed(packets: &mut Vec<u8>, put: impl FnOnce(&mut Vec<u8>)) {
    let start = packets.len();
    packets.extend([0; 4]);
    put(packets);
    let length = u32::try_from(packets.len() - start - 4).expect("a request is far shorter than 4 GiB");
    packets[start..start + 4].copy_from_slice(&length.to_be_bytes());
}

fn put_numbers(packet: &mut Vec<u8>, numbers: &[u32]) {
    packet.extend(numbers.iter().flat_map(|number| number.to_be_bytes()));
}

fn put_strings(packet: &mut Vec<u8>, strings: &[&[u8]]) {
    strings.iter().for_each(|string| put_string(packet, string));
}

#[cfg(test)]
mod tests {
    use super::{Handle, Request, greeting};

    #[test]
    fn packets_are_written_as_the_draft_has_them() {
        assert_eq!(greeting(), [0, 0, 0, 5, 1, 0, 0, 0, 3]);
        let mut packets = Vec::new();
        let handle = Handle(vec![9]);
        Request::Write { handle: &handle, offset: 258, bytes: b"ab" }.put(&mut packets, 7);
        Request::Close(&handle).put(&mut packets, 8);
        let write = b"\0\0\0\x18\x06\0\0\0\x07\0\0\0\x01\x09\0\0\0\0\0\0\x01\x02\0\0\0\x02ab";
        let close = b"\0\0\0\x0A\x04\0\0\0\x08\0\0\0\x01\x09";
        assert_eq!(packets, [&write[..], close].concat());
    }

    #[test]
    fn a_name_that_is_not_utf_8_is_sent_as_it_is() {
        let mut packets = Vec::new();
        Request::Remove { path: b"caf\xE9" }.put(&mut packets, 1);
        assert!(packets.ends_with(b"\0\0\0\x04caf\xE9"));
    }
}
