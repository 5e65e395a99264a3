/*
 * Two candidates for one group: the first leads, works, hands over, and the second leads at once.
 * Normally they are two processes on two machines; here they are two clients in one process.
 *
 *   cc hand_over.c $(pkg-config --cflags --libs tenure) -o hand_over
 *   ./hand_over zk://host1:2181,host2:2181/app      (or memory://try/app, without a server)
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <tenure.h>

/* The limit of every wait. */
#define LIMIT_MS 60000

struct candidate {
    const char *name;
    tenure_client *client;
    tenure_contender *contender;
    uint64_t token;
};

static void need(tenure_status status, tenure_error *error, const char *what)
{
    if (status == TENURE_OK)
        return;
    fprintf(stderr, "%s: %" TENURE_PRI_STR "\n", what, TENURE_STR_ARG(tenure_error_message(error)));
    tenure_error_free(error);
    exit(1);
}

static void contend(struct candidate *candidate, const char *url)
{
    tenure_error *error = NULL;
    tenure_status status = tenure_client_open(tenure_str_c(url), NULL, &candidate->client, &error);
    need(status, error, "open");
    tenure_contender_options *options = tenure_contender_options_new();
    tenure_contender_options_set_label(options, tenure_str_c(candidate->name), NULL);
    status = tenure_contender_new(candidate->client, options, &candidate->contender, &error);
    tenure_contender_options_free(options);
    need(status, error, "contend");
}

static void lead(struct candidate *candidate)
{
    tenure_error *error = NULL;
    tenure_status status = tenure_contender_wait_leading(candidate->contender, LIMIT_MS,
                                                         &candidate->token, &error);
    need(status, error, "wait for leadership");
    /* Before each action of a leader: ask, and send the token with the action. */
    for (int step = 1; step <= 3 && tenure_contender_is_leading(candidate->contender); ++step)
        printf("%s leads: step %d\n", candidate->name, step);
}

int main(int argc, char **argv)
{
    const char *url = argc > 1 ? argv[1] : "memory://hand-over/app";
    struct candidate first = {.name = "first"}, second = {.name = "second"};
    tenure_error *error = NULL;

    contend(&first, url);
    lead(&first);
    contend(&second, url);

    /* It returns when the znode is gone: the second candidate is elected without a timeout. */
    need(tenure_contender_withdraw(first.contender, LIMIT_MS, NULL, &error), error, "withdraw");
    printf("first has handed over, and leads: %s\n",
           tenure_contender_is_leading(first.contender) ? "yes" : "no");
    lead(&second);
    printf("the token has risen: %s\n", second.token > first.token ? "yes" : "no");

    need(tenure_client_close(second.client, LIMIT_MS, &error), error, "close");
    need(tenure_client_close(first.client, LIMIT_MS, &error), error, "close");
    tenure_contender_free(second.contender);
    tenure_client_free(second.client);
    tenure_contender_free(first.contender);
    tenure_client_free(first.client);
    return 0;
}
