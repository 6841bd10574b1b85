//! What work costs: wall time and processor time.

use std::fmt;
use std::fs;
use std::ops::Div;
use std::time::Instant;

use diesel::prelude::*;
use diesel::sql_types::Integer;
use restwell::Context;

use crate::Result;

/// The cost of a piece of work in milliseconds, or the ratio of two.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cost {
    pub(crate) wall: f64,
    /// That of this process and of the database's.
    pub(crate) processor: f64,
}

impl Cost {
    /// The medians.
    pub(crate) fn typical(costs: &[Self]) -> Self {
        Self {
            wall: median(costs.iter().map(|cost| cost.wall)),
            processor: median(costs.iter().map(|cost| cost.processor)),
        }
    }
}

impl Div for Cost {
    type Output = Self;

    fn div(self, other: Self) -> Self {
        Self {
            wall: self.wall / other.wall,
            processor: self.processor / other.processor,
        }
    }
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = f.precision().unwrap_or(1);
        let Self { wall, processor } = self;
        write!(f, "{wall:.digits$} (processor {processor:.digits$})")
    }
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Measures work on one connection.
pub(crate) struct Meter {
    /// The processes that have a part in it, as Linux lists them.
    processes: Vec<String>,
}

#[derive(QueryableByName)]
struct Backend {
    #[diesel(sql_type = Integer)]
    pid: i32,
}

impl Meter {
    /// For the connection of `cx`: the process at the other end counts too, if it is on this
    /// machine.
    pub(crate) fn of(cx: &mut Context) -> Result<Self> {
        let mut processes = vec!["self".to_owned()];
        if cx.dialect()?.is_postgres() {
            let backend: Backend =
                diesel::sql_query("SELECT pg_backend_pid() AS pid").get_result(cx.connection()?)?;
            let name = fs::read_to_string(format!("/proc/{}/comm", backend.pid));
            if name.is_ok_and(|name| name.trim() == "postgres") {
                processes.push(backend.pid.to_string());
            }
        }
        Ok(Self { processes })
    }

    pub(crate) fn measure<T>(&self, work: impl FnOnce() -> restwell::Result<T>) -> Result<Cost> {
        let (start, before) = (Instant::now(), self.processor()?);
        work()?;
        Ok(Cost {
            wall: start.elapsed().as_secs_f64() * 1e3,
            processor: self.processor()? - before,
        })
    }

    /// The milliseconds so far, to the nanosecond, of the main threads.
    fn processor(&self) -> Result<f64> {
        let mut sum = 0.0;
        for process in &self.processes {
            let text = fs::read_to_string(format!("/proc/{process}/schedstat"))?;
            let nanoseconds = text.split(' ').next().unwrap_or_default();
            sum += nanoseconds.parse::<f64>()? / 1e6;
        }
        Ok(sum)
    }
}
