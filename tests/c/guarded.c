/*
 * The guarded lease: its options, the wait of a first leader, and a second one that leads at once
 * after a release.
 *
 *   guarded URL
 */
#include <string.h>

#include "check.h"

static bool has(tenure_str text, const char *word)
{
    size_t len = strlen(word);
    for (size_t at = 0; at + len <= text.len; ++at)
        if (memcmp(text.data + at, word, len) == 0)
            return true;
    return false;
}

/* A client refuses these options, and the error has the word. */
static void refused(tenure_client *client, const tenure_contender_options *options, const char *word)
{
    tenure_contender *contender = NULL;
    tenure_error *error = NULL;
    CHECK(tenure_contender_new(client, options, &contender, &error) == TENURE_ERR_INVALID_ARGUMENT);
    CHECK(contender == NULL && has(tenure_error_message(error), word));
    tenure_error_free(error);

    /* Masters are contenders. */
    tenure_master_info *info = NULL;
    tenure_str none = tenure_str_c("");
    EXPECT_OK(tenure_master_info_new(tenure_str_c("m1"), tenure_str_c("10.0.0.1:5050"),
                                     tenure_str_c("m1"), tenure_str_c("1"), none, none, none, &info, &error));
    error = NULL;
    CHECK(tenure_master_contender_new(client, info, options, &contender, &error)
          == TENURE_ERR_INVALID_ARGUMENT);
    CHECK(contender == NULL && has(tenure_error_message(error), word));
    tenure_error_free(error);
    tenure_master_info_free(info);
}

static void check_options(tenure_client *client)
{
    tenure_contender_options *options = tenure_contender_options_new();
    EXPECT(TENURE_ERR_INVALID_ARGUMENT, tenure_contender_options_set_lease_ms(options, -1, &error));
    EXPECT(TENURE_ERR_INVALID_ARGUMENT, tenure_contender_options_set_fail_over_ms(options, -1, &error));
    EXPECT_OK(tenure_contender_options_set_lease_ms(options, 1000, &error));
    refused(client, options, "needs the policy `guarded`");
    EXPECT_OK(tenure_contender_options_set_policy(options, TENURE_POLICY_GUARDED, &error));
    EXPECT_OK(tenure_contender_options_set_lease_ms(options, 99, &error));
    refused(client, options, "`lease` is 99ms");
    EXPECT_OK(tenure_contender_options_set_lease_ms(options, 10001, &error));
    refused(client, options, "from 100ms to 10s");
    EXPECT_OK(tenure_contender_options_set_lease_ms(options, 1000, &error));
    EXPECT_OK(tenure_contender_options_set_fail_over_ms(options, 1000, &error));
    refused(client, options, "exclude each other");
    tenure_contender_options_free(options);
    options = tenure_contender_options_new();
    EXPECT_OK(tenure_contender_options_set_policy(options, TENURE_POLICY_GUARDED, &error));
    EXPECT_OK(tenure_contender_options_set_fail_over_ms(options, 249, &error));
    refused(client, options, "`fail_over` is 249ms");
    tenure_contender_options_free(options);
}

static void check_server(tenure_client *client)
{
    tenure_event *event = take_kind(client, TENURE_EVENT_SESSION_CONNECTED);
    CHECK(tenure_event_server(event) == TENURE_SERVER_ZOOKEEPER);
    CHECK(tenure_event_waits_until_ns(event) == 0);
    tenure_event_free(event);
    CHECK(tenure_event_server(NULL) == TENURE_SERVER_UNKNOWN && tenure_event_waits_until_ns(NULL) == 0);
}

static tenure_contender *contend(tenure_client *client)
{
    tenure_contender_options *options = tenure_contender_options_new();
    tenure_contender *contender = NULL;
    EXPECT_OK(tenure_contender_options_set_policy(options, TENURE_POLICY_GUARDED, &error));
    EXPECT_OK(tenure_contender_options_set_lease_ms(options, 2000, &error));
    EXPECT_OK(tenure_contender_new(client, options, &contender, &error));
    tenure_contender_options_free(options);
    return contender;
}

int main(int argc, char **argv)
{
    CHECK(argc == 2);
    uint64_t begun = tenure_boottime_ns(), token = 0, later = 0;
    tenure_client *client = open_client(argv[1]);
    check_options(client);
    check_server(client);

    /* Nothing in the group tells who led before: it waits for the longest lease. */
    tenure_contender *first = contend(client);
    tenure_event *event = take_kind(client, TENURE_EVENT_CONTENDER_STANDBY);
    uint64_t until = tenure_event_waits_until_ns(event);
    CHECK(tenure_event_ahead(event) == 0 && tenure_event_server(event) == TENURE_SERVER_UNKNOWN);
    CHECK(until >= begun + 10000000000 && until <= tenure_boottime_ns() + 10100000000);
    tenure_event_free(event);
    EXPECT_OK(tenure_contender_wait_leading(first, LIMIT_MS, &token, &error));
    CHECK(tenure_boottime_ns() >= until);

    /* The second one waits for the first, and for no lease. */
    tenure_contender *second = contend(client);
    event = take_kind(client, TENURE_EVENT_CONTENDER_STANDBY);
    CHECK(tenure_event_ahead(event) == 1 && tenure_event_waits_until_ns(event) == 0);
    tenure_event_free(event);
    bool removed = false;
    EXPECT_OK(tenure_contender_withdraw(first, LIMIT_MS, &removed, &error));
    CHECK(removed);
    EXPECT_OK(tenure_contender_wait_leading(second, LIMIT_MS, &later, &error));
    CHECK(later > token);
    for (bool leads = false; !leads;) {
        event = take(client);
        CHECK(tenure_event_type(event) != TENURE_EVENT_CONTENDER_STANDBY);
        leads = tenure_event_type(event) == TENURE_EVENT_CONTENDER_LEADING
            && tenure_event_source(event) == tenure_contender_id(second);
        tenure_event_free(event);
    }
    tenure_contender_free(second);
    tenure_contender_free(first);
    close_client(client);
    tenure_client_free(client);
    return 0;
}
