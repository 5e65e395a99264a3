/*
 * tenure: leader election and group membership on Apache ZooKeeper.
 *
 * Made of the sources by `make header`; do not edit. Licence: Apache-2.0.
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
 * Every handle (client, contender, detector, group) has events. They come to the queue of the client,
 * from which tenure_client_next_event takes them and for which tenure_client_event_fd gives a
 * descriptor; or, where a handle was given a callback, to that. Events are news, the lease is truth:
 * before each thing that only a leader may do, ask tenure_contender_is_leading, and hand the fencing
 * token to what you write to.
 *
 * # Threads
 *
 * 1. One thread of the library does all input and output for all clients of a process (of one copy of
 *    the library in it). It never runs your code. A second one, the dispatch thread, is started with
 *    the first callback, and runs all of them, one at a time. Look-ups of host names have threads of
 *    their own while they last. All but the dispatch thread block all signals, so that these reach your
 *    threads.
 * 2. Every function may be called from any thread, several at once, and from every callback. Only
 *    two things are yours to order: nothing may use a handle while another thread frees it, and a
 *    callback must not throw, longjmp out, or fork.
 * 3. No lock of the library is held while your code runs. A callback that is slow delays
 *    notifications; it never delays a lease.
 * 4. A function that blocks has a `timeout_ms`: milliseconds, 0 for not at all, -1 for ever. In a
 *    callback it says TENURE_ERR_REENTRANT unless that is 0. Functions ending in `_start` do the same
 *    without blocking: TENURE_EVENT_CALL_DONE tells of the end, in the queue.
 * 5. After a fork the child may open clients of its own. What its parent made says
 *    TENURE_ERR_FORKED there, leads nothing, and may be freed or left alone.
 * 6. The library raises no signal, SIGPIPE included, and ends no process. It stays loaded until the
 *    process ends: dlclose() does not unload it.
 *
 * # Lifetimes
 *
 * 1. What a function writes to an argument of type `X **`, or returns as a pointer that is not const,
 *    is yours: free it once, with the function of its type, in any order. NULL may be freed.
 * 2. What an accessor returns as a const pointer or as a tenure_str belongs to the object that it came
 *    from, and lives as long as that. The event of a callback lives until the callback returns.
 * 3. What you give is copied before the function returns, but for `user_data`, which is handed to
 *    `destroy` exactly once, whatever the function returned.
 * 4. A handle keeps its session open; tenure_client_close ends it for all of them, and they say
 *    TENURE_ERR_CLOSED from then on. tenure_client_free without it closes in the background.
 *
 * # Errors
 *
 * Functions that can fail return a tenure_status: TENURE_OK is 0, failures are negative. Results are
 * written on success only, except that an error object is written to `error_out` on failure only; both
 * may be NULL where a result is not needed. NULL where something is needed is
 * TENURE_ERR_INVALID_ARGUMENT, never worse. Functions that cannot fail have a value for NULL. A defect
 * of the library is TENURE_ERR_PANIC, and costs the handle that was called.
 *
 * # Guarantees
 *
 * At no instant do two contenders of one group both lead, if the assumptions of GUARANTEES.md hold; a
 * leader that is cut off, stopped or slow stops believing before another can be elected. The ABI only
 * grows: a program that was linked with a library works with all later ones of the same soname.
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
 * The ABI that this library keeps: what the header promised under this number holds for all libraries
 * with the same number in their soname. It is not the version of the release. It only grows: functions
 * are added, none is changed or removed.
 */
#define TENURE_ABI_VERSION 1

/**
 * A client: one ZooKeeper session, which connects by itself, reconnects, and is replaced when it
 * expires. Contenders, detectors and groups are made from it and share it.
 *
 * Any thread may use it, also several at once. Free it when you like, before or after what was made
 * from it: the session lives until the last of them is freed or tenure_client_close is called.
 *
 * @since ABI 1
 */
typedef struct tenure_client tenure_client;

/**
 * How a client behaves. Options may be used for any number of clients, changed in between, and
 * freed at once: a client takes a copy.
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
 * What to contend for, and how. Options may be used for any number of contenders, changed in
 * between, and freed at once: a contender takes a copy.
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
 * A detector: follows the leader of a group without standing in it. Any thread may use it, also
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
 * returns; what tenure_client_next_event and other functions gave you is yours until
 * tenure_event_free. What an accessor shows lives as long as the event.
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
 * A member of a group: an ephemeral sequential znode. It never changes; any thread may read it.
 * What an event, a list or a contender shows belongs to that; what a function gave you is yours
 * until tenure_member_free.
 *
 * @since ABI 1
 */
typedef struct tenure_member tenure_member;

/**
 * The members of a group at one time, oldest first. It never changes; any thread may read it. What
 * an event shows belongs to that; what a function gave you is yours until tenure_members_free.
 *
 * @since ABI 1
 */
typedef struct tenure_members tenure_members;

/**
 * A URL that says where a group is:
 * `zk://[user:password@]host[:port][,host[:port]...]/path` as Apache Mesos reads it (IPv6 in
 * brackets, port 2181 by default); `file:///path` of a file that holds one; `memory://name/path`
 * for a server inside this process; a bare `host:port`, which is the leader itself. It never
 * changes; any thread may read it.
 *
 * @since ABI 1
 */
typedef struct tenure_url tenure_url;

/**
 * What a call came to: 0 is success, every failure is negative. The numbers are permanent. New ones
 * may come; treat what you do not know as a failure.
 *
 * @since ABI 1
 */
typedef int32_t tenure_status;

/**
 * A run of UTF-8 text: `len` bytes from `data`, **not** ended by a NUL. `{NULL, 0}` is the empty
 * text. Print it with `printf("%" TENURE_PRI_STR, TENURE_STR_ARG(text))`; make one of a C string
 * with tenure_str_c().
 *
 * As an argument it is read before the function returns, and never kept. As a result it lives as
 * long as the object that it came from.
 *
 * @since ABI 1
 */
typedef struct tenure_str {
    /**
     * The first byte; may be NULL if `len` is 0.
     */
    const char *data;
    /**
     * How many bytes.
     */
    size_t len;
} tenure_str;

/**
 * Is told of an event. It runs on the library's dispatch thread, one at a time in the process, in
 * the order of the events of its handle, with no lock of the library held. Every function of this
 * header may be called in it, but those that block say TENURE_ERR_REENTRANT unless their timeout is
 * 0. It must not throw, longjmp out, or fork. If it is slow it delays notifications, never a lease.
 *
 * @param user_data  what was given with the callback
 * @param event      lives until the callback returns; not to be freed
 *
 * @since ABI 1
 */
typedef void (*tenure_event_fn)(void *user_data, const struct tenure_event *event);

/**
 * Frees user_data. It runs exactly once for each call that was given it, on the library's dispatch
 * thread: after the last call of the callback, when the handle has had its last event (it was
 * freed, or its client closed); or, if the registration failed, soon, and the callback was then
 * never called. (If the system refuses the dispatch thread, it runs on the thread that registered.)
 * NULL where there is nothing to free.
 *
 * @param user_data  what was given with the callback
 *
 * @since ABI 1
 */
typedef void (*tenure_destroy_fn)(void *user_data);

/**
 * What kind of event it is. The numbers are permanent; new ones may come, so pass over what you do
 * not know.
 *
 * @since ABI 1
 */
typedef int32_t tenure_event_kind;

/**
 * By whose word a session is over. The numbers are permanent.
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
 * When leadership ends without an answer from a server. The numbers are permanent.
 *
 * @since ABI 1
 */
typedef int32_t tenure_policy;

/**
 * What follows a lost candidacy. The numbers are permanent.
 *
 * @since ABI 1
 */
typedef int32_t tenure_reenrol;

/**
 * How grave a line of the log is. The numbers are permanent.
 *
 * @since ABI 1
 */
typedef int32_t tenure_log_level;

/**
 * Is told a line of the log. It runs on the library's dispatch thread, like tenure_event_fn, and
 * under the same rules.
 *
 * @param user_data  what was given with the callback
 * @param level      TENURE_LOG_LEVEL_...
 * @param at_ns      when, in nanoseconds of the boot-time clock
 * @param message    what; lives until the callback returns, and holds no secret
 *
 * @since ABI 1
 */
typedef void (*tenure_log_fn)(void *user_data,
                              tenure_log_level level,
                              uint64_t at_ns,
                              struct tenure_str message);

/**
 * A number that a client counts. The numbers are permanent; new ones may come.
 *
 * @since ABI 1
 */
typedef int32_t tenure_metric;

/**
 * It worked.
 */
#define TENURE_OK 0

/**
 * An argument can never work: NULL where something is needed, text that is not UTF-8, a path that
 * ZooKeeper does not allow, a duration out of range. Nothing was sent.
 */
