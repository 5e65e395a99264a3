//! The words of the roles in languages other than Rust, each once: name, permanent number, sentence.
//!
//! `make words` generates the constants of the C ABI from [`LISTS`], and the enums of `tenure_mesos.hpp` and of
//! Go. A word is the name that `docs/roles.md` has, with `_` for a blank and without hyphens; a test compares
//! them.

use tenure_election::words::{List, Word};

const fn word(number: i32, name: &'static str, doc: &'static str) -> Word {
    Word {
        number,
        name,
        doc,
        ..Word::BARE
    }
}

/// The number of a word of a list by its name in `docs/roles.md`; 0 if there is none.
pub fn number(list: &List, name: &str) -> i32 {
    let letters = |name: &str| -> alloc::string::String {
        let plain = name.chars().filter(|c| *c != '-');
        plain.map(|c| if c == ' ' { '_' } else { c }).collect()
    };
    let name = letters(name);
    let found = list.words.iter().find(|word| word.name == name);
    found.map_or(0, |word| word.number)
}

/// The roles that one type of C has.
pub const ROLES: List = List {
    noun: "role",
    prefix: "ROLE",
    c_type: "tenure_role_kind",
    c_doc: "The part that a process plays in a Mesos cluster. The numbers are permanent.",
    cpp: "role_kind",
    cpp_prefix: "",
    words: &[
        word(1, "master", "It contends, and it leads or follows."),
        word(2, "agent", "It obeys the detected leader alone."),
        word(
            3,
            "driver",
            "It registers a framework with the leader, and passes on messages of the leader alone.",
        ),
    ],
    of_c: &[],
};

/// The options of all roles.
pub const OPTIONS: List = List {
    noun: "role option",
    prefix: "ROLE_OPTION",
    c_type: "tenure_role_option",
    c_doc: "An option of a role or of an observer, in the names, ranges and defaults of Mesos's flags. The numbers \
            are permanent; new ones may come.",
    cpp: "role_option",
    cpp_prefix: "",
    words: &[
        word(
            1,
            "seed",
            "Agent, driver: the seed of the random delays, another one for each process; 0, the default, takes a random one.",
        ),
        word(
            2,
            "backoff_ms",
            "Agent, driver: the first attempt to register comes after a random part of this span, later ones after a random part of twice, four times, ... it: 0 to 15 min; 1 s by default for an agent, 2 s for a driver.",
        ),
        word(
            3,
            "backoff_max_ms",
            "Agent: the longest such span: 1 s to 15 min; 1 min by default.",
        ),
        word(
            4,
            "ping_timeout_ms",
            "Agent: the time without a ping after which it registers again, unless the leader gives another: 1 s to 1 day; 75 s by default.",
        ),
        word(
            5,
            "failover_timeout_ms",
            "Driver: the time after which the master removes the framework of a scheduler that is away; a tenth of it is the longest span between attempts: 0 to 10 years; 0 by default, and then that is 1 min.",
        ),
        word(
            6,
            "agent_ping_timeout_ms",
            "Observer: the time between two pings of an agent: 1 s to 15 min; 15 s by default.",
        ),
        word(
            7,
            "max_agent_ping_timeouts",
            "Observer: how many pings in a row an agent may leave unanswered: 1 to 1,000,000; 5 by default.",
        ),
        word(
            8,
            "agent_reregister_timeout_ms",
            "Observer: the time in which an agent must register again: 1 s to 30 days; 10 min by default.",
        ),
        word(
            9,
            "agent_removals",
            "Observer: how many agents may become unreachable in `agent_removals_each_ms`: 1 to 1,000,000; any number by default.",
        ),
        word(
            10,
            "agent_removals_each_ms",
            "Observer: the time for `agent_removals`, which must be set, too: 1 s to 30 days.",
        ),
    ],
    of_c: &[],
};

/// The states of a master, an agent and a driver.
pub const STATES: List = List {
    noun: "role state",
    prefix: "ROLE_STATE",
    c_type: "tenure_role_state",
    c_doc: "The state of a role. The numbers are permanent; new ones may come.",
    cpp: "role_state",
    cpp_prefix: "",
    words: &[
        word(
            1,
            "candidate",
            "A master that does not lead; nothing is known of a leader yet, or it is first itself and has no lease yet. Requests for the leader: 503.",
        ),
        word(
            2,
            "standby",
            "A master; another one leads. Requests go to that one: 307.",
        ),
        word(
            3,
            "leaderless",
            "A master that does not lead, and no leader is known. Requests: 503.",
        ),
        word(4, "leader", "A master that leads, and answers requests."),
        word(
            5,
            "jeopardy",
            "A master that leads and answers requests, but its lease may end soon.",
        ),
        word(6, "stopped", "The role has ended: the process must end."),
        word(
            20,
            "starting",
            "No leader is known, and there is no id yet.",
        ),
        word(
            21,
            "registering",
            "A leader is known and is asked for an id.",
        ),
        word(
            22,
            "registered",
            "The leader has confirmed the registration.",
        ),
        word(
            23,
            "reregistering",
            "The leader with which it registered last has not confirmed the id again.",
        ),
        word(
            24,
            "moving",
            "Another leader than the one with which it registered last has not confirmed the id.",
        ),
        word(25, "lost", "No leader is known; the id is kept."),
    ],
    of_c: &[word(0, "none", "There is no such role.")],
};

