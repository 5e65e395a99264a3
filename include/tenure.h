/*
 * tenure: leader election and group membership on Apache ZooKeeper.
 *
 * Generated from the sources by `make header`; do not edit. Licence: Apache-2.0.
 */
#ifndef TENURE_H
#define TENURE_H

/**
 * @file
 *
 * # Example
 *
 * Contend for the leadership of a group, work while leading, hand over:
 *
 *     #include <stdio.h>
 *     #include <tenure.h>
 *
 *     static int fail(tenure_error *error)
 *     {
 *         fprintf(stderr, "%" TENURE_PRI_STR "\n", TENURE_STR_ARG(tenure_error_message(error)));
 *         tenure_error_free(error);
 *         return 1;
 *     }
 *
 *     int main(int argc, char **argv)
 *     {
 *         const char *url = argc > 1 ? argv[1] : "memory://example/group";
 *         tenure_client *client = NULL;
 *         tenure_contender *contender = NULL;
 *         tenure_error *error = NULL;
 *         uint64_t token = 0;
 *
 *         if (tenure_client_open(tenure_str_c(url), NULL, &client, &error) != TENURE_OK
 *             || tenure_contender_new(client, NULL, &contender, &error) != TENURE_OK
 *             || tenure_contender_wait_leading(contender, -1, &token, &error) != TENURE_OK)
 *             return fail(error);
 *         for (int step = 0; step < 3 && tenure_contender_is_leading(contender); ++step)
 *             printf("step %d of the leader with token %llu\n", step, (unsigned long long)token);
 *         if (tenure_client_close(client, 10000, &error) != TENURE_OK)
 *             return fail(error);
 *         tenure_contender_free(contender);
 *         tenure_client_free(client);
 *         return 0;
 *     }
 *
 *     cc example.c $(pkg-config --cflags --libs tenure)
 *
 * # Events
 *
 * Every handle (client, contender, detector, group) has events. They come to the client's queue, from
 * which tenure_client_next_event takes them and for which tenure_client_event_fd gives a file
 * descriptor, or to the handle's callback if it has one. Events are news, the lease is the truth: before
 * each action that only a leader may take, ask tenure_contender_is_leading, and pass the fencing token
 * to the storage that you write to.
 *
 * # Threads
 *
 * 1. One thread of the library does all input and output for all clients of a process (of one copy of
 *    the library in it). It never runs your code. A second one, the dispatch thread, starts with the
 *    first callback, and runs all callbacks, one at a time. Look-ups of host names have threads of their
 *    own while they last. All these threads except the dispatch thread block all signals, so that
 *    signals reach your threads.
 * 2. Every function may be called from any thread, several at once, and from every callback. Only
 *    two rules are yours to keep: no thread may use a handle while another thread frees it, and a
 *    callback must not throw, longjmp out, or fork.
 * 3. The library holds no lock while your code runs. A slow callback delays notifications; it never
 *    delays a lease.
 * 4. A function that blocks has a `timeout_ms`: milliseconds, 0 for not at all, -1 for ever. In a
 *    callback it returns TENURE_ERR_REENTRANT unless `timeout_ms` is 0. Functions ending in `_start` do
 *    the same without blocking: TENURE_EVENT_CALL_DONE reports the end, in the queue.
 * 5. After a fork the child may open clients of its own. The handles of its parent lead nothing there;
 *    calls on them return TENURE_ERR_FORKED, and they may be freed or left alone.
 * 6. The library raises no signal, SIGPIPE included, and ends no process. It stays loaded until the
 *    process ends: dlclose() does not unload it.
 *
 * # Lifetimes
 *
 * 1. An object that a function writes to an argument of type `X **`, or returns as a pointer that is not
 *    const, is yours: free it once, with the function of its type, in any order. NULL may be freed.
 * 2. A const pointer or a tenure_str that an accessor returns belongs to the object that it came from,
 *    and lives as long as that object. The event of a callback lives until the callback returns.
 * 3. A function copies the data that you give before it returns, except `user_data`, which is passed
 *    to `destroy` exactly once, whatever the function returned.
 * 4. A handle keeps its session open; tenure_client_close ends the session for all its handles, and
 *    calls on them return TENURE_ERR_CLOSED from then on. tenure_client_free without it closes in the
 *    background.
 *
 * # Errors
 *
 * Functions that can fail return a tenure_status: TENURE_OK is 0, failures are negative. Results are
 * written on success only, except that an error object is written to `error_out` on failure only; both
 * may be NULL if you do not need the result. NULL where it is not allowed gives
 * TENURE_ERR_INVALID_ARGUMENT, never worse. Functions that cannot fail have a value for NULL. A defect
 * of the library gives TENURE_ERR_PANIC, and costs the handle that was called.
 *
 * # Guarantees
 *
 * At no instant do two contenders of one group both lead, if the assumptions of GUARANTEES.md hold; a
 * leader that is cut off, stopped or slow stops believing that it leads before another can be elected.
 * The ABI only grows: a program that was linked with a library works with all later ones of the same
 * soname.
 */


#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define TENURE_VERSION "0.1.0"
#define TENURE_VERSION_MAJOR 0
#define TENURE_VERSION_MINOR 1
#define TENURE_VERSION_PATCH 0

#if defined(TENURE_STATIC) || !defined(__GNUC__)
#define TENURE_API
#else
#define TENURE_API __attribute__((visibility("default")))
#endif

/** For printf: `printf("%" TENURE_PRI_STR, TENURE_STR_ARG(text))`. */
#define TENURE_PRI_STR ".*s"
#define TENURE_STR_ARG(text) (int)(text).len, (text).data

/**
 * The version of the ABI: what the header promises under this number holds for all libraries with
 * the same number in their soname. It is not the version of the release. The ABI only grows:
 * functions are added, none is changed or removed.
 */
#define TENURE_ABI_VERSION 1

/**
 * The session timeout of a master's contender by default, as in Mesos: milliseconds.
 */
#define TENURE_MASTER_CONTENDER_ZK_SESSION_TIMEOUT_MS 10000

/**
 * The session timeout of a detector of masters by default, as in Mesos: milliseconds.
 */
#define TENURE_MASTER_DETECTOR_ZK_SESSION_TIMEOUT_MS 10000

/**
 * A client: one ZooKeeper session, which connects by itself, reconnects, and is replaced when it
 * expires. Contenders, detectors and groups are made from a client and share its session.
 *
 * Any thread may use it, also several at once. Free it at any time, before or after the handles
 * made from it: the session lives until the last of them all is freed, or tenure_client_close is
 * called.
 *
 * @since ABI 1
 */
typedef struct tenure_client tenure_client;

/**
 * The options of a client. They may be used for any number of clients, changed in between, and
 * freed at once: a client copies them.
 *
 * @since ABI 1
 */
typedef struct tenure_client_options tenure_client_options;

/**
 * A contender: one candidacy after another for the leadership of a group. Any thread may use it,
 * also several at once. It keeps its session open.
 *
 * @since ABI 1
 */
typedef struct tenure_contender tenure_contender;

/**
 * The options of a contender. They may be used for any number of contenders, changed in between,
 * and freed at once: a contender copies them.
 *
 * @since ABI 1
 */
typedef struct tenure_contender_options tenure_contender_options;

/**
 * The payload of a member: any bytes. It never changes; any thread may read it.
 *
 * @since ABI 1
 */
typedef struct tenure_data tenure_data;

/**
 * A detector: follows the leader of a group without being a member. Any thread may use it, also
 * several at once. It keeps its session open.
 *
 * @since ABI 1
 */
typedef struct tenure_detector tenure_detector;

/**
 * An error: a status, and a sentence that says what to do. It holds no secret.
 *
 * Functions that can fail take a `tenure_error **error_out` last. Give NULL if the status is
 * enough. An error is written there only if the function fails, and is then yours: free it with
 * tenure_error_free. Any thread may read it, one thread at a time may free it.
 *
 * @since ABI 1
 */
typedef struct tenure_error tenure_error;

/**
 * An event. It never changes; any thread may read it. In a callback it lives until the callback
 * returns; an event that tenure_client_next_event or another function returned is yours until
 * tenure_event_free. The results of accessors live as long as the event.
 *
 * @since ABI 1
 */
typedef struct tenure_event tenure_event;

/**
 * The members of a group, and the memberships that were joined through it. Any thread may use it,
 * also several at once. It keeps its session open.
 *
 * @since ABI 1
 */
typedef struct tenure_group tenure_group;

/**
 * The leading master as a role knows it. It never changes; any thread may read it.
 *
 * @since ABI 1
 */
typedef struct tenure_leading tenure_leading;

/**
 * The `MasterInfo` of a Mesos master: the payload of its znode. It never changes; any thread may read
 * it. Its texts belong to it and live as long as it.
 *
 * @since ABI 1
 */
typedef struct tenure_master_info tenure_master_info;

/**
 * A member of a group: an ephemeral sequential znode. It never changes; any thread may read it. A
 * member that an event or a list shows belongs to the event or list; a member that a function gave
 * you is yours until tenure_member_free.
 *
 * @since ABI 1
 */
typedef struct tenure_member tenure_member;

/**
 * The members of a group at one time, oldest first. The list never changes; any thread may read
 * it. A list that an event shows belongs to the event; a list that a function gave you is yours
 * until tenure_members_free.
 *
 * @since ABI 1
 */
typedef struct tenure_members tenure_members;

/**
 * An observer: by it the leading master pings its agents, and learns which of them are unreachable. It
 * is a state machine without a clock, a thread or a socket; docs/roles.md has every transition. Any
 * thread may use it; inputs are taken one after another.
 *
 * @since ABI 1
 */
typedef struct tenure_observer tenure_observer;

/**
 * The outputs of a role or of an observer after one input, to be carried out in their order. The list
 * never changes; any thread may read it. Its texts belong to it and live as long as it. An accessor
 * gives 0, false or the empty text where the output has no such part.
 *
 * @since ABI 1
 */
typedef struct tenure_outputs tenure_outputs;

/**
 * A role: a master, an agent or a scheduler driver of a Mesos cluster, as a state machine without a
 * clock, a thread or a socket. The host feeds it with events and messages, and carries its outputs out;
 * docs/roles.md has every transition. Any thread may use it; inputs are taken one after another.
 *
 * @since ABI 1
 */
typedef struct tenure_role tenure_role;

/**
 * The options of a role or of an observer. They may be used for any number of them, changed in
 * between, and freed at once: a role copies them.
 *
 * @since ABI 1
 */
typedef struct tenure_role_options tenure_role_options;

/**
 * A URL that says where a group is: `zk://[user:password@]host[:port][,host[:port]...]/path` as in
 * Apache Mesos (IPv6 in brackets, port 2181 by default); `file:///path` of a file that holds a
 * URL; `memory://name/path` for a server inside this process (`memory://name?server=KIND/path` for one that
 * behaves like another server: `keeper`, `old-keeper` or `raftkeeper`); a bare `host:port`, which is the
 * leader itself. A text that surely is a mistake is refused, such as `zk://h1/app,h2/app` or
 * `zk://h/app?x`; a path that begins with `/./` is meant as it is written, as in `zk://h/./app?x`.
 * It never changes; any thread may read it.
 *
 * @since ABI 1
 */
typedef struct tenure_url tenure_url;

/**
 * The result of a call: 0 is success, every failure is negative. The numbers are permanent. New
 * ones may come; treat unknown ones as failures.
 *
 * @since ABI 1
 */
typedef int32_t tenure_status;

/**
 * UTF-8 text: `len` bytes from `data`, **not** ended by a NUL. `{NULL, 0}` is the empty text.
 * Print it with `printf("%" TENURE_PRI_STR, TENURE_STR_ARG(text))`; make one from a C string with
 * tenure_str_c().
 *
 * A function reads a text argument before it returns, and never keeps it. A result lives as long
 * as the object that it came from.
 *
 * @since ABI 1
 */
typedef struct tenure_str {
    /**
     * The first byte; may be NULL if `len` is 0.
     */
    const char *data;
    /**
     * The number of bytes.
     */
    size_t len;
} tenure_str;

/**
 * Receives an event. It runs on the library's dispatch thread, one callback at a time in the
 * process, in the order of the events of its handle, with no lock of the library held. It may call
 * every function of this header, but functions that block return TENURE_ERR_REENTRANT unless their
 * timeout is 0. It must not throw, longjmp out, or fork. A slow callback delays notifications,
 * never a lease.
 *
 * @param user_data  the pointer that was given with the callback
 * @param event      lives until the callback returns; do not free it
 *
 * @since ABI 1
 */
typedef void (*tenure_event_fn)(void *user_data, const struct tenure_event *event);

/**
 * Frees user_data. It runs exactly once for each registration that it was given to, on the
 * library's dispatch thread: after the last call of the callback, when the handle has had its last
 * event (the handle was freed, or its client closed); or, if the registration failed, soon, and
 * the callback was then never called. (If the system refuses the dispatch thread, it runs on the
 * thread that registered.) NULL if there is nothing to free.
 *
 * @param user_data  the pointer that was given with the callback
 *
 * @since ABI 1
 */
typedef void (*tenure_destroy_fn)(void *user_data);

/**
 * The kind of an event. Each kind names its main accessors after the colon. The numbers are
 * permanent; new ones may come, so ignore unknown ones.
 *
 * @since ABI 1
 */
typedef int32_t tenure_event_kind;

/**
 * The kind of the server that granted a session. The numbers are permanent.
 *
 * @since ABI 1
 */
typedef int32_t tenure_server_kind;

/**
 * Which side declared a session over. The numbers are permanent.
 *
 * @since ABI 1
 */
typedef int32_t tenure_expired_by;

/**
 * Why a candidacy or a membership ended. The numbers are permanent.
 *
 * @since ABI 1
 */
typedef int32_t tenure_lost_reason;

/**
 * When leadership ends if no server answers. The numbers are permanent.
 *
 * @since ABI 1
 */
typedef int32_t tenure_policy;

/**
 * Whether a contender enrols again after a lost candidacy. The numbers are permanent.
 *
 * @since ABI 1
 */
typedef int32_t tenure_reenrol;

/**
 * The severity of a log line. The numbers are permanent.
 *
 * @since ABI 1
 */
typedef int32_t tenure_log_level;

/**
 * Receives a log line. It runs on the library's dispatch thread, like tenure_event_fn, and under
 * the same rules.
 *
 * @param user_data  the pointer that was given with the callback
 * @param level      TENURE_LOG_LEVEL_...
 * @param at_ns      the time of the line, in nanoseconds of the boot-time clock
 * @param message    the text; lives until the callback returns, and holds no secret
 *
 * @since ABI 1
 */
typedef void (*tenure_log_fn)(void *user_data,
                              tenure_log_level level,
                              uint64_t at_ns,
                              struct tenure_str message);

/**
 * A metric of a client. The numbers are permanent; new ones may come.
 *
 * @since ABI 1
 */
typedef int32_t tenure_metric;

/**
 * An option of a role or of an observer, in the names, ranges and defaults of Mesos's flags. The
 * numbers are permanent; new ones may come.
 *
 * @since ABI 1
 */
typedef int32_t tenure_role_option;

/**
 * An output of a role or of an observer: an order to its host, or news for it. Each names its
 * accessors after the colon. The numbers are permanent; new ones may come.
 *
 * @since ABI 1
 */
typedef int32_t tenure_output_kind;

/**
 * Why a role stopped, or why an agent is unreachable. The numbers are permanent; new ones may
 * come.
 *
 * @since ABI 1
 */
typedef int32_t tenure_role_reason;

/**
 * The part that a process plays in a Mesos cluster. The numbers are permanent.
 *
 * @since ABI 1
 */
typedef int32_t tenure_role_kind;

/**
 * The state of a role. The numbers are permanent; new ones may come.
 *
 * @since ABI 1
 */
typedef int32_t tenure_role_state;

/**
 * A call of a scheduler to the master. The numbers are permanent.
 *
 * @since ABI 1
 */
typedef int32_t tenure_call_kind;

/**
 * News of an agent for an observer. The numbers are permanent.
 *
 * @since ABI 1
 */
typedef int32_t tenure_observer_input;

/**
 * The state of one agent of an observer. The numbers are permanent; new ones may come.
 *
 * @since ABI 1
 */
typedef int32_t tenure_agent_state;

/**
 * It worked.
 */
#define TENURE_OK 0

/**
 * An argument can never work: NULL where it is not allowed, text that is not UTF-8, a path that
 * ZooKeeper does not allow, a duration out of range. Nothing was sent.
 */
#define TENURE_ERR_INVALID_ARGUMENT -1

/**
 * The client was closed; for tenure_client_next_event: no event will ever follow.
 */
#define TENURE_ERR_CLOSED -2

/**
 * The handle has a callback already. A handle has at most one, and its events then do not come to
 * the queue.
 */
#define TENURE_ERR_BUSY -3

/**
 * A callback called a function that would block. Give 0 as the timeout, or use the form of the
 * function that ends in `_start`.
 */
#define TENURE_ERR_REENTRANT -4

/**
 * An earlier call on this handle hit a defect of the library (TENURE_ERR_PANIC). The handle no
 * longer leads; free it.
 */
#define TENURE_ERR_POISONED -5

/**
 * The handle was made before a fork, by the parent of this process. Open a client in this process.
 */
#define TENURE_ERR_FORKED -6

/**
 * The result was not known in time. The operation may have happened, or may still happen.
 */
#define TENURE_ERR_TIMEOUT -20

/**
 * The session is over, and the call belonged to it. A new session follows by itself.
 */
#define TENURE_ERR_SESSION_EXPIRED -21

/**
 * The server refused the credentials of the URL.
 */
#define TENURE_ERR_AUTH_FAILED -22

/**
 * The operating system refused a resource (a thread, a file descriptor, memory), or the library
 * did because too much is under way.
 */
#define TENURE_ERR_SYSTEM -23

/**
 * The ACL of a znode does not allow it; the message names path and permission.
 */
#define TENURE_ERR_NO_AUTH -40

/**
 * The znode does not exist.
 */
#define TENURE_ERR_NO_NODE -41

/**
 * A server refused for another reason; the message names the server's error.
 */
#define TENURE_ERR_SERVER -42

/**
 * A defect of the library. The handle that was called is no longer usable; the process and all
 * other handles are safe.
 */
#define TENURE_ERR_PANIC -90

