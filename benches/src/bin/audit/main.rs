//! What the audit log costs a bulk create.
//!
//! `cargo run --release -p restwell-benches --bin audit` measures SQLite, and PostgreSQL too where
//! `DATABASE_URL` names one: `cargo xtask services -- target/release/audit`.

mod article;
mod cost;

use std::error::Error;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::{env, fs};

use clap::Parser;
use restwell::audit::{self, Audit};
use restwell::{Context, DatabaseUrl, Model, Pool, PoolOptions, migrate};

use crate::article::{Audited, Plain, make_tables};
use crate::cost::{Cost, Meter};

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// What an audited bulk create may cost at most, in unaudited ones.
const MARK: f64 = 2.5;

/// Creates rows of an audited and of another model in alternation and compares what that costs.
#[derive(Debug, Parser)]
struct Options {
    /// How many times.
    #[arg(long, default_value_t = 30)]
    rounds: usize,
    /// How many rows are created at once.
    #[arg(long, default_value_t = 1_000)]
    rows: usize,
}

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Whether the mark is met.
fn run(options: &Options) -> Result<bool> {
    let folder = env::temp_dir().join(format!("restwell-audit-{}", std::process::id()));
    fs::create_dir(&folder)?;
    let mut is_met = on_sqlite(options, &folder);
    fs::remove_dir_all(&folder)?;
    if let Ok(url) = env::var("DATABASE_URL") {
        is_met = Ok(compare("PostgreSQL", options, &url)? && is_met?);
    }
    is_met
}

fn on_sqlite(options: &Options, folder: &Path) -> Result<bool> {
    let file = folder.join("bench.sqlite3");
    compare("SQLite", options, &format!("sqlite://{}", file.display()))
}

fn compare(name: &str, options: &Options, url: &str) -> Result<bool> {
    let url: DatabaseUrl = url.parse()?;
    let pool = PoolOptions::default()
        .size(1)
        .recorder(Audit::new())
        .open(url)?;
    let mut cx = Context::detached(pool.clone());
    migrate(&mut cx, &[&audit::MIGRATIONS])?;
    make_tables(&mut cx)?;
    let meter = Meter::of(&mut cx)?;
    drop(cx);
    let mut plain = Vec::new();
    let mut audited = Vec::new();
    for round in 0..=options.rounds {
        let of_plain = || create(&pool, &meter, Plain::new_rows(options.rows));
        let of_audited = || create(&pool, &meter, Audited::new_rows(options.rows));
        // Which goes first changes. The first round warms up.
        let pair = if round % 2 == 0 {
            (of_plain()?, of_audited()?)
        } else {
            let audited = of_audited()?;
            (of_plain()?, audited)
        };
        if round > 0 {
            plain.push(pair.0);
            audited.push(pair.1);
        }
    }
    let (plain, audited) = (Cost::typical(&plain), Cost::typical(&audited));
    let ratio = audited / plain;
    writeln!(
        std::io::stdout(),
        "{name}: {} rows take {plain}, audited {audited}: {ratio:.2} times, by processor time at most {MARK}",
        options.rows,
    )?;
    Ok(ratio.processor <= MARK)
}

fn create<M: Model>(pool: &Pool, meter: &Meter, rows: Vec<restwell::Changes<M>>) -> Result<Cost> {
    let mut cx = Context::detached(pool.clone());
    meter.measure(|| cx.atomic(|cx| M::objects().create_many(cx, rows)))
}
