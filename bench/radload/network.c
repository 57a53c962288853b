/* Sockets: many, because one has only 256 identifiers; batches, because calls cost more than packets. */
#define _GNU_SOURCE
#include "radload.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { SPARE_FILES = 16, READY = 64 };

int64_t clock_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * SECOND + now.tv_nsec;
}

static void allow_files(uint32_t sockets)
{
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_cur >= sockets + SPARE_FILES)
        return;
    limit.rlim_cur = sockets + SPARE_FILES;
    if (limit.rlim_cur > limit.rlim_max || setrlimit(RLIMIT_NOFILE, &limit) != 0)
        stop("%u sockets are more than this process may open (ulimit -n)", sockets);
}

void network_open(struct network *network, const struct options *options, uint32_t sockets)
{
    allow_files(sockets);
    *network = (struct network){.length = sockets, .epoll = epoll_create1(EPOLL_CLOEXEC)};
    network->sockets = room_for(sockets, sizeof *network->sockets);
    for (uint32_t i = 0; i < sockets; i++) {
        int fd = socket(options->target.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        int room = 1 << 20; /* 256 replies at once cost the kernel about 200 KB */
        struct epoll_event event = {.events = EPOLLIN, .data.u32 = i};
        if (fd < 0 || connect(fd, (const struct sockaddr *)&options->target,
                              options->target_length) != 0 ||
            setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room) != 0 ||
            epoll_ctl(network->epoll, EPOLL_CTL_ADD, fd, &event) != 0)
            stop("socket %u of %u: %s", i + 1, sockets, strerror(errno));
        network->sockets[i] = fd;
    }
}

/* A connected UDP socket tells that nobody listens by failing the next call: count it, go on. */
static void note_error(struct network *network)
{
    if (errno == ECONNREFUSED)
        network->refused++;
    else if (errno != EINTR && errno != EAGAIN)
        stop("the kernel refuses to go on: %s", strerror(errno));
}

void network_send(struct network *network, uint32_t socket, const struct request *const *requests,
                  uint32_t length)
{
    struct mmsghdr messages[BATCH];
    struct iovec parts[BATCH];
    for (uint32_t i = 0; i < length; i++) {
        parts[i] = (struct iovec){(void *)requests[i]->bytes, requests[i]->length};
        messages[i] = (struct mmsghdr){.msg_hdr = {.msg_iov = &parts[i], .msg_iovlen = 1}};
    }
    uint32_t done = 0;
    while (done < length) {
        int sent = sendmmsg(network->sockets[socket], messages + done, length - done, 0);
        if (sent > 0)
            done += (uint32_t)sent;
        else
            note_error(network);
    }
}

static void drain(struct network *network, uint32_t socket, on_reply *handle, void *context)
{
    static uint8_t replies[BATCH][REPLY_BYTES];
    static struct iovec parts[BATCH];
    static struct mmsghdr messages[BATCH];
    for (int i = 0; i < BATCH && !messages[i].msg_hdr.msg_iov; i++) { /* the first time only */
        parts[i] = (struct iovec){replies[i], REPLY_BYTES};
        messages[i].msg_hdr = (struct msghdr){.msg_iov = &parts[i], .msg_iovlen = 1};
    }
    int got = recvmmsg(network->sockets[socket], messages, BATCH, MSG_DONTWAIT, NULL);
    if (got < 0) {
        note_error(network);
        return;
    }
    int64_t now = clock_now();
    for (int i = 0; i < got; i++)
        handle(context, socket, replies[i], messages[i].msg_len, now);
}

void network_receive(struct network *network, int64_t wait, on_reply *handle, void *context)
{
    struct epoll_event events[READY];
    struct timespec limit = {wait / SECOND, wait % SECOND};
    int ready = epoll_pwait2(network->epoll, events, READY, &limit, NULL);
    if (ready < 0)
        note_error(network);
    for (int i = 0; i < ready; i++)
        drain(network, events[i].data.u32, handle, context);
}
