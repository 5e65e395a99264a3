/*
 * Closing: in a callback, twice, from several threads; and the errors of use after it.
 *
 *   closing URL
 */
#include <pthread.h>
#include <stdatomic.h>

#include "check.h"

static _Atomic(tenure_client *) to_close;
static atomic_int closed_inside;
static atomic_int told_of_end;

static void close_inside(void *user_data, const tenure_event *event)
{
    (void)user_data;
    if (tenure_event_type(event) == TENURE_EVENT_SESSION_CONNECTED) {
        EXPECT_OK(tenure_client_close(atomic_load(&to_close), -1, &error));
        EXPECT_OK(tenure_client_close(atomic_load(&to_close), 0, &error));
        atomic_fetch_add(&closed_inside, 1);
    }
    if (tenure_event_type(event) == TENURE_EVENT_SESSION_CLOSED)
        atomic_fetch_add(&told_of_end, 1);
}

static void in_a_callback(const char *url)
{
    tenure_client *client = open_client(url);
    atomic_store(&to_close, client);
    EXPECT_OK(tenure_client_set_callback(client, close_inside, NULL, NULL, &error));
    AWAIT(atomic_load(&told_of_end) == 1);
    CHECK(atomic_load(&closed_inside) == 1);
    tenure_event *event = NULL;
    EXPECT(TENURE_ERR_CLOSED, tenure_client_next_event(client, LIMIT_MS, &event, &error));
    CHECK(event == NULL);
    tenure_client_free(client);
}

static void *close_it(void *client)
{
    EXPECT_OK(tenure_client_close(client, LIMIT_MS, &error));
    return NULL;
}

static void twice_and_after(const char *url)
{
    tenure_client *client = open_client(url);
    tenure_contender *contender = NULL, *late = NULL;
    tenure_group *group = NULL;
    tenure_members *members = NULL;
    tenure_event *event = NULL;
    EXPECT_OK(tenure_contender_new(client, NULL, &contender, &error));
    EXPECT_OK(tenure_group_new(client, tenure_str_c(""), &group, &error));
    EXPECT_OK(tenure_contender_wait_leading(contender, LIMIT_MS, NULL, &error));

    pthread_t threads[4];
    for (int i = 0; i < 4; ++i)
        CHECK(pthread_create(&threads[i], NULL, close_it, client) == 0);
    for (int i = 0; i < 4; ++i)
        CHECK(pthread_join(threads[i], NULL) == 0);
    close_client(client);

    CHECK(!tenure_contender_is_leading(contender));
    EXPECT(TENURE_ERR_CLOSED, tenure_contender_wait_leading(contender, LIMIT_MS, NULL, &error));
    EXPECT(TENURE_ERR_CLOSED, tenure_group_members(group, LIMIT_MS, &members, &error));
    CHECK(members == NULL);
    tenure_status status;
    int lost = 0;
    while ((status = tenure_client_next_event(client, LIMIT_MS, &event, NULL)) == TENURE_OK) {
        lost += tenure_event_type(event) == TENURE_EVENT_CONTENDER_LOST;
        tenure_event_free(event);
    }
    CHECK(status == TENURE_ERR_CLOSED && lost == 1);
    /* Objects that are made of it now end at once. */
    if (tenure_contender_new(client, NULL, &late, NULL) == TENURE_OK)
        EXPECT(TENURE_ERR_CLOSED, tenure_contender_wait_leading(late, LIMIT_MS, NULL, &error));
    EXPECT(TENURE_ERR_CLOSED, tenure_client_next_event(client, LIMIT_MS, &event, &error));
    tenure_contender_free(late);
    tenure_group_free(group);
    tenure_contender_free(contender);
    tenure_client_free(client);
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    in_a_callback(argv[1]);
    twice_and_after(argv[1]);
    return 0;
}
