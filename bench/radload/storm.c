/* After a power cut: all users dial in the same instant.
 *
 * Each group of 256 is one router with a socket of its own. A router sends a request up to `tries`
 * times, `timeout` apart, then drops the dial; the client's modem dials again after about `redial`
 * (half to one and a half of it) with a new request. A late answer to a dropped dial is no use: the
 * router has forgotten it. Refused users dial again too.
 */
#include "radload.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WHEEL = 8192, DIALS_APART = 4, NOBODY = -1 };
#define TICK (10 * MILLISECOND)

struct user {
    struct request request;
    uint32_t number;
    uint32_t dials;   /* the open one included */
    uint32_t tries;   /* packets of the open dial */
    bool online;
    int32_t next;     /* of the same tick */
};

struct storm {
    const struct options *options;
    struct network network;
    struct tally tally;
    struct user *users;
    uint32_t *queue;  /* ring of users whose packet is due; each at most once */
    uint32_t queued_first, queued;
    int32_t *wheel;   /* by tick modulo WHEEL: first user waiting for it */
    int64_t tick;     /* all before it have been looked at */
    uint32_t online;
    uint64_t retransmits, redials;
    double online_after[4]; /* seconds until the parts below were online; 0 = never */
    int64_t begins;
    uint64_t random;
};

static const double parts[4] = {0.50, 0.90, 0.99, 1.00};

static void wake_at(struct storm *storm, uint32_t index, int64_t when)
{
    int64_t tick = (when - storm->begins) / TICK + 1;
    int32_t *head = &storm->wheel[tick % WHEEL];
    storm->users[index].next = *head;
    *head = (int32_t)index;
}

static void enqueue(struct storm *storm, uint32_t index)
{
    uint32_t at = (storm->queued_first + storm->queued++) % storm->options->users;
    storm->queue[at] = index;
}

/* Dials in a row use different sockets, so a reply names the dial it answers: by the fourth the
 * server has long dropped the first. */
static uint32_t socket_of(uint32_t index, uint32_t dials)
{
    return index / IDENTIFIERS * DIALS_APART + dials % DIALS_APART;
}

static void dial(struct storm *storm, uint32_t index)
{
    struct user *user = &storm->users[index];
    user->tries = 0;
    storm->redials += user->dials > 0;
    user->dials++;
    build_request(&user->request, storm->options, user->number, (uint8_t)(index % IDENTIFIERS),
                  user->dials * storm->options->users + index, &storm->random);
    enqueue(storm, index);
}

static void redial_later(struct storm *storm, uint32_t index, int64_t now)
{
    int64_t redial = storm->options->redial;
    int64_t spread = (int64_t)(random_next(&storm->random) % (uint64_t)(redial + 1));
    storm->users[index].tries = 0; /* the next waking dials */
    wake_at(storm, index, now + redial / 2 + spread);
}

static void wake(struct storm *storm, uint32_t index, int64_t now)
{
    struct user *user = &storm->users[index];
    if (user->online)
        return;
    if (user->tries == 0)
        dial(storm, index);
    else if (user->tries < storm->options->tries)
        enqueue(storm, index);
    else
        redial_later(storm, index, now);
}

static void turn_wheel(struct storm *storm, int64_t now)
{
    for (; storm->tick * TICK <= now - storm->begins; storm->tick++) {
        int32_t index = storm->wheel[storm->tick % WHEEL];
        storm->wheel[storm->tick % WHEEL] = NOBODY;
        while (index != NOBODY) {
            int32_t next = storm->users[index].next;
            wake(storm, (uint32_t)index, now);
            index = next;
        }
    }
}

static void note_online(struct storm *storm, int64_t now)
{
    storm->online++;
    for (int i = 0; i < 4; i++)
        if (storm->online_after[i] == 0 && storm->online >= parts[i] * storm->options->users)
            storm->online_after[i] = (double)(now - storm->begins) / SECOND;
}

