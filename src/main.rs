//! The `inkspot` program.

fn main() -> std::process::ExitCode {
    inkspot::cli::main()
}
