//! Marks: where either of two bytes stands, found 64 bytes at a time.
//!
//! This is the one place that is fast rather than plain: separators are some ten bytes apart, and to find the 17 million of
//! a file of 214 MB takes 0.04 s, where one after the other with `memchr2_iter` takes 0.08 s and a plain loop 0.11 s.

const BLOCK: usize = 64;

const ONES: u64 = 0x0101_0101_0101_0101;
const LOW_BITS: u64 = 0x7f * ONES;
const HIGH_BIT: u64 = 0x80 * ONES;

/// Multiplied with it, the lowest bits of eight bytes come to stand side by side in the highest byte.
const GATHER: u64 = 0x0102_0408_1020_4080;

/// The places of both bytes, in order.
pub(super) struct Marks<'a> {
    either: [u64; 2],
    rest: &'a [u8],
    /// Where the block is that is looked at, and which of its bytes are still to come, from the lowest bit on.
    block: usize,
    found: u64,
}

impl<'a> Marks<'a> {
    pub fn new(either: [u8; 2], bytes: &'a [u8]) -> Marks<'a> {
        let [one, other] = either;
        let either = [u64::from(one) * ONES, u64::from(other) * ONES];
        let mut marks = Marks { either, rest: bytes, block: 0, found: 0 };
        marks.look();
        marks
    }

    /// Looks at the next block; the last one is filled up with what is neither.
    #[inline]
    fn look(&mut self) {
        match self.rest.split_first_chunk::<BLOCK>() {
            Some((block, rest)) => {
                self.found = self.places(block);
                self.rest = rest;
            }
            None => {
                let mut block = [0; BLOCK];
                block[..self.rest.len()].copy_from_slice(self.rest);
                self.found = self.places(&block);
                self.rest = &[];
            }
        }
    }

    #[inline]
    fn places(&self, block: &[u8; BLOCK]) -> u64 {
        let mut all = 0;
        for (word, bytes) in block.as_chunks::<8>().0.iter().enumerate() {
            let bytes = u64::from_le_bytes(*bytes);
            let [one, other] = [bytes ^ self.either[0], bytes ^ self.either[1]];
            // Only in a byte that is 0, as where the two are alike, the high bit stays clear.
            let unlike = (((one & LOW_BITS) + LOW_BITS) | one) & (((other & LOW_BITS) + LOW_BITS) | other);
            all |= (((!unlike & HIGH_BIT) >> 7).wrapping_mul(GATHER) >> 56) << (8 * word);
        }
        all
    }
}

impl Iterator for Marks<'_> {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        while self.found == 0 {
            if self.rest.is_empty() {
                return None;
            }
            self.block += BLOCK;
            self.look();
        }
        let place = self.block + self.found.trailing_zeros() as usize;
        self.found &= self.found - 1;
        Some(place)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn all_are_found_and_nothing_else(bytes in prop::collection::vec(prop::sample::select(b";\n:\x0b\xbb\x8a\0a".to_vec()), 0..300)) {
            let expected: Vec<usize> = (0..bytes.len()).filter(|at| matches!(bytes[*at], b';' | b'\n')).collect();
            prop_assert_eq!(Marks::new([b';', b'\n'], &bytes).collect::<Vec<_>>(), expected);
        }
    }
}