/// The outputs of all roles and of an observer.
pub const OUTPUTS: List = List {
    noun: "role output",
    prefix: "OUTPUT",
    c_type: "tenure_output_kind",
    c_doc: "An output of a role or of an observer: an order to its host, or news for it. Each names its accessors \
            after the colon. The numbers are permanent; new ones may come.",
    cpp: "output_kind",
    cpp_prefix: "",
    words: &[
        word(
            1,
            "elected",
            "Master: it leads from now on: path, token, lease end.",
        ),
        word(
            2,
            "in_jeopardy",
            "Master: it leads until the lease end, unless it is confirmed before: lease end.",
        ),
        word(
            3,
            "confirmed",
            "Master: it is no longer in jeopardy: lease end.",
        ),
        word(
            4,
            "following",
            "Master: another one leads, or its address has changed: the leader's address, path, token.",
        ),
        word(5, "leaderless", "Master: no leader is known any more."),
        word(
            6,
            "stop",
            "The role has ended, and so must the process: reason, message (the line that Mesos logs), exit status.",
        ),
        word(
            20,
            "disconnected",
            "Agent: the registration no longer counts; updates wait, tasks go on. Driver: call the scheduler's `disconnected`.",
        ),
        word(
            21,
            "new_leader",
            "Agent: the leader is another one than that of the last registration: address, path, token.",
        ),
        word(
            22,
            "same_leader",
            "Agent: the leader of the last registration leads: address, path, token.",
        ),
        word(
            23,
            "lost",
            "Agent: no leader is known any more; tasks go on.",
        ),
        word(
            24,
            "register",
            "Agent: ask the leader for an id: address, path, token.",
        ),
        word(
            25,
            "reregister",
            "Agent: ask the leader to take the agent with its id and its tasks: address, path, token, id.",
        ),
        word(
            26,
            "registered",
            "Agent: the leader has it, for the first time: id. Driver: call the scheduler's `registered`: address, path, token, id.",
        ),
        word(
            27,
            "reregistered",
            "Agent: the leader has it again. Driver: call the scheduler's `reregistered`: address, path, token.",
        ),
        word(
            28,
            "pong",
            "Agent: answer the ping of the leader: address, path, token.",
        ),
        word(29, "ignored", "The message did not come from the leader."),
        word(
            40,
            "subscribe",
            "Driver: ask the leader to register the framework: address, path, token, id, flag (another instance with this id is to be removed).",
        ),
        word(
            41,
            "send",
            "Driver: send the call to the leader: address, path, token.",
        ),
        word(
            42,
            "dropped",
            "Driver: no master is there for the call: it is an error of the scheduler's call.",
        ),
        word(
            43,
            "tasks_lost",
            "Driver: no master is there for the tasks: each is reported as `TASK_LOST`: message.",
        ),
        word(
            44,
            "postponed",
            "Driver: the new description of the framework goes with the next subscription.",
        ),
        word(
            60,
            "ping",
            "Observer: ping the agent: agent, flag (goes into the ping as `connected`).",
        ),
        word(61, "activated", "Observer: the agent may be used: agent."),
        word(
            62,
            "deactivated",
            "Observer: the agent's connection broke; it gets no tasks, and its tasks go on: agent.",
        ),
        word(
            63,
            "scheduled",
            "Observer: the agent will be unreachable when the rate limit permits it: agent, reason, message.",
        ),
        word(
            64,
            "canceled",
            "Observer: that was called off, the agent is there: agent.",
        ),
        word(
            65,
            "unreachable",
            "Observer: the agent is unreachable, and its tasks are lost: agent, reason, message.",
        ),
        word(
            66,
            "readmitted",
            "Observer: an unreachable agent is back, with its tasks: agent.",
        ),
        word(
            67,
            "unknown",
            "Observer: it has no such agent; the message is to be ignored: agent.",
        ),
    ],
    of_c: &[word(0, "nothing", "There is no such output.")],
};

