//! The API does what its own description says.

use inkspot::model::Role;
use inkspot::model::view::UserView;
use serde_json::{Value, json};

use super::backups::made;
use crate::harness::{Client, PASSWORD, Reply, TestServer};
use crate::tus::png;

/// What an example call may name: made anew for each, so that no call is in another's way.
struct Scene {
    admin: Client,
    ada: UserView,
    room: String,
    message: String,
    invite: Value,
    session: String,
    /// A picture that nothing holds.
    picture: String,
    /// One that is the administrator's face and the room's.
    face: String,
    /// An upload of five bytes that has none.
    upload: String,
    /// The code of a link to a new password.
    reset: String,
    /// A file's name, a backup's where it is about those.
    name: String,
    /// The code of a link that signs a device in.
    handoff: String,
}

impl Scene {
    async fn set(server: &TestServer, admin: &Client, n: usize, pattern: &str) -> Self {
        let admin = admin.sign_in("root", PASSWORD).await;
        let ada = server.account(&format!("ada{n}"), Role::Member).await;
        let body = json!({"title": "Room", "isGroup": true, "members": [ada.username]});
        let mut room = admin.post("/api/conversations", body).await.gives(201)["id"].clone();
        let message = admin.send(room.as_str().unwrap(), "words").await["id"].clone();
        let invite = json!({"conversationId": room});
        let invite = admin.post("/api/invites", invite).await.gives(201);
        if pattern.ends_with("/owner") {
            room = json!(Self::orphan(server, &admin, n, &ada).await);
        }
        let session = admin.get("/api/auth/me").await.gives(200)["sessionId"].clone();
        let path = format!("/api/users/{}/reset-link", ada.id);
        let reset = admin.post(&path, json!({})).await.gives(201)["link"].clone();
        let text = |value: Value| value.as_str().unwrap().to_owned();
        let mut files = [const { String::new() }; 3];
        if ["files", "uploads", "avatar"]
            .iter()
            .any(|part| pattern.contains(part))
        {
            files = Self::files(&admin, room.as_str().unwrap(), pattern).await;
        }
        let [picture, face, upload] = files;
        let mut name = "a.png".to_owned();
        admin.confirm("handoff").await;
        if pattern.contains("groups/{id}") {
            admin.confirm("delete-group").await;
        }
        if pattern.contains("backups/") {
            admin.confirm("backups").await;
            name = text(made(&admin).await["backups"][0]["name"].clone());
        }
        let handoff = admin.post("/api/auth/handoff", json!({})).await.gives(201);
        let handoff = handoff["link"].clone();
        if pattern == "/api/auth/handoff" {
            // What was confirmed before is used up.
            admin.confirm("handoff").await;
        }
        Self {
            ada,
            admin,
            room: text(room),
            message: text(message),
            invite,
            session: text(session),
            picture,
            face,
            upload,
            reset: text(reset).rsplit_once('/').unwrap().1.to_owned(),
            name,
            handoff: text(handoff).rsplit_once('/').unwrap().1.to_owned(),
        }
    }

    /// A group whose owner's account is disabled.
    async fn orphan(server: &TestServer, admin: &Client, n: usize, ada: &UserView) -> String {
        let olga = server.person(&format!("olga{n}")).await;
        let body = json!({"title": "Left", "isGroup": true, "members": [ada.username]});
        let room = olga.post("/api/conversations", body).await.gives(201);
        let path = format!("/api/users/{}", olga.id());
        admin
            .patch(&path, json!({"disabled": true}))
            .await
            .gives(200);
        room["id"].as_str().unwrap().to_owned()
    }

    /// A picture that nothing holds, one that is a face, an upload of five bytes.
    async fn files(admin: &Client, room: &str, pattern: &str) -> [String; 3] {
        let picture = admin.upload("a.png", &png(3, 2)).await;
        let upload = admin.upload_id("b.txt", 5).await;
        let face = admin.upload("face.png", &png(2, 2)).await;
        let of_whom = if pattern.contains("conversations") {
            format!("/api/conversations/{room}/avatar")
        } else {
            "/api/auth/me/avatar".to_owned()
        };
        let body = json!({"fileId": face["id"]});
        let request = admin.request(reqwest::Method::PUT, &of_whom).json(&body);
        Reply::to(request).await.gives(200);
        let id = |file: &Value| file["id"].as_str().unwrap().to_owned();
        [id(&picture), id(&face), upload]
    }

