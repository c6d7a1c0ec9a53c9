//! The same door without a WebSocket.

use reqwest::Method;
use serde_json::Value;

use crate::harness::{Client, Reply};

/// A connection over long polling.
#[derive(Clone)]
pub struct Poller {
    client: Client,
    headers: Vec<(&'static str, String)>,
    pub sid: Option<String>,
}

impl Poller {
    /// Asks for a connection with these headers. `Err`: the refusal.
    pub async fn open(
        client: &Client,
        headers: Vec<(&'static str, String)>,
    ) -> Result<Self, Reply> {
        let mut poller = Self {
            client: client.signed_out(),
            headers,
            sid: None,
        };
        let reply = poller.poll().await;
        if reply.status != 200 {
            return Err(reply);
        }
        let hello: Value = serde_json::from_str(&reply.text[1..]).unwrap();
        poller.sid = hello["sid"].as_str().map(str::to_owned);
        Ok(poller)
    }

    async fn ask(&self, method: Method, body: String) -> Reply {
        let sid = self.sid.as_ref().map(|sid| format!("&sid={sid}"));
        let sid = sid.unwrap_or_default();
        let path = format!("/api/socketio/?EIO=4&transport=polling{sid}");
        let mut request = self.client.request(method, &path).body(body);
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        Reply::to(request).await
    }

    /// Waits for what the server has to say.
    pub async fn poll(&self) -> Reply {
        self.ask(Method::GET, String::new()).await
    }

    /// Sends packets.
    pub async fn post(&self, body: impl Into<String>) -> Reply {
        self.ask(Method::POST, body.into()).await
    }

    /// The same connection in the hands of who sends other headers.
    pub fn with(&self, headers: Vec<(&'static str, String)>) -> Self {
        Self {
            headers,
            ..self.clone()
        }
    }
}

/// The headers of a page of this server, with the session's cookie.
pub fn page_of(client: &Client) -> Vec<(&'static str, String)> {
    let (host, _) = client.place();
    let token = client.token.as_ref().unwrap();
    vec![
        ("cookie", format!("__Host-inkspot={token}")),
        ("origin", format!("https://{host}")),
    ]
}
