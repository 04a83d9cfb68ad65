/* Preference pairs for agents, written by a generator: a request, the right Thought and Action, and
 * a wrong answer whose fault has a name.
 *
 * The same settings give the same records, whatever their number: the first thousand of a million
 * are the thousand. No prompt comes twice, and near-duplicates, prompts that differ only in digits,
 * case and punctuation, are drawn again while others are to be had. */
#ifndef SYNTH_SYNTH_H
#define SYNTH_SYNTH_H

#include "core/err.h"
#include "core/outfile.h"
#include "hash/random.h"
#include "records/seen.h"
#include "synth/synth_slots.h"
#include "synth/synth_templates.h"

enum synth_part { SYNTH_TRAIN, SYNTH_HELDOUT, SYNTH_ALL };

#define SYNTH_CHOICES 64

/* All zero but the settings before synth_start. */
struct synth {
    size_t seed;                                 /* below 2 to the 32 */
    size_t part;                                 /* an enum synth_part */
    unsigned tools;                              /* a bit each */
    double hard;                                 /* the share of hard records, 0 to 1 */
    const struct synth_book *books[SYNTH_TOOLS]; /* NULL: our own */

    uint64_t written, by_tool[SYNTH_TOOLS], written_hard;

    struct random random;
    struct slots slots;
    struct seen prompts, shapes;
    struct synth_choice {
        const struct synth_template *row;
        size_t number; /* in its table, from 1 */
        bool heldout;
    } choices[SYNTH_TOOLS][2][SYNTH_CHOICES]; /* by tool and by hard */
    size_t choice_counts[SYNTH_TOOLS][2];
    struct buffer instruction, request, shape, thought, args, text;
};

/* Sets tools from 'calculator,search'. */
bool synth_set_tools(struct synth *synth, const char *list, struct err *err);

void synth_start(struct synth *synth);
void synth_release(struct synth *synth);

/* Appends the next record, a line with its newline. False when no new prompt is to be had. */
bool synth_next(struct synth *synth, struct buffer *line, struct err *err);

/* Writes so many records. */
bool synth_run(struct synth *synth, size_t count, struct outfile *out, struct err *err);

#endif
