//! `make install` into a folder of the test's own, and programs that find all they need there.

use super::api::root;
use super::built::{Under, archive, has, is_long, run, say_or_fail, scratch, shared, soname};
use super::examples::check_steps;
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use tenure_field::{built_tool, built_undertaker};

/// One of our scripts, with the files that were built for this test.
fn script(name: &str) -> Command {
    let mut script = Command::new(root().join("scripts").join(name));
    script
        .env("TENURE_SO", shared())
        .env("TENURE_A", archive())
        .env("TENURE_BIN", built_tool())
        .env("TENURE_UNDERTAKER", built_undertaker());
    script
}

fn install(prefix: &Path, destination: &str, args: &[&str]) {
    say_or_fail(
        script("install")
            .args(args)
            .env("PREFIX", prefix)
            .env("DESTDIR", destination),
    );
}

/// An empty folder.
fn fresh(name: &str) -> PathBuf {
    let folder = scratch(name);
    fs::remove_dir_all(&folder).unwrap();
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn files(under: &Path) -> BTreeSet<String> {
    fn walk(folder: &Path, base: &Path, found: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.is_symlink() {
                walk(&path, base, found);
            } else {
                found.insert(path.strip_prefix(base).unwrap().display().to_string());
            }
        }
    }
    let mut found = BTreeSet::new();
    walk(under, under, &mut found);
    found
}

/// The program of README's section "From C".
fn of_the_readme() -> &'static Path {
    static SOURCE: OnceLock<PathBuf> = OnceLock::new();
    SOURCE.get_or_init(|| {
        let text = fs::read_to_string(root().join("README.md")).unwrap();
        let code = text.split("```c\n").nth(1);
        let code = code.expect("README has no program in C");
        let code = code.split("```").next().unwrap();
        let source = scratch("readme").join("leader.c");
        fs::write(&source, code).unwrap();
        source
    })
}

fn pkg_config(prefix: &Path, args: &[&str]) -> Vec<String> {
    let said = say_or_fail(
        Command::new("pkg-config")
            .args(args)
            .arg("tenure")
            .env("PKG_CONFIG_PATH", prefix.join("lib/pkgconfig")),
    );
    // A backslash precedes a space in a name.
    let said = said.replace("\\ ", "\0");
    let words = said.split_whitespace();
    words.map(|word| word.replace('\0', " ")).collect()
}

fn check_run(program: &Path, url: &str) {
    check_steps(&run(program, &[url], Under::Nothing));
}

fn needs_the_shared_library(program: &Path) -> bool {
    let said = say_or_fail(
        Command::new("readelf")
            .args(["--dynamic", "--wide"])
            .arg(program),
    );
    said.contains(&format!("[{}]", soname()))
}

#[test]
fn what_is_installed_builds_programs_by_pkg_config() {
    let prefix = fresh("install/pkg-config");
    install(&prefix, "", &[]);
    let source = of_the_readme();
    let library = prefix.join("lib");
    let version = pkg_config(&prefix, &["--modversion"]);
    assert_eq!(version, [env!("CARGO_PKG_VERSION")]);

    let dynamic = prefix.join("dynamic");
    say_or_fail(
        Command::new("cc")
            .arg(source)
            .args(pkg_config(&prefix, &["--cflags", "--libs"]))
            .arg(format!("-Wl,-rpath,{}", library.display()))
            .arg("-o")
            .arg(&dynamic),
    );
    assert!(needs_the_shared_library(&dynamic));
    check_run(&dynamic, "memory://pkg-config/group");

    // A linker that has both takes the shared library, so the test names the archive's file.
    let fixed = prefix.join("static");
    let words = pkg_config(&prefix, &["--static", "--cflags", "--libs"]);
    assert!(words.contains(&"-DTENURE_STATIC".to_owned()), "{words:?}");
    let words = words.into_iter().map(|word| match word.as_str() {
        "-ltenure" => "-l:libtenure.a".to_owned(),
        _ => word,
    });
    say_or_fail(
        Command::new("cc")
            .arg(source)
            .args(words)
            .arg("-o")
            .arg(&fixed),
    );
    assert!(!needs_the_shared_library(&fixed));
    check_run(&fixed, "memory://pkg-config-static/group");
}

