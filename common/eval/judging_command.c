#include "eval/judging_parts.h"
#include "judge/command.h"
#include "records/value.h"

/* What the command is told of each record, which stays there until all are judged. */
struct told {
    struct buffer json, reference;
};

bool judging_commands(const struct judging *judging)
{
    return judging->command &&
           (judging->answer || judging->quiz || judging->agreement || judging->voiced);
}

size_t judging_verdicts_each(const struct judging *judging)
{
    const size_t draws = judging->answers->draws;

    return draws && !judging->voiced ? draws : 1;
}

static size_t add_json(struct buffer *out, const struct value *value)
{
    if (value) buffer_add(out, value->at, value->len);
    return value ? value->len : 0;
}

/* All but the answer that is to be judged. */
static void tell(struct pair *pair, struct told *told, struct command_case *item)
{
    struct text *parts[] = {&item->id, &item->prompt, &item->answer, &item->chosen};
    static const enum field fields[] = {FIELD_ID, FIELD_PROMPT, FIELD_ANSWER, FIELD_CHOSEN};
    const struct value *reference = pair_find(pair, "reference_answer");
    const char *at;

    for (size_t i = 0; i < 4; i++) parts[i]->len = add_json(&told->json, pair->fields[fields[i]]);
    at = told->json.at;
    for (size_t i = 0; i < 4; i++) {
        parts[i]->at = at;
        at += parts[i]->len;
    }
    if (reference && reference->kind == KIND_STRING)
        value_unescape(reference, &told->reference);
    else
        add_json(&told->reference, reference);
    item->reference_answer = buffer_content(&told->reference);
}

static bool tell_all(const struct judging *judging, enum round round, struct told *told,
                     struct command_case *cases, struct err *err)
{
    const size_t each = judging_verdicts_each(judging);
    struct pair pair = {0};
    bool good = true;

    if (judging->answers->draws && !judging->voiced) round++;
    for (size_t i = 0; good && i < judging->questions->count; i++) {
        const struct answer *answers = answers_of(judging->answers, round, i);

        good = questions_pair(judging->questions, i, &pair, err);
        if (!good) break;
        tell(&pair, &told[i], &cases[i * each]);
        for (size_t k = 0; k < each; k++) {
            cases[i * each + k] = cases[i * each];
            cases[i * each + k].generated = (struct text){answers[k].text, answers[k].len};
        }
    }
    pair_release(&pair);
    return good;
}

static bool take_verdict(void *context, size_t index, double score, struct text why,
                         struct err *err)
{
    double *verdicts = context;

    (void)why, (void)err;
    verdicts[index] = score;
    return true;
}

double *judging_ask(const struct judging *judging, enum round round, struct err *err)
{
    const size_t records = judging->questions->count;
    const size_t count = records * judging_verdicts_each(judging);
    struct command_case *cases = mem_zero(count, sizeof *cases);
    struct told *told = mem_zero(records, sizeof *told);
    double *verdicts = mem_zero(count, sizeof *verdicts);
    const struct command_judge judge = {.command = judging->command,
                                        .seconds = judging->seconds,
                                        .take = take_verdict,
                                        .context = verdicts};

    if (!tell_all(judging, round, told, cases, err) || !command_run(&judge, cases, count, err)) {
        mem_free(verdicts);
        verdicts = NULL;
    }
    for (size_t i = 0; i < records; i++) {
        buffer_release(&told[i].json);
        buffer_release(&told[i].reference);
    }
    mem_free(told);
    mem_free(cases);
    return verdicts;
}
