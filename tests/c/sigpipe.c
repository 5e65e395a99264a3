/*
 * Servers that reset connections, and SIGPIPE with its default action, which would end this process.
 * The second one lets a session begin, and ends and resets the connection in the middle of a flood
 * of requests: a thread that writes after both have arrived gets SIGPIPE, unless it suppresses it.
 */
#include <arpa/inet.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "check.h"

struct server {
    int listener;
    char url[64];
    pthread_t thread;
    atomic_int resets;
};

static void reset(struct server *server, int connection)
{
    struct linger at_once = {.l_onoff = 1, .l_linger = 0};
    CHECK(setsockopt(connection, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once) == 0);
    close(connection);
    atomic_fetch_add(&server->resets, 1);
}

static void *reset_all(void *argument)
{
    struct server *server = argument;
    for (;;) {
        int connection = accept(server->listener, NULL, NULL);
        if (connection < 0)
            return NULL;
        char byte;
        if (atomic_load(&server->resets) % 2 == 1)
            (void)!read(connection, &byte, 1);
        reset(server, connection);
    }
}

/* Reads and drops bytes; false at the end of the stream. */
static bool swallow(int connection, size_t count)
{
    char bytes[256];
    while (count > 0) {
        ssize_t got = read(connection, bytes, count < sizeof bytes ? count : sizeof bytes);
        if (got <= 0)
            return false;
        count -= (size_t)got;
    }
    return true;
}

static void *welcome_and_reset(void *argument)
{
    struct server *server = argument;
    /* The answer of a ZooKeeper server: a session with a number and a password, for four seconds. */
    unsigned char welcome[41] = {0, 0, 0, 37, [10] = 4000 >> 8, [11] = 4000 & 255, [19] = 7, [23] = 16};
    memset(welcome + 24, 'p', 16);
    for (;;) {
        int connection = accept(server->listener, NULL, NULL);
        if (connection < 0)
            return NULL;
        if (swallow(connection, 49) && write(connection, welcome, sizeof welcome) == sizeof welcome)
            swallow(connection, 2000);
        shutdown(connection, SHUT_WR);
        reset(server, connection);
    }
}

static void start(struct server *server, void *(*serve)(void *))
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    server->listener = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(server->listener >= 0 && bind(server->listener, (struct sockaddr *)&address, size) == 0);
    CHECK(listen(server->listener, 64) == 0);
    CHECK(getsockname(server->listener, (struct sockaddr *)&address, &size) == 0);
    snprintf(server->url, sizeof server->url, "zk://127.0.0.1:%d/group", ntohs(address.sin_port));
    CHECK(pthread_create(&server->thread, NULL, serve, server) == 0);
}

static void stop(struct server *server)
{
    shutdown(server->listener, SHUT_RDWR);
    CHECK(pthread_join(server->thread, NULL) == 0);
    close(server->listener);
}

static void many_that_try(void)
{
    enum { CLIENTS = 8 };
    static struct server server;
    tenure_client *clients[CLIENTS];
    tenure_contender *contenders[CLIENTS];
    start(&server, reset_all);
    for (int i = 0; i < CLIENTS; ++i) {
        clients[i] = open_client(server.url);
        EXPECT_OK(tenure_contender_new(clients[i], NULL, &contenders[i], &error));
    }
    AWAIT(atomic_load(&server.resets) >= 40);
    for (int i = 0; i < CLIENTS; ++i) {
        tenure_event_free(take_kind(clients[i], TENURE_EVENT_SESSION_RETRYING));
        tenure_contender_free(contenders[i]);
        tenure_client_free(clients[i]);
    }
    stop(&server);
}

static void one_that_floods(void)
{
    static struct server server;
    start(&server, welcome_and_reset);
    for (int round = 0; round < 5; ++round) {
        tenure_client *client = open_client(server.url);
        tenure_group *group = NULL;
        tenure_event_free(take_kind(client, TENURE_EVENT_SESSION_CONNECTED));
        int before = atomic_load(&server.resets);
        EXPECT_OK(tenure_group_new(client, tenure_str_c(""), &group, &error));
        for (int i = 0; i < 3000; ++i) {
            uint64_t call = 0;
            EXPECT_OK(tenure_group_members_start(group, &call, &error));
        }
        AWAIT(atomic_load(&server.resets) > before);
        tenure_event_free(take_kind(client, TENURE_EVENT_SESSION_SUSPENDED));
        tenure_group_free(group);
        tenure_client_free(client);
    }
    stop(&server);
}

int main(void)
{
    struct sigaction action = {.sa_handler = SIG_DFL}, after;
    CHECK(sigaction(SIGPIPE, &action, NULL) == 0);
    many_that_try();
    one_that_floods();
    CHECK(sigaction(SIGPIPE, NULL, &after) == 0 && after.sa_handler == SIG_DFL);
    return 0;
}
