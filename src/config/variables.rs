//! `INKSPOT_*` variables that set nothing: they are ignored, and somebody should hear of it.

use std::ffi::OsString;
use std::fmt;

use clap::{Args, Command};

use super::Overrides;

const OURS: &str = "INKSPOT_";

/// A variable that is named as ours are and is none of them.
#[derive(Debug, PartialEq, Eq)]
pub struct UnknownVariable {
    /// Its name.
    pub name: String,
    /// The one that is probably meant.
    pub nearest: Option<String>,
}

impl fmt::Display for UnknownVariable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the unknown variable {} is ignored; ", self.name)?;
        match &self.nearest {
            Some(nearest) => write!(f, "did you mean {nearest}?"),
            None => write!(f, "see `inkspot serve --help`"),
        }
    }
}

/// Those among these names of variables. They are not refused: where many programs share an environment,
/// as containers do, others may put some there.
pub fn unknown_variables(names: impl IntoIterator<Item = OsString>) -> Vec<UnknownVariable> {
    let command = Overrides::augment_args(Command::new(""));
    let known = command.get_arguments().filter_map(|flag| {
        let variable = flag.get_env()?.to_str()?.strip_prefix(OURS)?;
        Some((
            variable,
            flag.get_long()?.to_ascii_uppercase().replace('-', "_"),
        ))
    });
    let known: Vec<(&str, String)> = known.collect();
    let unknown = names.into_iter().filter_map(|name| {
        let name = name.into_string().ok()?;
        let own = name.strip_prefix(OURS)?;
        if known.iter().any(|(variable, _)| *variable == own) {
            return None;
        }
        let nearest = nearest(own, &known).map(|near| format!("{OURS}{near}"));
        Some(UnknownVariable { name, nearest })
    });
    unknown.collect()
}

/// The variable of the flag that is called like this; else the one that has a part less, as `LISTEN` for
/// `SERVER_LISTEN`; else the most alike.
fn nearest<'a>(own: &str, known: &[(&'a str, String)]) -> Option<&'a str> {
    let of_flag = known.iter().find(|(_, flag)| flag == own);
    if let Some((variable, _)) = of_flag {
        return Some(variable);
    }
    let names = || known.iter().map(|(variable, _)| *variable);
    let is_end = |name: &&str| {
        own.strip_suffix(name)
            .is_some_and(|rest| rest.ends_with('_'))
    };
    names()
        .filter(is_end)
        .max_by_key(|name| name.len())
        .or_else(|| {
            let alike = names().map(|name| (strsim::jaro_winkler(own, name), name));
            let (score, name) = alike.max_by(|one, other| one.0.total_cmp(&other.0))?;
            (score >= 0.85).then_some(name)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_that_sets_nothing_is_told_with_the_one_that_would() {
        let told = |name: &str| unknown_variables([name.into()]).pop();
        for (name, nearest) in [
            ("INKSPOT_SERVER_HOSTNAMES", Some("INKSPOT_HOSTNAMES")),
            ("INKSPOT_SERVER_PLAIN_LISTEN", Some("INKSPOT_PLAIN_LISTEN")),
            ("INKSPOT_PUBLC_URL", Some("INKSPOT_PUBLIC_URL")),
            ("INKSPOT_TLS", Some("INKSPOT_TLS_MODE")),
            ("INKSPOT_DEBUG", Some("INKSPOT_LOG_DEBUG")),
            ("INKSPOT_SERVICE_HOST", None),
        ] {
            let found = told(name).unwrap();
            assert_eq!(
                (found.name.as_str(), found.nearest.as_deref()),
                (name, nearest)
            );
        }
        for fine in [
            "INKSPOT_LISTEN",
            "INKSPOT_TLS_MODE",
            "PATH",
            "_INKSPOT_BEGUN",
        ] {
            assert_eq!(told(fine), None, "{fine}");
        }
    }
}
