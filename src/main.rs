//! The `inkspot` program.

fn main() {
    print!("{}", inkspot::config::example());
}
