#include "eval/judging.h"

#include "eval/judging_parts.h"
#include "judge/repetition.h"
#include "judge/similarity.h"
#include "judge/votes.h"
#include "records/value.h"

#include <string.h>

#define OPTIONS_MOST 26

/* One record under judgement. */
struct desk {
    struct judging *judging;
    struct marks *marks;
    size_t record;
    struct pair pair;
    struct judge_desk judge;
    struct judge_key key;
    struct text options[OPTIONS_MOST];
    struct scan list;
    struct buffer answer, option_texts, question, votes, reference;
    const struct answer *own, *draws;
    const double *verdicts; /* of a command: on the draws, or else on the own answer; or NULL */
    size_t forms, draw_count;
};

static void mark(struct desk *desk, const char *name, double value)
{
    marks_add(desk->marks, desk->record, name, value);
}

static struct text text_of_answer(const struct answer *answer)
{
    return (struct text){answer->text, answer->len};
}

/* A string's meaning, or what stands there; to the end of out, which must not move any more. */
static struct text take_text(const struct value *value, struct buffer *out)
{
    out->len = 0;
    if (!value) return (struct text){"", 0};
    if (value->kind == KIND_STRING)
        value_unescape(value, out);
    else
        buffer_add(out, value->at, value->len);
    return buffer_content(out);
}

static void take_options(struct desk *desk)
{
    const struct value *list = pair_find(&desk->pair, "options");
    size_t ends[OPTIONS_MOST], begin = 0;

    desk->key.option_count = 0;
    desk->key.options = desk->options;
    desk->option_texts.len = 0;
    if (!list || list->kind != KIND_ARRAY || !scan_json(&desk->list, list->at, list->len)) return;
    for (size_t i = 0; i < desk->list.count && i < OPTIONS_MOST; i++) {
        if (desk->list.members[i].value.kind != KIND_STRING) return;
        value_unescape(&desk->list.members[i].value, &desk->option_texts);
        ends[i] = desk->option_texts.len;
    }
    for (size_t i = 0; i < desk->list.count && i < OPTIONS_MOST; i++) {
        desk->options[i] = buffer_part(&desk->option_texts, begin, ends[i]);
        begin = ends[i];
        desk->key.option_count++;
    }
}

static void take_key(struct desk *desk)
{
    const struct value *tolerance = pair_find(&desk->pair, "tolerance");

    desk->key =
        (struct judge_key){.answer = take_text(desk->pair.fields[FIELD_ANSWER], &desk->answer)};
    desk->question.len = 0;
    pair_add_text(&desk->pair, FIELD_PROMPT, &desk->question);
    desk->key.question = buffer_content(&desk->question);
    desk->key.has_tolerance = tolerance && value_number(tolerance, &desk->key.tolerance);
    take_options(desk);
}

/* Of the draws where there are any, else of the own answer. */
static const struct answer *judged_answers(const struct desk *desk, size_t *count)
{
    *count = desk->draws ? desk->draw_count : 1;
    return desk->draws ? desk->draws : desk->own;
}

static double is_right(struct desk *desk, size_t number)
{
    size_t count;
    const struct answer *answers = judged_answers(desk, &count);

    if (desk->verdicts) return desk->verdicts[number];
    return judge_verdict(desk->judging->kind, &desk->key, text_of_answer(&answers[number]),
                         &desk->judge);
}

/* The share of right ones. */
static double share_right(struct desk *desk)
{
    size_t count;
    double right = 0;

    judged_answers(desk, &count);
    for (size_t i = 0; i < count; i++) right += is_right(desk, i);
    return right / (double)count;
}

static void mark_answer(struct desk *desk)
{
    if (!desk->pair.fields[FIELD_ANSWER] && !desk->verdicts) return;
    desk->judging->judged++;
    mark(desk, "answer_accuracy", share_right(desk));
}

/* The share of an open question's concepts. */
static bool share_concepts(struct desk *desk, double *share)
{
    const struct value *list = pair_find(&desk->pair, "key_concepts");
    struct text concepts[OPTIONS_MOST];
    struct buffer texts[OPTIONS_MOST] = {{0}};
    size_t count = 0;

    if (!list || list->kind != KIND_ARRAY || !scan_json(&desk->list, list->at, list->len))
        return false;
    for (size_t i = 0; i < desk->list.count && count < OPTIONS_MOST; i++, count++)
        concepts[count] = take_text(&desk->list.members[i].value, &texts[count]);
    *share = similarity_concepts(concepts, count, text_of_answer(desk->own), &desk->judge);
    for (size_t i = 0; i < count; i++) buffer_release(&texts[i]);
    return count > 0;
}

static void mark_quiz(struct desk *desk)
{
    const struct value *type = pair_find(&desk->pair, "type");
    const struct value *reference = pair_find(&desk->pair, "reference_answer");
    double share, alike = 0;

    if (reference) {
        alike = similarity_chrf(text_of_answer(desk->own), take_text(reference, &desk->reference));
        mark(desk, "similarity", alike);
    }
    if (!desk->judging->quiz) return;
    if (desk->verdicts ||
        (desk->pair.fields[FIELD_ANSWER] && !(type && value_is(type, TEXT("open")))))
        mark(desk, "quiz_accuracy", share_right(desk));
    else if (share_concepts(desk, &share))
        mark(desk, "quiz_accuracy", share);
    else if (reference)
        mark(desk, "quiz_accuracy", alike);
}

