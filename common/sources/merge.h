/* Many sources, one canonical stream without repeats: what dpo-merge does. */
#ifndef SOURCES_MERGE_H
#define SOURCES_MERGE_H

#include "core/outfile.h"
#include "records/seal.h"
#include "records/seen.h"
#include "records/spool.h"
#include "sources/dialect.h"
#include "sources/source.h"

#define MERGE_NOTES 3

enum duplicates { KEEP_FIRST, KEEP_LAST, KEEP_STRONGEST, KEEP_ALL, REFUSE_THEM };
enum duplicate_by { BY_PAIR, BY_PROMPT };

struct merge {
    struct source source;
    struct dialect dialect;
    const char *source_name; /* for records that name none; NULL: their file */
    size_t duplicates, by;   /* enum duplicates, enum duplicate_by */
    size_t skip_bad;         /* so many bad records may be passed over */
    struct outfile *out;
    struct outfile *rejects;               /* bad records and why, or NULL */
    void (*failed)(const struct err *err); /* see threads.h; may be NULL */

    /* What came of it. */
    uint64_t read, written, bad, repeated, conflicts, rewritten;
    uint32_t mapped;  /* bits of dialect.maps whose name some record had */
    uint64_t judged;  /* repeats that name who judged them, and do not go out */
    uint64_t scant;   /* prompts that are what two words begin with */
    uint64_t unasked; /* pairs whose prompt ends with neither a user's nor a tool's message */
    struct err bad_notes[MERGE_NOTES], conflict_notes[MERGE_NOTES]; /* the first few */
    struct err scant_notes[MERGE_NOTES], unasked_note;

    /* Its own. */
    struct hash_key key;
    struct seen seen;
    struct spool spool;
    struct seal seal; /* of the file the records come from */
    size_t current_file;
};

/* KEEP_LAST and KEEP_STRONGEST put all records aside on the disk before they write the first. */
bool merge_run(struct merge *merge, size_t threads, struct err *err);
void merge_release(struct merge *merge);

#endif
