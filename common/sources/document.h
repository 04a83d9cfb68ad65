/* JSON documents that hold many records, cut into one-line records while they are read.
 *
 *     [ {...}, {...} ]                                    an array
 *     {"train": [ {...} ], "validation": [ {...} ]}       a split file
 *     {...} {...}                                         objects over several lines
 *
 * Only the skeleton is judged here; each record is scanned like a line of JSONL afterwards. White
 * space outside strings goes, every other byte stays. Memory is one record. */
#ifndef SOURCES_DOCUMENT_H
#define SOURCES_DOCUMENT_H

#include "core/lines.h"

enum part { PART_TRAIN, PART_VALIDATION, PART_ALL };

struct document {
    const char *path; /* borrowed, for messages */
    int fd;
    enum part part;
    struct buffer chunk;
    size_t used;   /* of chunk */
    bool ended;    /* fd has no more */
    uint64_t line; /* of the next byte */
    enum { DOCUMENT_START, DOCUMENT_ARRAY, DOCUMENT_SPLIT, DOCUMENT_VALUES, DOCUMENT_END } state;
    bool wanted;        /* the array that is open is of the part asked for */
    bool in_list;       /* of a split file: an array is open */
    bool is_record;     /* the outermost object has a pair's own member */
    unsigned lists;     /* a bit for each part met */
    bool other_records; /* a member that is no part is a list of objects */
};

/* head is what was read from fd already; fd is closed by document_close. */
void document_open(struct document *document, const char *path, int fd, const struct buffer *head,
                   enum part part);

/* Adds records until the block is well filled: 1, or 0 at the end, or -1 with err. */
int document_next(struct document *document, struct line_block *block, struct err *err);
void document_close(struct document *document);

/* The part of a split file with that name, or PART_ALL for names like 'data'; -1 for no part. */
int part_named(struct text name);

#endif