#define TENURE_ERR_INVALID_ARGUMENT -1

/**
 * The client was closed; for tenure_client_next_event: no event will ever follow.
 */
#define TENURE_ERR_CLOSED -2

/**
 * It has one already: a handle has at most one callback, and its events then do not come to the
 * queue.
 */
#define TENURE_ERR_BUSY -3

/**
 * A callback called a function that would block. Give 0 as the timeout, or use the form of the
 * function that ends in `_start`.
 */
#define TENURE_ERR_REENTRANT -4

/**
 * An earlier call on this handle hit a defect of the library (TENURE_ERR_PANIC). It leads nothing
 * any more; free it.
 */
#define TENURE_ERR_POISONED -5

/**
 * The handle was made before a fork, by the parent of this process. Open a client in this process.
 */
#define TENURE_ERR_FORKED -6

/**
 * It was not known in time. It may still have happened, or happen.
 */
#define TENURE_ERR_TIMEOUT -20

/**
 * The session is over, and what was asked belonged to it. A new session follows by itself.
 */
#define TENURE_ERR_SESSION_EXPIRED -21

/**
 * The server refused the credentials of the URL.
 */
#define TENURE_ERR_AUTH_FAILED -22

/**
 * The operating system refused something (a thread, a descriptor, memory), or the library did because
 * too much is under way.
 */
#define TENURE_ERR_SYSTEM -23

/**
 * The ACL of a znode does not allow it; the message names path and permission.
 */
#define TENURE_ERR_NO_AUTH -40

/**
 * The znode is not there.
 */
#define TENURE_ERR_NO_NODE -41

/**
 * A server refused for another reason; the message has its words and number.
 */
#define TENURE_ERR_SERVER -42

/**
 * A defect of the library. The handle that was called is of no more use; the process is safe, and so
 * are all other handles.
 */
#define TENURE_ERR_PANIC -90

/**
 * No event: of NULL.
 */
#define TENURE_EVENT_NOTHING 0

/**
 * A new session is being asked for.
 */
#define TENURE_EVENT_SESSION_CONNECTING 1

/**
 * A session stands, new or kept: tenure_event_session, tenure_event_timeout_ms.
 */
#define TENURE_EVENT_SESSION_CONNECTED 2

/**
 * The connection is lost; the session may live on: tenure_event_since_ns, tenure_event_message.
 */
#define TENURE_EVENT_SESSION_SUSPENDED 3

/**
 * An attempt to connect failed; the next follows by itself: tenure_event_attempt,
 * tenure_event_message.
 */
#define TENURE_EVENT_SESSION_RETRYING 4

/**
 * The session is over; a new one follows by itself: tenure_event_expired_by.
 */
#define TENURE_EVENT_SESSION_EXPIRED 5

/**
 * The server refused the credentials; the client is of no more use.
 */
#define TENURE_EVENT_SESSION_AUTH_FAILED 6

/**
 * The client was closed: the last event of its own.
 */
#define TENURE_EVENT_SESSION_CLOSED 7

/**
 * A candidacy begins: its znode is being created.
 */
#define TENURE_EVENT_CONTENDER_ENROLLING 20

/**
 * The znode stands: tenure_event_member.
 */
#define TENURE_EVENT_CONTENDER_ENROLLED 21

/**
 * Somebody else leads: tenure_event_member (the own), tenure_event_ahead.
 */
#define TENURE_EVENT_CONTENDER_STANDBY 22

/**
 * This contender leads: tenure_event_member, tenure_event_token, tenure_event_lease_end_ns. Ask
 * tenure_contender_is_leading before you act: events are news, the lease is truth.
 */
#define TENURE_EVENT_CONTENDER_LEADING 23

/**
 * It leads, but a renewal is overdue or the connection is lost: tenure_event_member,
 * tenure_event_token, tenure_event_lease_end_ns. LEADING follows with the same token, or LOST.
 */
#define TENURE_EVENT_CONTENDER_JEOPARDY 24

/**
 * The candidacy is over; exactly one for each: tenure_event_lost_reason, tenure_event_member,
 * tenure_event_lease_end_ns (until when it led, 0 if it did not), tenure_event_message.
 */
#define TENURE_EVENT_CONTENDER_LOST 25

/**
 * The candidacy cannot go on for now, and is tried again by itself; told once for each cause:
 * tenure_event_member (the own, if one stands), tenure_event_status, tenure_event_message.
 */
#define TENURE_EVENT_CONTENDER_BLOCKED 26

/**
 * Who leads cannot be known: no server has answered for too long. Not the same as nobody:
 * tenure_event_since_ns.
 */
#define TENURE_EVENT_DETECTOR_UNKNOWN 40

/**
 * Nobody leads: the group is empty.
 */
#define TENURE_EVENT_DETECTOR_NONE 41

/**
 * Somebody leads, or its payload has changed: tenure_event_member, tenure_event_token,
 * tenure_event_data, tenure_event_as_of_ns.
 */
#define TENURE_EVENT_DETECTOR_LEADER 42

/**
 * It may not look; tried again by itself: tenure_event_status, tenure_event_message.
 */
#define TENURE_EVENT_DETECTOR_FAILED 43

/**
 * The members cannot be known: no server has answered for too long: tenure_event_since_ns.
 */
#define TENURE_EVENT_GROUP_UNKNOWN 60

/**
 * All members, oldest first: tenure_event_members.
 */
#define TENURE_EVENT_GROUP_MEMBERS 61

/**
 * It may not look; tried again by itself: tenure_event_status, tenure_event_message.
 */
#define TENURE_EVENT_GROUP_FAILED 62

/**
 * A membership that this group joined is over, and not by tenure_group_cancel:
 * tenure_event_member, tenure_event_lost_reason.
 */
#define TENURE_EVENT_GROUP_MEMBERSHIP_LOST 63

/**
 * A call that a function ending in `_start` began has ended: tenure_event_call,
 * tenure_event_status, tenure_event_message, and what the function says of its result.
 */
#define TENURE_EVENT_CALL_DONE 80

/**
 * It is not over, or it is no such event.
 */
#define TENURE_LOST_REASON_NONE 0

/**
 * The session is over.
 */
#define TENURE_LOST_REASON_SESSION_EXPIRED 1

/**
 * The lease ended before it could be renewed.
 */
#define TENURE_LOST_REASON_LEASE_LAPSED 2

/**
 * Somebody else deleted the znode.
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
 * The znode could not be created, and trying again cannot help: tenure_event_status says why.
 */
#define TENURE_LOST_REASON_FAILED 6

/**
 * It is no such event.
 */
#define TENURE_EXPIRED_BY_NOBODY 0

/**
 * A server said so: everything of the session is gone.
 */
#define TENURE_EXPIRED_BY_SERVER 1

/**
 * The own clock did: no server answered for too long.
 */
#define TENURE_EXPIRED_BY_LOCAL_TIMEOUT 2

/**
 * With the lease, which rests on writes that a quorum has committed: before the ensemble can elect
 * anybody else. The default.
 */
#define TENURE_POLICY_VERIFIED 0

/**
 * Like VERIFIED, and at once when the connection is lost.
 */
#define TENURE_POLICY_STRICT 1

/**
 * With the session, as Mesos has it. **Not safe**: a successor may lead before that.
 */
#define TENURE_POLICY_SESSION 2

/**
 * Another candidacy, by itself. The default.
 */
#define TENURE_REENROL_ALWAYS 0

/**
 * Nothing: the contender stops.
 */
#define TENURE_REENROL_NEVER 1

/**
 * Something does not work and will not by itself.
 */
#define TENURE_LOG_LEVEL_ERROR 1

/**
 * Something is not as it should be: a connection lost, a leadership in jeopardy.
 */
#define TENURE_LOG_LEVEL_WARN 2

/**
 * What happens: sessions, leaderships, leaders.
 */
#define TENURE_LOG_LEVEL_INFO 3

/**
 * What leads to it: each attempt, each step of a candidacy.
 */
#define TENURE_LOG_LEVEL_DEBUG 4

/**
 * Connections that stood, with the handshake still before them.
 */
#define TENURE_METRIC_CONNECTIONS 1

/**
 * Attempts to connect that failed.
 */
#define TENURE_METRIC_FAILED_ATTEMPTS 2

/**
 * Connections that were lost after a session had been confirmed on them.
 */
#define TENURE_METRIC_SUSPENSIONS 3

/**
 * Times that a session was confirmed: a new one, or the same on another connection.
 */
#define TENURE_METRIC_SESSIONS_CONFIRMED 4

/**
 * Sessions that expired.
 */
#define TENURE_METRIC_SESSIONS_EXPIRED 5

