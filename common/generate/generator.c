#include "generate/generator.h"

#include "core/memory.h"
#include "decoder/batch.h"
#include "decoder/head.h"
#include "decoder/layer.h"
#include "generate/kv_cache.h"
#include "ops/embedding.h"

#include <assert.h>
#include <string.h>

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
    float *f, *logits; /* [beside, d], [beside, V] */
    struct leaf_store store;
    struct text_run *runs;   /* [beside] */
    struct text_run **order; /* of the rows of this call */
    struct kv_pages *pages;
    const struct kv_pages **page_list;
    size_t *positions;
    uint32_t *next;
    struct sampler *samplers; /* [threads] */
    struct batch batch;
};

static void take_room(struct generator *generator)
{
    const struct decoder *decoder = generator->decoder;
    const size_t d = gemm_ld(decoder->config->hidden), beside = generator->options.beside;
    struct slab *slab = &generator->slab;

    generator->streams[0] = slab_floats(slab, generator->rows * d);
    generator->streams[1] = slab_floats(slab, generator->rows * d);
    kept_take(&generator->kept, slab, decoder, generator->rows);
    room_take(&generator->room, slab, decoder, generator->rows, false, false);
    generator->f = slab_floats(slab, beside * d);
    generator->logits = slab_floats(slab, beside * gemm_ld(decoder->config->vocabulary));
}

static size_t rows_of(const struct generator_options *options, size_t longest)
{
    const size_t most = options->prefill > longest ? options->prefill : longest;

    return most > options->beside ? most : options->beside;
}

size_t generator_bytes(const struct decoder *decoder, const struct generator_options *options,
                       size_t longest, size_t positions)
{
    struct generator counting = {
        .decoder = decoder, .options = *options, .rows = rows_of(options, longest)};
    const size_t page = kv_page_floats(&decoder->layers->attention) * sizeof(float);

    take_room(&counting);
    return counting.slab.used +
           (positions / KV_PAGE + options->beside) * decoder->config->layers * page;
}

struct generator *generator_new(const struct decoder *decoder,
                                const struct generator_options *options, size_t longest)
{
    const size_t beside = options->beside, threads = team_size(decoder->gemm.team);
    struct generator *generator = mem_zero(1, sizeof *generator);

    generator->decoder = decoder;
    generator->options = *options;
    generator->rows = rows_of(options, longest);
    take_room(generator);
    slab_fill(&generator->slab);
    take_room(generator);
    leaf_store_init(&generator->store, decoder->config->layers, &decoder->layers->attention);
    generator->runs = mem_zero(beside, sizeof *generator->runs);
    generator->order = mem_zero(beside, sizeof(void *));
    generator->pages = mem_zero(beside, sizeof *generator->pages);
    generator->page_list = mem_zero(beside, sizeof(void *));
    generator->positions = mem_zero(beside, sizeof *generator->positions);
    generator->next = mem_zero(beside, sizeof *generator->next);
    generator->samplers = mem_zero(threads, sizeof *generator->samplers);
    for (size_t i = 0; i < threads; i++)
        sampler_init(&generator->samplers[i], &options->sampling, decoder->config->vocabulary);
    return generator;
}

void generator_free(struct generator *generator)
{
    if (!generator) return;
    for (size_t i = 0; i < generator->options.beside; i++) {
        kv_cache_release(&generator->runs[i].cache, &generator->store);
        mem_free(generator->runs[i].ids);
    }
    for (size_t i = 0; i < team_size(generator->decoder->gemm.team); i++)
        sampler_release(&generator->samplers[i]);
    leaf_store_release(&generator->store);
    slab_release(&generator->slab);
    batch_release(&generator->batch);
    mem_free(generator->runs);
    mem_free(generator->order);
    mem_free(generator->pages);
    mem_free(generator->page_list);
    mem_free(generator->positions);
    mem_free(generator->next);
    mem_free(generator->samplers);
    mem_free(generator);
}

/* What a layer is given, and what is left for the next one. */
static struct kept kept_at(const struct generator *generator, size_t layer)
{
    struct kept kept = generator->kept;

    kept.x = generator->streams[layer % 2];
    return kept;
}

