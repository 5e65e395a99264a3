/*
 * The descriptor is readable exactly while tenure_client_next_event would return at once; and what
 * functions ending in _start began ends in the queue, once for each.
 */
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "check.h"

static bool readable(int fd, int timeout_ms)
{
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    int count = poll(&wait, 1, timeout_ms);
    CHECK(count >= 0 && (count == 0 || wait.revents == POLLIN));
    return count == 1;
}

/* Takes all events, and checks the descriptor before and after each. */
static size_t drain(tenure_client *client, int fd)
{
    size_t count = 0;
    for (;;) {
        bool ready = readable(fd, 0);
        tenure_event *event = NULL;
        tenure_status status = tenure_client_next_event(client, 0, &event, NULL);
        /* The next event may have come between the two. */
        CHECK(!ready || status == TENURE_OK);
        if (status != TENURE_OK) {
            CHECK(status == TENURE_ERR_TIMEOUT && event == NULL);
            return count;
        }
        tenure_event_free(event);
        ++count;
    }
}

static atomic_int called_count;

static void called(void *user_data, const tenure_event *event)
{
    (void)user_data;
    (void)event;
    atomic_fetch_add(&called_count, 1);
}

static void the_descriptor(const char *url)
{
    tenure_client *client = open_client(url);
    int fd = -1, same = -1;
    EXPECT_OK(tenure_client_event_fd(client, &fd, &error));
    EXPECT_OK(tenure_client_event_fd(client, &same, &error));
    CHECK(fd >= 0 && fd == same);
    CHECK(fcntl(fd, F_GETFD) == FD_CLOEXEC);
    CHECK(readable(fd, LIMIT_MS));
    tenure_event_free(take_kind(client, TENURE_EVENT_SESSION_CONNECTED));
    drain(client, fd);
    CHECK(!readable(fd, 0));

    /* It stays readable until the last of several is taken. */
    tenure_group *group = NULL;
    EXPECT_OK(tenure_group_new(client, tenure_str_c(""), &group, &error));
    uint64_t calls[3] = {0};
    for (int i = 0; i < 3; ++i)
        EXPECT_OK(tenure_group_members_start(group, &calls[i], &error));
    for (int i = 0; i < 3; ++i) {
        CHECK(readable(fd, LIMIT_MS));
        CHECK(readable(fd, 0));
        tenure_event *event = take(client);
        CHECK(tenure_event_type(event) == TENURE_EVENT_CALL_DONE);
        CHECK(tenure_event_call(event) == calls[0] || tenure_event_call(event) == calls[1]
              || tenure_event_call(event) == calls[2]);
        tenure_event_free(event);
    }
    CHECK(!readable(fd, 0));

    /* The waiting events move to the callback. */
    EXPECT_OK(tenure_memory_expire(tenure_str_c(url), 0, NULL, &error));
    CHECK(readable(fd, LIMIT_MS));
    EXPECT_OK(tenure_client_set_callback(client, called, NULL, NULL, &error));
    CHECK(!readable(fd, 0));
    AWAIT(atomic_load(&called_count) >= 3); /* suspended or expired, connecting, connected */
    CHECK(!readable(fd, 0));
    tenure_detector *detector = NULL;
    EXPECT_OK(tenure_detector_new(client, tenure_str_c(""), &detector, &error));
    CHECK(readable(fd, LIMIT_MS));
    tenure_event_free(take_kind(client, TENURE_EVENT_DETECTOR_NONE));
    CHECK(!readable(fd, 0));
    /* The handle's events are gone with it. */
    tenure_detector_free(detector);
    CHECK(!readable(fd, 0));
    EXPECT_OK(tenure_detector_new(client, tenure_str_c(""), &detector, &error));
    CHECK(readable(fd, LIMIT_MS));
    tenure_detector_free(detector);
    CHECK(!readable(fd, 0));

    /* The end of the queue makes it readable, too, and stays; every caller of a close finds it. */
    close_client(client);
    CHECK(readable(fd, 0));
    tenure_event *event = NULL;
    tenure_status status;
    while ((status = tenure_client_next_event(client, 0, &event, NULL)) == TENURE_OK) {
        CHECK(readable(fd, 0));
        tenure_event_free(event);
    }
    CHECK(status == TENURE_ERR_CLOSED);
    CHECK(readable(fd, 0));
    EXPECT(TENURE_ERR_CLOSED, tenure_client_next_event(client, -1, &event, &error));
    tenure_client_free(client);
    CHECK(fcntl(fd, F_GETFD) == FD_CLOEXEC); /* the group keeps it */
    tenure_group_free(group);
    AWAIT(fcntl(fd, F_GETFD) == -1);
}

/* The end of a call, which must come once. */
static tenure_event *end_of(tenure_client *client, uint64_t call, uint64_t source)
{
    CHECK(call != 0);
    tenure_event *event = take_kind(client, TENURE_EVENT_CALL_DONE);
    CHECK(tenure_event_call(event) == call);
    CHECK(tenure_event_source(event) == source);
    return event;
}