/**
 * No event: the kind of NULL.
 */
#define TENURE_EVENT_NOTHING 0

/**
 * The client asks for a new session.
 */
#define TENURE_EVENT_SESSION_CONNECTING 1

/**
 * A session is established, new or kept: tenure_event_session, tenure_event_timeout_ms,
 * tenure_event_server.
 */
#define TENURE_EVENT_SESSION_CONNECTED 2

/**
 * The connection is lost; the session may live on: tenure_event_since_ns, tenure_event_message.
 */
#define TENURE_EVENT_SESSION_SUSPENDED 3

/**
 * An attempt to connect failed; the next one follows by itself: tenure_event_attempt,
 * tenure_event_message.
 */
#define TENURE_EVENT_SESSION_RETRYING 4

/**
 * The session is over; a new one follows by itself: tenure_event_expired_by.
 */
#define TENURE_EVENT_SESSION_EXPIRED 5

/**
 * The server refused the credentials; the client is no longer usable.
 */
#define TENURE_EVENT_SESSION_AUTH_FAILED 6

/**
 * The client was closed; this is the last event of the client itself.
 */
#define TENURE_EVENT_SESSION_CLOSED 7

/**
 * The helper process that would close the session when this process is dead has ended, or could
 * not be started. All else goes on as without it: tenure_event_message.
 */
#define TENURE_EVENT_SESSION_UNDERTAKER_LOST 8

/**
 * Another helper process has taken the place of a lost one: it closes the session when this
 * process is dead.
 */
#define TENURE_EVENT_SESSION_UNDERTAKER_REPLACED 9

/**
 * A candidacy begins: its znode is being created.
 */
#define TENURE_EVENT_CONTENDER_ENROLLING 20

/**
 * The znode exists; its rank is not known yet: tenure_event_member, tenure_event_token.
 */
#define TENURE_EVENT_CONTENDER_ENROLLED 21

/**
 * Another member leads, or the contender waits for the lease of the leader before it:
 * tenure_event_member, tenure_event_token, tenure_event_ahead, tenure_event_waits_until_ns.
 */
#define TENURE_EVENT_CONTENDER_STANDBY 22

/**
 * This contender leads: tenure_event_member, tenure_event_token, tenure_event_lease_end_ns. Ask
 * tenure_contender_is_leading before you act: events are news, the lease is the truth.
 */
#define TENURE_EVENT_CONTENDER_LEADING 23

/**
 * It leads, but a renewal is overdue or the connection is lost: tenure_event_member,
 * tenure_event_token, tenure_event_lease_end_ns. LEADING with the same token follows, or LOST.
 */
#define TENURE_EVENT_CONTENDER_JEOPARDY 24

/**
 * The candidacy is over; exactly one event for each candidacy that began: tenure_event_member,
 * tenure_event_token, tenure_event_lease_end_ns, tenure_event_lost_reason, tenure_event_status,
 * tenure_event_message. The lease end is that of the leadership, 0 if it did not lead.
 */
#define TENURE_EVENT_CONTENDER_LOST 25

/**
 * The candidacy cannot go on for now, and the contender tries again by itself; one event for each
 * cause, and for the lack of a lease one in each session timeout: tenure_event_member,
 * tenure_event_token, tenure_event_status, tenure_event_message.
 */
#define TENURE_EVENT_CONTENDER_BLOCKED 26

/**
 * The group's znode has children of another recipe, such as Curator's LeaderLatch, whose
 * contenders and this one do not wait for each other; one event for each candidacy, which goes on:
 * tenure_event_member, tenure_event_token, tenure_event_message.
 */
#define TENURE_EVENT_CONTENDER_STRANGERS 27

/**
 * The group's fencing token fell: the ensemble was emptied or restored. Resources that remember
 * the old token refuse the new leader until they are reset: tenure_event_member,
 * tenure_event_token, tenure_event_token_before.
 */
#define TENURE_EVENT_CONTENDER_TOKEN_FELL 28

/**
 * The leader cannot be known: no server has answered for too long. It is not the same as NONE:
 * tenure_event_since_ns.
 */
#define TENURE_EVENT_DETECTOR_UNKNOWN 40

/**
 * No leader: the group is empty.
 */
#define TENURE_EVENT_DETECTOR_NONE 41

/**
 * A member leads, or the leader's payload has changed: tenure_event_member, tenure_event_token,
 * tenure_event_data, tenure_event_as_of_ns.
 */
#define TENURE_EVENT_DETECTOR_LEADER 42

/**
 * The group cannot be read, and the library tries again by itself: tenure_event_status,
 * tenure_event_message.
 */
#define TENURE_EVENT_DETECTOR_FAILED 43

/**
 * The group's fencing token fell: the ensemble was emptied or restored. Resources that remember
 * the old token refuse the new leader until they are reset: tenure_event_member,
 * tenure_event_token, tenure_event_token_before.
 */
#define TENURE_EVENT_DETECTOR_TOKEN_FELL 44

/**
 * The members cannot be known: no server has answered for too long: tenure_event_since_ns.
 */
#define TENURE_EVENT_GROUP_UNKNOWN 60

/**
 * All members, oldest first: tenure_event_members.
 */
#define TENURE_EVENT_GROUP_MEMBERS 61

/**
 * The group cannot be read, and the library tries again by itself: tenure_event_status,
 * tenure_event_message.
 */
#define TENURE_EVENT_GROUP_FAILED 62

/**
 * A membership that this group joined has ended, and not by tenure_group_cancel:
 * tenure_event_member, tenure_event_token, tenure_event_lost_reason, tenure_event_status,
 * tenure_event_message.
 */
#define TENURE_EVENT_GROUP_MEMBERSHIP_LOST 63

/**
 * A call that a function ending in `_start` began has ended: tenure_event_call,
 * tenure_event_status, tenure_event_message, and the accessor that the function names for its
 * result.
 */
#define TENURE_EVENT_CALL_DONE 80

/**
 * The event is not the end of a candidacy or membership.
 */
#define TENURE_LOST_REASON_NONE 0

/**
 * The session is over.
 */
#define TENURE_LOST_REASON_SESSION_EXPIRED 1

/**
 * The lease ended before it could be renewed, or the contender could not get a lease because it
 * may not read its own znode.
 */
#define TENURE_LOST_REASON_LEASE_LAPSED 2

/**
 * Another party deleted the znode.
 */
#define TENURE_LOST_REASON_EVICTED 3

/**
 * tenure_contender_withdraw was called.
 */
#define TENURE_LOST_REASON_WITHDRAWN 4

/**
 * The client was closed.
 */
#define TENURE_LOST_REASON_CLOSED 5

/**
 * The candidacy cannot succeed, and trying again cannot help: the znode may not be created, the
 * members may not be listed, the times do not fit the session timeout, or the policy is not safe
 * on this server. tenure_event_status says why.
 */
#define TENURE_LOST_REASON_FAILED 6

/**
 * Neither: the event is of another kind.
 */
#define TENURE_EXPIRED_BY_NOBODY 0

/**
 * A server: everything of the session is gone. On a server that cannot reattach sessions, such as
 * ClickHouse Keeper, each lost connection ends the session, and the client then deletes the znodes
 * that it knows.
 */
#define TENURE_EXPIRED_BY_SERVER 1

/**
 * The client's own clock: no server answered for too long.
 */
#define TENURE_EXPIRED_BY_LOCAL_TIMEOUT 2

/**
 * None: the event is of another kind.
 */
#define TENURE_SERVER_UNKNOWN 0

/**
 * A server of Apache ZooKeeper.
 */
#define TENURE_SERVER_ZOOKEEPER 1

/**
 * A server that speaks ZooKeeper's protocol and ends sessions by rules of its own, such as
 * ClickHouse Keeper: only contenders with the policy GUARDED lead safely there.
 */
#define TENURE_SERVER_OTHER 2

/**
 * Leadership ends with its lease, which rests on writes that a quorum has committed: before the
 * ensemble can elect another leader. The default.
 */
#define TENURE_POLICY_VERIFIED 0

/**
 * Like VERIFIED, and at once when the connection is lost.
 */
#define TENURE_POLICY_STRICT 1

/**
 * Leadership ends with the session, as in Mesos. **Not safe**: a successor may lead before that.
 */
#define TENURE_POLICY_SESSION 2

/**
 * Leadership ends with a lease whose length the group's znode tells every successor, which waits
 * for it: safe also on servers that are not ZooKeeper. All contenders of the group must use it.
 */
#define TENURE_POLICY_GUARDED 3

/**
 * The contender enrols again by itself. The default.
 */
#define TENURE_REENROL_ALWAYS 0

/**
 * The contender stops.
 */
#define TENURE_REENROL_NEVER 1

/**
 * Something does not work, and will not work by itself.
 */
#define TENURE_LOG_LEVEL_ERROR 1

/**
 * Something is wrong: a connection lost, a leadership in jeopardy.
 */
#define TENURE_LOG_LEVEL_WARN 2

/**
 * Changes of state: sessions, leaderships, leaders.
 */
#define TENURE_LOG_LEVEL_INFO 3

/**
 * The steps between: each attempt, each step of a candidacy.
 */
#define TENURE_LOG_LEVEL_DEBUG 4

/**
 * Established connections, counted before the handshake.
 */
#define TENURE_METRIC_CONNECTIONS 1

/**
 * Attempts to connect that failed, including attempts that failed in the handshake.
 */
#define TENURE_METRIC_FAILED_ATTEMPTS 2

/**
 * Connections that were lost after a session had been confirmed on them.
 */
#define TENURE_METRIC_SUSPENSIONS 3

/**
 * How often a session was confirmed: a new session, or the same one on another connection.
 */
#define TENURE_METRIC_SESSIONS_CONFIRMED 4

/**
 * Sessions that expired, whichever side declared them over.
 */
#define TENURE_METRIC_SESSIONS_EXPIRED 5

/**
 * Bytes that were passed to connections.
 */
#define TENURE_METRIC_BYTES_SENT 6

/**
 * Bytes that were read from connections.
 */
#define TENURE_METRIC_BYTES_RECEIVED 7

/**
 * Events of all handles, fetched or not.
 */
#define TENURE_METRIC_EVENTS 8

/**
 * Leaderships that began.
 */
#define TENURE_METRIC_LEADERSHIPS 9

/**
 * Leaderships that ended.
 */
#define TENURE_METRIC_LEADERSHIPS_ENDED 10

/**
 * How often the lease of a leadership was extended. If one proof extends the leases of several
 * leaderships, each of them counts.
 */
#define TENURE_METRIC_RENEWALS 11

/**
 * Contenders, detectors and groups that are open now. It rises and falls.
 */
#define TENURE_METRIC_HANDLES 12

/**
 * Calls that wait for an answer now. It rises and falls.
 */
#define TENURE_METRIC_CALLS 13

/**
 * It contends, and it leads or follows.
 */
#define TENURE_ROLE_MASTER 1

/**
 * It obeys the detected leader alone.
 */
#define TENURE_ROLE_AGENT 2

/**
 * It registers a framework with the leader, and passes on messages of the leader alone.
 */
#define TENURE_ROLE_DRIVER 3

/**
 * Agent, driver: the seed of the random delays, another one for each process; 0, the default,
 * takes a random one.
 */
#define TENURE_ROLE_OPTION_SEED 1

/**
 * Agent, driver: the first attempt to register comes after a random part of this span, later ones
 * after a random part of twice, four times, ... it: 0 to 15 min; 1 s by default for an agent, 2 s
 * for a driver.
 */
#define TENURE_ROLE_OPTION_BACKOFF_MS 2

/**
 * Agent: the longest such span: 1 s to 15 min; 1 min by default.
 */
#define TENURE_ROLE_OPTION_BACKOFF_MAX_MS 3

/**
 * Agent: the time without a ping after which it registers again, unless the leader gives another:
 * 1 s to 1 day; 75 s by default.
 */
#define TENURE_ROLE_OPTION_PING_TIMEOUT_MS 4

/**
 * Driver: the time after which the master removes the framework of a scheduler that is away; a
 * tenth of it is the longest span between attempts: 0 to 10 years; 0 by default, and then that is
 * 1 min.
 */
#define TENURE_ROLE_OPTION_FAILOVER_TIMEOUT_MS 5

/**
 * Observer: the time between two pings of an agent: 1 s to 15 min; 15 s by default.
 */
#define TENURE_ROLE_OPTION_AGENT_PING_TIMEOUT_MS 6

/**
 * Observer: how many pings in a row an agent may leave unanswered: 1 to 1,000,000; 5 by default.
 */
#define TENURE_ROLE_OPTION_MAX_AGENT_PING_TIMEOUTS 7

/**
 * Observer: the time in which an agent must register again: 1 s to 30 days; 10 min by default.
 */
#define TENURE_ROLE_OPTION_AGENT_REREGISTER_TIMEOUT_MS 8

/**
 * Observer: how many agents may become unreachable in `agent_removals_each_ms`: 1 to 1,000,000;
 * any number by default.
 */
#define TENURE_ROLE_OPTION_AGENT_REMOVALS 9

/**
 * Observer: the time for `agent_removals`, which must be set, too: 1 s to 30 days.
 */
#define TENURE_ROLE_OPTION_AGENT_REMOVALS_EACH_MS 10

/**
 * There is no such role.
 */
#define TENURE_ROLE_STATE_NONE 0

/**
 * A master that does not lead; nothing is known of a leader yet, or it is first itself and has no
 * lease yet. Requests for the leader: 503.
 */
#define TENURE_ROLE_STATE_CANDIDATE 1

/**
 * A master; another one leads. Requests go to that one: 307.
 */
#define TENURE_ROLE_STATE_STANDBY 2

/**
 * A master that does not lead, and no leader is known. Requests: 503.
 */
#define TENURE_ROLE_STATE_LEADERLESS 3

/**
 * A master that leads, and answers requests.
 */
#define TENURE_ROLE_STATE_LEADER 4

/**
 * A master that leads and answers requests, but its lease may end soon.
 */
#define TENURE_ROLE_STATE_JEOPARDY 5

/**
 * The role has ended: the process must end.
 */
#define TENURE_ROLE_STATE_STOPPED 6

/**
 * No leader is known, and there is no id yet.
 */
#define TENURE_ROLE_STATE_STARTING 20

/**
 * A leader is known and is asked for an id.
 */
#define TENURE_ROLE_STATE_REGISTERING 21

/**
 * The leader has confirmed the registration.
 */
#define TENURE_ROLE_STATE_REGISTERED 22

/**
 * The leader with which it registered last has not confirmed the id again.
 */
#define TENURE_ROLE_STATE_REREGISTERING 23

/**
 * Another leader than the one with which it registered last has not confirmed the id.
 */
#define TENURE_ROLE_STATE_MOVING 24

/**
 * No leader is known; the id is kept.
 */
#define TENURE_ROLE_STATE_LOST 25

/**
 * There is no such output.
 */
#define TENURE_OUTPUT_NOTHING 0

/**
 * Master: it leads from now on: path, token, lease end.
 */
#define TENURE_OUTPUT_ELECTED 1

/**
 * Master: it leads until the lease end, unless it is confirmed before: lease end.
 */
#define TENURE_OUTPUT_IN_JEOPARDY 2

/**
 * Master: it is no longer in jeopardy: lease end.
 */
#define TENURE_OUTPUT_CONFIRMED 3

/**
 * Master: another one leads, or its address has changed: the leader's address, path, token.
 */
#define TENURE_OUTPUT_FOLLOWING 4

/**
 * Master: no leader is known any more.
 */
#define TENURE_OUTPUT_LEADERLESS 5

/**
 * The role has ended, and so must the process: reason, message (the line that Mesos logs), exit
 * status.
 */
#define TENURE_OUTPUT_STOP 6

/**
 * Agent: the registration no longer counts; updates wait, tasks go on. Driver: call the
 * scheduler's `disconnected`.
 */
#define TENURE_OUTPUT_DISCONNECTED 20

/**
 * Agent: the leader is another one than that of the last registration: address, path, token.
 */
#define TENURE_OUTPUT_NEW_LEADER 21

/**
 * Agent: the leader of the last registration leads: address, path, token.
 */
#define TENURE_OUTPUT_SAME_LEADER 22

/**
 * Agent: no leader is known any more; tasks go on.
 */
#define TENURE_OUTPUT_LOST 23

/**
 * Agent: ask the leader for an id: address, path, token.
 */
#define TENURE_OUTPUT_REGISTER 24

/**
 * Agent: ask the leader to take the agent with its id and its tasks: address, path, token, id.
 */
#define TENURE_OUTPUT_REREGISTER 25

/**
 * Agent: the leader has it, for the first time: id. Driver: call the scheduler's `registered`:
 * address, path, token, id.
 */
#define TENURE_OUTPUT_REGISTERED 26

/**
 * Agent: the leader has it again. Driver: call the scheduler's `reregistered`: address, path,
 * token.
 */
#define TENURE_OUTPUT_REREGISTERED 27

/**
 * Agent: answer the ping of the leader: address, path, token.
 */
#define TENURE_OUTPUT_PONG 28

/**
 * The message did not come from the leader.
 */
#define TENURE_OUTPUT_IGNORED 29

/**
 * Driver: ask the leader to register the framework: address, path, token, id, flag (another
 * instance with this id is to be removed).
 */
#define TENURE_OUTPUT_SUBSCRIBE 40

/**
 * Driver: send the call to the leader: address, path, token.
 */
#define TENURE_OUTPUT_SEND 41

/**
 * Driver: no master is there for the call: it is an error of the scheduler's call.
 */
#define TENURE_OUTPUT_DROPPED 42

/**
 * Driver: no master is there for the tasks: each is reported as `TASK_LOST`: message.
 */
#define TENURE_OUTPUT_TASKS_LOST 43

/**
 * Driver: the new description of the framework goes with the next subscription.
 */
#define TENURE_OUTPUT_POSTPONED 44

/**
 * Observer: ping the agent: agent, flag (goes into the ping as `connected`).
 */
#define TENURE_OUTPUT_PING 60

/**
 * Observer: the agent may be used: agent.
 */
#define TENURE_OUTPUT_ACTIVATED 61

/**
 * Observer: the agent's connection broke; it gets no tasks, and its tasks go on: agent.
 */
#define TENURE_OUTPUT_DEACTIVATED 62