/* Sends rows through so many layers; returns what leaves the last one. */
static const float *run_layers(struct generator *generator, const struct passage *passage,
                               size_t layers, const uint32_t *ids)
{
    const struct decoder *decoder = generator->decoder;

    embedding_forward(decoder->gemm.team, &decoder->layers->matrix[WEIGHT_EMBEDDING],
                      passage->layout->rows, ids, generator->streams[0],
                      gemm_ld(decoder->config->hidden));
    for (size_t l = 0; l < layers; l++) {
        const struct kept kept = kept_at(generator, l);

        layer_forward(passage, l, &kept, &generator->room, generator->streams[(l + 1) % 2]);
    }
    return generator->streams[layers % 2];
}

/* Puts the keys and values of a batch of prompts into their caches. */
static void keep_prompts(struct generator *generator, size_t layer, const struct kept *kept)
{
    const struct attention *shape = &generator->decoder->layers[layer].attention;
    const struct layout layout = batch_layout(&generator->batch);
    const size_t keys = gemm_ld(shape->K * shape->D);

    for (size_t s = 0; s < layout.count; s++)
        for (size_t i = 0; i < layout.segments[s].count; i++) {
            const size_t row = layout.segments[s].first + i;

            kv_cache_write(&generator->order[s]->cache, &generator->store, layer, i,
                           kept->k + row * keys, kept->v + row * keys);
        }
}

static void attend_prompts(void *context, size_t layer, const struct kept *kept)
{
    struct generator *generator = context;
    const struct decoder *decoder = generator->decoder;
    const struct attention *shape = &decoder->layers[layer].attention;
    const size_t queries = gemm_ld(shape->H * shape->D), keys = gemm_ld(shape->K * shape->D);
    const struct layout layout = batch_layout(&generator->batch);

    attention_forward(&decoder->gemm, shape, &layout, kept->q, queries, kept->k, kept->v, keys,
                      kept->o, queries, kept->sums);
    keep_prompts(generator, layer, kept);
}

/* Attention of one new row of each text to its cache. */
static void attend_caches(void *context, size_t layer, const struct kept *kept)
{
    struct generator *generator = context;
    const struct decoder *decoder = generator->decoder;
    const struct attention *shape = &decoder->layers[layer].attention;
    const size_t queries = gemm_ld(shape->H * shape->D), keys = gemm_ld(shape->K * shape->D);
    size_t M = 0;

    for (size_t i = 0; i < generator->options.beside; i++) {
        struct text_run *run = &generator->runs[i];

        if (!run->active) continue;
        kv_cache_write(&run->cache, &generator->store, layer, run->cache.positions - 1,
                       kept->k + M * keys, kept->v + M * keys);
        generator->pages[M] = kv_cache_pages(&run->cache, layer);
        generator->page_list[M] = &generator->pages[M];
        M++;
    }
    attention_decode(decoder->gemm.team, shape, M, kept->q, queries, generator->page_list, kept->o,
                     queries);
}

/* The prompts in generator->batch, whose texts are in generator->order. */
static void prefill(struct generator *generator)
{
    const struct layout layout = batch_layout(&generator->batch);
    const size_t last = generator->decoder->config->layers - 1;
    const struct kept kept = kept_at(generator, last);
    const struct passage passage = {.decoder = generator->decoder,
                                    .layout = &layout,
                                    .positions = generator->batch.positions,
                                    .adapted = generator->options.adapted,
                                    .attend = attend_prompts,
                                    .context = generator};

    assert(layout.rows <= generator->rows);
    for (size_t s = 0; s < layout.count; s++)
        for (size_t i = 0; i < layout.segments[s].count; i++)
            kv_cache_grow(&generator->order[s]->cache, &generator->store);
    run_layers(generator, &passage, last, generator->batch.ids);
    layer_keys(&passage, last, &kept, &generator->room);
    keep_prompts(generator, last, &kept);
}

static bool same_prompt(const struct request *a, const struct request *b)
{
    return a->count == b->count && memcmp(a->ids, b->ids, a->count * sizeof *a->ids) == 0;
}

/* A text that has computed this prompt, or is about to. */
static const struct text_run *with_prompt(const struct generator *generator,
                                          const struct request *request)
{
    for (size_t i = 0; i < generator->options.beside; i++) {
        const struct text_run *run = &generator->runs[i];

        if (run->active && same_prompt(run->request, request)) return run;
    }
    return NULL;
}

