#include "chat/speaker.h"

#include "generate/generator.h"
#include "model/config_rope.h"
#include "model/weights_check.h"

#include <inttypes.h>

#define BESIDE 32    /* texts at once; more gain little */
#define PREFILL 1024 /* prompt tokens at once */

bool speaker_accepts(const struct speaker *speaker, const struct ids *prompt, struct err *err)
{
    const struct config *config = speaker->decoder->config;

    if (!prompt->count) return err_set(err, "there is not one token to go on from");
    for (size_t i = 0; i < prompt->count; i++)
        if (prompt->at[i] >= config->vocabulary)
            return err_set(err, "the tokenizer has an id %" PRIu32 ", the model only %" PRIu32,
                           prompt->at[i], config->vocabulary);
    return prompt->count < config_longest(config, speaker->beyond_context) ||
           err_set(err, "the prompt has %zu tokens, and the model was made for %" PRIu32 "%s",
                   prompt->count, config->positions, config_longest_why(config));
}

static size_t most_of(const struct speaker *speaker, const struct ids *prompt)
{
    const struct config *config = speaker->decoder->config;
    const size_t room = config_longest(config, speaker->beyond_context) - prompt->count;

    return speaker->most < room ? speaker->most : room;
}

struct speech {
    const struct speaker *speaker;
    struct answer *answers;
    speaker_heard *heard;
    void *context;
    bool over;
};

static bool take(void *context, size_t which, uint32_t id)
{
    struct speech *speech = context;
    struct answer *answer = &speech->answers[which];
    const volatile sig_atomic_t *interrupted = speech->speaker->interrupted;

    if (speech->over || (interrupted && *interrupted))
        answer_interrupt(answer);
    else
        answer_take(answer, id);
    if (!speech->over && !speech->heard(speech->context, which, answer)) speech->over = true;
    if (speech->over) answer_interrupt(answer);
    return answer->end == ANSWER_OPEN;
}

/* Ends what is open. */
static void hush(struct speech *speech, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (speech->answers[i].end != ANSWER_OPEN) continue;
        answer_interrupt(&speech->answers[i]);
        if (!speech->over && !speech->heard(speech->context, i, &speech->answers[i]))
            speech->over = true;
    }
}

/* Where a weight is no number, that is the cause. */
static bool blame(const struct speaker *speaker, struct err *err)
{
    struct err cause;

    if (speaker->model && !weights_finite(speaker->model, speaker->decoder->gemm.team, &cause))
        *err = cause;
    return false;
}

bool speaker_answer(const struct speaker *speaker, const struct ids *prompts, size_t count,
                    bool adapted, struct answer *answers, speaker_heard *heard, void *context,
                    struct err *err)
{
    struct generator_options options = {.beside = count < BESIDE ? count : BESIDE,
                                        .prefill = count > 1 ? PREFILL : 0,
                                        .adapted = adapted,
                                        .sampling = speaker->sampling,
                                        .ends = speaker->rules.ends,
                                        .past = count == 1 ? speaker->past : NULL,
                                        .interrupted = speaker->interrupted};
    struct speech speech = {.speaker = speaker, .answers = answers, .heard = heard};
    struct request *requests = mem_zero(count, sizeof *requests);
    size_t longest = 0, reach = 0;
    bool good = true;

    speech.context = context;
    for (size_t i = 0; i < count; i++) {
        const size_t most = most_of(speaker, &prompts[i]), whole = prompts[i].count + most;

        answer_begin(&answers[i], &speaker->rules, &prompts[i], most);
        requests[i] =
            (struct request){.ids = prompts[i].at, .count = prompts[i].count, .most = most};
        if (prompts[i].count > longest) longest = prompts[i].count;
        if (whole > reach) reach = whole;
    }
    good = count == 0 ||
           generator_fit(speaker->decoder, &options, longest, reach, speaker->memory, err);
    if (good && count > 0) {
        struct generator *generator;
        int made;

        decoder_reach(speaker->decoder, reach);
        generator = generator_new(speaker->decoder, &options, longest);
        made = generator_run(generator, requests, count, take, &speech, err);
        if (made == 0) hush(&speech, count);
        if (made < 0) good = blame(speaker, err);
        generator_free(generator);
    }
    mem_free(requests);
    return good;
}