/**
 * Observer: the agent will be unreachable when the rate limit permits it: agent, reason, message.
 */
#define TENURE_OUTPUT_SCHEDULED 63

/**
 * Observer: that was called off, the agent is there: agent.
 */
#define TENURE_OUTPUT_CANCELED 64

/**
 * Observer: the agent is unreachable, and its tasks are lost: agent, reason, message.
 */
#define TENURE_OUTPUT_UNREACHABLE 65

/**
 * Observer: an unreachable agent is back, with its tasks: agent.
 */
#define TENURE_OUTPUT_READMITTED 66

/**
 * Observer: it has no such agent; the message is to be ignored: agent.
 */
#define TENURE_OUTPUT_UNKNOWN 67

/**
 * There is no reason.
 */
#define TENURE_ROLE_REASON_NONE 0

/**
 * A leading master lost its candidacy.
 */
#define TENURE_ROLE_REASON_LOST_CANDIDACY 1

/**
 * A leading master learnt that a younger one leads: address, path, token.
 */
#define TENURE_ROLE_REASON_CONCEDED 2

/**
 * The lease of a leading master ended, and no event said so.
 */
#define TENURE_ROLE_REASON_LEASE_ENDED 3

/**
 * A master cannot contend any longer.
 */
#define TENURE_ROLE_REASON_CANNOT_CONTEND 4

/**
 * The leader gave another id than before: id.
 */
#define TENURE_ROLE_REASON_OTHER_ID 5

/**
 * The leader refused an agent's credentials.
 */
#define TENURE_ROLE_REASON_REFUSED 6

/**
 * The leader ended a framework with an error.
 */
#define TENURE_ROLE_REASON_FAILED 7

/**
 * The leader or the host asked for it.
 */
#define TENURE_ROLE_REASON_ASKED 8

/**
 * An agent left too many pings unanswered.
 */
#define TENURE_ROLE_REASON_NO_PONG 20

/**
 * An agent did not register again in time after its connection broke.
 */
#define TENURE_ROLE_REASON_DISCONNECTED 21

/**
 * An agent did not register in time after another leader was elected.
 */
#define TENURE_ROLE_REASON_FAILOVER 22

/**
 * It launches tasks, or accepts offers with tasks in them.
 */
#define TENURE_CALL_LAUNCH 1

/**
 * It changes the framework's description.
 */
#define TENURE_CALL_UPDATE_FRAMEWORK 2

/**
 * Any other: kill, decline, revive, suppress, acknowledge, message, reconcile, request.
 */
#define TENURE_CALL_OTHER 3

/**
 * It was registered again.
 */
#define TENURE_OBSERVER_REGISTERED 1

/**
 * It answered a ping.
 */
#define TENURE_OBSERVER_PONG 2

/**
 * Its connection broke.
 */
#define TENURE_OBSERVER_LINK_LOST 3

/**
 * It is gone for good: it has shut down, or an operator says so.
 */
#define TENURE_OBSERVER_REMOVED 4

/**
 * The observer has no such agent.
 */
#define TENURE_AGENT_UNKNOWN 0

/**
 * An earlier leader had it; it has not registered with this one.
 */
#define TENURE_AGENT_EXPECTED 1

/**
 * It is registered and connected.
 */
#define TENURE_AGENT_ACTIVE 2

/**
 * Its connection broke. It is pinged on.
 */
#define TENURE_AGENT_DISCONNECTED 3

/**
 * It left too many pings unanswered, and waits for the rate limit.
 */
#define TENURE_AGENT_UNANSWERED 4

/**
 * The same, and its connection broke.
 */
#define TENURE_AGENT_SILENT 5

/**
 * It did not register again in time, and waits for the rate limit. It is not pinged.
 */
#define TENURE_AGENT_OVERDUE 6

/**
 * It is deactivated, and its tasks are lost. It is not pinged.
 */
#define TENURE_AGENT_UNREACHABLE 7

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * The ABI version of the loaded library. Compare it with TENURE_ABI_VERSION, the version of the
 * header that the program was compiled with.
 *
 * @return the number
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API int32_t tenure_abi_version(void);

/**
 * The release of the loaded library: `"0.1.0"`. The release of the header is TENURE_VERSION.
 *
 * @return a text that ends with a NUL and lives for ever; never NULL
 *
 * Ownership: the library owns the text. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API const char *tenure_version(void);

/**
 * The boot-time clock (`CLOCK_BOOTTIME`), which measures leases. It goes on while the machine
 * sleeps.
 *
 * @return nanoseconds since some moment before the machine started
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API uint64_t tenure_boottime_ns(void);

/**
 * The name of a status, as this header writes it: `"TENURE_ERR_TIMEOUT"`; `"unknown status"` for a
 * number that is no status.
 *
 * @param status  any number
 * @return a text that ends with a NUL and lives for ever; never NULL
 *
 * Ownership: the library owns the text. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API const char *tenure_status_name(tenure_status status);

/**
 * The status of an error.
 *
 * @param error  an error, or NULL
 * @return its status, never TENURE_OK; TENURE_OK if `error` is NULL
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API tenure_status tenure_error_status(const struct tenure_error *error);

/**
 * What went wrong and what to do about it, in a sentence for people.
 *
 * @param error  an error, or NULL
 * @return the sentence; the empty text if `error` is NULL
 *
 * Ownership: the text belongs to the error and lives as long as it. Threading: any thread.
 * Blocking: never.
 * @since ABI 1
 */
TENURE_API struct tenure_str tenure_error_message(const struct tenure_error *error);

/**
 * Whether the same call can succeed later without any change.
 *
 * @param error  an error, or NULL
 * @return true for an expired session, a timeout, or a lack of system resources; false if `error`
 *         is NULL
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API bool tenure_error_is_retriable(const struct tenure_error *error);

/**
 * Frees an error.
 *
 * @param error  an error; it must not be used afterwards. NULL has no effect
 *
 * Ownership: takes the error. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API void tenure_error_free(struct tenure_error *error);

/**
 * Parses a URL. tenure_client_open parses its own; this function is for programs that check or
 * show a URL.
 *
 * @param text       the URL
 * @param url_out    the parsed URL is written here, on success only
 * @param error_out  an error is written here, on failure only; may be NULL
 * @return TENURE_OK, or TENURE_ERR_INVALID_ARGUMENT with a message that says what is expected and
 *         never repeats a password
 *
 * Ownership: the caller owns the URL and frees it with tenure_url_free. Threading: any thread.
 * Blocking: only to read the file of a `file://` URL.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_url_parse(struct tenure_str text,
                               struct tenure_url **url_out,
                               struct tenure_error **error_out);

/**
 * The path of the group: everything from the first `/` after the servers on. For a bare
 * `host:port`, that `host:port`.
 *
 * @param url  a URL, or NULL
 * @return the path; the empty text if `url` is NULL
 *
 * Ownership: the text belongs to the URL and lives as long as it. Threading: any thread. Blocking:
 * never.
 * @since ABI 1
 */
TENURE_API struct tenure_str tenure_url_path(const struct tenure_url *url);

/**
 * The URL as people may see it: without the credentials.
 *
 * @param url  a URL, or NULL
 * @return the text; the empty text if `url` is NULL
 *
 * Ownership: the text belongs to the URL and lives as long as it. Threading: any thread. Blocking:
 * never.
 * @since ABI 1
 */
TENURE_API struct tenure_str tenure_url_shown(const struct tenure_url *url);

/**
 * Whether the URL is a bare `host:port`: the leader itself.
 *
 * @param url  a URL, or NULL
 * @return true if it is; false if `url` is NULL
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API bool tenure_url_is_standalone(const struct tenure_url *url);

/**
 * How many servers a `zk://` URL names.
 *
 * @param url  a URL, or NULL
 * @return the number; 0 for other URLs, and if `url` is NULL
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API size_t tenure_url_server_count(const struct tenure_url *url);

/**
 * A server of a `zk://` URL, as `host:port`.
 *
 * @param url    a URL, or NULL
 * @param index  from 0, in the order of the URL
 * @return the server; the empty text where there is none
 *
 * Ownership: the text belongs to the URL and lives as long as it. Threading: any thread. Blocking:
 * never.
 * @since ABI 1
 */
TENURE_API struct tenure_str tenure_url_server(const struct tenure_url *url, size_t index);

/**
 * Frees a URL.
 *
 * @param url  a URL; it must not be used afterwards. NULL has no effect
 *
 * Ownership: takes the URL. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API void tenure_url_free(struct tenure_url *url);

/**
 * The default options: a session timeout of ten seconds, as in Mesos, and no tick.
 *
 * @return options, to be freed with tenure_client_options_free; never NULL
 *
 * Ownership: the caller owns the options. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API struct tenure_client_options *tenure_client_options_new(void);

/**
 * Sets the session timeout to ask for. The server grants a timeout within its own limits (2 to 20
 * ticks unless configured); TENURE_EVENT_SESSION_CONNECTED reports it.
 *
 * @param options     options
 * @param timeout_ms  milliseconds, from 1 to 2147483647 (24 days); checked by tenure_client_open
 * @param error_out   an error is written here, on failure only; may be NULL
 * @return TENURE_OK, or TENURE_ERR_INVALID_ARGUMENT for NULL and for a negative number
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_client_options_set_session_timeout_ms(struct tenure_client_options *options,
                                                           int64_t timeout_ms,
                                                           struct tenure_error **error_out);

/**
 * Sets the servers' `tickTime`, which makes verified leases longer: without it the library assumes
 * half of the session timeout, the most that servers with default limits can have. **Never set
 * less than the servers' real tick.** Behind an observer that follows another learner
 * (`ObserverMaster`) set twice the tick. If the tick leaves no room for a lease, contenders fail
 * with an error that says so.
 *
 * @param options    options
 * @param tick_ms    milliseconds, from 1 to 2147483647; checked by tenure_client_open
 * @param error_out  an error is written here, on failure only; may be NULL
 * @return TENURE_OK, or TENURE_ERR_INVALID_ARGUMENT for NULL and for a negative number
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_client_options_set_tick_ms(struct tenure_client_options *options,
                                                int64_t tick_ms,
                                                struct tenure_error **error_out);

/**
 * Makes the client speak TLS to its servers (their `secureClientPort`). Every server's certificate
 * must chain to one of the authorities, and contain the host's name or address from the URL.
 *
 * @param options           options
 * @param ca_file           a PEM file with the authorities to trust; no others are trusted, not
 *                          even the system's
 * @param certificate_file  a PEM file with the client's certificate, which servers require unless
 *                          their `ssl.clientAuth` says otherwise; the empty text for none
 * @param key_file          a PEM file with its private key, not encrypted; the empty text for none
 * @param server_name       the name or address that certificates must contain, instead of the host
 *                          in the URL; the empty text for that host
 * @param error_out         an error is written here, on failure only; may be NULL
 * @return TENURE_OK, or TENURE_ERR_INVALID_ARGUMENT for NULL, for text that is not UTF-8, and for
 *         a certificate without a key or a key without a certificate. tenure_client_open reads the
 *         files, and returns TENURE_ERR_INVALID_ARGUMENT if a file is unusable (the message names
 *         it), or if this build of the library has no TLS
 *
 * Ownership: the texts are copied. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_client_options_set_tls(struct tenure_client_options *options,
                                            struct tenure_str ca_file,
                                            struct tenure_str certificate_file,
                                            struct tenure_str key_file,
                                            struct tenure_str server_name,
                                            struct tenure_error **error_out);

/**
 * Sets the helper process that closes the session as soon as this process is dead, so that a successor leads in
 * milliseconds and not after the session timeout; there is none by default. It starts with the first client that asks
 * for it, serves all that name the same program, and ends with the last; its end in another way is the event
 * TENURE_EVENT_SESSION_UNDERTAKER_LOST, and all else goes on. Only a client with a `zk://` URL has sessions to close;
 * with another URL the option is not used.
 *
 * @param options    options
 * @param path       the path of the program tenure-undertaker, of the same release as the library; the empty text for
 *                   the one that is installed with the library
 * @param error_out  an error is written here, on failure only; may be NULL
 * @return TENURE_OK, or TENURE_ERR_INVALID_ARGUMENT for NULL and for text that is not UTF-8. tenure_client_open
 *         starts the program, and returns TENURE_ERR_INVALID_ARGUMENT if it is missing, cannot be executed, is of
 *         another release, has no TLS although the client uses it, or cannot hold so many servers; if the system
 *         refuses a process (also before Linux 5.3), the client opens, and TENURE_EVENT_SESSION_UNDERTAKER_LOST says
 *         why. For the first client it waits until the program is ready: some milliseconds, at most ten
 *         seconds
 *
 * Ownership: the text is copied. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_client_options_set_undertaker(struct tenure_client_options *options,
                                                   struct tenure_str path,
                                                   struct tenure_error **error_out);

/**
 * Frees options. Clients that were opened with them keep their copies.
 *
 * @param options  options; they must not be used afterwards. NULL has no effect
 *
 * Ownership: takes the options. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API void tenure_client_options_free(struct tenure_client_options *options);

/**
 * Opens a client and begins to connect. It does not wait for a connection, and a server that
 * cannot be reached is no error: events report each attempt.
 *
 * @param url         where the group is; see tenure_url
 * @param options     the options of the client; NULL for the defaults
 * @param client_out  the client is written here, on success only
 * @param error_out   an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_INVALID_ARGUMENT for a URL that cannot be read (the message never
 *         repeats a password) and for options out of range; TENURE_ERR_SYSTEM when the I/O thread
 *         cannot be started
 *
 * Ownership: the caller owns the client and frees it with tenure_client_free. Threading: any
 * thread. Blocking: only to read the file of a `file://` URL.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_client_open(struct tenure_str url,
                                 const struct tenure_client_options *options,
                                 struct tenure_client **client_out,
                                 struct tenure_error **error_out);

/**
 * The number that names this client in events: tenure_event_source.
 *
 * @param client  a client, or NULL
 * @return the number, never 0; 0 if `client` is NULL
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API uint64_t tenure_client_id(const struct tenure_client *client);

/**
 * The path of the client's URL: the default group.
 *
 * @param client  a client, or NULL
 * @return the path; the empty text if `client` is NULL
 *
 * Ownership: the text belongs to the client and lives as long as it. Threading: any thread.
 * Blocking: never.
 * @since ABI 1
 */
TENURE_API struct tenure_str tenure_client_path(const struct tenure_client *client);

/**
 * Takes the next event from the client's queue: the oldest event of the handle that has waited
 * longest. The queue has the events of the client and of all handles made from it, except handles
 * with a callback, and the ends of calls that a function ending in `_start` began. The events of
 * one handle come in order. A consumer that is too slow loses the oldest events of a handle, but
 * never the latest, never the newest TENURE_EVENT_CONTENDER_LOST, and never a
 * TENURE_EVENT_GROUP_MEMBERSHIP_LOST.
 *
 * @param client      a client
 * @param timeout_ms  how long to wait: milliseconds, 0 not at all, -1 for ever
 * @param event_out   the event is written here, on success only
 * @param error_out   an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_TIMEOUT when no event came in time; TENURE_ERR_CLOSED when no
 *         event will ever follow (the client was closed and all events were fetched);
 *         TENURE_ERR_REENTRANT in a callback, unless the timeout is 0; TENURE_ERR_FORKED;
 *         TENURE_ERR_INVALID_ARGUMENT for NULL and for another negative timeout
 *
 * Ownership: the caller owns the event and frees it with tenure_event_free. Threading: any thread;
 * several may take events at once, and each event goes to one of them. Blocking: up to the
 * timeout.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_client_next_event(struct tenure_client *client,
                                       int64_t timeout_ms,
                                       struct tenure_event **event_out,
                                       struct tenure_error **error_out);

/**
 * A file descriptor for event loops (`poll(2)`, `epoll(7)`): readable as long as
 * tenure_client_next_event would return at once, with an event or with TENURE_ERR_CLOSED. Only
 * wait for it; never read from it, write to it or close it.
 *
 * @param client     a client
 * @param fd_out     the file descriptor is written here, on success only; each call gives the same
 * @param error_out  an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_SYSTEM when no file descriptor can be opened; TENURE_ERR_FORKED;
 *         TENURE_ERR_INVALID_ARGUMENT for NULL
 *
 * Ownership: the client owns the file descriptor, which is closed when the client and all handles
 * made from it are freed. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_client_event_fd(struct tenure_client *client,
                                     int *fd_out,
                                     struct tenure_error **error_out);

/**
 * Gives up a call that a function ending in `_start` began: no TENURE_EVENT_CALL_DONE follows. A
 * join that is given up is undone. Every other operation may have happened, or may still happen.
 *
 * @param client        the client of the call's handle
 * @param call          the number of the call
 * @param given_up_out  on success, true if the call had not ended, false if it has ended (its event
 *                      waits or was fetched), or there is none with this number; may be NULL
 * @param error_out     an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_FORKED; TENURE_ERR_INVALID_ARGUMENT for NULL
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_client_give_up(struct tenure_client *client,
                                    uint64_t call,
                                    bool *given_up_out,
                                    struct tenure_error **error_out);

/**
 * Registers a callback for the events of the session (TENURE_EVENT_SESSION_...; a session timeout
 * is TENURE_EVENT_SESSION_EXPIRED). The callback first gets the events that wait in the queue.
 * From then on they no longer come to the queue. A handle keeps its callback for life.
 *
 * @param client     a client
 * @param callback   called on the library's dispatch thread; see tenure_event_fn
 * @param user_data  passed to callback and to destroy
 * @param destroy    frees user_data, exactly once, whatever this function returns; may be NULL
 * @param error_out  an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_BUSY when the handle has a callback already; TENURE_ERR_SYSTEM
 *         when the dispatch thread cannot be started; TENURE_ERR_FORKED;
 *         TENURE_ERR_INVALID_ARGUMENT for NULL
 *
 * Ownership: the library owns user_data until destroy. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_client_set_callback(struct tenure_client *client,
                                         tenure_event_fn callback,
                                         void *user_data,
                                         tenure_destroy_fn destroy,
                                         struct tenure_error **error_out);

/**
 * The newest event that describes the state of the session, fetched or not.
 *
 * @param client  a client, or NULL
 * @return the event, to be freed with tenure_event_free; NULL before the first event, and if
 *         `client` is NULL
 *
 * Ownership: the caller owns the event. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API struct tenure_event *tenure_client_state(const struct tenure_client *client);

/**
 * Closes the session in order: all leaderships end at once, then a server is notified, so that
 * every znode of the session is gone when the function returns TENURE_OK. The client keeps trying
 * for one session timeout. Calls that wait end with TENURE_ERR_CLOSED, callbacks get their last
 * events and are destroyed, the queue ends with TENURE_ERR_CLOSED. The function may be called
 * again, and from several threads.
 *
 * In a callback it begins to close and returns TENURE_OK at once; TENURE_EVENT_SESSION_CLOSED
 * reports the end.
 *
 * @param client      a client
 * @param timeout_ms  how long to wait: milliseconds, 0 not at all, -1 until the end (a session
 *                    timeout at most); the closing goes on afterwards
 * @param error_out   an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_TIMEOUT when no server could be notified, or the time was up: the
 *         znodes are gone when the session times out at the latest; TENURE_ERR_FORKED;
 *         TENURE_ERR_INVALID_ARGUMENT for NULL and for another negative timeout
 *
 * Ownership: nothing changes hands; the client must still be freed. Threading: any thread.
 * Blocking: up to the timeout, but not in a callback.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_client_close(struct tenure_client *client,
                                  int64_t timeout_ms,
                                  struct tenure_error **error_out);

/**
 * Like tenure_client_close, without blocking. TENURE_EVENT_CALL_DONE reports the end in the client's
 * queue, with its status: TENURE_OK, or TENURE_ERR_TIMEOUT when no server could be notified.
 *
 * @param client     a client
 * @param call_out   the number of the call is written here, on success only
 * @param error_out  an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_SYSTEM for too many calls; TENURE_ERR_FORKED;
 *         TENURE_ERR_INVALID_ARGUMENT for NULL
 *
 * Ownership: nothing changes hands; the client must still be freed. Threading: any thread.
 * Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_client_close_start(struct tenure_client *client,
                                        uint64_t *call_out,
                                        struct tenure_error **error_out);

/**
 * Frees a client. If it was the last handle of its session, the session is closed in the
 * background; call tenure_client_close first to be sure that nothing is left behind. Events that
 * were not fetched are lost; its callback gets no more events, but a call that is under way goes
 * on, and destroy follows it.
 *
 * @param client  a client; it must not be used afterwards. NULL has no effect
 *
 * Ownership: takes the client. Threading: any thread, and not while another uses it. Blocking:
 * never.
 * @since ABI 1
 */
