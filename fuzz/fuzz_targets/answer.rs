//! Reads what a service may answer: any bytes. Never a panic, and never a value that serde_json does not read there.
#![no_main]

mod reading;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| reading::check(input));
