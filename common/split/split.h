/* Pairs into train, val and test: what dpo-split does.
 *
 * By hash: a group of pairs (those with the same prompt) goes where the hash of its name says, so
 * it never moves when data grow and is never torn. By scikit-learn: the rows train_test_split
 * would pick, in its order, in two steps: the rest first, then the test set from the rest. */
#ifndef SPLIT_SPLIT_H
#define SPLIT_SPLIT_H

#include "core/outfile.h"
#include "hash/sha256.h"
#include "records/pairs.h"
#include "records/shelf.h"

enum { SPLIT_TRAIN, SPLIT_VAL, SPLIT_TEST, SPLIT_PARTS };
enum split_method { SPLIT_HASH, SPLIT_SKLEARN };

extern const char *const split_names[SPLIT_PARTS]; /* 'train' ... */

struct split_part {
    struct outfile file;
    struct sha256 sha;
    uint64_t records;
    char digest[65];
};

struct split_label {
    char *at;
    size_t len;
    bool is_number;
    double number;
};

struct split {
    double ratios[SPLIT_PARTS]; /* of any sum */
    size_t seed;
    size_t method;        /* enum split_method */
    const char *group;    /* 'prompt', 'none' or a dotted path */
    const char *stratify; /* a dotted path, or NULL */
    bool need_seal;
    void (*failed)(const struct err *err); /* see threads.h; may be NULL */

    struct split_part parts[SPLIT_PARTS]; /* opened by the caller */
    uint64_t read;
    uint64_t torn; /* prompts on more than one side; 0 when groups are prompts */

    /* Its own. */
    struct hash_key key, seen_key;
    struct seen prompts;
    struct shelf shelf;
    struct seen labels, groups;
    uint32_t *classes; /* of each unit */
    size_t units, class_room, label_count;
    struct split_label *label_list; /* the names of the classes, as they came */
    size_t label_room;
};

/* 'A,B,C' as ratios: none negative, the first above zero, and not all of them the first. */
bool split_ratios(struct split *split, const char *text, struct err *err);

/* Reads everything and writes the parts, which are yet to be committed. */
bool split_run(struct split *split, char **paths, size_t threads, struct err *err);
void split_release(struct split *split);

#endif
