//! A server of the field as a process: its address, the time its threads took, its memory.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use nix::time::{ClockId, clock_getcpuclockid, clock_gettime};
use nix::unistd::Pid;

/// A running server; it ends when dropped.
pub(crate) struct Process {
    child: Child,
    pub(crate) address: SocketAddr,
    clock: ClockId,
    /// Held, because a server whose standard output is gone may end.
    _output: BufReader<ChildStdout>,
}

impl Process {
    /// Starts this program in a role and waits for the line that says where it serves.
    pub(crate) fn start(arguments: &[&str], environment: &[(String, String)]) -> Self {
        fs::create_dir_all("target/bench").unwrap();
        let log = fs::File::create(Path::new("target/bench").join(format!("{}.log", arguments[0]))).unwrap();
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(arguments)
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        output.read_line(&mut line).unwrap();
        let (_, address) = line.trim().split_once("http://").expect("a server says where it serves");
        let pid = Pid::from_raw(i32::try_from(child.id()).unwrap());
        let clock = clock_getcpuclockid(pid).unwrap();
        Self { address: address.parse().unwrap(), child, clock, _output: output }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// The time all its threads have taken so far, those that have ended included.
    pub(crate) fn cpu(&self) -> Duration {
        clock_gettime(self.clock).unwrap().into()
    }

    /// What it has in memory now, in bytes.
    pub(crate) fn resident(&self) -> u64 {
        self.status("VmRSS:")
    }

    /// The most it has had in memory, in bytes.
    pub(crate) fn peak(&self) -> u64 {
        self.status("VmHWM:")
    }

    fn status(&self, name: &str) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // An error means that it has ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
