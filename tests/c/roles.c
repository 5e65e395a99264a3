/* Masters and roles: what a master says of itself, its candidacy, and the machines of master, agent, driver
 * and observer, each fed by hand. */
#include <string.h>

#include "check.h"

#define REFUSED(call) EXPECT(TENURE_ERR_INVALID_ARGUMENT, call)

static const tenure_str none = {NULL, 0};

static bool is(tenure_str text, const char *expected)
{
    return text.len == strlen(expected) && (text.len == 0 || memcmp(text.data, expected, text.len) == 0);
}

static tenure_master_info *master(const char *id, const char *address)
{
    tenure_master_info *info = NULL;
    EXPECT_OK(tenure_master_info_new(tenure_str_c(id), tenure_str_c(address), tenure_str_c("m1"),
                                     tenure_str_c("1.12.0"), tenure_str_c("eu"), tenure_str_c("a"),
                                     tenure_str_c("AGENT_UPDATE, QUOTA_V2"), &info, &error));
    return info;
}

/* The outputs are these kinds, in this order; the last is 0. They are freed unless the caller wants them. */
static void came(tenure_outputs *outputs, tenure_outputs **kept, const tenure_output_kind *kinds)
{
    size_t count = 0;
    while (kinds[count] != TENURE_OUTPUT_NOTHING)
        ++count;
    for (size_t at = 0; at < tenure_outputs_count(outputs) || at < count; ++at)
        if (tenure_outputs_kind(outputs, at) != kinds[at]) {
            fprintf(stderr, "output %zu is %s, not %s\n", at,
                    tenure_output_kind_name(tenure_outputs_kind(outputs, at)),
                    tenure_output_kind_name(kinds[at]));
            _Exit(1);
        }
    if (kept != NULL)
        *kept = outputs;
    else
        tenure_outputs_free(outputs);
}

#define CAME(outputs, kept, ...)                                                                     \
    came(outputs, kept, (const tenure_output_kind[]){__VA_ARGS__, TENURE_OUTPUT_NOTHING})

static void infos(void)
{
    tenure_master_info *info = master("one", "10.10.1.105:5050"), *same = NULL, *other = NULL;
    CHECK(is(tenure_master_info_id(info), "one") && is(tenure_master_info_hostname(info), "m1"));
    CHECK(is(tenure_master_info_address(info), "10.10.1.105:5050") && is(tenure_master_info_host(info), "m1"));
    CHECK(is(tenure_master_info_ip(info), "10.10.1.105") && tenure_master_info_port(info) == 5050);
    CHECK(is(tenure_master_info_pid(info), "master@10.10.1.105:5050"));
    CHECK(is(tenure_master_info_version(info), "1.12.0") && is(tenure_master_info_region(info), "eu"));
    CHECK(is(tenure_master_info_zone(info), "a") && tenure_master_info_capability_count(info) == 2);
    CHECK(is(tenure_master_info_capability(info, 1), "QUOTA_V2") && is(tenure_master_info_capability(info, 2), ""));

    const tenure_str json = tenure_master_info_json(info);
    EXPECT_OK(tenure_master_info_decode(tenure_str_c("json.info"), json.data, json.len, &same, &error));
    CHECK(tenure_master_info_is_same(info, same) && !tenure_master_info_is_same(info, NULL));
    EXPECT_OK(tenure_master_info_decode(none, "master@10.0.0.1:80", 18, &other, &error));
    CHECK(!tenure_master_info_is_same(info, other) && tenure_master_info_port(other) == 80);
    for (size_t cut = 0; cut < json.len; ++cut)
        REFUSED(tenure_master_info_decode(tenure_str_c("json.info"), json.data, cut, &other, &error));
    tenure_master_info *fixed = NULL;
    EXPECT_OK(tenure_master_info_at(tenure_str_c("m9.example.com:5050"), &fixed, &error));
    CHECK(is(tenure_master_info_address(fixed), "m9.example.com:5050") && is(tenure_master_info_ip(fixed), "0.0.0.0"));
    EXPECT_OK(tenure_master_info_check(info, &error));
    REFUSED(tenure_master_info_check(fixed, &error));
    tenure_master_info_free(fixed);
    REFUSED(tenure_master_info_at(tenure_str_c("m9"), &fixed, &error));
    REFUSED(tenure_master_info_decode(tenure_str_c("strange"), json.data, json.len, &other, &error));

    static const char *const never[] = {"", "m1:5050", "10.0.0.1", "10.0.0.1:0", "10.0.0.1:65536", "0.0.0.0:1",
                                        "[::1]:5050", "10.0.0.1:5050 "};
    tenure_master_info *unmade = NULL;
    const tenure_str text = tenure_str_c("x"), address = tenure_str_c("10.0.0.1:5050");
    for (size_t at = 0; at < sizeof never / sizeof *never; ++at)
        REFUSED(tenure_master_info_new(text, tenure_str_c(never[at]), text, text, none, none, none, &unmade, &error));
    REFUSED(tenure_master_info_new(none, address, text, text, none, none, none, &unmade, &error));
    REFUSED(tenure_master_info_new(text, address, none, text, none, none, none, &unmade, &error));
    REFUSED(tenure_master_info_new(text, address, text, none, none, none, none, &unmade, &error));
    REFUSED(tenure_master_info_new(text, address, text, text, text, none, none, &unmade, &error));
    REFUSED(tenure_master_info_new(text, address, text, text, none, none, tenure_str_c("FLY"), &unmade, &error));
    CHECK(unmade == NULL);
    tenure_master_info_free(other);
    tenure_master_info_free(same);
    tenure_master_info_free(info);
}

