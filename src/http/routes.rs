//! Every address of the API on one screen, and how a request finds its own.
//!
//! What an address means is described in `openapi` and done in the file named after its subject.

use std::future::Future;
use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use http::Method;
use http::header::{ALLOW, HeaderValue};
use warp::reply::Response;

use super::answer::Answer;
use super::call::{Call, Request};
use super::error::Failure;
use super::{
    Door, admin, attachments, auth, avatars, backups, confirm, conversations, files, handoffs,
    health, invites, members, messages, openapi, own, resets, search, setup, uploads, users,
};

/// All addresses of the API. `{name}` stands for one piece of a path.
#[rustfmt::skip]
pub(super) fn table() -> Vec<Route> {
    vec![
        get("/api/health", health::show),
        get("/api/openapi.json", openapi::show),

        get("/api/setup", setup::show),
        post("/api/setup", setup::finish),

        post("/api/auth/login", auth::sign_in),
        post("/api/auth/register", invites::register),
        post("/api/auth/logout", auth::sign_out),
        get("/api/auth/session", auth::here),
        get("/api/auth/me", auth::me),
        patch("/api/auth/me", auth::rename),
        post("/api/auth/password", auth::change_password),
        post("/api/auth/confirm", confirm::confirm),
        get("/api/auth/sessions", auth::sessions),
        delete("/api/auth/sessions", auth::end_other_sessions),
        delete("/api/auth/sessions/{id}", auth::end_session),
        post("/api/auth/handoff", handoffs::create),
        delete("/api/auth/handoff", handoffs::cancel),
        get("/api/handoffs/{code}", handoffs::show),
        post("/api/handoffs/{code}", handoffs::accept),

        get("/api/invites", invites::list),
        post("/api/invites", invites::create),
        delete("/api/invites/{id}", invites::revoke),
        get("/api/invites/{code}/preview", invites::preview),
        post("/api/invites/{code}/accept", invites::accept),
        post("/api/invites/{code}/join", invites::join),

        get("/api/users", users::list),
        get("/api/users/{id}", users::show),
        patch("/api/users/{id}", users::change),
        post("/api/users/{id}/password", users::set_password),
        post("/api/users/{id}/reset-link", resets::create),
        delete("/api/users/{id}/sessions", admin::people::end_sessions),
        get("/api/resets/{code}", resets::show),
        post("/api/resets/{code}", resets::finish),

        get("/api/admin/people", admin::people::people),
        put("/api/admin/people/{id}/quota", admin::people::set_quota),
        delete("/api/admin/people/{id}/quota", admin::people::remove_quota),
        delete("/api/admin/sessions", admin::people::end_all_sessions),
        get("/api/admin/groups", admin::groups::list),
        patch("/api/admin/groups/{id}", admin::groups::change),
        delete("/api/admin/groups/{id}", admin::groups::delete),
        get("/api/admin/groups/{id}/members", admin::groups::members),
        put("/api/admin/groups/{id}/owner", admin::groups::give_owner),
        get("/api/admin/house", admin::house::show),
        patch("/api/admin/house", admin::house::change),
        get("/api/admin/storage", admin::storage::show),
        get("/api/admin/health", admin::health::show),
        post("/api/admin/compaction", admin::storage::compact),
        get("/api/admin/metrics", admin::health::metrics),
        get("/api/admin/backups", backups::list),
        post("/api/admin/backups", backups::make),
        get("/api/admin/backups/{name}", backups::fetch),

        get("/api/conversations", conversations::list),
        post("/api/conversations", conversations::create),
        get("/api/conversations/{id}", conversations::show),
        patch("/api/conversations/{id}", conversations::rename),
        get("/api/conversations/{id}/members", members::list),
        post("/api/conversations/{id}/members", members::add),
        patch("/api/conversations/{id}/members/{userId}", members::change),
        delete("/api/conversations/{id}/members/{userId}", members::remove),

        get("/api/conversations/{id}/messages", messages::list),
        post("/api/conversations/{id}/read", messages::mark_read),
        post("/api/conversations/{id}/unread", own::mark_unread),
        patch("/api/conversations/{id}/settings", own::change_settings),
        put("/api/conversations/{id}/draft", own::set_draft),
        get("/api/drafts", own::drafts),
        post("/api/messages/realtime", messages::send),
        patch("/api/messages/{id}", messages::edit),
        delete("/api/messages/{id}", messages::delete),
        get("/api/messages/{id}/history", messages::history),

        options("/api/uploads", uploads::options),
        post("/api/uploads", uploads::create),
        options("/api/uploads/{id}", uploads::options),
        get("/api/uploads/{id}", uploads::show),
        patch("/api/uploads/{id}", uploads::append),
        delete("/api/uploads/{id}", uploads::terminate),
        post("/api/uploads/{id}", uploads::overridden),
        post("/api/attachments", attachments::create),

        get("/api/files/{id}", files::show),
        delete("/api/files/{id}", files::remove),
        get("/api/files/{id}/{name}", files::show),
        get("/api/files/{id}/thumbnails/{side}", files::thumbnail),
        get("/api/conversations/{id}/files", files::list),
        get("/api/auth/usage", files::usage),

        get("/api/search", search::messages),
        get("/api/search/people", search::people),
        get("/api/search/conversations", search::conversations),

        put("/api/auth/me/avatar", avatars::set_own),
        delete("/api/auth/me/avatar", avatars::remove_own),
        put("/api/conversations/{id}/avatar", avatars::set_of_group),
        delete("/api/conversations/{id}/avatar", avatars::remove_of_group),
        get("/api/avatars/users/{id}/{version}", avatars::of_user),
        get("/api/avatars/conversations/{id}/{version}", avatars::of_group),
    ]
}

