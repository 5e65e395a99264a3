/*
 * After a fork the child's calls on its parent's handles end at once, lead nothing, and it may open
 * a client of its own; the parent notices nothing.
 */
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

#define FORKED(call) EXPECT(TENURE_ERR_FORKED, call)

struct parent {
    tenure_client *client, *lone;
    tenure_contender *contender;
    tenure_detector *detector, *fixed;
    tenure_group *group;
    tenure_member *member;
};

static void ignore(void *user_data, const tenure_event *event)
{
    (void)user_data;
    (void)event;
}

static void in_child(struct parent *of)
{
    tenure_event *event = NULL;
    tenure_contender *contender = NULL;
    tenure_detector *detector = NULL;
    tenure_group *group = NULL;
    tenure_member *member = NULL;
    tenure_members *members = NULL;
    tenure_data *data = NULL;
    uint64_t call = 0;
    int fd = -1;
    CHECK(!tenure_contender_is_leading(of->contender));
    CHECK(!tenure_contender_leadership(of->contender, NULL, NULL));
    FORKED(tenure_client_next_event(of->client, -1, &event, &error));
    FORKED(tenure_client_event_fd(of->client, &fd, &error));
    FORKED(tenure_client_set_callback(of->client, ignore, NULL, NULL, &error));
    FORKED(tenure_client_close(of->client, -1, &error));
    FORKED(tenure_client_close(of->lone, -1, &error));
    FORKED(tenure_client_next_event(of->lone, -1, &event, &error));
    FORKED(tenure_detector_detect(of->fixed, NULL, -1, &event, &error));
    FORKED(tenure_contender_new(of->client, NULL, &contender, &error));
    FORKED(tenure_detector_new(of->client, tenure_str_c(""), &detector, &error));
    FORKED(tenure_group_new(of->client, tenure_str_c(""), &group, &error));
    FORKED(tenure_contender_wait_leading(of->contender, -1, NULL, &error));
    FORKED(tenure_contender_withdraw(of->contender, -1, NULL, &error));
    FORKED(tenure_contender_withdraw_start(of->contender, &call, &error));
    FORKED(tenure_contender_set_data(of->contender, "x", 1, -1, NULL, &error));
    FORKED(tenure_contender_set_callback(of->contender, ignore, NULL, NULL, &error));
    FORKED(tenure_detector_detect(of->detector, NULL, -1, &event, &error));
    FORKED(tenure_detector_set_callback(of->detector, ignore, NULL, NULL, &error));
    FORKED(tenure_group_join(of->group, NULL, 0, tenure_str_c(""), -1, &member, &error));
    FORKED(tenure_group_cancel(of->group, of->member, -1, NULL, &error));
    FORKED(tenure_group_evict(of->group, of->member, -1, NULL, &error));
    FORKED(tenure_group_members(of->group, -1, &members, &error));
    FORKED(tenure_group_members_start(of->group, &call, &error));
    FORKED(tenure_group_data(of->group, of->member, -1, &data, &error));
    FORKED(tenure_group_set_data(of->group, of->member, NULL, 0, -1, NULL, &error));
    FORKED(tenure_group_cancelled(of->group, of->member, -1, NULL, &error));
    FORKED(tenure_group_watch(of->group, &error));
    FORKED(tenure_group_wait_members(of->group, NULL, -1, &members, &error));
    FORKED(tenure_group_set_callback(of->group, ignore, NULL, NULL, &error));
    tenure_group_free(of->group);
    tenure_detector_free(of->fixed);
    tenure_detector_free(of->detector);
    tenure_contender_free(of->contender);
    tenure_client_free(of->lone);
    tenure_client_free(of->client);

    tenure_client *own = open_client("memory://forked/group");
    EXPECT_OK(tenure_contender_new(own, NULL, &contender, &error));
    EXPECT_OK(tenure_contender_wait_leading(contender, LIMIT_MS, NULL, &error));
    EXPECT_OK(tenure_client_event_fd(own, &fd, &error));
    EXPECT_OK(tenure_client_set_callback(own, ignore, NULL, NULL, &error));
    close_client(own);
    tenure_contender_free(contender);
    tenure_client_free(own);
    _exit(0);
}

int main(void)
{
    struct parent of = {0};
    int fd = -1, status = -1;
    of.client = open_client("memory://forked/group");
    of.lone = open_client("10.0.0.1:5050");
    EXPECT_OK(tenure_detector_new(of.lone, tenure_str_c(""), &of.fixed, &error));
    EXPECT_OK(tenure_contender_new(of.client, NULL, &of.contender, &error));
    EXPECT_OK(tenure_contender_wait_leading(of.contender, LIMIT_MS, NULL, &error));
    EXPECT_OK(tenure_detector_new(of.client, tenure_str_c(""), &of.detector, &error));
    EXPECT_OK(tenure_group_new(of.client, tenure_str_c(""), &of.group, &error));
    EXPECT_OK(tenure_group_join(of.group, NULL, 0, tenure_str_c(""), LIMIT_MS, &of.member, &error));
    EXPECT_OK(tenure_client_event_fd(of.client, &fd, &error));

    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0)
        in_child(&of);
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);

    CHECK(tenure_contender_is_leading(of.contender));
    tenure_members *members = NULL;
    EXPECT_OK(tenure_group_members(of.group, LIMIT_MS, &members, &error));
    CHECK(tenure_members_count(members) == 2);
    tenure_members_free(members);
    close_client(of.client);
    tenure_member_free(of.member);
    tenure_group_free(of.group);
    tenure_detector_free(of.detector);
    tenure_contender_free(of.contender);
    tenure_client_free(of.client);
    tenure_detector_free(of.fixed);
    tenure_client_free(of.lone);
    return 0;
}
