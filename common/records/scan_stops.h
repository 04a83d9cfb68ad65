/* Which of 64 bytes stop a run of plain text in a JSON string: '"', a backslash, a control byte or
 * a byte of a longer UTF-8 sequence. One bit each, the first byte lowest. */
#ifndef RECORDS_SCAN_STOPS_H
#define RECORDS_SCAN_STOPS_H

#include <endian.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define WINDOW 64

#define WINDOW_EACH(byte) (0x0101010101010101ULL * (byte))

/* Eight bytes as one number: the high bit of each byte that stops a run, exactly. */
static inline uint64_t window_stops8(const char *at)
{
    const uint64_t low = WINDOW_EACH(0x7f);
    uint64_t word, quotes, backslashes, plain;

    memcpy(&word, at, sizeof word);
    word = le64toh(word);
    quotes = word ^ WINDOW_EACH('"');
    backslashes = word ^ WINDOW_EACH('\\');
    plain =
        ((quotes & low) + low) & ((backslashes & low) + low) & ((word & low) + WINDOW_EACH(0x60));
    return (word | ~plain) & ~low;
}

static inline uint64_t window_stops_portable(const char *at)
{
    uint64_t stops = 0;

    for (unsigned i = 0; i < WINDOW / 8; i++)
        stops |= (window_stops8(at + 8 * i) >> 7) * 0x0102040810204080ULL >> 56 << 8 * i;
    return stops;
}

#ifdef __SSE2__
#include <emmintrin.h>

static inline uint64_t window_stops(const char *at)
{
    uint64_t stops = 0;

    for (unsigned i = 0; i < WINDOW / 16; i++) {
        __m128i x = _mm_loadu_si128((const __m128i *)(const void *)(at + 16 * i));
        __m128i special = _mm_or_si128(_mm_cmpeq_epi8(x, _mm_set1_epi8('"')),
                                       _mm_cmpeq_epi8(x, _mm_set1_epi8('\\')));

        /* Signed: bytes from 0x80 on are below 0x20, too. */
        special = _mm_or_si128(special, _mm_cmpgt_epi8(_mm_set1_epi8(0x20), x));
        stops |= (uint64_t)(unsigned)_mm_movemask_epi8(special) << 16 * i;
    }
    return stops;
}
#else
#define window_stops window_stops_portable
#endif

#endif