static tenure_role *role_of(tenure_role_kind kind, tenure_role_option option, int64_t value)
{
    tenure_role *role = NULL;
    tenure_role_options *options = tenure_role_options_new();
    EXPECT_OK(tenure_role_options_set(options, option, value, &error));
    EXPECT_OK(tenure_role_new(kind, options, &role, &error));
    tenure_role_options_free(options);
    return role;
}

/* An event of a detector whose leader is appointed. */
static tenure_event *appointed(tenure_client *alone, const tenure_master_info *info)
{
    EXPECT_OK(tenure_client_appoint(alone, info, &error));
    return take_kind(alone, info == NULL ? TENURE_EVENT_DETECTOR_NONE : TENURE_EVENT_DETECTOR_LEADER);
}

static void agents_and_drivers(void)
{
    tenure_client *alone = NULL;
    tenure_detector *detector = NULL;
    tenure_outputs *outputs = NULL, *kept = NULL;
    tenure_master_info *info = master("one", "10.0.0.1:5050");
    EXPECT_OK(tenure_client_open_standalone(&alone, &error));
    EXPECT_OK(tenure_detector_new(alone, none, &detector, &error));
    tenure_event *nobody = take_kind(alone, TENURE_EVENT_DETECTOR_NONE);
    tenure_event *leader = appointed(alone, info);
    tenure_master_info *known = NULL;
    EXPECT_OK(tenure_event_master_info(leader, &known, &error));
    CHECK(tenure_master_info_is_same(info, known));
    tenure_master_info_free(known);
    known = NULL;
    REFUSED(tenure_event_master_info(nobody, &known, &error));

    const tenure_str address = tenure_str_c("10.0.0.1:5050"), stranger = tenure_str_c("10.0.0.9:5050");
    const tenure_str id = tenure_str_c("A1");
    tenure_role *agent = role_of(TENURE_ROLE_AGENT, TENURE_ROLE_OPTION_BACKOFF_MS, 0);
    uint64_t now = tenure_boottime_ns();
    CHECK(tenure_role_state_of(agent) == TENURE_ROLE_STATE_STARTING && tenure_role_leader(agent) == NULL);
    CHECK(!tenure_role_accepts(agent, address, 0) && tenure_role_due_ns(agent) == 0);
    EXPECT_OK(tenure_role_take(agent, leader, now, &outputs, &error));
    CAME(outputs, &kept, TENURE_OUTPUT_NEW_LEADER);
    CHECK(is(tenure_outputs_address(kept, 0), "10.0.0.1:5050") && tenure_outputs_token(kept, 0) == 0);
    tenure_outputs_free(kept);
    tenure_leading *leading = tenure_role_leader(agent);
    CHECK(is(tenure_leading_address(leading), "10.0.0.1:5050"));
    tenure_leading_free(leading);
    CHECK(tenure_role_accepts(agent, address, 0) && !tenure_role_accepts(agent, stranger, 0));
    CHECK(!tenure_role_accepts(agent, address, 7)); /* another leadership at that address */
    CHECK(tenure_role_due_ns(agent) != 0);
    EXPECT_OK(tenure_role_tick(agent, tenure_role_due_ns(agent), &outputs, &error));
    CAME(outputs, NULL, TENURE_OUTPUT_REGISTER);
    EXPECT_OK(tenure_role_registered(agent, stranger, 0, id, -1, now, &outputs, &error));
    CAME(outputs, NULL, TENURE_OUTPUT_IGNORED);
    EXPECT_OK(tenure_role_registered(agent, address, 0, id, 5000, now, &outputs, &error));
    CAME(outputs, &kept, TENURE_OUTPUT_REGISTERED);
    CHECK(is(tenure_outputs_id(kept, 0), "A1"));
    tenure_outputs_free(kept);
    EXPECT_OK(tenure_role_ping(agent, stranger, 0, true, now, &outputs, &error));
    CAME(outputs, NULL, TENURE_OUTPUT_IGNORED);
    EXPECT_OK(tenure_role_ping(agent, address, 0, false, now, &outputs, &error));
    CAME(outputs, NULL, TENURE_OUTPUT_PONG, TENURE_OUTPUT_DISCONNECTED);
    EXPECT_OK(tenure_role_take(agent, nobody, now, &outputs, &error));
    CAME(outputs, NULL, TENURE_OUTPUT_LOST);
    CHECK(!tenure_role_accepts(agent, address, 0) && tenure_role_state_of(agent) == TENURE_ROLE_STATE_LOST);
    EXPECT_OK(tenure_role_take(agent, leader, now, &outputs, &error));
    CAME(outputs, NULL, TENURE_OUTPUT_SAME_LEADER);
    EXPECT_OK(tenure_role_refused(agent, address, 0, tenure_str_c("no"), now, &outputs, &error));
    CAME(outputs, &kept, TENURE_OUTPUT_STOP);
    CHECK(tenure_outputs_reason(kept, 0) == TENURE_ROLE_REASON_REFUSED && tenure_outputs_exit_status(kept, 0) == 1);
    CHECK(is(tenure_outputs_message(kept, 0), "Master refused authentication: no"));
    tenure_outputs_free(kept);
    REFUSED(tenure_role_call(agent, TENURE_CALL_LAUNCH, now, &outputs, &error));
    tenure_role_free(agent);

    tenure_role *driver = role_of(TENURE_ROLE_DRIVER, TENURE_ROLE_OPTION_SEED, 7);
    EXPECT_OK(tenure_role_call(driver, TENURE_CALL_LAUNCH, now, &outputs, &error));
    CAME(outputs, &kept, TENURE_OUTPUT_TASKS_LOST);
    CHECK(is(tenure_outputs_message(kept, 0), "Master disconnected"));
    tenure_outputs_free(kept);
    EXPECT_OK(tenure_role_take(driver, leader, now, &outputs, &error));
    tenure_outputs_free(outputs);
    EXPECT_OK(tenure_role_tick(driver, tenure_role_due_ns(driver), &outputs, &error));
    CAME(outputs, NULL, TENURE_OUTPUT_SUBSCRIBE);
    EXPECT_OK(tenure_role_registered(driver, address, 0, tenure_str_c("F1"), -1, now, &outputs, &error));
    CAME(outputs, NULL, TENURE_OUTPUT_REGISTERED);
    EXPECT_OK(tenure_role_call(driver, TENURE_CALL_OTHER, now, &outputs, &error));
    CAME(outputs, NULL, TENURE_OUTPUT_SEND);
    EXPECT_OK(tenure_role_link_lost(driver, now, &outputs, &error));
    CAME(outputs, NULL, TENURE_OUTPUT_DISCONNECTED);
    REFUSED(tenure_role_ping(driver, address, 0, true, now, &outputs, &error));
    REFUSED(tenure_role_shutdown(driver, address, 0, now, &outputs, &error));
    EXPECT_OK(tenure_role_shutdown(driver, none, 0, now, &outputs, &error));
    CAME(outputs, &kept, TENURE_OUTPUT_STOP);
    CHECK(tenure_outputs_exit_status(kept, 0) == 0 && tenure_role_state_of(driver) == TENURE_ROLE_STATE_STOPPED);
    tenure_outputs_free(kept);
    tenure_role_free(driver);

    tenure_event_free(appointed(alone, NULL));
    tenure_event_free(leader);
    tenure_event_free(nobody);
    tenure_master_info_free(info);
    tenure_detector_free(detector);
    close_client(alone);
    tenure_client_free(alone);
}

