/*
 * What cannot work is refused with a status and a sentence, and the same options can be used again.
 */
#include <string.h>

#include "check.h"

#define REFUSED(call) EXPECT(TENURE_ERR_INVALID_ARGUMENT, call)

static void texts(tenure_client *client)
{
    tenure_url *url = NULL;
    tenure_detector *detector = NULL;
    tenure_group *group = NULL;
    const tenure_str bad[] = {
        {"memory://\xff/x", 12}, {"memory://a/\0b", 13}, {NULL, 5}, {"x", SIZE_MAX}, {"", 0},
        {"zk://user:secret", 16}, {"memory://a//x", 13},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; ++i) {
        tenure_error *error = NULL;
        CHECK(tenure_url_parse(bad[i], &url, &error) == TENURE_ERR_INVALID_ARGUMENT);
        CHECK(url == NULL && error != NULL);
        tenure_str message = tenure_error_message(error);
        CHECK(message.len > 0 && !tenure_error_is_retriable(error));
        for (size_t at = 0; at + 6 <= message.len; ++at)
            CHECK(memcmp(message.data + at, "secret", 6) != 0);
        tenure_error_free(error);
    }
    const tenure_str paths[] = {
        {"/a\0b", 4}, {"/\xc3\x28", 3}, {"a", 1}, {"/", 1}, {"/a//b", 5}, {"/a/.", 4}, {NULL, 1},
    };
    for (size_t i = 0; i < sizeof paths / sizeof *paths; ++i) {
        REFUSED(tenure_detector_new(client, paths[i], &detector, &error));
        REFUSED(tenure_group_new(client, paths[i], &group, &error));
    }
    CHECK(detector == NULL && group == NULL);
}

static void tls(const char *url)
{
    const tenure_str ca = tenure_str_c("/nowhere/ca.pem");
    const tenure_str file = tenure_str_c("/nowhere/file.pem");
    const tenure_str none = tenure_str_c(NULL);
    tenure_client_options *options = tenure_client_options_new();
    tenure_client *client = NULL;
    REFUSED(tenure_client_options_set_tls(options, ca, file, none, none, &error));
    REFUSED(tenure_client_options_set_tls(options, ca, none, file, none, &error));
    REFUSED(tenure_client_options_set_tls(options, (tenure_str){"\xff", 1}, none, none, none, &error));
    EXPECT_OK(tenure_client_open(tenure_str_c(url), options, &client, &error)); /* nothing was set */
    tenure_client_free(client);
    client = NULL;
    EXPECT_OK(tenure_client_options_set_tls(options, ca, file, file, file, &error));
    /* A build without TLS reports that it lacks TLS, one with it that the file is missing. */
    REFUSED(tenure_client_open(tenure_str_c(url), options, &client, &error));
    CHECK(client == NULL);
    tenure_client_options_free(options);
}