/// Why a role stopped, and why an agent is unreachable.
pub const REASONS: List = List {
    noun: "role reason",
    prefix: "ROLE_REASON",
    c_type: "tenure_role_reason",
    c_doc: "Why a role stopped, or why an agent is unreachable. The numbers are permanent; new ones may come.",
    cpp: "role_reason",
    cpp_prefix: "",
    words: &[
        word(1, "lost_candidacy", "A leading master lost its candidacy."),
        word(
            2,
            "conceded",
            "A leading master learnt that a younger one leads: address, path, token.",
        ),
        word(
            3,
            "lease_ended",
            "The lease of a leading master ended, and no event said so.",
        ),
        word(4, "cannot_contend", "A master cannot contend any longer."),
        word(5, "other_id", "The leader gave another id than before: id."),
        word(6, "refused", "The leader refused an agent's credentials."),
        word(7, "failed", "The leader ended a framework with an error."),
        word(8, "asked", "The leader or the host asked for it."),
        word(20, "no_pong", "An agent left too many pings unanswered."),
        word(
            21,
            "disconnected",
            "An agent did not register again in time after its connection broke.",
        ),
        word(
            22,
            "failover",
            "An agent did not register in time after another leader was elected.",
        ),
    ],
    of_c: &[word(0, "none", "There is no reason.")],
};

/// The calls of a scheduler.
pub const CALLS: List = List {
    noun: "call of a scheduler",
    prefix: "CALL",
    c_type: "tenure_call_kind",
    c_doc: "A call of a scheduler to the master. The numbers are permanent.",
    cpp: "call_kind",
    cpp_prefix: "",
    words: &[
        word(
            1,
            "launch",
            "It launches tasks, or accepts offers with tasks in them.",
        ),
        word(
            2,
            "update_framework",
            "It changes the framework's description.",
        ),
        word(
            3,
            "other",
            "Any other: kill, decline, revive, suppress, acknowledge, message, reconcile, request.",
        ),
    ],
    of_c: &[],
};

/// The inputs of an observer that name an agent.
pub const OBSERVER_INPUTS: List = List {
    noun: "observer input",
    prefix: "OBSERVER",
    c_type: "tenure_observer_input",
    c_doc: "News of an agent for an observer. The numbers are permanent.",
    cpp: "observer_input",
    cpp_prefix: "",
    words: &[
        word(1, "registered", "It was registered again."),
        word(2, "pong", "It answered a ping."),
        word(3, "link_lost", "Its connection broke."),
        word(
            4,
            "removed",
            "It is gone for good: it has shut down, or an operator says so.",
        ),
    ],
    of_c: &[],
};

/// The states of the agents of an observer.
pub const AGENT_STATES: List = List {
    noun: "agent state",
    prefix: "AGENT",
    c_type: "tenure_agent_state",
    c_doc: "The state of one agent of an observer. The numbers are permanent; new ones may come.",
    cpp: "agent_state",
    cpp_prefix: "",
    words: &[
        word(0, "unknown", "The observer has no such agent."),
        word(
            1,
            "expected",
            "An earlier leader had it; it has not registered with this one.",
        ),
        word(2, "active", "It is registered and connected."),
        word(3, "disconnected", "Its connection broke. It is pinged on."),
        word(
            4,
            "unanswered",
            "It left too many pings unanswered, and waits for the rate limit.",
        ),
        word(5, "silent", "The same, and its connection broke."),
        word(
            6,
            "overdue",
            "It did not register again in time, and waits for the rate limit. It is not pinged.",
        ),
        word(
            7,
            "unreachable",
            "It is deactivated, and its tasks are lost. It is not pinged.",
        ),
    ],
    of_c: &[],
};

/// All lists, in the order of the C header.
pub const LISTS: &[List] = &[
    ROLES,
    OPTIONS,
    STATES,
    OUTPUTS,
    REASONS,
    CALLS,
    OBSERVER_INPUTS,
    AGENT_STATES,
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::roles::{RegistrationState, StopReason, agent, driver, master, observer};

    fn all(list: &List, names: &[&str]) {
        for name in names {
            let number = number(list, name);
            let known = list.words.iter().any(|word| word.number == number);
            assert!(
                known && (number > 0 || *name == "unknown"),
                "{}: no word for {name}",
                list.c_type
            );
        }
    }

    #[test]
    fn every_name_of_the_machines_is_a_word() {
        all(&STATES, master::State::NAMES);
        all(&STATES, RegistrationState::NAMES);
        all(&OUTPUTS, master::Output::NAMES);
        all(&OUTPUTS, agent::Output::NAMES);
        all(&OUTPUTS, driver::Output::NAMES);
        all(&OUTPUTS, observer::Output::NAMES);
        all(&REASONS, StopReason::NAMES);
        all(&AGENT_STATES, observer::State::NAMES);
        let of_agents: &[&str] = &observer::Input::NAMES[..4];
        all(&OBSERVER_INPUTS, of_agents);
        assert_eq!(observer::Input::NAMES[4..], ["tick"]);
    }

    #[test]
    fn numbers_and_names_are_unique_in_each_list() {
        for list in LISTS {
            let words = || list.words.iter().chain(list.of_c);
            for word in words() {
                let same = |other: &&Word| other.number == word.number || other.name == word.name;
                assert_eq!(
                    words().filter(same).count(),
                    1,
                    "{} {}",
                    list.c_type,
                    word.name
                );
            }
        }
    }
}
