/* Latencies and their percentiles. */
#include "radload.h"

#include <math.h>
#include <stdlib.h>

void samples_add(struct samples *samples, int64_t nanoseconds)
{
    if (samples->length == samples->capacity) {
        samples->capacity = samples->capacity ? 2 * samples->capacity : 1 << 16;
        samples->micros = realloc(samples->micros, samples->capacity * sizeof *samples->micros);
        if (!samples->micros)
            stop("no memory for %zu latencies", samples->capacity);
    }
    samples->micros[samples->length++] = (uint32_t)(nanoseconds / 1000);
}

static int by_size(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return (a > b) - (a < b);
}

double samples_percentile(struct samples *samples, double part)
{
    if (!samples->length)
        return 0;
    qsort(samples->micros, samples->length, sizeof *samples->micros, by_size);
    size_t rank = (size_t)ceil(part * (double)samples->length);
    return samples->micros[rank ? rank - 1 : 0] / 1000.0;
}