TENURE_API void tenure_client_free(struct tenure_client *client);

/**
 * The kind of an event.
 *
 * @param event  an event, or NULL
 * @return the kind; TENURE_EVENT_NOTHING if `event` is NULL
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API tenure_event_kind tenure_event_type(const struct tenure_event *event);

/**
 * The name of a kind in small letters: `"contender leading"`; `"unknown event"` for a number that
 * is no kind.
 *
 * @param kind  any number
 * @return a text that ends with a NUL and lives for ever; never NULL
 *
 * Ownership: the library owns the text. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API const char *tenure_event_kind_name(tenure_event_kind kind);

/**
 * The handle of the event: the number that tenure_client_id, tenure_contender_id,
 * tenure_detector_id or tenure_group_id returns. For TENURE_EVENT_CALL_DONE, the handle of the
 * call.
 *
 * @param event  an event, or NULL
 * @return the number, never 0; 0 if `event` is NULL
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API uint64_t tenure_event_source(const struct tenure_event *event);

/**
 * The member of an event: the own znode of a contender, the leader of a detector, a membership, or
 * the member that tenure_group_join_start made.
 *
 * @param event  an event, or NULL
 * @return the member; NULL where there is none
 *
 * Ownership: the member belongs to the event and lives as long as it. Threading: any thread.
 * Blocking: never.
 * @since ABI 1
 */
TENURE_API const struct tenure_member *tenure_event_member(const struct tenure_event *event);

/**
 * The fencing token of an event's member: tenure_member_token of tenure_event_member.
 *
 * @param event  an event, or NULL
 * @return the token; 0 where there is none
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API uint64_t tenure_event_token(const struct tenure_event *event);

/**
 * All members: for TENURE_EVENT_GROUP_MEMBERS, and for a call that tenure_group_members_start
 * began.
 *
 * @param event  an event, or NULL
 * @return the list; NULL where there is none
 *
 * Ownership: the list belongs to the event and lives as long as it. Threading: any thread.
 * Blocking: never.
 * @since ABI 1
 */
TENURE_API const struct tenure_members *tenure_event_members(const struct tenure_event *event);

/**
 * A payload: the leader's for TENURE_EVENT_DETECTOR_LEADER, or the result of a call that
 * tenure_group_data_start began.
 *
 * @param event    an event, or NULL
 * @param len_out  the number of bytes is written here; may be NULL
 * @return the first byte; NULL where there is no payload (an empty one is not NULL)
 *
 * Ownership: the bytes belong to the event and live as long as it. Threading: any thread.
 * Blocking: never.
 * @since ABI 1
 */
TENURE_API const void *tenure_event_data(const struct tenure_event *event, size_t *len_out);

/**
 * The number of the session, for TENURE_EVENT_SESSION_CONNECTED.
 *
 * @param event  an event, or NULL
 * @return the number; 0 for other events
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API int64_t tenure_event_session(const struct tenure_event *event);

/**
 * The session timeout that the server granted, for TENURE_EVENT_SESSION_CONNECTED.
 *
 * @param event  an event, or NULL
 * @return milliseconds; 0 for other events
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API int64_t tenure_event_timeout_ms(const struct tenure_event *event);

/**
 * The kind of the server that granted the session, for TENURE_EVENT_SESSION_CONNECTED.
 *
 * @param event  an event, or NULL
 * @return TENURE_SERVER_ZOOKEEPER or TENURE_SERVER_OTHER; TENURE_SERVER_UNKNOWN for other events
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API tenure_server_kind tenure_event_server(const struct tenure_event *event);

/**
 * How many attempts to connect have failed since the last connection, for
 * TENURE_EVENT_SESSION_RETRYING.
 *
 * @param event  an event, or NULL
 * @return the number, from 1; 0 for other events
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API uint32_t tenure_event_attempt(const struct tenure_event *event);

/**
 * Which side declared the session over, for TENURE_EVENT_SESSION_EXPIRED.
 *
 * @param event  an event, or NULL
 * @return TENURE_EXPIRED_BY_SERVER or TENURE_EXPIRED_BY_LOCAL_TIMEOUT; TENURE_EXPIRED_BY_NOBODY
 *         for other events
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API tenure_expired_by tenure_event_expired_by(const struct tenure_event *event);

/**
 * How many members were ahead of the own one at the last look, for TENURE_EVENT_CONTENDER_STANDBY.
 *
 * @param event  an event, or NULL
 * @return the number; 0 for other events
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API size_t tenure_event_ahead(const struct tenure_event *event);

/**
 * Until when a contender that is first waits for the lease of the leader before it, for
 * TENURE_EVENT_CONTENDER_STANDBY with TENURE_POLICY_GUARDED.
 *
 * @param event  an event, or NULL
 * @return nanoseconds on the clock of tenure_boottime_ns; 0 while a member is ahead, and for other
 *         events
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API uint64_t tenure_event_waits_until_ns(const struct tenure_event *event);

/**
 * The highest fencing token that was seen before it fell, for TENURE_EVENT_CONTENDER_TOKEN_FELL and
 * TENURE_EVENT_DETECTOR_TOKEN_FELL. The new one is tenure_event_token.
 *
 * @param event  an event, or NULL
 * @return the token; 0 for other events
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API uint64_t tenure_event_token_before(const struct tenure_event *event);

/**
 * When the lease of a leadership ends, or ended, on the boot-time clock: for
 * TENURE_EVENT_CONTENDER_LEADING and TENURE_EVENT_CONTENDER_JEOPARDY the end of the lease unless
 * it is renewed before (renewals are no events), for TENURE_EVENT_CONTENDER_LOST the time until
 * which the contender led.
 *
 * @param event  an event, or NULL
 * @return nanoseconds on the clock of tenure_boottime_ns; 0 where there is no lease
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API uint64_t tenure_event_lease_end_ns(const struct tenure_event *event);

/**
 * Since when the state has lasted, on the boot-time clock: for TENURE_EVENT_SESSION_SUSPENDED the
 * loss of the connection, for the two UNKNOWN events the last confirmation of the previous state.
 *
 * @param event  an event, or NULL
 * @return nanoseconds on the clock of tenure_boottime_ns; 0 for other events
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API uint64_t tenure_event_since_ns(const struct tenure_event *event);

/**
 * How fresh the answer is, for TENURE_EVENT_DETECTOR_LEADER: when the client asked the server that
 * answered, on the boot-time clock.
 *
 * @param event  an event, or NULL
 * @return nanoseconds on the clock of tenure_boottime_ns; 0 for other events
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API uint64_t tenure_event_as_of_ns(const struct tenure_event *event);

/**
 * Why a candidacy or membership ended, for TENURE_EVENT_CONTENDER_LOST and
 * TENURE_EVENT_GROUP_MEMBERSHIP_LOST.
 *
 * @param event  an event, or NULL
 * @return the reason; TENURE_LOST_REASON_NONE for other events
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API tenure_lost_reason tenure_event_lost_reason(const struct tenure_event *event);

/**
 * What went wrong: for the FAILED events, for TENURE_EVENT_CONTENDER_BLOCKED, for the reason
 * TENURE_LOST_REASON_FAILED, and for TENURE_EVENT_CALL_DONE.
 *
 * @param event  an event, or NULL
 * @return the status; TENURE_OK if nothing went wrong, and if `event` is NULL
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API tenure_status tenure_event_status(const struct tenure_event *event);

/**
 * What went wrong, in a sentence for people: if tenure_event_status is not TENURE_OK, and for
 * TENURE_EVENT_SESSION_SUSPENDED, TENURE_EVENT_SESSION_RETRYING and
 * TENURE_EVENT_CONTENDER_STRANGERS.
 *
 * @param event  an event, or NULL
 * @return the sentence; the empty text where there is none
 *
 * Ownership: the text belongs to the event and lives as long as it. Threading: any thread.
 * Blocking: never.
 * @since ABI 1
 */
TENURE_API struct tenure_str tenure_event_message(const struct tenure_event *event);

/**
 * The call that has ended, for TENURE_EVENT_CALL_DONE: the number that the function ending in
 * `_start` gave.
 *
 * @param event  an event, or NULL
 * @return the number; 0 for other events
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API uint64_t tenure_event_call(const struct tenure_event *event);

/**
 * The yes or no of a call that has ended, for TENURE_EVENT_CALL_DONE: the value that the function
 * without `_start` writes to its `bool` result.
 *
 * @param event  an event, or NULL
 * @return the answer; false where there is none
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API bool tenure_event_call_result(const struct tenure_event *event);

/**
 * Frees an event that a function gave you. It has no effect on the event of a callback.
 *
 * @param event  an event; neither it nor its results may be used afterwards. NULL has no effect
 *
 * Ownership: takes the event. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API void tenure_event_free(struct tenure_event *event);

/**
 * The default options: the group of the client's URL, no label, no payload,
 * TENURE_POLICY_VERIFIED, TENURE_REENROL_ALWAYS, not warm, no lease and no time to fail over of its
 * own.
 *
 * @return options, to be freed with tenure_contender_options_free; never NULL
 *
 * Ownership: the caller owns the options. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API struct tenure_contender_options *tenure_contender_options_new(void);

/**
 * Sets the group to contend for, instead of the group of the client's URL.
 *
 * @param options    options
 * @param path       the group's znode; checked by tenure_contender_new, and created if it is missing
 * @param error_out  an error is written here, on failure only; may be NULL
 * @return TENURE_OK, or TENURE_ERR_INVALID_ARGUMENT for NULL and for text that is not UTF-8
 *
 * Ownership: the text is copied. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_contender_options_set_path(struct tenure_contender_options *options,
                                                struct tenure_str path,
                                                struct tenure_error **error_out);

/**
 * Sets the label: the part before `_` in the name of the znode. Mesos reads the name up to the
 * first `_`.
 *
 * @param options    options
 * @param label      the label, checked by tenure_contender_new; the empty text for none
 * @param error_out  an error is written here, on failure only; may be NULL
 * @return TENURE_OK, or TENURE_ERR_INVALID_ARGUMENT for NULL and for text that is not UTF-8
 *
 * Ownership: the text is copied. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_contender_options_set_label(struct tenure_contender_options *options,
                                                 struct tenure_str label,
                                                 struct tenure_error **error_out);

/**
 * Sets the payload of the znode, which detectors get with the leader.
 *
 * @param options    options
 * @param data       the bytes; may be NULL if len is 0
 * @param len        the number of bytes, at most 1,000,000; checked by tenure_contender_new
 * @param error_out  an error is written here, on failure only; may be NULL
 * @return TENURE_OK, or TENURE_ERR_INVALID_ARGUMENT for NULL
 *
 * Ownership: the bytes are copied. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_contender_options_set_data(struct tenure_contender_options *options,
                                                const void *data,
                                                size_t len,
                                                struct tenure_error **error_out);

/**
 * Sets when leadership ends if no server answers.
 *
 * @param options    options
 * @param policy     TENURE_POLICY_...
 * @param error_out  an error is written here, on failure only; may be NULL
 * @return TENURE_OK, or TENURE_ERR_INVALID_ARGUMENT for NULL and for a number that is no
 *         TENURE_POLICY_...
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_contender_options_set_policy(struct tenure_contender_options *options,
                                                  tenure_policy policy,
                                                  struct tenure_error **error_out);

/**
 * Sets whether the contender enrols again after a lost candidacy.
 *
 * @param options    options
 * @param reenrol    TENURE_REENROL_...
 * @param error_out  an error is written here, on failure only; may be NULL
 * @return TENURE_OK, or TENURE_ERR_INVALID_ARGUMENT for NULL and for a number that is no
 *         TENURE_REENROL_...
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_contender_options_set_reenrol(struct tenure_contender_options *options,
                                                   tenure_reenrol reenrol,
                                                   struct tenure_error **error_out);

/**
 * Sets whether to keep a lease ready while next in line (not by default). This costs one small
 * write each twelfth of the session timeout, and leadership then begins with the very event that
 * reports the end of the predecessor. Otherwise a session that was idle first needs three
 * committed writes and a tenth of a second.
 *
 * @param options    options
 * @param warm       true to keep a lease ready
 * @param error_out  an error is written here, on failure only; may be NULL
 * @return TENURE_OK, or TENURE_ERR_INVALID_ARGUMENT for NULL
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_contender_options_set_warm(struct tenure_contender_options *options,
                                                bool warm,
                                                struct tenure_error **error_out);

/**
 * Sets the length of the lease, 100 ms to 10 s and no longer than the session timeout; a quarter
 * of the session timeout, and at most 10 s, by default. Only with TENURE_POLICY_GUARDED, and
 * without `fail_over`, which has a lease of its own. A successor waits for as long unless the
 * leader has released its leadership. The leader writes a proof each third of it.
 *
 * @param options    options
 * @param lease_ms   milliseconds, from 100 to 10000; checked by tenure_contender_new
 * @param error_out  an error is written here, on failure only; may be NULL
 * @return TENURE_OK, or TENURE_ERR_INVALID_ARGUMENT for NULL and for a negative number
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_contender_options_set_lease_ms(struct tenure_contender_options *options,
                                                    int64_t lease_ms,
                                                    struct tenure_error **error_out);

/**
 * Sets the time in which a successor replaces a leader that is silent, 250 ms to 10 s and less
 * than the session timeout; only with TENURE_POLICY_GUARDED, and without `lease`. The leader shows
 * each tenth of it that it lives; the next in line deletes its znode after four tenths of silence,
 * and waits for its lease, another four tenths. This costs ten small writes in this time, and
 * needs the right to delete members and an ensemble that commits a write in less than a tenth of
 * it. A leader that is suspected wrongly loses its leadership; there are never two.
 *
 * @param options       options
 * @param fail_over_ms  milliseconds, from 250 to 10000; checked by tenure_contender_new
 * @param error_out     an error is written here, on failure only; may be NULL
 * @return TENURE_OK, or TENURE_ERR_INVALID_ARGUMENT for NULL and for a negative number
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_contender_options_set_fail_over_ms(struct tenure_contender_options *options,
                                                        int64_t fail_over_ms,
                                                        struct tenure_error **error_out);

/**
 * Frees options. Contenders that were made with them keep their copies.
 *
 * @param options  options; they must not be used afterwards. NULL has no effect
 *
 * Ownership: takes the options. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API void tenure_contender_options_free(struct tenure_contender_options *options);

/**
 * Contends for the leadership of a group: creates an ephemeral sequential znode, and leads when
 * that is the oldest and the contender has a lease. The function waits for neither.
 *
 * @param client         a client
 * @param options        the options of the contender; NULL for the group of the client's URL with
 *                       no payload
 * @param contender_out  the contender is written here, on success only
 * @param error_out      an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_INVALID_ARGUMENT for NULL, for a path or label that ZooKeeper does
 *         not allow, for a payload over 1,000,000 bytes, for a lease or a time to fail over that is
 *         out of its range or does not go with the other options, and where the client's URL is a
 *         standalone leader's address; TENURE_ERR_SYSTEM for too many handles; TENURE_ERR_FORKED
 *
 * Ownership: the caller owns the contender and frees it with tenure_contender_free. Threading: any
 * thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_contender_new(struct tenure_client *client,
                                   const struct tenure_contender_options *options,
                                   struct tenure_contender **contender_out,
                                   struct tenure_error **error_out);

/**
 * The number that names this contender in events: tenure_event_source.
 *
 * @param contender  a contender, or NULL
 * @return the number, never 0; 0 if `contender` is NULL
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API uint64_t tenure_contender_id(const struct tenure_contender *contender);

/**
 * Whether this contender leads, right now. It compares the boot-time clock with the end of the
 * lease at each call, takes no lock and never blocks: a process that was stopped for a minute gets
 * false from its first call afterwards. Ask before each action that only the leader may take.
 *
 * @param contender  a contender, or NULL
 * @return true if it leads; false for NULL, for a poisoned handle, and in a forked child
 *
 * Ownership: nothing changes hands. Threading: any thread, callbacks included. Blocking: never.
 * @since ABI 1
 */
