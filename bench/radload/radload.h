/* radload: gives a RADIUS server on this machine many logins or records and says how it answered.
 *
 * One thread. Times are nanoseconds of CLOCK_MONOTONIC. A "slot" is one (socket, identifier) pair,
 * 256 to a socket: what RFC 2865 section 3 gives a client to tell its open requests apart.
 */
#ifndef RADLOAD_H
#define RADLOAD_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

enum {
    IDENTIFIERS = 256,
    BATCH = 64,          /* datagrams a system call */
    REPLY_BYTES = 4096,  /* the longest RADIUS packet */
    REQUEST_BYTES = 448, /* logins are near 200, records near 300 */
    TEXT_BYTES = 64,     /* longest user name and password pattern, filled in */
    CLASS_BYTES = 128,
};

#define SECOND INT64_C(1000000000)
#define MILLISECOND INT64_C(1000000)

enum mode { CLOSED, OPEN, STORM };

struct options {
    enum mode mode;
    struct sockaddr_storage target;
    socklen_t target_length;
    const char *secret;
    const char *username, *password, *class; /* patterns; {n} is the user's number */
    uint32_t first, users;
    uint64_t seed;
    uint32_t sockets;  /* closed, open */
    uint32_t window;   /* closed: requests in flight */
    double rate;       /* open: requests a second */
    double seconds;    /* measured time; storm: when to give up */
    double warmup;     /* closed, open: seconds before it, not measured */
    uint64_t count;    /* send no more requests than this */
    int64_t timeout;   /* an answer later than this is lost; storm: time between tries */
    uint32_t tries;    /* storm: packets a dial */
    int64_t redial;    /* storm: mean wait before a router's client dials again */
    double verify;     /* part of the replies whose signatures are computed */
    bool records;      /* closed, open: accounting instead of logins */
    uint32_t cycle;    /* records: how many a session has, its Start and Stop included */
    uint32_t serial;   /* records: number of the first session, so that each run has its own */
};

struct request {
    uint16_t length;
    uint8_t bytes[REQUEST_BYTES];
};

enum answer { ACCEPT, REJECT, FORGED, ODD };

/* What came back, whatever the mode. */
struct tally {
    uint64_t sent, accepts, rejects, lost, late, forged, odd, refused, reply_bytes;
    uint8_t sample[REPLY_BYTES]; /* the last genuine accept */
    size_t sample_length;
};

/* samples.c: latencies in microseconds, kept whole so that no percentile is guessed. */
struct samples {
    uint32_t *micros;
    size_t length, capacity;
};
void samples_add(struct samples *samples, int64_t nanoseconds);
/* Milliseconds at or under which `part` of the samples lie; sorts. 0 when there are none. */
double samples_percentile(struct samples *samples, double part);

/* packets.c */
void packets_use_secret(const char *secret);
uint64_t random_next(uint64_t *state);
/* Numbers first .. first+users-1 in an order the seed decides; the caller frees. */
uint32_t *shuffled_users(const struct options *options);
/* An Access-Request as RouterOS sends it for PPPoE with PAP; `serial` makes Acct-Session-Id. */
void build_request(struct request *request, const struct options *options, uint32_t user,
                   uint8_t identifier, uint32_t serial, uint64_t *random);
struct record {
    uint32_t status, user, session, seconds, at;
    uint64_t upload, download;
};
/* An Accounting-Request as RouterOS sends it for PPPoE; without counters when it is a Start. */
void build_record(struct request *request, const struct options *options,
                  const struct record *record, uint8_t identifier);
/* False where it is empty or does not fit. */
bool fill_pattern(char *text, size_t size, const char *pattern, uint32_t user);
/* Judges a reply to `request`; signatures only where `verify`. May change `reply`. */
enum answer judge_reply(const struct request *request, uint8_t *reply, size_t length, bool verify);
void tally_answer(struct tally *tally, enum answer answer, const uint8_t *reply, size_t length);

/* network.c */
struct network {
    int *sockets;
    uint32_t length;
    int epoll;
    uint64_t refused;
};
typedef void on_reply(void *context, uint32_t socket, uint8_t *reply, size_t length, int64_t now);
int64_t clock_now(void);
void network_open(struct network *network, const struct options *options, uint32_t sockets);
/* Sends `length` <= BATCH requests through one socket; blocks while the kernel has no room. */
void network_send(struct network *network, uint32_t socket, const struct request *const *requests,
                  uint32_t length);
/* Waits at most `wait` nanoseconds, hands over what has arrived. */
void network_receive(struct network *network, int64_t wait, on_reply *handle, void *context);

/* records.c: which record is the n-th, n = 0 the first that is sent; and what was acknowledged. */
struct place {
    uint32_t user, step, session;
};
struct told {
    uint32_t session;
    uint64_t octets; /* the most that was acknowledged of it */
};
struct records {
    uint32_t users, cycle;
    uint32_t *names;        /* by user: the number in its name */
    uint32_t *begun;        /* by user: POSIX seconds of its session's Start */
    struct told (*told)[2]; /* by user: its last two sessions */
    uint64_t starts, interims, stops, octets;
};
void records_begin(struct records *records, const struct options *options);
/* Records before everybody has a session: the warming up, in place of seconds. */
uint64_t records_prelude(const struct records *records);
void records_build(struct records *records, struct request *request, const struct options *options,
                   uint8_t identifier, uint64_t number);
void records_acknowledged(struct records *records, uint64_t number);
void records_print(const struct records *records);

/* steady.c, storm.c: run, print one JSON object, return the exit status. */
int run_steady(const struct options *options);
int run_storm(const struct options *options);

/* radload.c */
_Noreturn void stop(const char *format, ...) __attribute__((format(printf, 1, 2)));
void *room_for(size_t count, size_t size);
/* Prints the fields every mode shares (no braces); true when the run can be trusted. */
bool print_tally(const struct options *options, const struct tally *tally, double cpu_part);
double cpu_seconds(void);

#endif
