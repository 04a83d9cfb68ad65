#include "records/scan_run.h"

#include <stdint.h>
#include <string.h>

#define EACH(byte) (0x0101010101010101ULL * (byte))

/* In each byte of the word: the high bit set where the byte is zero. Bytes above the first hit
 * may show false hits, so only the lowest one counts. */
static uint64_t zeros(uint64_t word)
{
    return (word - EACH(1)) & ~word & EACH(0x80);
}

const char *scan_run_portable(const char *at, const char *end)
{
    for (; end - at >= 8; at += 8) {
        uint64_t word, low;

        memcpy(&word, at, 8);
        low = (word - EACH(0x20)) & ~word & EACH(0x80);
        if (word & EACH(0x80) || low || zeros(word ^ EACH('"')) || zeros(word ^ EACH('\\'))) break;
    }
    for (; at < end; at++) {
        unsigned char byte = (unsigned char)*at;

        if (byte == '"' || byte == '\\' || byte < 0x20 || byte >= 0x80) break;
    }
    return at;
}

static const char *first_use(const char *at, const char *end)
{
    scan_run_kernel *fastest = scan_run_x86();

    fastest = fastest ? fastest : scan_run_portable;
    __atomic_store_n(&scan_run, fastest, __ATOMIC_RELAXED);
    return fastest(at, end);
}

scan_run_kernel *scan_run = first_use;
