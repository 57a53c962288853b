/* Requests and replies on the wire: RFC 2865, RFC 2866, RFC 2869 section 5.14 (Message-Authenticator).
 *
 * The low-level MD5 calls are deprecated in OpenSSL 3 but cost neither an allocation nor a provider
 * look-up, and a copied context is a key schedule done once.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "radload.h"

#include <arpa/inet.h>
#include <openssl/md5.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEADER = 20, AUTHENTICATOR = 4, DIGEST = 16, BLOCK = 64 };
enum {
    ACCESS_REQUEST = 1, ACCESS_ACCEPT = 2, ACCESS_REJECT = 3,
    ACCOUNTING_REQUEST = 4, ACCOUNTING_RESPONSE = 5,
};
enum {
    USER_NAME = 1, USER_PASSWORD = 2, NAS_IP_ADDRESS = 4, NAS_PORT = 5, SERVICE_TYPE = 6,
    FRAMED_PROTOCOL = 7, FRAMED_IP_ADDRESS = 8, CLASS = 25, CALLED_STATION_ID = 30,
    CALLING_STATION_ID = 31, NAS_IDENTIFIER = 32, ACCT_STATUS_TYPE = 40, ACCT_DELAY_TIME = 41,
    ACCT_INPUT_OCTETS = 42, ACCT_OUTPUT_OCTETS = 43, ACCT_SESSION_ID = 44, ACCT_AUTHENTIC = 45,
    ACCT_SESSION_TIME = 46, ACCT_INPUT_PACKETS = 47, ACCT_OUTPUT_PACKETS = 48,
    ACCT_TERMINATE_CAUSE = 49, ACCT_INPUT_GIGAWORDS = 52, ACCT_OUTPUT_GIGAWORDS = 53,
    EVENT_TIMESTAMP = 55, NAS_PORT_TYPE = 61, MESSAGE_AUTHENTICATOR = 80, NAS_PORT_ID = 87,
};
enum { FRAMED_USER = 2, PPP = 1, ETHERNET = 15, BY_RADIUS = 1, USER_REQUEST = 1 };
enum { START = 1, STOP = 2, PACKET_BYTES_MEAN = 1000 };
#define OWN_ADDRESSES 0x64400000 /* 100.64.0.0/10, RFC 6598 */

static const char *secret_text;
static size_t secret_length;
static MD5_CTX secret_hashed, hmac_inner, hmac_outer;

void packets_use_secret(const char *secret)
{
    uint8_t key[BLOCK] = {0};
    secret_text = secret;
    secret_length = strlen(secret);
    if (secret_length > BLOCK)
        stop("a secret is at most %d bytes", BLOCK);
    memcpy(key, secret, secret_length);
    MD5_Init(&secret_hashed);
    MD5_Update(&secret_hashed, secret, secret_length);
    for (int i = 0; i < BLOCK; i++)
        key[i] ^= 0x36;
    MD5_Init(&hmac_inner);
    MD5_Update(&hmac_inner, key, BLOCK);
    for (int i = 0; i < BLOCK; i++)
        key[i] ^= 0x36 ^ 0x5c;
    MD5_Init(&hmac_outer);
    MD5_Update(&hmac_outer, key, BLOCK);
}

static void hmac(const uint8_t *bytes, size_t length, uint8_t digest[DIGEST])
{
    MD5_CTX inner = hmac_inner, outer = hmac_outer;
    MD5_Update(&inner, bytes, length);
    MD5_Final(digest, &inner);
    MD5_Update(&outer, digest, DIGEST);
    MD5_Final(digest, &outer);
}

/* splitmix64: any seed, even 0, gives a good sequence. */
uint64_t random_next(uint64_t *state)
{
    uint64_t mixed = (*state += UINT64_C(0x9E3779B97F4A7C15));
    mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94D049BB133111EB);
    return mixed ^ (mixed >> 31);
}

uint32_t *shuffled_users(const struct options *options)
{
    uint32_t *users = room_for(options->users, sizeof *users);
    uint64_t random = options->seed;
    for (uint32_t i = 0; i < options->users; i++) {
        uint32_t other = (uint32_t)(random_next(&random) % (i + 1));
        users[i] = users[other];
        users[other] = options->first + i;
    }
    return users;
}

bool fill_pattern(char *text, size_t size, const char *pattern, uint32_t user)
{
    const char *mark = strstr(pattern, "{n}");
    int length = mark ? snprintf(text, size, "%.*s%u%s", (int)(mark - pattern), pattern, user,
                                 mark + strlen("{n}"))
                      : snprintf(text, size, "%s", pattern);
    return length > 0 && (size_t)length < size;
}

