//! Copies the core, with the mistakes.

fn main() {
    tenure_mutants::copy("core");
}
