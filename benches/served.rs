//! `Served`: the program as a process of its own, which serves until this is dropped.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

/// A process that prints where it serves, and ends with this.
pub struct Served {
    child: Child,
    /// Where it serves.
    pub url: String,
}

impl Served {
    /// Starts it, and waits until it serves.
    pub fn start(arguments: &[&str], settings: &[(&str, &str)]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_portalgraph"));
        // Every sign-in and every refusal is a line of its audit log.
        command.args(arguments).envs(settings.iter().copied()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = lines.find_map(|line| line.ok().filter(|line| line.contains("http://"))).unwrap();
        let url = line[line.find("http://").unwrap()..].split_whitespace().next().unwrap().to_owned();
        // What it prints later must go somewhere.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, url }
    }

    /// What it holds of the machine's memory now, in kilobytes.
    pub fn memory(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