static void what_was_begun(const char *url)
{
    tenure_client *client = open_client(url);
    tenure_contender *contender = NULL;
    tenure_group *group = NULL;
    EXPECT_OK(tenure_contender_new(client, NULL, &contender, &error));
    EXPECT_OK(tenure_contender_wait_leading(contender, LIMIT_MS, NULL, &error));
    EXPECT_OK(tenure_group_new(client, tenure_str_c("/others"), &group, &error));
    uint64_t own = tenure_group_id(group), call = 0, gone = 0;
    size_t len = 0;

    EXPECT_OK(tenure_contender_set_data_start(contender, "x", 1, &call, &error));
    tenure_event *event = end_of(client, call, tenure_contender_id(contender));
    CHECK(tenure_event_call_result(event) && tenure_event_status(event) == TENURE_OK);
    tenure_event_free(event);

    EXPECT_OK(tenure_group_join_start(group, "x", 1, tenure_str_c("a"), &call, &error));
    event = end_of(client, call, own);
    CHECK(tenure_event_status(event) == TENURE_OK);
    tenure_member *member = tenure_member_clone(tenure_event_member(event));
    CHECK(member != NULL);
    tenure_event_free(event);

    EXPECT_OK(tenure_group_cancelled_start(group, member, &gone, &error));
    EXPECT_OK(tenure_group_members_start(group, &call, &error));
    event = end_of(client, call, own);
    CHECK(tenure_members_count(tenure_event_members(event)) == 1);
    CHECK(tenure_member_equal(tenure_members_at(tenure_event_members(event), 0), member));
    tenure_event_free(event);

    EXPECT_OK(tenure_group_set_data_start(group, member, "yz", 2, &call, &error));
    event = end_of(client, call, own);
    CHECK(tenure_event_call_result(event));
    tenure_event_free(event);

    EXPECT_OK(tenure_group_data_start(group, member, &call, &error));
    event = end_of(client, call, own);
    CHECK(memcmp(tenure_event_data(event, &len), "yz", 2) == 0 && len == 2);
    tenure_event_free(event);

    EXPECT_OK(tenure_group_cancel_start(group, member, &call, &error));
    bool removed = false, ended = false;
    for (int i = 0; i < 2; ++i) {
        event = take_kind(client, TENURE_EVENT_CALL_DONE);
        CHECK(tenure_event_call(event) == call || tenure_event_call(event) == gone);
        if (tenure_event_call(event) == call)
            removed = tenure_event_call_result(event);
        else
            ended = tenure_event_call_result(event);
        tenure_event_free(event);
    }
    CHECK(removed && ended);

    EXPECT_OK(tenure_group_evict_start(group, member, &call, &error));
    event = end_of(client, call, own);
    CHECK(!tenure_event_call_result(event) && tenure_event_status(event) == TENURE_OK);
    tenure_event_free(event);
    tenure_member_free(member);

    /* Without a connection it waits; the end of the client ends it. */
    EXPECT_OK(tenure_memory_cut(tenure_str_c(url), &error));
    EXPECT_OK(tenure_group_members_start(group, &call, &error));
    EXPECT_OK(tenure_contender_withdraw_start(contender, &gone, &error));
    EXPECT(TENURE_ERR_TIMEOUT, tenure_client_close(client, 0, &error));
    EXPECT_OK(tenure_memory_heal(tenure_str_c(url), &error));
    close_client(client);
    int ends = 0;
    while (tenure_client_next_event(client, LIMIT_MS, &event, NULL) == TENURE_OK) {
        ends += tenure_event_type(event) == TENURE_EVENT_CALL_DONE
                && (tenure_event_call(event) == call || tenure_event_call(event) == gone);
        tenure_event_free(event);
    }
    CHECK(ends == 2);
    tenure_group_free(group);
    tenure_contender_free(contender);
    tenure_client_free(client);
}

static atomic_int fetched;

static void *fetch(void *client)
{
    tenure_event *event = NULL;
    while (tenure_client_next_event(client, -1, &event, NULL) == TENURE_OK) {
        if (tenure_event_type(event) == TENURE_EVENT_CALL_DONE)
            atomic_fetch_add(&fetched, 1);
        tenure_event_free(event);
    }
    return NULL;
}

/* Several threads wait for the queue while handles get callbacks and are freed: each event goes to
 * one of them, and no thread sees the end of the queue too early. */
static void several_at_once(const char *url)
{
    tenure_client *client = open_client(url);
    tenure_group *group = NULL;
    pthread_t threads[4];
    EXPECT_OK(tenure_group_new(client, tenure_str_c(""), &group, &error));
    for (int i = 0; i < 4; ++i)
        CHECK(pthread_create(&threads[i], NULL, fetch, client) == 0);
    for (int i = 0; i < 300; ++i) {
        uint64_t call = 0;
        tenure_detector *detector = NULL;
        EXPECT_OK(tenure_group_members_start(group, &call, &error));
        EXPECT_OK(tenure_detector_new(client, tenure_str_c(""), &detector, &error));
        EXPECT_OK(tenure_detector_set_callback(detector, called, NULL, NULL, &error));
        tenure_detector_free(detector);
    }
    AWAIT(atomic_load(&fetched) == 300);
    close_client(client);
    for (int i = 0; i < 4; ++i)
        CHECK(pthread_join(threads[i], NULL) == 0);
    tenure_group_free(group);
    tenure_client_free(client);
}

int main(void)
{
    the_descriptor("memory://descriptor/group");
    what_was_begun("memory://begun/group");
    several_at_once("memory://several/group");
    return 0;
}
