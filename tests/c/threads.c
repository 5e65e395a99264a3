/*
 * One thread of the library for any number of clients, and a second one from the first callback on.
 * None for a leader whose address is known. Signals reach only the dispatch thread.
 */
#include <signal.h>
#include <stdatomic.h>

#include "count.h"

enum { MANY = 50 };

static atomic_int blocked = -1;

static void see(void *user_data, const tenure_event *event)
{
    (void)user_data;
    (void)event;
    sigset_t set;
    CHECK(pthread_sigmask(SIG_BLOCK, NULL, &set) == 0);
    atomic_store(&blocked, sigismember(&set, SIGTERM));
}

static void ignore_line(void *user_data, tenure_log_level level, uint64_t at_ns, tenure_str message)
{
    (void)user_data;
    (void)level;
    (void)at_ns;
    (void)message;
}

int main(void)
{
    tenure_client *clients[MANY];
    tenure_contender *contenders[MANY];
    int alone = threads();
    tenure_client *fixed = open_client("10.0.0.1:5050");
    CHECK(threads() == alone);
    for (int i = 0; i < MANY; ++i) {
        char url[64];
        snprintf(url, sizeof url, "memory://many/group%d", i);
        clients[i] = open_client(url);
        EXPECT_OK(tenure_contender_new(clients[i], NULL, &contenders[i], &error));
        EXPECT_OK(tenure_contender_wait_leading(contenders[i], LIMIT_MS, NULL, &error));
    }
    CHECK(threads() == alone + 1);
    EXPECT_OK(tenure_log_set(TENURE_LOG_LEVEL_DEBUG, ignore_line, NULL, NULL, &error));
    for (int i = 0; i < MANY; ++i)
        EXPECT_OK(tenure_client_set_callback(clients[i], see, NULL, NULL, &error));
    for (int i = 0; i < MANY; ++i)
        close_client(clients[i]);
    AWAIT(atomic_load(&blocked) != -1);
    CHECK(atomic_load(&blocked) == 0);
    CHECK(threads() == alone + 2);
    for (int i = 0; i < MANY; ++i) {
        tenure_contender_free(contenders[i]);
        tenure_client_free(clients[i]);
    }
    tenure_client_free(fixed);
    EXPECT_OK(tenure_log_set(TENURE_LOG_LEVEL_DEBUG, NULL, NULL, NULL, &error));
    return 0;
}
