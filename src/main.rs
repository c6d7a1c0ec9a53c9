//! The `inkspot` program.
fn main() {}