static void handle(void *context, uint32_t socket, uint8_t *reply, size_t length, int64_t now)
{
    struct storm *storm = context;
    uint32_t index = socket / DIALS_APART * IDENTIFIERS + (length > 1 ? reply[1] : 0);
    if (index >= storm->options->users) {
        storm->tally.odd++;
        return;
    }
    struct user *user = &storm->users[index];
    if (user->online || user->tries == 0 || socket != socket_of(index, user->dials)) {
        storm->tally.late++;
        return;
    }
    bool verify = (double)(random_next(&storm->random) >> 11) * 0x1p-53 < storm->options->verify;
    enum answer answer = judge_reply(&user->request, reply, length, verify);
    tally_answer(&storm->tally, answer, reply, length);
    if (answer == ACCEPT) {
        user->online = true;
        note_online(storm, now);
    } else if (answer == REJECT) {
        user->tries = storm->options->tries; /* its waking, already set, drops the dial */
    }
}

static void send_queued(struct storm *storm)
{
    const struct request *batch[BATCH];
    uint32_t length = 0, socket = 0;
    int64_t now = clock_now();
    while (storm->queued && length < BATCH && storm->tally.sent < storm->options->count) {
        uint32_t index = storm->queue[storm->queued_first];
        struct user *user = &storm->users[index];
        if (length && socket_of(index, user->dials) != socket)
            break;
        storm->queued_first = (storm->queued_first + 1) % storm->options->users;
        storm->queued--;
        if (user->online)
            continue;
        socket = socket_of(index, user->dials);
        batch[length++] = &user->request;
        storm->tally.sent++;
        storm->retransmits += user->tries++ > 0;
        wake_at(storm, index, now + storm->options->timeout);
    }
    if (length)
        network_send(&storm->network, socket, batch, length);
}

static void run(struct storm *storm)
{
    int64_t now = storm->begins, ends = now + (int64_t)(storm->options->seconds * SECOND);
    while (storm->online < storm->options->users && now < ends) {
        send_queued(storm);
        bool more = storm->queued && storm->tally.sent < storm->options->count;
        network_receive(&storm->network, more ? 0 : TICK, handle, storm);
        now = clock_now();
        turn_wheel(storm, now);
    }
}

static void print_online(const struct storm *storm)
{
    static const char *names[4] = {"50", "90", "99", "100"};
    for (int i = 0; i < 4; i++) {
        printf(", \"online_%s_s\": ", names[i]);
        if (storm->online_after[i] > 0)
            printf("%.3f", storm->online_after[i]);
        else
            printf("null");
    }
}

int run_storm(const struct options *options)
{
    struct storm storm = {.options = options, .random = options->seed};
    uint32_t routers = (options->users + IDENTIFIERS - 1) / IDENTIFIERS;
    packets_use_secret(options->secret);
    storm.users = room_for(options->users, sizeof *storm.users);
    storm.queue = room_for(options->users, sizeof *storm.queue);
    storm.wheel = room_for(WHEEL, sizeof *storm.wheel);
    for (int i = 0; i < WHEEL; i++)
        storm.wheel[i] = NOBODY;
    uint32_t *numbers = shuffled_users(options);
    for (uint32_t index = 0; index < options->users; index++) {
        storm.users[index].number = numbers[index];
        dial(&storm, index);
    }
    free(numbers);
    network_open(&storm.network, options, routers * DIALS_APART);

    double cpu = cpu_seconds();
    storm.begins = clock_now();
    run(&storm);
    double lasted = (double)(clock_now() - storm.begins) / SECOND;

    storm.tally.refused = storm.network.refused;
    storm.tally.lost = options->users - storm.online;
    printf("{\"mode\": \"storm\", \"seconds\": %.3f, \"users\": %u, \"online\": %u", lasted,
           options->users, storm.online);
    print_online(&storm);
    printf(", \"retransmits\": %llu, \"redials\": %llu", (unsigned long long)storm.retransmits,
           (unsigned long long)storm.redials);
    bool trusted = print_tally(options, &storm.tally, (cpu_seconds() - cpu) / lasted);
    printf("}\n");
    return trusted ? EXIT_SUCCESS : EXIT_FAILURE;
}