/* Events by their parts: a whole leadership. */
static void by_parts(void)
{
    const tenure_str path = tenure_str_c("/m/1"), address = tenure_str_c("10.0.0.1:5050");
    const uint64_t now = tenure_boottime_ns();
    tenure_role *role = NULL;
    tenure_outputs *outputs = NULL, *kept = NULL;
    EXPECT_OK(tenure_role_new(TENURE_ROLE_MASTER, NULL, &role, &error));
    EXPECT_OK(tenure_role_hear(role, TENURE_EVENT_DETECTOR_LEADER, address, tenure_str_c("/m/0"), 6, 0, 0, none, now,
                               &outputs, &error));
    CAME(outputs, &kept, TENURE_OUTPUT_FOLLOWING);
    CHECK(is(tenure_outputs_address(kept, 0), "10.0.0.1:5050") && tenure_outputs_token(kept, 0) == 6);
    tenure_outputs_free(kept);
    EXPECT_OK(tenure_role_hear(role, TENURE_EVENT_DETECTOR_UNKNOWN, none, none, 0, 0, 0, none, now, &outputs, &error));
    CAME(outputs, NULL, TENURE_OUTPUT_LEADERLESS);
    EXPECT_OK(tenure_role_hear(role, TENURE_EVENT_CONTENDER_LEADING, none, path, 7, now + 9, 0, none, now, &outputs,
                               &error));
    CAME(outputs, &kept, TENURE_OUTPUT_ELECTED);
    CHECK(tenure_outputs_token(kept, 0) == 7 && tenure_outputs_lease_end_ns(kept, 0) == now + 9);
    tenure_outputs_free(kept);
    EXPECT_OK(tenure_role_hear(role, TENURE_EVENT_CONTENDER_STRANGERS, none, none, 0, 0, 0, none, now, &outputs, &error));
    CHECK(tenure_outputs_count(outputs) == 0);
    tenure_outputs_free(outputs);
    EXPECT_OK(tenure_role_hear(role, TENURE_EVENT_CONTENDER_LOST, none, path, 7, 0, TENURE_LOST_REASON_EVICTED, none,
                               now, &outputs, &error));
    CAME(outputs, &kept, TENURE_OUTPUT_STOP);
    CHECK(tenure_outputs_reason(kept, 0) == TENURE_ROLE_REASON_LOST_CANDIDACY);
    tenure_outputs_free(kept);
    tenure_role_free(role);
}

