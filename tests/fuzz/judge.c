/* All judges of texts. A byte for the kind, a line for the key, one for the question, one for each
 * option, an empty line, and the text.
 *
 * Whatever is judged right states an answer; judging twice is judging once; shares are shares. */
#include "fuzz/fuzz.h"
#include "judge/arithmetic.h"
#include "judge/format.h"
#include "judge/repetition.h"
#include "judge/similarity.h"
#include "judge/votes.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#define OPTIONS 30

static struct judge_desk desk;
static struct buffer first, second;

static struct text take_line(struct text *rest)
{
    const char *end = rest->len ? memchr(rest->at, '\n', rest->len) : NULL;
    struct text line = {rest->at, end ? (size_t)(end - rest->at) : rest->len};
    size_t taken = line.len + (end != NULL);

    rest->at += taken;
    rest->len -= taken;
    return line;
}

static void judge(enum judge_kind kind, const struct judge_key *key, struct text text)
{
    bool verdict = judge_verdict(kind, key, text, &desk), any;

    first.len = second.len = 0;
    any = judge_extract(kind, key, text, &desk, &first);
    judge_extract(kind, key, text, &desk, &second);
    demand(any == (first.len > 0) && first.len == second.len);
    demand(!first.len || memcmp(first.at, second.at, first.len) == 0);
    demand(!verdict || any);
    demand(verdict == judge_verdict(kind, key, text, &desk));
    second.len = 0;
    judge_ballot(kind, key, text, &desk, &second);
    demand(any ? second.len == first.len && memcmp(first.at, second.at, first.len) == 0
               : second.at[0] == '"');
}

static void judge_form(struct text key, struct text text, const struct text *tools, size_t count)
{
    struct format_key form = {tools, count, key};
    struct format_verdict verdict;

    format_judge(&form, text, &desk, &verdict);
    demand(verdict.fault < FORMAT_FAULTS && format_fault_name(verdict.fault)[0]);
    demand(!verdict.arguments || verdict.tool);
    demand(!verdict.tool || verdict.expects);
    demand(verdict.full_compliance == (verdict.json_validity && verdict.thought_prefix));
}

static void measure(struct text key, struct text text, const struct text *list, size_t count)
{
    double share = similarity_chrf(text, key), itself = similarity_chrf(text, text);
    struct votes votes = votes_count(list, count);
    struct err err;

    demand(share >= 0 && share <= 1 + 1e-9);
    demand(itself == 0 || fabs(itself - 1) < 1e-9);
    share = similarity_concepts(list, count, text, &desk);
    demand(share >= 0 && share <= 1);
    share = repetition_share(text);
    demand(share >= 0 && share < 1 && repetition_words(text) <= text.len);
    demand(votes.votes <= count && votes.distinct <= count && votes.share <= 1);
    if (arithmetic_eval(text, &share, &err)) demand(isfinite(share));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text rest = {data ? (const char *)data : "", size}, options[OPTIONS];
    struct judge_key key = {.options = options};
    enum judge_kind kind = JUDGE_AUTO;

    if (rest.len) {
        kind = (enum judge_kind)((unsigned char)rest.at[0] % (JUDGE_JSON + 1));
        rest.at++;
        rest.len--;
    }
    key.answer = take_line(&rest);
    key.question = take_line(&rest);
    while (key.option_count < OPTIONS) {
        options[key.option_count] = take_line(&rest);
        if (!options[key.option_count].len) break;
        key.option_count++;
    }
    judge(kind, &key, rest);
    judge_form(key.answer, rest, options, key.option_count);
    measure(key.answer, rest, options, key.option_count);
    judge_desk_release(&desk);
    buffer_release(&first);
    buffer_release(&second);
    return 0;
}
