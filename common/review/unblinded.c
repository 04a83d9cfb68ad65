#include "review/unblinded.h"

#include "records/value.h"

#include <math.h>

static void add_member(struct buffer *out, const char *name, const struct value *value)
{
    if (value->kind == KIND_ABSENT) return;
    buffer_format(out, ",\"%s\":", name);
    buffer_add(out, value->at, value->len);
}

static void add_quoted(struct buffer *out, const char *name, struct text text)
{
    if (!text.len) return;
    buffer_format(out, ",\"%s\":", name);
    text_quote(out, text);
}

static void add_choice(struct buffer *out, enum choice choice, int value)
{
    static const char *const words[] = {"baseline", "tie", "now"};

    if (choice == CHOICE_OPEN) {
        buffer_text(out, ",\"choice\":null");
        return;
    }
    buffer_format(out, ",\"choice\":\"%s\",\"scores\":{", words[value + 1]);
    if (value) buffer_format(out, "\"win_rate\":%d,", value > 0);
    buffer_format(out, "\"win_score\":%s}", value > 0 ? "1" : value < 0 ? "0" : "0.5");
}

static void add_record(const struct outcome *outcome, const struct verdicts *verdicts, size_t v,
                       const struct duels *duels, struct buffer *out)
{
    const struct duel *duel = &duels->items[outcome->duels[v]];
    const struct text id = duels->now->items[duel->now].id;
    const struct value *now = duels->now->items[duel->now].members;
    const struct value *baseline = duels->baseline->items[duel->baseline].members;

    buffer_byte(out, '{');
    if (id.len) {
        buffer_text(out, "\"id\":");
        text_quote(out, id);
        buffer_byte(out, ',');
    }
    buffer_text(out, "\"prompt\":");
    buffer_add(out, now[RESULTS_PROMPT].at, now[RESULTS_PROMPT].len);
    add_member(out, "generated", &now[RESULTS_GENERATED]);
    add_member(out, "reference",
               &baseline[duels->baseline == duels->now ? RESULTS_REFERENCE : RESULTS_GENERATED]);
    add_choice(out, verdicts->items[v].choice, outcome->values[v]);
    add_quoted(out, "note", verdicts->items[v].note);
    if (duel->category.len) {
        buffer_text(out, ",\"groups\":{\"category\":");
        text_quote(out, duel->category);
        buffer_byte(out, '}');
    }
    buffer_text(out, "}\n");
}

static void add_number(struct buffer *out, const char *name, double value)
{
    if (!isfinite(value)) return;
    buffer_format(out, "\"%s\":", name);
    number_write(out, value);
    buffer_byte(out, ',');
}

void unblinded_write(const struct outcome *outcome, const struct verdicts *verdicts,
                     const struct duels *duels, struct buffer *out)
{
    const struct outcome_rate rate = outcome_rate(outcome->all);

    for (size_t v = 0; v < verdicts->count; v++) add_record(outcome, verdicts, v, duels, out);
    buffer_text(out, "{\"metrics\":{");
    add_number(out, "win_rate", rate.rate);
    add_number(out, "win_rate/low", rate.low);
    add_number(out, "win_rate/high", rate.high);
    add_number(out, "win_score", rate.score);
    add_number(out, "win_score/low", rate.score_low);
    add_number(out, "win_score/high", rate.score_high);
    add_number(out, "p", rate.p);
    buffer_format(out, "\"wins\":%zu,\"losses\":%zu,\"ties\":%zu,\"records\":%zu}}\n",
                  outcome->all.wins, outcome->all.losses, outcome->all.ties, verdicts->count);
}
