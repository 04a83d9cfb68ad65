/* The words that fill the slots of the templates: names, places, invented companies, things to buy.
 *
 * Every list has two halves without a word in common: one for the templates that training uses and
 * one for those that are held out. A word may have slots itself ('{first9} from {team} asks: '). */
#ifndef SYNTH_SYNTH_WORDS_H
#define SYNTH_SYNTH_WORDS_H

#include "core/memory.h"

struct words {
    const char *name;      /* of the slot */
    const char *halves[2]; /* for training, held out; separated by '|' */
};

extern const struct words words_all[]; /* ends with a NULL name */

const struct words *words_named(struct text name); /* NULL: there is no such list */
size_t words_count(const char *list);
struct text words_pick(const char *list, size_t index);

#endif
