#include "eval/answers.h"

#include "generate/generator.h"
#include "generate/stops.h"
#include "hash/lookup.h"
#include "records/value.h"
#include "tokens/detokenizer.h"

#include <string.h>

#define PREFILL 1024 /* prompt tokens at once */

/* An answer while it is made. */
struct writing {
    size_t number; /* in its round */
    size_t tokens;
    bool begun;
    struct detokenizer detokenizer;
    struct stops stops;
    struct buffer piece, text;
};

struct asking {
    struct answers *answers;
    enum round round;
    struct request *requests;
    struct writing *writings; /* one for each request */
    size_t count;
};

static bool draws_in(enum round round)
{
    return round == ROUND_DRAWS || round == ROUND_REFERENCE_DRAWS;
}

void answers_plan(struct answers *answers)
{
    const struct questions *questions = answers->questions;

    for (enum round round = 0; round < ROUNDS; round++) {
        if (round >= ROUND_REFERENCE && !answers->compare) break;
        answers->counts[round] = draws_in(round) ? mem_product(questions->count, answers->draws)
                                                 : questions->prompt_count;
        if (answers->counts[round] == 0) continue;
        answers->rounds[round] = mem_zero(answers->counts[round], sizeof(struct answer));
        answers->all += answers->counts[round];
    }
}

const struct answer *answers_of(const struct answers *answers, enum round round, size_t question)
{
    if (!answers->rounds[round]) return NULL;
    return answers->rounds[round] + (draws_in(round) ? question * answers->draws
                                                     : answers->questions->items[question].first);
}

static void keep(struct answers *answers, struct answer *answer, struct text text, size_t tokens,
                 bool ended)
{
    answer->text = mem_alloc(text.len + 1);
    if (text.len) memcpy(answer->text, text.at, text.len);
    answer->text[text.len] = '\0';
    answer->len = text.len;
    answer->tokens = tokens;
    answer->ended = ended;
    answers->there++;
}

/* A line of the journal: {"round":0,"number":17,"tokens":31,"ended":true,"text":"..."}. */
static bool note(struct answers *answers, enum round round, size_t number, struct err *err)
{
    const struct answer *answer = &answers->rounds[round][number];
    struct buffer line = {0};
    bool good;

    if (!answers->journal) return true;
    buffer_format(&line,
                  "{\"round\":%d,\"number\":%zu,\"tokens\":%zu,\"ended\":%s,\"text\":", (int)round,
                  number, answer->tokens, answer->ended ? "true" : "false");
    text_quote(&line, (struct text){answer->text, answer->len});
    buffer_text(&line, "}\n");
    good = journal_add(answers->journal, line.at, line.len, err);
    buffer_release(&line);
    return good;
}

static bool whole(const struct scan *scan, const char *name, size_t below, size_t *value)
{
    const struct member *member = scan_member(scan, name);
    double number;

    if (!member || !value_number(&member->value, &number) || !(number >= 0) ||
        !(number < (double)below))
        return false;
    *value = (size_t)number;
    return true;
}

bool answers_recall(struct answers *answers, struct text line, struct err *err)
{
    struct scan scan = {0};
    struct buffer scratch = {0};
    const struct member *text, *ended;
    size_t round = 0, number = 0, tokens = 0;
    bool good = scan_json(&scan, line.at, line.len) && scan.root.kind == KIND_OBJECT &&
                whole(&scan, "round", ROUNDS, &round) && answers->rounds[round] &&
                whole(&scan, "number", answers->counts[round], &number) &&
                whole(&scan, "tokens", SIZE_MAX >> 12, &tokens) &&
                (text = scan_member(&scan, "text")) != NULL && text->value.kind == KIND_STRING &&
                (ended = scan_member(&scan, "ended")) != NULL;

    if (good && !answers->rounds[round][number].text)
        keep(answers, &answers->rounds[round][number], value_text(&text->value, &scratch), tokens,
             ended->value.kind == KIND_TRUE);
    scan_release(&scan);
    buffer_release(&scratch);
    return good || err_set(err, "this is no answer that was kept");
}

static void begin_writing(const struct answers *answers, struct writing *writing)
{
    detokenizer_init(&writing->detokenizer, answers->language->tokenizer, true);
    stops_init(&writing->stops, answers->stops, answers->stop_count);
    buffer_add(&writing->text, answers->questions->begun.at, answers->questions->begun.len);
    writing->begun = true;
}

static void release_writing(struct writing *writing)
{
    stops_release(&writing->stops);
    buffer_release(&writing->piece);
    buffer_release(&writing->text);
}

static void end_writing(struct writing *writing)
{
    writing->piece.len = 0;
    detokenizer_end(&writing->detokenizer, &writing->piece);
    if (!writing->stops.found &&
        !stops_feed(&writing->stops, buffer_content(&writing->piece), &writing->text))
        stops_end(&writing->stops, &writing->text);
}

static void finish(struct asking *asking, struct writing *writing, bool ended)
{
    struct answers *answers = asking->answers;

    end_writing(writing);
    keep(answers, &answers->rounds[asking->round][writing->number], buffer_content(&writing->text),
         writing->tokens, ended);
    release_writing(writing);
    if (!note(answers, asking->round, writing->number, &answers->err)) answers->failed = true;
    if (answers->told) answers->told(answers->context, answers);
}