/**
 * Bytes that were handed to connections.
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
 * Times that the lease of a leadership was extended.
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

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * The ABI of the library that was loaded, to be compared with TENURE_ABI_VERSION of the header that
 * was compiled against.
 *
 * @return the number
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API int32_t tenure_abi_version(void);

/**
 * The release of the library that was loaded: `"0.1.0"`. The header's is TENURE_VERSION.
 *
 * @return a text that ends with a NUL and lives for ever; never NULL
 *
 * Ownership: the library's. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API const char *tenure_version(void);

/**
 * The boot-time clock (`CLOCK_BOOTTIME`), by which leases are counted. It goes on while the machine
 * sleeps.
 *
 * @return nanoseconds since some moment before the machine started
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API uint64_t tenure_boottime_ns(void);

/**
 * The name of a status, as it is written in this header: `"TENURE_ERR_TIMEOUT"`. Of a number that
 * is no status: `"unknown status"`.
 *
 * @param status  any number
 * @return a text that ends with a NUL and lives for ever; never NULL
 *
 * Ownership: the library's. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API const char *tenure_status_name(tenure_status status);

/**
 * The status of an error.
 *
 * @param error  an error, or NULL
 * @return its status, never TENURE_OK; of NULL TENURE_OK
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API tenure_status tenure_error_status(const struct tenure_error *error);

/**
 * What went wrong and what to do about it, in a sentence for people.
 *
 * @param error  an error, or NULL
 * @return the sentence; of NULL the empty text
 *
 * Ownership: the text is the error's and lives as long as it. Threading: any thread. Blocking:
 * never.
 * @since ABI 1
 */
TENURE_API struct tenure_str tenure_error_message(const struct tenure_error *error);

/**
 * Whether the same call can succeed later without anything being changed.
 *
 * @param error  an error, or NULL
 * @return true for a session that expired, a timeout, or want of system resources; of NULL false
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API bool tenure_error_is_retriable(const struct tenure_error *error);

/**
 * Frees an error.
 *
 * @param error  an error, which must not be used any more, or NULL, which is nothing
 *
 * Ownership: takes the error. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API void tenure_error_free(struct tenure_error *error);

/**
 * Reads a URL. tenure_client_open reads its own: this is for whoever wants to check or to show one.
 *
 * @param text       the URL
 * @param url_out    the parsed URL is written here, on success only
 * @param error_out  an error is written here, on failure only; may be NULL
 * @return TENURE_OK, or TENURE_ERR_INVALID_ARGUMENT with a message that says what is expected and
 *         never repeats a password
 *
 * Ownership: the URL is the caller's, to be freed with tenure_url_free. Threading: any thread.
 * Blocking: only to read the file of a `file://` URL.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_url_parse(struct tenure_str text,
                               struct tenure_url **url_out,
                               struct tenure_error **error_out);

/**
 * The path of the group: what begins at the first `/` after the servers. Of a bare `host:port`, that
 * itself.
 *
 * @param url  a URL, or NULL
 * @return the path; of NULL the empty text
 *
 * Ownership: the text is the URL's and lives as long as it. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
struct tenure_str tenure_url_path(const struct tenure_url *url);

/**
 * The URL as it may be shown to people: without the credentials.
 *
 * @param url  a URL, or NULL
 * @return the text; of NULL the empty text
 *
 * Ownership: the text is the URL's and lives as long as it. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API struct tenure_str tenure_url_shown(const struct tenure_url *url);

/**
 * Whether the URL is a bare `host:port`: the leader itself.
 *
 * @param url  a URL, or NULL
 * @return true if it is; of NULL false
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API bool tenure_url_is_standalone(const struct tenure_url *url);

/**
 * How many servers a `zk://` URL names.
 *
 * @param url  a URL, or NULL
 * @return the number; 0 of other URLs and of NULL
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API size_t tenure_url_server_count(const struct tenure_url *url);

/**
 * A server of a `zk://` URL, as `host:port`.
 *
 * @param url    a URL, or NULL
 * @param index  from 0, in the order in which they were written
 * @return the server; the empty text where there is none
 *
 * Ownership: the text is the URL's and lives as long as it. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API struct tenure_str tenure_url_server(const struct tenure_url *url, size_t index);

/**
 * Frees a URL.
 *
 * @param url  a URL, which must not be used any more, or NULL, which is nothing
 *
 * Ownership: takes the URL. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API void tenure_url_free(struct tenure_url *url);

/**
 * Options as they are by default: a session timeout of ten seconds, as in Mesos, and no tick told.
 *
 * @return options, to be freed with tenure_client_options_free; never NULL
 *
 * Ownership: they are the caller's. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API struct tenure_client_options *tenure_client_options_new(void);

/**
 * Sets the session timeout to ask for. The server grants what lies within its own limits (2 to 20
 * ticks unless configured); TENURE_EVENT_SESSION_CONNECTED says how much.
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
 * Tells the servers' `tickTime`, which makes verified leases longer: without it half of the session
 * timeout is assumed, the most that servers with default limits can have. **Never tell less than it
 * is.** Behind an observer that follows another learner (`ObserverMaster`) tell twice of it. If it
 * leaves no room for a lease, contenders fail with an error that says so.
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
 * Has the client speak TLS to its servers (their `secureClientPort`). Every server's certificate must
 * lead to one of the authorities, and hold the host's name or address as it stands in the URL.
 *
 * @param options           options
 * @param ca_file           a PEM file with the authorities to trust; no others are, also not the
 *                          system's
 * @param certificate_file  a PEM file with the certificate to show, which servers require unless their
 *                          `ssl.clientAuth` says otherwise; the empty text for none
 * @param key_file          a PEM file with its private key, not encrypted; the empty text for none
 * @param server_name       the name or address that certificates must hold, instead of the host in the
 *                          URL; the empty text for that host
 * @param error_out         an error is written here, on failure only; may be NULL
 * @return TENURE_OK, or TENURE_ERR_INVALID_ARGUMENT for NULL, for what is not UTF-8, and for a
 *         certificate without a key or a key without a certificate. tenure_client_open reads the files,
 *         and says TENURE_ERR_INVALID_ARGUMENT with the file that is of no use, or that this build of
 *         the library has no TLS
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
 * Frees options. Clients that were opened with them keep their copies.
 *
 * @param options  options, which must not be used any more, or NULL, which is nothing
 *
 * Ownership: takes the options. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API void tenure_client_options_free(struct tenure_client_options *options);

/**
 * Opens a client and begins to connect. It does not wait for a connection, and a server that cannot
 * be reached is no error: events tell of each attempt.
 *
 * @param url         where the group is; see tenure_url
 * @param options     how the client behaves; NULL for what is usual
 * @param client_out  the client is written here, on success only
 * @param error_out   an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_INVALID_ARGUMENT for a URL that cannot be read (the message never
 *         repeats a password) and for options out of range; TENURE_ERR_SYSTEM when the I/O thread
 *         cannot be started
 *
 * Ownership: the client is the caller's, to be freed with tenure_client_free. Threading: any thread.
 * Blocking: only to read the file of a `file://` URL.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_client_open(struct tenure_str url,
                                 const struct tenure_client_options *options,
                                 struct tenure_client **client_out,
                                 struct tenure_error **error_out);

/**
 * The number by which events name this client: tenure_event_source.
 *
 * @param client  a client, or NULL
 * @return the number, never 0; of NULL 0
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API uint64_t tenure_client_id(const struct tenure_client *client);

/**
 * The path of the client's URL: the group that is meant where none is named.
 *
 * @param client  a client, or NULL
 * @return the path; of NULL the empty text
 *
 * Ownership: the text is the client's and lives as long as it. Threading: any thread. Blocking:
 * never.
 * @since ABI 1
 */
TENURE_API struct tenure_str tenure_client_path(const struct tenure_client *client);

