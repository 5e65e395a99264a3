//! C++.
#[test]
fn stub() {
    println!("{}", std::env::current_exe().unwrap().display());
}
