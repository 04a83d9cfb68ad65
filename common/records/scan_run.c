#include "records/scan_run.h"

const char *scan_run_portable(const char *at, const char *end)
{
    for (; end - at >= 8; at += 8) {
        uint64_t stops = scan_run_stops(at);

        if (stops) return at + __builtin_ctzll(stops) / 8;
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
    __atomic_store_n(&scan_run_fastest, fastest, __ATOMIC_RELAXED);
    return fastest(at, end);
}

scan_run_kernel *scan_run_fastest = first_use;
