/*
 * Calls of tenure.h in a form that suits cgo: text and bytes as pointer and length (a C structure that Go
 * fills may not hold a Go pointer), and one call for all that an event has (each call from Go to C costs as
 * much as many accessors). Nothing here keeps a pointer that it was given.
 */
#ifndef TENURE_GO_SHIMS_H
#define TENURE_GO_SHIMS_H

#include "tenure.h"

/* A member as Go copies it. The texts belong to the member. */
struct shim_member {
    const char *path;
    size_t path_len;
    const char *label;
    size_t label_len;
    int32_t sequence;
    uint64_t token;
};

static inline void shim_member_read(const tenure_member *member, struct shim_member *out)
{
    tenure_str path = tenure_member_path(member);
    tenure_str label = tenure_member_label(member);

    out->path = path.data;
    out->path_len = path.len;
    out->label = label.data;
    out->label_len = label.len;
    out->sequence = tenure_member_sequence(member);
    out->token = tenure_member_token(member);
}

/* All that an event has. Everything in it lives as long as the event. */
struct shim_event {
    tenure_event *event;
    tenure_event_kind kind;
    uint64_t source;
    uint64_t call;
    bool has_member;
    struct shim_member member;
    const tenure_members *members;
    const void *data; /* NULL where there is none */
    size_t data_len;
    int64_t session;
    int64_t timeout_ms;
    uint32_t attempt;
    tenure_expired_by expired_by;
    tenure_server_kind server;
    size_t ahead;
    uint64_t waits_until_ns;
    uint64_t token_before;
    uint64_t lease_end_ns;
    uint64_t since_ns;
    uint64_t as_of_ns;
    tenure_lost_reason reason;
    tenure_status status;
    const char *message;
    size_t message_len;
    bool result;
};

static inline void shim_event_read(tenure_event *event, struct shim_event *out)
{
    const tenure_member *member = tenure_event_member(event);
    tenure_str message = tenure_event_message(event);

    memset(out, 0, sizeof *out);
    out->event = event;
    out->kind = tenure_event_type(event);
    out->source = tenure_event_source(event);
    out->call = tenure_event_call(event);
    out->has_member = member != NULL;
    if (member != NULL)
        shim_member_read(member, &out->member);
    out->members = tenure_event_members(event);
    out->data = tenure_event_data(event, &out->data_len);
    out->session = tenure_event_session(event);
    out->timeout_ms = tenure_event_timeout_ms(event);
    out->attempt = tenure_event_attempt(event);
    out->expired_by = tenure_event_expired_by(event);
    out->server = tenure_event_server(event);
    out->ahead = tenure_event_ahead(event);
    out->waits_until_ns = tenure_event_waits_until_ns(event);
    out->token_before = tenure_event_token_before(event);
    out->lease_end_ns = tenure_event_lease_end_ns(event);
    out->since_ns = tenure_event_since_ns(event);
    out->as_of_ns = tenure_event_as_of_ns(event);
    out->reason = tenure_event_lost_reason(event);
    out->status = tenure_event_status(event);
    out->message = message.data;
    out->message_len = message.len;
    out->result = tenure_event_call_result(event);
}

/* The next event that waits; it does not block. The caller frees out->event. */
static inline tenure_status shim_next(tenure_client *client, struct shim_event *out)
{
    tenure_event *event = NULL;
    tenure_status status = tenure_client_next_event(client, 0, &event, NULL);

    if (status == TENURE_OK)
        shim_event_read(event, out);
    return status;
}

/* A handle's newest event. The caller frees out->event, which is NULL if there is no event yet. */
static inline void shim_state(tenure_event *state, struct shim_event *out)
{
    if (state != NULL)
        shim_event_read(state, out);
    else
        memset(out, 0, sizeof *out);
}

/* The fencing token of a leadership that is valid now, or 0. */
static inline uint64_t shim_leading(const tenure_contender *contender)
{
    uint64_t token = 0;

    return tenure_contender_leadership(contender, &token, NULL) ? token : 0;
}

/* The fencing token of a leadership that is valid now, and the nanoseconds that are left of its lease. */
struct shim_lease {
    uint64_t token; /* 0 if it does not lead */
    uint64_t left_ns;
};

static inline struct shim_lease shim_lease(const tenure_contender *contender)
{
    struct shim_lease lease = {0, 0};
    uint64_t token = 0, end = 0, now;

    if (!tenure_contender_leadership(contender, &token, &end))
        return lease;
    now = tenure_boottime_ns();
    if (now >= end)
        return lease;
    lease.token = token;
    lease.left_ns = end - now;
    return lease;
}

static inline tenure_str shim_str(const char *text, size_t len)
{
    tenure_str made;

    made.data = text;
    made.len = len;
    return made;
}

#endif
