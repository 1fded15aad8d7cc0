//! What an SFTP server answers. Whatever bytes it sends, they are understood or refused.

use super::attributes::Attributes;
use super::fields::Fields;
use super::request::Handle;
use super::status::Status;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    Status(Status),
    Handle(Handle),
    Data(Vec<u8>),
    Names(Vec<Name>),
    Attributes(Attributes),
    /// The answer to a request of an extension.
    Extended(Vec<u8>),
}

/// An entry of a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    pub bytes: Vec<u8>,
    pub attributes: Attributes,
}

/// How a server introduces itself.
#[derive(Debug, PartialEq, Eq)]
pub struct Greeting {
    pub version: u32,
    /// The names of what it can do beyond its version.
    pub extensions: Vec<Vec<u8>>,
}

impl Reply {
    /// The id of the request that is answered, and the answer; None where the packet is not one.
    pub fn read(packet: &[u8]) -> Option<(u32, Reply)> {
        let mut fields = Fields(packet);
        let (code, id) = (fields.byte()?, fields.number()?);
        let reply = match code {
            101 => Reply::Status(Status::take(&mut fields)?),
            102 => Reply::Handle(Handle(fields.string()?.to_vec())),
            103 => Reply::Data(fields.string()?.to_vec()),
            104 => Reply::Names(take_names(&mut fields)?),
            105 => Reply::Attributes(Attributes::take(&mut fields)?),
            201 => Reply::Extended(fields.0.to_vec()),
            _ => return None,
        };
        Some((id, reply))
    }

    pub fn what(&self) -> &'static str {
        match self {
            Reply::Status(_) => "a status",
            Reply::Handle(_) => "a handle",
            Reply::Data(_) => "data",
            Reply::Names(_) => "names",
            Reply::Attributes(_) => "attributes",
            Reply::Extended(_) => "the answer of an extension",
        }
    }
}

impl Greeting {
    pub fn read(packet: &[u8]) -> Option<Greeting> {
        const VERSION: u8 = 2;
        let mut fields = Fields(packet);
        if fields.byte()? != VERSION {
            return None;
        }
        let version = fields.number()?;
        let mut extensions = Vec::new();
        while let Some(name) = fields.string() {
            fields.string()?;
            extensions.push(name.to_vec());
        }
        Some(Greeting { version, extensions })
    }

    pub fn announces(&self, extension: &str) -> bool {
        self.extensions.iter().any(|name| name == extension.as_bytes())
    }
}

/// The count that the server tells is not trusted with an allocation: each name takes its bytes of the packet.
fn take_names(fields: &mut Fields) -> Option<Vec<Name>> {
    let mut names = Vec::new();
    for _ in 0..fields.number()? {
        let bytes = fields.string()?.to_vec();
        let _as_ls_would_show_it = fields.string()?;
        names.push(Name { bytes, attributes: Attributes::take(fields)? });
    }
    Some(names)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Greeting, Name, Reply};
    use crate::transport::Kind;
    use crate::transport::sftp::fields::put_string;
    use crate::transport::sftp::request::Handle;

    fn packet(code: u8, id: u32, fields: &[u8]) -> Vec<u8> {
        [&[code][..], &id.to_be_bytes(), fields].concat()
    }

    fn string(bytes: &[u8]) -> Vec<u8> {
        let mut string = Vec::new();
        put_string(&mut string, bytes);
        string
    }

    #[test]
    fn each_kind_of_answer_is_understood() {
        let (id, reply) = Reply::read(&packet(102, 7, &string(b"handle"))).unwrap();
        assert_eq!((id, reply), (7, Reply::Handle(Handle(b"handle".to_vec()))));
        let (_, reply) = Reply::read(&packet(103, 7, &string(b"bytes"))).unwrap();
        assert_eq!(reply, Reply::Data(b"bytes".to_vec()));
        let said = [&3_u32.to_be_bytes()[..], &string(b"not\x1B[2J here"), &string(b"en")].concat();
        let Some((_, Reply::Status(status))) = Reply::read(&packet(101, 7, &said)) else { panic!() };
        assert_eq!(status.kind(), Kind::Denied);
        assert_eq!(status.to_string(), "not\\u{1b}[2J here (SFTP status 3)");
    }

    #[test]
    fn attributes_are_told_in_any_selection() {
        let all = [
            &0x8000_000F_u32.to_be_bytes()[..],
            &1234_u64.to_be_bytes(),
            &[0; 8],
            &0o100_644_u32.to_be_bytes(),
            &[0; 4],
            &86_400_u32.to_be_bytes(),
            &1_u32.to_be_bytes(),
            &string(b"name"),
            &string(b"value"),
        ]
        .concat();
        let names =
            [&2_u32.to_be_bytes()[..], &string(b"a\xE9"), &string(b""), &all, &string(b"b"), &string(b""), &[0; 4]];
        let (_, reply) = Reply::read(&packet(104, 1, &names.concat())).unwrap();
        let Reply::Names(names) = reply else { panic!() };
        let [Name { bytes, attributes }, bare] = &names[..] else { panic!() };
        assert_eq!(bytes, b"a\xE9");
        assert!(attributes.is_file() && attributes.tell_all() && attributes.size == Some(1234));
        assert_eq!(attributes.modified().unwrap().timestamp(), 86_400);
        assert!(!bare.attributes.is_file() && !bare.attributes.tell_all() && bare.attributes.modified().is_none());
    }

    #[test]
    fn extensions_are_known_by_name_and_a_cut_list_is_refused() {
        let list = [string(b"posix-rename@openssh.com"), string(b"1"), string(b"fsync@openssh.com"), string(b"1")];
        let greeting = packet(2, 3, &list.concat());
        let read = Greeting::read(&greeting).unwrap();
        assert!(read.version == 3 && read.extensions.len() == 2 && read.announces("fsync@openssh.com"));
        assert_eq!(Greeting::read(&greeting[..greeting.len() - 5]), None);
        assert_eq!(Greeting::read(&[2, 0, 0, 0]), None);
    }

    proptest! {
        #[test]
        fn no_bytes_of_a_server_cause_a_panic(code in any::<u8>(), bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let _ = (Greeting::read(&bytes), Reply::read(&bytes));
            for code in [code, 2, 101, 102, 103, 104, 105, 201] {
                let packet = [&[code][..], &bytes].concat();
                let _ = (Greeting::read(&packet), Reply::read(&packet));
            }
        }

        /// Lengths and counts that lie, at every place.
        #[test]
        fn a_packet_that_was_changed_or_cut_is_understood_or_refused(
            place in 0..60_usize,
            byte in any::<u8>(),
            length in 0..80_usize,
        ) {
            let attributes = [&15_u32.to_be_bytes()[..], &[1; 28]].concat();
            let names = [&1_u32.to_be_bytes()[..], &string(b"name"), &string(b"long name"), &attributes].concat();
            let mut packet = packet(104, 1, &names);
            if let Some(changed) = packet.get_mut(place) {
                *changed = byte;
            }
            packet.truncate(length);
            if let Some((_, Reply::Names(names))) = Reply::read(&packet) {
                prop_assert!(names.iter().map(|name| name.bytes.len()).sum::<usize>() <= packet.len());
            }
        }
    }
}