/* What most of the answers say, and how many do: of all, or of those that say something to the
 * question. */
static struct votes count_votes(struct desk *desk, const struct answer *answers, size_t count,
                                bool all)
{
    const enum judge_kind kind = desk->judging->kind;
    struct text *texts = mem_zero(count, sizeof *texts);
    size_t *ends = mem_zero(count, sizeof *ends), begin = 0;
    struct votes votes;

    desk->votes.len = 0;
    for (size_t i = 0; i < count; i++) {
        const struct text text = text_of_answer(&answers[i]);

        if (all)
            judge_ballot(kind, &desk->key, text, &desk->judge, &desk->votes);
        else
            judge_extract(kind, &desk->key, text, &desk->judge, &desk->votes);
        ends[i] = desk->votes.len;
    }
    for (size_t i = 0; i < count; i++) {
        texts[i] = buffer_part(&desk->votes, begin, ends[i]);
        begin = ends[i];
    }
    votes = votes_count(texts, count);
    mem_free(texts);
    mem_free(ends);
    return votes;
}

/* Draws without an answer agree with each other, yet none of them is the debate's verdict. */
static void mark_votes(struct desk *desk)
{
    size_t spokesman = 0;

    if (desk->draws)
        mark(desk, "consistency", count_votes(desk, desk->draws, desk->draw_count, true).share);
    if (desk->forms > 1)
        mark(desk, "consistency_paraphrases",
             count_votes(desk, desk->own, desk->forms, true).share);
    if (!desk->judging->agreement || !desk->pair.fields[FIELD_ANSWER] ||
        !pair_is_debate(&desk->pair))
        return;
    if (desk->draws) spokesman = count_votes(desk, desk->draws, desk->draw_count, false).first;
    mark(desk, "agreement", is_right(desk, spokesman));
}

static void mark_format(struct desk *desk)
{
    const struct format_key key = {.tools = desk->judging->tools,
                                   .tool_count = desk->judging->tool_count,
                                   .expected = desk->key.answer};
    struct format_verdict verdict;

    format_judge(&key, text_of_answer(desk->own), &desk->judge, &verdict);
    mark(desk, "json_validity", verdict.json_validity);
    mark(desk, "thought_prefix", verdict.thought_prefix);
    mark(desk, "action_block", verdict.action_block);
    mark(desk, "refusal", verdict.refusal);
    mark(desk, "full_compliance", verdict.full_compliance);
    mark(desk, "strict_compliance", verdict.strict_compliance);
    if (verdict.expects) {
        mark(desk, "tool_accuracy", verdict.tool);
        mark(desk, "argument_accuracy", verdict.arguments);
    }
    desk->judging->faults[verdict.fault]++;
}

static void mark_voice(struct desk *desk)
{
    const struct voice *voice = desk->judging->voice;
    struct voice_score score;

    if (desk->judging->voiced) mark(desk, "voice", desk->verdicts[0]);
    if (!voice) return;
    voice_judge(voice, text_of_answer(desk->own), &desk->reference, &score);
    mark(desk, "voice", score.total);
    for (size_t i = 0; i < voice->group_count; i++) {
        char *name = mem_format("voice/%s", voice->groups[i].name);

        mark(desk, name, score.groups[i]);
        mem_free(name);
    }
    mark(desk, "voice_negative", score.negative != NULL);
}

static void mark_record(struct desk *desk)
{
    const struct text own = text_of_answer(desk->own);

    take_key(desk);
    if (desk->judging->answer) mark_answer(desk);
    mark_quiz(desk);
    mark_votes(desk);
    if (desk->judging->format) mark_format(desk);
    mark_voice(desk);
    mark(desk, "repetition", repetition_share(own));
    mark(desk, "length/words", (double)repetition_words(own));
    mark(desk, "length/tokens", (double)desk->own->tokens);
}

static void release_desk(struct desk *desk)
{
    pair_release(&desk->pair);
    judge_desk_release(&desk->judge);
    scan_release(&desk->list);
    buffer_release(&desk->answer);
    buffer_release(&desk->option_texts);
    buffer_release(&desk->question);
    buffer_release(&desk->votes);
    buffer_release(&desk->reference);
}

bool judging_mark(struct judging *judging, enum round round, struct marks *marks, struct err *err)
{
    const struct answers *answers = judging->answers;
    const size_t count = judging->questions->count;
    const bool commands = judging_commands(judging);
    const size_t each = judging_verdicts_each(judging);
    struct desk desk = {.judging = judging, .marks = marks, .draw_count = answers->draws};
    double *verdicts = commands ? judging_ask(judging, round, err) : NULL;
    bool good = !commands || verdicts;

    memset(judging->faults, 0, sizeof judging->faults);
    judging->judged = 0;
    for (size_t i = 0; good && i < count; i++) {
        good = questions_pair(judging->questions, i, &desk.pair, err);
        if (!good) break;
        desk.record = i;
        desk.own = answers_of(answers, round, i);
        desk.draws = answers_of(answers, (enum round)(round + 1), i);
        desk.forms = judging->questions->items[i].forms;
        desk.verdicts = verdicts ? verdicts + i * each : NULL;
        mark_record(&desk);
    }
    mem_free(verdicts);
    release_desk(&desk);
    return good;
}
