/* JSON as spans of the text it stands in.
 *
 * One strict pass (RFC 8259, UTF-8 checked, no key twice in an object, at most 64 levels) finds
 * the members of the outermost object, or the elements of the outermost array, as they were
 * written: what nobody looks at is passed on byte for byte, and nothing is built. jansson reads
 * documents; this reads records. Where the two differ in what they accept is listed, and tested,
 * in tests/fuzz/json.c. */
#ifndef RECORDS_SCAN_H
#define RECORDS_SCAN_H

#include "core/memory.h"
#include "hash/hash.h"

#include <stdbool.h>
#include <stdint.h>

#define SCAN_DEPTH 64

enum kind {
    KIND_ABSENT,
    KIND_NULL,
    KIND_FALSE,
    KIND_TRUE,
    KIND_NUMBER,
    KIND_STRING,
    KIND_ARRAY,
    KIND_OBJECT
};

struct value {
    const char *at; /* as written, quotes and brackets included */
    size_t len;
    enum kind kind;
    bool escaped; /* a string with at least one backslash */
};

struct member {
    struct value key; /* KIND_ABSENT in an array */
    struct value value;
    uint64_t hash; /* scan_hash of the key */
    unsigned tag;  /* 0; free for whoever looks at the members */
};

struct scan_key {
    uint64_t hash;
    struct value key;
};

/* The result of one scan, its storage used again by the next. All zero is an empty one. */
struct scan {
    struct value root;
    struct member *members; /* of the root */
    size_t count, room;
    const char *problem;   /* after a failure: what is wrong ... */
    size_t column;         /* ... and at which byte, from 1 */
    bool ended;            /* nothing is wrong but that the text ends between two tokens */
    struct scan_key *keys; /* of the objects that are open */
    size_t key_count, key_room;
    struct hash_key secret; /* of large objects; drawn when first needed */
    struct buffer scratch;
};

/* Scans exactly one JSON value, white space around it allowed. False with problem and column. */
bool scan_json(struct scan *scan, const char *at, size_t len);
void scan_release(struct scan *scan);

/* The member of the last scan with that key, or NULL. */
struct member *scan_member(const struct scan *scan, const char *key);

/* A quick hash of a key: equal keys have equal ones, and different ones nearly never. */
uint64_t scan_hash(struct text key);

const char *kind_name(enum kind kind); /* 'a string' */

#endif