/**
 * Takes the next event from the client's queue: the oldest of a handle that has waited longest, of
 * the client itself and of all that was made from it, but for handles with a callback, and the ends
 * of calls that were begun with a function ending in `_start`. The events of one handle come in
 * order. A consumer that is too slow loses the oldest ones of a handle, but never the latest, never
 * the newest end of a tenure, and no end of a membership.
 *
 * @param client      a client
 * @param timeout_ms  how long to wait: milliseconds, 0 not at all, -1 for ever
 * @param event_out   the event is written here, on success only
 * @param error_out   an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_TIMEOUT when none came in time; TENURE_ERR_CLOSED when none will
 *         ever come (the client was closed and all events were fetched); TENURE_ERR_REENTRANT in a
 *         callback, unless the timeout is 0; TENURE_ERR_FORKED; TENURE_ERR_INVALID_ARGUMENT for
 *         NULL and for another negative timeout
 *
 * Ownership: the event is the caller's, to be freed with tenure_event_free. Threading: any thread;
 * several may take events at once, and each event goes to one of them. Blocking: up to the timeout.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_client_next_event(struct tenure_client *client,
                                       int64_t timeout_ms,
                                       struct tenure_event **event_out,
                                       struct tenure_error **error_out);

/**
 * A descriptor for event loops (`poll(2)`, `epoll(7)`): readable as long as
 * tenure_client_next_event would return at once, with an event or with TENURE_ERR_CLOSED. Only wait
 * for it; never read from it, write to it or close it.
 *
 * @param client     a client
 * @param fd_out     the descriptor is written here, on success only; the same at each call
 * @param error_out  an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_SYSTEM when there is no descriptor to be had; TENURE_ERR_FORKED;
 *         TENURE_ERR_INVALID_ARGUMENT for NULL
 *
 * Ownership: the descriptor is the client's, and closed when the client and all that was made from
 * it are freed. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_client_event_fd(struct tenure_client *client,
                                     int *fd_out,
                                     struct tenure_error **error_out);

/**
 * Has a callback called with each event of the session (TENURE_EVENT_SESSION_...), those that wait
 * in the queue first: who wants to know of session timeouts waits for TENURE_EVENT_SESSION_EXPIRED.
 * From then on they do not come to the queue. A handle keeps its callback for its life.
 *
 * @param client     a client
 * @param callback   called on the library's dispatch thread; see tenure_event_fn
 * @param user_data  handed to it, and to destroy
 * @param destroy    frees user_data, exactly once, whatever is returned; may be NULL
 * @param error_out  an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_BUSY when it has a callback already; TENURE_ERR_SYSTEM when
 *         the dispatch thread cannot be started; TENURE_ERR_FORKED; TENURE_ERR_INVALID_ARGUMENT for
 *         NULL
 *
 * Ownership: user_data is the library's until it is destroyed. Threading: any thread. Blocking:
 * never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_client_set_callback(struct tenure_client *client,
                                         tenure_event_fn callback,
                                         void *user_data,
                                         tenure_destroy_fn destroy,
                                         struct tenure_error **error_out);

/**
 * The newest event of the session that says how things are, fetched or not.
 *
 * @param client  a client, or NULL
 * @return the event, to be freed with tenure_event_free; NULL before the first one, and of NULL
 *
 * Ownership: the event is the caller's. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API struct tenure_event *tenure_client_state(const struct tenure_client *client);

/**
 * Closes the session in order: all leaderships end at once, then a server is told, so that every
 * znode of the session is gone when the function returns TENURE_OK. It keeps trying for one session
 * timeout. Calls that wait end with TENURE_ERR_CLOSED, callbacks get their last events and are
 * destroyed, the queue ends with TENURE_ERR_CLOSED. May be called again, and from several threads.
 *
 * In a callback it begins to close and returns TENURE_OK at once;
 * TENURE_EVENT_SESSION_CLOSED tells of the end.
 *
 * @param client      a client
 * @param timeout_ms  how long to wait: milliseconds, 0 not at all, -1 for as long as it takes (a
 *                    session timeout at most); the closing goes on without
 * @param error_out   an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_TIMEOUT when no server could be told, or the time was up: the znodes
 *         go when the session times out at the latest; TENURE_ERR_FORKED;
 *         TENURE_ERR_INVALID_ARGUMENT for NULL and for another negative timeout
 *
 * Ownership: nothing changes hands; free the client all the same. Threading: any thread. Blocking:
 * up to the timeout, but not in a callback.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_client_close(struct tenure_client *client,
                                  int64_t timeout_ms,
                                  struct tenure_error **error_out);

/**
 * Frees a client. If it was the last handle of its session, the session is closed in the background;
 * call tenure_client_close first to be sure that nothing is left behind. Events that were not
 * fetched are gone; a callback gets none any more, but a call that is under way goes on, and destroy
 * follows it.
 *
 * @param client  a client, which must not be used any more, or NULL, which is nothing
 *
 * Ownership: takes the client. Threading: any thread, and not while another uses it. Blocking:
 * never.
 * @since ABI 1
 */
TENURE_API
void tenure_client_free(struct tenure_client *client);

/**
 * What kind of event it is.
 *
 * @param event  an event, or NULL
 * @return the kind; of NULL TENURE_EVENT_NOTHING
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API tenure_event_kind tenure_event_type(const struct tenure_event *event);

/**
 * The name of a kind in small letters: `"contender leading"`. Of a number that is no kind:
 * `"unknown event"`.
 *
 * @param kind  any number
 * @return a text that ends with a NUL and lives for ever; never NULL
 *
 * Ownership: the library's. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API const char *tenure_event_kind_name(tenure_event_kind kind);

/**
 * Which handle it happened to: the number that tenure_client_id, tenure_contender_id,
 * tenure_detector_id or tenure_group_id gives. Of TENURE_EVENT_CALL_DONE it is the handle of the
 * call.
 *
 * @param event  an event, or NULL
 * @return the number, never 0; of NULL 0
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API uint64_t tenure_event_source(const struct tenure_event *event);

/**
 * The member that an event is about: the own znode of a contender, the leader of a detector, a
 * membership, or the member that tenure_group_join_start made.
 *
 * @param event  an event, or NULL
 * @return the member; NULL where there is none
 *
 * Ownership: the member is the event's and lives as long as it. Threading: any thread. Blocking:
 * never.
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
 * All members: of TENURE_EVENT_GROUP_MEMBERS, and of a call that tenure_group_members_start began.
 *
 * @param event  an event, or NULL
 * @return the list; NULL where there is none
 *
 * Ownership: the list is the event's and lives as long as it. Threading: any thread. Blocking:
 * never.
 * @since ABI 1
 */
TENURE_API const struct tenure_members *tenure_event_members(const struct tenure_event *event);

/**
 * A payload: the leader's of TENURE_EVENT_DETECTOR_LEADER, or of a call that
 * tenure_group_data_start began.
 *
 * @param event    an event, or NULL
 * @param len_out  how many bytes are written here; may be NULL
 * @return the first byte; NULL where there is no payload (an empty one is not NULL)
 *
 * Ownership: the bytes are the event's and live as long as it. Threading: any thread. Blocking:
 * never.
 * @since ABI 1
 */
TENURE_API const void *tenure_event_data(const struct tenure_event *event, size_t *len_out);

/**
 * The number of the session of TENURE_EVENT_SESSION_CONNECTED.
 *
 * @param event  an event, or NULL
 * @return the number; 0 of other events
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API int64_t tenure_event_session(const struct tenure_event *event);

/**
 * The session timeout that the server granted, of TENURE_EVENT_SESSION_CONNECTED.
 *
 * @param event  an event, or NULL
 * @return milliseconds; 0 of other events
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API int64_t tenure_event_timeout_ms(const struct tenure_event *event);

/**
 * How many attempts to connect have failed since the last connection, of
 * TENURE_EVENT_SESSION_RETRYING.
 *
 * @param event  an event, or NULL
 * @return the number, from 1; 0 of other events
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API uint32_t tenure_event_attempt(const struct tenure_event *event);

/**
 * By whose word the session is over, of TENURE_EVENT_SESSION_EXPIRED.
 *
 * @param event  an event, or NULL
 * @return TENURE_EXPIRED_BY_SERVER or TENURE_EXPIRED_BY_LOCAL_TIMEOUT; TENURE_EXPIRED_BY_NOBODY of
 *         other events
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API tenure_expired_by tenure_event_expired_by(const struct tenure_event *event);

/**
 * How many members stood before the own one when that was last looked at, of
 * TENURE_EVENT_CONTENDER_STANDBY.
 *
 * @param event  an event, or NULL
 * @return the number; 0 of other events
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API size_t tenure_event_ahead(const struct tenure_event *event);

/**
 * When the lease of a leadership ends, or ended, on the boot-time clock: of
 * TENURE_EVENT_CONTENDER_LEADING until when it leads unless it is renewed (renewals are no events),
 * of TENURE_EVENT_CONTENDER_JEOPARDY when it ends unless it is renewed before, of
 * TENURE_EVENT_CONTENDER_LOST until when it led.
 *
 * @param event  an event, or NULL
 * @return nanoseconds, to be compared with tenure_boottime_ns; 0 where there is no lease
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API uint64_t tenure_event_lease_end_ns(const struct tenure_event *event);

/**
 * Since when it has been so, on the boot-time clock: of TENURE_EVENT_SESSION_SUSPENDED when the
 * connection was lost, of the two UNKNOWN events when what was known was last confirmed.
 *
 * @param event  an event, or NULL
 * @return nanoseconds, to be compared with tenure_boottime_ns; 0 of other events
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API uint64_t tenure_event_since_ns(const struct tenure_event *event);

/**
 * How fresh the answer is, of TENURE_EVENT_DETECTOR_LEADER: when the server that gave it was asked,
 * on the boot-time clock.
 *
 * @param event  an event, or NULL
 * @return nanoseconds, to be compared with tenure_boottime_ns; 0 of other events
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API uint64_t tenure_event_as_of_ns(const struct tenure_event *event);

/**
 * Why a candidacy or membership ended, of TENURE_EVENT_CONTENDER_LOST and
 * TENURE_EVENT_GROUP_MEMBERSHIP_LOST.
 *
 * @param event  an event, or NULL
 * @return the reason; TENURE_LOST_REASON_NONE of other events
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API tenure_lost_reason tenure_event_lost_reason(const struct tenure_event *event);

/**
 * What went wrong: of the FAILED events, of TENURE_EVENT_CONTENDER_BLOCKED, of a reason TENURE_LOST_REASON_FAILED, and of
 * TENURE_EVENT_CALL_DONE.
 *
 * @param event  an event, or NULL
 * @return the status; TENURE_OK where nothing went wrong, and of NULL
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_event_status(const struct tenure_event *event);

/**
 * What went wrong, in a sentence for people: where tenure_event_status is not TENURE_OK, and of
 * TENURE_EVENT_SESSION_SUSPENDED and TENURE_EVENT_SESSION_RETRYING.
 *
 * @param event  an event, or NULL
 * @return the sentence; the empty text where there is none
 *
 * Ownership: the text is the event's and lives as long as it. Threading: any thread. Blocking:
 * never.
 * @since ABI 1
 */
