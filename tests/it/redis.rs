//! `Redis`: a server that replicas share, on a free loopback port, which a test can kill, stop and start again.

use std::fs;
use std::io::{BufRead as _, BufReader, ErrorKind};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, waitpid};
use nix::unistd::Pid;
use portalgraph::config::Config;
use portalgraph::store::new_key;
use redis::{Client, Commands as _, Connection, IntoConnectionInfo as _, TlsCertificates};

/// What a gateway signs in with where the server wants that, and what the test does.
const USER: &str = "gateway";
const PASSWORD: &str = "s3cr3t-of-the-store";
const READER: &str = "reader:s3cr3t-of-the-test";

/// Below what the system hands out by itself, so that the port is still free when the server comes back to it.
const PORTS: std::ops::Range<u32> = 20_000..32_000;

/// A server, its folder and its port; all of it ends when dropped.
pub struct Redis {
    folder: PathBuf,
    port: u32,
    is_guarded: bool,
    process: Mutex<Child>,
}

impl Redis {
    /// One that forgets everything when it ends.
    pub fn start() -> Self {
        Self::with("appendonly no", false)
    }

    /// One that has written down what it has answered.
    pub fn lasting() -> Self {
        Self::with("appendonly yes\nappendfsync always", false)
    }

    /// One that speaks TLS alone and knows a user who may do what a gateway needs.
    pub fn guarded() -> Self {
        Self::with("appendonly no", true)
    }

    fn with(settings: &str, is_guarded: bool) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        loop {
            // Test runs of several folders begin at different ports.
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            let port = PORTS.start + (std::process::id() * 37 + number) % (PORTS.end - PORTS.start);
            let name = format!("redis-{}-{number}", std::process::id());
            let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join("keys"), new_key("test").unwrap().expose()).unwrap();
            let door = if is_guarded { guard(&folder, port) } else { format!("port {port}") };
            let settings = format!(
                "bind 127.0.0.1\ndir {}\nsave \"\"\nrdbcompression no\n{settings}\n{door}\n",
                folder.display()
            );
            fs::write(folder.join("redis.conf"), settings).unwrap();
            if let Some(process) = serve(&folder) {
                return Self { folder, port, is_guarded, process: process.into() };
            }
            fs::remove_dir_all(folder).unwrap();
        }
    }

    /// Its address, with the user and the password it wants.
    pub fn url(&self) -> String {
        self.url_for(&format!("{USER}:{PASSWORD}"))
    }

    /// Its address for somebody else.
    pub fn url_for(&self, login: &str) -> String {
        if self.is_guarded {
            format!("rediss://{login}@localhost:{}/", self.port)
        } else {
            format!("redis://127.0.0.1:{}/", self.port)
        }
    }

    /// The file with the key that all replicas of a test seal with.
    pub fn keys(&self) -> PathBuf {
        self.folder.join("keys")
    }

    /// Makes it the store of a gateway.
    pub fn name_in(&self, config: &mut Config) {
        config.session.store = self.url();
        config.session.store_keys_file = self.keys().display().to_string();
        if self.is_guarded {
            config.session.store_ca_file = self.folder.join("certificate.pem").display().to_string();
        }
    }

    /// Ends it at once, as a lost machine would.
    pub fn kill(&self) {
        let mut process = self.process.lock().unwrap();
        process.kill().unwrap();
        process.wait().unwrap();
    }

    /// Starts it on the same port, after it has been killed if it was not.
    pub fn start_again(&self) {
        self.kill();
        let process = serve(&self.folder).expect("the port is still free");
        *self.process.lock().unwrap() = process;
    }

    /// Lets it hang: it takes connections and answers nothing.
    pub fn stop(&self) {
        kill(self.pid(), Signal::SIGSTOP).unwrap();
        waitpid(self.pid(), Some(WaitPidFlag::WUNTRACED)).unwrap();
    }

    /// Lets it go on from where it hung.
    pub fn go_on(&self) {
        kill(self.pid(), Signal::SIGCONT).unwrap();
    }

    fn pid(&self) -> Pid {
        Pid::from_raw(self.process.lock().unwrap().id().try_into().unwrap())
    }

    /// A connection that may do anything.
    pub fn connection(&self) -> Connection {
        let address = self.url_for(READER).into_connection_info().unwrap();
        let client = if self.is_guarded {
            let root_cert = Some(fs::read(self.folder.join("certificate.pem")).unwrap());
            Client::build_with_tls(address, TlsCertificates { client_tls: None, root_cert })
        } else {
            Client::open(address)
        };
        client.unwrap().get_connection().unwrap()
    }

    /// Every name in it and what lies there, as the server itself would write it down.
    pub fn everything(&self) -> Vec<u8> {
        let mut connection = self.connection();
        let names: Vec<Vec<u8>> = connection.scan().unwrap().map(Result::unwrap).collect();
        let mut all = Vec::new();
        for name in names {
            let value: Option<Vec<u8>> = redis::cmd("DUMP").arg(&name).query(&mut connection).unwrap();
            all.extend([name, value.unwrap_or_default()].concat());
            all.push(b'\n');
        }
        all
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.kill();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Writes a certificate into the folder; answers what lets users in by it.
fn guard(folder: &std::path::Path, port: u32) -> String {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    fs::write(folder.join("certificate.pem"), made.cert.pem()).unwrap();
    fs::write(folder.join("key.pem"), made.signing_key.serialize_pem()).unwrap();
    let (reader, password) = READER.split_once(':').unwrap();
    format!(
        "port 0\ntls-port {port}\ntls-auth-clients no\ntls-cert-file {folder}/certificate.pem\n\
         tls-key-file {folder}/key.pem\ntls-ca-cert-file {folder}/certificate.pem\nuser default off\n\
         user {USER} on >{PASSWORD} ~portalgraph:* +@all -@dangerous\nuser {reader} on >{password} ~* +@all",
        folder = folder.display()
    )
}

/// Starts the server of a folder and waits until it takes connections; `None` if its port is somebody else's.
fn serve(folder: &std::path::Path) -> Option<Child> {
    let mut command = Command::new("redis-server");
    let command = command.arg(folder.join("redis.conf")).stdin(Stdio::null()).stdout(Stdio::piped());
    let mut process = match command.spawn() {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            panic!("redis-server is not installed; on Debian it is in the package redis-server")
        }
        spawned => spawned.unwrap(),
    };
    let mut said = String::new();
    for line in BufReader::new(process.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        if line.contains("Ready to accept connections") {
            return Some(process);
        }
        said.extend([line.as_str(), "\n"]);
    }
    process.wait().unwrap();
    assert!(said.contains("in use"), "redis-server does not start:\n{said}");
    None
}

#[test]
fn it_comes_back_with_what_it_has_written_down_alone() {
    for (redis, expected) in
        [(Redis::start(), None), (Redis::guarded(), None), (Redis::lasting(), Some("value"))]
    {
        let () = redis.connection().set("name-of-it", "value").unwrap();
        let all = String::from_utf8_lossy(&redis.everything()).into_owned();
        assert!(all.contains("name-of-it") && all.contains("value"), "{all}");
        redis.stop();
        redis.go_on();
        redis.start_again();
        let found: Option<String> = redis.connection().get("name-of-it").unwrap();
        assert_eq!(found.as_deref(), expected);
    }
}
