//! Calls of all functions, made from the header: with NULL in each place, with objects of another
//! kind, from inside every callback, and from several threads at once. A function that is added to
//! the header is called without a change here.

use super::api::{self, Function, Param};
use super::built::{Under, is_long, program, run, scratch};
use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

/// A valid value for a parameter, and the declarations before it.
fn good(function: &Function, param: &Param) -> (String, String) {
    let name = param.name.as_str();
    let plain = |value: &str| (String::new(), value.to_owned());
    if function.name.ends_with("_free") {
        return plain("NULL"); // the objects that functions give are freed below
    }
    if let Some(kind) = param.kind.strip_suffix(" **") {
        return (format!("{kind} *{name} = NULL;"), format!("&{name}"));
    }
    let object = param.kind.trim_start_matches("const ").strip_suffix(" *");
    match (param.kind.as_str(), name) {
        ("tenure_str", "url" | "text") => plain("t->url"),
        ("tenure_str", "path") => plain("tenure_str_c(\"/other\")"),
        ("tenure_str", "label") => plain("tenure_str_c(\"host\")"),
        ("tenure_str", "ca_file") => plain("tenure_str_c(\"/nowhere.pem\")"),
        ("tenure_str", "certificate_file" | "key_file" | "server_name") => {
            plain("tenure_str_c(NULL)")
        }
        // With the URL of that file, no client could be opened.
        ("const tenure_client_options *", "options") => plain("NULL"),
        ("tenure_event_fn", _) => plain("ignore_event"),
        ("tenure_log_fn", _) => plain("ignore_log"),
        ("tenure_destroy_fn", _) => plain("count_destroyed"),
        ("tenure_str", "id" | "hostname" | "version" | "region" | "zone" | "why" | "message") => {
            plain("tenure_str_c(\"m1\")")
        }
        ("tenure_str", "address") => plain("tenure_str_c(\"10.0.0.1:5050\")"),
        ("tenure_str", "capabilities") => plain("tenure_str_c(\"QUOTA_V2\")"),
        ("tenure_role_kind", _) => plain("TENURE_ROLE_AGENT"),
        ("tenure_role_option", _) => plain("TENURE_ROLE_OPTION_BACKOFF_MS"),
        ("int64_t", "value" | "ping_timeout_ms") => plain("1000"),
        ("tenure_role_state" | "tenure_output_kind" | "tenure_role_reason", _)
        | ("tenure_agent_state" | "tenure_observer_input" | "tenure_call_kind", _) => plain("1"),
        ("tenure_lost_reason", _) => plain("TENURE_LOST_REASON_EVICTED"),
        ("uint64_t", "now_ns" | "lease_end_ns") => plain("tenure_boottime_ns()"),
        ("uint64_t", "agent") => plain("t->agent"),
        // A role has only some of the options.
        ("const tenure_role_options *", "options") => plain("NULL"),
        ("void *", "user_data") => plain("given()"),
        ("const void *", "data") => plain("\"abc\""),
        ("size_t", "len") => plain("3"),
        ("size_t", "index") | ("int64_t", "session") => plain("0"),
        ("int64_t", "timeout_ms") if function.name.contains("_options_") => plain("4000"),
        ("int64_t", "timeout_ms") => plain("timeout_ms"),
        ("int64_t", "tick_ms") => plain("500"),
        ("int64_t", "lease_ms" | "fail_over_ms") => plain("1000"),
        ("uint64_t", "call" | "token") => plain("7"),
        ("tenure_policy" | "tenure_reenrol", _) => plain("0"),
        ("tenure_log_level", _) => plain("TENURE_LOG_LEVEL_DEBUG"),
        ("tenure_metric", _) => plain("TENURE_METRIC_EVENTS"),
        ("tenure_event_kind", _) => plain("TENURE_EVENT_CONTENDER_LEADING"),
        ("tenure_status", _) => plain("TENURE_ERR_TIMEOUT"),
        ("bool", _) => plain("true"),
        ("const tenure_event *", "previous") => plain("t->detector_event"),
        ("const tenure_member *", _) => plain("t->member"),
        ("uint64_t *" | "bool *" | "size_t *" | "int *", _) => (
            format!("{} {name} = 0;", object.unwrap()),
            format!("&{name}"),
        ),
        _ => match object.and_then(|kind| kind.strip_prefix("tenure_")) {
            Some("url") => plain("t->url_object"),
            Some(kind) => plain(&format!("t->{kind}")),
            None => panic!("{}: nothing is known to give for {param:?}", function.name),
        },
    }
}

