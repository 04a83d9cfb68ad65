/* The part of a merge that many threads do at once: a block of foreign records in, canonical lines
 * and what identifies them out. */
#ifndef SOURCES_MERGE_BATCH_H
#define SOURCES_MERGE_BATCH_H

#include "sources/merge.h"

struct merge_record {
    enum { RECORD_PAIR, RECORD_BAD, RECORD_SEAL } kind;
    bool rewritten;     /* another dialect than ours */
    size_t begin, len;  /* of its line in batch->out, or of its words in batch->problems */
    uint64_t line;      /* in its file */
    uint64_t sealed;    /* the count of a seal */
    double strength;    /* consensus, or -1 */
    struct hash128 key; /* of the pair, whichever of its answers is chosen, or of its prompt */
    bool turned;        /* which of them is */
    bool annotated;     /* it names who judged */
    bool scant;         /* its prompt is what two words begin with */
    bool unasked;       /* see pairs.h */
};

struct merge_batch {
    struct line_block block;
    struct merge_record *records; /* one for each line of the block */
    size_t room;
    struct buffer out, problems;
    struct pair pair;
    struct dialect_work work;
    struct buffer converted;
};

void merge_batch_work(struct merge_batch *batch, const struct merge *merge);
void merge_batch_release(struct merge_batch *batch);

#endif
