/* A steady load. Closed: `window` requests always in flight, which finds the most a server can do.
 * Open: requests leave by the clock whatever the answers, and a latency counts from the instant the
 * request was due: a server that stalls is charged for all who would have asked meanwhile.
 */
#include "radload.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GENERATIONS = 2, FREE = 0, GIVEN_UP = -1 };
#define NEVER INT64_MAX

struct steady {
    const struct options *options;
    struct network network;
    struct tally tally;
    struct samples latency, lag; /* lag: how long after it was due a request left us */
    struct request *requests;
    uint32_t built, slots;
    int64_t *sent_at;      /* by slot; FREE and GIVEN_UP are not times */
    uint32_t *open;        /* by slot: which request is out */
    uint64_t *number;      /* by slot: which record is out */
    struct records records;
    uint64_t next;         /* requests and slots are used in turn: request n in slot n % slots */
    uint32_t waiting;      /* requests in flight */
    int64_t begins, measured_from, ends;
    uint64_t answered_in_time;
    uint64_t random;
};

/* A request may follow an equal one only after the slot carried another: a server that remembers
 * answers (RFC 5080 section 2.2.2) would otherwise repeat one instead of deciding again. */
static void build(struct steady *steady)
{
    const struct options *options = steady->options;
    uint32_t generations = (options->users + steady->slots - 1) / steady->slots;
    if (generations < GENERATIONS)
        generations = GENERATIONS;
    steady->built = generations * steady->slots;
    steady->requests = room_for(steady->built, sizeof *steady->requests);
    uint32_t *users = shuffled_users(options);
    for (uint32_t i = 0; i < steady->built; i++)
        build_request(&steady->requests[i], options, users[i % options->users],
                      (uint8_t)(i % IDENTIFIERS), i, &steady->random);
    free(users);
}

/* Records differ from each other, so each is built when its turn comes, in the room of its slot. */
static void prepare_records(struct steady *steady)
{
    records_begin(&steady->records, steady->options);
    steady->number = room_for(steady->slots, sizeof *steady->number);
    steady->requests = room_for(steady->slots, sizeof *steady->requests);
}

static void take_request(struct steady *steady, uint32_t slot)
{
    if (!steady->options->records) {
        steady->open[slot] = (uint32_t)(steady->next % steady->built);
        return;
    }
    steady->open[slot] = slot;
    steady->number[slot] = steady->tally.sent;
    records_build(&steady->records, &steady->requests[slot], steady->options,
                  (uint8_t)(slot % IDENTIFIERS), steady->tally.sent);
}

static void handle(void *context, uint32_t socket, uint8_t *reply, size_t length, int64_t now)
{
    struct steady *steady = context;
    uint32_t slot = socket * IDENTIFIERS + (length > 1 ? reply[1] : 0);
    if (steady->sent_at[slot] <= FREE) { /* nobody waits for it any more */
        steady->tally.late++;
        steady->sent_at[slot] = FREE;
        return;
    }
    bool verify = (double)(random_next(&steady->random) >> 11) * 0x1p-53 < steady->options->verify;
    enum answer answer =
        judge_reply(&steady->requests[steady->open[slot]], reply, length, verify);
    tally_answer(&steady->tally, answer, reply, length);
    if (answer != ACCEPT && answer != REJECT)
        return; /* as a router does: discarded, and still waited for */
    if (steady->options->records)
        records_acknowledged(&steady->records, steady->number[slot]);
    if (steady->sent_at[slot] >= steady->measured_from)
        samples_add(&steady->latency, now - steady->sent_at[slot]);
    if (now >= steady->measured_from && now < steady->ends)
        steady->answered_in_time++;
    steady->sent_at[slot] = FREE;
    steady->waiting--;
}

static uint32_t next_slot(struct steady *steady)
{
    for (uint32_t tried = 0; tried < steady->slots; tried++, steady->next++) {
        uint32_t slot = (uint32_t)(steady->next % steady->slots);
        if (steady->sent_at[slot] == FREE)
            return slot;
    }
    stop("no identifier is free: more --sockets, or a server that answers");
}

static int64_t due_at(const struct steady *steady, uint64_t request)
{
    return steady->begins + (int64_t)((double)request / steady->options->rate * SECOND);
}

/* Requests that may leave at `now`. */
static uint64_t allowance(const struct steady *steady, int64_t now)
{
    const struct options *options = steady->options;
    uint64_t left = options->count - steady->tally.sent, may;
    if (now >= steady->ends)
        return 0;
    if (options->mode == CLOSED)
        may = options->window - steady->waiting;
    else
        may = (uint64_t)((double)(now - steady->begins) / SECOND * options->rate) + 1 -
              steady->tally.sent;
    return may < left ? may : left;
}

