/* The files a split leaves: train.jsonl, val.jsonl, test.jsonl and manifest.json in one folder.
 *
 * The set is whole when manifest.json stands there: it is removed before the first part is renamed
 * and appears after the last one. So a program killed in between leaves no set that looks whole
 * and is not, and make(1), with the manifest as target, runs the split again. */
#ifndef SPLIT_SPLIT_FILES_H
#define SPLIT_SPLIT_FILES_H

#include "split/split.h"

struct split_files {
    const char *folder;
    const char *nested; /* a second form: {"train": [...], "validation": [...]}, or NULL */
    char *paths[SPLIT_PARTS], *manifest;
    struct outfile nested_file, manifest_file;
};

/* Makes the folder where it is missing and opens the parts. */
bool split_files_open(struct split_files *files, struct split *split, struct err *err);

/* The nested file may not be one of the set. */
bool split_files_check(const struct split_files *files, const struct split *split, struct err *err);

/* After split_run: writes the manifest and the nested file, and makes all of it appear. */
bool split_files_commit(struct split_files *files, struct split *split, struct err *err);

#endif
