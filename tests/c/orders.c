/*
 * A client and what was made from it are freed in every order, with and without a close before, with
 * callbacks and without, and with events that were not fetched.
 */
#include <stdatomic.h>

#include "check.h"

enum { CLIENT, CONTENDER, DETECTOR, GROUP, KINDS };

static atomic_int given;
static atomic_int destroyed;

static void see(void *user_data, const tenure_event *event)
{
    CHECK(user_data == &given && tenure_event_type(event) != TENURE_EVENT_NOTHING);
}

static void destroy(void *user_data)
{
    CHECK(user_data == &given);
    atomic_fetch_add(&destroyed, 1);
}

static void one(const char *url, const int *order, bool with_close, bool with_callbacks)
{
    tenure_client *client = open_client(url);
    tenure_contender *contender = NULL;
    tenure_detector *detector = NULL;
    tenure_group *group = NULL;
    tenure_event *event = NULL;
    uint64_t call = 0;
    EXPECT_OK(tenure_contender_new(client, NULL, &contender, &error));
    EXPECT_OK(tenure_detector_new(client, tenure_str_c(""), &detector, &error));
    EXPECT_OK(tenure_group_new(client, tenure_str_c(""), &group, &error));
    EXPECT_OK(tenure_group_join_start(group, "x", 1, tenure_str_c(""), &call, &error));
    if (with_callbacks) {
        EXPECT_OK(tenure_client_set_callback(client, see, &given, destroy, &error));
        EXPECT_OK(tenure_contender_set_callback(contender, see, &given, destroy, &error));
        EXPECT_OK(tenure_detector_set_callback(detector, see, &given, destroy, &error));
        EXPECT_OK(tenure_group_set_callback(group, see, &given, destroy, &error));
        atomic_fetch_add(&given, KINDS);
    }
    EXPECT_OK(tenure_contender_wait_leading(contender, LIMIT_MS, NULL, &error));
    if (!with_callbacks)
        event = take(client);
    if (with_close)
        close_client(client);
    for (int i = 0; i < KINDS; ++i) {
        switch (order[i]) {
        case CLIENT:
            tenure_client_free(client);
            break;
        case CONTENDER:
            tenure_contender_free(contender);
            break;
        case DETECTOR:
            tenure_detector_free(detector);
            break;
        default:
            tenure_group_free(group);
            break;
        }
    }
    /* An event outlives its handle. */
    CHECK(event == NULL || tenure_event_source(event) > 0);
    tenure_event_free(event);
}

static void every_order(const char *url, int *order, int fixed)
{
    if (fixed == KINDS) {
        for (int with = 0; with < 4; ++with)
            one(url, order, with & 1, with & 2);
        return;
    }
    for (int i = fixed; i < KINDS; ++i) {
        int other = order[i];
        order[i] = order[fixed];
        order[fixed] = other;
        every_order(url, order, fixed + 1);
        order[fixed] = order[i];
        order[i] = other;
    }
}

int main(int argc, char **argv)
{
    int order[KINDS] = {CLIENT, CONTENDER, DETECTOR, GROUP};
    if (argc != 2)
        return 2;
    every_order(argv[1], order, 0);
    AWAIT(atomic_load(&destroyed) == atomic_load(&given));
    return 0;
}
