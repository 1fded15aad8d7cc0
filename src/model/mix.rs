//! A mix: one hash of texts that come one after the other, and need not be put together first.
//!
//! As in wyhash and its kin, each step multiplies two numbers and folds the 128 bits of the product into 64.

/// The second has a byte that is in no UTF-8, so that no text makes its factor 0, which would forget all texts before.
const SALT: [u64; 2] = [0xf98b_64b5_2fd3_9a6d, 0xfd1f_38a7_6c59_3f23];

/// For each byte of length, so that no two texts run into one, and an empty one counts.
const LENGTH: u64 = 0x9e37_79b9_7f4a_7c15;

/// Of so many bytes two numbers are made.
const BLOCK: usize = 16;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mix(u64);

impl Mix {
    /// The next text.
    #[inline]
    pub fn add(&mut self, text: &str) {
        let bytes = text.as_bytes();
        match bytes.last_chunk::<BLOCK>() {
            Some(last) => {
                bytes.as_chunks::<BLOCK>().0.iter().for_each(|block| self.step(numbers(block)));
                // What of it was in the block before does no harm.
                self.step(numbers(last));
            }
            None if bytes.is_empty() => {}
            None => self.step(numbers(bytes)),
        }
        self.0 = self.0.wrapping_add((bytes.len() as u64 + 1).wrapping_mul(LENGTH));
    }

    /// The hash of all texts so far.
    pub fn finish(mut self) -> u64 {
        self.step([0, 0]);
        self.0
    }

    #[inline]
    fn step(&mut self, [one, other]: [u64; 2]) {
        let product = u128::from(self.0 ^ one ^ SALT[0]) * u128::from(other ^ SALT[1]);
        self.0 = product as u64 ^ (product >> 64) as u64;
    }
}

impl Default for Mix {
    fn default() -> Mix {
        Mix(SALT[1])
    }
}

/// The first and the last bytes of a block, or of less than one. All of them are among these, and how many there are is
/// added elsewhere.
#[inline]
fn numbers(bytes: &[u8]) -> [u64; 2] {
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        [u64::from_le_bytes(*first), u64::from_le_bytes(*last)]
    } else if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        [u32::from_le_bytes(*first).into(), u32::from_le_bytes(*last).into()]
    } else {
        let [first, middle, last] = [bytes[0], bytes[bytes.len() / 2], bytes[bytes.len() - 1]];
        [u16::from_le_bytes([first, middle]).into(), last.into()]
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    fn mix(texts: &[&str]) -> u64 {
        let mut mix = Mix::default();
        texts.iter().for_each(|text| mix.add(text));
        mix.finish()
    }

    #[test]
    fn every_byte_counts_wherever_it_stands() {
        let mut met = HashMap::new();
        for length in 0..70 {
            let same = "a".repeat(length);
            assert_eq!(met.insert(mix(&[&same]), same.clone()), None);
            for at in 0..length {
                let other = format!("{}b{}", &same[..at], &same[at + 1..]);
                assert_eq!(met.insert(mix(&[&other]), other.clone()), None);
            }
        }
    }

    #[test]
    fn the_bits_of_hashes_of_texts_that_are_alike_differ_by_half() {
        let hashes: Vec<u64> = (0..10_000).map(|number| mix(&["noah", &format!("{number:08}"), "", "Sales"])).collect();
        for bit in 0..64 {
            let set = hashes.iter().filter(|hash| *hash >> bit & 1 == 1).count();
            assert!((4_700..5_300).contains(&set), "bit {bit}: {set}");
            let flips = hashes.windows(2).filter(|two| (two[0] ^ two[1]) >> bit & 1 == 1).count();
            assert!((4_700..5_300).contains(&flips), "bit {bit}: {flips}");
        }
    }

    proptest! {
        #[test]
        fn texts_do_not_run_into_one_another(one in "[ab]{0,40}", other in "[ab]{0,40}", at in 0..40_usize) {
            let whole = format!("{one}{other}");
            let at = at.min(whole.len());
            let (first, second) = whole.split_at(at);
            prop_assert_eq!(mix(&[first, second]) == mix(&[&one, &other]), first == one);
            prop_assert_ne!(mix(&[&one, &other]), mix(&[&whole]));
            prop_assert_ne!(mix(&[&one, ""]), mix(&[&one]));
            prop_assert_eq!(mix(&["", &one]) == mix(&[&one, ""]), one.is_empty());
        }
    }
}
