/* Texts with slots: 'Put {kind} with {person} on my calendar for {date} at {time}.'
 *
 * A slot is drawn when it is met first and then stays: the prompt, the thought and the action of a
 * record tell of the same person. Its name, digits at the end aside, says what it stands for:
 *
 *     {city} {city2}    two different words of the list 'city' (synth_words.h), or a name that
 *                       was bound to a text
 *     {person}          a first and a last name
 *     {date} {time} ... see synth_moments.h
 *     {a:2-99}          a whole number; later {a}
 *     {m:1.50-9.95}     with two decimals; 'lo-hi/0.05' goes in steps
 *
 * Behind the name may stand a sign: {date=} the form the tool wants, and a word without its
 * article; {kind^} the same with a capital; {a,} a number with commas between the thousands. */
#ifndef SYNTH_SYNTH_SLOTS_H
#define SYNTH_SYNTH_SLOTS_H

#include "core/memory.h"
#include "hash/random.h"

#include <stdbool.h>

#define SLOTS_MAX 48

struct slot {
    struct text name, range; /* in the pattern it came from */
    size_t shown, shown_len; /* in the text of all slots: as the user says it ... */
    size_t plain, plain_len; /* ... and as the tool wants it */
};

/* All zero but random before the first record. */
struct slots {
    struct random *random; /* borrowed */
    bool heldout;          /* take the words that are held out */
    struct slot all[SLOTS_MAX];
    size_t count;
    struct buffer text;
};

void slots_clear(struct slots *slots);
void slots_release(struct slots *slots);

/* Gives the name that text, instead of what it had. name must outlive the record. */
void slots_bind(struct slots *slots, const char *name, struct text text);

/* Appends the pattern with its slots filled. */
void slots_fill(struct slots *slots, const char *pattern, struct buffer *out);

/* Draws a slot of the pattern again until it differs; keep a copy of it to take that back. */
void slots_redraw(struct slots *slots, struct slot *slot);

/* The next slot that stands in *pattern, which moves behind it; NULL at the end. */
struct slot *slots_next(struct slots *slots, const char **pattern);
bool slot_is_number(const struct slots *slots, const struct slot *slot); /* or a date, a time */

#endif
