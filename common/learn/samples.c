#include "learn/samples.h"

#include "core/memory.h"
#include "generate/generator.h"
#include "model/config_rope.h"
#include "tokens/detokenizer.h"

#include <string.h>

static char *text_of_ids(const struct samples *samples, const token_id *ids, size_t count,
                         bool skip_special)
{
    struct buffer text = {0};

    tokenizer_decode(samples->language->tokenizer, ids, count, skip_special, &text);
    buffer_byte(&text, '\0');
    return text.at;
}

/* Tokens of an answer, so that no text outgrows what a model was made for. */
static size_t most_of(const struct samples *samples, const struct config *config, size_t prompt)
{
    const size_t reach = config_longest(config, samples->beyond_context);
    const size_t room = reach > prompt ? reach - prompt : 1;

    return samples->most < room ? samples->most : room;
}

/* Of the prompts that will be taken: the longest, alone or with its answer. */
static size_t longest_of(const struct samples *samples, const struct examples *examples,
                         bool answered)
{
    size_t longest = 0, taken = 0;

    for (size_t i = 0; i < examples->count && taken < samples->count; i++) {
        const size_t prompt = examples->items[i].prompt;
        const size_t len =
            prompt + (answered ? most_of(samples, samples->policy->decoder.config, prompt) : 0);

        if (prompt == 0) continue;
        taken++;
        if (len > longest) longest = len;
    }
    return longest;
}

size_t samples_reach(const struct samples *samples, const struct examples *examples)
{
    return longest_of(samples, examples, true);
}

size_t samples_bytes(const struct samples *samples, const struct examples *examples)
{
    const struct policy *policy = samples->policy;
    const struct decoder *decoders[] = {&policy->decoder, policy->frozen};
    const struct generator_options options = {
        .beside = samples->count < examples->count ? samples->count : examples->count};
    const size_t reach = samples_reach(samples, examples);
    size_t most = 0;

    for (size_t i = 0; samples->count && i < 2; i++) {
        const size_t bytes = decoders[i] ? generator_bytes(decoders[i], &options,
                                                           longest_of(samples, examples, false),
                                                           options.beside * reach)
                                         : 0;

        if (bytes > most) most = bytes;
    }
    return most;
}

/* Keeps the prompt of an example, if it has one. */
static bool add_prompt(struct samples *samples, struct examples *examples, size_t number,
                       struct err *err)
{
    const size_t count = examples->items[number].prompt, at = samples->count;
    const struct ids *ids;

    if (count == 0) return true;
    ids = examples_ids(examples, number, err);
    if (!ids) return false;
    samples->ids[at] = mem_alloc(mem_product(count, sizeof *ids->at));
    memcpy(samples->ids[at], ids->at, count * sizeof *ids->at);
    samples->lengths[at] = count;
    samples->items[at].prompt = text_of_ids(samples, ids->at, count, false);
    samples->count++;
    return true;
}

bool samples_init(struct samples *samples, struct examples *examples, struct err *err)
{
    const size_t most = samples->count < examples->count ? samples->count : examples->count;

    samples->longest = longest_of(samples, examples, false);
    samples->reach = samples_reach(samples, examples);
    samples->count = 0;
    samples->items = mem_zero(most, sizeof *samples->items);
    samples->ids = mem_zero(most, sizeof *samples->ids);
    samples->lengths = mem_zero(most, sizeof *samples->lengths);
    for (size_t i = 0; i < examples->count && samples->count < most; i++)
        if (!add_prompt(samples, examples, i, err)) return false;
    return true;
}

/* The answers under way. */
struct round {
    const struct ends *ends;
    struct ids *ids;
};

static bool take(void *context, size_t request, uint32_t id)
{
    struct round *round = context;

    if (!ends_has(round->ends, id)) ids_add(&round->ids[request], id);
    return true;
}

/* Of the model that is asked, but no more than the policy answers. */
static struct request *make_requests(const struct samples *samples, const struct config *config)
{
    struct request *requests = mem_zero(samples->count, sizeof *requests);

    for (size_t i = 0; i < samples->count; i++) {
        const size_t count = samples->lengths[i], most = most_of(samples, config, count);
        const size_t own = most_of(samples, samples->policy->decoder.config, count);

        requests[i] = (struct request){
            .ids = samples->ids[i], .count = count, .most = most < own ? most : own, .number = i};
    }
    return requests;
}

static bool ask(struct samples *samples, bool reference, struct err *err)
{
    struct generator_options options = {.beside = samples->count,
                                        .sampling = {.top_p = 1, .repetition_penalty = 1},
                                        .ends = &samples->ends};
    struct decoder *decoder = policy_decoder(samples->policy, reference, &options.adapted);
    struct request *requests = make_requests(samples, decoder->config);
    struct round round = {.ends = &samples->ends,
                          .ids = mem_zero(samples->count, sizeof *round.ids)};
    struct generator *generator;
    bool good;

    decoder_reach(decoder, samples->reach);
    generator = generator_new(decoder, &options, samples->longest);
    good = generator_run(generator, requests, samples->count, take, &round, err) > 0;
    for (size_t i = 0; i < samples->count; i++) {
        struct sample *item = &samples->items[i];
        char **answer = reference ? &item->reference : &item->policy;

        mem_free(*answer);
        *answer = text_of_ids(samples, round.ids[i].at, round.ids[i].count, true);
        ids_release(&round.ids[i]);
    }
    generator_free(generator);
    mem_free(round.ids);
    mem_free(requests);
    return good;
}

bool samples_run(struct samples *samples, struct err *err)
{
    if (samples->count == 0) return true;
    if (!samples->asked && !ask(samples, true, err)) return false;
    samples->asked = true;
    return ask(samples, false, err);
}

void samples_release(struct samples *samples)
{
    for (size_t i = 0; samples->items && i < samples->count; i++) {
        mem_free(samples->items[i].prompt);
        mem_free(samples->items[i].policy);
        mem_free(samples->items[i].reference);
        mem_free(samples->ids[i]);
    }
    mem_free(samples->items);
    mem_free(samples->ids);
    mem_free(samples->lengths);
}