#[test]
fn what_is_installed_builds_programs_by_cmake() {
    let prefix = fresh("install/cmake");
    install(&prefix, "", &[]);
    // It may be moved: no file in it holds its path.
    let moved = fresh("install/moved").join("to");
    fs::rename(&prefix, &moved).unwrap();
    let project = fresh("install/project");
    fs::copy(of_the_readme(), project.join("leader.c")).unwrap();
    let version = env!("CARGO_PKG_VERSION");
    fs::write(
        project.join("CMakeLists.txt"),
        format!(
            "cmake_minimum_required(VERSION 3.16)\nproject(leader C)\n\
             find_package(tenure {version} REQUIRED)\n\
             add_executable(dynamic leader.c)\ntarget_link_libraries(dynamic tenure::tenure)\n\
             add_executable(static leader.c)\ntarget_link_libraries(static tenure::tenure-static)\n"
        ),
    )
    .unwrap();
    let build = project.join("build");
    say_or_fail(
        Command::new("cmake")
            .arg("-S")
            .arg(&project)
            .arg("-B")
            .arg(&build)
            .arg(format!("-DCMAKE_PREFIX_PATH={}", moved.display())),
    );
    say_or_fail(Command::new("cmake").arg("--build").arg(&build));
    assert!(needs_the_shared_library(&build.join("dynamic")));
    assert!(!needs_the_shared_library(&build.join("static")));
    check_run(&build.join("dynamic"), "memory://cmake/group");
    check_run(&build.join("static"), "memory://cmake-static/group");
}

#[test]
fn a_newer_release_than_what_is_installed_is_not_found() {
    let prefix = fresh("install/version");
    install(&prefix, "", &[]);
    let project = fresh("install/version-project");
    let (major, minor) = (
        env!("CARGO_PKG_VERSION_MAJOR"),
        env!("CARGO_PKG_VERSION_MINOR"),
    );
    let newer: u32 = minor.parse::<u32>().unwrap() + 1;
    fs::write(
        project.join("CMakeLists.txt"),
        format!(
            "cmake_minimum_required(VERSION 3.16)\nproject(newer C)\n\
             find_package(tenure {major}.{newer} QUIET)\nif(tenure_FOUND)\n  \
             message(FATAL_ERROR \"found\")\nendif()\n\
             find_package(tenure {major}.{minor} REQUIRED)\n"
        ),
    )
    .unwrap();
    say_or_fail(
        Command::new("cmake")
            .arg("-S")
            .arg(&project)
            .arg("-B")
            .arg(project.join("build"))
            .arg(format!("-DCMAKE_PREFIX_PATH={}", prefix.display())),
    );
}

#[test]
fn all_goes_below_destdir_and_is_taken_away_again() {
    let destination = fresh("install/destination");
    let prefix = Path::new("/opt/tenure");
    install(prefix, destination.to_str().unwrap(), &[]);
    let below = destination.join("opt/tenure");
    let found = files(&below);
    let abi = soname();
    for name in [
        "include/tenure.h",
        "lib/libtenure.so",
        &format!("lib/{abi}"),
        &format!("lib/{abi}.0.0"),
        "lib/libtenure.a",
        "lib/pkgconfig/tenure.pc",
        "lib/cmake/tenure/tenure-config.cmake",
        "lib/cmake/tenure/tenure-config-version.cmake",
        "bin/tenure",
        "libexec/tenure/tenure-undertaker",
        "share/man/man1/tenure.1",
        "share/man/man1/tenure-contend.1",
        "share/bash-completion/completions/tenure",
        "share/zsh/site-functions/_tenure",
        "share/fish/vendor_completions.d/tenure.fish",
        "share/doc/tenure/LICENSE",
    ] {
        assert!(found.contains(name), "{name} is missing: {found:#?}");
    }
    for header in ["include/tenure.hpp", "include/tenure_mesos.hpp"] {
        assert_eq!(
            found.contains(header),
            root().join(header).exists(),
            "{header}"
        );
    }
    assert_eq!(
        fs::read_link(below.join("lib").join(&abi)).unwrap(),
        Path::new(&format!("{abi}.0.0"))
    );
    let config = fs::read_to_string(below.join("lib/pkgconfig/tenure.pc")).unwrap();
    assert!(config.contains("prefix=/opt/tenure\n"), "{config}");
    assert!(!config.contains(destination.to_str().unwrap()), "{config}");

    fs::write(below.join("lib/of-another-package"), "").unwrap();
    install(prefix, destination.to_str().unwrap(), &["--uninstall"]);
    let left = files(&below);
    assert_eq!(
        left.into_iter().collect::<Vec<_>>(),
        ["lib/of-another-package"]
    );
}

