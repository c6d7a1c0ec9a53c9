//! Puts the description together; what each address does is said in `operations`.

use std::collections::BTreeMap;

use http::Method;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::operations;
use crate::model::view::ErrorAnswer;

/// What any answer may be instead of the one that was asked for.
const ALWAYS: [&str; 3] = ["rate_limited", "internal", "server_busy"];
/// What a request with a body may be refused for.
const OF_BODIES: [&str; 7] = [
    "invalid_json",
    "invalid_field",
    "too_long",
    "too_short",
    "payload_too_large",
    "unsupported_media_type",
    "request_timeout",
];

/// One address and method, described.
pub(super) struct Operation {
    method: Method,
    path: &'static str,
    name: &'static str,
    summary: &'static str,
    open: bool,
    query: Vec<Value>,
    body: Option<Value>,
    answers: Vec<(u16, &'static str, Option<Value>)>,
    bytes: Vec<(u16, &'static str)>,
    refusals: Vec<&'static str>,
    schemas: Vec<(String, Value)>,
}

/// Starts the description of an address that needs a session.
pub(super) fn operation(
    method: Method,
    path: &'static str,
    name: &'static str,
    summary: &'static str,
) -> Operation {
    let mut refusals = vec!["unauthorized"];
    if method != Method::GET {
        refusals.push("origin_refused");
    }
    if path.contains('{') {
        refusals.push("not_found");
    }
    Operation {
        method,
        path,
        name,
        summary,
        open: false,
        query: Vec::new(),
        body: None,
        answers: Vec::new(),
        bytes: Vec::new(),
        refusals,
        schemas: Vec::new(),
    }
}

impl Operation {
    /// It needs no session.
    pub(super) fn open(mut self) -> Self {
        self.open = true;
        self.refusals.retain(|code| *code == "origin_refused");
        self
    }

    /// It has this query parameter.
    pub(super) fn query(mut self, name: &str, says: &str, schema: &Value) -> Self {
        self.query.push(json!({
            "name": name, "in": "query", "description": says, "schema": schema,
        }));
        self.refuses(&["invalid_field"])
    }

    /// It needs this query parameter, for example like this.
    pub(super) fn asks(mut self, name: &str, says: &str, schema: &Value, example: &str) -> Self {
        self.query.push(json!({
            "name": name, "in": "query", "required": true, "description": says, "schema": schema,
            "example": example,
        }));
        self.refuses(&["invalid_field"])
    }

    /// It gives a part of a list.
    pub(super) fn paged(self) -> Self {
        let limit = json!({"type": "integer", "minimum": 1, "maximum": 100, "default": 50});
        self.query("limit", "Most entries to give.", &limit)
    }

    /// It takes a body, like this one.
    pub(super) fn takes<T: ToSchema>(mut self, example: &Value) -> Self {
        let schema = self.schema::<T>();
        self.body = Some(json!({
            "required": true,
            "content": {"application/json": {"schema": schema, "example": example}},
        }));
        self.refuses(&OF_BODIES)
    }

    /// It takes a body of this media type.
    pub(super) fn takes_as(mut self, media: &'static str, schema: &Value) -> Self {
        self.body = Some(json!({"required": true, "content": {media: {"schema": schema}}}));
        self.refuses(&["invalid_field", "unsupported_media_type", "broken_off"])
    }

    /// It takes a form like this one.
    pub(super) fn takes_form<T: ToSchema>(mut self) -> Self {
        let schema = self.schema::<T>();
        self.takes_as("multipart/form-data", &schema)
    }

    /// It needs this header.
    pub(super) fn header(mut self, name: &str, says: &str, example: &str) -> Self {
        self.query.push(json!({
            "name": name, "in": "header", "required": true, "description": says,
            "schema": {"type": "string"}, "example": example,
        }));
        self
    }

    /// It knows this header.
    pub(super) fn may_have_header(mut self, name: &str, says: &str) -> Self {
        self.query.push(json!({
            "name": name, "in": "header", "description": says, "schema": {"type": "string"},
        }));
        self
    }

    /// It answers with a file.
    pub(super) fn gives_bytes(mut self, status: u16, says: &'static str) -> Self {
        self.bytes.push((status, says));
        self
    }

    /// It answers without a body.
    pub(super) fn gives_head(mut self, status: u16, says: &'static str) -> Self {
        self.answers.push((status, says, None));
        self
    }

    /// It answers with this.
    pub(super) fn gives<T: ToSchema>(mut self, status: u16, says: &'static str) -> Self {
        let schema = self.schema::<T>();
        self.answers.push((status, says, Some(schema)));
        self
    }

    /// It answers 204.
    pub(super) fn gives_nothing(mut self, says: &'static str) -> Self {
        self.answers.push((204, says, None));
        self
    }

    /// It may be refused for these reasons.
    pub(super) fn refuses(mut self, codes: &[&'static str]) -> Self {
        self.refusals.extend(codes);
        self
    }

    fn schema<T: ToSchema>(&mut self) -> Value {
        let mut found = vec![(T::name().into_owned(), T::schema())];
        T::schemas(&mut found);
        for (name, schema) in found {
            self.schemas
                .push((name, serde_json::to_value(schema).unwrap_or_default()));
        }
        json!({"$ref": format!("#/components/schemas/{}", T::name())})
    }

    fn describe(mut self, schemas: &mut BTreeMap<String, Value>) -> Value {
        self.refusals.extend(ALWAYS);
        let mut answers = Map::new();
        for (status, says, schema) in &self.answers {
            let mut answer = json!({"description": says});
            if let Some(schema) = schema {
                answer["content"] = json!({"application/json": {"schema": schema}});
            }
            answers.insert(status.to_string(), answer);
        }
        for (status, says) in &self.bytes {
            let bytes = json!({"*/*": {"schema": {"type": "string", "format": "binary"}}});
            let answer = json!({"description": says, "content": bytes});
            answers.insert(status.to_string(), answer);
        }
        let mut by_status = BTreeMap::<u16, Vec<String>>::new();
        for code in &self.refusals {
            let codes = by_status.entry(status_of(code)).or_default();
            let code = format!("`{code}`");
            if !codes.contains(&code) {
                codes.push(code);
            }
        }
        let error = self.schema::<ErrorAnswer>();
        for (status, codes) in by_status {
            answers.insert(
                status.to_string(),
                json!({
                    "description": codes.join(", "),
                    "content": {"application/json": {"schema": error}},
                }),
            );
        }
        schemas.extend(std::mem::take(&mut self.schemas));
        let mut described = json!({
            "operationId": self.name,
            "summary": self.summary,
            "tags": [self.path.split('/').nth(2).unwrap_or_default()],
            "responses": answers,
        });
        let mut parameters = path_parameters(self.path);
        parameters.append(&mut self.query);
        if !parameters.is_empty() {
            described["parameters"] = parameters.into();
        }
        if let Some(body) = self.body {
            described["requestBody"] = body;
        }
        if self.open {
            described["security"] = json!([]);
        }
        described
    }
}

fn path_parameters(path: &str) -> Vec<Value> {
    let names = path
        .split('/')
        .filter_map(|p| p.strip_prefix('{')?.strip_suffix('}'));
    names
        .map(|name| {
            json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}})
        })
        .collect()
}

