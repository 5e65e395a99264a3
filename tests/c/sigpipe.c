/*
 * A server that resets each connection, at once or after it has read something, and SIGPIPE with its
 * default action, which would end this process.
 */
#include <arpa/inet.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

#include "check.h"

static int listener;
static atomic_int resets;

static void *reset_all(void *unused)
{
    for (;;) {
        int connection = accept(listener, NULL, NULL);
        if (connection < 0)
            return unused;
        char byte;
        if (atomic_load(&resets) % 2 == 1)
            (void)!read(connection, &byte, 1);
        struct linger at_once = {.l_onoff = 1, .l_linger = 0};
        CHECK(setsockopt(connection, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once) == 0);
        close(connection);
        atomic_fetch_add(&resets, 1);
    }
}

int main(void)
{
    struct sigaction action = {.sa_handler = SIG_DFL}, before;
    CHECK(sigaction(SIGPIPE, &action, NULL) == 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    listener = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(listener >= 0 && bind(listener, (struct sockaddr *)&address, size) == 0);
    CHECK(listen(listener, 64) == 0);
    CHECK(getsockname(listener, (struct sockaddr *)&address, &size) == 0);
    pthread_t server;
    CHECK(pthread_create(&server, NULL, reset_all, NULL) == 0);

    enum { CLIENTS = 8 };
    char url[64];
    snprintf(url, sizeof url, "zk://127.0.0.1:%d/group", ntohs(address.sin_port));
    tenure_client *clients[CLIENTS];
    tenure_contender *contenders[CLIENTS];
    for (int i = 0; i < CLIENTS; ++i) {
        clients[i] = open_client(url);
        EXPECT_OK(tenure_contender_new(clients[i], NULL, &contenders[i], &error));
    }
    AWAIT(atomic_load(&resets) >= 40);
    for (int i = 0; i < CLIENTS; ++i) {
        tenure_event_free(take_kind(clients[i], TENURE_EVENT_SESSION_RETRYING));
        tenure_contender_free(contenders[i]);
        tenure_client_free(clients[i]);
    }
    CHECK(sigaction(SIGPIPE, NULL, &before) == 0 && before.sa_handler == SIG_DFL);
    shutdown(listener, SHUT_RDWR);
    CHECK(pthread_join(server, NULL) == 0);
    close(listener);
    return 0;
}
