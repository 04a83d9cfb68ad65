#include "filter/rules.h"

#include "filter/leftovers.h"
#include "judge/action.h"
#include "records/value.h"

/* A pair before the rules. */
struct subject {
    struct pair *pair;
    const struct lengths *lengths;
    struct buffer *scratch;
    enum pair_fault fault;   /* found once, for two rules */
    enum unseen_match match; /* left here by the rule that looks */
};

static bool is_blank(const struct rules *rules, struct subject *subject)
{
    (void)rules;
    return subject->fault == PAIR_BLANK;
}

static bool is_same(const struct rules *rules, struct subject *subject)
{
    (void)rules;
    return subject->fault == PAIR_SAME;
}

/* Records that are not from a debate carry no consensus and need none. */
static bool lacks_consensus(const struct rules *rules, struct subject *subject)
{
    double strength;

    if (rules->min_consensus <= RULES_UNSET) return false;
    if (pair_number(subject->pair, FIELD_CONSENSUS, &strength))
        return !(strength > rules->min_consensus);
    return !rules->keep_unrated && pair_is_debate(subject->pair);
}

static bool is_too_close(const struct rules *rules, struct subject *subject)
{
    double chosen, rejected;

    return rules->min_gap > RULES_UNSET &&
           pair_number(subject->pair, FIELD_CHOSEN_SCORE, &chosen) &&
           pair_number(subject->pair, FIELD_REJECTED_SCORE, &rejected) &&
           !(chosen - rejected >= rules->min_gap);
}

static size_t count_chars(struct subject *subject, enum field field)
{
    subject->scratch->len = 0;
    return utf8_count(pair_text(subject->pair, field, subject->scratch));
}

static bool is_short(const struct rules *rules, struct subject *subject)
{
    return rules->min_chars && (count_chars(subject, FIELD_CHOSEN) < rules->min_chars ||
                                count_chars(subject, FIELD_REJECTED) < rules->min_chars);
}

static bool is_long(const struct rules *rules, struct subject *subject)
{
    return rules->max_chars && (count_chars(subject, FIELD_CHOSEN) > rules->max_chars ||
                                count_chars(subject, FIELD_REJECTED) > rules->max_chars);
}

static bool is_long_in_tokens(const struct rules *rules, struct subject *subject)
{
    return rules->max_tokens && subject->lengths->whole > rules->max_tokens;
}

static bool is_prompt_long_in_tokens(const struct rules *rules, struct subject *subject)
{
    return rules->max_prompt_tokens && subject->lengths->prompt > rules->max_prompt_tokens;
}

static bool is_uneven(const struct rules *rules, struct subject *subject)
{
    double chosen, rejected;

    if (rules->length_ratio <= RULES_UNSET) return false;
    chosen = (double)count_chars(subject, FIELD_CHOSEN);
    rejected = (double)count_chars(subject, FIELD_REJECTED);
    return chosen > rejected ? chosen > rules->length_ratio * rejected
                             : rejected > rules->length_ratio * chosen;
}

static bool is_unasked(const struct rules *rules, struct subject *subject)
{
    return rules->user_last && subject->pair->unasked;
}

/* Does a test hold for any of the three texts? */
static bool any_text(bool (*holds)(struct text), struct subject *subject)
{
    for (enum field f = FIELD_PROMPT; f <= FIELD_REJECTED; f++) {
        subject->scratch->len = 0;
        if (holds(pair_text(subject->pair, f, subject->scratch))) return true;
    }
    return false;
}

static bool has_special(const struct rules *rules, struct subject *subject)
{
    return rules->no_special && any_text(has_control_tokens, subject);
}

static bool has_leftover(const struct rules *rules, struct subject *subject)
{
    return rules->no_placeholders && any_text(has_leftovers, subject);
}

static bool is_foreign(const struct rules *rules, struct subject *subject)
{
    subject->scratch->len = 0;
    if (!rules->scripts.count) return false;
    for (enum field f = FIELD_PROMPT; f <= FIELD_REJECTED; f++)
        pair_add_text(subject->pair, f, subject->scratch);
    return !scripts_hold(&rules->scripts,
                         (struct text){subject->scratch->at, subject->scratch->len});
}

static bool is_no_action(const struct rules *rules, struct subject *subject)
{
    subject->scratch->len = 0;
    return rules->json_actions &&
           action_judge(pair_text(subject->pair, FIELD_CHOSEN, subject->scratch),
                        &subject->pair->inner) != ACTION_GOOD;
}

static bool is_elsewhere(const struct rules *rules, struct subject *subject)
{
    return rules->wheres.count && !wheres_hold(&rules->wheres, subject->pair, subject->scratch);
}

static bool was_seen(const struct rules *rules, struct subject *subject)
{
    if (rules->unseen.active)
        subject->match = unseen_find(&rules->unseen, subject->pair, subject->scratch);
    return subject->match != UNSEEN_NEW;
}

static const struct {
    const char *name;
    bool (*breaks)(const struct rules *rules, struct subject *subject);
    const char *why_empty;
} table[] = {
    {"blank", is_blank, "every record has an empty text"},
    {"identical", is_same, "chosen and rejected are the same everywhere"},
    {"min-consensus", lacks_consensus,
     "no strength is above the bound; three debaters never give more than 0.667 while a minority "
     "is left (five give 0.8, seven 0.714 or 0.857), and debate pairs without a strength stay only "
     "with --keep-unrated"},
    {"min-gap", is_too_close, "the gap is chosen_score - rejected_score in the file's own scale"},
    {"min-chars", is_short, "the bound is for each answer, in characters"},
    {"max-chars", is_long, "the bound is for each answer, in characters"},
    {"max-tokens", is_long_in_tokens,
     "the bound is for the prompt with the longer answer, as the model counts tokens"},
    {"max-prompt-tokens", is_prompt_long_in_tokens,
     "the bound is for the prompt with all that the chat template adds"},
    {"length-ratio", is_uneven, "the ratio is longer to shorter answer, in characters"},
    {"user-last", is_unasked, "no prompt ends with a message of the user or of a tool"},
    {"no-special", has_special,
     "every record holds control tokens: was a chat template applied before?"},
    {"no-placeholders", has_leftover,
     "every record holds placeholders or twice-encoded text: look at how it was written"},
    {"script", is_foreign, "the share counts letters of the prompt and both answers"},
    {"json-actions", is_no_action,
     "chosen must be a Thought line and one Action with a JSON object of 'tool' and 'args'"},
    {"where", is_elsewhere, "a field that is missing satisfies only '!=' and '!~'"},
    {"unseen", was_seen, "all prompts stand in the other file: is it the same data?"},
};

struct ruling rules_judge(const struct rules *rules, struct pair *pair,
                          const struct lengths *lengths, struct buffer *scratch)
{
    struct subject subject = {
        .pair = pair, .lengths = lengths, .scratch = scratch, .match = UNSEEN_NEW};
    struct err err;

    subject.fault = pair_fault(pair, &err);
    for (size_t i = 0; i < rules_count(); i++)
        if (table[i].breaks(rules, &subject)) return (struct ruling){(int)i, subject.match};
    return (struct ruling){RULES_PASSED, UNSEEN_NEW};
}

size_t rules_count(void)
{
    return sizeof table / sizeof table[0];
}

const char *rule_name(size_t rule)
{
    return table[rule].name;
}

const char *rule_why_empty(size_t rule)
{
    return table[rule].why_empty;
}
