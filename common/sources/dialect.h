/* Other people's preference records, rewritten in the canonical form of dpo-pairs(5).
 *
 * Fields are found under the names that public data sets use, at the top or inside 'metadata';
 * a prompt that only stands inside the answers is taken out of them, as TRL does it; messages in
 * from/value form become role/content. Members that we do not know stay as they were written. */
#ifndef SOURCES_DIALECT_H
#define SOURCES_DIALECT_H

#include "records/pairs.h"

#define DIALECT_MAPS 32 /* bits of dialect_work.mapped */

/* What the user said about names; all zero is nothing. */
struct dialect {
    struct {
        enum field field;
        const char *name; /* a dotted path is copied, a plain name is renamed */
    } maps[DIALECT_MAPS];
    size_t map_count;
};

/* Working space, used again from record to record. All zero is an empty one. */
struct dialect_work {
    unsigned char *as; /* for each member: the field it is, or what else becomes of it */
    size_t as_room;
    uint32_t mapped;                         /* bits of the maps whose name some record had */
    const struct value *fields[FIELD_COUNT]; /* where each field's value is */
    struct value added[FIELD_COUNT];         /* values that no member gives as it stands */
    struct value core[3];                    /* prompt, chosen and rejected as they will be */
    bool scant;            /* the prompt that was taken out of the answers is a piece of a word */
    struct buffer made[6]; /* their text where it had to be made */
    struct scan lists[3], message, metadata;
    struct buffer scratch;
};

/* Adds one 'FIELD=NAME'. */
bool dialect_map(struct dialect *dialect, const char *text, struct err *err);

enum dialect_result {
    DIALECT_OURS,  /* canonical as it stands */
    DIALECT_ADDS,  /* canonical but for fields that were found elsewhere: the pair has them now,
                      and dialect_write_added writes them behind the others */
    DIALECT_OTHER, /* the canonical line was appended to out: scan that one */
};

/* Looks at a scanned record, which is yet to be checked. False with err when it is no pair. */
bool dialect_convert(const struct dialect *dialect, struct pair *pair, struct dialect_work *work,
                     struct buffer *out, enum dialect_result *result, struct err *err);
void dialect_write_added(const struct dialect_work *work, struct buffer *out);
void dialect_work_release(struct dialect_work *work);

#endif