type Handler = Box<dyn Fn(Call) -> BoxFuture<'static, Answer> + Send + Sync>;

/// One address, one method, and who answers there.
pub(super) struct Route {
    pub(super) method: Method,
    pub(super) pattern: &'static str,
    handler: Handler,
}

fn route<F, A>(method: Method, pattern: &'static str, handler: F) -> Route
where
    F: Fn(Call) -> A + Send + Sync + 'static,
    A: Future<Output = Answer> + Send + 'static,
{
    let handler: Handler = Box::new(move |call| handler(call).boxed());
    Route {
        method,
        pattern,
        handler,
    }
}

macro_rules! verbs {
    ($($name:ident $method:ident),*) => {$(
        fn $name<F, A>(pattern: &'static str, handler: F) -> Route
        where
            F: Fn(Call) -> A + Send + Sync + 'static,
            A: Future<Output = Answer> + Send + 'static,
        {
            route(Method::$method, pattern, handler)
        }
    )*};
}

verbs!(get GET, post POST, put PUT, patch PATCH, delete DELETE, options OPTIONS);

/// Finds the route of a request and lets it answer.
pub(super) async fn answer(routes: &[Route], door: Arc<Door>, request: Request) -> Response {
    // Asking for the head of an answer is asking for the answer; who asked gets the head only.
    let head = request.method == Method::HEAD;
    let method = if head {
        Method::GET
    } else {
        request.method.clone()
    };
    let mut allowed: Vec<&'static str> = Vec::new();
    // The first pattern that takes the path is the only one: a name in a path is nobody's id.
    let mut found = None;
    for route in routes {
        if found.is_some_and(|found| found != route.pattern) {
            continue;
        }
        let Some(params) = matches(route.pattern, &request.path) else {
            continue;
        };
        found = Some(route.pattern);
        if route.method == method {
            return match (route.handler)(Call::new(door, request, params)).await {
                Ok(response) => response,
                Err(failure) => failure.into_response(),
            };
        }
        allowed.extend(names(&route.method));
    }
    if allowed.is_empty() {
        return Failure::not_found().into_response();
    }
    let mut refusal = Failure::method_not_allowed().into_response();
    if let Ok(allowed) = HeaderValue::from_str(&allowed.join(", ")) {
        refusal.headers_mut().insert(ALLOW, allowed);
    }
    refusal
}

fn names(method: &Method) -> &'static [&'static str] {
    match *method {
        Method::GET => &["GET", "HEAD"],
        Method::POST => &["POST"],
        Method::PUT => &["PUT"],
        Method::PATCH => &["PATCH"],
        Method::DELETE => &["DELETE"],
        Method::OPTIONS => &["OPTIONS"],
        _ => &[],
    }
}

/// What the pattern's names stand for in `path`, if it is of this pattern.
fn matches(pattern: &'static str, path: &str) -> Option<Vec<(&'static str, String)>> {
    let mut params = Vec::new();
    let mut pieces = path.split('/');
    for expected in pattern.split('/') {
        let piece = pieces.next()?;
        match expected
            .strip_prefix('{')
            .and_then(|name| name.strip_suffix('}'))
        {
            Some(_) if piece.is_empty() => return None,
            Some(name) => params.push((name, piece.to_owned())),
            None if expected != piece => return None,
            None => {}
        }
    }
    pieces.next().is_none().then_some(params)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_takes_whole_pieces_and_nothing_else() {
        let pattern = "/api/users/{id}/password";
        assert_eq!(
            matches(pattern, "/api/users/7/password"),
            Some(vec![("id", "7".into())])
        );
        for other in [
            "/api/users//password",
            "/api/users/7",
            "/api/users/7/password/",
            "/api/users/7/8/password",
            "/API/users/7/password",
            "//api/users/7/password",
            "/api/users/7/passwor%64",
        ] {
            assert_eq!(matches(pattern, other), None, "{other}");
        }
    }

    #[test]
    fn no_two_routes_are_the_same() {
        let mut all: Vec<_> = table()
            .iter()
            .map(|r| (r.pattern, r.method.to_string()))
            .collect();
        let before = all.len();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), before);
    }
}