static uint8_t *append(struct request *request, uint8_t type, const void *value, size_t length)
{
    if (request->length + 2 + length > REQUEST_BYTES)
        stop("a request does not fit into %d bytes", REQUEST_BYTES);
    uint8_t *attribute = request->bytes + request->length;
    attribute[0] = type;
    attribute[1] = (uint8_t)(2 + length);
    memcpy(attribute + 2, value, length);
    request->length = (uint16_t)(request->length + 2 + length);
    return attribute + 2;
}

static void append_text(struct request *request, uint8_t type, const char *text)
{
    append(request, type, text, strlen(text));
}

static void append_number(struct request *request, uint8_t type, uint32_t number)
{
    uint32_t wire = htonl(number);
    append(request, type, &wire, sizeof wire);
}

/* RFC 2865 section 5.2: blocks of 16 bytes, each hidden with the secret and the block before. */
static void append_password(struct request *request, const char *password)
{
    uint8_t hidden[TEXT_BYTES] = {0}, digest[DIGEST];
    size_t length = strlen(password), padded = length ? (length + 15) / 16 * 16 : 16;
    const uint8_t *before = request->bytes + AUTHENTICATOR;
    memcpy(hidden, password, length);
    for (size_t at = 0; at < padded; at += DIGEST) {
        MD5_CTX context = secret_hashed;
        MD5_Update(&context, before, DIGEST);
        MD5_Final(digest, &context);
        for (int i = 0; i < DIGEST; i++)
            hidden[at + i] ^= digest[i];
        before = hidden + at;
    }
    append(request, USER_PASSWORD, hidden, padded);
}

/* What both a login and a record say of a user's session. */
static void append_identity(struct request *request, const struct options *options, uint32_t user,
                            uint32_t serial)
{
    char text[TEXT_BYTES];
    append_number(request, SERVICE_TYPE, FRAMED_USER);
    append_number(request, FRAMED_PROTOCOL, PPP);
    append_number(request, NAS_PORT, 0xF00000 | (serial & 0xFFFFF));
    append_number(request, NAS_PORT_TYPE, ETHERNET);
    fill_pattern(text, sizeof text, options->username, user);
    append_text(request, USER_NAME, text);
    snprintf(text, sizeof text, "02:00:%02X:%02X:%02X:%02X", user >> 24, user >> 16 & 0xFF,
             user >> 8 & 0xFF, user & 0xFF);
    append_text(request, CALLING_STATION_ID, text);
    append_text(request, CALLED_STATION_ID, "home");
    snprintf(text, sizeof text, "vlan%u-olt1", 100 + user % 900);
    append_text(request, NAS_PORT_ID, text);
    snprintf(text, sizeof text, "81%08x", serial);
    append_text(request, ACCT_SESSION_ID, text);
}

static void append_router(struct request *request)
{
    append_text(request, NAS_IDENTIFIER, "bras-bench");
    append_number(request, NAS_IP_ADDRESS, INADDR_LOOPBACK);
}

static void write_length(struct request *request)
{
    request->bytes[2] = (uint8_t)(request->length >> 8);
    request->bytes[3] = (uint8_t)request->length;
}

void build_request(struct request *request, const struct options *options, uint32_t user,
                   uint8_t identifier, uint32_t serial, uint64_t *random)
{
    char password[TEXT_BYTES];
    static const uint8_t nothing[DIGEST];
    fill_pattern(password, sizeof password, options->password, user);

    request->bytes[0] = ACCESS_REQUEST;
    request->bytes[1] = identifier;
    for (int i = 0; i < DIGEST; i += 8) {
        uint64_t bits = random_next(random);
        memcpy(request->bytes + AUTHENTICATOR + i, &bits, sizeof bits);
    }
    request->length = HEADER;
    append_identity(request, options, user, serial);
    append_password(request, password);
    append_router(request);
    uint8_t *signature = append(request, MESSAGE_AUTHENTICATOR, nothing, DIGEST);
    write_length(request);
    uint8_t digest[DIGEST];
    hmac(request->bytes, request->length, digest);
    memcpy(signature, digest, DIGEST);
}

static void append_counters(struct request *request, const struct record *record)
{
    append_number(request, ACCT_SESSION_TIME, record->seconds);
    append_number(request, ACCT_INPUT_OCTETS, (uint32_t)record->upload);
    append_number(request, ACCT_INPUT_GIGAWORDS, (uint32_t)(record->upload >> 32));
    append_number(request, ACCT_INPUT_PACKETS, (uint32_t)(record->upload / PACKET_BYTES_MEAN));
    append_number(request, ACCT_OUTPUT_OCTETS, (uint32_t)record->download);
    append_number(request, ACCT_OUTPUT_GIGAWORDS, (uint32_t)(record->download >> 32));
    append_number(request, ACCT_OUTPUT_PACKETS, (uint32_t)(record->download / PACKET_BYTES_MEAN));
}

