//! One client as a server sees it: TCP, TLS if wanted, HTTP for what is asked once, and Socket.IO
//! over WebSocket.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, ClientConnection, DigitallySignedStruct, SignatureScheme};
use serde_json::Value;

/// How long an answer may take while clients connect.
const PATIENCE: Duration = Duration::from_secs(60);

/// Where a server listens, and whether it speaks TLS.
#[derive(Clone)]
pub struct Address {
    pub socket: SocketAddr,
    pub tls: Option<Arc<ClientConfig>>,
}

impl Address {
    /// A server without TLS.
    pub fn plain(socket: SocketAddr) -> Self {
        Self { socket, tls: None }
    }

    /// A server with TLS, whatever its certificate.
    pub fn tls(socket: SocketAddr) -> Self {
        let tls = Some(any_certificate());
        Self { socket, tls }
    }
}

enum Stream {
    Plain(TcpStream),
    Tls(Box<ClientConnection>, TcpStream),
}

/// A connected client. It blocks until [`Client::stop_blocking`].
pub struct Client {
    stream: Stream,
    input: Vec<u8>,
}

impl Client {
    /// Opens a connection.
    pub fn connect(address: &Address) -> io::Result<Self> {
        let mut tcp = TcpStream::connect(address.socket)?;
        tcp.set_nodelay(true)?;
        tcp.set_read_timeout(Some(PATIENCE))?;
        let stream = match &address.tls {
            None => Stream::Plain(tcp),
            Some(config) => {
                let name = ServerName::try_from("localhost").map_err(io::Error::other)?;
                let mut tls =
                    ClientConnection::new(Arc::clone(config), name).map_err(io::Error::other)?;
                while tls.is_handshaking() {
                    tls.complete_io(&mut tcp)?;
                }
                Stream::Tls(Box::new(tls), tcp)
            }
        };
        let input = Vec::new();
        Ok(Self { stream, input })
    }

    /// Opens a WebSocket, and connects to the namespace `/` with a token.
    pub fn open(address: &Address, token: &str) -> io::Result<Self> {
        let mut client = Self::connect(address)?;
        client.write(b"GET /api/socketio/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")?;
        let head = client.head()?;
        if !head.starts_with("HTTP/1.1 101") {
            return Err(io::Error::other(head));
        }
        client.wait_for(b"0")?;
        if token.is_empty() {
            client.send("40")?;
        } else {
            client.send(&format!("40{{\"token\":\"{token}\"}}"))?;
        }
        client.wait_for(b"40")?;
        Ok(client)
    }

    /// Joins a conversation and waits for the answer.
    pub fn join(&mut self, conversation: &str) -> io::Result<()> {
        self.send(&format!("420[\"join-conversation\",\"{conversation}\"]"))?;
        self.wait_for(b"430")
    }

    /// Asks for something over HTTP, once. The answer must be a success.
    pub fn ask(
        address: &Address,
        (method, path): (&str, &str),
        token: &str,
        body: &Value,
    ) -> io::Result<Value> {
        let mut client = Self::connect(address)?;
        let body = body.to_string();
        let len = body.len();
        client.write(
            format!(
                "{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\
                 Content-Type: application/json\r\nContent-Length: {len}\r\nConnection: close\r\n\r\n{body}"
            )
            .as_bytes(),
        )?;
        let head = client.head()?;
        let mut buffer = [0; 16 * 1024];
        loop {
            match client.read(&mut buffer) {
                Ok(0) => break,
                Ok(len) => client.input.extend_from_slice(&buffer[..len]),
                Err(error) if error.kind() == ErrorKind::UnexpectedEof => break,
                Err(error) => return Err(error),
            }
        }
        if !head.starts_with("HTTP/1.1 2") {
            let body = String::from_utf8_lossy(&client.input);
            return Err(io::Error::other(format!("{method} {path}: {head}{body}")));
        }
        serde_json::from_slice(&client.input).map_err(io::Error::other)
    }

    /// From here on reading never waits.
    pub fn stop_blocking(&self) -> io::Result<()> {
        self.tcp().set_nonblocking(true)
    }

    pub fn tcp(&self) -> &TcpStream {
        match &self.stream {
            Stream::Plain(tcp) | Stream::Tls(_, tcp) => tcp,
        }
    }

    /// Sends a packet.
    pub fn send(&mut self, packet: &str) -> io::Result<()> {
        let mut frame = Vec::with_capacity(packet.len() + 8);
        push_masked(&mut frame, packet.as_bytes());
        self.write(&frame)
    }

