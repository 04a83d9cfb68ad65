/* Draws some of many records, so that each stratum has its share: proportional, what is left over
 * going to the largest remainders. */
#ifndef REVIEW_SAMPLE_H
#define REVIEW_SAMPLE_H

#include <stddef.h>
#include <stdint.h>

#define SAMPLE_MOST ((size_t)500)

struct sample_record {
    size_t stratum;       /* numbered from 0 in any order */
    uint64_t luck, place; /* the luckiest of a stratum are drawn; places order what was drawn */
};

/* Writes the indices of those drawn, in the order of their places, to picks, which has room for
 * wanted of them (at most SAMPLE_MOST), and returns how many: wanted, or all where there are
 * fewer. */
size_t sample_draw(const struct sample_record *records, size_t count, size_t wanted, size_t *picks);

#endif
