/*
 * A system that grants no thread: a status and a sentence, user_data is destroyed all the same, and
 * later, when it grants them again, the same calls succeed.
 */
#include <sys/resource.h>
#include <stdatomic.h>

#include "count.h"

static atomic_int destroyed_count;

static void ignore(void *user_data, const tenure_event *event)
{
    (void)user_data;
    (void)event;
}

static void destroyed(void *user_data)
{
    CHECK(user_data == &destroyed_count);
    atomic_fetch_add(&destroyed_count, 1);
}

int main(void)
{
    tenure_client *fixed = open_client("10.0.0.1:5050"), *client = NULL;
    struct rlimit before, none;
    CHECK(getrlimit(RLIMIT_AS, &before) == 0);
    none = before;
    none.rlim_cur = ((rlim_t)status_of("VmSize") + 512) * 1024; /* no room for a stack */
    CHECK(setrlimit(RLIMIT_AS, &none) == 0);
    tenure_error *error = NULL;
    CHECK(tenure_client_open(tenure_str_c("memory://refused/group"), NULL, &client, &error)
          == TENURE_ERR_SYSTEM);
    CHECK(client == NULL && tenure_error_is_retriable(error));
    tenure_error_free(error);
    EXPECT(TENURE_ERR_SYSTEM,
           tenure_client_set_callback(fixed, ignore, &destroyed_count, destroyed, &error));
    CHECK(atomic_load(&destroyed_count) == 1);
    CHECK(setrlimit(RLIMIT_AS, &before) == 0);
    client = open_client("memory://refused/group");
    EXPECT_OK(tenure_client_set_callback(fixed, ignore, &destroyed_count, destroyed, &error));
    close_client(client);
    tenure_client_free(client);
    tenure_client_free(fixed);
    AWAIT(atomic_load(&destroyed_count) == 2);
    return 0;
}