    fn path(&self, pattern: &str) -> String {
        let id = match pattern.split('/').nth(2) {
            Some("admin") if pattern.contains("groups") => return self.fill(pattern, &self.room),
            Some("users" | "admin") => return self.fill(pattern, &self.ada.id.to_string()),
            Some("conversations") => return self.fill(pattern, &self.room),
            Some("messages") => return self.fill(pattern, &self.message),
            Some("invites") => &self.invite["id"],
            Some("files") => return self.fill(pattern, &self.picture),
            Some("uploads") => return self.fill(pattern, &self.upload),
            Some("avatars") if pattern.contains("conversations") => {
                return self.fill(pattern, &self.room);
            }
            Some("avatars") => return self.fill(pattern, self.admin.id()),
            _ => return self.fill(pattern, &self.session),
        };
        self.fill(pattern, id.as_str().unwrap())
    }

    fn fill(&self, pattern: &str, id: &str) -> String {
        let code = if pattern.contains("resets") {
            &self.reset
        } else if pattern.contains("handoffs") {
            &self.handoff
        } else {
            self.invite["code"].as_str().unwrap()
        };
        let user = self.ada.id.to_string();
        pattern
            .replace("{id}", id)
            .replace("{code}", code)
            .replace("{userId}", &user)
            .replace("{version}", &self.face)
            .replace("{side}", "320")
            .replace("{name}", &self.name)
    }

    /// An example body, with the names that it takes from elsewhere filled in.
    fn body(&self, example: &Value, setup: &str) -> Value {
        let mut body = example.clone();
        for (field, value) in [
            ("conversationId", json!(self.room)),
            ("members", json!([self.ada.username])),
            ("token", json!(setup)),
            ("currentPassword", json!(PASSWORD)),
            ("fileId", json!(self.picture)),
            ("userId", json!(self.ada.id.to_string())),
        ] {
            if body.get(field).is_some() {
                body[field] = value;
            }
        }
        body
    }
}

#[tokio::test]
async fn every_documented_example_answers_as_documented() {
    let server = TestServer::start_with(|config| config.backups.download = true).await;
    let setup = server.service.setup_token().unwrap();
    let document = server.visitor().get("/api/openapi.json").await.gives(200);
    assert_eq!(document["openapi"], "3.1.0");
    let check =
        async |client: &Client, path: &str, method: &str, operation: &Value, body: Value| {
            let method = reqwest::Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            let request = client.request(method.clone(), path);
            let example = operation.pointer("/requestBody/content/application~1json/example");
            let mut request = if example.is_some() {
                request.json(&body)
            } else {
                with_bytes(request, &operation["requestBody"]["content"])
            };
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                let name = parameter["name"].as_str().unwrap();
                request = match (parameter["in"].as_str(), parameter["example"].as_str()) {
                    (Some("header"), Some(value)) => request.header(name, value),
                    (Some("query"), Some(value)) => request.query(&[(name, value)]),
                    _ => request,
                };
            }
            let reply = Reply::to(request).await;
            let documented = &operation["responses"][reply.status.to_string()];
            assert!(
                reply.status < 300 && documented.is_object(),
                "{method} {path} {body} answers {} {}",
                reply.status,
                reply.text
            );
            let schema = documented.pointer("/content/application~1json/schema");
            let faults = schema.map_or(Vec::new(), |schema| {
                faults(&document, schema, &reply.json, String::new())
            });
            assert!(
                faults.is_empty(),
                "{method} {path} {faults:?} {}",
                reply.text
            );
        };

    // Setup goes first: everything else needs somebody.
    let operation = &document["paths"]["/api/setup"]["post"];
    let example = operation
        .pointer("/requestBody/content/application~1json/example")
        .unwrap();
    let mut body = example.clone();
    body["token"] = json!(setup);
    check(&server.visitor(), "/api/setup", "post", operation, body).await;
    let admin = server.admin("root").await;

    let mut tried = 1;
    for (pattern, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            if (pattern.as_str(), method.as_str()) == ("/api/setup", "post") {
                continue;
            }
            let scene = Scene::set(&server, &admin, tried, pattern).await;
            let example = operation.pointer("/requestBody/content/application~1json/example");
            let mut body = scene.body(example.unwrap_or(&Value::Null), "");
            if pattern == "/api/auth/password" {
                // Not of the one who sets all scenes.
                let ada = admin.sign_in(&scene.ada.username, PASSWORD).await;
                check(&ada, pattern, method, operation, body).await;
            } else {
                if pattern.ends_with("/accept") {
                    body["username"] = json!(format!("new{tried}"));
                }
                check(&scene.admin, &scene.path(pattern), method, operation, body).await;
            }
            tried += 1;
        }
    }
    assert_eq!(tried, inkspot::http::addresses().len());
}

