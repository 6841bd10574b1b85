//! Random changes, the same in every run.

/// What parsers trip over.
const WORDS: [&[u8]; 24] = [
    b"\0",
    b"%00",
    b"%",
    b"%ff",
    b"\xff",
    b"\"",
    b"\\u0000",
    b"\\ud800",
    b"\\",
    b"null",
    b"[",
    b"{",
    b"]",
    b"}",
    b",",
    b"&",
    b"=",
    b"-",
    b"e999999999",
    b"99999999999999999999",
    b"-9223372036854775809",
    b"NaN",
    b"infinity",
    b"\xf0\x9f\x98\x80",
];

/// A source of changes (SplitMix64).
#[derive(Default)]
pub(super) struct Mutator {
    state: u64,
}

impl Mutator {
    /// One of `samples` with one to four changes.
    pub(super) fn change(&mut self, samples: &[&str]) -> Vec<u8> {
        let mut bytes = self.pick(samples).as_bytes().to_vec();
        for _ in 0..=self.below(4) {
            let start = self.below(bytes.len() + 1);
            let length = self.below(9).min(bytes.len() - start);
            let other = self.pick(samples).as_bytes();
            let piece = match self.below(5) {
                0 => Vec::new(),
                1 => vec![self.byte()],
                2 => self.pick(&WORDS).to_vec(),
                3 => bytes[start..start + length].repeat(self.below(40)),
                _ => other[self.below(other.len())..].to_vec(),
            };
            let replaced = if self.below(2) == 0 { 0 } else { length };
            bytes.splice(start..start + replaced, piece);
        }
        bytes
    }

    fn pick<'a, T: ?Sized>(&mut self, choices: &[&'a T]) -> &'a T {
        choices[self.below(choices.len())]
    }

    fn byte(&mut self) -> u8 {
        self.next().to_le_bytes()[0]
    }

    fn below(&mut self, bound: usize) -> usize {
        let bound = bound as u64;
        usize::try_from(self.next() % bound).expect("less than the bound")
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}
