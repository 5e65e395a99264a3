/*
 * Every function of the header: with NULL in each place, with objects of another kind, in every
 * callback, and from eight threads at once. generated.h holds the calls.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "check.h"

/* One object of each kind, to be given where nothing is to be wrong. */
struct things {
    tenure_str url;
    tenure_url *url_object;
    tenure_client_options *client_options;
    tenure_client *client;
    tenure_event *event;
    tenure_event *detector_event;
    tenure_contender_options *contender_options;
    tenure_contender *contender;
    tenure_detector *detector;
    tenure_group *group;
    tenure_member *member;
    tenure_members *members;
    tenure_data *data;
    tenure_master_info *master_info;
    tenure_role_options *role_options;
    tenure_role *role;
    tenure_outputs *outputs;
    tenure_leading *leading;
    tenure_observer *observer;
    uint64_t agent;
    tenure_error *error;
};

static struct things things;
static atomic_int given_count;
static atomic_int destroyed_count;
static char marker;

/* What is given as user_data, and must be destroyed once for each time that it was. */
static void *given(void)
{
    atomic_fetch_add(&given_count, 1);
    return &marker;
}

static void count_destroyed(void *user_data)
{
    if (user_data != NULL)
        atomic_fetch_add(&destroyed_count, 1);
}

static void ignore_event(void *user_data, const tenure_event *event)
{
    (void)user_data;
    (void)event;
}

static void ignore_log(void *user_data, tenure_log_level level, uint64_t at_ns, tenure_str message)
{
    (void)user_data;
    (void)level;
    (void)at_ns;
    (void)message;
}