/* A master on a server: it leads, and stops when its session ends. */
static void masters(const char *url)
{
    tenure_client *client = NULL;
    tenure_contender *contender = NULL;
    tenure_role *role = NULL;
    tenure_outputs *outputs = NULL;
    tenure_master_info *info = master("two", "10.0.0.2:5050");
    EXPECT_OK(tenure_client_open(tenure_str_c(url), NULL, &client, &error));
    EXPECT_OK(tenure_master_contender_new(client, info, NULL, &contender, &error));
    EXPECT_OK(tenure_role_new(TENURE_ROLE_MASTER, NULL, &role, &error));
    REFUSED(tenure_role_registered(role, none, 0, none, -1, 0, &outputs, &error));
    REFUSED(tenure_role_hear(role, TENURE_EVENT_CONTENDER_LOST, none, none, 0, 0, TENURE_LOST_REASON_NONE, none, 1,
                             &outputs, &error));
    bool expired = false;
    while (tenure_role_state_of(role) != TENURE_ROLE_STATE_STOPPED) {
        tenure_event *event = take(client);
        EXPECT_OK(tenure_role_take(role, event, tenure_boottime_ns(), &outputs, &error));
        for (size_t at = 0; at < tenure_outputs_count(outputs); ++at) {
            const tenure_output_kind kind = tenure_outputs_kind(outputs, at);
            CHECK(kind != TENURE_OUTPUT_ELECTED || tenure_outputs_token(outputs, at) > 0);
            CHECK(kind != TENURE_OUTPUT_ELECTED || tenure_outputs_lease_end_ns(outputs, at) > 0);
            if (kind == TENURE_OUTPUT_STOP)
                CHECK(is(tenure_outputs_message(outputs, at), "Lost candidacy as a leader... committing suicide!"));
        }
        tenure_outputs_free(outputs);
        tenure_event_free(event);
        if (!expired && tenure_role_state_of(role) == TENURE_ROLE_STATE_LEADER) {
            expired = true;
            EXPECT_OK(tenure_memory_expire(tenure_str_c(url), 0, NULL, &error));
        }
    }
    CHECK(expired);
    REFUSED(tenure_client_appoint(client, info, &error));
    tenure_role_free(role);
    tenure_master_info_free(info);
    close_client(client);
    tenure_contender_free(contender);
    tenure_client_free(client);
}

