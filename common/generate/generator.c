#include "generate/generator.h"

#include "core/memory.h"
#include "decoder/head.h"
#include "generate/generator_state.h"
#include "ops/embedding.h"
#include "tensor/finite.h"

#include <assert.h>
#include <string.h>

#define NO_TOKEN UINT32_MAX

static bool halted(const struct generator *generator)
{
    return generator->options.interrupted && *generator->options.interrupted;
}

/* What a layer is given, and what is left for the next one. What attention reads stands behind the
 * room for the positions that are known. */
static struct kept kept_at(const struct generator *generator, size_t layer)
{
    const struct attention *shape = &generator->decoder->layers[layer].attention;
    const size_t queries = generator->known * gemm_ld(shape->H * shape->D);
    const size_t keys = generator->known * gemm_ld(shape->K * shape->D);
    struct kept kept = generator->kept;

    kept.x = generator->streams[layer % 2];
    kept.q += queries, kept.q_raw += queries, kept.o += queries;
    kept.k += keys, kept.k_raw += keys, kept.v += keys;
    return kept;
}

/* Sends rows through so many layers, but those of a prompt only until it is interrupted; returns
 * what leaves the last one. */
static const float *run_layers(struct generator *generator, const struct passage *passage,
                               size_t layers, const uint32_t *ids)
{
    const struct decoder *decoder = generator->decoder;

    embedding_forward(decoder->gemm.team, &decoder->layers->matrix[WEIGHT_EMBEDDING],
                      passage->layout->rows, ids, generator->streams[0],
                      gemm_ld(decoder->config->hidden));
    for (size_t l = 0; l < layers && (passage->stream || !halted(generator)); l++) {
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

            kv_cache_write(&generator->order[s]->cache, generator->store, layer,
                           generator->known + i, kept->k + row * keys, kept->v + row * keys);
        }
}

static void attend_prompts(void *context, size_t layer, const struct kept *kept)
{
    struct generator *generator = context;
    const struct decoder *decoder = generator->decoder;
    const struct attention *shape = &decoder->layers[layer].attention;
    const size_t queries = gemm_ld(shape->H * shape->D), keys = gemm_ld(shape->K * shape->D);
    const struct kept *all = &generator->kept;
    const struct segment whole = {.count = generator->known + generator->batch.rows,
                                  .parent = SEGMENT_ROOT};
    struct layout layout = batch_layout(&generator->batch);

    if (generator->known) {
        layout = (struct layout){&whole, 1, whole.count, generator->known};
        kv_cache_read(&generator->order[0]->cache, generator->store, layer, generator->known,
                      all->k, all->v, keys);
    }
    attention_forward(&decoder->gemm, shape, &layout, all->q, queries, all->k, all->v, keys, all->o,
                      queries, all->sums);
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
        kv_cache_write(&run->cache, generator->store, layer, run->cache.positions - 1,
                       kept->k + M * keys, kept->v + M * keys);
        generator->pages[M] = kv_cache_pages(&run->cache, layer);
        generator->page_list[M] = &generator->pages[M];
        M++;
    }
    attention_decode(decoder->gemm.team, shape, M, kept->q, queries, generator->page_list, kept->o,
                     queries);
}

/* The prompts in generator->batch, whose texts are in generator->order. False: interrupted. */
static bool prefill(struct generator *generator)
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

    assert(generator->known + layout.rows <= generator->rows);
    for (size_t i = 0; i < layout.rows; i++) generator->batch.positions[i] += generator->known;
    for (size_t s = 0; s < layout.count; s++)
        for (size_t i = 0; i < layout.segments[s].count; i++)
            kv_cache_grow(&generator->order[s]->cache, generator->store);
    run_layers(generator, &passage, last, generator->batch.ids);
    layer_keys(&passage, last, &kept, &generator->room);
    keep_prompts(generator, last, &kept);
    return !halted(generator);
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

/* Gives a text that begins what the past has of it. */
static void recall(struct generator *generator, struct text_run *run, const struct request *request)
{
    struct past *past = generator->options.past;

    if (!past) return;
    generator->known =
        past_match(past, request->ids, request->count - 1, generator->options.adapted);
    run->cache = past->cache;
    past->cache = (struct kv_cache){0};
}