/// One call as a block of C. `change` has the values that replace valid ones, by position;
/// `expected` is a condition on the status.
fn block(
    function: &Function,
    change: impl Fn(usize, &Param) -> Option<String>,
    expected: &str,
) -> String {
    let mut before = String::new();
    let mut after = String::new();
    let mut args = Vec::new();
    let kept = |(at, p): (usize, &Param)| p.kind == "tenure_destroy_fn" && change(at, p).is_some();
    let nobody_destroys = function.params.iter().enumerate().any(kept);
    for (at, param) in function.params.iter().enumerate() {
        let (declared, value) = good(function, param);
        let value = if nobody_destroys && param.name == "user_data" {
            "NULL".to_owned() // otherwise it would be waited for
        } else {
            value
        };
        if let Some(changed) = change(at, param) {
            args.push(changed);
            continue;
        }
        if !declared.is_empty() {
            writeln!(before, "        {declared}").unwrap();
        }
        if let Some(kind) = param.kind.strip_suffix(" **") {
            writeln!(after, "        {kind}_free({});", param.name).unwrap();
        } else if !declared.is_empty() {
            writeln!(after, "        (void){};", param.name).unwrap();
        }
        args.push(value);
    }
    let (name, args) = (&function.name, args.join(", "));
    let takes_error = function.params.iter().any(|p| p.name == "error_out");
    let call = match function.result.as_str() {
        "void" => format!("{name}({args});"),
        "tenure_status" if takes_error => {
            let error = if after.contains("tenure_error_free(error_out)") {
                "error_out"
            } else {
                "NULL"
            };
            format!(
                "tenure_status status = {name}({args});\n        \
                 check_status(\"{name}\", {}, status, {error}, {expected});",
                function.params.len()
            )
        }
        result => match result.strip_suffix(" *") {
            Some(kind) if !kind.starts_with("const") => format!("{kind}_free({name}({args}));"),
            _ => format!("(void){name}({args});"),
        },
    };
    format!("    {{\n{before}        {call}\n{after}    }}\n")
}

fn blocks_that(wait: bool) -> String {
    let functions = api::functions();
    let chosen = functions.iter().filter(|f| {
        let waits =
            f.params.iter().any(|p| p.name == "timeout_ms") && !f.name.contains("_options_");
        f.name != "tenure_client_close" && (!wait || waits)
    });
    let expected = if wait {
        "status == TENURE_ERR_REENTRANT"
    } else {
        "status != TENURE_ERR_PANIC && status != TENURE_ERR_REENTRANT"
    };
    chosen.map(|f| block(f, |_, _| None, expected)).collect()
}

fn blocks_with_null() -> String {
    let mut text = String::new();
    for function in api::functions() {
        let null = |param: &Param| {
            let kind = param.kind.as_str();
            (param.is_pointer()).then(|| format!("({kind})NULL").replace("_fn)NULL", "_fn)0"))
        };
        for (at, param) in function.params.iter().enumerate() {
            if !param.is_pointer() {
                continue;
            }
            let expected = if param.may_be_null() || param.name == "user_data" {
                "status != TENURE_ERR_PANIC"
            } else {
                "status == TENURE_ERR_INVALID_ARGUMENT"
            };
            let change = |i: usize, p: &Param| if i == at { null(p) } else { None };
            text += &block(&function, change, expected);
        }
        text += &block(&function, |_, p| null(p), "status != TENURE_ERR_PANIC");
    }
    text
}

/// Objects that carry their kind, so that a pointer to another kind is recognised.
fn is_tagged(param: &Param) -> bool {
    let kind = param.kind.trim_start_matches("const ");
    kind.starts_with("tenure_") && kind.ends_with(" *") && kind != "tenure_member *"
}

fn blocks_with_strangers() -> String {
    let mut text = String::new();
    for function in api::functions() {
        for (at, param) in function.params.iter().enumerate() {
            if !is_tagged(param) {
                continue;
            }
            let other = if param.kind.contains("tenure_url") {
                "error"
            } else {
                "url_object"
            };
            let change =
                |i: usize, p: &Param| (i == at).then(|| format!("({})(void *)t->{other}", p.kind));
            text += &block(&function, change, "status == TENURE_ERR_INVALID_ARGUMENT");
        }
    }
    text
}

/// The file that calls them all; tests/c/calls.c includes it.
fn generated() -> PathBuf {
    let function = |name: &str, timeout: &str, body: String| {
        format!(
            "static void {name}(const struct things *t)\n{{\n    \
             const int64_t timeout_ms = {timeout};\n    (void)timeout_ms;\n{body}}}\n\n"
        )
    };
    let text = [
        "/* Made by tests/abi/calls.rs of include/tenure.h. */\n".to_owned(),
        function("call_all", "0", blocks_that(false)),
        function("call_what_waits", "-1", blocks_that(true)),
        function("call_with_null", "0", blocks_with_null()),
        function("call_with_strangers", "0", blocks_with_strangers()),
    ]
    .concat();
    let folder = scratch("calls");
    fs::write(folder.join("generated.h"), text).unwrap();
    let source = folder.join("calls.c");
    fs::copy(api::c_file("calls.c"), &source).unwrap();
    source
}

fn calls(case: &str, under: Under) {
    static MADE: std::sync::OnceLock<PathBuf> = std::sync::OnceLock::new();
    let source = MADE.get_or_init(generated);
    run(&program(source, under), &[case], under);
}

#[test]
fn null_and_strangers_are_refused_everywhere() {
    for case in ["null", "strangers"] {
        calls(case, Under::Address);
        if is_long() {
            calls(case, Under::Nothing);
            calls(case, Under::Valgrind);
        }
    }
}

#[test]
fn every_function_may_be_called_in_every_callback() {
    for case in ["in-event", "in-destroy", "in-log"] {
        calls(case, Under::Address);
        if is_long() {
            calls(case, Under::Thread);
            calls(case, Under::Valgrind);
        }
    }
}

#[test]
fn every_function_may_be_called_by_eight_threads_at_once() {
    calls("threads", Under::Address);
    calls("threads", Under::Thread);
    if is_long() {
        calls("threads", Under::Nothing);
        calls("threads", Under::Valgrind);
    }
}
