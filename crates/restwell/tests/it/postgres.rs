//! A PostgreSQL server that a test stops and starts.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use diesel::prelude::*;
use diesel::sql_types::Text;
use tempfile::TempDir;

/// A server beside the one of the tests: of the same binaries, under the same account.
pub(crate) struct PostgresServer {
    binaries: PathBuf,
    account: (u32, u32),
    port: u16,
    child: Option<Child>,
    folder: TempDir,
}

#[derive(QueryableByName)]
struct Setting {
    #[diesel(sql_type = Text)]
    setting: String,
}

impl PostgresServer {
    /// A running server with an empty database.
    pub(crate) fn start() -> Self {
        let url = std::env::var("DATABASE_URL").expect("DATABASE_URL; run `cargo xtask test`");
        let mut connection = PgConnection::establish(&url).expect("the server of the tests");
        let mut ask = |query: &str| {
            let row = diesel::sql_query(query).get_result::<Setting>(&mut connection);
            PathBuf::from(row.expect("a setting").setting)
        };
        let binaries = ask("SELECT setting FROM pg_config() WHERE name = 'BINDIR'");
        let data = ask("SELECT current_setting('data_directory') AS setting");
        let owner = fs::metadata(data).expect("a server on this machine");
        let folder = tempfile::Builder::new()
            .tempdir_in("/tmp")
            .expect("a temporary directory");
        let account = (owner.uid(), owner.gid());
        chown(folder.path(), Some(account.0), Some(account.1)).expect("an account for the server");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        drop(listener);
        let mut server = Self {
            binaries,
            account,
            port,
            child: None,
            folder,
        };
        let made = server
            .command("initdb")
            .args(["--username=it", "--auth=trust", "--no-sync", "-D"])
            .arg(server.data())
            .status();
        assert!(made.expect("initdb").success());
        server.start_again();
        server
    }

    pub(crate) fn url(&self) -> String {
        format!("postgres://it@127.0.0.1:{}/postgres", self.port)
    }

    /// Starts it where it left off.
    pub(crate) fn start_again(&mut self) {
        let child = self
            .command("postgres")
            .arg("-D")
            .arg(self.data())
            .args(["-p", &self.port.to_string()])
            .args(["-c", "listen_addresses=127.0.0.1"])
            .args(["-c", "unix_socket_directories="])
            .spawn();
        self.child = Some(child.expect("a server"));
        let deadline = Instant::now() + Duration::from_secs(60);
        while PgConnection::establish(&self.url()).is_err() {
            assert!(Instant::now() < deadline, "PostgreSQL does not answer");
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// Ends it as a crash would, whatever it is doing.
    pub(crate) fn crash(&mut self) {
        let Some(mut child) = self.child.take() else {
            return;
        };
        let pid = child.id().to_string();
        let _ = Command::new("kill").args(["-QUIT", &pid]).status();
        let deadline = Instant::now() + Duration::from_secs(30);
        while matches!(child.try_wait(), Ok(None)) && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(20));
        }
        let _ = child.kill();
        let _ = child.wait();
        assert!(TcpStream::connect(("127.0.0.1", self.port)).is_err());
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn command(&self, name: &str) -> Command {
        let mut command = Command::new(self.binaries.join(name));
        command
            .current_dir(Path::new("/tmp"))
            .env_clear()
            .env("LC_ALL", "C.UTF-8")
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let root = fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0);
        if root {
            command.uid(self.account.0).gid(self.account.1);
        }
        command
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let pid = child.id().to_string();
            let _ = Command::new("kill").args(["-INT", &pid]).status();
            let _ = child.wait();
        }
    }
}