/* Ends a text; so many positions of its prompt are whole. */
static void leave(struct generator *generator, struct text_run *run, size_t whole)
{
    struct past *past = generator->options.past;

    run->active = false;
    if (past) {
        past->cache = run->cache;
        run->cache = (struct kv_cache){0};
        past_keep(past, run->ids, whole, generator->options.adapted);
    }
    kv_cache_clear(&run->cache, generator->store);
}

/* Puts waiting requests onto free places, as far as prompts are to be computed at once. The last
 * token of a prompt always goes through as the first one of the continuation: so it makes no
 * difference whether the rest was computed or taken over. Returns how many began; good gets whether
 * all of their prompts were read. */
static size_t admit(struct generator *generator, const struct request *requests, size_t count,
                    bool *good)
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
        assert(request->count > 0);
        models[i] = with_prompt(generator, request);
        recall(generator, run, request);
        if (!models[i] && kept > 0) {
            const size_t rows = generator->batch.rows;

            if (rows > 0 && rows + kept > generator->options.prefill) break;
            generator->order[generator->batch.segment_count] = run;
            batch_text(&generator->batch, BATCH_START, request->ids + generator->known,
                       kept - generator->known);
        }
        begin(run, request);
        begun++;
    }
    *good = generator->batch.rows == 0 || prefill(generator);
    for (size_t i = 0; i < beside; i++)
        if (models[i])
            kv_cache_share(&generator->runs[i].cache, generator->store, &models[i]->cache,
                           models[i]->request->count - 1);
    mem_free(models);
    return begun;
}

static void sample_row(void *context, size_t row, size_t thread)
{
    struct generator *generator = context;
    const struct text_run *run = generator->order[row];
    const struct sampler_past past = {run->ids, run->count};
    const size_t V = generator->decoder->config->vocabulary;
    const float *logits = generator->logits + row * gemm_ld(V);

    generator->next[row] = NO_TOKEN;
    if (finite_elements(DTYPE_F32, (const unsigned char *)logits, V))
        generator->next[row] = sampler_next(&generator->samplers[thread], logits, past,
                                            run->request->number, run->count - run->request->count);
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
        kv_cache_grow(&run->cache, generator->store);
    }
    if (layout.rows == 0) return 0;
    rows = run_layers(generator, &passage, decoder->config->layers, generator->next);
    head_logits(decoder, layout.rows, rows, generator->f, generator->logits,
                gemm_ld(decoder->config->vocabulary));
    team_run(decoder->gemm.team, layout.rows, sample_row, generator);
    return layout.rows;
}

static bool are_tokens(const struct generator *generator, size_t rows, struct err *err)
{
    for (size_t row = 0; row < rows; row++)
        if (generator->next[row] == NO_TOKEN)
            return err_set(err, "the model makes NaN or infinity of token %zu of a text",
                           generator->order[row]->count);
    return true;
}

int generator_run(struct generator *generator, const struct request *requests, size_t count,
                  bool (*take)(void *context, size_t request, uint32_t id), void *context,
                  struct err *err)
{
    const struct ends *ends = generator->options.ends;
    size_t waiting = 0;
    bool good = true;
    int result = 1;

    for (;;) {
        size_t active;

        waiting += admit(generator, requests + waiting, count - waiting, &good);
        if (!good) result = 0;
        if (!good) break;
        generator->known = 0;
        active = advance(generator);
        if (!are_tokens(generator, active, err)) result = -1;
        if (active == 0 || result < 0) break;
        for (size_t row = 0; row < active; row++) {
            struct text_run *run = generator->order[row];
            const uint32_t id = generator->next[row];

            run->ids[run->count++] = id;
            if (take(context, (size_t)(run->request - requests), id) &&
                run->count - run->request->count < run->request->most &&
                !(ends && ends_has(ends, id)))
                continue;
            leave(generator, run, run->request->count - 1);
        }
    }
    for (size_t i = 0; result < 1 && i < generator->options.beside; i++)
        if (generator->runs[i].active) leave(generator, &generator->runs[i], generator->known);
    generator->known = 0;
    return result;
}
