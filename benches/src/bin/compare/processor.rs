//! Processor time of processes, as Linux counts it.

use std::fs;

/// Processor time in seconds.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Seconds(pub(crate) f64);

impl std::ops::Sub for Seconds {
    type Output = Self;

    fn sub(self, earlier: Self) -> Self {
        Self(self.0 - earlier.0)
    }
}

/// What `/proc/PID/stat` says of a process.
struct Stat {
    parent: u32,
    own: u64,
    /// That of its children which ended.
    children: u64,
}

impl Stat {
    fn read(process: u32) -> Option<Self> {
        let text = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
        // The name, in parentheses, may hold anything.
        let (_, rest) = text.rsplit_once(") ")?;
        let fields: Vec<&str> = rest.split(' ').collect();
        let field = |number: usize| fields.get(number - 3)?.parse::<u64>().ok();
        Some(Self {
            parent: u32::try_from(field(4)?).ok()?,
            own: field(14)? + field(15)?,
            children: field(16)? + field(17)?,
        })
    }
}

fn seconds(ticks: u64) -> Seconds {
    #[allow(clippy::cast_precision_loss, reason = "ticks of years fit")]
    Seconds(ticks as f64 / rustix::param::clock_ticks_per_second() as f64)
}

/// The time of a process and its threads.
pub(crate) fn of_process(process: u32) -> Option<Seconds> {
    Stat::read(process).map(|stat| seconds(stat.own))
}

/// The parent of a process.
pub(crate) fn parent_of(process: u32) -> Option<u32> {
    Stat::read(process).map(|stat| stat.parent)
}

/// The time of a process and all its children, those included that ended.
pub(crate) fn of_family(process: u32) -> Option<Seconds> {
    let own = Stat::read(process)?;
    let running: u64 = fs::read_dir("/proc")
        .ok()?
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter_map(Stat::read)
        .filter(|stat| stat.parent == process)
        .map(|stat| stat.own)
        .sum();
    Some(seconds(own.own + own.children + running))
}
