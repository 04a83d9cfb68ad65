/* How far a string goes on with nothing to look at: the first '"', backslash, control byte or
 * byte of a longer UTF-8 sequence in [at, end), or end. */
#ifndef RECORDS_SCAN_RUN_H
#define RECORDS_SCAN_RUN_H

#include <endian.h>
#include <stdint.h>
#include <string.h>

typedef const char *scan_run_kernel(const char *at, const char *end);

extern scan_run_kernel *scan_run_fastest; /* for long strings: the best this processor has */

scan_run_kernel scan_run_portable;
scan_run_kernel *scan_run_x86(void); /* NULL where there is none */

#define SCAN_RUN_EACH(byte) (0x0101010101010101ULL * (byte))

/* Eight bytes as one number, the first one lowest: the high bit is set in each byte that stops the
 * run. Only the lowest hit counts, for a hit may cause false ones above itself. */
static inline uint64_t scan_run_stops(const char *at)
{
    uint64_t word, quotes, backslashes, stops;

    memcpy(&word, at, sizeof word);
    word = le64toh(word);
    quotes = word ^ SCAN_RUN_EACH('"');
    backslashes = word ^ SCAN_RUN_EACH('\\');
    stops = (word - SCAN_RUN_EACH(0x20)) & ~word;
    stops |= (quotes - SCAN_RUN_EACH(1)) & ~quotes;
    stops |= (backslashes - SCAN_RUN_EACH(1)) & ~backslashes;
    return (stops | word) & SCAN_RUN_EACH(0x80);
}

/* Most strings are short: two looks without a call find their end. */
static inline const char *scan_run(const char *at, const char *end)
{
    for (int i = 0; i < 2 && end - at >= 8; i++, at += 8) {
        uint64_t stops = scan_run_stops(at);

        if (stops) return at + __builtin_ctzll(stops) / 8;
    }
    return __atomic_load_n(&scan_run_fastest, __ATOMIC_RELAXED)(at, end);
}

#endif