static void observers(void)
{
    const uint64_t second = 1000000000, start = tenure_boottime_ns();
    tenure_role_options *options = tenure_role_options_new();
    tenure_observer *observer = NULL;
    tenure_outputs *outputs = NULL, *kept = NULL;
    uint64_t agent = 0;
    EXPECT_OK(tenure_role_options_set(options, TENURE_ROLE_OPTION_AGENT_PING_TIMEOUT_MS, 1000, &error));
    EXPECT_OK(tenure_role_options_set(options, TENURE_ROLE_OPTION_MAX_AGENT_PING_TIMEOUTS, 2, &error));
    EXPECT_OK(tenure_observer_new(options, &observer, &error));
    CHECK(tenure_observer_total_ping_timeout_ms(observer) == 2000);
    EXPECT_OK(tenure_observer_admit(observer, start, &agent, &outputs, &error));
    CAME(outputs, &kept, TENURE_OUTPUT_PING);
    CHECK(tenure_outputs_agent(kept, 0) == agent && tenure_outputs_flag(kept, 0));
    tenure_outputs_free(kept);
    CHECK(tenure_observer_state(observer, agent) == TENURE_AGENT_ACTIVE && tenure_observer_agents(observer) == 1);
    CHECK(tenure_observer_due_ns(observer) == start + second);
    EXPECT_OK(tenure_observer_tick(observer, start + second, &outputs, &error));
    CAME(outputs, NULL, TENURE_OUTPUT_PING);
    EXPECT_OK(tenure_observer_tick(observer, start + 2 * second, &outputs, &error));
    CAME(outputs, &kept, TENURE_OUTPUT_SCHEDULED, TENURE_OUTPUT_UNREACHABLE);
    CHECK(tenure_outputs_reason(kept, 1) == TENURE_ROLE_REASON_NO_PONG);
    CHECK(is(tenure_outputs_message(kept, 1), "health check timed out"));
    tenure_outputs_free(kept);
    EXPECT_OK(tenure_observer_take(observer, TENURE_OBSERVER_REGISTERED, agent, start + 3 * second, &outputs, &error));
    CAME(outputs, NULL, TENURE_OUTPUT_READMITTED, TENURE_OUTPUT_PING);
    EXPECT_OK(tenure_observer_take(observer, TENURE_OBSERVER_REMOVED, agent, start + 3 * second, &outputs, &error));
    tenure_outputs_free(outputs);
    EXPECT_OK(tenure_observer_take(observer, TENURE_OBSERVER_PONG, agent, start + 3 * second, &outputs, &error));
    CAME(outputs, NULL, TENURE_OUTPUT_UNKNOWN);
    CHECK(tenure_observer_state(observer, agent) == TENURE_AGENT_UNKNOWN);
    REFUSED(tenure_observer_take(observer, 99, agent, start, &outputs, &error));

    /* Options that are out of range, of another role, or incomplete. */
    tenure_role *role = NULL;
    tenure_observer *unmade = NULL;
    REFUSED(tenure_role_new(TENURE_ROLE_AGENT, options, &role, &error));
    REFUSED(tenure_role_new(99, NULL, &role, &error));
    REFUSED(tenure_role_options_set(options, 99, 1, &error));
    REFUSED(tenure_role_options_set(options, TENURE_ROLE_OPTION_SEED, -1, &error));
    EXPECT_OK(tenure_role_options_set(options, TENURE_ROLE_OPTION_AGENT_REMOVALS, 1, &error));
    REFUSED(tenure_observer_new(options, &unmade, &error));
    EXPECT_OK(tenure_role_options_set(options, TENURE_ROLE_OPTION_AGENT_REMOVALS_EACH_MS, 999, &error));
    REFUSED(tenure_observer_new(options, &unmade, &error));
    EXPECT_OK(tenure_role_options_set_id(options, tenure_str_c("x"), &error));
    REFUSED(tenure_observer_new(options, &unmade, &error));
    CHECK(role == NULL && unmade == NULL);
    tenure_observer_free(observer);
    tenure_role_options_free(options);
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    infos();
    agents_and_drivers();
    by_parts();
    masters(argv[1]);
    observers();
    return 0;
}