static void send_some(struct steady *steady, uint64_t number, int64_t now)
{
    const struct request *batch[BATCH];
    uint32_t length = 0, socket = 0;
    bool open = steady->options->mode == OPEN;
    for (; number; number--) {
        uint32_t slot = next_slot(steady);
        if (length == BATCH || (length && slot / IDENTIFIERS != socket)) {
            network_send(&steady->network, socket, batch, length);
            length = 0;
            now = clock_now();
        }
        socket = slot / IDENTIFIERS;
        take_request(steady, slot);
        steady->next++;
        steady->sent_at[slot] = open ? due_at(steady, steady->tally.sent) : now;
        if (open && steady->sent_at[slot] >= steady->measured_from)
            samples_add(&steady->lag, now - steady->sent_at[slot]);
        batch[length++] = &steady->requests[steady->open[slot]];
        steady->tally.sent++;
        steady->waiting++;
    }
    if (length)
        network_send(&steady->network, socket, batch, length);
}

/* A lost request counts with the whole time it was waited for. */
static void give_up_old(struct steady *steady, int64_t now)
{
    for (uint32_t slot = 0; slot < steady->slots; slot++) {
        if (steady->sent_at[slot] <= FREE || now - steady->sent_at[slot] < steady->options->timeout)
            continue;
        if (steady->sent_at[slot] >= steady->measured_from)
            samples_add(&steady->latency, now - steady->sent_at[slot]);
        steady->sent_at[slot] = GIVEN_UP;
        steady->tally.lost++;
        steady->waiting--;
    }
}

static int64_t wait_for(const struct steady *steady, int64_t now)
{
    if (steady->options->mode == CLOSED || now >= steady->ends)
        return MILLISECOND;
    int64_t until = due_at(steady, steady->tally.sent) - now;
    return until < 0 ? 0 : until < MILLISECOND ? until : MILLISECOND;
}

static void begin_to_measure(struct steady *steady, int64_t now)
{
    steady->measured_from = now + (int64_t)(steady->options->warmup * SECOND);
    steady->ends = steady->measured_from + (int64_t)(steady->options->seconds * SECOND);
}

static void run(struct steady *steady)
{
    int64_t now = steady->begins, looked_at = now;
    while (now < steady->ends || steady->waiting) {
        if (steady->ends == NEVER && steady->tally.sent >= records_prelude(&steady->records))
            begin_to_measure(steady, now);
        send_some(steady, allowance(steady, now), now);
        network_receive(&steady->network, wait_for(steady, clock_now()), handle, steady);
        now = clock_now();
        if (now - looked_at > 20 * MILLISECOND) {
            give_up_old(steady, now);
            looked_at = now;
        }
        if (steady->tally.sent == steady->options->count && !steady->waiting &&
            now < steady->ends)
            steady->ends = now;
    }
}

static void print_latencies(struct steady *steady)
{
    struct samples *latency = &steady->latency;
    printf(", \"p50_ms\": %.3f, \"p99_ms\": %.3f, \"p999_ms\": %.3f, \"max_ms\": %.3f",
           samples_percentile(latency, 0.50), samples_percentile(latency, 0.99),
           samples_percentile(latency, 0.999), samples_percentile(latency, 1));
    printf(", \"samples\": %zu, \"send_lag_p99_ms\": %.3f", latency->length,
           samples_percentile(&steady->lag, 0.99));
}

int run_steady(const struct options *options)
{
    struct steady steady = {.options = options, .random = options->seed};
    steady.slots = options->sockets * IDENTIFIERS;
    packets_use_secret(options->secret);
    options->records ? prepare_records(&steady) : build(&steady);
    steady.sent_at = room_for(steady.slots, sizeof *steady.sent_at);
    steady.open = room_for(steady.slots, sizeof *steady.open);
    network_open(&steady.network, options, options->sockets);

    double cpu = cpu_seconds();
    steady.begins = clock_now();
    steady.measured_from = steady.ends = NEVER;
    if (!options->records)
        begin_to_measure(&steady, steady.begins);
    run(&steady);
    double lasted = (double)(clock_now() - steady.begins) / SECOND;
    double measured = (double)(steady.ends - steady.measured_from) / SECOND;

    steady.tally.refused = steady.network.refused;
    printf("{\"mode\": \"%s\", \"seconds\": %.3f, \"answers_per_second\": %.1f",
           options->mode == OPEN ? "open" : "closed", measured,
           measured > 0 ? (double)steady.answered_in_time / measured : 0.0);
    print_latencies(&steady);
    if (options->records)
        records_print(&steady.records);
    bool trusted = print_tally(options, &steady.tally, (cpu_seconds() - cpu) / lasted);
    printf("}\n");
    return trusted ? EXIT_SUCCESS : EXIT_FAILURE;
}
