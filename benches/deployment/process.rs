//! The processes of the benchmark: started here, ended when dropped, and asked of the kernel for the CPU time they used.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use tessera::services::Service;

use super::API_KEY;

/// Linux counts the time in `/proc` in hundredths of a second, on every architecture that this runs on.
const TICK: Duration = Duration::from_millis(10);

/// A child process and the ports it listens on.
pub struct Process {
    child: Child,
    /// The id of the process.
    pub id: u32,
    /// The ports, in the order they were announced.
    pub ports: Vec<u16>,
}

/// Says on standard output that this process listens, and where.
pub fn announce(ports: &[u16]) {
    let ports: Vec<String> = ports.iter().map(u16::to_string).collect();
    println!("{}", ports.join(" "));
    std::io::stdout().flush().unwrap();
}

/// The program that is measured.
pub fn tessera() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_tessera"))
}

/// A port that is free now; nobody else is expected to take it before its user does.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl Process {
    /// This program in another role.
    pub fn in_role(role: &[&str]) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        let mut child = command.args(role).stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let ports = line.split_whitespace().map(|port| port.parse().unwrap()).collect();
        Self { id: child.id(), child, ports }
    }

    /// A BFF, as it is released, with its default settings and those lines of its configuration; its log goes into a file of the
    /// folder.
    pub async fn bff(program: &Path, services: &[(Service, String)], folder: &Path, settings: &str) -> Self {
        let port = free_port();
        let urls: String = services.iter().map(|(service, url)| format!("{service}.url = \"{url}\"\n")).collect();
        let config = format!(
            "[http]\nlisten = \"127.0.0.1:{port}\"\n[services]\napi_key = \"{API_KEY}\"\n{urls}\
             [documents]\npolicy = \"allow_any\"\nsources = []\n\
             [budgets]\ncapacity = 1000000000000\nper_second = 1000000000000\n{settings}"
        );
        let path = folder.join(format!("bff-{port}.toml"));
        fs::write(&path, config).unwrap();
        let log = fs::File::create(folder.join(format!("bff-{port}.log"))).unwrap();
        let mut command = Command::new(program);
        Self::listening(command.arg("serve").arg("--config").arg(&path).stderr(log), port).await
    }

    /// A program that will listen on that port, once it does.
    pub async fn listening(command: &mut Command, port: u16) -> Self {
        let child = command.stdin(Stdio::null()).spawn().unwrap();
        let process = Self { id: child.id(), child, ports: vec![port] };
        let until = Instant::now() + Duration::from_secs(10);
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(Instant::now() < until, "{command:?} does not listen");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        process
    }

    /// CPU time used so far, in user and kernel mode: fields 14 and 15 of `/proc/PID/stat` (proc(5)).
    pub fn cpu(&self) -> Duration {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.id)).unwrap();
        let (_, after_name) = stat.rsplit_once(')').unwrap();
        let ticks = after_name.split_whitespace().skip(11).take(2).map(|ticks| ticks.parse::<u32>().unwrap()).sum();
        TICK * ticks
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