static void durations(const char *url)
{
    const int64_t never[] = {-1, -2, INT64_MIN};
    const int64_t too_much[] = {0, 2147483648, INT64_MAX};
    const int64_t fine[] = {1, 4000, 2147483647};
    tenure_client_options *options = tenure_client_options_new();
    tenure_client *client = NULL;
    for (int i = 0; i < 3; ++i) {
        REFUSED(tenure_client_options_set_session_timeout_ms(options, never[i], &error));
        REFUSED(tenure_client_options_set_tick_ms(options, never[i], &error));
    }
    for (int i = 0; i < 3; ++i) {
        EXPECT_OK(tenure_client_options_set_session_timeout_ms(options, too_much[i], &error));
        REFUSED(tenure_client_open(tenure_str_c(url), options, &client, &error));
        EXPECT_OK(tenure_client_options_set_session_timeout_ms(options, 4000, &error));
        EXPECT_OK(tenure_client_options_set_tick_ms(options, too_much[i], &error));
        REFUSED(tenure_client_open(tenure_str_c(url), options, &client, &error));
        EXPECT_OK(tenure_client_options_set_tick_ms(options, 500, &error));
        CHECK(client == NULL);
    }
    for (int i = 0; i < 3; ++i) {
        EXPECT_OK(tenure_client_options_set_session_timeout_ms(options, fine[i], &error));
        EXPECT_OK(tenure_client_open(tenure_str_c(url), options, &client, &error));
        tenure_client_free(client);
        client = NULL;
    }
    tenure_client_options_free(options);

    client = open_client(url);
    tenure_event_free(take_kind(client, TENURE_EVENT_SESSION_CONNECTED));
    tenure_event *event = NULL;
    EXPECT(TENURE_ERR_TIMEOUT, tenure_client_next_event(client, 0, &event, &error));
    EXPECT(TENURE_ERR_TIMEOUT, tenure_client_next_event(client, 1, &event, &error));
    REFUSED(tenure_client_next_event(client, -2, &event, &error));
    REFUSED(tenure_client_next_event(client, INT64_MIN, &event, &error));
    REFUSED(tenure_client_close(client, -2, &error));
    tenure_contender *contender = NULL;
    EXPECT_OK(tenure_contender_new(client, NULL, &contender, &error));
    REFUSED(tenure_contender_wait_leading(contender, -2, NULL, &error));
    EXPECT_OK(tenure_contender_wait_leading(contender, INT64_MAX, NULL, &error));
    REFUSED(tenure_contender_withdraw(contender, -2, NULL, &error));
    CHECK(tenure_contender_is_leading(contender)); /* the refused calls had no effect */
    EXPECT_OK(tenure_client_next_event(client, INT64_MAX, &event, &error));
    tenure_event_free(event);
    EXPECT_OK(tenure_client_close(client, INT64_MAX, &error));
    tenure_contender_free(contender);
    tenure_client_free(client);
}

static void payloads(tenure_client *client)
{
    enum { MOST = 1000000 };
    char *data = calloc(1, MOST + 1);
    CHECK(data != NULL);
    tenure_contender_options *options = tenure_contender_options_new();
    tenure_contender *contender = NULL;
    tenure_member *member = NULL;
    tenure_group *group = NULL;
    tenure_data *back = NULL;
    uint64_t call = 0;
    size_t len = 0;
    REFUSED(tenure_contender_options_set_data(options, NULL, 1, &error));
    REFUSED(tenure_contender_options_set_data(options, "x", SIZE_MAX, &error));
    EXPECT_OK(tenure_contender_options_set_data(options, data, MOST + 1, &error));
    REFUSED(tenure_contender_new(client, options, &contender, &error));
    EXPECT_OK(tenure_contender_options_set_data(options, data, MOST, &error));
    EXPECT_OK(tenure_contender_new(client, options, &contender, &error));
    EXPECT_OK(tenure_contender_wait_leading(contender, LIMIT_MS, NULL, &error));
    REFUSED(tenure_contender_set_data(contender, data, MOST + 1, 0, NULL, &error));
    REFUSED(tenure_contender_set_data(contender, NULL, 1, 0, NULL, &error));
    REFUSED(tenure_contender_set_data_start(contender, data, MOST + 1, &call, &error));
    EXPECT_OK(tenure_contender_set_data(contender, NULL, 0, LIMIT_MS, NULL, &error));
    EXPECT_OK(tenure_group_new(client, tenure_str_c(""), &group, &error));
    REFUSED(tenure_group_join(group, NULL, 0, tenure_str_c("a/b"), LIMIT_MS, &member, &error));
    REFUSED(tenure_group_join(group, data, MOST + 1, tenure_str_c(""), LIMIT_MS, &member, &error));
    REFUSED(tenure_group_join_start(group, data, MOST + 1, tenure_str_c(""), &call, &error));
    EXPECT_OK(tenure_group_join(group, data, MOST, tenure_str_c(""), LIMIT_MS, &member, &error));
    EXPECT_OK(tenure_group_data(group, member, LIMIT_MS, &back, &error));
    CHECK(tenure_data_bytes(back, &len) != NULL && len == MOST);
    REFUSED(tenure_group_set_data(group, member, data, MOST + 1, 0, NULL, &error));
    tenure_data_free(back);
    tenure_member_free(member);
    tenure_group_free(group);
    tenure_contender_free(contender);
    tenure_contender_options_free(options);
    free(data);
}

