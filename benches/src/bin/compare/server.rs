//! The programs that are compared.

use std::env;
use std::ffi::OsString;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::Result;
use crate::client::HOST;
use crate::processor::{self, Seconds};
use crate::token;

/// How many connections to the database each program has, as many as clients.
pub(crate) const CONNECTIONS: usize = 8;

/// How long a program may take to listen.
const PATIENCE: Duration = Duration::from_secs(20);

/// One of the two.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Program {
    /// The blog, on restwell.
    Library,
    /// The same by hand.
    Handwritten,
}

impl Program {
    /// Where cargo puts it: beside this program.
    pub(crate) fn path(self) -> Result<PathBuf> {
        let name = match self {
            Self::Library => "blog",
            Self::Handwritten => "handwritten",
        };
        let path = env::current_exe()?.with_file_name(name);
        if path.exists() {
            return Ok(path);
        }
        Err(format!("{} is not built; run benches/compare.sh", path.display()).into())
    }
}

/// A running program. It is ended when this is dropped.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    process: Child,
}

impl Server {
    pub(crate) fn start(program: Program) -> Result<Self> {
        Self::run(&mut Command::new(program.path()?))
    }

    /// Starts a program whose instructions valgrind counts and writes to the file `counts`.
    pub(crate) fn start_counted(program: Program, counts: &Path) -> Result<Self> {
        let mut file = OsString::from("--callgrind-out-file=");
        file.push(counts);
        let mut valgrind = Command::new("valgrind");
        valgrind.arg("--quiet").arg("--tool=callgrind").arg(file);
        Self::run(valgrind.arg(program.path()?))
    }

    fn run(command: &mut Command) -> Result<Self> {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
            .local_addr()?
            .port();
        let process = command
            .env("HOST", "127.0.0.1")
            .env("ALLOWED_HOSTS", HOST)
            .env("PORT", port.to_string())
            .env("DATABASE_POOL_SIZE", CONNECTIONS.to_string())
            .env("SECRET_KEY", "a secret of a comparison, known to all")
            .env("JWT_SECRET", token::SECRET)
            .env("LOG_LEVEL", "warn")
            .envs(["THROTTLE_ANON", "THROTTLE_USER", "THROTTLE_LOGIN"].map(|name| (name, "off")))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()?;
        let mut server = Self {
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
            process,
        };
        server.wait()?;
        Ok(server)
    }

    /// Waits until the program listens.
    fn wait(&mut self) -> Result<()> {
        let start = Instant::now();
        while TcpStream::connect(self.address).is_err() {
            if let Some(status) = self.process.try_wait()? {
                return Err(format!("a server ended with {status} before it listened").into());
            }
            if start.elapsed() > PATIENCE {
                return Err("a server does not listen".into());
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    /// Lets the program end by itself.
    pub(crate) fn stop(mut self) -> Result<()> {
        kill_process(Pid::from_child(&self.process), Signal::TERM)?;
        self.process.wait()?;
        Ok(())
    }

    /// The processor time that the program has taken so far.
    pub(crate) fn processor_time(&self) -> Result<Seconds> {
        processor::of_process(self.process.id()).ok_or_else(|| "a server has ended".into())
    }

    /// The most memory that the program has had so far, in MiB.
    pub(crate) fn peak_memory(&self) -> Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        let mut lines = status.lines();
        let peak = lines
            .find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB"))
            .ok_or("a server has ended")?;
        Ok(peak.parse::<u64>()? / 1_024)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
