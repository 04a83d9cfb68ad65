/* Preference pairs: a prompt, the answer people chose, the one they rejected.
 *
 * On disk a pair is one line of JSONL; dpo-pairs(5) describes it. A struct pair is that line taken
 * apart, without a copy: its fields are spans of the line, and what we do not know stays as it
 * came. One struct serves for many lines, one after the other. */
#ifndef RECORDS_PAIRS_H
#define RECORDS_PAIRS_H

#include "core/err.h"
#include "hash/hash.h"
#include "records/scan.h"

enum field {
    FIELD_PROMPT,
    FIELD_CHOSEN,
    FIELD_REJECTED,
    FIELD_ID,
    FIELD_SOURCE,
    FIELD_TOPIC,
    FIELD_CONSENSUS,
    FIELD_CHOSEN_SCORE,
    FIELD_REJECTED_SCORE,
    FIELD_ANNOTATOR,
    FIELD_ANSWER,
    FIELD_SYSTEM,
    FIELD_COUNT,
    FIELD_UNKNOWN = FIELD_COUNT
};

struct pair {
    struct text line;
    struct scan scan;                        /* each member's tag is its enum field */
    const struct value *fields[FIELD_COUNT]; /* NULL where absent or null */
    bool unasked; /* by pair_check: the prompt is messages, and neither user nor tool spoke last */
    struct scan inner, message; /* for looking inside a value */
    struct buffer scratch;      /* used by the calls below */
    struct buffer text;         /* for whoever looks at the pair */
};

/* Takes the line apart and finds the fields we know. The line must outlive the pair's use. */
bool pair_scan(struct pair *pair, struct text line, struct err *err);

/* After a failed scan: is nothing wrong but that the line ends too early? */
bool pair_is_cut(const struct pair *pair);

/* Is this the canonical form of dpo-pairs(5)? err names the field. */
bool pair_check(struct pair *pair, struct err *err);
bool pair_parse(struct pair *pair, struct text line, struct err *err); /* both */
void pair_release(struct pair *pair);

/* Can anything be learned from a canonical pair? Not when a text is blank or both answers are the
 * same; err says which. */
enum pair_fault { PAIR_TEACHES, PAIR_BLANK, PAIR_SAME };
enum pair_fault pair_fault(struct pair *pair, struct err *err);

const char *field_name(enum field field);
bool field_takes(enum field field, enum kind kind);  /* may its value be of that kind? */
enum field field_named(const struct member *member); /* FIELD_UNKNOWN for any other */

/* The text of a prompt or an answer: a string's meaning, or the contents of the messages with
 * newlines between them. Borrowed from the line or from scratch. */
struct text pair_text(struct pair *pair, enum field field, struct buffer *scratch);
void pair_add_text(struct pair *pair, enum field field, struct buffer *out); /* always appends */

/* What identifies a prompt or an answer: its text, and for messages all of them. The quick one is
 * good for this run only. */
struct hash128 pair_hash(struct pair *pair, enum field field, struct hash_key key);
struct hash128 pair_hash_quick(struct pair *pair, enum field field, struct hash_key key);

/* The value at a dotted path ('metadata.category'), or NULL. Valid until the next look inside. */
const struct value *pair_find(struct pair *pair, const char *path);

bool pair_number(const struct pair *pair, enum field field, double *number); /* false: absent */
bool pair_is_debate(struct pair *pair); /* does it say so anywhere? */

#endif