TENURE_API bool tenure_contender_is_leading(const struct tenure_contender *contender);

/**
 * Whether this contender leads, right now, with its fencing token and the end of its lease, all
 * read at one instant. The token is an unsigned number that only rises from leadership to
 * leadership: pass it to the storage that you write to, and make the storage refuse a lower token
 * than it has seen.
 *
 * @param contender         a contender, or NULL
 * @param token_out         the token is written here if it leads; may be NULL
 * @param lease_end_ns_out  the end of the lease, unless it is renewed, is written here if it
 *                          leads, in nanoseconds of the boot-time clock (tenure_boottime_ns); may
 *                          be NULL
 * @return true if it leads; false for NULL, for a poisoned handle, and in a forked child
 *
 * Ownership: nothing changes hands. Threading: any thread, callbacks included. Blocking: never.
 * @since ABI 1
 */
TENURE_API
bool tenure_contender_leadership(const struct tenure_contender *contender,
                                 uint64_t *token_out,
                                 uint64_t *lease_end_ns_out);

/**
 * Waits until this contender leads.
 *
 * @param contender   a contender
 * @param timeout_ms  how long to wait: milliseconds, 0 not at all, -1 for ever
 * @param token_out   the fencing token is written here, on success only; may be NULL
 * @param error_out   an error is written here, on failure only; may be NULL
 * @return TENURE_OK when it leads; TENURE_ERR_TIMEOUT when it did not lead in time;
 *         TENURE_ERR_CLOSED when it withdrew or stopped, or the client was closed; the status of
 *         the error that prevents the creation of its znode (TENURE_ERR_NO_AUTH,
 *         TENURE_ERR_SERVER, TENURE_ERR_INVALID_ARGUMENT where the times do not fit the session
 *         timeout or the policy is not safe on this server); TENURE_ERR_REENTRANT in a callback, unless the timeout is 0;
 *         TENURE_ERR_FORKED; TENURE_ERR_INVALID_ARGUMENT for NULL and for another negative timeout
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: up to the timeout.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_contender_wait_leading(struct tenure_contender *contender,
                                            int64_t timeout_ms,
                                            uint64_t *token_out,
                                            struct tenure_error **error_out);

/**
 * Ends the candidacy: leadership ends at once, and the function returns when the znode is gone.
 * The contender does not enrol again. The function may be called again; all calls end when the
 * znode is gone.
 *
 * @param contender    a contender
 * @param timeout_ms   how long to wait: milliseconds, 0 not at all, -1 for ever; the withdrawal
 *                     goes on afterwards
 * @param removed_out  on success, true if this contender deleted its znode, false if there was
 *                     nothing left to delete; may be NULL
 * @param error_out    an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_TIMEOUT; TENURE_ERR_CLOSED; TENURE_ERR_NO_AUTH when an ACL forbids
 *         to delete the znode (it ends with the session); TENURE_ERR_REENTRANT in a callback,
 *         unless the timeout is 0; TENURE_ERR_FORKED; TENURE_ERR_INVALID_ARGUMENT for NULL and for
 *         another negative timeout
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: up to the timeout.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_contender_withdraw(struct tenure_contender *contender,
                                        int64_t timeout_ms,
                                        bool *removed_out,
                                        struct tenure_error **error_out);

/**
 * Like tenure_contender_withdraw, without blocking. TENURE_EVENT_CALL_DONE reports the end in the
 * client's queue, with tenure_event_call_result.
 *
 * @param contender  a contender
 * @param call_out   the number of the call is written here, on success only
 * @param error_out  an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_SYSTEM for too many calls; TENURE_ERR_FORKED;
 *         TENURE_ERR_INVALID_ARGUMENT for NULL
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_contender_withdraw_start(struct tenure_contender *contender,
                                              uint64_t *call_out,
                                              struct tenure_error **error_out);

/**
 * Changes the payload of the znode, and of the znodes of later candidacies. Without a connection
 * it waits for one; if several changes wait, the last one counts. What another party writes to the
 * znode is replaced by this payload.
 *
 * @param contender    a contender
 * @param data         the bytes; may be NULL if len is 0
 * @param len          the number of bytes, at most 1,000,000
 * @param timeout_ms   how long to wait: milliseconds, 0 not at all, -1 for ever; the change goes
 *                     on afterwards
 * @param written_out  on success, true when the znode has the payload, false when there is no
 *                     znode now; may be NULL
 * @param error_out    an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_TIMEOUT; TENURE_ERR_CLOSED; TENURE_ERR_NO_AUTH;
 *         TENURE_ERR_REENTRANT in a callback, unless the timeout is 0; TENURE_ERR_FORKED;
 *         TENURE_ERR_INVALID_ARGUMENT for NULL, too many bytes, or another negative timeout
 *
 * Ownership: the bytes are copied. Threading: any thread. Blocking: up to the timeout.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_contender_set_data(struct tenure_contender *contender,
                                        const void *data,
                                        size_t len,
                                        int64_t timeout_ms,
                                        bool *written_out,
                                        struct tenure_error **error_out);

/**
 * Like tenure_contender_set_data, without blocking. TENURE_EVENT_CALL_DONE reports the end in the
 * client's queue, with tenure_event_call_result.
 *
 * @param contender  a contender
 * @param data       the bytes; may be NULL if len is 0
 * @param len        the number of bytes, at most 1,000,000
 * @param call_out   the number of the call is written here, on success only
 * @param error_out  an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_SYSTEM for too many calls; TENURE_ERR_FORKED;
 *         TENURE_ERR_INVALID_ARGUMENT for NULL and for too many bytes
 *
 * Ownership: the bytes are copied. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_contender_set_data_start(struct tenure_contender *contender,
                                              const void *data,
                                              size_t len,
                                              uint64_t *call_out,
                                              struct tenure_error **error_out);

/**
 * Registers a callback for the events of this contender (TENURE_EVENT_CONTENDER_...): leadership
 * won, in jeopardy, lost. The callback first gets the events that wait in the queue. From then on
 * they no longer come to the queue. A handle keeps its callback for life.
 *
 * @param contender  a contender
 * @param callback   called on the library's dispatch thread; see tenure_event_fn
 * @param user_data  passed to callback and to destroy
 * @param destroy    frees user_data, exactly once, whatever this function returns; may be NULL
 * @param error_out  an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_BUSY when the handle has a callback already; TENURE_ERR_SYSTEM
 *         when the dispatch thread cannot be started; TENURE_ERR_FORKED;
 *         TENURE_ERR_INVALID_ARGUMENT for NULL
 *
 * Ownership: the library owns user_data until destroy. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_contender_set_callback(struct tenure_contender *contender,
                                            tenure_event_fn callback,
                                            void *user_data,
                                            tenure_destroy_fn destroy,
                                            struct tenure_error **error_out);

/**
 * The newest event of this contender, fetched or not. It is news; tenure_contender_is_leading is
 * the truth.
 *
 * @param contender  a contender, or NULL
 * @return the event, to be freed with tenure_event_free; NULL before the first event, and if
 *         `contender` is NULL
 *
 * Ownership: the caller owns the event. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API struct tenure_event *tenure_contender_state(const struct tenure_contender *contender);

/**
 * Frees a contender: leadership ends at once, and its znode is deleted in the background. Call
 * tenure_contender_withdraw first to be sure that the znode is gone. Events that were not fetched
 * are lost; its callback gets no more events, but a call that is under way goes on, and destroy
 * follows it.
 *
 * @param contender  a contender; it must not be used afterwards. NULL has no effect
 *
 * Ownership: takes the contender. Threading: any thread, and not while another uses it. Blocking:
 * never.
 * @since ABI 1
 */
TENURE_API void tenure_contender_free(struct tenure_contender *contender);

/**
 * Follows the leader of a group. If the path does not exist, the detector waits for it. If the
 * client's URL is a standalone leader's address, the detector reports that leader at once and for
 * ever.
 *
 * @param client        a client
 * @param path          the group's znode; the empty text for the path of the client's URL
 * @param detector_out  the detector is written here, on success only
 * @param error_out     an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_INVALID_ARGUMENT for NULL and for a path that ZooKeeper does not
 *         allow; TENURE_ERR_SYSTEM for too many handles; TENURE_ERR_FORKED
 *
 * Ownership: the caller owns the detector and frees it with tenure_detector_free. Threading: any
 * thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_detector_new(struct tenure_client *client,
                                  struct tenure_str path,
                                  struct tenure_detector **detector_out,
                                  struct tenure_error **error_out);

/**
 * The number that names this detector in events: tenure_event_source.
 *
 * @param detector  a detector, or NULL
 * @return the number, never 0; 0 if `detector` is NULL
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API uint64_t tenure_detector_id(const struct tenure_detector *detector);

/**
 * The current knowledge of the leader, as an event: TENURE_EVENT_DETECTOR_LEADER, _NONE, _UNKNOWN
 * (also before the first answer) or _FAILED.
 *
 * @param detector  a detector, or NULL
 * @return the event, to be freed with tenure_event_free; NULL if `detector` is NULL
 *
 * Ownership: the caller owns the event. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API struct tenure_event *tenure_detector_state(const struct tenure_detector *detector);

/**
 * Waits until the state (tenure_detector_state) differs from `previous`; it may differ already.
 * Pass the event of the last call, and you never miss the current state; pass NULL at first, which
 * stands for UNKNOWN.
 *
 * @param detector    a detector
 * @param previous    an event of this or another detector, or NULL
 * @param timeout_ms  how long to wait: milliseconds, 0 not at all, -1 for ever
 * @param event_out   the new state is written here, on success only
 * @param error_out   an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_TIMEOUT when nothing changed in time; TENURE_ERR_CLOSED when the
 *         client was closed; TENURE_ERR_REENTRANT in a callback, unless the timeout is 0;
 *         TENURE_ERR_FORKED; TENURE_ERR_INVALID_ARGUMENT for NULL where it is not allowed, for an
 *         event that is not a detector's, and for another negative timeout
 *
 * Ownership: the caller owns the event and frees it with tenure_event_free; the caller keeps
 * previous. Threading: any thread. Blocking: up to the timeout.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_detector_detect(struct tenure_detector *detector,
                                     const struct tenure_event *previous,
                                     int64_t timeout_ms,
                                     struct tenure_event **event_out,
                                     struct tenure_error **error_out);

/**
 * Registers a callback for the events of this detector (TENURE_EVENT_DETECTOR_...): each change of
 * the leader. The callback first gets the events that wait in the queue. From then on they no
 * longer come to the queue. A handle keeps its callback for life.
 *
 * @param detector   a detector
 * @param callback   called on the library's dispatch thread; see tenure_event_fn
 * @param user_data  passed to callback and to destroy
 * @param destroy    frees user_data, exactly once, whatever this function returns; may be NULL
 * @param error_out  an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_BUSY when the handle has a callback already; TENURE_ERR_SYSTEM
 *         when the dispatch thread cannot be started; TENURE_ERR_FORKED;
 *         TENURE_ERR_INVALID_ARGUMENT for NULL
 *
 * Ownership: the library owns user_data until destroy. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_detector_set_callback(struct tenure_detector *detector,
                                           tenure_event_fn callback,
                                           void *user_data,
                                           tenure_destroy_fn destroy,
                                           struct tenure_error **error_out);

/**
 * Frees a detector. Events that were not fetched are lost; its callback gets no more events, but a
 * call that is under way goes on, and destroy follows it.
 *
 * @param detector  a detector; it must not be used afterwards. NULL has no effect
 *
 * Ownership: takes the detector. Threading: any thread, and not while another uses it. Blocking:
 * never.
 * @since ABI 1
 */
TENURE_API void tenure_detector_free(struct tenure_detector *detector);

/**
 * A member by its path and its token, as another process or an earlier event named it: for
 * tenure_group_evict and the other functions that take a member. They find out whether it exists.
 *
 * @param path        the path of its znode
 * @param token       its token: tenure_member_token
 * @param member_out  the member is written here, on success only
 * @param error_out   an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_INVALID_ARGUMENT for NULL and for a path that ZooKeeper does not
 *         allow
 *
 * Ownership: the text is copied; the caller owns the member and frees it with tenure_member_free.
 * Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_member_new(struct tenure_str path,
                                uint64_t token,
                                struct tenure_member **member_out,
                                struct tenure_error **error_out);

/**
 * The path of a member's znode.
 *
 * @param member  a member, or NULL
 * @return the path; the empty text if `member` is NULL
 *
 * Ownership: the text belongs to the member and lives as long as it. Threading: any thread.
 * Blocking: never.
 * @since ABI 1
 */
TENURE_API struct tenure_str tenure_member_path(const struct tenure_member *member);

/**
 * The label of a member: the part of its name before `_`.
 *
 * @param member  a member, or NULL
 * @return the label; the empty text where there is none, and if `member` is NULL
 *
 * Ownership: the text belongs to the member and lives as long as it. Threading: any thread.
 * Blocking: never.
 * @since ABI 1
 */
TENURE_API struct tenure_str tenure_member_label(const struct tenure_member *member);

/**
 * The number that the server appended to a member's name. It is no reliable order: the counter
 * behind it wraps, and starts again when the group's znode is deleted. tenure_member_token gives
 * the order.
 *
 * @param member  a member, or NULL
 * @return the number; 0 if `member` is NULL
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API int32_t tenure_member_sequence(const struct tenure_member *member);

/**
 * The `czxid` of a member's znode: the order of members, and the fencing token of its leadership.
 *
 * @param member  a member, or NULL
 * @return the token; 0 if `member` is NULL, and for a standalone leader, which has none
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API uint64_t tenure_member_token(const struct tenure_member *member);

/**
 * Whether two members are the same znode: same path, same token.
 *
 * @param a  a member, or NULL
 * @param b  a member, or NULL
 * @return true if they are; false if either is NULL, or both are
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API bool tenure_member_equal(const struct tenure_member *a, const struct tenure_member *b);

/**
 * A copy of a member that is yours.
 *
 * @param member  a member, or NULL
 * @return the copy, to be freed with tenure_member_free; NULL if `member` is NULL
 *
 * Ownership: the caller owns the copy. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API struct tenure_member *tenure_member_clone(const struct tenure_member *member);

/**
 * Frees a member that a function gave you; never a member that an event or a list shows.
 *
 * @param member  a member; it must not be used afterwards. NULL has no effect
 *
 * Ownership: takes the member. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API void tenure_member_free(struct tenure_member *member);

/**
 * How many members a list has.
 *
 * @param members  a list, or NULL
 * @return the number; 0 if `members` is NULL
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API size_t tenure_members_count(const struct tenure_members *members);

/**
 * A member of a list.
 *
 * @param members  a list, or NULL
 * @param index    from 0: the oldest, which leads
 * @return the member; NULL where there is none
 *
 * Ownership: the member belongs to the list and lives as long as it. Threading: any thread.
 * Blocking: never.
 * @since ABI 1
 */
TENURE_API
const struct tenure_member *tenure_members_at(const struct tenure_members *members,
                                              size_t index);

