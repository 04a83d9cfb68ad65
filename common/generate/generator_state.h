/* What a generator holds. */
#ifndef GENERATE_GENERATOR_STATE_H
#define GENERATE_GENERATOR_STATE_H

#include "decoder/batch.h"
#include "decoder/layer.h"
#include "generate/generator.h"

/* A text that is being continued. All of its tokens but the last one are in the cache. */
struct text_run {
    const struct request *request;
    struct kv_cache cache;
    uint32_t *ids; /* the prompt and what was made */
    size_t count, room;
    bool active;
};

struct generator {
    const struct decoder *decoder;
    struct generator_options options;
    size_t rows; /* that there is room for */
    struct slab slab;
    struct kept kept;
    struct room room;
    float *streams[2];
    float *f, *logits;             /* [beside, d], [beside, V] */
    struct leaf_store own, *store; /* store: the past's, where there is one */
    struct text_run *runs;         /* [beside] */
    struct text_run **order;       /* of the rows of this call */
    struct kv_pages *pages;
    const struct kv_pages **page_list;
    size_t *positions;
    uint32_t *next;
    struct sampler *samplers; /* [threads] */
    struct batch batch;
    size_t known; /* positions of the prompt in the batch that its cache has already */
};

#endif
