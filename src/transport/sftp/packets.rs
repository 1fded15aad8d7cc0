//! Packets, put together from bytes that come in pieces of any length.

/// OpenSSH's own limit; a packet that says it is longer is none.
pub const LONGEST: usize = 256 * 1024;

/// How long a packet is, without its length.
const LENGTH: usize = 4;

pub struct Packets {
    buffer: Vec<u8>,
    /// What has come and was not taken: `buffer[start..end]`.
    start: usize,
    end: usize,
}

/// What a packet says of its own length is no length of a packet.
#[derive(Debug, PartialEq, Eq)]
pub struct NoPacket {
    pub length: [u8; LENGTH],
}

impl Default for Packets {
    fn default() -> Packets {
        // Room for a packet while the one before it is not taken.
        Packets { buffer: vec![0; 2 * (LENGTH + LONGEST)], start: 0, end: 0 }
    }
}

impl Packets {
    /// The next packet, None as long as it has not come whole.
    pub fn next(&mut self) -> Result<Option<&[u8]>, NoPacket> {
        let Some((told, rest)) = self.buffer[self.start..self.end].split_first_chunk::<LENGTH>() else {
            return Ok(None);
        };
        let length = u32::from_be_bytes(*told) as usize;
        if length == 0 || length > LONGEST {
            return Err(NoPacket { length: *told });
        }
        if rest.len() < length {
            return Ok(None);
        }
        let packet = self.start + LENGTH;
        self.start = packet + length;
        Ok(Some(&self.buffer[packet..self.start]))
    }

    /// Where the next bytes go, once every whole packet has been taken: never empty.
    pub fn room(&mut self) -> &mut [u8] {
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        &mut self.buffer[self.end..]
    }

    /// So many bytes were put there.
    pub fn came(&mut self, count: usize) {
        self.end += count;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{LONGEST, Packets};

    /// Puts the bytes in, in pieces of these lengths in turn, and takes every packet.
    fn packets_of(mut bytes: &[u8], pieces: &[usize]) -> Result<Vec<Vec<u8>>, super::NoPacket> {
        let (mut packets, mut found) = (Packets::default(), Vec::new());
        for piece in pieces.iter().cycle() {
            if bytes.is_empty() {
                break;
            }
            let room = packets.room();
            assert!(!room.is_empty());
            let count = bytes.len().min(*piece).min(room.len());
            room[..count].copy_from_slice(&bytes[..count]);
            packets.came(count);
            bytes = &bytes[count..];
            while let Some(packet) = packets.next()? {
                found.push(packet.to_vec());
            }
        }
        Ok(found)
    }

    fn framed(packet: &[u8]) -> Vec<u8> {
        [&(packet.len() as u32).to_be_bytes()[..], packet].concat()
    }

    #[test]
    fn a_length_that_no_packet_has_is_refused_before_anything_is_waited_for() {
        for length in [0, LONGEST as u32 + 1, u32::MAX] {
            let refused = packets_of(&length.to_be_bytes(), &[4]).unwrap_err();
            assert_eq!(refused.length, length.to_be_bytes());
        }
    }

    #[test]
    fn the_longest_packets_fit() {
        let packet = vec![7; LONGEST];
        let bytes = [framed(&packet), framed(&packet), framed(&packet)].concat();
        assert_eq!(packets_of(&bytes, &[usize::MAX]).unwrap(), [&packet[..], &packet, &packet]);
    }

    proptest! {
        #[test]
        fn packets_come_out_as_they_went_in_however_they_are_cut(
            packets in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..300), 0..20),
            pieces in prop::collection::vec(1..500_usize, 1..10),
        ) {
            let bytes: Vec<u8> = packets.iter().flat_map(|packet| framed(packet)).collect();
            prop_assert_eq!(packets_of(&bytes, &pieces), Ok(packets));
        }

        #[test]
        fn no_bytes_of_a_server_cause_a_panic(
            bytes in prop::collection::vec(any::<u8>(), 0..2000),
            pieces in prop::collection::vec(1..500_usize, 1..10),
        ) {
            let _ = packets_of(&bytes, &pieces);
        }
    }
}
