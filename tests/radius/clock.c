/*  Preloaded into FreeRADIUS by test_clock.py: the wall clock runs ahead by the seconds that the file
 *  $TEST_CLOCK holds. The monotonic clock and sleeping are left alone (libfaketime 0.9.10 fakes those
 *  too, and then Python's sleep fails).
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

static long ahead(void)
{
	const char *name = getenv("TEST_CLOCK");
	FILE *file = name ? fopen(name, "r") : NULL;
	long seconds = 0;

	if (!file) return 0;
	if (fscanf(file, "%ld", &seconds) != 1) seconds = 0;
	fclose(file);
	return seconds;
}

int clock_gettime(clockid_t which, struct timespec *now)
{
	static int (*real)(clockid_t, struct timespec *);
	int failed;

	if (!real) real = (int (*)(clockid_t, struct timespec *)) dlsym(RTLD_NEXT, "clock_gettime");
	failed = real(which, now);
	if (!failed && which == CLOCK_REALTIME) now->tv_sec += ahead();
	return failed;
}

time_t time(time_t *where)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	if (where) *where = now.tv_sec;
	return now.tv_sec;
}

int gettimeofday(struct timeval *where, void *zone)
{
	struct timespec now;

	(void) zone;
	clock_gettime(CLOCK_REALTIME, &now);
	where->tv_sec = now.tv_sec;
	where->tv_usec = now.tv_nsec / 1000;
	return 0;
}