static void options(tenure_client *client)
{
    tenure_contender_options *how = tenure_contender_options_new();
    REFUSED(tenure_contender_options_set_policy(how, 4, &error));
    REFUSED(tenure_contender_options_set_policy(how, -1, &error));
    REFUSED(tenure_contender_options_set_reenrol(how, 2, &error));
    REFUSED(tenure_contender_options_set_path(how, (tenure_str){"\xff", 1}, &error));
    REFUSED(tenure_contender_options_set_label(how, (tenure_str){"\xff", 1}, &error));
    REFUSED(tenure_log_set(5, NULL, NULL, NULL, &error));
    REFUSED(tenure_log_set(INT32_MIN, NULL, NULL, NULL, &error));
    tenure_contender *contenders[3] = {NULL, NULL, NULL};
    char name[2] = "a";
    for (int i = 0; i < 3; ++i) {
        name[0] = (char)('a' + i);
        EXPECT_OK(tenure_contender_options_set_label(how, tenure_str_c(name), &error));
        EXPECT_OK(tenure_contender_new(client, how, &contenders[i], &error));
    }
    EXPECT_OK(tenure_contender_options_set_label(how, tenure_str_c("a/b"), &error));
    tenure_contender *bad = NULL;
    REFUSED(tenure_contender_new(client, how, &bad, &error));
    tenure_contender_options_free(how);
    EXPECT_OK(tenure_contender_wait_leading(contenders[0], LIMIT_MS, NULL, &error));
    for (int i = 0; i < 3; ++i)
        tenure_contender_free(contenders[i]);
}

static void standalone(void)
{
    tenure_client *client = open_client("10.0.0.1:5050");
    tenure_contender *contender = NULL;
    tenure_group *group = NULL;
    tenure_detector *detector = NULL;
    tenure_event *event = NULL;
    REFUSED(tenure_contender_new(client, NULL, &contender, &error));
    REFUSED(tenure_group_new(client, tenure_str_c("/x"), &group, &error));
    EXPECT_OK(tenure_detector_new(client, tenure_str_c(""), &detector, &error));
    EXPECT_OK(tenure_detector_detect(detector, NULL, LIMIT_MS, &event, &error));
    CHECK(tenure_event_type(event) == TENURE_EVENT_DETECTOR_LEADER && tenure_event_token(event) == 0);
    EXPECT(TENURE_ERR_TIMEOUT, tenure_detector_detect(detector, event, 0, &event, &error));
    tenure_event_free(event);
    event = take_kind(client, TENURE_EVENT_DETECTOR_LEADER);
    REFUSED(tenure_memory_expire(tenure_str_c("10.0.0.1:5050"), 0, NULL, &error));
    /* An event of another handle is no leader to compare with. */
    close_client(client);
    tenure_event *session = take_kind(client, TENURE_EVENT_SESSION_CLOSED), *next = NULL;
    REFUSED(tenure_detector_detect(detector, session, 0, &next, &error));
    tenure_event_free(session);
    tenure_event_free(event);
    tenure_detector_free(detector);
    tenure_client_free(client);
}

int main(void)
{
    tenure_client *client = open_client("memory://input/group");
    texts(client);
    payloads(client);
    options(client);
    close_client(client);
    tenure_client_free(client);
    tls("memory://tls/group");
    durations("memory://durations/group");
    standalone();
    return 0;
}
