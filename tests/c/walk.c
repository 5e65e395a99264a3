/*
 * An ordinary life, by every function with an answer: a leader that hands over to a second one of
 * another client; members that come, change and go.
 *
 *   walk URL
 */
#include <string.h>

#include "check.h"

static bool is(tenure_str text, const char *expected)
{
    return text.len == strlen(expected) && memcmp(text.data, expected, text.len) == 0;
}

static void look_at_versions(void)
{
    CHECK(tenure_abi_version() == TENURE_ABI_VERSION);
    CHECK(strcmp(tenure_version(), TENURE_VERSION) == 0);
    CHECK(strcmp(tenure_status_name(TENURE_ERR_TIMEOUT), "TENURE_ERR_TIMEOUT") == 0);
    CHECK(strcmp(tenure_status_name(12345), "unknown status") == 0);
    CHECK(strcmp(tenure_event_kind_name(TENURE_EVENT_CONTENDER_LEADING), "contender leading") == 0);
    CHECK(strcmp(tenure_event_kind_name(-7), "unknown event") == 0);
    uint64_t before = tenure_boottime_ns();
    CHECK(before > 0 && tenure_boottime_ns() >= before);
    CHECK(tenure_str_c(NULL).len == 0);
}

static void look_at_urls(void)
{
    tenure_url *url = NULL;
    EXPECT_OK(tenure_url_parse(tenure_str_c("zk://u:secret@[::1]:2182,host/a/b"), &url, &error));
    CHECK(is(tenure_url_path(url), "/a/b"));
    tenure_str shown = tenure_url_shown(url);
    CHECK(shown.len > 0);
    for (size_t at = 0; at + 6 <= shown.len; ++at)
        CHECK(memcmp(shown.data + at, "secret", 6) != 0);
    CHECK(!tenure_url_is_standalone(url));
    CHECK(tenure_url_server_count(url) == 2);
    CHECK(is(tenure_url_server(url, 1), "host:2181"));
    CHECK(tenure_url_server(url, 2).len == 0 && tenure_url_server(url, SIZE_MAX).len == 0);
    tenure_url_free(url);
    EXPECT_OK(tenure_url_parse(tenure_str_c("10.0.0.1:5050"), &url, &error));
    CHECK(tenure_url_is_standalone(url) && is(tenure_url_path(url), "10.0.0.1:5050"));
    tenure_url_free(url);
}

static void lead(tenure_client *client, tenure_contender *contender)
{
    uint64_t token = 0, same = 0, end = 0;
    EXPECT_OK(tenure_contender_wait_leading(contender, LIMIT_MS, &token, &error));
    CHECK(token > 0 && tenure_contender_is_leading(contender));
    CHECK(tenure_contender_leadership(contender, &same, &end));
    CHECK(same == token && end > tenure_boottime_ns());
    CHECK(tenure_contender_leadership(contender, NULL, NULL));

    tenure_event *event = take_kind(client, TENURE_EVENT_CONTENDER_LEADING);
    CHECK(tenure_event_source(event) == tenure_contender_id(contender));
    CHECK(tenure_event_token(event) == token);
    CHECK(tenure_event_lease_end_ns(event) > 0);
    const tenure_member *member = tenure_event_member(event);
    CHECK(member != NULL && tenure_member_token(member) == token);
    CHECK(is(tenure_member_label(member), "host"));
    CHECK(tenure_member_sequence(member) >= 0);
    CHECK(tenure_member_path(member).len > tenure_client_path(client).len);
    tenure_member *copy = tenure_member_clone(member);
    CHECK(tenure_member_equal(copy, member) && tenure_member_equal(member, copy));
    CHECK(!tenure_member_equal(copy, NULL) && !tenure_member_equal(NULL, NULL));
    tenure_member_free(copy);
    tenure_event_free(event);

    event = tenure_contender_state(contender);
    CHECK(event != NULL && tenure_event_source(event) == tenure_contender_id(contender));
    tenure_event_free(event);
}

