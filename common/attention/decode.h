/* Attention of one new row per sequence to what its sequence has kept, as in generation.
 *
 * Keys and values of a layer are kept in pages of KV_PAGE positions. Sequences may share pages:
 * those of a common prompt stand in the lists of all. A page lies as the kernels read it: for each
 * key head the keys as a strip of D by KV_PAGE, then for each the values as strips of KV_PAGE by
 * STRIP. */
#ifndef ATTENTION_DECODE_H
#define ATTENTION_DECODE_H

#include "attention/attention.h"

enum { KV_PAGE = STRIP };

struct kv_pages {
    size_t count; /* positions kept, the new row's own among them; not 0 */
    const float *const *pages;
};

size_t kv_page_floats(const struct attention *shape); /* in a page, aligned to 64 bytes */

/* Keeps a row of K heads of k and v as position slot of a page. Slot 0 clears the page first. */
void kv_page_write(const struct attention *shape, float *page, size_t slot, const float *k,
                   const float *v);

/* Reads such a row. */
void kv_page_read(const struct attention *shape, const float *page, size_t slot, float *k,
                  float *v);

/* o for M rows of q, each the last position of its sequence. A row's result depends on its own
 * sequence alone. */
void attention_decode(struct team *team, const struct attention *shape, size_t M, const float *q,
                      size_t ldq, const struct kv_pages *const *sequences, float *o, size_t ldo);

#endif
