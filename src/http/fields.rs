//! Request bodies as fields: JSON objects read so that every refusal names the field.
//!
//! No I/O here (that is `body`) and no rules about values (those are the service's).

use std::fmt;

use serde::Deserialize;
use serde::de::value::MapDeserializer;
use serde::de::{DeserializeOwned, Deserializer, IntoDeserializer, MapAccess, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::Value;

/// Longest piece of a client's own text that an error message repeats, in characters.
const QUOTED: usize = 120;

/// Why a body could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum BadFields {
    /// Not JSON, not an object, a name given twice, or nested deeper than 128.
    #[error("The request body is not a JSON object that can be read: {0}.")]
    Json(String),
    /// A required field is missing.
    #[error("“{0}” is missing. Add it to the request body.")]
    Missing(&'static str),
    /// A field holds something of another kind.
    #[error("“{field}” can't be used: {found}.")]
    Kind {
        /// Which.
        field: String,
        /// What was found and what was expected.
        found: String,
    },
}

impl BadFields {
    /// The field to blame, if it is one.
    pub(super) fn field(&self) -> Option<&str> {
        match self {
            Self::Json(_) => None,
            Self::Missing(field) => Some(field),
            Self::Kind { field, .. } => Some(field),
        }
    }
}

impl serde::de::Error for BadFields {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::Json(shorten(&message.to_string()))
    }

    fn missing_field(field: &'static str) -> Self {
        Self::Missing(field)
    }
}

/// Reads the fields that `T` knows and ignores all others. `null` stands for a missing field.
pub(super) fn read<T: DeserializeOwned>(json: &[u8]) -> Result<T, BadFields> {
    let Object(fields) = serde_json::from_slice(json).map_err(serde::de::Error::custom)?;
    let known = fields.into_iter().filter(|(_, value)| !value.is_null());
    T::deserialize(MapDeserializer::new(known.map(|(name, value)| {
        let field = Field {
            name: name.clone(),
            value,
        };
        (name, field)
    })))
}

fn shorten(text: &str) -> String {
    let mut short: String = text.chars().take(QUOTED).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

/// A JSON object in which no name is given twice: two readers of the same text must never
/// disagree about what it says.
struct Object(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = serde_json::Map<String, Value>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields = serde_json::Map::new();
                while let Some(name) = map.next_key::<String>()? {
                    if fields.contains_key(&name) {
                        let twice = format!("“{name}” is given twice");
                        return Err(serde::de::Error::custom(twice));
                    }
                    fields.insert(name, map.next_value()?);
                }
                Ok(fields)
            }
        }
        let fields = deserializer.deserialize_map(Fields)?;
        Ok(Self(fields.into_iter().collect()))
    }
}

/// A value that knows its name, so that what goes wrong with it can say so.
struct Field {
    name: String,
    value: Value,
}

impl Field {
    fn with<T>(self, read: impl FnOnce(Value) -> serde_json::Result<T>) -> Result<T, BadFields> {
        let field = self.name;
        read(self.value).map_err(|error| BadFields::Kind {
            field,
            found: shorten(&error.to_string()),
        })
    }
}

impl IntoDeserializer<'_, BadFields> for Field {
    type Deserializer = Self;
    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Field {
    type Error = BadFields;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, BadFields> {
        self.with(|value| value.deserialize_any(visitor))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, BadFields> {
        self.with(|value| value.deserialize_option(visitor))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, BadFields> {
        self.with(|value| value.deserialize_enum(name, variants, visitor))
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, BadFields> {
        self.with(|value| value.deserialize_newtype_struct(name, visitor))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        unit unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Asked {
        user_name: String,
        hours: Option<u32>,
        #[serde(default)]
        names: Vec<String>,
    }

    #[test]
    fn known_fields_are_read_and_others_ignored() {
        let json = br#"{"userName":"ada","hours":null,"names":["b"],"role":"admin","x":{"y":[]}}"#;
        let asked = Asked {
            user_name: "ada".into(),
            hours: None,
            names: vec!["b".into()],
        };
        assert_eq!(read(json), Ok(asked));
    }

    #[track_caller]
    fn check(json: &str, field: Option<&str>, says: &str) {
        let error = read::<Asked>(json.as_bytes()).unwrap_err();
        assert_eq!(error.field(), field, "{error}");
        assert!(error.to_string().contains(says), "{error}");
        assert!(error.to_string().chars().count() < 300, "{error}");
    }

    #[test]
    fn a_refusal_names_the_field_and_what_is_wrong() {
        check("{}", Some("userName"), "missing");
        check(r#"{"userName":null}"#, Some("userName"), "missing");
        check(r#"{"userName":5}"#, Some("userName"), "expected a string");
        check(
            r#"{"userName":"a","hours":"x"}"#,
            Some("hours"),
            "expected u32",
        );
        check(
            r#"{"userName":"a","hours":-1}"#,
            Some("hours"),
            "expected u32",
        );
        check(
            r#"{"userName":"a","names":[1]}"#,
            Some("names"),
            "expected a string",
        );
        check(
            &format!(r#"{{"userName":"a","hours":"{}"}}"#, "x".repeat(5000)),
            Some("hours"),
            "…",
        );
    }

    #[test]
    fn what_two_readers_could_take_differently_is_refused() {
        check(r#"{"userName":"a","userName":"b"}"#, None, "twice");
        check(r#"{"userName":"a","\u0075serName":"b"}"#, None, "twice");
        check("", None, "not a JSON object");
        check("[]", None, "expected an object");
        check(r#"{"userName":"a"} x"#, None, "trailing");
        check(r#"{"userName":"\ud800"}"#, None, "hex escape");
        check(r#"{"userName":"a","hours":1e400}"#, None, "out of range");
        check(
            &format!(r#"{{"x":{}"#, "[".repeat(100_000)),
            None,
            "recursion",
        );
    }
}