static void follow(tenure_detector *detector, const char *payload)
{
    tenure_event *known = NULL;
    for (;;) {
        tenure_event *next = NULL;
        EXPECT_OK(tenure_detector_detect(detector, known, LIMIT_MS, &next, &error));
        tenure_event_free(known);
        known = next;
        size_t len = 0;
        const void *data = tenure_event_data(known, &len);
        if (tenure_event_type(known) == TENURE_EVENT_DETECTOR_LEADER && len == strlen(payload)
            && memcmp(data, payload, len) == 0)
            break;
    }
    CHECK(tenure_event_source(known) == tenure_detector_id(detector));
    CHECK(tenure_event_as_of_ns(known) > 0 && tenure_event_token(known) > 0);
    CHECK(tenure_event_data(known, NULL) != NULL);
    tenure_event *state = tenure_detector_state(detector);
    CHECK(tenure_event_type(state) == TENURE_EVENT_DETECTOR_LEADER);
    tenure_event_free(state);
    tenure_event_free(known);
}

static void join(tenure_client *client)
{
    tenure_group *group = NULL;
    tenure_member *member = NULL;
    tenure_members *members = NULL;
    tenure_data *data = NULL;
    bool yes = false;
    size_t len = 0;

    tenure_str path = tenure_client_path(client);
    char other[256];
    CHECK(path.len < sizeof other - 10);
    snprintf(other, sizeof other, "%" TENURE_PRI_STR "/nodes", TENURE_STR_ARG(path));
    EXPECT_OK(tenure_group_new(client, tenure_str_c(other), &group, &error));
    CHECK(tenure_group_id(group) > 0);
    EXPECT_OK(tenure_group_watch(group, &error));
    EXPECT_OK(tenure_group_join(group, "one", 3, tenure_str_c("node"), LIMIT_MS, &member, &error));
    EXPECT_OK(tenure_group_wait_members(group, NULL, LIMIT_MS, &members, &error));
    CHECK(tenure_members_count(members) == 1);
    CHECK(tenure_member_equal(tenure_members_at(members, 0), member));
    CHECK(tenure_members_at(members, 1) == NULL);
    tenure_members_free(members);
    EXPECT_OK(tenure_group_data(group, member, LIMIT_MS, &data, &error));
    CHECK(memcmp(tenure_data_bytes(data, &len), "one", 3) == 0 && len == 3);
    tenure_data_free(data);
    EXPECT_OK(tenure_group_set_data(group, member, NULL, 0, LIMIT_MS, &yes, &error));
    CHECK(yes);
    EXPECT_OK(tenure_group_data(group, member, LIMIT_MS, &data, &error));
    CHECK(tenure_data_bytes(data, &len) != NULL && len == 0);
    tenure_data_free(data);
    tenure_event *event = take_kind(client, TENURE_EVENT_GROUP_MEMBERS);
    CHECK(tenure_event_source(event) == tenure_group_id(group));
    CHECK(tenure_event_members(event) != NULL);
    tenure_event_free(event);
    EXPECT_OK(tenure_group_cancel(group, member, LIMIT_MS, &yes, &error));
    CHECK(yes);
    EXPECT_OK(tenure_group_cancelled(group, member, LIMIT_MS, &yes, &error));
    EXPECT_OK(tenure_group_data(group, member, LIMIT_MS, &data, &error));
    CHECK(data == NULL);
    tenure_member_free(member);
    EXPECT_OK(tenure_group_join(group, "two", 3, tenure_str_c(""), LIMIT_MS, &member, &error));
    EXPECT_OK(tenure_group_evict(group, member, LIMIT_MS, &yes, &error));
    CHECK(yes);
    event = take_kind(client, TENURE_EVENT_GROUP_MEMBERSHIP_LOST);
    CHECK(tenure_member_equal(tenure_event_member(event), member));
    CHECK(tenure_event_lost_reason(event) == TENURE_LOST_REASON_EVICTED);
    tenure_event_free(event);
    tenure_member_free(member);
    EXPECT_OK(tenure_group_members(group, LIMIT_MS, &members, &error));
    CHECK(tenure_members_count(members) == 0);
    tenure_members_free(members);
    tenure_group_free(group);
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    look_at_versions();
    look_at_urls();

    tenure_client_options *options = tenure_client_options_new();
    EXPECT_OK(tenure_client_options_set_session_timeout_ms(options, 4000, &error));
    EXPECT_OK(tenure_client_options_set_tick_ms(options, 500, &error));
    tenure_client *client = NULL, *other = NULL;
    EXPECT_OK(tenure_client_open(tenure_str_c(argv[1]), options, &client, &error));
    EXPECT_OK(tenure_client_open(tenure_str_c(argv[1]), options, &other, &error));
    tenure_client_options_free(options);
    CHECK(tenure_client_id(client) > 0 && tenure_client_id(client) != tenure_client_id(other));

    tenure_event *event = take_kind(client, TENURE_EVENT_SESSION_CONNECTED);
    CHECK(tenure_event_source(event) == tenure_client_id(client));
    CHECK(tenure_event_session(event) != 0 && tenure_event_timeout_ms(event) == 4000);
    tenure_event_free(event);
    event = tenure_client_state(client);
    CHECK(tenure_event_type(event) == TENURE_EVENT_SESSION_CONNECTED);
    tenure_event_free(event);

    tenure_contender_options *how = tenure_contender_options_new();
    EXPECT_OK(tenure_contender_options_set_path(how, tenure_client_path(client), &error));
    EXPECT_OK(tenure_contender_options_set_label(how, tenure_str_c("host"), &error));
    EXPECT_OK(tenure_contender_options_set_data(how, "first", 5, &error));
    EXPECT_OK(tenure_contender_options_set_policy(how, TENURE_POLICY_STRICT, &error));
    EXPECT_OK(tenure_contender_options_set_reenrol(how, TENURE_REENROL_NEVER, &error));
    EXPECT_OK(tenure_contender_options_set_warm(how, true, &error));
    tenure_contender *first = NULL, *second = NULL;
    tenure_detector *detector = NULL;
    EXPECT_OK(tenure_contender_new(client, how, &first, &error));
    lead(client, first);
    EXPECT_OK(tenure_contender_options_set_data(how, "second", 6, &error));
    EXPECT_OK(tenure_contender_new(other, how, &second, &error));
    tenure_contender_options_free(how);
    EXPECT_OK(tenure_detector_new(other, tenure_str_c(""), &detector, &error));
    follow(detector, "first");
    bool yes = false;
    EXPECT_OK(tenure_contender_set_data(first, "changed", 7, LIMIT_MS, &yes, &error));
    CHECK(yes);
    follow(detector, "changed");

    event = take_kind(other, TENURE_EVENT_CONTENDER_STANDBY);
    CHECK(tenure_event_ahead(event) == 1);
    tenure_event_free(event);
    CHECK(!tenure_contender_is_leading(second));
    EXPECT(TENURE_ERR_TIMEOUT, tenure_contender_wait_leading(second, 0, NULL, &error));
    EXPECT_OK(tenure_contender_withdraw(first, LIMIT_MS, &yes, &error));
    CHECK(yes && !tenure_contender_is_leading(first));
    event = take_kind(client, TENURE_EVENT_CONTENDER_LOST);
    CHECK(tenure_event_lost_reason(event) == TENURE_LOST_REASON_WITHDRAWN);
    CHECK(tenure_event_status(event) == TENURE_OK && tenure_event_message(event).len == 0);
    tenure_event_free(event);
    EXPECT(TENURE_ERR_CLOSED, tenure_contender_wait_leading(first, LIMIT_MS, NULL, &error));
    lead(other, second);
    follow(detector, "second");
    join(client);

    CHECK(tenure_client_metric(client, TENURE_METRIC_SESSIONS_CONFIRMED) == 1);
    CHECK(tenure_client_metric(client, TENURE_METRIC_BYTES_SENT) > 0);
    CHECK(tenure_client_metric(client, TENURE_METRIC_LEADERSHIPS) == 1);
    CHECK(tenure_client_metric(client, 12345) == 0);
    close_client(client);
    close_client(other);
    CHECK(!tenure_contender_is_leading(second));
    tenure_detector_free(detector);
    tenure_contender_free(second);
    tenure_contender_free(first);
    tenure_client_free(other);
    tenure_client_free(client);
    return 0;
}