/**
 * Frees a list that a function gave you; never a list that an event shows.
 *
 * @param members  a list; neither it nor its members may be used afterwards. NULL has no effect
 *
 * Ownership: takes the list. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API void tenure_members_free(struct tenure_members *members);

/**
 * Opens a group. This sends nothing.
 *
 * @param client     a client
 * @param path       the group's znode; the empty text for the path of the client's URL
 * @param group_out  the group is written here, on success only
 * @param error_out  an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_INVALID_ARGUMENT for NULL, for a path that ZooKeeper does not allow,
 *         and where the client's URL is a standalone leader's address; TENURE_ERR_SYSTEM for too many
 *         handles; TENURE_ERR_FORKED
 *
 * Ownership: the caller owns the group and frees it with tenure_group_free. Threading: any thread.
 * Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_group_new(struct tenure_client *client,
                               struct tenure_str path,
                               struct tenure_group **group_out,
                               struct tenure_error **error_out);

/**
 * The number that names this group in events: tenure_event_source.
 *
 * @param group  a group, or NULL
 * @return the number, never 0; 0 if `group` is NULL
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API uint64_t tenure_group_id(const struct tenure_group *group);

/**
 * Joins: creates an ephemeral sequential znode with this payload. Without a connection it waits
 * for one. A join that is given up, also by the timeout, is undone.
 *
 * @param group       a group
 * @param data        the payload; may be NULL if len is 0
 * @param len         the number of bytes, at most 1,000,000
 * @param label       the part of the member's name before `_`; the empty text for none
 * @param timeout_ms  how long to wait: milliseconds, 0 not at all (which joins nothing), -1 for ever
 * @param member_out  the member is written here, on success only
 * @param error_out   an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_TIMEOUT; TENURE_ERR_NO_AUTH; TENURE_ERR_SERVER;
 *         TENURE_ERR_SESSION_EXPIRED; TENURE_ERR_CLOSED; TENURE_ERR_REENTRANT in a callback, unless
 *         the timeout is 0; TENURE_ERR_FORKED; TENURE_ERR_INVALID_ARGUMENT for NULL, for a label or
 *         payload that is not allowed, and for another negative timeout
 *
 * Ownership: the caller owns the member object and frees it with tenure_member_free; the
 * membership itself lives until tenure_group_cancel, the end of the session, or tenure_group_free.
 * Threading: any thread. Blocking: up to the timeout.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_group_join(struct tenure_group *group,
                                const void *data,
                                size_t len,
                                struct tenure_str label,
                                int64_t timeout_ms,
                                struct tenure_member **member_out,
                                struct tenure_error **error_out);

/**
 * Like tenure_group_join, without blocking and without a time limit. TENURE_EVENT_CALL_DONE
 * reports the end in the client's queue, with tenure_event_member.
 *
 * @param group      a group
 * @param data       the payload; may be NULL if len is 0
 * @param len        the number of bytes, at most 1,000,000
 * @param label      the part of the member's name before `_`; the empty text for none
 * @param call_out   the number of the call is written here, on success only
 * @param error_out  an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_SYSTEM for too many calls; TENURE_ERR_FORKED;
 *         TENURE_ERR_INVALID_ARGUMENT for NULL and for a label or payload that is not allowed
 *
 * Ownership: text and bytes are copied. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_group_join_start(struct tenure_group *group,
                                      const void *data,
                                      size_t len,
                                      struct tenure_str label,
                                      uint64_t *call_out,
                                      struct tenure_error **error_out);

/**
 * Leaves: deletes the znode of a member that this group joined.
 *
 * @param group        a group
 * @param member       the member
 * @param timeout_ms   how long to wait: milliseconds, 0 not at all, -1 for ever; the leaving goes
 *                     on afterwards
 * @param removed_out  on success, true only if this call removed it, false for a member that this
 *                     group did not join or that is gone already; may be NULL
 * @param error_out    an error is written here, on failure only; may be NULL
 * @return TENURE_OK when the znode is gone; TENURE_ERR_TIMEOUT; TENURE_ERR_NO_AUTH when an ACL
 *         forbids its deletion; TENURE_ERR_CLOSED; TENURE_ERR_REENTRANT in a callback, unless the
 *         timeout is 0; TENURE_ERR_FORKED; TENURE_ERR_INVALID_ARGUMENT for NULL and for another
 *         negative timeout
 *
 * Ownership: the caller keeps the member object. Threading: any thread. Blocking: up to the
 * timeout.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_group_cancel(struct tenure_group *group,
                                  const struct tenure_member *member,
                                  int64_t timeout_ms,
                                  bool *removed_out,
                                  struct tenure_error **error_out);

/**
 * Like tenure_group_cancel, without blocking. TENURE_EVENT_CALL_DONE reports the end in the
 * client's queue, with tenure_event_call_result.
 *
 * @param group      a group
 * @param member     the member
 * @param call_out   the number of the call is written here, on success only
 * @param error_out  an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_SYSTEM for too many calls; TENURE_ERR_FORKED;
 *         TENURE_ERR_INVALID_ARGUMENT for NULL
 *
 * Ownership: the caller keeps the member object. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_group_cancel_start(struct tenure_group *group,
                                        const struct tenure_member *member,
                                        uint64_t *call_out,
                                        struct tenure_error **error_out);

/**
 * Evicts: deletes the znode of any member of the group. A znode of the same name that is not this
 * member is not touched. If the member leads, its server notifies it at once; in the worst case
 * (it is cut off at the same moment) it still takes itself for the leader until its lease ends,
 * while another leads already (with TENURE_POLICY_GUARDED the successor waits for that).
 *
 * @param group        a group
 * @param member       the member
 * @param timeout_ms   how long to wait: milliseconds, 0 not at all, -1 for ever; the eviction goes
 *                     on afterwards
 * @param removed_out  on success, true if the member existed and this call removed it; may be NULL
 * @param error_out    an error is written here, on failure only; may be NULL
 * @return TENURE_OK when the znode is gone; TENURE_ERR_TIMEOUT; TENURE_ERR_NO_AUTH when an ACL
 *         forbids its deletion; TENURE_ERR_CLOSED; TENURE_ERR_REENTRANT in a callback, unless the
 *         timeout is 0; TENURE_ERR_FORKED; TENURE_ERR_INVALID_ARGUMENT for NULL and for another
 *         negative timeout
 *
 * Ownership: the caller keeps the member object. Threading: any thread. Blocking: up to the
 * timeout.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_group_evict(struct tenure_group *group,
                                 const struct tenure_member *member,
                                 int64_t timeout_ms,
                                 bool *removed_out,
                                 struct tenure_error **error_out);

/**
 * Like tenure_group_evict, without blocking. TENURE_EVENT_CALL_DONE reports the end in the
 * client's queue, with tenure_event_call_result.
 *
 * @param group      a group
 * @param member     the member
 * @param call_out   the number of the call is written here, on success only
 * @param error_out  an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_SYSTEM for too many calls; TENURE_ERR_FORKED;
 *         TENURE_ERR_INVALID_ARGUMENT for NULL
 *
 * Ownership: the caller keeps the member object. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_group_evict_start(struct tenure_group *group,
                                       const struct tenure_member *member,
                                       uint64_t *call_out,
                                       struct tenure_error **error_out);

/**
 * All members now, oldest first; none for a path that does not exist.
 *
 * @param group        a group
 * @param timeout_ms   how long to wait: milliseconds, 0 not at all, -1 for ever
 * @param members_out  the list is written here, on success only
 * @param error_out    an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_TIMEOUT; TENURE_ERR_NO_AUTH; TENURE_ERR_CLOSED; TENURE_ERR_REENTRANT
 *         in a callback, unless the timeout is 0; TENURE_ERR_FORKED; TENURE_ERR_INVALID_ARGUMENT for
 *         NULL and for another negative timeout
 *
 * Ownership: the caller owns the list and frees it with tenure_members_free. Threading: any
 * thread. Blocking: up to the timeout.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_group_members(struct tenure_group *group,
                                   int64_t timeout_ms,
                                   struct tenure_members **members_out,
                                   struct tenure_error **error_out);

/**
 * Like tenure_group_members, without blocking. TENURE_EVENT_CALL_DONE reports the end in the
 * client's queue, with tenure_event_members.
 *
 * @param group      a group
 * @param call_out   the number of the call is written here, on success only
 * @param error_out  an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_SYSTEM for too many calls; TENURE_ERR_FORKED;
 *         TENURE_ERR_INVALID_ARGUMENT for NULL
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_group_members_start(struct tenure_group *group,
                                         uint64_t *call_out,
                                         struct tenure_error **error_out);

/**
 * The payload of any member of the group.
 *
 * @param group       a group
 * @param member      the member
 * @param timeout_ms  how long to wait: milliseconds, 0 not at all, -1 for ever
 * @param data_out    on success the payload is written here, NULL when the member is gone
 * @param error_out   an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_TIMEOUT; TENURE_ERR_NO_AUTH; TENURE_ERR_CLOSED; TENURE_ERR_REENTRANT
 *         in a callback, unless the timeout is 0; TENURE_ERR_FORKED; TENURE_ERR_INVALID_ARGUMENT for
 *         NULL and for another negative timeout
 *
 * Ownership: the caller owns the payload and frees it with tenure_data_free. Threading: any
 * thread. Blocking: up to the timeout.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_group_data(struct tenure_group *group,
                                const struct tenure_member *member,
                                int64_t timeout_ms,
                                struct tenure_data **data_out,
                                struct tenure_error **error_out);

/**
 * Like tenure_group_data, without blocking. TENURE_EVENT_CALL_DONE reports the end in the client's
 * queue, with tenure_event_data (NULL when the member is gone).
 *
 * @param group      a group
 * @param member     the member
 * @param call_out   the number of the call is written here, on success only
 * @param error_out  an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_SYSTEM for too many calls; TENURE_ERR_FORKED;
 *         TENURE_ERR_INVALID_ARGUMENT for NULL
 *
 * Ownership: the caller keeps the member object. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_group_data_start(struct tenure_group *group,
                                      const struct tenure_member *member,
                                      uint64_t *call_out,
                                      struct tenure_error **error_out);

/**
 * Changes the payload of a member that this group joined. Without a connection it waits for one;
 * if several changes wait, the last one counts. What another party writes to its znode is replaced
 * by this payload.
 *
 * @param group        a group
 * @param member       the member
 * @param data         the bytes; may be NULL if len is 0
 * @param len          the number of bytes, at most 1,000,000
 * @param timeout_ms   how long to wait: milliseconds, 0 not at all, -1 for ever; the change goes
 *                     on afterwards
 * @param written_out  on success, true when its znode has the payload, false when this group did
 *                     not join the member or it is gone; may be NULL
 * @param error_out    an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_TIMEOUT; TENURE_ERR_NO_AUTH; TENURE_ERR_CLOSED; TENURE_ERR_REENTRANT
 *         in a callback, unless the timeout is 0; TENURE_ERR_FORKED; TENURE_ERR_INVALID_ARGUMENT for
 *         NULL, too many bytes, or another negative timeout
 *
 * Ownership: the bytes are copied. Threading: any thread. Blocking: up to the timeout.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_group_set_data(struct tenure_group *group,
                                    const struct tenure_member *member,
                                    const void *data,
                                    size_t len,
                                    int64_t timeout_ms,
                                    bool *written_out,
                                    struct tenure_error **error_out);

/**
 * Like tenure_group_set_data, without blocking. TENURE_EVENT_CALL_DONE reports the end in the
 * client's queue, with tenure_event_call_result.
 *
 * @param group      a group
 * @param member     the member
 * @param data       the bytes; may be NULL if len is 0
 * @param len        the number of bytes, at most 1,000,000
 * @param call_out   the number of the call is written here, on success only
 * @param error_out  an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_SYSTEM for too many calls; TENURE_ERR_FORKED;
 *         TENURE_ERR_INVALID_ARGUMENT for NULL and for too many bytes
 *
 * Ownership: the bytes are copied. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_group_set_data_start(struct tenure_group *group,
                                          const struct tenure_member *member,
                                          const void *data,
                                          size_t len,
                                          uint64_t *call_out,
                                          struct tenure_error **error_out);

/**
 * Waits for the end of any member of the group. It succeeds also if the member is gone already,
 * but only a call that waited knows who ended it.
 *
 * @param group       a group
 * @param member      the member
 * @param timeout_ms  how long to wait: milliseconds, 0 not at all, -1 for ever
 * @param by_us_out   on success, true if this group cancelled it, false for every other end (its
 *                    session, an administrator, its owner); may be NULL
 * @param error_out   an error is written here, on failure only; may be NULL
 * @return TENURE_OK when it is gone; TENURE_ERR_TIMEOUT when it was not gone in time;
 *         TENURE_ERR_CLOSED; TENURE_ERR_REENTRANT in a callback, unless the timeout is 0;
 *         TENURE_ERR_FORKED; TENURE_ERR_INVALID_ARGUMENT for NULL and for another negative timeout
 *
 * Ownership: the caller keeps the member object. Threading: any thread. Blocking: up to the
 * timeout.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_group_cancelled(struct tenure_group *group,
                                     const struct tenure_member *member,
                                     int64_t timeout_ms,
                                     bool *by_us_out,
                                     struct tenure_error **error_out);

/**
 * Like tenure_group_cancelled, without blocking. TENURE_EVENT_CALL_DONE reports the end in the
 * client's queue, with tenure_event_call_result.
 *
 * @param group      a group
 * @param member     the member
 * @param call_out   the number of the call is written here, on success only
 * @param error_out  an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_SYSTEM for too many calls; TENURE_ERR_FORKED;
 *         TENURE_ERR_INVALID_ARGUMENT for NULL
 *
 * Ownership: the caller keeps the member object. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_group_cancelled_start(struct tenure_group *group,
                                           const struct tenure_member *member,
                                           uint64_t *call_out,
                                           struct tenure_error **error_out);

/**
 * Reports every change of the members from now on, as TENURE_EVENT_GROUP_MEMBERS.
 * TENURE_EVENT_GROUP_MEMBERSHIP_LOST needs no watch.
 *
 * @param group      a group
 * @param error_out  an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_FORKED; TENURE_ERR_INVALID_ARGUMENT for NULL
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_group_watch(struct tenure_group *group,
                                 struct tenure_error **error_out);

/**
 * Waits until the members differ from `expected`; they may differ already. Pass the list of the
 * last call, and you never miss the current state. It also does what tenure_group_watch does.
 *
 * @param group        a group
 * @param expected     a list of this or another group, or NULL, which stands for no members
 * @param timeout_ms   how long to wait: milliseconds, 0 not at all, -1 for ever
 * @param members_out  the new members are written here, on success only
 * @param error_out    an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_TIMEOUT when nothing changed in time; TENURE_ERR_NO_AUTH and other
 *         statuses of an error that prevents the listing; TENURE_ERR_CLOSED; TENURE_ERR_REENTRANT
 *         in a callback, unless the timeout is 0; TENURE_ERR_FORKED; TENURE_ERR_INVALID_ARGUMENT
 *         for NULL where it is not allowed and for another negative timeout
 *
 * Ownership: the caller owns the list and frees it with tenure_members_free; the caller keeps
 * expected. Threading: any thread. Blocking: up to the timeout.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_group_wait_members(struct tenure_group *group,
                                        const struct tenure_members *expected,
                                        int64_t timeout_ms,
                                        struct tenure_members **members_out,
                                        struct tenure_error **error_out);

/**
 * Registers a callback for the events of this group (TENURE_EVENT_GROUP_...). The callback first
 * gets the events that wait in the queue. From then on they no longer come to the queue; the ends
 * of calls always do. A handle keeps its callback for life.
 *
 * @param group      a group
 * @param callback   called on the library's dispatch thread; see tenure_event_fn
 * @param user_data  passed to callback and to destroy
 * @param destroy    frees user_data, exactly once, whatever this function returns; may be NULL
 * @param error_out  an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_BUSY when the handle has a callback already; TENURE_ERR_SYSTEM
 *         when the dispatch thread cannot be started; TENURE_ERR_FORKED;
 *         TENURE_ERR_INVALID_ARGUMENT for NULL
 *
 * Ownership: the library owns user_data until destroy. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_group_set_callback(struct tenure_group *group,
                                        tenure_event_fn callback,
                                        void *user_data,
                                        tenure_destroy_fn destroy,
                                        struct tenure_error **error_out);

/**
 * Frees a group, and gives up in the background the memberships that were joined through it. Call
 * tenure_group_cancel first to be sure that they are gone. Events that were not fetched are lost;
 * its callback gets no more events, but a call that is under way goes on, and destroy follows it.
 *
 * @param group  a group; it must not be used afterwards. NULL has no effect
 *
 * Ownership: takes the group. Threading: any thread, and not while another uses it. Blocking: never.
 * @since ABI 1
 */
TENURE_API
void tenure_group_free(struct tenure_group *group);

/**
 * The bytes of a payload.
 *
 * @param data     a payload, or NULL
 * @param len_out  the number of bytes is written here; may be NULL
 * @return the first byte; NULL only if `data` is NULL
 *
 * Ownership: the bytes belong to the payload and live as long as it. Threading: any thread.
 * Blocking: never.
 * @since ABI 1
 */
TENURE_API const void *tenure_data_bytes(const struct tenure_data *data, size_t *len_out);

