//! Uploads as a program that speaks tus makes them, and pictures to make them with.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http_body::Frame;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::harness::{Client, Reply};

/// What bytes of an upload are announced as.
pub const BYTES: &str = "application/offset+octet-stream";

impl Client {
    /// A request that speaks tus.
    pub fn tus(&self, method: Method, path: &str) -> RequestBuilder {
        self.request(method, path).header("Tus-Resumable", "1.0.0")
    }

    /// Begins an upload.
    pub async fn begin(&self, name: &str, length: usize) -> Reply {
        let name = format!("filename {}", STANDARD.encode(name));
        let request = self.tus(Method::POST, "/api/uploads");
        let request = request.header("Upload-Length", length);
        Reply::to(request.header("Upload-Metadata", name)).await
    }

    /// Begins an upload. Gives its id.
    pub async fn upload_id(&self, name: &str, length: usize) -> String {
        let reply = self.begin(name, length).await;
        let place = reply.header("location").map(str::to_owned);
        reply.gives(201);
        place.unwrap().rsplit('/').next().unwrap().to_owned()
    }

    /// The request that goes on with an upload.
    pub fn piece(
        &self,
        id: &str,
        offset: usize,
        bytes: impl Into<reqwest::Body>,
    ) -> RequestBuilder {
        self.tus(Method::PATCH, &format!("/api/uploads/{id}"))
            .header("Content-Type", BYTES)
            .header("Upload-Offset", offset)
            .body(bytes)
    }

    /// Goes on with an upload.
    pub async fn go_on(&self, id: &str, offset: usize, bytes: &[u8]) -> Reply {
        Reply::to(self.piece(id, offset, bytes.to_vec())).await
    }

    /// How far an upload has come, after whoever sends it was ended.
    pub async fn offset(&self, id: &str) -> Option<usize> {
        let path = format!("/api/uploads/{id}");
        let reply = Reply::to(self.tus(Method::HEAD, &path)).await;
        let offset = reply.header("upload-offset")?;
        assert_eq!(reply.status, 200);
        Some(offset.parse().unwrap())
    }

    /// Uploads a file whole. Gives it.
    pub async fn upload(&self, name: &str, bytes: &[u8]) -> Value {
        let id = self.upload_id(name, bytes.len()).await;
        if !bytes.is_empty() {
            let reply = self.go_on(&id, 0, bytes).await;
            assert_eq!(reply.header("inkspot-file"), Some(&*id), "{}", reply.text);
            reply.gives(204);
        }
        let path = format!("/api/uploads/{id}");
        self.get(&path).await.gives(200)["file"].clone()
    }

    /// Sends files.
    pub async fn send_files(&self, conversation: &str, content: &str, files: &[&Value]) -> Reply {
        let ids: Vec<_> = files.iter().map(|file| &file["id"]).collect();
        let body = json!({"conversationId": conversation, "content": content, "attachments": ids});
        self.post("/api/messages/realtime", body).await
    }

    /// What a file's address gives.
    pub async fn open(&self, path: &Value) -> Fetched {
        Fetched::to(self.request(Method::GET, path.as_str().unwrap())).await
    }
}

/// A body that comes as a test sends its pieces, and ends when the test drops the sender.
pub fn slow_body() -> (mpsc::UnboundedSender<Bytes>, reqwest::Body) {
    let (sender, receiver) = mpsc::unbounded_channel();
    let pieces = futures_util::stream::unfold(receiver, async |mut receiver| {
        let piece: Bytes = receiver.recv().await?;
        Some((
            Ok::<_, std::convert::Infallible>(Frame::data(piece)),
            receiver,
        ))
    });
    let body = http_body_util::StreamBody::new(Box::pin(pieces));
    (sender, reqwest::Body::wrap(body))
}

/// An answer that is bytes.
#[derive(Debug)]
pub struct Fetched {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub bytes: Vec<u8>,
}

impl Fetched {
    /// Sends a request and reads its answer to the end.
    pub async fn to(request: RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.bytes().await.unwrap().to_vec();
        Self {
            status,
            headers,
            bytes,
        }
    }

    /// A header's value, if it is there.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

/// A picture of this size, all of one colour.
pub fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let picture = image::RgbImage::from_pixel(width, height, image::Rgb([200, 30, 90]));
    picture
        .write_to(&mut bytes, image::ImageFormat::Png)
        .unwrap();
    bytes.into_inner()
}

/// Bytes that look like nothing, and differ by their seed.
pub fn noise(seed: u64, len: usize) -> Vec<u8> {
    let rng = inkspot::base::rng::Rng::seeded(seed);
    let words = std::iter::repeat_with(|| rng.u64().to_le_bytes());
    words.flatten().take(len).collect()
}
