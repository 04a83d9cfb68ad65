/* Two texts, and what the second one says otherwise: word by word.
 *
 * A word is a run of letters and digits, or of blanks, or one other character. Of long texts, or
 * such that have little in common, the middle that would take too long to compare is marked as a
 * whole. */
#ifndef PAGE_DIFFERENCE_H
#define PAGE_DIFFERENCE_H

#include "core/memory.h"

#include <stdbool.h>

enum difference_kind { DIFFERENCE_SAME, DIFFERENCE_GONE, DIFFERENCE_NEW };

struct difference_part {
    enum difference_kind kind;
    struct text text; /* of the old text where it is gone, else of the new one */
};

struct difference {
    struct difference_part *parts; /* in order; no two neighbours of one kind */
    size_t count, room;
};

/* Both texts are borrowed and must be there as long as the difference is. */
void difference_find(struct difference *difference, struct text before, struct text after);
void difference_release(struct difference *difference);

/* How much of both texts is the same, from 0 to 1; 1 of two empty ones. */
double difference_share(const struct difference *difference);

/* The old text with <del> around what is gone, or the new one with <ins> around what came, escaped;
 * of the parts that belong to the other one nothing. */
void difference_html(const struct difference *difference, enum difference_kind marked,
                     struct buffer *page);

#endif
