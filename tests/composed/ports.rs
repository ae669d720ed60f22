//! Free ports for programs of a test, each given to one test of this process only: tests run at once, and one of them occupies a
//! port on purpose. They lie below the ports that the system hands out by itself (32768 and up), so that a program which was killed
//! finds its port free when it starts again.

use std::{
    net::TcpListener,
    sync::atomic::{AtomicU16, Ordering},
};

/// How many ports, from 20,000 on, are chosen from.
const PORTS: u16 = 12_000;

/// The first of so many free ports in a row, at most 16.
pub fn in_a_row(count: u16) -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    for _ in 0..PORTS / 16 {
        let offset = NEXT.fetch_add(16, Ordering::Relaxed).wrapping_add(16 * (std::process::id() % 749) as u16);
        let first = 20_000 + offset % (PORTS - 16);
        if (first..first + count).all(|port| TcpListener::bind(("127.0.0.1", port)).is_ok()) {
            return first;
        }
    }
    panic!("no {count} free ports in a row");
}