TENURE_API struct tenure_str tenure_event_message(const struct tenure_event *event);

/**
 * Which call has ended, of TENURE_EVENT_CALL_DONE: the number that the function ending in `_start`
 * gave.
 *
 * @param event  an event, or NULL
 * @return the number; 0 of other events
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API uint64_t tenure_event_call(const struct tenure_event *event);

/**
 * The yes or no of a call that has ended, of TENURE_EVENT_CALL_DONE: what the function without
 * `_start` writes to its `bool` result.
 *
 * @param event  an event, or NULL
 * @return the answer; false where there is none
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API bool tenure_event_call_result(const struct tenure_event *event);

/**
 * Frees an event that a function gave you. One that a callback was given is left alone.
 *
 * @param event  an event, which must not be used any more, nor what it shows, or NULL, which is
 *               nothing
 *
 * Ownership: takes the event. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API void tenure_event_free(struct tenure_event *event);

/**
 * Options as they are by default: the group of the client's URL, no label, no payload,
 * TENURE_POLICY_VERIFIED, TENURE_REENROL_ALWAYS, not warm.
 *
 * @return options, to be freed with tenure_contender_options_free; never NULL
 *
 * Ownership: they are the caller's. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API struct tenure_contender_options *tenure_contender_options_new(void);

/**
 * Sets the group to contend for, in the place of the client's URL's.
 *
 * @param options    options
 * @param path       the group's znode; checked by tenure_contender_new, and created if it is missing
 * @param error_out  an error is written here, on failure only; may be NULL
 * @return TENURE_OK, or TENURE_ERR_INVALID_ARGUMENT for NULL and for what is not UTF-8
 *
 * Ownership: the text is copied. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_contender_options_set_path(struct tenure_contender_options *options,
                                                struct tenure_str path,
                                                struct tenure_error **error_out);

/**
 * Sets the label: what stands before `_` in the name of the znode. Mesos reads up to the first `_`.
 *
 * @param options    options
 * @param label      the label, checked by tenure_contender_new; the empty text for none
 * @param error_out  an error is written here, on failure only; may be NULL
 * @return TENURE_OK, or TENURE_ERR_INVALID_ARGUMENT for NULL and for what is not UTF-8
 *
 * Ownership: the text is copied. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_contender_options_set_label(struct tenure_contender_options *options,
                                                 struct tenure_str label,
                                                 struct tenure_error **error_out);

/**
 * Sets the payload of the znode: what detectors learn of the leader.
 *
 * @param options    options
 * @param data       the bytes; may be NULL if len is 0
 * @param len        how many; at most 1,000,000, checked by tenure_contender_new
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
 * Sets when leadership ends without an answer from a server.
 *
 * @param options    options
 * @param policy     TENURE_POLICY_...
 * @param error_out  an error is written here, on failure only; may be NULL
 * @return TENURE_OK, or TENURE_ERR_INVALID_ARGUMENT for NULL and for a number that is no policy
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_contender_options_set_policy(struct tenure_contender_options *options,
                                                  tenure_policy policy,
                                                  struct tenure_error **error_out);

/**
 * Sets what follows a lost candidacy.
 *
 * @param options    options
 * @param reenrol    TENURE_REENROL_...
 * @param error_out  an error is written here, on failure only; may be NULL
 * @return TENURE_OK, or TENURE_ERR_INVALID_ARGUMENT for NULL and for a number that is none of them
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_contender_options_set_reenrol(struct tenure_contender_options *options,
                                                   tenure_reenrol reenrol,
                                                   struct tenure_error **error_out);

/**
 * Sets whether to keep a lease ready while next in line: one small write each twelfth of the session
 * timeout, and leadership then begins with the very event that says that the predecessor is gone.
 * Otherwise a session that was idle needs three committed writes and a tenth of a second first.
 *
 * @param options    options
 * @param warm       whether to
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
 * Frees options. Contenders that were made with them keep their copies.
 *
 * @param options  options, which must not be used any more, or NULL, which is nothing
 *
 * Ownership: takes the options. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API void tenure_contender_options_free(struct tenure_contender_options *options);

/**
 * Contends for the leadership of a group: creates an ephemeral sequential znode, and leads when it
 * is the oldest and the lease says so. It does not wait for any of that.
 *
 * @param client         a client
 * @param options        what to contend for, and how; NULL for the group of the client's URL with
 *                       no payload
 * @param contender_out  the contender is written here, on success only
 * @param error_out      an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_INVALID_ARGUMENT for NULL, for a path or label that ZooKeeper does
 *         not allow, for a payload over 1,000,000 bytes, and where the client's URL is a standalone
 *         leader's address; TENURE_ERR_SYSTEM for too many handles; TENURE_ERR_FORKED
 *
 * Ownership: the contender is the caller's, to be freed with tenure_contender_free. Threading: any
 * thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_contender_new(struct tenure_client *client,
                                   const struct tenure_contender_options *options,
                                   struct tenure_contender **contender_out,
                                   struct tenure_error **error_out);

/**
 * The number by which events name this contender: tenure_event_source.
 *
 * @param contender  a contender, or NULL
 * @return the number, never 0; of NULL 0
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API uint64_t tenure_contender_id(const struct tenure_contender *contender);

/**
 * Whether this contender leads, right now. It compares the boot-time clock with the end of the lease
 * at each call, takes no lock and never blocks: a process that was stopped for a minute gets false
 * from its first call after. Ask before each thing that only the leader may do.
 *
 * @param contender  a contender, or NULL
 * @return true if it leads; false of NULL, of a poisoned handle, and in a forked child
 *
 * Ownership: nothing changes hands. Threading: any thread, callbacks included. Blocking: never.
 * @since ABI 1
 */
TENURE_API
bool tenure_contender_is_leading(const struct tenure_contender *contender);

