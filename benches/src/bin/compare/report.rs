//! The figures, side by side.

use std::fmt;

use crate::load::Sample;

/// The marks: at least this throughput, at most this processor time.
const THROUGHPUT: f64 = 0.95;
const PROCESSOR: f64 = 1.1;

/// What was measured, the library before the other.
#[derive(Default)]
pub(crate) struct Report {
    /// By kind of request, for each round.
    requests: Vec<(&'static str, Vec<[Sample; 2]>)>,
    /// The most memory that each had, in MiB.
    memory: [u64; 2],
}

impl Report {
    pub(crate) fn add(&mut self, name: &'static str, rounds: Vec<[Sample; 2]>) {
        self.requests.push((name, rounds));
    }

    pub(crate) fn remember_memory(&mut self, peaks: [u64; 2]) {
        self.memory = peaks;
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "Medians over the rounds, the library before the program written by hand."
        )?;
        writeln!(
            f,
            "Processor seconds are for 1,000 requests; ratios are medians of rounds.\n"
        )?;
        writeln!(
            f,
            "| request | requests/s | ratio | server CPU s | ratio | PostgreSQL CPU s | marks |"
        )?;
        writeln!(f, "|---|---|---|---|---|---|---|")?;
        for (name, rounds) in &self.requests {
            row(name, rounds, f)?;
        }
        let [library, handwritten] = self.memory;
        writeln!(f, "\nPeak memory: {library} / {handwritten} MiB.")?;
        write!(
            f,
            "Marks: throughput at least {THROUGHPUT}, processor time at most {PROCESSOR}."
        )
    }
}

fn row(name: &str, rounds: &[[Sample; 2]], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let both = |value: fn(&Sample) -> f64| {
        [0, 1].map(|program| median(rounds.iter().map(|round| value(&round[program]))))
    };
    let ratio = |value: fn(&Sample) -> f64| {
        median(
            rounds
                .iter()
                .map(|[library, other]| value(library) / value(other)),
        )
    };
    let rates = both(|sample| sample.rate);
    let servers = both(|sample| sample.server);
    let databases = both(|sample| sample.database.unwrap_or(f64::NAN));
    let (throughput, processor) = (ratio(|sample| sample.rate), ratio(|sample| sample.server));
    let verdict = match (throughput >= THROUGHPUT, processor <= PROCESSOR) {
        (true, true) => "met",
        (false, true) => "throughput missed",
        (true, false) => "processor time missed",
        (false, false) => "both missed",
    };
    writeln!(
        f,
        "| {name} | {:.0} / {:.0} | {throughput:.2} | {:.3} / {:.3} | {processor:.2} \
         | {:.2} / {:.2} | {verdict} |",
        rates[0], rates[1], servers[0], servers[1], databases[0], databases[1],
    )
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => f64::NAN,
        length if length % 2 == 0 => f64::midpoint(values[middle - 1], values[middle]),
        _ => values[middle],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle() {
        assert!((median([3.0, 1.0, 2.0].into_iter()) - 2.0).abs() < f64::EPSILON);
        assert!((median([4.0, 1.0, 2.0, 3.0].into_iter()) - 2.5).abs() < f64::EPSILON);
        assert!(median(std::iter::empty()).is_nan());
    }
}
