/* What a fuzz target tests/fuzz/x.c defines. It is called with arbitrary bytes, any number of
 * times in one process: it returns 0, frees what it took, and aborts when a promise is broken. */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A promise. */
static inline void demand(bool holds)
{
    if (!holds) abort();
}

#endif
