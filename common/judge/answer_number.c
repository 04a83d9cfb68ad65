/* The number that a text gives as its answer. */
#include "judge/amount.h"
#include "judge/answer_parts.h"
#include "records/value.h"

bool answer_is_number(struct text answer)
{
    struct amount amount;
    struct unit unit;
    size_t at = 0, begin = 0, end = answer.len;

    if (!amount_next(answer, &at, &amount) || amount.role == AMOUNT_PART) return false;
    if (amount.at != 0 && (amount.role == AMOUNT_WEAK || amount.at > 4)) return false;
    for (begin = 0; begin < amount.at; begin++)
        if ((answer.at[begin] >= 'A' && answer.at[begin] <= 'z') || answer.at[begin] == ',')
            return false;
    while (end > amount.end && (answer.at[end - 1] == '.' || answer.at[end - 1] == ' ')) end--;
    if (end == amount.end) return true;
    unit_read(answer, &amount, &unit);
    return amount.role == AMOUNT_PLAIN && end == unit.end && unit.count == 1 &&
           unit_is_known(unit.words[0]);
}

#define GIVEN 32 /* amounts of the question that are known as its own */

/* What was seen of a span: its first amount, the first behind 'is', the last behind '=', the first
 * that the question has, too. */
struct pick {
    const double *given;
    size_t given_count;
    struct amount first, last, said_first, said_last, equal, repeated, weak;
    bool any, said, equals, repeats, some;
};

static bool follows_equals(struct text text, const struct amount *amount)
{
    size_t at = amount->at;

    while (at && (text.at[at - 1] == ' ' || text.at[at - 1] == '$' || (text.at[at - 1] & 0x80)))
        at--;
    return at && text.at[at - 1] == '=';
}

static bool follows_verb(const struct words *words, size_t index)
{
    static const char *const verbs[] = {"is", "are",  "was",   "were", "equals",
                                        "be", "it's", "gives", "to",   NULL};
    static const char *const between[] = {"about",   "approximately", "exactly", "only",
                                          "roughly", "around",        "equal",   NULL};

    while (index && words_match(words, index - 1, between)) index--;
    return index && words_match(words, index - 1, verbs);
}

static bool is_given(const struct pick *pick, double value)
{
    for (size_t i = 0; i < pick->given_count; i++)
        if (pick->given[i] == value) return true;
    return false;
}

static void note(struct pick *pick, const struct reading *r, const struct amount *amount,
                 size_t word)
{
    if (amount->role == AMOUNT_PART) return;
    if (amount->role == AMOUNT_WEAK) {
        if (!pick->some) pick->weak = *amount;
        pick->some = true;
        return;
    }
    if (follows_equals(r->text, amount)) {
        pick->equals = true;
        pick->equal = *amount;
    }
    if (is_given(pick, amount->value)) {
        if (!pick->repeats) pick->repeated = *amount;
        pick->repeats = true;
        return;
    }
    if (!pick->any) pick->first = *amount;
    pick->any = true;
    pick->last = *amount;
    if (!follows_verb(&r->desk->text, word)) return;
    if (!pick->said) pick->said_first = *amount;
    pick->said = true;
    pick->said_last = *amount;
}

static bool choose(const struct pick *pick, bool last, struct amount *amount)
{
    if (!pick->any && !pick->equals && !pick->repeats) return false;
    if (pick->equals)
        *amount = pick->equal;
    else if (!pick->any)
        *amount = pick->repeated;
    else if (pick->said)
        *amount = last ? pick->said_last : pick->said_first;
    else
        *amount = last ? pick->last : pick->first;
    return true;
}

/* A walk over the amounts, with the word that each one is. */
struct walk {
    size_t at, word;
    struct amount amount;
};

static bool walk_next(const struct reading *r, struct walk *walk)
{
    const struct words *words = &r->desk->text;

    if (!amount_next(r->text, &walk->at, &walk->amount)) return false;
    while (walk->word + 1 < words->count && words->items[walk->word + 1].from < walk->amount.end &&
           words->items[walk->word].end <= walk->amount.at)
        walk->word++;
    return true;
}

static bool begins_working(const struct words *words)
{
    static const char *const rows[] = {
        "to find",   "to calculate", "to determine", "to solve", "to get",   "to compute",
        "to answer", "let's",        "let us",       "let me",   "first",    "we need",
        "we can",    "we have",      "we know",      "given",    "start by", "using",
        "step",      "the formula",  "if",           "since",    NULL};

    return words_match(words, 0, rows) > 0;
}

/* Sentence by sentence: the first that has an amount, or the last one. Asked ones do not count. */
static bool find_in_sentences(const struct reading *r, bool last, struct amount *amount,
                              struct pick *all)
{
    const struct words *words = &r->desk->text;
    struct walk walk = {0};
    struct pick pick = *all;
    size_t end = words->count ? words_sentence(words, 0) : 0;
    bool found = false;

    while (walk_next(r, &walk)) {
        if (walk.word >= end) {
            found = choose(&pick, last, amount) || found;
            if (found && !last) return true;
            pick = (struct pick){.given = all->given, .given_count = all->given_count};
            end = words_sentence(words, walk.word);
        }
        if (words->count && words->items[walk.word].asked) continue;
        note(&pick, r, &walk.amount, walk.word);
        note(all, r, &walk.amount, walk.word);
    }
    return choose(&pick, last, amount) || found;
}

static bool find_announced(const struct reading *r, struct span span, struct amount *amount)
{
    struct walk walk = {0};
    struct pick pick = {0};

    while (walk_next(r, &walk) && walk.word < span.end)
        if (walk.word >= span.begin) note(&pick, r, &walk.amount, walk.word);
    pick.said = false;
    if (choose(&pick, false, amount)) return true;
    if (pick.some) *amount = pick.weak;
    return pick.some;
}

static bool find_number(const struct reading *r, struct amount *amount)
{
    double given[GIVEN];
    struct pick all = {.given = given};
    struct amount asked;
    struct span span;

    for (size_t at = 0; all.given_count < GIVEN && amount_next(r->key->question, &at, &asked);)
        given[all.given_count++] = asked.value;
    if (answer_announced(r, &span) && find_announced(r, span, amount)) return true;
    if (find_in_sentences(r, begins_working(&r->desk->text), amount, &all)) return true;
    if (all.some) *amount = all.weak;
    return all.some;
}

bool answer_number(struct reading *r, struct buffer *out)
{
    struct amount got, key;
    size_t at = 0;

    if (!find_number(r, &got)) return false;
    if (out) number_write(out, got.value);
    return amount_next(r->key->answer, &at, &key) && answer_same_amount(r, &got, &key);
}
