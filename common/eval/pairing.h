/* Which record of a baseline is the same question as which of ours?
 *
 * The same key and the same prompt; then, of what is left, the same prompt, the first with the
 * first where it was asked several times. */
#ifndef EVAL_PAIRING_H
#define EVAL_PAIRING_H

#include "eval/marks.h"

struct pairing {
    size_t *partners;               /* of each of our records: the baseline's, or SIZE_MAX */
    size_t count;                   /* pairs */
    size_t only_now, only_baseline; /* records without a partner */
};

void pairing_make(struct pairing *pairing, const struct marks *now, const struct marks *baseline);
void pairing_release(struct pairing *pairing);

#endif