#define check_status(name, count, status, error, condition)                                          \
    do {                                                                                             \
        const tenure_error *told = (error);                                                          \
        if (!(condition)) {                                                                          \
            fprintf(stderr, "%s (generated.h:%d): %s: %" TENURE_PRI_STR "; not so: %s\n", name,      \
                    __LINE__, tenure_status_name(status),                                            \
                    TENURE_STR_ARG(tenure_error_message(told)), #condition);                         \
            _Exit(1);                                                                                \
        }                                                                                            \
        CHECK(told == NULL || tenure_error_status(told) == status);                                  \
        CHECK(told == NULL || tenure_error_message(told).len > 0);                                   \
    } while (0)

#include "generated.h"

/* A master, an agent that knows a leader, and an observer of one agent. */
static void make_roles(void)
{
    const tenure_str none = tenure_str_c("");
    EXPECT_OK(tenure_master_info_new(tenure_str_c("m1"), tenure_str_c("10.0.0.1:5050"), tenure_str_c("m1"),
                                     tenure_str_c("1"), none, none, none, &things.master_info, &error));
    things.role_options = tenure_role_options_new();
    EXPECT_OK(tenure_role_new(TENURE_ROLE_AGENT, NULL, &things.role, &error));
    EXPECT_OK(tenure_observer_new(NULL, &things.observer, &error));
    EXPECT_OK(tenure_observer_admit(things.observer, tenure_boottime_ns(), &things.agent, &things.outputs,
                                    &error));

    tenure_client *alone = NULL;
    tenure_detector *detector = NULL;
    tenure_outputs *outputs = NULL;
    EXPECT_OK(tenure_client_open_standalone(&alone, &error));
    EXPECT_OK(tenure_client_appoint(alone, things.master_info, &error));
    EXPECT_OK(tenure_detector_new(alone, none, &detector, &error));
    tenure_event *known = tenure_detector_state(detector);
    EXPECT_OK(tenure_role_take(things.role, known, tenure_boottime_ns(), &outputs, &error));
    things.leading = tenure_role_leader(things.role);
    CHECK(things.leading != NULL);
    tenure_outputs_free(outputs);
    tenure_event_free(known);
    tenure_detector_free(detector);
    tenure_client_free(alone);
}

static void unmake_roles(void)
{
    tenure_leading_free(things.leading);
    tenure_outputs_free(things.outputs);
    tenure_observer_free(things.observer);
    tenure_role_free(things.role);
    tenure_role_options_free(things.role_options);
    tenure_master_info_free(things.master_info);
}

static void make(const char *url)
{
    things.url = tenure_str_c(url);
    EXPECT_OK(tenure_url_parse(things.url, &things.url_object, &error));
    things.client_options = tenure_client_options_new();
    things.contender_options = tenure_contender_options_new();
    EXPECT_OK(tenure_client_open(things.url, things.client_options, &things.client, &error));
    EXPECT_OK(tenure_contender_new(things.client, NULL, &things.contender, &error));
    EXPECT_OK(tenure_contender_wait_leading(things.contender, LIMIT_MS, NULL, &error));
    EXPECT_OK(tenure_detector_new(things.client, tenure_str_c(""), &things.detector, &error));
    EXPECT_OK(tenure_detector_detect(things.detector, NULL, LIMIT_MS, &things.detector_event, &error));
    EXPECT_OK(tenure_group_new(things.client, tenure_str_c(""), &things.group, &error));
    EXPECT_OK(tenure_group_join(things.group, "xyz", 3, tenure_str_c("host"), LIMIT_MS, &things.member,
                                &error));
    EXPECT_OK(tenure_group_members(things.group, LIMIT_MS, &things.members, &error));
    CHECK(tenure_members_count(things.members) == 2);
    EXPECT_OK(tenure_group_data(things.group, things.member, LIMIT_MS, &things.data, &error));
    things.event = take(things.client);
    make_roles();
    CHECK(tenure_client_close(NULL, 0, &things.error) == TENURE_ERR_INVALID_ARGUMENT);
    CHECK(things.error != NULL);
}

static void unmake(void)
{
    close_client(things.client);
    unmake_roles();
    tenure_error_free(things.error);
    tenure_data_free(things.data);
    tenure_members_free(things.members);
    tenure_member_free(things.member);
    tenure_group_free(things.group);
    tenure_detector_free(things.detector);
    tenure_contender_free(things.contender);
    tenure_contender_options_free(things.contender_options);
    tenure_event_free(things.detector_event);
    tenure_event_free(things.event);
    tenure_client_free(things.client);
    tenure_client_options_free(things.client_options);
    tenure_url_free(things.url_object);
    EXPECT_OK(tenure_log_set(TENURE_LOG_LEVEL_ERROR, NULL, NULL, NULL, &error));
}

/* How often a callback did all that it was to do, and how often it is to: what it does brings new
 * events about. */
static atomic_int done_count;
static atomic_int done_goal;

static void do_all(void)
{
    if (atomic_load(&done_count) >= atomic_load(&done_goal))
        return;
    call_all(&things);
    call_what_waits(&things);
    atomic_fetch_add(&done_count, 1);
}

static void all_in_event(void *user_data, const tenure_event *event)
{
    CHECK(user_data == &marker);
    /* It is lent: this must leave it alone. */
    tenure_event_free((tenure_event *)(uintptr_t)event);
    CHECK(tenure_event_type(event) != TENURE_EVENT_NOTHING);
    do_all();
    CHECK(tenure_event_type(event) != TENURE_EVENT_NOTHING);
}

static void all_in_log(void *user_data, tenure_log_level level, uint64_t at_ns, tenure_str message)
{
    CHECK(user_data == &marker && at_ns > 0 && message.len > 0);
    CHECK(level >= TENURE_LOG_LEVEL_ERROR && level <= TENURE_LOG_LEVEL_DEBUG);
    do_all();
}

static void all_in_destroy(void *user_data)
{
    CHECK(user_data == &marker);
    call_all(&things);
    call_what_waits(&things);
    atomic_fetch_add(&done_count, 1);
}

static void *all_by_thread(void *unused)
{
    for (int round = 0; round < 5; ++round)
        call_all(&things);
    return unused;
}

static void by_threads(void)
{
    pthread_t threads[8];
    for (int i = 0; i < 8; ++i)
        CHECK(pthread_create(&threads[i], NULL, all_by_thread, NULL) == 0);
    for (int i = 0; i < 8; ++i)
        CHECK(pthread_join(threads[i], NULL) == 0);
}

int main(int argc, char **argv)
{
    const char *what = argc == 2 ? argv[1] : "";
    make("memory://calls/group");
    if (strcmp(what, "null") == 0) {
        call_with_null(&things);
    } else if (strcmp(what, "strangers") == 0) {
        call_with_strangers(&things);
    } else if (strcmp(what, "in-event") == 0) {
        atomic_store(&done_goal, 3);
        EXPECT_OK(tenure_client_set_callback(things.client, all_in_event, given(), count_destroyed, &error));
        EXPECT_OK(tenure_contender_set_callback(things.contender, all_in_event, given(), count_destroyed,
                                                &error));
        EXPECT_OK(tenure_detector_set_callback(things.detector, all_in_event, given(), count_destroyed,
                                               &error));
        EXPECT_OK(tenure_group_set_callback(things.group, all_in_event, given(), count_destroyed, &error));
        AWAIT(atomic_load(&done_count) == 3);
    } else if (strcmp(what, "in-destroy") == 0) {
        EXPECT_OK(tenure_log_set(TENURE_LOG_LEVEL_ERROR, ignore_log, &marker, all_in_destroy, &error));
        EXPECT_OK(tenure_log_set(TENURE_LOG_LEVEL_ERROR, NULL, NULL, NULL, &error));
        EXPECT(TENURE_ERR_INVALID_ARGUMENT,
               tenure_client_set_callback(NULL, ignore_event, &marker, all_in_destroy, &error));
        AWAIT(atomic_load(&done_count) == 2);
    } else if (strcmp(what, "in-log") == 0) {
        atomic_store(&done_goal, 1);
        EXPECT_OK(tenure_log_set(TENURE_LOG_LEVEL_DEBUG, all_in_log, given(), count_destroyed, &error));
        EXPECT_OK(tenure_memory_expire(things.url, 0, NULL, &error));
        AWAIT(atomic_load(&done_count) == 1);
    } else if (strcmp(what, "threads") == 0) {
        by_threads();
    } else {
        fprintf(stderr, "%s: what?\n", argv[0]);
        return 2;
    }
    unmake();
    AWAIT(atomic_load(&destroyed_count) == atomic_load(&given_count));
    return 0;
}