/**
 * Whether this contender leads, right now, with its fencing token and the end of its lease, all read
 * at one instant. The token is an unsigned number that only rises from tenure to tenure: hand it to
 * whatever you write to, and have that refuse a lower one than it has seen.
 *
 * @param contender         a contender, or NULL
 * @param token_out         the token is written here if it leads; may be NULL
 * @param lease_end_ns_out  when the lease ends unless it is renewed is written here if it leads, in
 *                          nanoseconds of the boot-time clock (tenure_boottime_ns); may be NULL
 * @return true if it leads; false of NULL, of a poisoned handle, and in a forked child
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
 * @return TENURE_OK when it leads; TENURE_ERR_TIMEOUT when it did not in time; TENURE_ERR_CLOSED
 *         when it withdrew or stopped, or the client was closed; the status of what keeps its znode
 *         from being created (TENURE_ERR_NO_AUTH, TENURE_ERR_SERVER, TENURE_ERR_INVALID_ARGUMENT
 *         where the session timeout leaves no room for a lease); TENURE_ERR_REENTRANT in a
 *         callback, unless the timeout is 0; TENURE_ERR_FORKED; TENURE_ERR_INVALID_ARGUMENT for
 *         NULL and for another negative timeout
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
 * Ends the candidacy: leadership ends at once, and the function returns when the znode is gone. The
 * contender does not enrol again. May be called again; all calls end when the znode is gone.
 *
 * @param contender    a contender
 * @param timeout_ms   how long to wait: milliseconds, 0 not at all, -1 for ever; the withdrawal goes
 *                     on without
 * @param removed_out  on success, whether this contender deleted its znode is written here; false
 *                     says that there was nothing left to delete; may be NULL
 * @param error_out    an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_TIMEOUT; TENURE_ERR_CLOSED; TENURE_ERR_NO_AUTH when the znode may
 *         not be deleted (it goes with the session); TENURE_ERR_REENTRANT in a callback, unless the
 *         timeout is 0; TENURE_ERR_FORKED; TENURE_ERR_INVALID_ARGUMENT for NULL and for another
 *         negative timeout
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
 * Begins what tenure_contender_withdraw does. TENURE_EVENT_CALL_DONE tells of the end in the
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
 * Changes the payload of the znode, and of those of candidacies that follow. Without a connection it
 * waits for one; of several changes that wait, the last one counts.
 *
 * @param contender    a contender
 * @param data         the bytes; may be NULL if len is 0
 * @param len          how many, at most 1,000,000
 * @param timeout_ms   how long to wait: milliseconds, 0 not at all, -1 for ever; the change goes on
 *                     without
 * @param written_out  on success, true when the znode bears it, false when there is no znode now;
 *                     may be NULL
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
 * Begins what tenure_contender_set_data does. TENURE_EVENT_CALL_DONE tells of the end in the client's
 * queue, with tenure_event_call_result.
 *
 * @param contender  a contender
 * @param data       the bytes; may be NULL if len is 0
 * @param len        how many, at most 1,000,000
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
 * Has a callback called with each event of this contender (TENURE_EVENT_CONTENDER_...), those that
 * wait in the queue first: leadership won, in jeopardy, lost. From then on they do not come to the
 * queue. A handle keeps its callback for its life.
 *
 * @param contender  a contender
 * @param callback   called on the library's dispatch thread; see tenure_event_fn
 * @param user_data  handed to it, and to destroy
 * @param destroy    frees user_data, exactly once, whatever is returned; may be NULL
 * @param error_out  an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_BUSY when it has a callback already; TENURE_ERR_SYSTEM when
 *         the dispatch thread cannot be started; TENURE_ERR_FORKED; TENURE_ERR_INVALID_ARGUMENT for
 *         NULL
 *
 * Ownership: user_data is the library's until it is destroyed. Threading: any thread. Blocking:
 * never.
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
 * truth.
 *
 * @param contender  a contender, or NULL
 * @return the event, to be freed with tenure_event_free; NULL before the first one, and of NULL
 *
 * Ownership: the event is the caller's. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API struct tenure_event *tenure_contender_state(const struct tenure_contender *contender);

/**
 * Frees a contender: leadership ends at once, and its znode is deleted in the background. Call
 * tenure_contender_withdraw first to be sure that it is gone. Events that were not fetched are gone;
 * a callback gets none any more, but a call that is under way goes on, and destroy follows it.
 *
 * @param contender  a contender, which must not be used any more, or NULL, which is nothing
 *
 * Ownership: takes the contender. Threading: any thread, and not while another uses it. Blocking:
 * never.
 * @since ABI 1
 */
TENURE_API
void tenure_contender_free(struct tenure_contender *contender);

/**
 * Follows the leader of a group. A path that does not exist is waited for. On a client whose URL is a
 * standalone leader's address, that leader is told of at once and for ever.
 *
 * @param client        a client
 * @param path          the group's znode; the empty text for that of the client's URL
 * @param detector_out  the detector is written here, on success only
 * @param error_out     an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_INVALID_ARGUMENT for NULL and for a path that ZooKeeper does not
 *         allow; TENURE_ERR_SYSTEM for too many handles; TENURE_ERR_FORKED
 *
 * Ownership: the detector is the caller's, to be freed with tenure_detector_free. Threading: any
 * thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_detector_new(struct tenure_client *client,
                                  struct tenure_str path,
                                  struct tenure_detector **detector_out,
                                  struct tenure_error **error_out);

/**
 * The number by which events name this detector: tenure_event_source.
 *
 * @param detector  a detector, or NULL
 * @return the number, never 0; of NULL 0
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API uint64_t tenure_detector_id(const struct tenure_detector *detector);

/**
 * What is known now of who leads, as an event: TENURE_EVENT_DETECTOR_LEADER, _NONE, _UNKNOWN (before
 * the first answer too) or _FAILED.
 *
 * @param detector  a detector, or NULL
 * @return the event, to be freed with tenure_event_free; of NULL NULL
 *
 * Ownership: the event is the caller's. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
struct tenure_event *tenure_detector_state(const struct tenure_detector *detector);

/**
 * Waits until what is known differs from `previous`, which it may do already. Give what the last call
 * returned to follow without ever missing how things are; NULL at first, which stands for UNKNOWN.
 *
 * @param detector    a detector
 * @param previous    an event of this or another detector, or NULL
 * @param timeout_ms  how long to wait: milliseconds, 0 not at all, -1 for ever
 * @param event_out   what is known then is written here, on success only
 * @param error_out   an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_TIMEOUT when nothing changed in time; TENURE_ERR_CLOSED when the
 *         client was closed; TENURE_ERR_REENTRANT in a callback, unless the timeout is 0;
 *         TENURE_ERR_FORKED; TENURE_ERR_INVALID_ARGUMENT for NULL where something is needed, for an
 *         event that is not a detector's, and for another negative timeout
 *
 * Ownership: the event is the caller's, to be freed with tenure_event_free; previous stays the
 * caller's. Threading: any thread. Blocking: up to the timeout.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_detector_detect(struct tenure_detector *detector,
                                     const struct tenure_event *previous,
                                     int64_t timeout_ms,
                                     struct tenure_event **event_out,
                                     struct tenure_error **error_out);

/**
 * Has a callback called with each event of this detector (TENURE_EVENT_DETECTOR_...), those that wait
 * in the queue first: each change of the leader. From then on they do not come to the queue. A handle
 * keeps its callback for its life.
 *
 * @param detector   a detector
 * @param callback   called on the library's dispatch thread; see tenure_event_fn
 * @param user_data  handed to it, and to destroy
 * @param destroy    frees user_data, exactly once, whatever is returned; may be NULL
 * @param error_out  an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_BUSY when it has a callback already; TENURE_ERR_SYSTEM when
 *         the dispatch thread cannot be started; TENURE_ERR_FORKED; TENURE_ERR_INVALID_ARGUMENT for
 *         NULL
 *
 * Ownership: user_data is the library's until it is destroyed. Threading: any thread. Blocking:
 * never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_detector_set_callback(struct tenure_detector *detector,
                                           tenure_event_fn callback,
                                           void *user_data,
                                           tenure_destroy_fn destroy,
                                           struct tenure_error **error_out);

/**
 * Frees a detector. Events that were not fetched are gone; a callback gets none any more, but a call
 * that is under way goes on, and destroy follows it.
 *
 * @param detector  a detector, which must not be used any more, or NULL, which is nothing
 *
 * Ownership: takes the detector. Threading: any thread, and not while another uses it. Blocking:
 * never.
 * @since ABI 1
 */
TENURE_API
void tenure_detector_free(struct tenure_detector *detector);

/**
 * The path of a member's znode.
 *
 * @param member  a member, or NULL
 * @return the path; of NULL the empty text
 *
 * Ownership: the text is the member's and lives as long as it. Threading: any thread. Blocking:
 * never.
 * @since ABI 1
 */
TENURE_API struct tenure_str tenure_member_path(const struct tenure_member *member);

/**
 * The label of a member: what stands before `_` in its name.
 *
 * @param member  a member, or NULL
 * @return the label; the empty text where there is none, and of NULL
 *
 * Ownership: the text is the member's and lives as long as it. Threading: any thread. Blocking:
 * never.
 * @since ABI 1
 */
TENURE_API struct tenure_str tenure_member_label(const struct tenure_member *member);

/**
 * The number that the server appended to a member's name. It only proposes an order: the counter
 * behind it wraps, and starts anew when the group's znode is deleted. tenure_member_token orders.
 *
 * @param member  a member, or NULL
 * @return the number; of NULL 0
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API int32_t tenure_member_sequence(const struct tenure_member *member);

/**
 * The `czxid` of a member's znode: the order of members, and the fencing token of its tenure.
 *
 * @param member  a member, or NULL
 * @return the token; 0 of NULL, and for a standalone leader, which has none
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
 * @return true if they are; NULL is the same as nothing, NULL included
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API bool tenure_member_equal(const struct tenure_member *a, const struct tenure_member *b);

/**
 * A copy of a member that is yours.
 *
 * @param member  a member, or NULL
 * @return the copy, to be freed with tenure_member_free; of NULL NULL
 *
 * Ownership: the copy is the caller's. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API struct tenure_member *tenure_member_clone(const struct tenure_member *member);

/**
 * Frees a member that a function gave you; never one that an event or a list shows.
 *
 * @param member  a member, which must not be used any more, or NULL, which is nothing
 *
 * Ownership: takes the member. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API void tenure_member_free(struct tenure_member *member);

/**
 * How many members a list has.
 *
 * @param members  a list, or NULL
 * @return the number; of NULL 0
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API size_t tenure_members_count(const struct tenure_members *members);

/**
 * A member of a list.
 *
 * @param members  a list, or NULL
 * @param index    from 0, the oldest, who leads
 * @return the member; NULL where there is none
 *
 * Ownership: the member is the list's and lives as long as it. Threading: any thread. Blocking:
 * never.
 * @since ABI 1
 */
