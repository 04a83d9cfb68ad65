/* The small files beside a model's weights: what it is, its tokenizer and its template, how it was
 * made.
 *
 * The tokenizer is the one that lies beside the adapter, where one does, because it was trained
 * with that one; else the base's. */
#ifndef FOLD_SMALL_FILES_H
#define FOLD_SMALL_FILES_H

#include "core/mapped.h"
#include "fold/plan.h"

enum { SMALL_FILES = 11 };

struct small_file {
    const char *name;
    struct text text;
    bool travels;       /* with the weights where these are one file or a stream */
    struct mapped map;  /* what text borrows */
    struct buffer made; /* or this */
};

struct small_files {
    struct small_file items[SMALL_FILES];
    size_t count;
    bool tokenizer; /* there is one */
};

/* Where all comes from; borrowed. */
struct small_sources {
    const struct plan *plan;
    const char *model; /* what to call the base */
    const char *const *adapters;
    const char *dtype; /* 'bfloat16': another one than the base's; NULL: as in the base */
};

bool small_files_gather(struct small_files *files, const struct small_sources *sources,
                        struct err *err);

/* Into a folder. */
bool small_files_write(const struct small_files *files, const char *folder, struct err *err);
void small_files_release(struct small_files *files);

#endif
