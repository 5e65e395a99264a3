/*
 * One thread, one poll(2): the library's events and the other inputs of a program, here the lines of
 * standard input. "quit" withdraws, waits until that is done, and closes.
 *
 *   cc event_loop.c $(pkg-config --cflags --libs tenure) -o event_loop
 *   ./event_loop zk://host1:2181,host2:2181/app      (or memory://try/app, without a server)
 */
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <tenure.h>

struct program {
    tenure_client *client;
    tenure_contender *contender;
    uint64_t withdrawal; /* the number of the call, 0 before it */
    bool over;
};

static int fail(const char *what, tenure_error *error)
{
    fprintf(stderr, "%s: %" TENURE_PRI_STR "\n", what, TENURE_STR_ARG(tenure_error_message(error)));
    tenure_error_free(error);
    return 1;
}

static void on_event(struct program *program, const tenure_event *event)
{
    tenure_event_kind kind = tenure_event_type(event);
    if (kind == TENURE_EVENT_SESSION_EXPIRED || kind == TENURE_EVENT_CONTENDER_LEADING
        || kind == TENURE_EVENT_CONTENDER_JEOPARDY || kind == TENURE_EVENT_CONTENDER_LOST) {
        printf("%s\n", tenure_event_kind_name(kind));
    } else if (kind == TENURE_EVENT_CALL_DONE && tenure_event_call(event) == program->withdrawal) {
        printf("withdrawn: %s\n", tenure_status_name(tenure_event_status(event)));
        program->over = true;
    }
    fflush(stdout);
}

/* Takes all waiting events without blocking; poll() reports the file descriptor while an event is left. */
static void on_library(struct program *program)
{
    tenure_event *event = NULL;
    tenure_status status;
    while ((status = tenure_client_next_event(program->client, 0, &event, NULL)) == TENURE_OK) {
        on_event(program, event);
        tenure_event_free(event);
    }
    if (status != TENURE_ERR_TIMEOUT)
        program->over = true; /* TENURE_ERR_CLOSED: no event follows */
}

/* False at the end of the input, and after "quit". */
static bool on_input(struct program *program)
{
    char line[64];
    ssize_t length = read(STDIN_FILENO, line, sizeof line - 1);
    line[length > 0 ? length : 0] = '\0';
    if (length > 0 && strncmp(line, "quit", 4) != 0) {
        printf("leading: %s\n", tenure_contender_is_leading(program->contender) ? "yes" : "no");
        fflush(stdout);
        return true;
    }
    tenure_error *error = NULL;
    if (tenure_contender_withdraw_start(program->contender, &program->withdrawal, &error) != TENURE_OK) {
        fail("withdraw", error);
        program->over = true;
    }
    return false;
}

int main(int argc, char **argv)
{
    const char *url = argc > 1 ? argv[1] : "memory://event-loop/app";
    struct program program = {0};
    tenure_error *error = NULL;
    int fd = -1;

    if (tenure_client_open(tenure_str_c(url), NULL, &program.client, &error) != TENURE_OK)
        return fail("open", error);
    if (tenure_contender_new(program.client, NULL, &program.contender, &error) != TENURE_OK)
        return fail("contend", error);
    if (tenure_client_event_fd(program.client, &fd, &error) != TENURE_OK)
        return fail("file descriptor", error);

    struct pollfd waits[2] = {{.fd = fd, .events = POLLIN}, {.fd = STDIN_FILENO, .events = POLLIN}};
    while (!program.over && poll(waits, 2, -1) >= 0) {
        if (waits[0].revents != 0)
            on_library(&program);
        if (waits[1].revents != 0 && !on_input(&program))
            waits[1].fd = -1; /* poll() ignores it */
    }

    if (tenure_client_close(program.client, 10000, &error) != TENURE_OK)
        return fail("close", error);
    tenure_contender_free(program.contender);
    tenure_client_free(program.client);
    printf("closed\n");
    return 0;
}
