//! Programs in C that test the header's promises, against `memory://` and a real server, under
//! sanitizers. Each prints the reason if a promise is broken.

use super::api::c_file;
use super::built::{Under, is_long, program, run};
use tenure_field::Zookeeper;

fn c(name: &str, args: &[&str], under: Under) -> String {
    let source = c_file(&format!("{name}.c"));
    run(&program(&source, under), args, under)
}

/// With the most useful sanitizers, or with all of them.
fn everywhere(name: &str, args: &[&str], short: &[Under]) {
    const ALL: &[Under] = &[
        Under::Nothing,
        Under::Address,
        Under::Thread,
        Under::Valgrind,
    ];
    for under in if is_long() { ALL } else { short } {
        c(name, args, *under);
    }
}

#[test]
fn an_ordinary_life() {
    let url = "memory://walk/group";
    everywhere("walk", &[url], &[Under::Address, Under::Valgrind]);
}

#[test]
fn an_ordinary_life_on_a_real_server() {
    let server = Zookeeper::start();
    everywhere("walk", &[&server.url("/walk")], &[Under::Address]);
    everywhere("closing", &[&server.url("/closing")], &[Under::Thread]);
    everywhere("orders", &[&server.url("/orders")], &[Under::Nothing]);
}

#[test]
fn a_guarded_lease() {
    everywhere("guarded", &["memory://guarded/group"], &[Under::Address]);
}

#[test]
fn handles_are_freed_in_every_order() {
    everywhere("orders", &["memory://orders/group"], &[Under::Address]);
}

#[test]
fn user_data_is_destroyed_once_and_what_is_freed_calls_back_no_more() {
    everywhere("destroy", &[], &[Under::Address, Under::Thread]);
}

#[test]
fn clients_are_closed_in_callbacks_twice_and_by_several_threads() {
    everywhere("closing", &["memory://closing/group"], &[Under::Address]);
}

#[test]
fn what_cannot_work_is_refused() {
    everywhere("input", &[], &[Under::Address]);
}

#[test]
fn masters_and_roles() {
    let url = "memory://roles/mesos";
    everywhere("roles", &[url], &[Under::Address, Under::Valgrind]);
}

#[test]
fn the_queue_and_its_descriptor_agree() {
    everywhere("queue", &[], &[Under::Address, Under::Thread]);
}

#[test]
fn a_forked_child_is_told_so() {
    // Not under valgrind: the child loses the memory of the parent's threads. Not under the thread
    // sanitizer: it allows no threads after a fork.
    c("forked", &[], Under::Address);
    c("forked", &[], Under::Nothing);
}

#[test]
fn threads_are_as_few_as_promised() {
    // The thread sanitizer has a thread of its own, which the test would count.
    c("threads", &[], Under::Nothing);
    c("threads", &[], Under::Address);
}

#[test]
fn a_system_without_threads_is_an_error_and_no_fate() {
    // Sanitizers need the memory that this test denies.
    c("refused", &[], Under::Nothing);
}

#[test]
fn no_sigpipe_reaches_the_host() {
    everywhere("sigpipe", &[], &[Under::Nothing]);
}

#[test]
fn cycles_leave_nothing_behind() {
    let count = if is_long() { "10000" } else { "400" };
    let said = c("cycles", &[count, "memory://cycles/group"], Under::Nothing);
    println!("{count} cycles: {said}");
    if is_long() {
        c("cycles", &["200", "memory://cycles/group"], Under::Valgrind);
        let server = Zookeeper::start();
        c("cycles", &["1000", &server.url("/cycles")], Under::Nothing);
    }
}
