//! The code of servers.

use std::path::Path;

/// Debian's directory of jars.
const DEBIAN: &str = "/usr/share/java";

/// The jars that a server needs. `libzookeeper-java` and its dependencies install them.
const NEEDED: [&str; 4] = ["zookeeper", "zookeeper-jute", "slf4j-api", "slf4j-simple"];

/// Netty, which a server needs for TLS. Debian's `netty-all` is not all of it.
const NETTY: [&str; 7] = [
    "netty-common",
    "netty-buffer",
    "netty-resolver",
    "netty-transport",
    "netty-transport-native-unix-common",
    "netty-codec",
    "netty-handler",
];

/// The jars that some settings of a server need, for its metrics and snapshots.
const USED_IF_THERE: [&str; 2] = ["metrics-core", "snappy-java"];

/// A class path from the environment instead, for servers of other versions.
const BY_HAND: &str = "TENURE_ZOOKEEPER_CLASSPATH";

/// Whether `directory` holds a jar whose name begins with `name`.
pub(super) fn holds(directory: &Path, name: &str) -> bool {
    let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
    entries
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .any(|file| file.starts_with(name) && file.ends_with(".jar"))
}

/// The class path of a server, or the remedy if it is missing.
pub(super) fn class_path() -> Result<String, String> {
    if let Ok(path) = std::env::var(BY_HAND)
        && !path.is_empty()
    {
        return Ok(path);
    }
    let jar = |name: &&str| format!("{DEBIAN}/{name}.jar");
    let missing: Vec<String> = NEEDED
        .iter()
        .map(jar)
        .filter(|jar| !Path::new(jar).exists())
        .collect();
    if !missing.is_empty() {
        return Err(format!(
            "no ZooKeeper server here: {} missing; run scripts/setup, or set {BY_HAND}",
            missing.join(", ")
        ));
    }
    let optional = USED_IF_THERE
        .iter()
        .chain(&NETTY)
        .map(jar)
        .filter(|jar| Path::new(jar).exists());
    Ok(NEEDED
        .iter()
        .map(jar)
        .chain(optional)
        .collect::<Vec<_>>()
        .join(":"))
}