static void begin(struct text_run *run, const struct request *request)
{
    run->request = request;
    run->active = true;
    run->count = request->count;
    if (run->room < request->count + request->most) {
        run->room = request->count + request->most;
        run->ids = mem_resize(run->ids, run->room, sizeof *run->ids);
    }
    memcpy(run->ids, request->ids, request->count * sizeof *run->ids);
}

/* Puts waiting requests onto free places, as far as prompts are to be computed at once. The last
 * token of a prompt always goes through as the first one of the continuation: so it makes no
 * difference whether the rest was computed or taken over. Returns how many began. */
static size_t admit(struct generator *generator, const struct request *requests, size_t count)
{
    const size_t beside = generator->options.beside;
    const struct text_run **models = mem_zero(beside, sizeof(void *));
    size_t begun = 0;

    batch_clear(&generator->batch);
    for (size_t i = 0; i < beside && begun < count; i++) {
        struct text_run *run = &generator->runs[i];
        const struct request *request = &requests[begun];
        const size_t kept = request->count - 1;

        if (run->active) continue;
        models[i] = with_prompt(generator, request);
        if (!models[i] && kept > 0) {
            const size_t rows = generator->batch.rows;

            if (rows > 0 && rows + kept > generator->options.prefill) break;
            generator->order[generator->batch.segment_count] = run;
            batch_text(&generator->batch, BATCH_START, request->ids, kept);
        }
        begin(run, request);
        begun++;
    }
    if (generator->batch.rows > 0) prefill(generator);
    for (size_t i = 0; i < beside; i++)
        if (models[i])
            kv_cache_share(&generator->runs[i].cache, &generator->store, &models[i]->cache,
                           models[i]->request->count - 1);
    mem_free(models);
    return begun;
}

static void sample_row(void *context, size_t row, size_t thread)
{
    struct generator *generator = context;
    const struct text_run *run = generator->order[row];
    const struct sampler_past past = {run->ids, run->count};

    generator->next[row] =
        sampler_next(&generator->samplers[thread],
                     generator->logits + row * gemm_ld(generator->decoder->config->vocabulary),
                     past, run->request->number, run->count - run->request->count);
}

/* One token for each active text. Returns how many there are. */
static size_t advance(struct generator *generator)
{
    const struct decoder *decoder = generator->decoder;
    struct layout layout = {0}; /* rows alone: attend_caches knows what they see */
    struct passage passage = {.decoder = decoder,
                              .layout = &layout,
                              .positions = generator->positions,
                              .adapted = generator->options.adapted,
                              .stream = true,
                              .attend = attend_caches,
                              .context = generator};
    const float *rows;

    for (size_t i = 0; i < generator->options.beside; i++) {
        struct text_run *run = &generator->runs[i];

        if (!run->active) continue;
        generator->order[layout.rows] = run;
        generator->next[layout.rows] = run->ids[run->count - 1];
        generator->positions[layout.rows++] = run->cache.positions;
        kv_cache_grow(&run->cache, &generator->store);
    }
    if (layout.rows == 0) return 0;
    rows = run_layers(generator, &passage, decoder->config->layers, generator->next);
    head_logits(decoder, layout.rows, rows, generator->f, generator->logits,
                gemm_ld(decoder->config->vocabulary));
    team_run(decoder->gemm.team, layout.rows, sample_row, generator);
    return layout.rows;
}

static bool ends_text(const struct config *config, uint32_t id)
{
    for (size_t i = 0; i < config->eos_count; i++)
        if (config->eos[i] == id) return true;
    return false;
}

void generator_run(struct generator *generator, const struct request *requests, size_t count,
                   bool (*take)(void *context, size_t request, uint32_t id), void *context)
{
    size_t waiting = 0;

    for (;;) {
        size_t active;

        waiting += admit(generator, requests + waiting, count - waiting);
        active = advance(generator);
        if (active == 0) break;
        for (size_t row = 0; row < active; row++) {
            struct text_run *run = generator->order[row];
            const uint32_t id = generator->next[row];

            run->ids[run->count++] = id;
            if (take(context, (size_t)(run->request - requests), id) &&
                run->count - run->request->count < run->request->most &&
                !ends_text(generator->decoder->config, id))
                continue;
            run->active = false;
            kv_cache_clear(&run->cache, &generator->store);
        }
    }
}
