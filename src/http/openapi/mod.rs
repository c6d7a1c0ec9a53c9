//! The description of the API that the server gives of itself: `OpenAPI` 3.1, as JSON.
//!
//! It is put together by a test, from what stands beside this, and kept as `docs/openapi.json`; the
//! program carries that file, packed, since the code that makes it weighs 600 KB.

#[cfg(test)]
mod describe;
#[cfg(test)]
mod of_admin;
#[cfg(test)]
mod of_devices;
#[cfg(test)]
mod of_files;
#[cfg(test)]
mod of_search;
#[cfg(test)]
mod operations;

use std::io::Read;
use std::sync::OnceLock;

use bytes::Bytes;
use flate2::read::GzDecoder;

use super::answer::{self, Answer};
use super::call::Call;

static PACKED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/openapi.json.gz"));

/// How the file says where the API stands, once.
const AT_THE_ROOT: &str = "\"url\": \"/\"";

/// The description as a door gives it. Everybody may ask for it, so all answers share one text, of 350 KB.
#[derive(Default)]
pub(super) struct Description(OnceLock<Bytes>);

impl Description {
    /// The addresses of the API stand below the path under which a proxy shows this server, which is the same
    /// each time.
    fn below(&self, prefix: &str) -> Bytes {
        self.0.get_or_init(|| unpack(prefix)).clone()
    }
}

pub(super) async fn show(call: Call) -> Answer {
    answer::json_text(call.description().below(&call.settings().path_prefix))
}

fn unpack(prefix: &str) -> Bytes {
    let mut text = String::new();
    // It was packed when the program was built, and a test unpacks it.
    let unpacked = GzDecoder::new(PACKED).read_to_string(&mut text);
    debug_assert!(unpacked.is_ok());
    if !prefix.is_empty() {
        // The settings allow nothing in a prefix that JSON would have to escape.
        text = text.replacen(AT_THE_ROOT, &format!("\"url\": \"{prefix}\""), 1);
    }
    text.into()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use serde_json::Value;

    use super::describe::document;
    use super::{AT_THE_ROOT, Description};
    use crate::http::addresses;

    #[test]
    fn the_file_is_what_the_code_says() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/openapi.json");
        let described = serde_json::to_string_pretty(&document()).unwrap() + "\n";
        if std::env::var_os("UPDATE_OPENAPI").is_some() {
            fs::write(&path, &described).unwrap();
        }
        let committed = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            committed == described,
            "docs/openapi.json is old: run `UPDATE_OPENAPI=1 cargo test --lib openapi` and commit it"
        );
        assert_eq!(committed.matches(AT_THE_ROOT).count(), 1);
    }

    #[test]
    fn all_who_ask_share_one_text_that_names_the_path() {
        let description = Description::default();
        let [one, other] = [(); 2].map(|()| description.below("/chat"));
        assert_eq!(one.as_ptr(), other.as_ptr());
        let document: Value = serde_json::from_slice(&one).unwrap();
        assert_eq!(document["servers"][0]["url"], "/chat");
    }

    #[test]
    fn every_address_is_described_and_nothing_else() {
        let routed: BTreeSet<_> = addresses()
            .into_iter()
            .map(|(m, p)| (p.to_owned(), m.to_string()))
            .collect();
        let document = document();
        let mut described = BTreeSet::new();
        for (path, methods) in document["paths"].as_object().unwrap() {
            for method in methods.as_object().unwrap().keys() {
                described.insert((path.clone(), method.to_ascii_uppercase()));
            }
        }
        assert_eq!(routed, described);
    }

    #[test]
    fn no_reference_leads_nowhere() {
        fn references(value: &Value, into: &mut BTreeSet<String>) {
            match value {
                Value::Object(fields) => {
                    into.extend(
                        fields
                            .get("$ref")
                            .and_then(Value::as_str)
                            .map(str::to_owned),
                    );
                    fields.values().for_each(|value| references(value, into));
                }
                Value::Array(items) => items.iter().for_each(|value| references(value, into)),
                _ => {}
            }
        }
        let document = document();
        let mut found = BTreeSet::new();
        references(&document, &mut found);
        assert!(found.len() > 20, "{found:?}");
        for reference in found {
            let pointer = reference.strip_prefix('#').unwrap();
            assert!(document.pointer(pointer).is_some(), "{reference}");
        }
    }

    #[test]
    fn every_operation_has_a_name_of_its_own_and_documents_success_and_refusals() {
        let document = document();
        let mut names = BTreeSet::new();
        for methods in document["paths"].as_object().unwrap().values() {
            for operation in methods.as_object().unwrap().values() {
                let name = operation["operationId"].as_str().unwrap();
                assert!(names.insert(name.to_owned()), "{name}");
                let answers = operation["responses"].as_object().unwrap();
                assert!(
                    answers.keys().any(|status| status.starts_with('2')),
                    "{name}"
                );
                assert!(
                    answers.contains_key("429") && answers.contains_key("500"),
                    "{name}"
                );
                let open = operation.get("security").is_some();
                assert_eq!(
                    answers.contains_key("401"),
                    !open || name == "signIn",
                    "{name}"
                );
            }
        }
    }
}
