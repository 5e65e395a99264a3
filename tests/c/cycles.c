/*
 * Clients are opened and closed again and again, with all that can be made from them; threads,
 * descriptors and memory stay what they are.
 *
 *   cycles COUNT URL
 */
#include <malloc.h>
#include <stdatomic.h>

#include "count.h"

static atomic_int given, destroyed_count;

static void ignore(void *user_data, const tenure_event *event)
{
    (void)user_data;
    (void)event;
}

static void destroyed(void *user_data)
{
    (void)user_data;
    atomic_fetch_add(&destroyed_count, 1);
}

static void cycle(const char *url, int number)
{
    tenure_client *client = open_client(url);
    tenure_contender *contender = NULL;
    tenure_detector *detector = NULL;
    tenure_group *group = NULL;
    tenure_event *event = NULL;
    tenure_members *members = NULL;
    int fd = -1;
    EXPECT_OK(tenure_client_event_fd(client, &fd, &error));
    EXPECT_OK(tenure_contender_new(client, NULL, &contender, &error));
    EXPECT_OK(tenure_detector_new(client, tenure_str_c(""), &detector, &error));
    EXPECT_OK(tenure_group_new(client, tenure_str_c(""), &group, &error));
    EXPECT_OK(tenure_client_set_callback(client, ignore, NULL, destroyed, &error));
    EXPECT_OK(tenure_detector_set_callback(detector, ignore, NULL, destroyed, &error));
    atomic_fetch_add(&given, 2);
    EXPECT_OK(tenure_contender_wait_leading(contender, LIMIT_MS, NULL, &error));
    EXPECT_OK(tenure_group_members(group, LIMIT_MS, &members, &error));
    CHECK(tenure_client_next_event(client, LIMIT_MS, &event, NULL) == TENURE_OK);
    tenure_event_free(event);
    tenure_members_free(members);
    if (number % 2 == 0) {
        /* Freed without a close: the library closes the session in the background. */
        EXPECT_OK(tenure_contender_withdraw(contender, LIMIT_MS, NULL, &error));
    } else {
        close_client(client);
    }
    tenure_client_free(client);
    tenure_group_free(group);
    tenure_detector_free(detector);
    tenure_contender_free(contender);
    /* The number that wait is bounded: the dispatch thread must keep up, or memory grows. */
    AWAIT(atomic_load(&destroyed_count) == atomic_load(&given));
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    int count = atoi(argv[1]), warm = count / 4;
    for (int i = 0; i < warm; ++i)
        cycle(argv[2], i);
    int threads_before = threads();
    int descriptors_before = descriptors();
    size_t heap_before = mallinfo2().uordblks;
    long resident_before = status_of("VmRSS");
    for (int i = warm; i < count; ++i)
        cycle(argv[2], i);
    AWAIT(threads() <= threads_before);
    AWAIT(descriptors() <= descriptors_before);
    /* Less than sixteen bytes a cycle, and a megabyte for temporary memory. */
    size_t allowed = 16 * (size_t)(count - warm) + (1 << 20);
    AWAIT(mallinfo2().uordblks <= heap_before + allowed);
    printf("threads %d descriptors %d heap %+ld resident %+ld KiB\n", threads(), descriptors(),
           (long)mallinfo2().uordblks - (long)heap_before, status_of("VmRSS") - resident_before);
    return 0;
}