/**
 * Frees a payload.
 *
 * @param data  a payload; neither it nor its bytes may be used afterwards. NULL has no effect
 *
 * Ownership: takes the payload. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API void tenure_data_free(struct tenure_data *data);

/**
 * Registers a callback for the log lines of this level and of more severe ones, of all clients of
 * this process. It replaces the previous callback, which is destroyed. Without a callback nothing
 * is logged. If lines come faster than the callback takes them, some are dropped, and the next
 * line says how many. A forked child has no log until it sets one.
 *
 * @param level      TENURE_LOG_LEVEL_...
 * @param callback   called on the library's dispatch thread; NULL to stop logging
 * @param user_data  passed to callback and to destroy
 * @param destroy    frees user_data, exactly once, whatever this function returns; may be NULL
 * @param error_out  an error is written here, on failure only; may be NULL
 * @return TENURE_OK, or TENURE_ERR_INVALID_ARGUMENT for a number that is no level
 *
 * Ownership: the library owns user_data until destroy. Threading: any thread, callbacks included.
 * Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_log_set(tenure_log_level level,
                             tenure_log_fn callback,
                             void *user_data,
                             tenure_destroy_fn destroy,
                             struct tenure_error **error_out);

/**
 * The value of a metric, counted since the client was opened. Values only rise, except where the
 * metric says otherwise.
 *
 * @param client  a client, or NULL
 * @param metric  TENURE_METRIC_...
 * @return the value; 0 if `client` is NULL, for a number that is no metric, and for a standalone
 *         leader's client
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API uint64_t tenure_client_metric(const struct tenure_client *client, tenure_metric metric);

/**
 * Ends sessions of the server behind a `memory://` URL at once, as if they had expired: their
 * members vanish, and their clients are notified. That server is a ZooKeeper inside this process,
 * for trials and for your own tests; its tick is 500 ms, and it grants session timeouts from 1 s
 * to 10 s (one of `?server=keeper` and its like from 10 s to 100 s). When a tenure_memory_ function returns, its effect has happened and has reached
 * connected clients; events may still be on their way.
 *
 * @param url        a `memory://` URL
 * @param session    the number of the session (tenure_event_session); 0 for all
 * @param ended_out  the number of ended sessions is written here, on success only; may be NULL
 * @param error_out  an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_INVALID_ARGUMENT for any other URL; TENURE_ERR_SYSTEM when the I/O
 *         thread cannot be started
 *
 * Ownership: nothing changes hands. Threading: any thread, callbacks included. Blocking: for a moment.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_memory_expire(struct tenure_str url,
                                   int64_t session,
                                   size_t *ended_out,
                                   struct tenure_error **error_out);

/**
 * Turns the network of the server behind a `memory://` URL into a black hole: nothing gets
 * through, and neither side is notified. The server goes on, and expires the sessions whose
 * clients no longer reach it.
 *
 * @param url        a `memory://` URL
 * @param error_out  an error is written here, on failure only; may be NULL
 * @return as tenure_memory_expire: TENURE_OK, TENURE_ERR_INVALID_ARGUMENT, TENURE_ERR_SYSTEM
 *
 * Ownership: nothing changes hands. Threading: any thread, callbacks included. Blocking: for a moment.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_memory_cut(struct tenure_str url,
                                struct tenure_error **error_out);

/**
 * Ends the effect of tenure_memory_cut; data that was sent meanwhile arrives, as in TCP.
 *
 * @param url        a `memory://` URL
 * @param error_out  an error is written here, on failure only; may be NULL
 * @return as tenure_memory_expire: TENURE_OK, TENURE_ERR_INVALID_ARGUMENT, TENURE_ERR_SYSTEM
 *
 * Ownership: nothing changes hands. Threading: any thread, callbacks included. Blocking: for a moment.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_memory_heal(struct tenure_str url,
                                 struct tenure_error **error_out);

/**
 * Stops the server behind a `memory://` URL: its connections close, and new ones are refused. It
 * keeps its data.
 *
 * @param url        a `memory://` URL
 * @param error_out  an error is written here, on failure only; may be NULL
 * @return as tenure_memory_expire: TENURE_OK, TENURE_ERR_INVALID_ARGUMENT, TENURE_ERR_SYSTEM
 *
 * Ownership: nothing changes hands. Threading: any thread, callbacks included. Blocking: for a moment.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_memory_stop(struct tenure_str url,
                                 struct tenure_error **error_out);

/**
 * Starts the server behind a `memory://` URL again. Each session gets its whole timeout again.
 *
 * @param url        a `memory://` URL
 * @param error_out  an error is written here, on failure only; may be NULL
 * @return as tenure_memory_expire: TENURE_OK, TENURE_ERR_INVALID_ARGUMENT, TENURE_ERR_SYSTEM
 *
 * Ownership: nothing changes hands. Threading: any thread, callbacks included. Blocking: for a moment.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_memory_start(struct tenure_str url,
                                  struct tenure_error **error_out);

/**
 * The `MasterInfo` of a master, with every field that each reader of Mesos's znodes relies on.
 *
 * @param id            unique for each start of the master: a random UUID, for example
 * @param address       where it listens, `IPv4:PORT`
 * @param hostname      its host name, or the IP address
 * @param version       its version
 * @param region        the region of its fault domain; the empty text for none
 * @param zone          the zone of its fault domain; the empty text for none
 * @param capabilities  the names of its capabilities (`AGENT_UPDATE`, `AGENT_DRAINING`, `QUOTA_V2`),
 *                      separated by commas; the empty text for none
 * @param info_out      the object is written here, on success only
 * @param error_out     an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_INVALID_ARGUMENT for NULL, for text that is not UTF-8, for an address,
 *         a capability or a domain that cannot be, and for an empty id, hostname or version
 *
 * Ownership: the texts are copied; the caller owns the object and frees it with
 * tenure_master_info_free. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_master_info_new(struct tenure_str id,
                                     struct tenure_str address,
                                     struct tenure_str hostname,
                                     struct tenure_str version,
                                     struct tenure_str region,
                                     struct tenure_str zone,
                                     struct tenure_str capabilities,
                                     struct tenure_master_info **info_out,
                                     struct tenure_error **error_out);

/**
 * Reads the payload of a member, by its label: `json.info` JSON, `info` protobuf, no label the oldest
 * form `master@IP:PORT`.
 *
 * @param label      the member's label; the empty text for none
 * @param data       the payload; may be NULL if len is 0
 * @param len        its number of bytes
 * @param info_out   the object is written here, on success only
 * @param error_out  an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_INVALID_ARGUMENT for NULL, for a label that is not Mesos's, and for a
 *         payload that cannot be read: the message names the field and the rule
 *
 * Ownership: the bytes are copied; the caller owns the object and frees it with
 * tenure_master_info_free. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_master_info_decode(struct tenure_str label,
                                        const void *data,
                                        size_t len,
                                        struct tenure_master_info **info_out,
                                        struct tenure_error **error_out);

/**
 * The `MasterInfo` of a master at a fixed address, `HOST:PORT`, as an agent is given it. Nothing is looked
 * up: a host that is no IPv4 address is the host name, or the IP address if it is an IPv6 address in
 * brackets, and tenure_master_info_ip is then `0.0.0.0`.
 *
 * @param address    the address
 * @param info_out   the object is written here, on success only
 * @param error_out  an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_INVALID_ARGUMENT for NULL, for text that is not UTF-8, and for a text
 *         without a host or without a port from 1 to 65535
 *
 * Ownership: the text is copied; the caller owns the object and frees it with tenure_master_info_free.
 * Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_master_info_at(struct tenure_str address,
                                    struct tenure_master_info **info_out,
                                    struct tenure_error **error_out);

/**
 * Whether a MasterInfo has every field that each reader of Mesos's znodes relies on, so that it may be
 * the payload of a contender: one of tenure_master_info_new has, a decoded one may not.
 *
 * @param info       a MasterInfo
 * @param error_out  an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_INVALID_ARGUMENT for NULL and for one that lacks a field: the message
 *         names it
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_master_info_check(const struct tenure_master_info *info,
                                       struct tenure_error **error_out);

/**
 * The `MasterInfo` of the leader that a detector's event reports (TENURE_EVENT_DETECTOR_LEADER), by the
 * leader's label; of a fixed leader, its address. A payload that cannot be read is an error here, and no
 * more: tenure_event_data has its bytes.
 *
 * @param event      an event
 * @param info_out   the object is written here, on success only
 * @param error_out  an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_INVALID_ARGUMENT for NULL, for an event that reports no leader, and for
 *         a payload that cannot be read: the message names the field and the rule
 *
 * Ownership: the caller owns the object and frees it with tenure_master_info_free. Threading: any
 * thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_event_master_info(const struct tenure_event *event,
                                       struct tenure_master_info **info_out,
                                       struct tenure_error **error_out);

/**
 * The id of a master: another one at each start.
 *
 * @param info  a MasterInfo, or NULL
 * @return the text; the empty text if `info` is NULL
 *
 * Ownership: the text belongs to the object and lives as long as it. Threading: any thread.
 * Blocking: never.
 * @since ABI 1
 */
TENURE_API struct tenure_str tenure_master_info_id(const struct tenure_master_info *info);

/**
 * The address from which the messages of a master come, as the roles compare it: the part of the PID
 * behind `@`, or else `IP:PORT`.
 *
 * @param info  a MasterInfo, or NULL
 * @return the text; the empty text if `info` is NULL
 *
 * Ownership: the text belongs to the object and lives as long as it. Threading: any thread.
 * Blocking: never.
 * @since ABI 1
 */
TENURE_API
struct tenure_str tenure_master_info_address(const struct tenure_master_info *info);

/**
 * The host to reach a master at: its host name, or else its IP address.
 *
 * @param info  a MasterInfo, or NULL
 * @return the text; the empty text if `info` is NULL
 *
 * Ownership: the text belongs to the object and lives as long as it. Threading: any thread.
 * Blocking: never.
 * @since ABI 1
 */
TENURE_API struct tenure_str tenure_master_info_host(const struct tenure_master_info *info);

/**
 * The host name of a master, in the field that redirects of Mesos use.
 *
 * @param info  a MasterInfo, or NULL
 * @return the text; the empty text where there is none, and if `info` is NULL
 *
 * Ownership: the text belongs to the object and lives as long as it. Threading: any thread.
 * Blocking: never.
 * @since ABI 1
 */
TENURE_API struct tenure_str tenure_master_info_hostname(const struct tenure_master_info *info);

/**
 * The IPv4 address of a master; `0.0.0.0` for a fixed leader that was given by its name.
 *
 * @param info  a MasterInfo, or NULL
 * @return the text; the empty text if `info` is NULL
 *
 * Ownership: the text belongs to the object and lives as long as it. Threading: any thread.
 * Blocking: never.
 * @since ABI 1
 */
TENURE_API struct tenure_str tenure_master_info_ip(const struct tenure_master_info *info);

/**
 * The PID of a master: `master@IP:PORT`.
 *
 * @param info  a MasterInfo, or NULL
 * @return the text; the empty text where there is none, and if `info` is NULL
 *
 * Ownership: the text belongs to the object and lives as long as it. Threading: any thread.
 * Blocking: never.
 * @since ABI 1
 */
TENURE_API struct tenure_str tenure_master_info_pid(const struct tenure_master_info *info);

/**
 * The version of a master.
 *
 * @param info  a MasterInfo, or NULL
 * @return the text; the empty text where there is none, and if `info` is NULL
 *
 * Ownership: the text belongs to the object and lives as long as it. Threading: any thread.
 * Blocking: never.
 * @since ABI 1
 */
TENURE_API struct tenure_str tenure_master_info_version(const struct tenure_master_info *info);

/**
 * The region of the fault domain of a master.
 *
 * @param info  a MasterInfo, or NULL
 * @return the text; the empty text where there is none, and if `info` is NULL
 *
 * Ownership: the text belongs to the object and lives as long as it. Threading: any thread.
 * Blocking: never.
 * @since ABI 1
 */
TENURE_API struct tenure_str tenure_master_info_region(const struct tenure_master_info *info);

/**
 * The zone of the fault domain of a master.
 *
 * @param info  a MasterInfo, or NULL
 * @return the text; the empty text where there is none, and if `info` is NULL
 *
 * Ownership: the text belongs to the object and lives as long as it. Threading: any thread.
 * Blocking: never.
 * @since ABI 1
 */
TENURE_API struct tenure_str tenure_master_info_zone(const struct tenure_master_info *info);

/**
 * The JSON of a MasterInfo, byte for byte as Mesos writes it: the payload of a contender with the label
 * `json.info`.
 *
 * @param info  a MasterInfo, or NULL
 * @return the text; the empty text if `info` is NULL
 *
 * Ownership: the text belongs to the object and lives as long as it. Threading: any thread.
 * Blocking: never.
 * @since ABI 1
 */
TENURE_API
struct tenure_str tenure_master_info_json(const struct tenure_master_info *info);

/**
 * The TCP port of a master.
 *
 * @param info  a MasterInfo, or NULL
 * @return the port; 0 if `info` is NULL
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API uint16_t tenure_master_info_port(const struct tenure_master_info *info);

/**
 * How many capabilities a master has.
 *
 * @param info  a MasterInfo, or NULL
 * @return the number; 0 if `info` is NULL
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API size_t tenure_master_info_capability_count(const struct tenure_master_info *info);

/**
 * The name of a capability of a master: `AGENT_UPDATE`. One that is not known here is `UNKNOWN`.
 *
 * @param info   a MasterInfo, or NULL
 * @param index  from 0
 * @return the name; the empty text where there is none
 *
 * Ownership: the library owns the text, which lives for ever. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
struct tenure_str tenure_master_info_capability(const struct tenure_master_info *info,
                                                size_t index);

/**
 * Whether Mesos takes two for the same master: all but address and capabilities is equal. Because of
 * the id, a master that was started again is another one.
 *
 * @param a  a MasterInfo, or NULL
 * @param b  a MasterInfo, or NULL
 * @return true if they are; false if either is NULL, or both are
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
bool tenure_master_info_is_same(const struct tenure_master_info *a,
                                const struct tenure_master_info *b);

/**
 * Frees a MasterInfo.
 *
 * @param info  a MasterInfo; neither it nor its texts may be used afterwards. NULL has no effect
 *
 * Ownership: takes the object. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API void tenure_master_info_free(struct tenure_master_info *info);

/**
 * Contends as a Mesos master: as tenure_contender_new, with the label `json.info` and the MasterInfo in
 * JSON as payload. For a later change of it, give tenure_contender_set_data the text of
 * tenure_master_info_json. The detector of masters is a tenure_detector, whose events
 * tenure_event_master_info decodes; contender and detector of one master share a client.
 *
 * @param client         a client
 * @param info           what the master says of itself
 * @param options        the options of the contender; their label and payload do not count. NULL for
 *                       the group of the client's URL
 * @param contender_out  the contender is written here, on success only
 * @param error_out      an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_INVALID_ARGUMENT for NULL, for a MasterInfo that lacks a field that a
 *         reader relies on, for a path that ZooKeeper does not allow, and where the client has no
 *         session; TENURE_ERR_SYSTEM for too many handles; TENURE_ERR_FORKED
 *
 * Ownership: the caller keeps info and options, owns the contender, and frees it with
 * tenure_contender_free. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_master_contender_new(struct tenure_client *client,
                                          const struct tenure_master_info *info,
                                          const struct tenure_contender_options *options,
                                          struct tenure_contender **contender_out,
                                          struct tenure_error **error_out);

/**
 * Opens a client without servers, for masters without ZooKeeper: its detectors, of whatever path,
 * report the master that tenure_client_appoint names, and none before. It has no session, and nobody
 * can contend by it.
 *
 * @param client_out  the client is written here, on success only
 * @param error_out   an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_INVALID_ARGUMENT for NULL
 *
 * Ownership: the caller owns the client and frees it with tenure_client_free. Threading: any thread.
 * Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_client_open_standalone(struct tenure_client **client_out,
                                            struct tenure_error **error_out);

/**
 * Appoints the leader that the detectors of a client without servers report, or none. Each call is an
 * event of every detector, also for the same master again.
 *
 * @param client     a client of tenure_client_open_standalone
 * @param info       the leading master; NULL for none
 * @param error_out  an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_INVALID_ARGUMENT for NULL, for any other client, and for a MasterInfo
 *         that lacks a field that a reader relies on; TENURE_ERR_CLOSED; TENURE_ERR_FORKED
 *
 * Ownership: the caller keeps info. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_client_appoint(struct tenure_client *client,
                                    const struct tenure_master_info *info,
                                    struct tenure_error **error_out);

/**
 * The default options: those of Mesos.
 *
 * @return options, to be freed with tenure_role_options_free; never NULL
 *
 * Ownership: the caller owns the options. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API struct tenure_role_options *tenure_role_options_new(void);

/**
 * Sets an option. Its range is checked when a role is made, and so is whether the role has it.
 *
 * @param options    options
 * @param option     the option
 * @param value      its value: milliseconds, a number, or a seed
 * @param error_out  an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_INVALID_ARGUMENT for NULL, for a number that is no
 *         TENURE_ROLE_OPTION_..., and for a negative value
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_role_options_set(struct tenure_role_options *options,
                                      tenure_role_option option,
                                      int64_t value,
                                      struct tenure_error **error_out);

/**
 * Sets the id of an agent or of a framework that an earlier run had.
 *
 * @param options    options
 * @param id         the id; the empty text for none
 * @param error_out  an error is written here, on failure only; may be NULL
 * @return TENURE_OK, or TENURE_ERR_INVALID_ARGUMENT for NULL and for text that is not UTF-8
 *
 * Ownership: the text is copied. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_role_options_set_id(struct tenure_role_options *options,
                                         struct tenure_str id,
                                         struct tenure_error **error_out);

/**
 * Frees options.
 *
 * @param options  options; they must not be used afterwards. NULL has no effect
 *
 * Ownership: takes the options. Threading: any thread, and not while another uses them. Blocking:
 * never.
 * @since ABI 1
 */
TENURE_API void tenure_role_options_free(struct tenure_role_options *options);

/**
 * How many outputs a list has.
 *
 * @param outputs  a list, or NULL
 * @return the number; 0 if `outputs` is NULL
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API size_t tenure_outputs_count(const struct tenure_outputs *outputs);

/**
 * The kind of an output.
 *
 * @param outputs  a list, or NULL
 * @param index    from 0
 * @return the kind; TENURE_OUTPUT_NOTHING where there is none
 *
 * Ownership: nothing changes hands. Threading: any thread.
 * Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_output_kind tenure_outputs_kind(const struct tenure_outputs *outputs,
                                       size_t index);

/**
 * The address of the leader that an output is about: tenure_master_info_address.
 *
 * @param outputs  a list, or NULL
 * @param index    from 0
 * @return the text; the empty text where there is none
 *
 * Ownership: the text belongs to the list and lives as long as it. Threading: any thread.
 * Blocking: never.
 * @since ABI 1
 */
TENURE_API
struct tenure_str tenure_outputs_address(const struct tenure_outputs *outputs,
                                         size_t index);

/**
 * The path of the znode of the leader that an output is about; of `elected`, the own one.
 *
 * @param outputs  a list, or NULL
 * @param index    from 0
 * @return the text; the empty text where there is none
 *
 * Ownership: the text belongs to the list and lives as long as it. Threading: any thread.
 * Blocking: never.
 * @since ABI 1
 */
TENURE_API
struct tenure_str tenure_outputs_path(const struct tenure_outputs *outputs,
                                      size_t index);

/**
 * The fencing token of the leader that an output is about; of `elected`, the own one.
 *
 * @param outputs  a list, or NULL
 * @param index    from 0
 * @return the token; 0 where there is none
 *
 * Ownership: nothing changes hands. Threading: any thread.
 * Blocking: never.
 * @since ABI 1
 */
TENURE_API uint64_t tenure_outputs_token(const struct tenure_outputs *outputs, size_t index);

/**
 * The id of the agent or of the framework.
 *
 * @param outputs  a list, or NULL
 * @param index    from 0
 * @return the text; the empty text where there is none
 *
 * Ownership: the text belongs to the list and lives as long as it. Threading: any thread.
 * Blocking: never.
 * @since ABI 1
 */
TENURE_API struct tenure_str tenure_outputs_id(const struct tenure_outputs *outputs, size_t index);

/**
 * The end of the lease, unless it is renewed: nanoseconds of the boot-time clock (tenure_boottime_ns).
 *
 * @param outputs  a list, or NULL
 * @param index    from 0
 * @return the instant; 0 where there is none
 *
 * Ownership: nothing changes hands. Threading: any thread.
 * Blocking: never.
 * @since ABI 1
 */
TENURE_API
uint64_t tenure_outputs_lease_end_ns(const struct tenure_outputs *outputs,
                                     size_t index);

/**
 * The yes or no of an output: see its kind.
 *
 * @param outputs  a list, or NULL
 * @param index    from 0
 * @return the flag; false where there is none
 *
 * Ownership: nothing changes hands. Threading: any thread.
 * Blocking: never.
 * @since ABI 1
 */
TENURE_API bool tenure_outputs_flag(const struct tenure_outputs *outputs, size_t index);

/**
 * The agent of an observer that an output is about.
 *
 * @param outputs  a list, or NULL
 * @param index    from 0
 * @return the number that tenure_observer_admit gave; 0 where there is none
 *
 * Ownership: nothing changes hands. Threading: any thread.
 * Blocking: never.
 * @since ABI 1
 */
TENURE_API uint64_t tenure_outputs_agent(const struct tenure_outputs *outputs, size_t index);

/**
 * Why a role stopped, or why an agent is unreachable.
 *
 * @param outputs  a list, or NULL
 * @param index    from 0
 * @return the reason; TENURE_ROLE_REASON_NONE where there is none
 *
 * Ownership: nothing changes hands. Threading: any thread.
 * Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_role_reason tenure_outputs_reason(const struct tenure_outputs *outputs,
                                         size_t index);

/**
 * The sentence of an output, in Mesos's words: the line that Mesos logs when it stops, for example.
 *
 * @param outputs  a list, or NULL
 * @param index    from 0
 * @return the text; the empty text where there is none
 *
 * Ownership: the text belongs to the list and lives as long as it. Threading: any thread.
 * Blocking: never.
 * @since ABI 1
 */
TENURE_API
struct tenure_str tenure_outputs_message(const struct tenure_outputs *outputs,
                                         size_t index);

/**
 * The status with which the process should exit after `stop`: 0 if its end was asked for, otherwise 1.
 *
 * @param outputs  a list, or NULL
 * @param index    from 0
 * @return the status; 0 where there is none
 *
 * Ownership: nothing changes hands. Threading: any thread.
 * Blocking: never.
 * @since ABI 1
 */
