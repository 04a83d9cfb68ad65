/* A production line: items are filled one after the other, worked on by many threads at once, and
 * drained one after the other in the order they were filled. So the output does not depend on the
 * number of threads, and memory is one item a thread and two to spare. */
#ifndef CORE_THREADS_H
#define CORE_THREADS_H

#include "core/err.h"

#include <stddef.h>

struct production {
    void *context;    /* handed to every step */
    size_t item_size; /* items start out all zero and are used again and again */

    int (*fill)(void *context, void *item, struct err *err); /* 1, 0 at the end, -1 */
    void (*work)(void *context, void *item);                 /* runs beside all other steps */
    bool (*drain)(void *context, void *item, struct err *err);
    void (*release)(void *item);

    /* Told of a failed drain at once, while another thread may still wait for input that never
     * comes: a tool ends the program here. NULL: production_run returns when all threads are
     * done. */
    void (*failed)(const struct err *err);
};

/* Items filled before a failure are still drained; then false with the first failure in order. */
bool production_run(const struct production *production, size_t threads, struct err *err);

#endif
