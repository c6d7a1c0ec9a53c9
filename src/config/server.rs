//! Where the server keeps its data, where it listens, and what it is called.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;

use super::topic::topic;
use super::{ConfigError, Network, TlsMode};

topic! {
    /// Where the server keeps its data, where it listens, and what it is called.
    pub struct Server in "server" {
        /// The directory of everything that the server keeps. It is made at the first start,
        /// readable for its owner only. A relative path starts at the working directory.
        pub data: PathBuf = PathBuf::from("data"),
        /// Addresses that serve the product. Port 0 takes any free port. Without this setting:
        /// port 8443 on all addresses, port 443 with a public authority's certificate (`tls.mode`
        /// "acme"), or port 8080 on this machine only when TLS is off.
        pub listen: Option<Vec<SocketAddr>> = None, like r#"["0.0.0.0:8443", "[::]:8443"]"#,
        /// Addresses where plain HTTP leads people to HTTPS and to the page that explains how to
        /// trust this server. An empty list turns that off. Without this setting: port 8080 on
        /// all addresses, port 80 with a public authority's certificate, or none if `listen` is
        /// set.
        pub plain_listen: Option<Vec<SocketAddr>> = None, like r#"["0.0.0.0:8080", "[::]:8080"]"#,
        /// The server's name as people see it, 1 to 64 characters.
        pub name: String = "Inkspot".to_owned(),
        /// Host names under which people reach this server, beside the machine's own name and
        /// addresses; with a public authority's certificate also public addresses. They go into
        /// its certificate; the first one is used in links.
        pub hostnames: Vec<String> = Vec::new(),
        /// The name by which devices on the same network find this server, without ".local" behind
        /// it. It is told by multicast DNS on private addresses, and only with `tls.mode`
        /// "local-ca" and without `public_url`. If another machine has it, a number is added. Empty:
        /// nothing is told.
        pub local_name: String = "inkspot".to_owned(),
        /// The address that people use when it is not the server's own, for instance behind a
        /// proxy: scheme, host and port, without a path. Links start with it.
        pub public_url: Option<String> = None, like r#""https://chat.example.com""#,
        /// Proxies whose X-Forwarded-For and X-Forwarded-Proto are believed: addresses or
        /// networks such as "10.0.0.0/8". From anybody else these headers are ignored.
        pub trusted_proxies: Vec<Network> = Vec::new(),
        /// A path under which a proxy shows this server, such as "/chat". Requests with and
        /// without it are understood.
        pub path_prefix: String = String::new(),
        /// The path of the realtime connection.
        pub socket_path: String = "/api/socketio".to_owned(),
    }
}

/// One address to listen on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listen {
    /// The address; port 0 takes any free one.
    pub addr: SocketAddr,
    /// Whether failing to listen there is an error. The defaults name IPv4 and IPv6, and a
    /// machine may lack one of them.
    pub required: bool,
}

impl Server {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let chars = self.name.chars().count();
        if !(1..=64).contains(&chars) || self.name.chars().any(char::is_control) {
            return Err(ConfigError::value(
                "server.name",
                "1 to 64 printable characters",
            ));
        }
        if self.listen.as_ref().is_some_and(Vec::is_empty) {
            return Err(ConfigError::value("server.listen", "at least one address"));
        }
        let is_name = |name: &String| is_hostname(name) || name.parse::<IpAddr>().is_ok();
        if !self.hostnames.iter().all(is_name) {
            let wanted = "host names such as \"chat.example.com\"";
            return Err(ConfigError::value("server.hostnames", wanted));
        }
        let is_label = is_hostname(&self.local_name) && !self.local_name.contains('.');
        if !(self.local_name.is_empty() || is_label) {
            let wanted = "empty, or 1 to 63 letters, digits and hyphens such as \"inkspot\"";
            return Err(ConfigError::value("server.local_name", wanted));
        }
        if self
            .public_url
            .as_deref()
            .is_some_and(|url| !is_origin(url))
        {
            let wanted = "a scheme and a host such as \"https://chat.example.com\", nothing more";
            return Err(ConfigError::value("server.public_url", wanted));
        }
        if !(self.path_prefix.is_empty() || is_path(&self.path_prefix)) {
            let wanted = "empty, or a path such as \"/chat\" without a slash at its end";
            return Err(ConfigError::value("server.path_prefix", wanted));
        }
        if !is_path(&self.socket_path) {
            let wanted = "a path such as \"/api/socketio\" without a slash at its end";
            return Err(ConfigError::value("server.socket_path", wanted));
        }
        Ok(())
    }

    pub(super) fn listeners(&self, tls: TlsMode) -> Vec<Listen> {
        match (&self.listen, tls) {
            (Some(listen), _) => listen.iter().copied().map(required).collect(),
            (None, TlsMode::Off) => {
                on_both(Ipv4Addr::LOCALHOST, Ipv6Addr::LOCALHOST, 8080).to_vec()
            }
            (None, TlsMode::Acme) => everywhere(443),
            (None, _) => everywhere(8443),
        }
    }

    pub(super) fn plain_listeners(&self, tls: TlsMode) -> Vec<Listen> {
        match (&self.plain_listen, &self.listen, tls) {
            (Some(plain), ..) => plain.iter().copied().map(required).collect(),
            (None, Some(_), _) => Vec::new(),
            (None, None, TlsMode::Acme) => everywhere(80),
            (None, None, _) => everywhere(8080),
        }
    }
}

fn required(addr: SocketAddr) -> Listen {
    Listen {
        addr,
        required: true,
    }
}

fn everywhere(port: u16) -> Vec<Listen> {
    on_both(Ipv4Addr::UNSPECIFIED, Ipv6Addr::UNSPECIFIED, port).to_vec()
}

fn on_both(v4: Ipv4Addr, v6: Ipv6Addr, port: u16) -> [Listen; 2] {
    [
        required(SocketAddr::from((v4, port))),
        Listen {
            addr: SocketAddr::from((v6, port)),
            required: false,
        },
    ]
}

/// Letters, digits and hyphens between dots, as a certificate can carry it.
fn is_hostname(name: &str) -> bool {
    let part = |part: &str| {
        (1..=63).contains(&part.len())
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !part.starts_with('-')
            && !part.ends_with('-')
    };
    name.len() <= 253 && name.split('.').all(part)
}

fn is_origin(url: &str) -> bool {
    let Some(authority) = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"))
    else {
        return false;
    };
    !authority.contains(['/', '?', '#', '@'])
        && authority
            .parse::<http::uri::Authority>()
            .is_ok_and(|a| !a.host().is_empty())
}

fn is_path(path: &str) -> bool {
    path.len() > 1
        && path.starts_with('/')
        && !path.ends_with('/')
        && !path.contains("//")
        && path
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-._~/".contains(&b))
}