#[test]
fn f19_results_are_found_wherever_cargo_is_told_to_build() {
    let target = fresh("install/a target");
    let release = target.join("release");
    fs::create_dir_all(&release).unwrap();
    for (file, name) in [
        (shared(), "libtenure.so"),
        (archive(), "libtenure.a"),
        (built_tool(), "tenure"),
        (built_undertaker(), "tenure-undertaker"),
    ] {
        symlink(file, release.join(name)).unwrap();
    }
    let home = fresh("install/cargo-home");
    let configured = format!("[build]\ntarget-dir = \"{}\"\n", target.display());
    fs::write(home.join("config.toml"), configured).unwrap();
    // From the root, where scripts run.
    let up = root()
        .components()
        .skip(1)
        .map(|_| "..")
        .collect::<PathBuf>();
    let relative = up.join(target.strip_prefix("/").unwrap());
    for (key, value) in [
        ("CARGO_TARGET_DIR", &target),
        ("CARGO_TARGET_DIR", &relative),
        ("CARGO_BUILD_TARGET_DIR", &target),
        ("CARGO_HOME", &home),
    ] {
        let prefix = fresh("install/a prefix");
        say_or_fail(
            Command::new(root().join("scripts/install"))
                .env_remove("CARGO_TARGET_DIR")
                .env_remove("CARGO_BUILD_TARGET")
                .env(key, value)
                .env("PREFIX", &prefix),
        );
        let found = files(&prefix);
        for name in ["lib/libtenure.a", "bin/tenure", "share/man/man1/tenure.1"] {
            assert!(found.contains(name), "{key}: {name} is missing: {found:#?}");
        }
        let words = pkg_config(&prefix, &["--cflags"]);
        assert_eq!(words, [format!("-I{}", prefix.join("include").display())]);
    }
}

#[test]
fn debian_packages_hold_all_and_each_its_own() {
    if !is_long() {
        println!("skipped: `make check-abi` does it");
        return;
    }
    assert!(
        has("dpkg-shlibdeps"),
        "dpkg-shlibdeps is not here: it comes with dpkg-dev"
    );
    let made = fresh("install/deb");
    let said = say_or_fail(script("deb").arg(&made));
    let packages: Vec<&str> = said.lines().collect();
    assert_eq!(packages.len(), 3, "{said}");
    let root = fresh("install/deb-root");
    let mut owners = BTreeSet::new();
    for package in packages {
        let alone = fresh("install/deb-alone");
        say_or_fail(Command::new("dpkg-deb").arg("-x").arg(package).arg(&alone));
        for file in files(&alone) {
            assert!(owners.insert(file.clone()), "{file} is in two packages");
        }
        say_or_fail(Command::new("dpkg-deb").arg("-x").arg(package).arg(&root));
        let control = say_or_fail(Command::new("dpkg-deb").arg("-f").arg(package));
        assert!(!control.contains("Depends: \n"), "{control}");
    }
    let words = say_or_fail(
        Command::new("pkg-config")
            .args(["--cflags", "--libs", "tenure"])
            .env("PKG_CONFIG_SYSROOT_DIR", &root)
            .env("PKG_CONFIG_PATH", pkg_config_folder(&root)),
    );
    let library = pkg_config_folder(&root).parent().unwrap().to_owned();
    let program = made.join("leader");
    say_or_fail(
        Command::new("cc")
            .arg(of_the_readme())
            .args(words.split_whitespace())
            .arg(format!("-Wl,-rpath,{}", library.display()))
            .arg("-o")
            .arg(&program),
    );
    check_run(&program, "memory://deb/group");
    say_or_fail(Command::new(root.join("usr/bin/tenure")).arg("--version"));
}

/// Where the packages below a root have `tenure.pc`.
fn pkg_config_folder(root: &Path) -> PathBuf {
    let found = files(root);
    let file = found
        .iter()
        .find(|file| file.ends_with("pkgconfig/tenure.pc"));
    root.join(file.unwrap()).parent().unwrap().to_owned()
}
