/* Models of tests/golden/numeric with something changed in them, as folders, and as the streams
 * that go down a pipe. */
#ifndef TESTS_UNIT_CARRIED_H
#define TESTS_UNIT_CARRIED_H

#include <stdbool.h>

struct carried {
    const char *model;            /* in tests/golden/numeric/models */
    const char *file, *from, *to; /* of a text, replaced once; from NULL: the file is left out */
    const char *without;          /* a tensor that is left out, or NULL */
    const char *extra;            /* one that is added, of two floats, or NULL */
    const char *spoiled;          /* one whose first number, of four bytes, is another */
    float number;
    bool reversed; /* the tensors, in a stream */
};

/* Writes NAME below the test's folder and returns its path: a stream, or a folder. */
const char *carried_stream(const char *name, const struct carried *carried);
const char *carried_folder(const char *name, const struct carried *carried);

#endif
