#include "generate/generator.h"

#include "core/memory.h"
#include "core/number.h"
#include "generate/generator_state.h"

#include <assert.h>

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

bool generator_fit(const struct decoder *decoder, struct generator_options *options, size_t longest,
                   size_t reach, size_t memory, struct err *err)
{
    char needed[SIZE_TEXT], there[SIZE_TEXT];

    for (;;) {
        const size_t bytes = generator_bytes(decoder, options, longest, options->beside * reach);

        if (bytes <= memory) return true;
        if (options->prefill > longest)
            options->prefill /= 2;
        else if (options->beside > 1)
            options->beside /= 2;
        else
            return err_set(err,
                           "a prompt of %zu tokens with its answer, %zu in all, needs %s of memory "
                           "beside the weights, and there is %s",
                           longest, reach, write_size(needed, bytes, true),
                           write_size(there, memory, false));
    }
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
    generator->runs = mem_zero(beside, sizeof *generator->runs);
    generator->order = mem_zero(beside, sizeof(void *));
    generator->pages = mem_zero(beside, sizeof *generator->pages);
    generator->page_list = mem_zero(beside, sizeof(void *));
    generator->positions = mem_zero(beside, sizeof *generator->positions);
    generator->next = mem_zero(beside, sizeof *generator->next);
    generator->samplers = mem_zero(threads, sizeof *generator->samplers);
    for (size_t i = 0; i < threads; i++)
        sampler_init(&generator->samplers[i], &options->sampling, decoder->config->vocabulary);
    assert(!options->past || beside == 1);
    generator->store = options->past ? &options->past->store : &generator->own;
    if (options->past) leaf_store_release(generator->store);
    if (!generator->store->shapes)
        leaf_store_init(generator->store, decoder->config->layers, &decoder->layers->attention);
    return generator;
}

void generator_free(struct generator *generator)
{
    if (!generator) return;
    for (size_t i = 0; i < generator->options.beside; i++) {
        kv_cache_release(&generator->runs[i].cache, generator->store);
        mem_free(generator->runs[i].ids);
    }
    for (size_t i = 0; i < team_size(generator->decoder->gemm.team); i++)
        sampler_release(&generator->samplers[i]);
    leaf_store_release(&generator->own);
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