void build_record(struct request *request, const struct options *options,
                  const struct record *record, uint8_t identifier)
{
    char class[CLASS_BYTES];
    request->bytes[0] = ACCOUNTING_REQUEST;
    request->bytes[1] = identifier;
    memset(request->bytes + AUTHENTICATOR, 0, DIGEST);
    request->length = HEADER;
    append_number(request, ACCT_STATUS_TYPE, record->status);
    append_identity(request, options, record->user, record->session);
    append_number(request, FRAMED_IP_ADDRESS, OWN_ADDRESSES + record->user);
    append_number(request, ACCT_AUTHENTIC, BY_RADIUS);
    if (*options->class) {
        fill_pattern(class, sizeof class, options->class, record->user);
        append_text(request, CLASS, class);
    }
    if (record->status != START)
        append_counters(request, record);
    if (record->status == STOP)
        append_number(request, ACCT_TERMINATE_CAUSE, USER_REQUEST);
    append_router(request);
    append_number(request, EVENT_TIMESTAMP, record->at);
    append_number(request, ACCT_DELAY_TIME, 0);
    write_length(request);

    /* RFC 2866, section 3: the packet with zeros in the authenticator's place, + secret. */
    MD5_CTX context;
    MD5_Init(&context);
    MD5_Update(&context, request->bytes, request->length);
    MD5_Update(&context, secret_text, secret_length);
    MD5_Final(request->bytes + AUTHENTICATOR, &context);
}

/* Where the value of the only Message-Authenticator lies; NULL when none, two or misshapen. */
static uint8_t *find_signature(uint8_t *reply, size_t length)
{
    uint8_t *found = NULL;
    size_t at = HEADER;
    while (at + 2 <= length) {
        size_t size = reply[at + 1];
        if (size < 2 || at + size > length)
            return NULL;
        if (reply[at] == MESSAGE_AUTHENTICATOR) {
            if (found || size != 2 + DIGEST)
                return NULL;
            found = reply + at + 2;
        }
        at += size;
    }
    return at == length ? found : NULL;
}

static bool is_genuine(const struct request *request, uint8_t *reply, size_t length)
{
    uint8_t claimed[DIGEST], digest[DIGEST];
    uint8_t *signature = find_signature(reply, length);
    if (!signature && reply[0] != ACCOUNTING_RESPONSE) /* where it is not asked for */
        return false;

    /* Response Authenticator: the reply with the request's authenticator in its place, + secret. */
    memcpy(claimed, reply + AUTHENTICATOR, DIGEST);
    memcpy(reply + AUTHENTICATOR, request->bytes + AUTHENTICATOR, DIGEST);
    MD5_CTX context;
    MD5_Init(&context);
    MD5_Update(&context, reply, length);
    MD5_Update(&context, secret_text, secret_length);
    MD5_Final(digest, &context);
    if (memcmp(claimed, digest, DIGEST) != 0)
        return false;
    if (!signature)
        return true;

    memcpy(claimed, signature, DIGEST);
    memset(signature, 0, DIGEST);
    hmac(reply, length, digest);
    memcpy(signature, claimed, DIGEST);
    return memcmp(claimed, digest, DIGEST) == 0;
}

enum answer judge_reply(const struct request *request, uint8_t *reply, size_t length, bool verify)
{
    if (length < HEADER || ((size_t)reply[2] << 8 | reply[3]) != length)
        return ODD;
    if (verify && !is_genuine(request, reply, length))
        return FORGED;
    if (reply[0] == (request->bytes[0] == ACCOUNTING_REQUEST ? ACCOUNTING_RESPONSE : ACCESS_ACCEPT))
        return ACCEPT;
    return reply[0] == ACCESS_REJECT ? REJECT : ODD;
}

void tally_answer(struct tally *tally, enum answer answer, const uint8_t *reply, size_t length)
{
    switch (answer) {
    case ACCEPT:
        tally->accepts++;
        tally->reply_bytes += length;
        memcpy(tally->sample, reply, length);
        tally->sample_length = length;
        break;
    case REJECT:
        tally->rejects++;
        break;
    case FORGED:
        tally->forged++;
        break;
    case ODD:
        tally->odd++;
        break;
    }
}
