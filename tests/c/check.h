/* The messages of the test programs when a check fails. They print nothing else, so that all output
 * of a program is the reason of its failure. */
#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <tenure.h>

/* Longer than any step takes on a busy machine under a sanitizer. */
#define LIMIT_MS 120000

#define CHECK(condition)                                                                             \
    do {                                                                                             \
        if (!(condition)) {                                                                          \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);                  \
            _Exit(1);                                                                                \
        }                                                                                            \
    } while (0)

/* A call that must return this status; it takes the error, which is freed here. */
#define EXPECT(expected, call)                                                                       \
    do {                                                                                             \
        tenure_error *error = NULL;                                                                  \
        check_came_to(__FILE__, __LINE__, #call, (expected), (call), error);                         \
        tenure_error_free(error);                                                                    \
    } while (0)

/* The call is an expression that may use `error`: it is evaluated before this reads it. */
#define check_came_to(file, line, call, expected, got_expression, error)                             \
    do {                                                                                             \
        tenure_status got = (got_expression);                                                        \
        if (got != (expected)) {                                                                     \
            fprintf(stderr, "%s:%d: %s: %s, not %s: %" TENURE_PRI_STR "\n", file, line, call,        \
                    tenure_status_name(got), tenure_status_name(expected),                           \
                    TENURE_STR_ARG(tenure_error_message(error)));                                    \
            _Exit(1);                                                                                \
        }                                                                                            \
        if (error != NULL) {                                                                         \
            CHECK(tenure_error_status(error) == got);                                                \
            CHECK(tenure_error_message(error).len > 10);                                             \
        }                                                                                            \
    } while (0)

#define EXPECT_OK(call) EXPECT(TENURE_OK, call)

/* Waits for an effect of another thread, and fails if it never comes. */
#define AWAIT(condition)                                                                             \
    do {                                                                                             \
        uint64_t give_up = tenure_boottime_ns() + (uint64_t)LIMIT_MS * 1000000;                      \
        while (!(condition)) {                                                                       \
            struct timespec moment = {0, 1000000};                                                   \
            CHECK(tenure_boottime_ns() < give_up && "in time: " #condition);                         \
            nanosleep(&moment, NULL);                                                                \
        }                                                                                            \
    } while (0)

/* The next event of the queue; the caller frees it. */
static inline tenure_event *take(tenure_client *client)
{
    tenure_event *event = NULL;
    EXPECT_OK(tenure_client_next_event(client, LIMIT_MS, &event, &error));
    CHECK(event != NULL);
    return event;
}

/* The next event of this kind; those before it are dropped. */
static inline tenure_event *take_kind(tenure_client *client, tenure_event_kind kind)
{
    for (;;) {
        tenure_event *event = take(client);
        if (tenure_event_type(event) == kind)
            return event;
        tenure_event_free(event);
    }
}

static inline tenure_client *open_client(const char *url)
{
    tenure_client *client = NULL;
    EXPECT_OK(tenure_client_open(tenure_str_c(url), NULL, &client, &error));
    CHECK(client != NULL);
    return client;
}

static inline void close_client(tenure_client *client)
{
    EXPECT_OK(tenure_client_close(client, LIMIT_MS, &error));
}

#endif
