/* Pairs put aside until all have been seen: their lines on the disk, a few bytes each in memory. */
#ifndef RECORDS_SHELF_H
#define RECORDS_SHELF_H

#include "hash/hash.h"
#include "records/seen.h"
#include "records/spool.h"

/* What is kept on the disk in front of the line. */
struct shelf_head {
    struct hash128 pair, swapped; /* as it is, and with its answers exchanged */
    uint32_t annotator;           /* SHELF_NOBODY: none */
    size_t len;
};

#define SHELF_NOBODY UINT32_MAX

struct shelf_item {
    uint64_t begin;  /* in the spool */
    double sort_key; /* ascending; NaN comes last */
};

struct shelf {
    struct spool spool;
    struct shelf_item *items;
    size_t count, room;
    struct seen pairs;
};

bool shelf_open(struct shelf *shelf, struct err *err);
bool shelf_add(struct shelf *shelf, const struct shelf_head *head, const char *line,
               double sort_key, struct err *err);
bool shelf_head(struct shelf *shelf, size_t item, struct shelf_head *head, struct err *err);

/* The line of an item, replacing what is in out. */
bool shelf_line(struct shelf *shelf, size_t item, struct buffer *out, struct err *err);
void shelf_sort(struct shelf *shelf); /* by sort_key; equal keys keep their order */
void shelf_close(struct shelf *shelf);

#endif
