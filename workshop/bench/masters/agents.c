/* The hour of src/agents.rs, by the C ABI. Prints one line: the number of pings; seconds of processor time of the
 * observer, and of observer and agents; nanoseconds of tenure_role_accepts for the leader and for another sender. */
#define _GNU_SOURCE
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "tenure.h"

static const uint64_t second = 1000000000, begin = 1000000000, answer = 100000000;

static void fail(const char *what)
{
    fprintf(stderr, "agents: %s\n", what);
    exit(1);
}

static void must(tenure_status status, const char *what)
{
    if (status != TENURE_OK)
        fail(what);
}

static double processor_time(void)
{
    struct timespec spent;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
    return (double)spent.tv_sec + (double)spent.tv_nsec / 1e9;
}

struct pong {
    uint64_t at, agent;
};

struct queue {
    struct pong *pongs;
    size_t room, first, count;
};

/* Carries out the outputs of the observer: each is a ping. */
static void carry_out(tenure_outputs *outputs, uint64_t now, struct queue *queue, tenure_role **agents, size_t count,
                      tenure_str address)
{
    for (size_t at = 0; at < tenure_outputs_count(outputs); ++at) {
        if (tenure_outputs_kind(outputs, at) != TENURE_OUTPUT_PING)
            fail("an output is no ping");
        const uint64_t agent = tenure_outputs_agent(outputs, at);
        if (agents != NULL) {
            tenure_outputs *answered = NULL;
            const size_t number = agent & 0xffffffff;
            if (number >= count)
                fail("an unknown agent");
            const bool connected = tenure_outputs_flag(outputs, at);
            must(tenure_role_ping(agents[number], address, 0, connected, now, &answered, NULL), "a ping fails");
            if (tenure_outputs_count(answered) != 1 || tenure_outputs_kind(answered, 0) != TENURE_OUTPUT_PONG)
                fail("an agent does not answer");
            tenure_outputs_free(answered);
            tenure_role_due_ns(agents[number]);
        }
        if (queue->count == queue->room)
            fail("too many pongs are under way");
        queue->pongs[(queue->first + queue->count++) % queue->room] = (struct pong){now + answer, agent};
    }
    tenure_outputs_free(outputs);
}

static uint64_t hour(size_t count, tenure_role **agents, tenure_str address)
{
    tenure_observer *observer = NULL;
    tenure_outputs *outputs = NULL;
    struct queue queue = {calloc(count, sizeof(struct pong)), count, 0, 0};
    uint64_t now = begin, pongs = 0, agent = 0;
    if (queue.pongs == NULL)
        fail("no memory");
    must(tenure_observer_new(NULL, &observer, NULL), "no observer");
    for (size_t at = 0; at < count; ++at) {
        now += second / count;
        must(tenure_observer_admit(observer, now, &agent, &outputs, NULL), "an agent is not admitted");
        carry_out(outputs, now, &queue, agents, count, address);
    }
    for (;;) {
        const uint64_t tick = tenure_observer_due_ns(observer);
        if (tick == 0)
            fail("the observer waits for nothing");
        if (queue.count > 0 && queue.pongs[queue.first].at <= tick) {
            const struct pong pong = queue.pongs[queue.first];
            queue.first = (queue.first + 1) % queue.room;
            --queue.count;
            now = pong.at > now ? pong.at : now;
            if (now > begin + 3600 * second)
                break;
            must(tenure_observer_take(observer, TENURE_OBSERVER_PONG, pong.agent, now, &outputs, NULL), "a pong fails");
            ++pongs;
        } else {
            now = tick > now ? tick : now;
            must(tenure_observer_tick(observer, now, &outputs, NULL), "a tick fails");
        }
        carry_out(outputs, now, &queue, agents, count, address);
    }
    tenure_observer_free(observer);
    free(queue.pongs);
    return pongs;
}

static double accepts(const tenure_role *agent, tenure_str address, uint64_t token, bool expected)
{
    const uint64_t calls = 10000000;
    uint64_t accepted = 0;
    const double began = processor_time();
    for (uint64_t at = 0; at < calls; ++at)
        accepted += tenure_role_accepts(agent, address, token);
    const double spent = processor_time() - began;
    if (accepted != (expected ? calls : 0))
        fail("accepts gives a wrong answer");
    return spent * 1e9 / (double)calls;
}

int main(int argc, char **argv)
{
    const size_t count = argc == 2 ? strtoul(argv[1], NULL, 10) : 0;
    if (count == 0)
        fail("the number of agents is missing");
    const tenure_str none = {NULL, 0}, text = tenure_str_c("m1"), address = tenure_str_c("10.0.0.1:5050");
    tenure_master_info *info = NULL;
    must(tenure_master_info_new(text, address, text, text, none, none, none, &info, NULL), "no MasterInfo");
    /* The event of a leader. */
    tenure_client *alone = NULL;
    tenure_detector *detector = NULL;
    tenure_event *leader = NULL;
    must(tenure_client_open_standalone(&alone, NULL), "no client");
    must(tenure_client_appoint(alone, info, NULL), "no leader");
    must(tenure_detector_new(alone, none, &detector, NULL), "no detector");
    for (;;) {
        must(tenure_client_next_event(alone, 10000, &leader, NULL), "no event of a leader");
        if (tenure_event_type(leader) == TENURE_EVENT_DETECTOR_LEADER)
            break;
        tenure_event_free(leader);
    }
    tenure_role **agents = calloc(count, sizeof *agents);
    if (agents == NULL)
        fail("no memory");
    for (size_t at = 0; at < count; ++at) {
        tenure_outputs *outputs = NULL;
        char id[32];
        snprintf(id, sizeof id, "agent-%zu", at);
        must(tenure_role_new(TENURE_ROLE_AGENT, NULL, &agents[at], NULL), "no agent");
        must(tenure_role_take(agents[at], leader, begin, &outputs, NULL), "no leader of an agent");
        tenure_outputs_free(outputs);
        must(tenure_role_registered(agents[at], address, 0, tenure_str_c(id), 75000, begin, &outputs, NULL),
             "an agent is not registered");
        tenure_outputs_free(outputs);
    }
    const double start = processor_time();
    const uint64_t pings = hour(count, NULL, address);
    const double middle = processor_time();
    hour(count, agents, address);
    const double end = processor_time();
    const double accepted = accepts(agents[0], address, 0, true);
    const double refused = accepts(agents[0], tenure_str_c("10.0.0.9:5050"), 41, false);
    printf("%llu %.6f %.6f %.3f %.3f\n", (unsigned long long)pings, middle - start, end - middle, accepted, refused);
    for (size_t at = 0; at < count; ++at)
        tenure_role_free(agents[at]);
    free(agents);
    tenure_event_free(leader);
    tenure_detector_free(detector);
    tenure_client_free(alone);
    tenure_master_info_free(info);
    return 0;
}
