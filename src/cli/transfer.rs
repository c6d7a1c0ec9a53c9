//! Bytes over the control socket whose number nobody knows before: each piece with its length, a length
//! of 0, then one line that says how it ended. So what was cut off is never taken for whole.
//!
//! Between pieces, who asked for it is told how far it is: [`TOLD`] in the place of a length, then how many
//! bytes are done and of how many (8 each; 0: not known).

use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow, bail};

use crate::base::shutdown::Shutdown;

/// How long the other side may take for a piece.
const PATIENCE: Duration = Duration::from_mins(1);
/// How often it is looked whether the server stops.
const GLANCE: Duration = Duration::from_secs(1);
/// The longest piece, in bytes.
const PIECE: usize = 64 * 1024;
/// Stands for a length where it is told how far it is.
const TOLD: u32 = u32::MAX;
/// After so many bytes it is told again.
const TELL_EVERY: u64 = 256 * 1024;
/// The longest last line, in bytes.
const LINE: u64 = 4096;

/// How far the work is whose outcome is sent.
#[derive(Default)]
pub(super) struct Done {
    bytes: AtomicU64,
    /// 0: not known.
    of: AtomicU64,
}

impl Done {
    /// It begins, and is so many bytes if that is known.
    pub fn begin(&self, of: Option<u64>) {
        self.of.store(of.unwrap_or_default(), Relaxed);
    }

    /// So many more are done.
    pub fn add(&self, bytes: usize) {
        self.bytes.fetch_add(bytes as u64, Relaxed);
    }
}

/// The sending end.
pub(super) struct Sender {
    out: BufWriter<Patient>,
    /// How far it is, if that is to be told.
    telling: Option<Arc<Done>>,
    /// How much of it was told.
    told: u64,
}

/// Writes for as long as the other side goes on reading and the server does not stop.
struct Patient {
    stream: UnixStream,
    shutdown: Shutdown,
}

impl Write for Patient {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let began = Instant::now();
        loop {
            if self.shutdown.is_begun() {
                return Err(io::Error::other("the server stops; make it again later"));
            }
            match self.stream.write(bytes) {
                Err(error) if is_slow(&error) && began.elapsed() < PATIENCE => {}
                done => return done,
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

fn is_slow(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
    )
}

impl Sender {
    /// `telling`: what is told between the pieces.
    pub fn new(
        stream: UnixStream,
        shutdown: Shutdown,
        telling: Option<Arc<Done>>,
    ) -> io::Result<Self> {
        stream.set_nonblocking(false)?;
        stream.set_write_timeout(Some(GLANCE))?;
        let out = BufWriter::with_capacity(2 * PIECE, Patient { stream, shutdown });
        Ok(Self {
            out,
            telling,
            told: 0,
        })
    }

    /// Says how far it is, where somebody wants to know and it has come further.
    fn tell(&mut self) -> io::Result<()> {
        let Some(done) = &self.telling else {
            return Ok(());
        };
        let (bytes, of) = (done.bytes.load(Relaxed), done.of.load(Relaxed));
        if bytes < self.told + TELL_EVERY {
            return Ok(());
        }
        self.told = bytes;
        self.out.write_all(&TOLD.to_be_bytes())?;
        self.out.write_all(&bytes.to_be_bytes())?;
        self.out.write_all(&of.to_be_bytes())
    }

    /// Says how it ended: well, or one sentence about what is wrong.
    pub fn end(mut self, ended: Result<String, String>) -> io::Result<()> {
        let line = match ended {
            Ok(text) => format!("+{text}\n"),
            Err(text) => format!("-{}\n", text.replace('\n', " ")),
        };
        self.out.write_all(&0_u32.to_be_bytes())?;
        self.out.write_all(line.as_bytes())?;
        self.out.flush()
    }
}

impl Write for Sender {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let piece = &bytes[..bytes.len().min(PIECE)];
        if piece.is_empty() {
            return Ok(0);
        }
        self.tell()?;
        let length = u32::try_from(piece.len()).unwrap_or(u32::MAX);
        self.out.write_all(&length.to_be_bytes())?;
        self.out.write_all(piece)?;
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Is told how many bytes are done, and of how many if that is known.
pub(super) type Hear<'a> = dyn FnMut(u64, Option<u64>) + 'a;

/// Takes everything into `out`; gives the line that it ended well with.
pub(super) fn receive(
    stream: UnixStream,
    out: &mut dyn Write,
    hear: &mut Hear<'_>,
) -> anyhow::Result<String> {
    const CUT: &str = "the running server broke it off; see its log";
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut from = BufReader::with_capacity(2 * PIECE, stream);
    let mut piece = Vec::with_capacity(PIECE);
    loop {
        let mut length = [0; 4];
        from.read_exact(&mut length).context(CUT)?;
        let length = u32::from_be_bytes(length);
        if length == TOLD {
            let mut told = [[0; 8]; 2];
            from.read_exact(told.as_flattened_mut()).context(CUT)?;
            let [bytes, of] = told.map(u64::from_be_bytes);
            hear(bytes, Some(of).filter(|of| *of > 0));
            continue;
        }
        match length as usize {
            0 => break,
            length if length > PIECE => bail!(CUT),
            length => piece.resize(length, 0),
        }
        from.read_exact(&mut piece).context(CUT)?;
        out.write_all(&piece).context("cannot write the backup")?;
    }
    let mut line = String::new();
    from.take(LINE).read_line(&mut line).context(CUT)?;
    let line = line.trim_end();
    match (line.strip_prefix('+'), line.strip_prefix('-')) {
        (Some(text), _) => Ok(text.to_owned()),
        (None, Some(text)) => Err(anyhow!(text.to_owned())),
        (None, None) => bail!(CUT),
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    /// What is told meanwhile.
    type Heard = Vec<(u64, Option<u64>)>;

    /// What comes through, how it ended, and what was told.
    fn send(telling: bool) -> (Vec<u8>, String, Heard) {
        let (here, there) = UnixStream::pair().unwrap();
        let sending = thread::spawn(move || {
            let done = Arc::new(Done::default());
            let told = telling.then(|| Arc::clone(&done));
            let mut sender = Sender::new(here, Shutdown::new(), told).unwrap();
            done.begin(Some(1 << 20));
            for byte in 0..8 {
                done.add(128 << 10);
                sender.write_all(&[byte; 100]).unwrap();
            }
            sender.end(Ok("Done.".to_owned())).unwrap();
        });
        let (mut out, mut heard) = (Vec::new(), Vec::new());
        let line = receive(there, &mut out, &mut |done, of| heard.push((done, of))).unwrap();
        sending.join().unwrap();
        (out, line, heard)
    }

    #[test]
    fn who_wants_to_hears_how_far_it_is_and_gets_the_same() {
        let (quiet, line, heard) = send(false);
        assert_eq!((quiet.len(), line.as_str()), (800, "Done."));
        assert_eq!(heard, []);
        let (out, line, heard) = send(true);
        assert_eq!((out, line.as_str()), (quiet, "Done."));
        let of = Some(1 << 20);
        let quarters = [256 << 10, 512 << 10, 768 << 10, 1 << 20];
        assert_eq!(heard, quarters.map(|done| (done, of)));
    }
}
