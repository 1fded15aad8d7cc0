//! Chance that repeats itself: the same seed, the same people.

/// SplitMix64, of Steele, Lea and Flood (2014).
pub struct Chance(pub u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`.
    pub fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }

    pub fn days(&mut self, first: i64, last: i64) -> i64 {
        first + self.below((last - first + 1) as usize) as i64
    }

    /// True so many times in a hundred.
    pub fn percent(&mut self, percentage: usize) -> bool {
        self.below(100) < percentage
    }

    pub fn one<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }

    pub fn digits(&mut self, count: usize) -> String {
        (0..count).map(|_| char::from(b'0' + self.below(10) as u8)).collect()
    }

    /// In the form of a GUID.
    pub fn guid(&mut self) -> String {
        let (high, low) = (self.next(), self.next());
        let (low48, mid) = (low & 0xFFFF_FFFF_FFFF, low >> 48);
        format!(
            "{:08x}-{:04x}-4{:03x}-a{:03x}-{low48:012x}",
            high >> 32,
            (high >> 16) & 0xFFFF,
            high & 0xFFF,
            mid & 0xFFF
        )
    }
}
