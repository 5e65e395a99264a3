//! What `--help` says beside the options.

pub(super) const COMMON_HELP: &str = "\
URL:
  zk://[USER:PASSWORD@]HOST[:PORT][,HOST[:PORT]...]/PATH   port 2181 unless given
  file:///FILE          a file that holds a URL; keeps a password out of `ps`
  memory://NAME/PATH    a server inside this process, for trying out
  HOST:PORT             the leader itself, fixed; for `detect` and `status` alone

TLS: --tls-ca, --tls-cert and --tls-key; the port is then a server's secureClientPort.

Durations are written as 500ms, 4s or 1m30s.

Exit codes:
  0  done, or ended by SIGTERM, SIGINT or a closed pipe
  1  failed
  2  bad input, refused before any connection
  3  not known in time (--timeout)";

pub(super) const TOP_EXAMPLES: &str = "\
Examples:
  tenure run zk://zk1,zk2,zk3/app -- ./serve --port 80     run a command only while leading
  tenure contend zk://zk1,zk2,zk3/app --data 10.0.0.1:80   stand for the leadership
  tenure detect  zk://zk1,zk2,zk3/app                      follow who leads
  tenure members zk://zk1,zk2,zk3/app                      list leader and standbys
  tenure status  zk://zk1,zk2,zk3/app                      show who leads, once

`tenure COMMAND --help` tells more.
";

pub(super) const CONTEND_EXAMPLES: &str = "\
Examples:
  tenure contend zk://zk1,zk2,zk3/app --data 10.0.0.1:80
  tenure contend file:///etc/app/zk-url --label json.info --data @info.json --json
  tenure contend zk://zk1/app --session-timeout 4s --reenrol never

SIGTERM and SIGINT withdraw: leadership ends, and when the znode is gone (or one session timeout
is over) the tool exits with 0. A second signal ends it at once with 1. With --reenrol never a
lost candidacy exits with 1.
";

pub(super) const RUN_EXAMPLES: &str = "\
Examples:
  tenure run zk://zk1,zk2,zk3/app -- ./serve --port 80
  tenure run zk://zk1/app --session-timeout 4s -- sh -c 'exec ./job --fence \"$TENURE_TOKEN\"'
  tenure run file:///etc/app/zk-url --data 10.0.0.1:80 --drain 2s --json -- ./serve 2>log

The command has TENURE_TOKEN (the fencing token: give it to whatever must not be written twice)
and TENURE_MEMBER (the znode) in its environment, and the tool's standard streams; the tool writes
to standard error alone. It runs in a process group of its own, behind a terminal's foreground.

When it ends:
  The command ends by itself: what is left of its process group is killed, leadership is released
  at once, and the tool exits as the command did (128 + signal if one killed it).
  Leadership is lost: unless the lease is renewed, the group gets SIGTERM --drain before it ends
  (at most a quarter of a lease) and SIGKILL 100ms before it ends, so before another can lead.
  Then the tool stands again and runs the command again when it leads (--reenrol never: exits 1).
  Somebody deletes the znode (`tenure evict`): the same at once, with --drain until SIGKILL.
  SIGTERM or SIGINT to the tool: the group gets it, and SIGKILL after --stop-timeout; the tool
  leads until the command is gone, then releases and exits as the command did. A second SIGTERM
  or SIGINT kills at once. SIGHUP, SIGQUIT, SIGUSR1 and SIGUSR2 are handed on.
  The tool is killed, stopped or starved: a small guardian process kills the group at once, or
  when the lease ends. If the guardian is killed, so is the command.

What leaves the process group (setsid, daemons) escapes all this, and so does what outlives
both the tool and its guardian: killed together, they take the command along but not its children.

The command is found as by a shell: exit code 127 if it is missing, 126 if it cannot be run.
";

pub(super) const DETECT_EXAMPLES: &str = "\
Examples:
  tenure detect zk://zk1,zk2,zk3/app
  tenure detect zk://zk1,zk2,zk3/app --json --label json.info
  tenure detect zk://zk1,zk2,zk3/app --once --timeout 5s   one line; 3 if it is not known in time

It prints `leader`, `none` (the group is empty) or `unknown` (no server has answered for too
long) whenever that changes.
";

pub(super) const STATUS_EXAMPLES: &str = "\
Examples:
  tenure status zk://zk1,zk2,zk3/app
  tenure status zk://zk1,zk2,zk3/app --json | jq -r .leader.data
  tenure status zk://zk1,zk2,zk3/app >/dev/null || echo nobody leads

It exits with 0 if somebody leads, with 1 if the group is empty (it says so), and with 3 if no
server has answered in time. What it shows is what the server that answered knows.
";

pub(super) const EVICT_EXAMPLES: &str = "\
Examples:
  tenure evict zk://zk1,zk2,zk3/app 0000000042
  tenure evict zk://admin:secret@zk1/app /app/json.info_0000000042

A leader that is evicted is told at once over its connection and, by default, stands again. One
that is cut off at the same moment may believe that it leads for as long as its lease lasts, at
most its session timeout, while another leads already: the fencing token tells them apart.

It exits with 1 if there is no such member or it may not be deleted.
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
