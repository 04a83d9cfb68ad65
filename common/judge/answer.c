#include "judge/answer.h"

#include "judge/answer_parts.h"

#include <string.h>

static const char *const names[] = {
    [JUDGE_AUTO] = "auto",     [JUDGE_EXACT] = "exact",   [JUDGE_CONTAINS] = "contains",
    [JUDGE_NUMBER] = "number", [JUDGE_CHOICE] = "choice", [JUDGE_JSON] = "json"};

bool judge_kind_parse(struct text name, enum judge_kind *kind)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!text_is(name, names[i])) continue;
        *kind = (enum judge_kind)i;
        return true;
    }
    return false;
}

static struct text trimmed(struct text text)
{
    while (text.len && text.at[0] && strchr(" \t\r\n", text.at[0])) text.at++, text.len--;
    while (text.len && text.at[text.len - 1] && strchr(" \t\r\n", text.at[text.len - 1]))
        text.len--;
    return text;
}

static enum judge_kind pick_kind(const struct reading *r)
{
    const struct judge_key *key = r->key;

    if (key->answer.len && key->answer.at[0] == '{' &&
        scan_json(&r->desk->other, key->answer.at, key->answer.len))
        return JUDGE_JSON;
    if (answer_is_choice(key, &r->desk->key)) return JUDGE_CHOICE;
    return answer_is_number(key->answer) ? JUDGE_NUMBER : JUDGE_CONTAINS;
}

/* 'yes' and 'yep' are the same answer. */
static bool same_answer(const struct words *a, struct span x, const struct words *b, struct span y)
{
    size_t count = x.end - x.begin;

    if (count == 1 && y.end - y.begin == 1 && answer_yes_no(a, x.begin) >= 0)
        return answer_yes_no(a, x.begin) == answer_yes_no(b, y.begin);
    return count == y.end - y.begin && words_same(a, x.begin, b, y.begin, count);
}

static bool judge_exact(struct reading *r, struct buffer *out)
{
    const struct words *words = &r->desk->text, *key = &r->desk->key;
    struct span span = answer_whole(r), want = answer_bare(key, (struct span){0, key->count});
    struct text said;

    answer_announced(r, &span);
    span = answer_bare(words, span);
    if (span.begin == span.end) return false;
    said = words_span(words, span.begin, span.end);
    if (out) buffer_add(out, said.at, said.len);
    return same_answer(words, span, key, want) || same_answer(words, answer_whole(r), key, want);
}

static bool judge(enum judge_kind kind, const struct judge_key *given, struct text generated,
                  struct judge_desk *desk, struct buffer *out)
{
    struct judge_key key = *given;
    struct reading r = {.key = &key, .text = generated, .desk = desk};

    key.answer = trimmed(key.answer);
    words_read(&desk->key, key.answer);
    words_read(&desk->text, generated);
    if (kind == JUDGE_AUTO) kind = pick_kind(&r);
    switch (kind) {
    case JUDGE_EXACT: return judge_exact(&r, out);
    case JUDGE_NUMBER: return answer_number(&r, out);
    case JUDGE_CHOICE: return answer_choice(&r, out);
    case JUDGE_JSON: return answer_json(&r, out);
    default: return answer_contains(&r, out);
    }
}

bool judge_verdict(enum judge_kind kind, const struct judge_key *key, struct text generated,
                   struct judge_desk *desk)
{
    return judge(kind, key, generated, desk, NULL);
}

bool judge_extract(enum judge_kind kind, const struct judge_key *key, struct text generated,
                   struct judge_desk *desk, struct buffer *out)
{
    size_t before = out->len;

    judge(kind, key, generated, desk, out);
    return out->len > before;
}

void judge_ballot(enum judge_kind kind, const struct judge_key *key, struct text generated,
                  struct judge_desk *desk, struct buffer *out)
{
    if (judge_extract(kind, key, generated, desk, out)) return;
    words_read(&desk->text, generated);
    buffer_byte(out, '"');
    buffer_add(out, desk->text.normal.at, desk->text.normal.len);
}

void judge_desk_release(struct judge_desk *desk)
{
    words_release(&desk->text);
    words_release(&desk->key);
    words_release(&desk->side);
    scan_release(&desk->scan);
    scan_release(&desk->other);
    buffer_release(&desk->scratch);
    buffer_release(&desk->pairs);
    *desk = (struct judge_desk){0};
}
