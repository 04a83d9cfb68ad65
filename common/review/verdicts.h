/* What people said on a review sheet.
 *
 * As the sheet saves it, a JSON object a line:
 *
 *     {"id":"cma_017","choice":"1","note":"clearer","key":"7-3f0c9a4be1d25577-90b1e6f2c4a83d10"}
 *
 * or as a table (CSV) with columns of these names in any order, others passed over; or, typed by
 * hand, with the columns id, choice and maybe note and no names. A choice is 1, 2 or tie (also t or
 * =); without one the record was left open. The key is the sheet's seed and what both answers are
 * known by (blind_text), in their order: it ties a choice to the very texts that were read. A table
 * typed by hand has none, and is taken for one of a sheet that this version made.
 */
#ifndef REVIEW_VERDICTS_H
#define REVIEW_VERDICTS_H

#include "core/err.h"
#include "core/memory.h"

#include <stdint.h>

enum choice { CHOICE_OPEN, CHOICE_FIRST, CHOICE_SECOND, CHOICE_TIE };

struct verdict {
    struct text id; /* of a table: as it stands there, see csv_plain */
    enum choice choice;
    struct text note;
    uint64_t first, second; /* of the key */
    uint64_t line;
};

struct verdicts {
    char *path; /* as shown to people */
    struct verdict *items;
    size_t count, room;
    bool keyed;    /* have they keys? All have, or none */
    uint64_t seed; /* where keyed: of the one sheet that all are of */
    struct buffer text, words;
};

/* '-' is standard input. False with err, which names file and line, unless at least one choice was
 * made. */
bool verdicts_open(struct verdicts *verdicts, const char *path, struct err *err);

/* The same for bytes that somebody else read into verdicts->text, all else being zero. */
bool verdicts_take(struct verdicts *verdicts, const char *path, struct err *err);
void verdicts_close(struct verdicts *verdicts);

#endif
