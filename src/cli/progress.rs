//! How far something has come: a bar on a terminal, nothing elsewhere.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

/// How often it is drawn.
const EVERY: Duration = Duration::from_millis(100);

/// How wide the bar is.
const WIDTH: u64 = 30;

/// A line on standard error that is drawn over and over.
#[derive(Default)]
pub(super) struct Progress {
    drawn: Option<Instant>,
}

impl Progress {
    /// So much is done, of so much if that is known. Drawn now and then.
    pub fn tell(&mut self, doing: &str, done: u64, of: Option<u64>, unit: &str) {
        let early = self.drawn.is_some_and(|drawn| drawn.elapsed() < EVERY);
        let mut out = io::stderr();
        if early || !out.is_terminal() {
            return;
        }
        self.drawn = Some(Instant::now());
        // Nobody waits for it.
        let _ = write!(out, "\r\x1b[K{}", line(doing, done, of, unit));
        let _ = out.flush();
    }

    /// Takes the line away.
    pub fn end(&mut self) {
        if self.drawn.take().is_some() {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.end();
    }
}

fn line(doing: &str, done: u64, of: Option<u64>, unit: &str) -> String {
    let Some(of) = of.filter(|of| *of > 0) else {
        return format!("{doing}: {done} {unit}");
    };
    // What is counted beforehand is about right only.
    let done = done.min(of);
    let full = usize::try_from(done * WIDTH / of).unwrap_or_default();
    let rest = usize::try_from(WIDTH).unwrap_or_default() - full;
    let (bar, percent) = ("█".repeat(full) + &"·".repeat(rest), done * 100 / of);
    format!("{doing} {bar} {percent} %, {done} of {of} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_drawn_where_the_end_is_known() {
        assert_eq!(line("Copying", 7, None, "rows"), "Copying: 7 rows");
        assert_eq!(line("Copying", 7, Some(0), "rows"), "Copying: 7 rows");
        let half = line("Reading", 50, Some(100), "KiB");
        assert_eq!(half.matches('█').count(), 15);
        assert!(half.ends_with(" 50 %, 50 of 100 KiB"), "{half}");
        let over = line("Reading", 150, Some(100), "KiB");
        assert_eq!(
            (over.matches('█').count(), over.matches('·').count()),
            (30, 0)
        );
    }
}
