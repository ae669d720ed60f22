//! The thread that writes the log, so that a request hands its line over and goes on. In: whole lines, from any thread. Out: the
//! same lines in their order, many in one write. The buffer is bounded: when the log cannot follow, lines wait for room for a
//! moment, and those that find none are lost and counted. None is lost when the program stops.

use std::{
    io::{self, Write},
    sync::{Arc, LazyLock},
    thread,
    time::Duration,
};

use parking_lot::{Condvar, Mutex, MutexGuard};
use prometheus_client::metrics::counter::Counter;
use tracing_subscriber::fmt::MakeWriter;

/// Bytes of lines that are not written yet.
const MAX_BYTES: usize = 1024 * 1024;
/// How long lines are gathered for one write.
const GATHER: Duration = Duration::from_millis(2);
/// How long a line waits for room. Once one has waited in vain, the next ones do not wait before there is room again.
const PATIENCE: Duration = Duration::from_millis(250);
/// How long a stop waits for the last lines to be written.
const STOP_WITHIN: Duration = Duration::from_secs(5);

/// The counters of this process' log.
pub(super) static COUNTERS: LazyLock<LogCounters> = LazyLock::new(LogCounters::default);

/// What happened to lines for which there was no room.
#[derive(Clone, Default)]
pub(super) struct LogCounters {
    /// Lines that waited for room.
    pub(super) waited: Counter,
    /// Lines that were lost.
    pub(super) lost: Counter,
}

/// Hands lines to the thread. Clones share it.
#[derive(Clone)]
pub(super) struct LogWriter(Arc<Shared>);

/// Stops the thread when dropped, after the last line.
pub struct LogThread(Arc<Shared>);

struct Shared {
    state: Mutex<State>,
    /// There are lines to write, or the thread has to stop.
    filled: Condvar,
    /// There is room again, or the thread has stopped.
    written: Condvar,
    counters: LogCounters,
}

#[derive(Default)]
struct State {
    lines: Vec<u8>,
    /// Whether a line has waited for room in vain since there was room.
    is_stuck: bool,
    is_stopping: bool,
    has_stopped: bool,
}

impl LogThread {
    /// Starts the thread.
    ///
    /// # Errors
    /// The system has no thread left.
    pub(super) fn start(output: impl Write + Send + 'static, counters: LogCounters) -> io::Result<(Self, LogWriter)> {
        let (filled, written) = (Condvar::new(), Condvar::new());
        let shared = Arc::new(Shared { state: Mutex::default(), filled, written, counters });
        let own = Arc::clone(&shared);
        thread::Builder::new().name("log".into()).spawn(move || own.write_lines(output))?;
        Ok((Self(Arc::clone(&shared)), LogWriter(shared)))
    }
}

impl Drop for LogThread {
    fn drop(&mut self) {
        let mut state = self.0.state.lock();
        state.is_stopping = true;
        self.0.filled.notify_one();
        let _ = self.0.written.wait_while_for(&mut state, |state| !state.has_stopped, STOP_WITHIN);
    }
}

impl Shared {
    /// The thread: takes all lines that are there and writes them, until it has to stop and there are none.
    fn write_lines(&self, mut output: impl Write) {
        let mut taken = Vec::new();
        loop {
            let mut state = self.state.lock();
            self.filled.wait_while(&mut state, |state| state.lines.is_empty() && !state.is_stopping);
            if !state.is_stopping && state.lines.len() < MAX_BYTES / 2 {
                MutexGuard::unlocked(&mut state, || thread::sleep(GATHER));
            }
            if state.lines.is_empty() {
                state.has_stopped = true;
                self.written.notify_all();
                return;
            }
            std::mem::swap(&mut state.lines, &mut taken);
            state.is_stuck = false;
            drop(state);
            self.written.notify_all();
            // A closed log must not end requests.
            let _ = output.write_all(&taken);
            taken.clear();
        }
    }

    fn add(&self, line: &[u8]) {
        let mut state = self.state.lock();
        let has_room = |state: &State| state.lines.is_empty() || state.lines.len() + line.len() <= MAX_BYTES;
        if !has_room(&state) && !state.is_stuck {
            self.counters.waited.inc();
            let waited = self.written.wait_while_for(&mut state, |state| !has_room(state), PATIENCE);
            state.is_stuck |= waited.timed_out() && !has_room(&state);
        }
        if !has_room(&state) {
            self.counters.lost.inc();
            return;
        }
        let is_first = state.lines.is_empty();
        state.lines.extend_from_slice(line);
        if is_first {
            self.filled.notify_one();
        }
    }
}

impl Write for LogWriter {
    /// Takes a whole line: `tracing-subscriber` writes each in one piece.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.add(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for LogWriter {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    /// An output that takes its time for each write, and counts them.
    #[derive(Clone, Default)]
    struct Output {
        written: Arc<Mutex<(Vec<u8>, usize)>>,
        takes: Duration,
    }

    impl Write for Output {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            thread::sleep(self.takes);
            let mut written = self.written.lock();
            written.0.extend_from_slice(bytes);
            written.1 += 1;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn line(thread: usize, number: usize, length: usize) -> Vec<u8> {
        format!("{thread} {number} {}\n", "x".repeat(length)).into_bytes()
    }

    /// Four threads write that many lines each; returns the written text and the number of writes once the log has stopped.
    fn write_all(output: &Output, lines: usize, length: usize) -> (String, usize, LogCounters) {
        let counters = LogCounters::default();
        let (log, writer) = LogThread::start(output.clone(), counters.clone()).unwrap();
        thread::scope(|scope| {
            for thread in 0..4 {
                let mut writer = writer.clone();
                scope.spawn(move || {
                    (0..lines).for_each(|number| writer.write_all(&line(thread, number, length)).unwrap())
                });
            }
        });
        drop(log);
        let written = output.written.lock();
        (String::from_utf8(written.0.clone()).unwrap(), written.1, counters)
    }

    #[test]
    fn lines_are_whole_and_in_order_and_none_is_lost_at_the_stop() {
        let (text, writes, counters) = write_all(&Output::default(), 1_000, 10);
        for thread in 0..4 {
            let prefix = format!("{thread} ");
            let numbers = text.lines().filter_map(|line| line.strip_prefix(&prefix)?.split(' ').next()?.parse().ok());
            assert_eq!(numbers.collect::<Vec<usize>>(), (0..1_000).collect::<Vec<_>>());
        }
        assert!(writes < 1_000, "{writes} writes of 4,000 lines");
        assert_eq!((counters.waited.get(), counters.lost.get()), (0, 0));
    }

    #[test]
    fn lines_wait_for_a_slow_output_and_are_counted() {
        let output = Output { takes: PATIENCE / 5, ..Output::default() };
        let (text, _, counters) = write_all(&output, 30, MAX_BYTES / 20);
        assert_eq!((text.lines().count(), counters.lost.get()), (120, 0));
        assert!(counters.waited.get() > 0);
    }

    #[test]
    fn an_output_that_takes_nothing_holds_nobody_up_for_long() {
        let output = Output { takes: STOP_WITHIN, ..Output::default() };
        let counters = LogCounters::default();
        let (_log, mut writer) = LogThread::start(output, counters.clone()).unwrap();
        let begun = Instant::now();
        for number in 0..400 {
            writer.write_all(&line(0, number, MAX_BYTES / 100)).unwrap();
        }
        assert!(begun.elapsed() < 4 * PATIENCE, "{:?}", begun.elapsed());
        assert!(counters.lost.get() > 100, "{}", counters.lost.get());
        assert!(counters.waited.get() <= 2, "{}", counters.waited.get());
    }
}