    /// Reads what is there and gives each whole packet to `visit`. Pings are answered.
    pub fn receive(&mut self, buffer: &mut [u8], mut visit: impl FnMut(&[u8])) -> io::Result<()> {
        let len = match self.read(buffer) {
            Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
            Ok(len) => len,
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
            Err(error) => return Err(error),
        };
        let mut rest = std::mem::take(&mut self.input);
        let input = if rest.is_empty() {
            &buffer[..len]
        } else {
            rest.extend_from_slice(&buffer[..len]);
            &rest
        };
        let (mut used, mut pinged) = (0, false);
        while let Some((len, packet)) = first_frame(&input[used..]) {
            used += len;
            if packet == b"2" {
                pinged = true;
            } else {
                visit(packet);
            }
        }
        self.input = input[used..].to_vec();
        if pinged { self.send("3") } else { Ok(()) }
    }

    /// The status line and the header fields; what follows stays in `input`.
    fn head(&mut self) -> io::Result<String> {
        let mut buffer = [0; 4096];
        loop {
            if let Some(end) = self.input.windows(4).position(|four| four == b"\r\n\r\n") {
                let head: Vec<u8> = self.input.drain(..end + 4).collect();
                return Ok(String::from_utf8_lossy(&head).into_owned());
            }
            match self.read(&mut buffer)? {
                0 => return Err(ErrorKind::UnexpectedEof.into()),
                len => self.input.extend_from_slice(&buffer[..len]),
            }
        }
    }

    fn wait_for(&mut self, start: &[u8]) -> io::Result<()> {
        let mut buffer = [0; 4096];
        loop {
            while let Some((len, packet)) = first_frame(&self.input) {
                let found = packet.starts_with(start);
                let refused = packet.starts_with(b"44") || packet.starts_with(b"41");
                let text = String::from_utf8_lossy(packet).into_owned();
                self.input.drain(..len);
                if refused || (found && text.contains("\"error\"")) {
                    return Err(io::Error::other(text));
                }
                if found {
                    return Ok(());
                }
            }
            match self.read(&mut buffer)? {
                0 => return Err(ErrorKind::UnexpectedEof.into()),
                len => self.input.extend_from_slice(&buffer[..len]),
            }
        }
    }

    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match &mut self.stream {
            Stream::Plain(tcp) => tcp.read(buffer),
            Stream::Tls(tls, tcp) => loop {
                match tls.reader().read(buffer) {
                    Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                    done => return done,
                }
                if tls.read_tls(tcp)? == 0 {
                    return Ok(0);
                }
                tls.process_new_packets().map_err(io::Error::other)?;
            },
        }
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.stream {
            Stream::Plain(tcp) => tcp.write_all(bytes),
            Stream::Tls(tls, tcp) => {
                tls.writer().write_all(bytes)?;
                while tls.wants_write() {
                    tls.write_tls(tcp)?;
                }
                Ok(())
            }
        }
    }
}

/// Appends `payload` as a masked text frame.
fn push_masked(out: &mut Vec<u8>, payload: &[u8]) {
    const MASK: [u8; 4] = [0x12, 0x34, 0x56, 0x78];
    out.push(0x81);
    if let Ok(len) = u8::try_from(payload.len())
        && len < 126
    {
        out.push(0x80 | len);
    } else {
        let len = u16::try_from(payload.len()).expect("benches send short messages");
        out.push(0x80 | 126);
        out.extend_from_slice(&len.to_be_bytes());
    }
    out.extend_from_slice(&MASK);
    out.extend(
        payload
            .iter()
            .zip(MASK.iter().cycle())
            .map(|(byte, mask)| byte ^ mask),
    );
}

/// Takes the first frame of `bytes`, unmasked: its length on the wire and its payload.
fn first_frame(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (header, len) = match *bytes.get(1)? {
        126 => (
            4,
            usize::from(u16::from_be_bytes(bytes.get(2..4)?.try_into().ok()?)),
        ),
        127 => (
            10,
            usize::try_from(u64::from_be_bytes(bytes.get(2..10)?.try_into().ok()?)).ok()?,
        ),
        len => (2, usize::from(len)),
    };
    Some((header + len, bytes.get(header..header + len)?))
}

#[derive(Debug)]
struct AnyCertificate;

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let provider = rustls::crypto::ring::default_provider();
        provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}

fn any_certificate() -> Arc<ClientConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("the provider has the versions")
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(AnyCertificate))
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    config.resumption = rustls::client::Resumption::disabled();
    Arc::new(config)
}
