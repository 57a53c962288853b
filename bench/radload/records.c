/* Accounting: sessions of known octets, a record at a time (RFC 2866; what RouterOS sends for PPPoE).
 *
 * The users speak in turn. A session is a Start, Interim-Updates and a Stop, `cycle` records in all;
 * users are spread over that cycle, so that every stretch of records has the same mix. The first turn
 * of all begins each user's session: it is the warming up, and is not measured.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "radload.h"

#include <openssl/md5.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { START = 1, STOP = 2, INTERIM = 3 };
#define UPLOAD_STEP UINT64_C(61000007)    /* octets a record */
#define DOWNLOAD_STEP UINT64_C(931000003) /* every fifth needs a high word */

static uint64_t turn_of(const struct records *records, uint64_t number)
{
    return number / records->users;
}

/* Where in its cycle a user is: 0 is Start, cycle - 1 is Stop. */
static struct place place_of(const struct records *records, uint64_t number)
{
    uint64_t turn = turn_of(records, number), user = number % records->users;
    uint64_t at = user % records->cycle + (turn ? turn : 1);
    return (struct place){
        .user = (uint32_t)user,
        .step = turn ? (uint32_t)(at % records->cycle) : 0,
        .session = (uint32_t)(at / records->cycle),
    };
}

void records_begin(struct records *records, const struct options *options)
{
    *records = (struct records){.users = options->users, .cycle = options->cycle};
    records->names = shuffled_users(options);
    records->begun = room_for(options->users, sizeof *records->begun);
    records->told = room_for(options->users, sizeof *records->told);
}

uint64_t records_prelude(const struct records *records)
{
    return records->users;
}

void records_build(struct records *records, struct request *request, const struct options *options,
                   uint8_t identifier, uint64_t number)
{
    struct place place = place_of(records, number);
    uint32_t now = (uint32_t)time(NULL);
    if (place.step == 0)
        records->begun[place.user] = now;
    struct record record = {
        .status = place.step == 0 ? START : place.step + 1 == records->cycle ? STOP : INTERIM,
        .user = records->names[place.user],
        .session = options->serial + place.session * records->users + place.user,
        .upload = place.step * UPLOAD_STEP,
        .download = place.step * DOWNLOAD_STEP,
        .seconds = now - records->begun[place.user],
        .at = now,
    };
    build_record(request, options, &record, identifier);
}

void records_acknowledged(struct records *records, uint64_t number)
{
    struct place place = place_of(records, number);
    uint64_t octets = place.step * (UPLOAD_STEP + DOWNLOAD_STEP);
    if (place.step == 0)
        records->starts++;
    else if (place.step + 1 == records->cycle)
        records->stops++;
    else
        records->interims++;
    /* Answers may come in another order than records were sent in: late ones take nothing back. */
    struct told *told = &records->told[place.user][place.session % 2];
    if (told->session != place.session)
        *told = (struct told){.session = place.session};
    if (octets > told->octets) {
        records->octets += octets - told->octets;
        told->octets = octets;
    }
}

void records_print(const struct records *records)
{
    printf(", \"starts\": %llu, \"interims\": %llu, \"stops\": %llu, \"octets\": %llu",
           (unsigned long long)records->starts, (unsigned long long)records->interims,
           (unsigned long long)records->stops, (unsigned long long)records->octets);
}
