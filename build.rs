//! Link facts only; it writes nothing into the source tree.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    // The ABI has a version of its own; 0 until the C header is there to promise anything.
    println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,libtenure.so.0");
}