#[tokio::test]
async fn every_address_answers_and_every_documented_address_exists() {
    let server = TestServer::start().await;
    let visitor = server.visitor();
    let document = visitor.get("/api/openapi.json").await.gives(200);
    let mut described = 0;
    for (pattern, methods) in document["paths"].as_object().unwrap() {
        let path = pattern.replace(['{', '}'], "");
        for method in ["get", "post", "patch", "delete", "put", "options"] {
            let name = reqwest::Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            let status = Reply::to(visitor.request(name, &path)).await.status;
            let known = methods.get(method).is_some();
            assert_eq!(
                status != 405 && status != 404,
                known,
                "{method} {path} {status}"
            );
            described += usize::from(known);
        }
    }
    assert_eq!(described, inkspot::http::addresses().len());
}

/// The request with what it takes besides JSON.
fn with_bytes(request: reqwest::RequestBuilder, content: &Value) -> reqwest::RequestBuilder {
    let Some(kind) = content
        .as_object()
        .and_then(|content| content.keys().next())
    else {
        return request;
    };
    if kind == "multipart/form-data" {
        let form = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\n\
                    hello\r\n--x--\r\n";
        return request
            .header("Content-Type", "multipart/form-data; boundary=x")
            .body(form);
    }
    request.header("Content-Type", kind).body("hello")
}

/// Where a value is not of its schema: the parts of JSON Schema that our description uses.
fn faults(document: &Value, schema: &Value, value: &Value, at: String) -> Vec<String> {
    if let Some(reference) = schema["$ref"].as_str() {
        let named = document.pointer(reference.trim_start_matches('#')).unwrap();
        return faults(document, named, value, at);
    }
    if let Some(all) = schema["allOf"].as_array() {
        return all
            .iter()
            .flat_map(|one| faults(document, one, value, at.clone()))
            .collect();
    }
    for key in ["oneOf", "anyOf"] {
        if let Some(some) = schema[key].as_array() {
            let fits = |one: &Value| faults(document, one, value, at.clone()).is_empty();
            return if some.iter().any(fits) {
                Vec::new()
            } else {
                vec![format!("{at}: {key}")]
            };
        }
    }
    let mut found = Vec::new();
    let kinds = match &schema["type"] {
        Value::String(kind) => vec![kind.as_str()],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    if !kinds.is_empty() && !kinds.contains(&kind) {
        found.push(format!("{at} is {kind}, not {kinds:?}"));
    }
    if let Some(allowed) = schema["enum"].as_array()
        && !allowed.contains(value)
    {
        found.push(format!("{at} is none of {allowed:?}"));
    }
    for name in schema["required"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
    {
        if value.get(name).is_none() {
            found.push(format!("{at}.{name} is missing"));
        }
    }
    for (name, schema) in schema["properties"].as_object().into_iter().flatten() {
        if let Some(value) = value.get(name) {
            found.extend(faults(document, schema, value, format!("{at}.{name}")));
        }
    }
    if schema["items"].is_object() {
        for item in value.as_array().into_iter().flatten() {
            found.extend(faults(document, &schema["items"], item, format!("{at}[]")));
        }
    }
    found
}
