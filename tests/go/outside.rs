//! Programs outside the repository: what `make install` lays out is all that they need, and the programs of the
//! READMEs work as printed.

use crate::{root, shared};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;
use tenure_field::Process;
use tenure_field::cabi::{self, say_or_fail};
use tenure_field::process::Options;
use tenure_field::{built_tool, built_undertaker};

/// How long a program may take on a machine that is busy.
const LIMIT: Duration = Duration::from_secs(120);

/// An empty folder of this test.
fn fresh(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("go").join(name);
    drop(fs::remove_dir_all(&path));
    fs::create_dir_all(&path).unwrap();
    path
}

/// What `make install` installs, in a prefix of this test.
fn prefix() -> &'static Path {
    static PREFIX: OnceLock<PathBuf> = OnceLock::new();
    PREFIX.get_or_init(|| {
        let prefix = fresh("a prefix");
        say_or_fail(
            Command::new(root().join("scripts/install"))
                .env("TENURE_SO", cabi::shared())
                .env("TENURE_A", cabi::archive())
                .env("TENURE_BIN", built_tool())
                .env("TENURE_UNDERTAKER", built_undertaker())
                .env("PREFIX", &prefix)
                .env_remove("DESTDIR"),
        );
        prefix
    })
}

/// The first block of this kind in a section of a document.
fn block(document: &str, section: &str, kind: &str) -> String {
    let text = fs::read_to_string(root().join(document)).unwrap();
    let (_, section) = text.split_once(&format!("\n## {section}\n")).unwrap();
    let (_, code) = section.split_once(&format!("```{kind}\n")).unwrap();
    code.split_once("```").unwrap().0.to_owned()
}

/// The commands of README's section "From Go", for the prefix of this test: all but the installation and the
/// build.
fn commands() -> Vec<String> {
    let printed = block("README.md", "From Go", "sh");
    let place = prefix().display().to_string();
    let lines = printed
        .lines()
        .map(|line| line.split('#').next().unwrap().trim());
    let lines: Vec<&str> = lines.collect();
    let [first, set_up @ .., last] = &lines[..] else {
        panic!("{printed}");
    };
    assert_eq!((*first, *last), ("make install", "go build"), "{printed}");
    // A shell reads them.
    let quoted = |line: &&str| line.replace("/usr/local", &place.replace(' ', "\\ "));
    set_up.iter().map(quoted).collect()
}

/// A program in a folder of its own, built in both ways.
fn build(name: &str, code: &str) -> [PathBuf; 2] {
    let folder = fresh(name);
    fs::write(folder.join("main.go"), code).unwrap();
    let go = |words: &str| {
        let mut shell = Command::new("sh");
        shell
            .args(["-euc", words])
            .current_dir(&folder)
            .env("GOTOOLCHAIN", "local")
            .env("GOFLAGS", "-mod=mod")
            .env("PKG_CONFIG_PATH", prefix().join("lib/pkgconfig"));
        say_or_fail(&mut shell)
    };
    for command in commands() {
        go(&command);
    }
    go("go build -o with-archive && go build -tags dynamic -o with-library");
    ["with-archive", "with-library"].map(|built| folder.join(built))
}

fn start(program: &Path) -> Process {
    let options = Options {
        env: vec![(
            "LD_LIBRARY_PATH".to_owned(),
            prefix().join("lib").display().to_string(),
        )],
        ..Options::default()
    };
    Process::spawn_with(program, std::iter::empty::<&str>(), options)
}

fn loads_the_library(program: &Path) -> bool {
    say_or_fail(Command::new("readelf").args(["-d", "-W"]).arg(program)).contains("libtenure.so")
}

#[test]
fn the_program_of_the_readme_works_with_the_archive_and_with_the_library() {
    let code = block("README.md", "From Go", "go");
    // It names servers that only the reader has.
    let there = "zk://127.0.0.1:2181/app";
    assert_eq!(code.matches(there).count(), 1, "{code}");
    let programs = build("readme", &code.replace(there, &shared().url("/go-readme")));
    assert_eq!(
        programs.each_ref().map(|it| loads_the_library(it)),
        [false, true]
    );
    for program in &programs {
        let process = start(program);
        process.wait_for("leadership", LIMIT, |line| {
            (line.as_str()).is_some_and(|text| text.starts_with("leading with fencing token "))
        });
        // It works as long as it leads, and closes its client when it no longer leads.
        let observer = tenure_observer::Observer::connect(shared().addr());
        let names = observer.children("/go-readme");
        assert_eq!(names.len(), 1, "{names:?}");
        assert!(observer.delete(&format!("/go-readme/{}", names[0])));
        let status = process.wait_exit(LIMIT);
        assert!(status.success(), "{status}\n{}", process.text());
        assert!(observer.children("/go-readme").is_empty());
    }
}

#[test]
fn the_program_of_the_package_works() {
    let code = block("bindings/go/README.md", "Contend, lead, hand over", "go");
    let [program, _] = build("quick-start", &code);
    let process = start(&program);
    for step in 0..3 {
        let expected = format!("step {step} with a token: true");
        process.wait_for(&expected, LIMIT, |line| line.as_str() == Some(&expected));
    }
    let status = process.wait_exit(LIMIT);
    assert!(status.success(), "{status}\n{}", process.text());
}

#[test]
fn the_masters_of_the_package_work() {
    let code = block("bindings/go/README.md", "Masters of Mesos", "go");
    let [program, _] = build("masters", &code);
    let process = start(&program);
    let expected = "the master is m1.example.com port 5050";
    process.wait_for(expected, LIMIT, |line| line.as_str() == Some(expected));
    let status = process.wait_exit(LIMIT);
    assert!(status.success(), "{status}\n{}", process.text());
}

#[test]
fn a_package_without_its_library_says_how_to_get_it() {
    let package = fresh("without");
    say_or_fail(
        Command::new("cp")
            .args(["-rL", "--"])
            .arg(prefix().join("share/tenure/go/."))
            .arg(&package),
    );
    fs::remove_file(package.join("internal/native/archive.h")).unwrap();
    let mut go = Command::new("go");
    let output = go
        .args(["build", "./..."])
        .current_dir(&package)
        .env("GOTOOLCHAIN", "local")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success());
    assert!(
        said.contains("run `make go`") && said.contains("-tags dynamic"),
        "{said}"
    );
}