TENURE_API
const struct tenure_member *tenure_members_at(const struct tenure_members *members,
                                              size_t index);

/**
 * Frees a list that a function gave you; never one that an event shows.
 *
 * @param members  a list, which must not be used any more, nor its members, or NULL, which is
 *                 nothing
 *
 * Ownership: takes the list. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API void tenure_members_free(struct tenure_members *members);

/**
 * Opens a group. Nothing is sent for it.
 *
 * @param client     a client
 * @param path       the group's znode; the empty text for that of the client's URL
 * @param group_out  the group is written here, on success only
 * @param error_out  an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_INVALID_ARGUMENT for NULL, for a path that ZooKeeper does not allow,
 *         and where the client's URL is a standalone leader's address; TENURE_ERR_SYSTEM for too many
 *         handles; TENURE_ERR_FORKED
 *
 * Ownership: the group is the caller's, to be freed with tenure_group_free. Threading: any thread.
 * Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_group_new(struct tenure_client *client,
                               struct tenure_str path,
                               struct tenure_group **group_out,
                               struct tenure_error **error_out);

/**
 * The number by which events name this group: tenure_event_source.
 *
 * @param group  a group, or NULL
 * @return the number, never 0; of NULL 0
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API uint64_t tenure_group_id(const struct tenure_group *group);

/**
 * Joins: creates an ephemeral sequential znode with this payload. Without a connection it waits for
 * one. A join that is given up, by the timeout too, is undone.
 *
 * @param group       a group
 * @param label       what stands before `_` in the name of the member; the empty text for none
 * @param data        the payload; may be NULL if len is 0
 * @param len         how many bytes, at most 1,000,000
 * @param timeout_ms  how long to wait: milliseconds, 0 not at all (which joins nothing), -1 for ever
 * @param member_out  the member is written here, on success only
 * @param error_out   an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_TIMEOUT; TENURE_ERR_NO_AUTH; TENURE_ERR_SERVER;
 *         TENURE_ERR_SESSION_EXPIRED; TENURE_ERR_CLOSED; TENURE_ERR_REENTRANT in a callback, unless
 *         the timeout is 0; TENURE_ERR_FORKED; TENURE_ERR_INVALID_ARGUMENT for NULL, for a label or
 *         payload that is not allowed, and for another negative timeout
 *
 * Ownership: the member object is the caller's, to be freed with tenure_member_free; the membership
 * itself lives until tenure_group_cancel, the end of the session, or tenure_group_free. Threading:
 * any thread. Blocking: up to the timeout.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_group_join(struct tenure_group *group,
                                struct tenure_str label,
                                const void *data,
                                size_t len,
                                int64_t timeout_ms,
                                struct tenure_member **member_out,
                                struct tenure_error **error_out);

/**
 * Begins what tenure_group_join does, without a limit in time. TENURE_EVENT_CALL_DONE tells of the
 * end in the client's queue, with tenure_event_member.
 *
 * @param group      a group
 * @param label      what stands before `_` in the name of the member; the empty text for none
 * @param data       the payload; may be NULL if len is 0
 * @param len        how many bytes, at most 1,000,000
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
                                      struct tenure_str label,
                                      const void *data,
                                      size_t len,
                                      uint64_t *call_out,
                                      struct tenure_error **error_out);

/**
 * Leaves: deletes the znode of a member that this group joined.
 *
 * @param group        a group
 * @param member       the member
 * @param timeout_ms   how long to wait: milliseconds, 0 not at all, -1 for ever; the leaving goes on
 *                     without
 * @param removed_out  on success, true only if this call removed it, false for a member that this
 *                     group did not join or that is gone already; may be NULL
 * @param error_out    an error is written here, on failure only; may be NULL
 * @return TENURE_OK when the znode is gone; TENURE_ERR_TIMEOUT; TENURE_ERR_NO_AUTH when it may not be
 *         deleted; TENURE_ERR_CLOSED; TENURE_ERR_REENTRANT in a callback, unless the timeout is 0;
 *         TENURE_ERR_FORKED; TENURE_ERR_INVALID_ARGUMENT for NULL and for another negative timeout
 *
 * Ownership: the member object stays the caller's. Threading: any thread. Blocking: up to the
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
 * Begins what tenure_group_cancel does. TENURE_EVENT_CALL_DONE tells of the end in the client's
 * queue, with tenure_event_call_result.
 *
 * @param group      a group
 * @param member     the member
 * @param call_out   the number of the call is written here, on success only
 * @param error_out  an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_SYSTEM for too many calls; TENURE_ERR_FORKED;
 *         TENURE_ERR_INVALID_ARGUMENT for NULL
 *
 * Ownership: the member object stays the caller's. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_group_cancel_start(struct tenure_group *group,
                                        const struct tenure_member *member,
                                        uint64_t *call_out,
                                        struct tenure_error **error_out);

/**
 * Evicts: deletes the znode of a member whoever it belongs to. A znode of the same name that is not
 * this member is not touched. A member that leads is told by its server at once, and in the worst
 * case (cut off at the same moment) believes until its lease ends, when another leads already.
 *
 * @param group        a group
 * @param member       the member
 * @param timeout_ms   how long to wait: milliseconds, 0 not at all, -1 for ever; the eviction goes on
 *                     without
 * @param removed_out  on success, true if it stood and this call removed it; may be NULL
 * @param error_out    an error is written here, on failure only; may be NULL
 * @return TENURE_OK when the znode is gone; TENURE_ERR_TIMEOUT; TENURE_ERR_NO_AUTH when it may not be
 *         deleted; TENURE_ERR_CLOSED; TENURE_ERR_REENTRANT in a callback, unless the timeout is 0;
 *         TENURE_ERR_FORKED; TENURE_ERR_INVALID_ARGUMENT for NULL and for another negative timeout
 *
 * Ownership: the member object stays the caller's. Threading: any thread. Blocking: up to the
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
 * Begins what tenure_group_evict does. TENURE_EVENT_CALL_DONE tells of the end in the client's queue,
 * with tenure_event_call_result.
 *
 * @param group      a group
 * @param member     the member
 * @param call_out   the number of the call is written here, on success only
 * @param error_out  an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_SYSTEM for too many calls; TENURE_ERR_FORKED;
 *         TENURE_ERR_INVALID_ARGUMENT for NULL
 *
 * Ownership: the member object stays the caller's. Threading: any thread. Blocking: never.
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
 * Ownership: the list is the caller's, to be freed with tenure_members_free. Threading: any thread.
 * Blocking: up to the timeout.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_group_members(struct tenure_group *group,
                                   int64_t timeout_ms,
                                   struct tenure_members **members_out,
                                   struct tenure_error **error_out);

/**
 * Begins what tenure_group_members does. TENURE_EVENT_CALL_DONE tells of the end in the client's
 * queue, with tenure_event_members.
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
 * The payload of a member, whoever it belongs to.
 *
 * @param group       a group
 * @param member      the member
 * @param timeout_ms  how long to wait: milliseconds, 0 not at all, -1 for ever
 * @param data_out    on success the payload is written here; NULL when the member is gone
 * @param error_out   an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_TIMEOUT; TENURE_ERR_NO_AUTH; TENURE_ERR_CLOSED; TENURE_ERR_REENTRANT
 *         in a callback, unless the timeout is 0; TENURE_ERR_FORKED; TENURE_ERR_INVALID_ARGUMENT for
 *         NULL and for another negative timeout
 *
 * Ownership: the payload is the caller's, to be freed with tenure_data_free. Threading: any thread.
 * Blocking: up to the timeout.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_group_data(struct tenure_group *group,
                                const struct tenure_member *member,
                                int64_t timeout_ms,
                                struct tenure_data **data_out,
                                struct tenure_error **error_out);

/**
 * Begins what tenure_group_data does. TENURE_EVENT_CALL_DONE tells of the end in the client's queue,
 * with tenure_event_data (NULL when the member is gone).
 *
 * @param group      a group
 * @param member     the member
 * @param call_out   the number of the call is written here, on success only
 * @param error_out  an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_SYSTEM for too many calls; TENURE_ERR_FORKED;
 *         TENURE_ERR_INVALID_ARGUMENT for NULL
 *
 * Ownership: the member object stays the caller's. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_group_data_start(struct tenure_group *group,
                                      const struct tenure_member *member,
                                      uint64_t *call_out,
                                      struct tenure_error **error_out);

/**
 * Changes the payload of a member that this group joined. Without a connection it waits for one; of
 * several changes that wait, the last one counts.
 *
 * @param group        a group
 * @param member       the member
 * @param data         the bytes; may be NULL if len is 0
 * @param len          how many, at most 1,000,000
 * @param timeout_ms   how long to wait: milliseconds, 0 not at all, -1 for ever; the change goes on
 *                     without
 * @param written_out  on success, true when its znode bears it, false when it is not ours or is gone;
 *                     may be NULL
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
 * Begins what tenure_group_set_data does. TENURE_EVENT_CALL_DONE tells of the end in the client's
 * queue, with tenure_event_call_result.
 *
 * @param group      a group
 * @param member     the member
 * @param data       the bytes; may be NULL if len is 0
 * @param len        how many, at most 1,000,000
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
 * Waits for the end of a member, ours or anybody's. One that is gone already is gone, but by whom is
 * known only to who waited.
 *
 * @param group       a group
 * @param member      the member
 * @param timeout_ms  how long to wait: milliseconds, 0 not at all, -1 for ever
 * @param by_us_out   on success, true if this group cancelled it, false for every other end (its
 *                    session, an administrator, its owner); may be NULL
 * @param error_out   an error is written here, on failure only; may be NULL
 * @return TENURE_OK when it is gone; TENURE_ERR_TIMEOUT when it was not in time; TENURE_ERR_CLOSED;
 *         TENURE_ERR_REENTRANT in a callback, unless the timeout is 0; TENURE_ERR_FORKED;
 *         TENURE_ERR_INVALID_ARGUMENT for NULL and for another negative timeout
 *
 * Ownership: the member object stays the caller's. Threading: any thread. Blocking: up to the
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
 * Begins what tenure_group_cancelled does. TENURE_EVENT_CALL_DONE tells of the end in the client's
 * queue, with tenure_event_call_result.
 *
 * @param group      a group
 * @param member     the member
 * @param call_out   the number of the call is written here, on success only
 * @param error_out  an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_SYSTEM for too many calls; TENURE_ERR_FORKED;
 *         TENURE_ERR_INVALID_ARGUMENT for NULL
 *
 * Ownership: the member object stays the caller's. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_group_cancelled_start(struct tenure_group *group,
                                           const struct tenure_member *member,
                                           uint64_t *call_out,
                                           struct tenure_error **error_out);

/**
 * Has every change of the members told from now on, by TENURE_EVENT_GROUP_MEMBERS. Events of
 * memberships that are lost come without it.
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
 * Waits until the members differ from `expected`, which they may do already. Give what the last call
 * returned to follow without ever missing how things are. Does what tenure_group_watch does.
 *
 * @param group        a group
 * @param expected     a list of this or another group, or NULL, which stands for no members
 * @param timeout_ms   how long to wait: milliseconds, 0 not at all, -1 for ever
 * @param members_out  the members then are written here, on success only
 * @param error_out    an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_TIMEOUT when nothing changed in time; TENURE_ERR_NO_AUTH and other
 *         statuses of what keeps them from being listed; TENURE_ERR_CLOSED; TENURE_ERR_REENTRANT in a
 *         callback, unless the timeout is 0; TENURE_ERR_FORKED; TENURE_ERR_INVALID_ARGUMENT for NULL
 *         where something is needed and for another negative timeout
 *
 * Ownership: the list is the caller's, to be freed with tenure_members_free; expected stays the
 * caller's. Threading: any thread. Blocking: up to the timeout.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_group_wait_members(struct tenure_group *group,
                                        const struct tenure_members *expected,
                                        int64_t timeout_ms,
                                        struct tenure_members **members_out,
                                        struct tenure_error **error_out);

/**
 * Has a callback called with each event of this group (TENURE_EVENT_GROUP_...), those that wait in
 * the queue first. From then on they do not come to the queue; the ends of calls always do. A handle
 * keeps its callback for its life.
 *
 * @param group      a group
 * @param callback   called on the library's dispatch thread; see tenure_event_fn
 * @param user_data  handed to it, and to destroy
 * @param destroy    frees user_data, exactly once, whatever is returned; may be NULL
 * @param error_out  an error is written here, on failure only; may be NULL
 * @return TENURE_OK; TENURE_ERR_BUSY when it has a callback already; TENURE_ERR_SYSTEM when
 *         the dispatch thread cannot be started; TENURE_ERR_FORKED; TENURE_ERR_INVALID_ARGUMENT for
 *         NULL
 *
 * Ownership: user_data is the library's until it is destroyed. Threading: any thread. Blocking:
 * never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_group_set_callback(struct tenure_group *group,
                                        tenure_event_fn callback,
                                        void *user_data,
                                        tenure_destroy_fn destroy,
                                        struct tenure_error **error_out);

/**
 * Frees a group, and gives up the memberships that were joined through it, in the background. Call
 * tenure_group_cancel first to be sure that they are gone. Events that were not fetched are gone; a
 * callback gets none any more, but a call that is under way goes on, and destroy follows it.
 *
 * @param group  a group, which must not be used any more, or NULL, which is nothing
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
 * @param len_out  how many bytes are written here; may be NULL
 * @return the first byte; NULL only of NULL
 *
 * Ownership: the bytes are the payload's and live as long as it. Threading: any thread. Blocking:
 * never.
 * @since ABI 1
 */
