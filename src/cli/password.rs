//! Reading a password: from standard input, or from the terminal without showing it.

use std::io::{self, BufRead, IsTerminal, Write};

use anyhow::{Context, bail};
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

use super::args::Secret;

/// More than any password may have, in bytes.
const LONGEST_LINE: u64 = 8 * 1024;

/// The password as typed, without the line's end. Its rules are the service's.
pub(super) fn read(secret: &Secret) -> anyhow::Result<String> {
    let stdin = io::stdin();
    if secret.password_stdin {
        return line(stdin.lock());
    }
    if !stdin.is_terminal() {
        bail!("there is no terminal to ask for the password; use --password-stdin");
    }
    ask_twice("Password: ")
}

/// What is typed, twice the same.
pub(super) fn ask_twice(prompt: &str) -> anyhow::Result<String> {
    if !io::stdin().is_terminal() {
        bail!("there is no terminal to ask at; give a file");
    }
    let first = ask(prompt)?;
    if first != ask("The same again: ")? {
        bail!("the two differ; please try again");
    }
    Ok(first)
}

fn line(from: impl BufRead) -> anyhow::Result<String> {
    let mut line = Vec::new();
    let mut from = from.take(LONGEST_LINE + 1);
    from.read_until(b'\n', &mut line)
        .context("cannot read the password")?;
    if line.len() as u64 > LONGEST_LINE {
        bail!("the password is too long");
    }
    let Ok(mut line) = String::from_utf8(line) else {
        bail!("the password is not valid UTF-8 text");
    };
    if line.ends_with('\n') {
        line.pop();
        if line.ends_with('\r') {
            line.pop();
        }
    }
    if line.is_empty() {
        bail!("the password is empty; write it on the first line of standard input");
    }
    Ok(line)
}

/// What is typed and not shown.
pub(super) fn ask(prompt: &str) -> anyhow::Result<String> {
    let mut err = io::stderr();
    write!(err, "{prompt}").context("cannot write to the terminal")?;
    let typed = {
        let _hidden = Hidden::start().context("cannot hide what is typed")?;
        line(io::stdin().lock())
    };
    // The line feed that was typed was not shown.
    let _ = writeln!(err);
    typed
}

/// The terminal does not show what is typed until this is dropped.
struct Hidden(Termios);

impl Hidden {
    fn start() -> io::Result<Self> {
        let before = tcgetattr(io::stdin())?;
        let mut silent = before.clone();
        silent.local_modes.remove(LocalModes::ECHO);
        tcsetattr(io::stdin(), OptionalActions::Flush, &silent)?;
        Ok(Self(before))
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        let _ = tcsetattr(io::stdin(), OptionalActions::Flush, &self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_is_the_password_spaces_included() {
        for (input, password) in [
            ("secret", "secret"),
            ("secret\n", "secret"),
            ("secret\r\nmore\n", "secret"),
            (" with spaces \n", " with spaces "),
            ("a\rb\n", "a\rb"),
        ] {
            assert_eq!(line(input.as_bytes()).unwrap(), password);
        }
        let longest = "x".repeat(8 * 1024);
        assert_eq!(line(longest.as_bytes()).unwrap(), longest);
    }

    #[test]
    fn what_is_no_password_is_refused() {
        let too_long = [b'x'; 8 * 1024 + 1];
        for input in [&b""[..], b"\n", b"\r\n", b"\xff\n", &too_long] {
            assert!(line(input).is_err(), "{input:?}");
        }
    }
}
