//! The fields of an SFTP packet: numbers with the highest byte first, and strings with their length in front.

/// Takes fields off the front of a packet; None where it ends too early.
pub struct Fields<'a>(pub &'a [u8]);

impl<'a> Fields<'a> {
    pub fn byte(&mut self) -> Option<u8> {
        self.array().map(u8::from_be_bytes)
    }

    pub fn number(&mut self) -> Option<u32> {
        self.array().map(u32::from_be_bytes)
    }

    pub fn long_number(&mut self) -> Option<u64> {
        self.array().map(u64::from_be_bytes)
    }

    pub fn string(&mut self) -> Option<&'a [u8]> {
        let length = self.number()?;
        let (string, rest) = self.0.split_at_checked(length.try_into().ok()?)?;
        self.0 = rest;
        Some(string)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (array, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*array)
    }
}

pub fn put_string(packet: &mut Vec<u8>, string: &[u8]) {
    let length = u32::try_from(string.len()).expect("names and pieces of files are far shorter than 4 GiB");
    packet.extend(length.to_be_bytes());
    packet.extend(string);
}