TENURE_API
int32_t tenure_outputs_exit_status(const struct tenure_outputs *outputs,
                                   size_t index);

/**
 * The name of an output, as `in_jeopardy`; `"unknown output"` for a number that is none.
 *
 * @param number  any number
 * @return a text that ends with a NUL and lives for ever; never NULL
 *
 * Ownership: the library owns the text. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API const char *tenure_output_kind_name(tenure_output_kind number);

/**
 * The name of a reason, as `lost_candidacy`; `"unknown reason"` for a number that is none.
 *
 * @param number  any number
 * @return a text that ends with a NUL and lives for ever; never NULL
 *
 * Ownership: the library owns the text. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API const char *tenure_role_reason_name(tenure_role_reason number);

/**
 * Frees a list of outputs.
 *
 * @param outputs  a list; neither it nor its texts may be used afterwards. NULL has no effect
 *
 * Ownership: takes the list. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API void tenure_outputs_free(struct tenure_outputs *outputs);

/**
 * The address from which the messages of the leader come: tenure_master_info_address.
 *
 * @param leading  a leader, or NULL
 * @return the text; the empty text if `leading` is NULL
 *
 * Ownership: the text belongs to the object and lives as long as it. Threading: any thread.
 * Blocking: never.
 * @since ABI 1
 */
TENURE_API struct tenure_str tenure_leading_address(const struct tenure_leading *leading);

/**
 * The path of the leader's znode.
 *
 * @param leading  a leader, or NULL
 * @return the text; the empty text if `leading` is NULL
 *
 * Ownership: the text belongs to the object and lives as long as it. Threading: any thread.
 * Blocking: never.
 * @since ABI 1
 */
TENURE_API struct tenure_str tenure_leading_path(const struct tenure_leading *leading);

/**
 * The fencing token of the leader's leadership.
 *
 * @param leading  a leader, or NULL
 * @return the token; 0 for a leader without ZooKeeper, and if `leading` is NULL
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API uint64_t tenure_leading_token(const struct tenure_leading *leading);

/**
 * Frees a leader.
 *
 * @param leading  a leader; neither it nor its texts may be used afterwards. NULL has no effect
 *
 * Ownership: takes the object. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API void tenure_leading_free(struct tenure_leading *leading);

/**
 * Makes a role that knows no leader yet.
 *
 * @param kind       TENURE_ROLE_MASTER, _AGENT or _DRIVER
 * @param options    the options of the role; NULL for those of Mesos
 * @param role_out   the role is written here, on success only
 * @param error_out  an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_INVALID_ARGUMENT for NULL, for a number that is no role, and for an
 *         option that is out of its range or that the role does not have
 *
 * Ownership: the caller keeps options, owns the role, and frees it with tenure_role_free. Threading:
 * any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_role_new(tenure_role_kind kind,
                              const struct tenure_role_options *options,
                              struct tenure_role **role_out,
                              struct tenure_error **error_out);

/**
 * The state of a role.
 *
 * @param role  a role, or NULL
 * @return the state; TENURE_ROLE_STATE_NONE if `role` is NULL
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API tenure_role_state tenure_role_state_of(const struct tenure_role *role);

/**
 * The name of a state of a role, as `standby`; `"unknown state"` for a number that is none.
 *
 * @param state  any number
 * @return a text that ends with a NUL and lives for ever; never NULL
 *
 * Ownership: the library owns the text. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API const char *tenure_role_state_name(tenure_role_state state);

/**
 * Whether a message of this sender is to be obeyed: the sender is the leader that the agent has
 * detected, or the leader with which the driver is registered. False for everybody while no leader is
 * known, and for a master, which obeys nobody. Check every message of a master by it.
 *
 * @param role     a role, or NULL
 * @param address  the address that the message came from: tenure_master_info_address of its sender
 * @param token    the fencing token that the message names; 0 if it names none, as Mesos's: then a
 *                 deposed master at the leader's address passes for the leader
 * @return true if it is; false if `role` is NULL
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
bool tenure_role_accepts(const struct tenure_role *role,
                         struct tenure_str address,
                         uint64_t token);

/**
 * The instant by which the role wants its next tenure_role_tick. It changes with every input.
 *
 * @param role  a role, or NULL
 * @return nanoseconds of the boot-time clock (tenure_boottime_ns); 0 if the role waits for no time,
 *         and if `role` is NULL
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API uint64_t tenure_role_due_ns(const struct tenure_role *role);

/**
 * The leader that a role knows: of a master, the other one that requests go to (307), and none while it
 * leads itself (it answers) or knows none (503).
 *
 * @param role  a role, or NULL
 * @return the leader, to be freed with tenure_leading_free; NULL where none is known
 *
 * Ownership: the caller owns the leader. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
struct tenure_leading *tenure_role_leader(const struct tenure_role *role);

/**
 * Frees a role.
 *
 * @param role  a role; it must not be used afterwards. NULL has no effect
 *
 * Ownership: takes the role. Threading: any thread, and not while another uses it. Blocking: never.
 * @since ABI 1
 */
TENURE_API void tenure_role_free(struct tenure_role *role);

/**
 * Gives a role an event: of the detector of masters, and for a master also of its contender and of its
 * client. Events that do not concern the role have no outputs, so that a loop gives it all events.
 *
 * @param role         a role
 * @param event        an event; the role copies it
 * @param now_ns       the time: tenure_boottime_ns. An earlier one than before counts as that
 * @param outputs_out  the outputs are written here, on success only
 * @param error_out    an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_INVALID_ARGUMENT for NULL
 *
 * Ownership: the caller keeps the event, owns the outputs, and frees them with tenure_outputs_free.
 * Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_role_take(struct tenure_role *role,
                               const struct tenure_event *event,
                               uint64_t now_ns,
                               struct tenure_outputs **outputs_out,
                               struct tenure_error **error_out);

/**
 * Tells a role that time has passed: at the instant of tenure_role_due_ns, or at any other.
 *
 * @param role         a role
 * @param now_ns       the time: tenure_boottime_ns. An earlier one than before counts as that
 * @param outputs_out  the outputs are written here, on success only
 * @param error_out    an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_INVALID_ARGUMENT for NULL
 *
 * Ownership: the caller owns the outputs and frees them with tenure_outputs_free. Threading: any
 * thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_role_tick(struct tenure_role *role,
                               uint64_t now_ns,
                               struct tenure_outputs **outputs_out,
                               struct tenure_error **error_out);

/**
 * A master has registered the agent or the framework, for the first time or again.
 *
 * @param role             an agent or a driver
 * @param address          the address that the message came from
 * @param token            the fencing token that the message names; 0 for none
 * @param id               the id of the agent or of the framework
 * @param ping_timeout_ms  agent: the time without a ping after which it shall register again, as the
 *                         master gives it; -1 if it gives none
 * @param now_ns           the time: tenure_boottime_ns
 * @param outputs_out      the outputs are written here, on success only
 * @param error_out        an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_INVALID_ARGUMENT for NULL, for a master, for text that is not UTF-8, for
 *         an empty id, and for another negative time
 *
 * Ownership: the texts are copied; the caller owns the outputs and frees them with
 * tenure_outputs_free. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_role_registered(struct tenure_role *role,
                                     struct tenure_str address,
                                     uint64_t token,
                                     struct tenure_str id,
                                     int64_t ping_timeout_ms,
                                     uint64_t now_ns,
                                     struct tenure_outputs **outputs_out,
                                     struct tenure_error **error_out);

/**
 * A master has refused the agent's credentials, or ends the framework with an error.
 *
 * @param role         an agent or a driver
 * @param address      the address that the message came from
 * @param token        the fencing token that the message names; 0 for none
 * @param why          the master's reason
 * @param now_ns       the time: tenure_boottime_ns
 * @param outputs_out  the outputs are written here, on success only
 * @param error_out    an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_INVALID_ARGUMENT for NULL, for a master, and for text that is not UTF-8
 *
 * Ownership: the texts are copied; the caller owns the outputs and frees them with
 * tenure_outputs_free. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_role_refused(struct tenure_role *role,
                                  struct tenure_str address,
                                  uint64_t token,
                                  struct tenure_str why,
                                  uint64_t now_ns,
                                  struct tenure_outputs **outputs_out,
                                  struct tenure_error **error_out);

/**
 * A master asks whether the agent is alive.
 *
 * @param role         an agent
 * @param address      the address that the message came from
 * @param token        the fencing token that the message names; 0 for none
 * @param connected    whether the agent is connected, as that master believes
 * @param now_ns       the time: tenure_boottime_ns
 * @param outputs_out  the outputs are written here, on success only
 * @param error_out    an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_INVALID_ARGUMENT for NULL, for another role, and for text that is not
 *         UTF-8
 *
 * Ownership: the texts are copied; the caller owns the outputs and frees them with
 * tenure_outputs_free. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_role_ping(struct tenure_role *role,
                               struct tenure_str address,
                               uint64_t token,
                               bool connected,
                               uint64_t now_ns,
                               struct tenure_outputs **outputs_out,
                               struct tenure_error **error_out);

/**
 * The connection of an agent or a driver to the leader broke.
 *
 * @param role         an agent or a driver
 * @param now_ns       the time: tenure_boottime_ns
 * @param outputs_out  the outputs are written here, on success only
 * @param error_out    an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_INVALID_ARGUMENT for NULL and for a master
 *
 * Ownership: the caller owns the outputs and frees them with tenure_outputs_free. Threading: any
 * thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_role_link_lost(struct tenure_role *role,
                                    uint64_t now_ns,
                                    struct tenure_outputs **outputs_out,
                                    struct tenure_error **error_out);

/**
 * An agent or a driver shall end: a master orders it (agent), or the host asks for it.
 *
 * @param role         an agent or a driver
 * @param address      the address that the order came from; the empty text if the host asks for it
 * @param token        the fencing token that the order names; 0 for none
 * @param now_ns       the time: tenure_boottime_ns
 * @param outputs_out  the outputs are written here, on success only
 * @param error_out    an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_INVALID_ARGUMENT for NULL, for a master, for a driver with an address,
 *         and for text that is not UTF-8
 *
 * Ownership: the text is copied; the caller owns the outputs and frees them with
 * tenure_outputs_free. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_role_shutdown(struct tenure_role *role,
                                   struct tenure_str address,
                                   uint64_t token,
                                   uint64_t now_ns,
                                   struct tenure_outputs **outputs_out,
                                   struct tenure_error **error_out);

/**
 * The scheduler makes a call: the output says where it goes.
 *
 * @param role         a driver
 * @param call         TENURE_CALL_LAUNCH, _UPDATE_FRAMEWORK or _OTHER
 * @param now_ns       the time: tenure_boottime_ns
 * @param outputs_out  the outputs are written here, on success only
 * @param error_out    an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_INVALID_ARGUMENT for NULL, for another role, and for a number that is no
 *         TENURE_CALL_...
 *
 * Ownership: the caller owns the outputs and frees them with tenure_outputs_free. Threading: any
 * thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_role_call(struct tenure_role *role,
                               tenure_call_kind call,
                               uint64_t now_ns,
                               struct tenure_outputs **outputs_out,
                               struct tenure_error **error_out);

/**
 * Gives a role an event by its parts, for a program that has copied them and freed the event; otherwise
 * as tenure_role_take, which is simpler. The leader of TENURE_EVENT_DETECTOR_LEADER is the master at
 * `address`; where its payload cannot be read, give TENURE_EVENT_DETECTOR_UNKNOWN.
 *
 * @param role          a role
 * @param kind          the kind of the event: TENURE_EVENT_...; another kind has no outputs
 * @param address       detector leader: tenure_master_info_address of the leader; otherwise the empty
 *                      text
 * @param path          the path of the event's member: tenure_member_path; the empty text for none
 * @param token         its token: tenure_event_token; 0 for none
 * @param lease_end_ns  contender leading, jeopardy: tenure_event_lease_end_ns; otherwise 0
 * @param reason        contender lost: tenure_event_lost_reason; otherwise TENURE_LOST_REASON_NONE
 * @param message       a sentence for people, where the event has an error: tenure_event_message
 * @param now_ns        the time: tenure_boottime_ns. An earlier one than before counts as that
 * @param outputs_out   the outputs are written here, on success only
 * @param error_out     an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_INVALID_ARGUMENT for NULL, for text that is not UTF-8, and for a loss
 *         without a reason
 *
 * Ownership: the texts are copied; the caller owns the outputs and frees them with
 * tenure_outputs_free. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_role_hear(struct tenure_role *role,
                               tenure_event_kind kind,
                               struct tenure_str address,
                               struct tenure_str path,
                               uint64_t token,
                               uint64_t lease_end_ns,
                               tenure_lost_reason reason,
                               struct tenure_str message,
                               uint64_t now_ns,
                               struct tenure_outputs **outputs_out,
                               struct tenure_error **error_out);

/**
 * Makes an observer without agents.
 *
 * @param options       the options of the observer; NULL for those of Mesos
 * @param observer_out  the observer is written here, on success only
 * @param error_out     an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_INVALID_ARGUMENT for NULL, and for an option that is out of its range or
 *         that an observer does not have
 *
 * Ownership: the caller keeps options, owns the observer, and frees it with tenure_observer_free.
 * Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_observer_new(const struct tenure_role_options *options,
                                  struct tenure_observer **observer_out,
                                  struct tenure_error **error_out);

/**
 * Takes a new agent that has just registered: it is active, and pinged at once.
 *
 * @param observer     an observer
 * @param now_ns       the time: tenure_boottime_ns. An earlier one than before counts as that
 * @param agent_out    the number of the agent is written here, on success only
 * @param outputs_out  the outputs are written here, on success only
 * @param error_out    an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_INVALID_ARGUMENT for NULL; TENURE_ERR_SYSTEM for more than 1,000,000
 *         agents
 *
 * Ownership: the caller owns the outputs and frees them with tenure_outputs_free. Threading: any
 * thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_observer_admit(struct tenure_observer *observer,
                                    uint64_t now_ns,
                                    uint64_t *agent_out,
                                    struct tenure_outputs **outputs_out,
                                    struct tenure_error **error_out);

/**
 * Takes an agent that an earlier leader had: it is expected to register again.
 *
 * @param observer   an observer
 * @param now_ns     the time: tenure_boottime_ns. An earlier one than before counts as that
 * @param agent_out  the number of the agent is written here, on success only
 * @param error_out  an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_INVALID_ARGUMENT for NULL; TENURE_ERR_SYSTEM for more than 1,000,000
 *         agents
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_observer_expect(struct tenure_observer *observer,
                                     uint64_t now_ns,
                                     uint64_t *agent_out,
                                     struct tenure_error **error_out);

/**
 * Gives an observer news of an agent.
 *
 * @param observer     an observer
 * @param input        the news: TENURE_OBSERVER_...
 * @param agent        the number of the agent; one that the observer does not have is the output
 *                     `unknown`
 * @param now_ns       the time: tenure_boottime_ns. An earlier one than before counts as that
 * @param outputs_out  the outputs are written here, on success only
 * @param error_out    an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_INVALID_ARGUMENT for NULL and for a number that is no
 *         TENURE_OBSERVER_...
 *
 * Ownership: the caller owns the outputs and frees them with tenure_outputs_free. Threading: any
 * thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_observer_take(struct tenure_observer *observer,
                                   tenure_observer_input input,
                                   uint64_t agent,
                                   uint64_t now_ns,
                                   struct tenure_outputs **outputs_out,
                                   struct tenure_error **error_out);

/**
 * Tells an observer that time has passed: at the instant of tenure_observer_due_ns, or at any other.
 * One call serves 1,024 timers at most, so that answers are taken between the pings of a large cluster.
 *
 * @param observer     an observer
 * @param now_ns       the time: tenure_boottime_ns. An earlier one than before counts as that
 * @param outputs_out  the outputs are written here, on success only
 * @param error_out    an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_INVALID_ARGUMENT for NULL
 *
 * Ownership: the caller owns the outputs and frees them with tenure_outputs_free. Threading: any
 * thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_observer_tick(struct tenure_observer *observer,
                                   uint64_t now_ns,
                                   struct tenure_outputs **outputs_out,
                                   struct tenure_error **error_out);

/**
 * The state of an agent.
 *
 * @param observer  an observer, or NULL
 * @param agent     the number of the agent
 * @return the state; TENURE_AGENT_UNKNOWN if the observer has no such agent, or is NULL
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_agent_state tenure_observer_state(const struct tenure_observer *observer,
                                         uint64_t agent);

/**
 * The name of a state of an agent, as `unreachable`; `"unknown state"` for a number that is none.
 *
 * @param state  any number
 * @return a text that ends with a NUL and lives for ever; never NULL
 *
 * Ownership: the library owns the text. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API const char *tenure_agent_state_name(tenure_agent_state state);

/**
 * The instant by which an observer wants its next tenure_observer_tick; it may be past.
 *
 * @param observer  an observer, or NULL
 * @return nanoseconds of the boot-time clock (tenure_boottime_ns); 0 if it waits for no time, and if
 *         `observer` is NULL
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
uint64_t tenure_observer_due_ns(const struct tenure_observer *observer);

/**
 * How many agents an observer has, in all states but unknown.
 *
 * @param observer  an observer, or NULL
 * @return the number; 0 if `observer` is NULL
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API size_t tenure_observer_agents(const struct tenure_observer *observer);

/**
 * The time from the first unanswered ping until an agent is unreachable: the leader gives it to each
 * agent that it registers (tenure_role_registered).
 *
 * @param observer  an observer, or NULL
 * @return milliseconds; 0 if `observer` is NULL
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
int64_t tenure_observer_total_ping_timeout_ms(const struct tenure_observer *observer);

/**
 * Frees an observer.
 *
 * @param observer  an observer; it must not be used afterwards. NULL has no effect
 *
 * Ownership: takes the observer. Threading: any thread, and not while another uses it. Blocking:
 * never.
 * @since ABI 1
 */
TENURE_API void tenure_observer_free(struct tenure_observer *observer);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

/**
 * A C string as a tenure_str; the empty text if `text` is NULL. It lives as long as the string.
 */
static inline tenure_str tenure_str_c(const char *text)
{
    tenure_str made;
    made.data = text;
    made.len = text ? strlen(text) : 0;
    return made;
}

#endif /* TENURE_H */
