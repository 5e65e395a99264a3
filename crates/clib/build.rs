//! Link facts only; it writes nothing into the source tree.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    // The number of the ABI, which src/capi/version.rs has too; a test compares them.
    println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,libtenure.so.1");
    // Its threads would be left without their code.
    println!("cargo:rustc-cdylib-link-arg=-Wl,-z,nodelete");
}
