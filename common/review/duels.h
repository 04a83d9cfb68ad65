/* Two answers to one prompt: the model's now, and that of its baseline.
 *
 * Both stand in one file of results (dpo-eval --compare: 'generated' and 'reference'), or in two
 * ('generated' in each), whose records are matched by their ids. Where both answers are the same
 * text there is nothing to choose, and where one is missing neither. */
#ifndef REVIEW_DUELS_H
#define REVIEW_DUELS_H

#include "results/results.h"

struct duel {
    size_t now, baseline; /* which items of the results */
    struct hash128 key;   /* the record's */
    struct text category; /* at is NULL where it has none */
};

struct duels {
    const struct results *now, *baseline; /* borrowed; the same where one file has both answers */
    struct duel *items;                   /* in the order of now */
    size_t count;
    size_t same;      /* records whose two answers are one text */
    size_t missing;   /* records that lack an answer */
    size_t unmatched; /* records of now that the baseline does not have */
};

/* baseline may be NULL. False when not one duel is there, or the files are of different tests. */
bool duels_find(struct duels *duels, const struct results *now, const struct results *baseline,
                struct err *err);
void duels_release(struct duels *duels);

/* Good until scratch is used again. */
struct text duels_prompt(const struct duels *duels, size_t i, struct buffer *scratch);
struct text duels_now(const struct duels *duels, size_t i, struct buffer *scratch);
struct text duels_baseline(const struct duels *duels, size_t i, struct buffer *scratch);

/* The duel of a record, as a sheet calls it: by its id, or '#' and the hexadecimal digits of its
 * key where it has none, none that can be shown as it is, or that of a record before it. */
void duels_name(const struct duels *duels, size_t i, struct buffer *name);
bool duels_named(const struct duels *duels, struct text name, size_t *i);

#endif