/// The status that goes with a code; the same for every address.
fn status_of(code: &str) -> u16 {
    match code {
        "unauthorized" | "invalid_credentials" => 401,
        "forbidden" | "origin_refused" | "registration_closed" | "house_full" => 403,
        "not_found" => 404,
        "request_timeout" | "broken_off" => 408,
        "username_taken" | "conflict" | "wrong_offset" => 409,
        "setup_done" | "invite_invalid" | "reset_invalid" | "handoff_invalid" => 410,
        "other_version" => 412,
        "payload_too_large" | "file_too_large" => 413,
        "unsupported_media_type" => 415,
        "range_not_satisfiable" => 416,
        "picture_refused" => 422,
        "upload_busy" => 423,
        "rate_limited" | "registration_busy" => 429,
        "checksum_mismatch" => 460,
        "internal" => 500,
        "server_busy" => 503,
        "storage_full" | "quota_exceeded" => 507,
        _ => 400,
    }
}

pub(super) fn document() -> Value {
    let mut paths = Map::new();
    let mut schemas = BTreeMap::new();
    for operation in operations::all() {
        let (path, method) = (
            operation.path,
            operation.method.as_str().to_ascii_lowercase(),
        );
        let described = operation.describe(&mut schemas);
        paths.entry(path).or_insert_with(|| json!({}))[method] = described;
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Inkspot",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Private, real-time messaging in one binary. Ids and cursors are opaque \
                strings, times are ISO 8601 in UTC. What a caller may not see answers as if it did \
                not exist. Realtime events go over Socket.IO at /api/socketio.",
        },
        "servers": [{"url": "/"}],
        "security": [{"bearer": []}, {"cookie": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "cookie": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": crate::protocol::credentials::SESSION_COOKIE,
                    "description": "For browsers. Requests that change something must carry an \
                        Origin or Sec-Fetch-Site header that names this server.",
                },
            },
        },
    })
}