static bool take(void *context, size_t request, uint32_t id)
{
    struct asking *asking = context;
    struct answers *answers = asking->answers;
    struct writing *writing = &asking->writings[request];
    const bool end = ends_has(answers->ends, id);
    bool stopped = false;

    if (answers->failed) return false;
    if (!writing->begun) begin_writing(answers, writing);
    answers->tokens++;
    writing->tokens++;
    writing->piece.len = 0;
    if (!end) {
        detokenizer_add(&writing->detokenizer, id, &writing->piece);
        stopped = stops_feed(&writing->stops, buffer_content(&writing->piece), &writing->text);
    }
    if (!end && !stopped && writing->tokens < answers->most) return true;
    finish(asking, writing, end || stopped);
    return false;
}

static struct text prompt_bytes(const struct questions *questions, size_t prompt)
{
    const struct question_prompt *from = &questions->prompts[prompt];

    return (struct text){(const char *)(questions->ids.at + from->begin),
                         from->count * sizeof *questions->ids.at};
}

/* Of each prompt, how many before it have the same ids. To be freed. */
static size_t *count_equals(const struct questions *questions)
{
    size_t *before = mem_zero(questions->prompt_count, sizeof *before);
    size_t *again =
        mem_zero(questions->prompt_count, sizeof *again); /* by the first one's number */
    struct lookup seen = {0};

    for (size_t i = 0; i < questions->prompt_count; i++) {
        const size_t *first = lookup_add(&seen, prompt_bytes(questions, i), i);

        if (first) before[i] = ++again[*first];
    }
    lookup_release(&seen);
    mem_free(again);
    return before;
}

/* The requests of a round whose answers are not there. What a text is drawn by depends on its
 * prompt, its place among equal ones and the draw: nothing else that is asked changes it. */
static void list_requests(struct asking *asking)
{
    struct answers *answers = asking->answers;
    const struct questions *questions = answers->questions;
    const bool draws = draws_in(asking->round);
    const size_t all = answers->counts[asking->round];
    size_t *before = count_equals(questions);

    asking->requests = mem_zero(all, sizeof *asking->requests);
    asking->writings = mem_zero(all, sizeof *asking->writings);
    for (size_t i = 0; i < all; i++) {
        const size_t prompt = draws ? questions->items[i / answers->draws].first : i;
        const struct question_prompt *from = &questions->prompts[prompt];
        const struct hash_key key = {before[prompt], draws ? i % answers->draws + 1 : 0};
        const struct text ids = prompt_bytes(questions, prompt);

        if (answers->rounds[asking->round][i].text) continue;
        asking->writings[asking->count].number = i;
        asking->requests[asking->count++] =
            (struct request){.ids = questions->ids.at + from->begin,
                             .count = from->count,
                             .most = answers->most,
                             .number = hash_bytes(key, ids.at, ids.len).low};
    }
    mem_free(before);
}

static struct generator *open_generator(const struct asking *asking, struct err *err)
{
    const struct answers *answers = asking->answers;
    const size_t longest = answers->questions->longest;
    struct generator_options options = {
        .beside = answers->beside < asking->count ? answers->beside : asking->count,
        .prefill = PREFILL,
        .adapted = asking->round < ROUND_REFERENCE && answers->decoder->adapter,
        .sampling = answers->sampling,
        .ends = answers->ends};

    if (draws_in(asking->round)) options.sampling.temperature = answers->draw_temperature;
    if (!generator_fit(answers->decoder, &options, longest, longest + answers->most,
                       answers->memory, err))
        return NULL;
    return generator_new(answers->decoder, &options, longest);
}

static bool run_round(struct answers *answers, enum round round, struct err *err)
{
    struct asking asking = {.answers = answers, .round = round};
    struct generator *generator = NULL;

    list_requests(&asking);
    if (asking.count > 0) generator = open_generator(&asking, err);
    if (generator &&
        generator_run(generator, asking.requests, asking.count, take, &asking, &answers->err) < 0)
        answers->failed = true;
    for (size_t i = 0; i < asking.count; i++) release_writing(&asking.writings[i]);
    if (answers->failed) *err = answers->err;
    answers->failed = answers->failed || (asking.count > 0 && !generator);
    generator_free(generator);
    mem_free(asking.requests);
    mem_free(asking.writings);
    return !answers->failed;
}

bool answers_run(struct answers *answers, struct err *err)
{
    decoder_reach(answers->decoder, answers->questions->longest + answers->most);
    for (enum round round = 0; round < ROUNDS; round++)
        if (answers->rounds[round] && !run_round(answers, round, err)) return false;
    return true;
}

void answers_release(struct answers *answers)
{
    for (enum round round = 0; round < ROUNDS; round++) {
        for (size_t i = 0; answers->rounds[round] && i < answers->counts[round]; i++)
            mem_free(answers->rounds[round][i].text);
        mem_free(answers->rounds[round]);
        answers->rounds[round] = NULL;
    }
}
