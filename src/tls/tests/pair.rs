//! A server's session and a real client, connected in memory.

use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read, Write};
use std::sync::Arc;

use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer, ServerName};
use rustls::{
    ClientConfig, ClientConnection, RootCertStore, ServerConfig, SupportedProtocolVersion,
};

use crate::tls::session::Session;

/// The server's socket, and the client at its other end.
pub struct Wire {
    /// On the way to the server.
    pub up: VecDeque<u8>,
    /// On the way to the client.
    pub down: Vec<u8>,
    /// The client's socket is closed.
    pub cut: bool,
    /// Bytes that the server gets with one read at most.
    pub piece: usize,
    /// Bytes that the socket takes before the client reads.
    pub room: usize,
}

impl Default for Wire {
    fn default() -> Self {
        Self {
            up: VecDeque::new(),
            down: Vec::new(),
            cut: false,
            piece: usize::MAX,
            room: usize::MAX,
        }
    }
}

impl Read for Wire {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.up.is_empty() && !self.cut {
            return Err(ErrorKind::WouldBlock.into());
        }
        let len = buffer.len().min(self.piece);
        self.up.read(&mut buffer[..len])
    }
}

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let len = bytes.len().min(self.room - self.down.len());
        if len == 0 && !bytes.is_empty() {
            return Err(ErrorKind::WouldBlock.into());
        }
        self.down.write(&bytes[..len])
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The settings of both sides; they share a certificate.
pub fn configs(
    version: &'static SupportedProtocolVersion,
) -> (Arc<ServerConfig>, Arc<ClientConfig>) {
    let own = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(own.signing_key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut server = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(&[version])
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![own.cert.der().clone()], key)
        .unwrap();
    server.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    server.ticketer = rustls::crypto::ring::Ticketer::new().unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(own.cert.der().clone()).unwrap();
    let mut client = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[version])
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    client.alpn_protocols = vec![b"h2".to_vec()];
    (Arc::new(server), Arc::new(client))
}

/// A server's session and a real client, connected by a wire.
pub struct Pair {
    pub server: Session,
    pub client: ClientConnection,
    pub wire: Wire,
}

impl Pair {
    pub fn new((server, client): &(Arc<ServerConfig>, Arc<ClientConfig>), wire: Wire) -> Self {
        let name = ServerName::try_from("localhost").unwrap();
        Self {
            server: Session::new(Arc::clone(server)).unwrap(),
            client: ClientConnection::new(Arc::clone(client), name).unwrap(),
            wire,
        }
    }

    /// A pair that has shaken hands.
    pub fn connected(version: &'static SupportedProtocolVersion) -> Self {
        let mut pair = Self::new(&configs(version), Wire::default());
        pair.shake_hands();
        pair
    }

    pub fn shake_hands(&mut self) {
        loop {
            self.client_turn().unwrap();
            match self.server.shake_hands(&mut self.wire) {
                Ok(()) => break,
                Err(error) => assert_eq!(error.kind(), ErrorKind::WouldBlock, "{error}"),
            }
        }
        self.server.flush(&mut self.wire).unwrap();
        self.client_turn().unwrap();
        assert!(!self.client.is_handshaking());
    }

    /// The client takes what has come, and its own goes on the wire.
    pub fn client_turn(&mut self) -> Result<(), rustls::Error> {
        while self.client.wants_write() {
            self.client.write_tls(&mut self.wire.up).unwrap();
        }
        let down = std::mem::take(&mut self.wire.down);
        let mut down = &down[..];
        while !down.is_empty() && self.client.read_tls(&mut down).unwrap() > 0 {
            self.client.process_new_packets()?;
            // Plaintext is read at once in `hear`; nothing may pile up here.
            if self.client.process_new_packets()?.plaintext_bytes_to_read() > 0 {
                self.wire.down = down.to_vec();
                break;
            }
        }
        while self.client.wants_write() {
            self.client.write_tls(&mut self.wire.up).unwrap();
        }
        Ok(())
    }

    /// The client says something.
    pub fn say(&mut self, plain: &[u8]) {
        for part in plain.chunks(32 * 1024) {
            self.client.writer().write_all(part).unwrap();
            while self.client.wants_write() {
                self.client.write_tls(&mut self.wire.up).unwrap();
            }
        }
    }

    /// What the server reads until there is nothing, or the end.
    pub fn server_hears(&mut self) -> (Vec<u8>, io::Result<()>) {
        let (mut all, mut buffer) = (Vec::new(), [0; 1000]);
        loop {
            match self.server.read(&mut self.wire, &mut buffer) {
                Ok(0) => return (all, Ok(())),
                Ok(len) => all.extend_from_slice(&buffer[..len]),
                Err(error) => return (all, Err(error)),
            }
        }
    }

    /// What the client reads until there is nothing.
    pub fn client_hears(&mut self) -> Vec<u8> {
        let mut all = Vec::new();
        loop {
            self.client_turn().unwrap();
            let before = all.len();
            let _ = self.client.reader().read_to_end(&mut all);
            if all.len() == before {
                return all;
            }
        }
    }

    /// How it ends for the server when `raw` comes.
    pub fn server_refuses(&mut self, raw: &[u8]) -> String {
        self.wire.up.extend(raw);
        let (_, end) = self.server_hears();
        let error = end.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidData, "{error}");
        assert_eq!(self.server.kept(), 0);
        error.to_string()
    }
}
