//! `inkspot doctor`: what may be wrong around a server, asked of the running one where it runs.

use std::fmt::Write;

use anyhow::Context;

use super::command::Command;
use super::{control, print};
use crate::base::clock::Clock;
use crate::config::Config;
use crate::doctor::{Check, Doctor, State, examine_from_outside};

/// Where a line that belongs to the one above begins.
const INDENT: &str = "      ";

/// Looks, tells, and gives 0 when all is well, 1 when something should be looked at, 2 when
/// something does not work.
pub(super) fn run(config: &Config, url: Option<&str>, json: bool) -> anyhow::Result<u8> {
    let clock = Clock::system();
    let answer = control::ask(&config.server.data, &Command::Examine)?;
    let running = answer.as_deref().map(serde_json::from_str::<Vec<Check>>);
    let running = running
        .transpose()
        .context("the running server answered something else")?;
    let found = super::serve::runtime()?.block_on(async {
        let now = clock.now();
        let mut found = match running {
            Some(found) => found,
            None => Doctor::of_stopped(config.clone(), clock).examine().await,
        };
        if let Some(url) = url {
            found.extend(examine_from_outside(url, config, now).await);
        }
        found
    });
    if json {
        print((serde_json::to_string_pretty(&found)? + "\n").as_bytes())?;
    } else {
        print(report(&found).as_bytes())?;
    }
    let worst = found.iter().map(|check| check.state).max();
    Ok(match worst {
        None | Some(State::Ok) => 0,
        Some(State::Warn) => 1,
        Some(State::Fail) => 2,
    })
}

fn report(found: &[Check]) -> String {
    let mut text = String::new();
    for check in found {
        let state = match check.state {
            State::Ok => "ok",
            State::Warn => "warn",
            State::Fail => "FAIL",
        };
        // Writing to a string can't fail.
        let _ = writeln!(text, "{state:4}  {}: {}", check.title, check.detail);
        if let Some(remedy) = &check.remedy {
            let _ = writeln!(text, "{INDENT}→ {remedy}");
        }
    }
    let wrong = |state| found.iter().filter(|check| check.state == state).count();
    let (warnings, failures) = (wrong(State::Warn), wrong(State::Fail));
    let _ = match (failures, warnings) {
        (0, 0) => writeln!(text, "\nAll is well."),
        (0, some) => writeln!(
            text,
            "\nIt works; {some} of {} should be looked at.",
            found.len()
        ),
        (some, _) => writeln!(text, "\n{some} of {} do not work.", found.len()),
    };
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_says_what_was_seen_and_what_to_do() {
        let check = |state, remedy: Option<&str>| Check {
            id: "x".to_owned(),
            state,
            title: "Thing".to_owned(),
            code: "x-so".to_owned(),
            facts: serde_json::Map::new(),
            detail: "It is so.".to_owned(),
            remedy: remedy.map(str::to_owned),
        };
        let found = [check(State::Ok, None), check(State::Fail, Some("Do this."))];
        assert_eq!(
            report(&found),
            "ok    Thing: It is so.\nFAIL  Thing: It is so.\n      → Do this.\n\n1 of 2 do not work.\n"
        );
        assert!(report(&found[..1]).ends_with("All is well.\n"));
    }
}
