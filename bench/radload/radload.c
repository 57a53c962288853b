/* Options, and what every mode prints. See README.md beside the room for examples. */
#include "radload.h"

#include <arpa/inet.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

enum { UNUSABLE = 2, SOCKETS_MAX = 1024, USERS_MAX = 1000000 };
#define SECONDS_MAX 3600
#define REQUESTS_MAX 100000000

static const char usage[] =
    "radload closed|open|storm --port PORT [options]\n"
    "  sends Access-Requests (PAP, as RouterOS for PPPoE) to a RADIUS server on this machine\n"
    "  --records               closed, open: Accounting-Requests instead; their first turn, a Start\n"
    "                          of each user, comes in place of the warming up\n"
    "  --cycle 10              records a session, Start and Stop included\n"
    "  --serial 0              number of the first session\n"
    "  --class ''              what they repeat from a login; {n} as above\n"
    "  --address 127.0.0.1     loopback only\n"
    "  --secret testing123     --username 'user{n}'  --password 'pw{n}'\n"
    "  --users 1000 --first 1  numbers put for {n}; their order comes from --seed 1\n"
    "  --seconds 10            measured time; storm: when to give up\n"
    "  --warmup 1              closed, open: seconds before it\n"
    "  --count 100000000       send no more requests than this\n"
    "  --window 64             closed: requests in flight\n"
    "  --rate 1000             open: requests a second\n"
    "  --sockets 64            closed, open: 256 identifiers each\n"
    "  --timeout-ms MS         closed, open: an answer after it is lost (3000);\n"
    "                          storm: time between tries (1100, as RouterOS)\n"
    "  --tries 3               storm: packets a dial\n"
    "  --redial-ms 5000        storm: mean wait before dialling again\n"
    "  --verify 1.0            part of the replies whose signatures are computed\n"
    "prints one JSON object; exits 1 when a reply was forged or misshapen or a user was refused,\n"
    "2 when it could not run\n";

