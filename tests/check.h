/* A test program in C: TEST(name) { ... CHECK(x); } and one RUN line per test.
 *
 *     #include "check.h"
 *     TEST(two_and_two) { CHECK(2 + 2 == 4); }
 *     int main(void) { RUN(two_and_two); return check_end(); }
 *
 * The output is TAP, so prove(1) runs it. A test that checks nothing counts as failed. */
#ifndef TESTS_CHECK_H
#define TESTS_CHECK_H

#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static int check_number;        /* tests run */
static int check_failures;      /* tests failed */
static int check_count;         /* checks in this test */
static bool check_failed;       /* has this test failed? */
static const char *check_skips; /* why this test was skipped, or NULL */

#define TEST(name) static void test_##name(void)
#define RUN(name) check_run(#name, test_##name)
/* Sanitizers make everything several times slower: what takes long then does less. gcc defines a
 * macro for each, clang has a question. */
#if !defined(__has_feature)
#define __has_feature(feature) 0
#endif
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__) ||                               \
    __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define CHECK_SLOW true
#else
#define CHECK_SLOW false
#endif

#define SKIP(why) (void)(check_skips = (why))

#define CHECK(claim) check_claim((claim), __FILE__, __LINE__, "%s", #claim)
#define CHECK_TEXT(got, want) check_text((got), (want), __FILE__, __LINE__)
#define CHECK_INT(got, want) check_int((long long)(got), (long long)(want), __FILE__, __LINE__)
#define CHECK_NEAR(got, want, tolerance)                                                           \
    check_near((got), (want), (tolerance), #got, __FILE__, __LINE__)

__attribute__((format(printf, 4, 5), unused)) static bool check_claim(bool holds, const char *file,
                                                                      int line, const char *format,
                                                                      ...)
{
    va_list args;

    check_count++;
    if (holds) return true;
    check_failed = true;
    printf("# %s:%d: ", file, line);
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    putchar('\n');
    return false;
}

__attribute__((unused)) static void check_text(const char *got, const char *want, const char *file,
                                               int line)
{
    check_claim(got && strcmp(got, want) == 0, file, line, "got '%s', want '%s'",
                got ? got : "(null)", want);
}

__attribute__((unused)) static void check_int(long long got, long long want, const char *file,
                                              int line)
{
    check_claim(got == want, file, line, "got %lld, want %lld", got, want);
}

__attribute__((unused)) static void check_near(double got, double want, double tolerance,
                                               const char *what, const char *file, int line)
{
    check_claim(fabs(got - want) <= tolerance, file, line, "%s: got %.17g, want %.17g", what, got,
                want);
}

static void check_run(const char *name, void (*test)(void))
{
    check_failed = false;
    check_skips = NULL;
    check_count = 0;
    test();
    if (check_count == 0 && !check_skips) {
        printf("# %s checks nothing\n", name);
        check_failed = true;
    }
    check_number++;
    if (check_failed) check_failures++;
    printf("%s %d - %s", check_failed ? "not ok" : "ok", check_number, name);
    if (check_skips) printf(" # SKIP %s", check_skips);
    putchar('\n');
    fflush(stdout);
}

static int check_end(void)
{
    printf("1..%d\n", check_number);
    return check_failures > 0;
}

#endif
