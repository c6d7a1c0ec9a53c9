//! What comes in over a test's WebSocket: frames, packets, events.

use std::sync::Arc;

use parking_lot::Mutex;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt, ReadHalf, WriteHalf};
use tokio::net::TcpStream;
use tokio::sync::{Mutex as AsyncMutex, mpsc, watch};
use tokio_rustls::client::TlsStream;

use crate::frames::{frame, take_frame};

/// An event as it arrived.
#[derive(Clone, Debug, PartialEq)]
pub struct Said {
    pub name: String,
    pub args: Vec<Value>,
}

/// What comes in.
#[derive(Debug)]
pub enum Heard {
    /// The answer to the opening request was not 101.
    Http(u16),
    /// The engine's greeting.
    Open(Value),
    /// CONNECT was accepted, or refused.
    Connected(Result<Value, Value>),
    Event(Said),
    Ack(u64, Value),
    /// The server sent this socket away.
    Disconnected,
    /// A close frame; `None`: the stream ended without one.
    Closed(Option<u16>),
}

/// What it takes to come back after a cut.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Line {
    pub pid: Option<String>,
    pub offset: Option<String>,
}

pub type Writer = Arc<AsyncMutex<WriteHalf<TlsStream<TcpStream>>>>;

/// The part of a socket that listens.
pub struct Ear {
    pub reader: ReadHalf<TlsStream<TcpStream>>,
    pub writer: Writer,
    pub tell: mpsc::UnboundedSender<Heard>,
    pub line: Arc<Mutex<Line>>,
    pub may_read: watch::Receiver<bool>,
    pub input: Vec<u8>,
}

impl Ear {
    pub async fn listen(mut self) {
        let code = match self.head().await {
            Some(101) => self.frames().await,
            Some(status) => {
                let _ = self.tell.send(Heard::Http(status));
                return;
            }
            None => None,
        };
        let _ = self.tell.send(Heard::Closed(code));
    }

    async fn more(&mut self) -> Option<()> {
        self.may_read.wait_for(|may| *may).await.ok()?;
        let len = self.reader.read_buf(&mut self.input).await.ok()?;
        (len > 0).then_some(())
    }

    async fn head(&mut self) -> Option<u16> {
        loop {
            if let Some(end) = self.input.windows(4).position(|four| four == b"\r\n\r\n") {
                let status = std::str::from_utf8(&self.input[9..12]).ok()?.parse().ok()?;
                self.input.drain(..end + 4);
                return Some(status);
            }
            self.more().await?;
        }
    }

    /// Gives the close code, if there was a close frame.
    async fn frames(&mut self) -> Option<u16> {
        loop {
            while let Some((opcode, payload)) = take_frame(&mut self.input) {
                match opcode {
                    1 => self.packet(std::str::from_utf8(&payload).unwrap()).await,
                    8 => return Some(u16::from_be_bytes(payload[..2].try_into().unwrap())),
                    10 => {}
                    other => panic!("the server sent a frame of kind {other}"),
                }
            }
            self.more().await?;
        }
    }

    async fn packet(&mut self, text: &str) {
        let heard = match text.as_bytes() {
            b"2" => {
                let _ = self.writer.lock().await.write_all(&frame(0x81, b"3")).await;
                return;
            }
            [b'0', ..] => Heard::Open(serde_json::from_str(&text[1..]).unwrap()),
            [b'4', b'0', ..] => {
                let welcome: Value = serde_json::from_str(&text[2..]).unwrap();
                let mut line = self.line.lock();
                let pid = welcome["pid"].as_str().map(str::to_owned);
                if line.pid != pid {
                    *line = Line { pid, offset: None };
                }
                drop(line);
                Heard::Connected(Ok(welcome))
            }
            [b'4', b'4', ..] => {
                let start = text.find('{').unwrap();
                Heard::Connected(Err(serde_json::from_str(&text[start..]).unwrap()))
            }
            [b'4', b'1', ..] => Heard::Disconnected,
            [b'4', b'2', ..] => self.event(&text[2..]),
            [b'4', b'3', ..] => {
                let start = text.find('[').unwrap();
                let mut args: Vec<Value> = serde_json::from_str(&text[start..]).unwrap();
                Heard::Ack(text[2..start].parse().unwrap(), args.swap_remove(0))
            }
            [b'1' | b'6', ..] => return,
            _ => panic!("the server sent {text:?}"),
        };
        let _ = self.tell.send(heard);
    }

    /// Like the stock client: a string at the end is where it stands.
    fn event(&self, text: &str) -> Heard {
        let mut args: Vec<Value> = serde_json::from_str(text).unwrap();
        let name = args.remove(0).as_str().unwrap().to_owned();
        if let Some(Value::String(offset)) = args.last() {
            self.line.lock().offset = Some(offset.clone());
        }
        Heard::Event(Said { name, args })
    }
}
