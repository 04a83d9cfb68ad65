/* The folder of a model, from which no file's name leads away: names come from files of strangers.
 *
 * In the hub's cache, where the folder is REPOSITORY/snapshots/REVISION and holds links into
 * REPOSITORY/blobs, nothing leads out of REPOSITORY instead. On a kernel that cannot hold links
 * back (no openat2) they are followed. */
#ifndef SAFETENSORS_ROOT_H
#define SAFETENSORS_ROOT_H

#include "core/err.h"

struct root {
    const char *path; /* borrowed: as it was given */
    int folder;       /* out of which nothing leads */
    char *inside;     /* from there to the model: "", or "snapshots/REVISION/" */
};

bool root_open(struct root *root, const char *path, struct err *err);

/* Opens a file by its base name, not waiting for whoever writes a pipe: 1; 0 when there is none by
 * this name; -1. */
int root_file(const struct root *root, const char *name, int *fd, struct err *err);

char *root_path(const struct root *root, const char *name); /* to show; the caller frees it */
void root_close(struct root *root);

#endif