TENURE_API const void *tenure_data_bytes(const struct tenure_data *data, size_t *len_out);

/**
 * Frees a payload.
 *
 * @param data  a payload, which must not be used any more, nor its bytes, or NULL, which is nothing
 *
 * Ownership: takes the payload. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API void tenure_data_free(struct tenure_data *data);

/**
 * Has a callback called with each line of the log of this level and graver ones, of all clients of
 * this process. It takes the place of the one before, which is destroyed. Without one nothing is
 * logged. Of lines that come faster than it takes them some are dropped, and the next one says how
 * many. A forked child has no log until it sets one.
 *
 * @param level      TENURE_LOG_LEVEL_...
 * @param callback   called on the library's dispatch thread; NULL to log no more
 * @param user_data  handed to it, and to destroy
 * @param destroy    frees user_data, exactly once, whatever is returned; may be NULL
 * @param error_out  an error is written here, on failure only; may be NULL
 * @return TENURE_OK, or TENURE_ERR_INVALID_ARGUMENT for a number that is no level
 *
 * Ownership: user_data is the library's until it is destroyed. Threading: any thread, callbacks
 * included. Blocking: never.
 * @since ABI 1
 */
TENURE_API
tenure_status tenure_log_set(tenure_log_level level,
                             tenure_log_fn callback,
                             void *user_data,
                             tenure_destroy_fn destroy,
                             struct tenure_error **error_out);

/**
 * What a client has counted since it was opened. Numbers only rise, but for those that say otherwise.
 *
 * @param client  a client, or NULL
 * @param metric  TENURE_METRIC_...
 * @return the number; 0 of NULL, of a number that is no metric, and of a standalone leader's client
 *
 * Ownership: nothing changes hands. Threading: any thread. Blocking: never.
 * @since ABI 1
 */
TENURE_API
uint64_t tenure_client_metric(const struct tenure_client *client,
                              tenure_metric metric);

/**
 * Ends sessions of the server behind a `memory://` URL at once, as if they had expired: their members
 * vanish, and their clients are told. That server is a ZooKeeper inside this process, for trying out
 * and for your own tests; its tick is 500 ms, and it grants session timeouts from 1 s to 10 s. What a
 * tenure_memory_ function does has happened, and reached connected clients, when it returns; events
 * may still be on their way.
 *
 * @param url        a `memory://` URL
 * @param session    the number of the session (tenure_event_session); 0 for all
 * @param ended_out  how many sessions were ended is written here, on success only; may be NULL
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
 * Makes a black hole of the network of the server behind a `memory://` URL: nothing gets through, and
 * nobody is told. The server goes on, and expires the sessions that it does not hear of.
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
 * Ends what tenure_memory_cut began; what was sent meanwhile arrives, as TCP has it.
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
 * Stops the server behind a `memory://` URL: its connections close, and new ones are refused. It keeps
 * what it has.
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
 * Starts the server behind a `memory://` URL again. Each session has its whole timeout anew.
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

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

/**
 * A C string as a tenure_str; of NULL the empty text. It lives as long as the string.
 */
static inline tenure_str tenure_str_c(const char *text)
{
    tenure_str made;
    made.data = text;
    made.len = text ? strlen(text) : 0;
    return made;
}

#endif /* TENURE_H */
