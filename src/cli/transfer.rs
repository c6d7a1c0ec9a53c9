//! Bytes over the control socket whose number nobody knows before: each piece with its length, a length
//! of 0, then one line that says how it ended. So what was cut off is never taken for whole.

use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow, bail};

use crate::base::shutdown::Shutdown;

/// How long the other side may take for a piece.
const PATIENCE: Duration = Duration::from_mins(1);
/// How often it is looked whether the server stops.
const GLANCE: Duration = Duration::from_secs(1);
/// The longest piece, in bytes.
const PIECE: usize = 64 * 1024;
/// The longest last line, in bytes.
const LINE: u64 = 4096;

/// The sending end.
pub(super) struct Sender {
    out: BufWriter<Patient>,
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
    pub fn new(stream: UnixStream, shutdown: Shutdown) -> io::Result<Self> {
        stream.set_nonblocking(false)?;
        stream.set_write_timeout(Some(GLANCE))?;
        let out = BufWriter::with_capacity(2 * PIECE, Patient { stream, shutdown });
        Ok(Self { out })
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
        let length = u32::try_from(piece.len()).unwrap_or(u32::MAX);
        self.out.write_all(&length.to_be_bytes())?;
        self.out.write_all(piece)?;
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Takes everything into `out`; gives the line that it ended well with.
pub(super) fn receive(stream: UnixStream, out: &mut dyn Write) -> anyhow::Result<String> {
    const CUT: &str = "the running server broke it off; see its log";
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut from = BufReader::with_capacity(2 * PIECE, stream);
    let mut piece = Vec::with_capacity(PIECE);
    loop {
        let mut length = [0; 4];
        from.read_exact(&mut length).context(CUT)?;
        match u32::from_be_bytes(length) as usize {
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
