/*
 * user_data is destroyed exactly once, on the dispatch thread, in each way that a registration can
 * end; and a freed object no longer calls back, even if another handle keeps its session open.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "check.h"

/* One registration. */
struct box {
    atomic_int calls;
    atomic_int destroyed;
    atomic_int block;
    atomic_int entered;
};

static atomic_ulong dispatch_thread;

static void on_dispatch_thread(void)
{
    unsigned long self = (unsigned long)pthread_self();
    unsigned long none = 0;
    CHECK(atomic_compare_exchange_strong(&dispatch_thread, &none, self) || none == self);
}

static void called(void *user_data, const tenure_event *event)
{
    struct box *box = user_data;
    on_dispatch_thread();
    CHECK(atomic_load(&box->destroyed) == 0);
    CHECK(tenure_event_type(event) != TENURE_EVENT_NOTHING);
    atomic_fetch_add(&box->calls, 1);
    atomic_store(&box->entered, 1);
    AWAIT(atomic_load(&box->block) == 0);
}

static void destroyed(void *user_data)
{
    struct box *box = user_data;
    on_dispatch_thread();
    CHECK(atomic_fetch_add(&box->destroyed, 1) == 0);
}

static void logged(void *user_data, tenure_log_level level, uint64_t at_ns, tenure_str message)
{
    struct box *box = user_data;
    on_dispatch_thread();
    CHECK(level >= TENURE_LOG_LEVEL_ERROR && at_ns > 0 && message.len > 0);
    CHECK(atomic_load(&box->destroyed) == 0);
    atomic_fetch_add(&box->calls, 1);
}

static void gone(struct box *box)
{
    AWAIT(atomic_load(&box->destroyed) == 1);
}

/* The dispatch thread has run everything that was queued before. */
static void settle(void)
{
    static struct box last;
    memset(&last, 0, sizeof last);
    EXPECT(TENURE_ERR_INVALID_ARGUMENT, tenure_log_set(99, logged, &last, destroyed, &error));
    gone(&last);
}

static void what_fails(const char *url)
{
    static struct box null_handle, null_callback, second, level;
    tenure_client *client = open_client(url);
    tenure_detector *detector = NULL;
    EXPECT_OK(tenure_detector_new(client, tenure_str_c(""), &detector, &error));
    EXPECT(TENURE_ERR_INVALID_ARGUMENT,
           tenure_client_set_callback(NULL, called, &null_handle, destroyed, &error));
    EXPECT(TENURE_ERR_INVALID_ARGUMENT,
           tenure_detector_set_callback(detector, NULL, &null_callback, destroyed, &error));
    /* A registration that failed leaves the place free. */
    static struct box first;
    EXPECT_OK(tenure_detector_set_callback(detector, called, &first, destroyed, &error));
    EXPECT(TENURE_ERR_BUSY, tenure_detector_set_callback(detector, called, &second, destroyed, &error));
    EXPECT(TENURE_ERR_INVALID_ARGUMENT, tenure_log_set(0, logged, &level, destroyed, &error));
    gone(&null_handle);
    gone(&null_callback);
    gone(&second);
    gone(&level);
    AWAIT(atomic_load(&first.calls) > 0);
    CHECK(atomic_load(&first.destroyed) == 0);
    tenure_detector_free(detector);
    gone(&first);
    close_client(client);
    CHECK(atomic_load(&null_handle.calls) + atomic_load(&null_callback.calls) == 0);
    CHECK(atomic_load(&second.calls) + atomic_load(&level.calls) == 0);
    tenure_client_free(client);
}

static void what_is_closed(const char *url)
{
    static struct box session, contending, late, later;
    tenure_client *client = open_client(url);
    tenure_contender *contender = NULL;
    EXPECT_OK(tenure_contender_new(client, NULL, &contender, &error));
    EXPECT_OK(tenure_client_set_callback(client, called, &session, destroyed, &error));
    EXPECT_OK(tenure_contender_set_callback(contender, called, &contending, destroyed, &error));
    EXPECT_OK(tenure_contender_wait_leading(contender, LIMIT_MS, NULL, &error));
    close_client(client);
    gone(&session);
    gone(&contending);
    CHECK(atomic_load(&session.calls) >= 3); /* connecting, connected, closed */
    EXPECT(TENURE_ERR_BUSY, tenure_client_set_callback(client, called, &late, destroyed, &error));
    gone(&late);
    tenure_contender_free(contender);
    tenure_client_free(client);

    /* A callback that is set after the end of the queue is never called. */
    client = open_client(url);
    close_client(client);
    tenure_event *event = NULL;
    while (tenure_client_next_event(client, LIMIT_MS, &event, NULL) == TENURE_OK)
        tenure_event_free(event);
    memset(&late, 0, sizeof late);
    EXPECT_OK(tenure_client_set_callback(client, called, &late, destroyed, &error));
    gone(&late);
    EXPECT(TENURE_ERR_BUSY, tenure_client_set_callback(client, called, &later, destroyed, &error));
    gone(&later);
    CHECK(atomic_load(&late.calls) == 0 && atomic_load(&later.calls) == 0);
    tenure_client_free(client);
}

/* A contender keeps the session open; the client's callback must still end with the client. */
static void what_is_freed(const char *url)
{
    static struct box session, running;
    tenure_client *client = open_client(url);
    tenure_contender *contender = NULL;
    EXPECT_OK(tenure_client_set_callback(client, called, &session, destroyed, &error));
    EXPECT_OK(tenure_contender_new(client, NULL, &contender, &error));
    EXPECT_OK(tenure_contender_wait_leading(contender, LIMIT_MS, NULL, &error));
    tenure_client_free(client);
    gone(&session);
    int calls = atomic_load(&session.calls);
    EXPECT_OK(tenure_memory_expire(tenure_str_c(url), 0, NULL, &error));
    AWAIT(!tenure_contender_is_leading(contender));
    EXPECT_OK(tenure_contender_wait_leading(contender, LIMIT_MS, NULL, &error));
    settle();
    CHECK(atomic_load(&session.calls) == calls);

    /* A call that is under way continues, the events behind it are gone. */
    atomic_store(&running.block, 1);
    EXPECT_OK(tenure_contender_set_callback(contender, called, &running, destroyed, &error));
    AWAIT(atomic_load(&running.entered) == 1);
    tenure_contender_free(contender);
    CHECK(atomic_load(&running.destroyed) == 0);
    atomic_store(&running.block, 0);
    gone(&running);
    CHECK(atomic_load(&running.calls) == 1);
}

static void what_is_logged(const char *url)
{
    static struct box first, second;
    EXPECT_OK(tenure_log_set(TENURE_LOG_LEVEL_DEBUG, logged, &first, destroyed, &error));
    tenure_client *client = open_client(url);
    AWAIT(atomic_load(&first.calls) > 0);
    EXPECT_OK(tenure_log_set(TENURE_LOG_LEVEL_DEBUG, logged, &second, destroyed, &error));
    gone(&first);
    close_client(client);
    AWAIT(atomic_load(&second.calls) > 0);
    EXPECT_OK(tenure_log_set(TENURE_LOG_LEVEL_DEBUG, NULL, NULL, NULL, &error));
    gone(&second);
    tenure_client_free(client);
}

int main(void)
{
    what_fails("memory://fails/group");
    what_is_closed("memory://closed/group");
    what_is_freed("memory://freed/group");
    what_is_logged("memory://logged/group");
    settle();
    return 0;
}
