//! How many requests in how long.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use thiserror::Error;

/// So many requests in so long: `5/min`, `100/hour`, `5/10min`, `3/s`; or `off`, without a limit.
///
/// As in DRF, only the first letter of the period counts: `s`, `m`, `h` or `d`. A number before it
/// multiplies it.
///
/// ```
/// use restwell_throttling::Rate;
/// let rate: Rate = "5/10m".parse()?;
/// assert_eq!((rate.limit(), rate.period().as_secs()), (Some(5), 600));
/// assert_eq!(rate.to_string(), "5/10min");
/// # Ok::<(), restwell_throttling::RateError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rate {
    /// Zero for none.
    limit: u32,
    seconds: u32,
}

/// Why a text is no rate.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RateError {
    /// There is no slash.
    #[error("{0:?} is no rate; write one like 5/min, 100/hour or 5/10min, or off for no limit")]
    Form(String),
    /// What stands before the slash is no number of requests.
    #[error("{0:?} has no whole number of requests from 1 to 4294967295 before the slash")]
    Limit(String),
    /// Nobody would be let in.
    #[error("{0:?} lets nobody in: write off for no limit, or refuse with a permission")]
    Zero(String),
    /// What stands behind the slash is no period.
    #[error("{0:?} has no period behind the slash; write s, min, hour or day, or like 10min")]
    Period(String),
    /// The period is longer than a year.
    #[error("{0:?} has no period from a second to 366 days")]
    Length(String),
}

const UNITS: [(u32, &str); 4] = [(86_400, "day"), (3_600, "hour"), (60, "min"), (1, "s")];
const LONGEST: u32 = 366 * 86_400;

impl Rate {
    /// No limit.
    pub const OFF: Self = Self {
        limit: 0,
        seconds: 1,
    };

    /// `limit` requests a second; [`OFF`](Self::OFF) for none.
    pub const fn per_second(limit: u32) -> Self {
        Self { limit, seconds: 1 }
    }

    /// `limit` requests a minute; [`OFF`](Self::OFF) for none.
    pub const fn per_minute(limit: u32) -> Self {
        Self { limit, seconds: 60 }
    }

    /// `limit` requests an hour; [`OFF`](Self::OFF) for none.
    pub const fn per_hour(limit: u32) -> Self {
        Self {
            limit,
            seconds: 3_600,
        }
    }

    /// `limit` requests a day; [`OFF`](Self::OFF) for none.
    pub const fn per_day(limit: u32) -> Self {
        Self {
            limit,
            seconds: 86_400,
        }
    }

    /// How many requests; `None` when there is no limit.
    pub fn limit(self) -> Option<u32> {
        (self.limit > 0).then_some(self.limit)
    }

    /// In how long.
    pub fn period(self) -> Duration {
        Duration::from_secs(self.seconds.into())
    }

    /// The period as it is written.
    pub(crate) fn period_name(self) -> String {
        let (unit, name) = UNITS
            .into_iter()
            .find(|(unit, _)| self.seconds.is_multiple_of(*unit))
            .unwrap_or((1, "s"));
        match self.seconds / unit {
            1 => name.to_owned(),
            many => format!("{many}{name}"),
        }
    }
}

impl FromStr for Rate {
    type Err = RateError;

    fn from_str(text: &str) -> Result<Self, RateError> {
        let text = text.trim();
        if text.eq_ignore_ascii_case("off") {
            return Ok(Self::OFF);
        }
        let (limit, period) = text
            .split_once('/')
            .ok_or_else(|| RateError::Form(text.to_owned()))?;
        let limit = number(limit.trim()).ok_or_else(|| RateError::Limit(text.to_owned()))?;
        if limit == 0 {
            return Err(RateError::Zero(text.to_owned()));
        }
        let period = period.trim();
        let letters = period.trim_start_matches(|c: char| c.is_ascii_digit());
        let unit = letters
            .chars()
            .next()
            .map(|letter| letter.to_ascii_lowercase())
            .and_then(|letter| UNITS.iter().find(|(_, name)| name.starts_with(letter)))
            .map(|(unit, _)| *unit)
            .ok_or_else(|| RateError::Period(text.to_owned()))?;
        let digits = &period[..period.len() - letters.len()];
        let many = if digits.is_empty() {
            Some(1)
        } else {
            number(digits)
        };
        let seconds = many
            .and_then(|many| many.checked_mul(unit))
            .filter(|seconds| (1..=LONGEST).contains(seconds))
            .ok_or_else(|| RateError::Length(text.to_owned()))?;
        Ok(Self { limit, seconds })
    }
}

