//! Copies the crate, with the mistakes.

fn main() {
    tenure_mutants::copy("session");
}