void stop(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("radload: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(UNUSABLE);
}

void *room_for(size_t count, size_t size)
{
    void *room = calloc(count, size);
    if (!room)
        stop("no memory for %zu times %zu bytes", count, size);
    return room;
}

double cpu_seconds(void)
{
    struct rusage use;
    getrusage(RUSAGE_SELF, &use);
    return (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
           (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6;
}

bool print_tally(const struct options *options, const struct tally *tally, double cpu_part)
{
    const struct {
        const char *name;
        uint64_t value;
    } counts[] = {
        {"sent", tally->sent},       {"accepts", tally->accepts}, {"rejects", tally->rejects},
        {"lost", tally->lost},       {"late", tally->late},       {"forged", tally->forged},
        {"odd", tally->odd},         {"refused", tally->refused},
    };
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        printf(", \"%s\": %llu", counts[i].name, (unsigned long long)counts[i].value);
    printf(", \"verify\": %.3f, \"radload_cpu_part\": %.3f, \"reply_bytes\": %.1f", options->verify,
           cpu_part, tally->accepts ? (double)tally->reply_bytes / (double)tally->accepts : 0.0);
    printf(", \"sample_reply\": \"");
    for (size_t i = 0; i < tally->sample_length; i++)
        printf("%02x", tally->sample[i]);
    printf("\"");
    return !tally->forged && !tally->odd && !tally->rejects;
}

/* Nothing but loopback: a load generator pointed elsewhere is a weapon. */
static void aim(struct options *options, const char *address, uint16_t port)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    if (inet_pton(AF_INET, address, &v4.sin_addr) == 1 && ntohl(v4.sin_addr.s_addr) >> 24 == 127) {
        memcpy(&options->target, &v4, sizeof v4);
        options->target_length = sizeof v4;
    } else if (inet_pton(AF_INET6, address, &v6.sin6_addr) == 1 &&
               IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr)) {
        memcpy(&options->target, &v6, sizeof v6);
        options->target_length = sizeof v6;
    } else {
        stop("%s is not a loopback address: this machine only", address);
    }
}

static double number(const char *name, const char *text, double low, double high)
{
    char *end;
    double value = strtod(text, &end);
    if (end == text || *end || !(value >= low && value <= high))
        stop("--%s is a number from %g to %g, not %s", name, low, high, text);
    return value;
}

static void read_option(struct options *options, const char *name, const char *text,
                        const char **address, uint16_t *port)
{
    if (!strcmp(name, "address"))
        *address = text;
    else if (!strcmp(name, "port"))
        *port = (uint16_t)number(name, text, 1, 65535);
    else if (!strcmp(name, "secret"))
        options->secret = text;
    else if (!strcmp(name, "username"))
        options->username = text;
    else if (!strcmp(name, "password"))
        options->password = text;
    else if (!strcmp(name, "first"))
        options->first = (uint32_t)number(name, text, 0, 4e9);
    else if (!strcmp(name, "users"))
        options->users = (uint32_t)number(name, text, 1, USERS_MAX);
    else if (!strcmp(name, "seed"))
        options->seed = (uint64_t)number(name, text, 0, 0x1p53);
    else if (!strcmp(name, "sockets"))
        options->sockets = (uint32_t)number(name, text, 1, SOCKETS_MAX);
    else if (!strcmp(name, "window"))
        options->window = (uint32_t)number(name, text, 1, SOCKETS_MAX * IDENTIFIERS);
    else if (!strcmp(name, "rate"))
        options->rate = number(name, text, 1, 1e6);
    else if (!strcmp(name, "seconds"))
        options->seconds = number(name, text, 0.1, SECONDS_MAX);
    else if (!strcmp(name, "warmup"))
        options->warmup = number(name, text, 0, SECONDS_MAX);
    else if (!strcmp(name, "count"))
        options->count = (uint64_t)number(name, text, 1, REQUESTS_MAX);
    else if (!strcmp(name, "timeout-ms"))
        options->timeout = (int64_t)number(name, text, 1, 30000) * MILLISECOND;
    else if (!strcmp(name, "tries"))
        options->tries = (uint32_t)number(name, text, 1, 100);
    else if (!strcmp(name, "redial-ms"))
        options->redial = (int64_t)number(name, text, 1, 30000) * MILLISECOND;
    else if (!strcmp(name, "verify"))
        options->verify = number(name, text, 0, 1);
    else if (!strcmp(name, "records"))
        options->records = true;
    else if (!strcmp(name, "class"))
        options->class = text;
    else if (!strcmp(name, "cycle"))
        options->cycle = (uint32_t)number(name, text, 2, 1000);
    else if (!strcmp(name, "serial"))
        options->serial = (uint32_t)number(name, text, 0, 4e9);
}

static const struct option known[] = {
    {"address", required_argument, NULL, 0},    {"port", required_argument, NULL, 0},
    {"secret", required_argument, NULL, 0},     {"username", required_argument, NULL, 0},
    {"password", required_argument, NULL, 0},   {"first", required_argument, NULL, 0},
    {"users", required_argument, NULL, 0},      {"seed", required_argument, NULL, 0},
    {"sockets", required_argument, NULL, 0},    {"window", required_argument, NULL, 0},
    {"rate", required_argument, NULL, 0},       {"seconds", required_argument, NULL, 0},
    {"warmup", required_argument, NULL, 0},     {"count", required_argument, NULL, 0},
    {"timeout-ms", required_argument, NULL, 0}, {"tries", required_argument, NULL, 0},
    {"redial-ms", required_argument, NULL, 0},  {"verify", required_argument, NULL, 0},
    {"records", no_argument, NULL, 0},          {"class", required_argument, NULL, 0},
    {"cycle", required_argument, NULL, 0},      {"serial", required_argument, NULL, 0},
    {"help", no_argument, NULL, 'h'},           {NULL, 0, NULL, 0},
};

static enum mode mode_named(const char *name)
{
    if (!strcmp(name, "closed"))
        return CLOSED;
    if (!strcmp(name, "open"))
        return OPEN;
    if (!strcmp(name, "storm"))
        return STORM;
    stop("the mode is closed, open or storm, not %s", name);
}

static struct options read_options(int count, char **arguments)
{
    struct options options = {
        .secret = "testing123", .username = "user{n}", .password = "pw{n}", .first = 1,
        .users = 1000, .seed = 1, .sockets = 64, .window = 64, .rate = 1000, .seconds = 10,
        .warmup = 1, .count = REQUESTS_MAX, .tries = 3, .redial = 5 * SECOND, .verify = 1,
        .class = "", .cycle = 10,
    };
    const char *address = "127.0.0.1";
    uint16_t port = 0;
    int which, found;
    while ((found = getopt_long(count, arguments, "h", known, &which)) == 0)
        read_option(&options, known[which].name, optarg, &address, &port);
    if (found == 'h') {
        fputs(usage, stdout);
        exit(EXIT_SUCCESS);
    }
    if (found == '?' || optind + 1 != count || !port) {
        fputs(usage, stderr);
        exit(UNUSABLE);
    }
    options.mode = mode_named(arguments[optind]);
    if (!options.timeout)
        options.timeout = options.mode == STORM ? 1100 * MILLISECOND : 3 * SECOND;
    aim(&options, address, port);
    return options;
}

int main(int count, char **arguments)
{
    struct options options = read_options(count, arguments);
    char text[CLASS_BYTES];
    uint32_t last = options.first + options.users;
    if (!fill_pattern(text, TEXT_BYTES, options.username, last) ||
        !fill_pattern(text, TEXT_BYTES, options.password, last))
        stop("a user name and a password have 1 to %d bytes", TEXT_BYTES - 1);
    if (*options.class && !fill_pattern(text, CLASS_BYTES, options.class, last))
        stop("a Class has at most %d bytes", CLASS_BYTES - 1);
    if (options.records && options.mode == STORM)
        stop("a storm is of logins: --records goes with closed and open");
    if (options.mode == CLOSED && options.window > options.sockets * IDENTIFIERS)
        stop("%u requests in flight need more than %u --sockets", options.window, options.sockets);
    prctl(PR_SET_TIMERSLACK, 1000UL); /* the default 50 us would show in every open-loop latency */
    return options.mode == STORM ? run_storm(&options) : run_steady(&options);
}
