//! How a topic is written down: the struct, its defaults and the words of the example file come
//! from the same lines, so they can't drift apart.

use serde::Serialize;

/// One setting as the example file shows it.
pub(super) struct Setting {
    pub key: &'static str,
    /// The lines of its doc comment, each with its leading space.
    pub doc: &'static [&'static str],
    /// Its default as TOML, or a typical value when it has none.
    pub value: String,
    /// Whether `value` is the default.
    pub is_default: bool,
}

impl Setting {
    pub fn new(
        key: &'static str,
        doc: &'static [&'static str],
        default: impl Serialize,
        typical: Option<&'static str>,
    ) -> Self {
        let default = toml::Value::try_from(default).ok();
        let is_default = default.is_some();
        let value = match default {
            Some(value) => value.to_string(),
            None => typical.unwrap_or("\"\"").to_owned(),
        };
        Self {
            key,
            doc,
            value,
            is_default,
        }
    }
}

/// Declares a topic:
///
/// ```text
/// topic! {
///     /// What the topic is about.
///     pub struct Log in "log" {
///         /// What the setting does.
///         pub level: LogLevel = LogLevel::Info,
///         /// A setting without a default, with a typical value for the example.
///         pub file: Option<PathBuf> = None, like "\"inkspot.log\"",
///     }
/// }
/// ```
macro_rules! topic {
    (
        $(#[doc = $head:literal])+
        pub struct $name:ident in $section:literal {
            $(
                $(#[doc = $doc:literal])+
                pub $key:ident: $type:ty = $default:expr, $(like $typical:literal,)?
            )+
        }
    ) => {
        $(#[doc = $head])+
        #[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct $name {
            $($(#[doc = $doc])+ pub $key: $type,)+
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $($key: $default,)+ }
            }
        }

        impl $name {
            pub(super) const SECTION: &'static str = $section;
            pub(super) const HEAD: &'static [&'static str] = &[$($head),+];

            /// The settings as they are, each as `topic.key`, in order. What is not set has no value.
            pub(super) fn values(&self) -> Vec<(String, Option<toml::Value>)> {
                vec![$((
                    concat!($section, ".", stringify!($key)).to_owned(),
                    toml::Value::try_from(&self.$key).ok(),
                )),+]
            }

            /// The settings with their words and defaults, in order.
            pub(super) fn settings() -> Vec<$crate::config::topic::Setting> {
                let default = Self::default();
                vec![$({
                    #[allow(unused_mut, unused_assignments, reason = "only some have a typical value")]
                    let mut typical = None;
                    $(typical = Some($typical);)?
                    $crate::config::topic::Setting::new(
                        stringify!($key), &[$($doc),+], &default.$key, typical,
                    )
                }),+]
            }
        }
    };
}
pub(super) use topic;