/// Digits alone: `parse` would take a plus sign too.
fn number(text: &str) -> Option<u32> {
    let digits = text.bytes().all(|c| c.is_ascii_digit());
    text.parse().ok().filter(|_| digits)
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.limit() {
            Some(limit) => write!(f, "{limit}/{}", self.period_name()),
            None => f.write_str("off"),
        }
    }
}

/// Rates that hold together: `10/s, 1000/day` allows bursts and bounds the whole.
///
/// ```
/// use restwell_throttling::{Rate, Rates};
/// let rates: Rates = "10/s, 1000/day".parse()?;
/// assert_eq!(rates, Rates::from([Rate::per_second(10), Rate::per_day(1_000)]));
/// # Ok::<(), restwell_throttling::RateError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rates(Vec<Rate>);

impl Rates {
    /// No limit.
    pub fn off() -> Self {
        Self::default()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = Rate> {
        self.0.iter().copied()
    }

    pub(crate) fn are_off(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn is_single(&self) -> bool {
        self.0.len() == 1
    }
}

/// Of two rates with the same period the stricter holds.
impl FromIterator<Rate> for Rates {
    fn from_iter<I: IntoIterator<Item = Rate>>(rates: I) -> Self {
        let mut kept: Vec<Rate> = Vec::new();
        for rate in rates.into_iter().filter(|rate| rate.limit > 0) {
            match kept.iter_mut().find(|other| other.seconds == rate.seconds) {
                Some(other) => other.limit = other.limit.min(rate.limit),
                None => kept.push(rate),
            }
        }
        Self(kept)
    }
}

impl From<Rate> for Rates {
    fn from(rate: Rate) -> Self {
        [rate].into_iter().collect()
    }
}

impl<const N: usize> From<[Rate; N]> for Rates {
    fn from(rates: [Rate; N]) -> Self {
        rates.into_iter().collect()
    }
}

/// Rates with commas between them.
impl FromStr for Rates {
    type Err = RateError;

    fn from_str(text: &str) -> Result<Self, RateError> {
        text.split(',').map(str::parse).collect()
    }
}

impl fmt::Display for Rates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("off");
        }
        for (index, rate) in self.iter().enumerate() {
            let separator = if index == 0 { "" } else { ", " };
            write!(f, "{separator}{rate}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_the_first_letter_of_the_period_counts() {
        for (text, limit, seconds) in [
            ("3/s", 3, 1),
            ("3/second", 3, 1),
            ("3/min", 3, 60),
            ("3/monkey", 3, 60),
            (" 100 / Hour ", 100, 3_600),
            ("1/d", 1, 86_400),
            ("5/10min", 5, 600),
            ("5/90s", 5, 90),
            ("4294967295/366d", u32::MAX, LONGEST),
        ] {
            let rate: Rate = text.parse().expect(text);
            assert_eq!((rate.limit, rate.seconds), (limit, seconds), "{text}");
        }
        assert_eq!("OFF".parse(), Ok(Rate::OFF));
    }

    #[test]
    fn a_mistake_is_named() {
        type Kind = fn(String) -> RateError;
        let cases: [(&str, Kind); 13] = [
            ("", RateError::Form),
            ("5", RateError::Form),
            ("5 per minute", RateError::Form),
            ("none", RateError::Form),
            ("/min", RateError::Limit),
            ("+5/min", RateError::Limit),
            ("1.5/min", RateError::Limit),
            ("4294967296/min", RateError::Limit),
            ("0/min", RateError::Zero),
            ("5/", RateError::Period),
            ("5/10", RateError::Period),
            ("5/0min", RateError::Length),
            ("5/99999999999d", RateError::Length),
        ];
        for (text, kind) in cases {
            assert_eq!(text.parse::<Rate>(), Err(kind(text.to_owned())));
        }
    }

    #[test]
    fn of_two_rates_with_one_period_the_stricter_holds() {
        let rates: Rates = "9/min, 5/60s, off, 100/day".parse().expect("rates");
        assert_eq!(rates.to_string(), "5/min, 100/day");
        assert_eq!(Rates::from(Rate::OFF), Rates::off());
    }

    proptest! {
        #[test]
        fn what_is_shown_reads_back(limit in 1u32.., seconds in 1..=LONGEST) {
            let rate = Rate { limit, seconds };
            prop_assert_eq!(rate.to_string().parse(), Ok(rate));
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,12}", other in "[0-9]{0,11}/[0-9]{0,11}\\PC?") {
            let _ = text.parse::<Rates>();
            let _ = other.parse::<Rate>();
        }
    }
}
