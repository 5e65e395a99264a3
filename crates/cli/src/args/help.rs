//! The texts of `--help` around the list of options.

use crate::exit;

const COMMON_HELP: &str = "\
URL:
  zk://[USER:PASSWORD@]HOST[:PORT][,HOST[:PORT]...]/PATH   port 2181 unless given
  file:///FILE          a file that holds a URL; hides a password from `ps`
  memory://NAME/PATH    a server inside this process, for trials; memory://NAME?server=keeper/PATH:
                        one that behaves like ClickHouse Keeper (also old-keeper, raftkeeper)
  HOST:PORT             the address of a fixed leader; for `detect` and `status` only
A URL that surely is a mistake is refused. In zk://HOST/./PATH the path is meant as it is written:
it may hold `?`, `#`, `,` and `%`, and the password may hold `/`.

TLS: --tls-ca, --tls-cert and --tls-key; the port is then a server's secureClientPort.

Durations are written as 500ms, 4s or 1m30s.";

/// The end of the help of a command with a session.
pub(super) fn with_common(examples: &str) -> String {
    format!("{examples}\n{COMMON_HELP}\n\n{}", exit::help())
}

pub(super) const TOP_EXAMPLES: &str = "\
Examples:
  tenure run zk://zk1,zk2,zk3/app -- ./serve --port 80     run a command only while leading
  tenure contend zk://zk1,zk2,zk3/app --data 10.0.0.1:80   contend for the leadership
  tenure detect  zk://zk1,zk2,zk3/app                      follow the leader
  tenure members zk://zk1,zk2,zk3/app                      list the leader and the standbys
  tenure status  zk://zk1,zk2,zk3/app                      show the leader, once

`tenure COMMAND --help` shows more.
";

pub(super) const CONTEND_EXAMPLES: &str = "\
Examples:
  tenure contend zk://zk1,zk2,zk3/app --data 10.0.0.1:80
  tenure contend file:///etc/app/zk-url --label json.info --data @info.json --json
  tenure contend zk://zk1/app --session-timeout 4s --reenrol never
  tenure contend zk://zk1/app --policy guarded --fail-over 1500ms

On SIGTERM, SIGINT or SIGHUP the tool withdraws: leadership ends, and the tool exits with 0 when the
znode is gone (or one session timeout is over), even if no program reads its output. A second
SIGTERM or SIGINT ends the tool at once with 1. SIGHUP stays ignored if it was (nohup). With
--reenrol never the tool exits with 1 when its candidacy is lost.

With --policy guarded a contender whose predecessor did not release its leadership waits for the
lease before it leads: --lease of the predecessor, or 10s if nothing in the group tells it, as when
a group is new. All contenders of a group must use the policy.
";

pub(super) const RUN_EXAMPLES: &str = "\
Examples:
  tenure run zk://zk1,zk2,zk3/app -- ./serve --port 80
  tenure run zk://zk1/app --session-timeout 4s -- sh -c 'exec ./job --fence \"$TENURE_TOKEN\"'
  tenure run zk://zk1/app --try -- ./report --daily            from cron, on each of many hosts
  tenure run file:///etc/app/zk-url --data 10.0.0.1:80 --drain 2s --json -- ./serve 2>log

The command has TENURE_TOKEN (the fencing token: send it with writes that must not happen twice) and
TENURE_MEMBER (the znode) in its environment, and the tool's standard streams; the tool writes only
to standard error. The command runs in its own process group; it has the terminal as soon as it
reads from it, if the tool has it.

When the command ends:
  The command ends by itself: the tool kills everything that descends from it and is left, releases
  leadership at once, and exits as the command did (128 + signal if a signal killed it).
  Leadership is lost: unless the lease is renewed, the command and everything that descends from it
  get SIGTERM --drain before it expires (at most a quarter of a lease) and SIGKILL 100ms before it
  expires, so before another contender can lead; sooner on a host that is short of processor time.
  Then the tool contends again, and runs the command again when it leads (--reenrol
  never: it exits with 1).
  Another program deletes the znode (`tenure evict`): the same, with SIGTERM at once and SIGKILL
  after --drain.
  The tool gets SIGTERM or SIGINT: it sends the signal to all of them, and SIGKILL after
  --stop-timeout; it leads until all have ended, then releases leadership and exits as the
  command did. A second SIGTERM or SIGINT kills at once, and the tool ends 2s later even if a
  process cannot be killed. The tool forwards all other signals that a process can catch to the
  command's process group; without a command SIGHUP, SIGQUIT and SIGPWR end it.
  The tool is killed, stopped or starved: a small guardian process kills all at once, or when the
  lease expires. If the guardian is killed, the rest is killed, too.

Processes that leave the group, the session or the terminal (setsid, daemons, su) end all the same.
A process that another service starts for the command escapes (systemd-run, at, ssh). Without root
the command gets no new privileges, so `sudo` fails in it: see --allow-new-privileges. If the tool
and its guardian are killed together, the command dies but its children do not.

The tool finds the command as a shell does: exit code 127 if it is missing, 126 if it cannot be run.
";

pub(super) const DETECT_EXAMPLES: &str = "\
Examples:
  tenure detect zk://zk1,zk2,zk3/app
  tenure detect zk://zk1,zk2,zk3/app --json --label json.info
  tenure detect zk://zk1,zk2,zk3/app --once --timeout 5s   one line; 3 if it is not known in time

It prints `leader`, `none` (the group is empty) or `unknown` (no server has answered for too
long) at each change.
";

pub(super) const STATUS_EXAMPLES: &str = "\
Examples:
  tenure status zk://zk1,zk2,zk3/app
  tenure status zk://zk1,zk2,zk3/app --json | jq -r .leader.data
  tenure status zk://zk1,zk2,zk3/app >/dev/null; [ $? = 1 ] && echo no leader

It exits with 0 if the group has a leader, with 1 if the group is empty, and with 3 if that is not
known: no server has answered in time, or the group may not be read. It shows the knowledge of the
server that answered.
";

pub(super) const EVICT_EXAMPLES: &str = "\
Examples:
  tenure evict zk://zk1,zk2,zk3/app 0000000042
  tenure evict zk://admin:secret@zk1/app /app/json.info_0000000042

An evicted leader is notified at once over its connection and, by default, contends again. A leader
that is cut off at the same moment may answer that it leads until its lease expires, at most one
session timeout, while another already leads: the fencing token distinguishes them.

It exits with 1 if there is no such member, and with 3 if the member may still be there: it may not
be deleted, or no server has answered in time.
";

pub(super) const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  tenure completions bash >/usr/share/bash-completion/completions/tenure
  tenure completions zsh >~/.zfunc/_tenure
  tenure completions fish >~/.config/fish/completions/tenure.fish
";

pub(super) const MAN_EXAMPLES: &str = "\
Examples:
  tenure man | man -l -
  tenure man --dir /usr/local/share/man/man1
";

pub(super) const MEMBERS_EXAMPLES: &str = "\
Examples:
  tenure members zk://zk1,zk2,zk3/app
  tenure members zk://zk1,zk2,zk3/app --json | jq -r '.members[].data'
  tenure members zk://zk1,zk2,zk3/app --watch

Members are listed oldest first; the first leads.
";
