#include "tree/tree.h"

#include "tree/tree_texts.h"

#include <string.h>

void tree_maker_init(struct tree_maker *maker, const struct language *language,
                     const struct tree_rules *rules)
{
    *maker = (struct tree_maker){.rules = rules, .language = language};
    encoder_init(&maker->encoder, language->tokenizer);
}

void tree_maker_release(struct tree_maker *maker)
{
    encoder_release(&maker->encoder);
    for (int i = 0; i < 3; i++) {
        buffer_release(&maker->texts[i]);
        ids_release(&maker->ids[i]);
    }
    buffer_release(&maker->messages);
}

static size_t common_prefix(const struct ids *a, const struct ids *b, size_t most)
{
    size_t n = 0;

    while (n < most && n < a->count && n < b->count && a->at[n] == b->at[n]) n++;
    return n;
}

static size_t over(size_t count, size_t bound)
{
    return bound && count > bound ? count - bound : 0;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static void add_ids(struct ids *out, const struct ids *from, size_t begin, size_t count)
{
    if (!count) return;
    ids_reserve(out, count);
    memcpy(out->at + out->count, from->at + begin, count * sizeof *out->at);
    out->count += count;
}

/* The ids of one sequence that stay: cut from its beginning, cut_end from its end. */
struct cut {
    size_t begin, end;
};

static struct cut cut_of(const struct tree_rules *rules, size_t begin, size_t count)
{
    size_t excess = over(count - begin, rules->max_length);

    if (rules->truncate == TRUNCATE_KEEP_END) return (struct cut){begin + excess, 0};
    return (struct cut){begin, excess};
}

/* One side's ids behind the shared prompt, which ends at 'shared'; the answer begins at
 * 'prompt'. */
static struct branch add_branch(struct ids *out, const struct ids *side, struct cut cut,
                                size_t shared, size_t prompt)
{
    size_t end = side->count - cut.end, begin = cut.begin > shared ? cut.begin : shared;
    struct branch branch = {.context = prompt > begin ? prompt - begin : 0};

    branch.answer = end - begin - branch.context;
    branch.lost = side->count - prompt - branch.answer;
    add_ids(out, side, begin, end - begin);
    return branch;
}

/* Positions count from what stays: the prompt is shared only where both sides lose the same of
 * it. */
static int cut_and_join(const struct tree_maker *maker, size_t prompt, bool rejects,
                        struct tree *tree)
{
    const struct tree_rules *rules = maker->rules;
    const struct ids *chosen = &maker->ids[1], *rejected = &maker->ids[2];
    size_t begin = over(prompt, rules->max_prompt_length), shared;
    struct cut cuts[2] = {cut_of(rules, begin, chosen->count)};

    cuts[1] = rejects ? cut_of(rules, begin, rejected->count) : cuts[0];
    tree->ids.count = 0;
    if (rules->score_prompts) prompt = begin;
    if (rules->truncate == TRUNCATE_KEEP_START && rules->max_length &&
        prompt - begin >= rules->max_length)
        return 0;
    tree->prompt_lost =
        least(cuts[0].begin < cuts[1].begin ? cuts[1].begin : cuts[0].begin, prompt);
    tree->prompt =
        cuts[0].begin == cuts[1].begin && cuts[0].begin < prompt ? prompt - cuts[0].begin : 0;
    shared = tree->prompt ? prompt : 0;
    add_ids(&tree->ids, chosen, cuts[0].begin, tree->prompt);
    tree->chosen = add_branch(&tree->ids, chosen, cuts[0], shared, prompt);
    tree->rejected =
        rejects ? add_branch(&tree->ids, rejected, cuts[1], shared, prompt) : (struct branch){0};
    return 1;
}

int tree_make(struct tree_maker *maker, struct pair *pair, struct tree *tree, struct err *err)
{
    const bool rejects = pair->fields[FIELD_REJECTED] != NULL;
    struct ids *ids = maker->ids;
    bool special;
    size_t prompt;

    if (!tree_texts(maker, pair, &special, err)) return -1;
    for (int i = 0; i < 3; i++) {
        struct text text = {maker->texts[i].at, maker->texts[i].len};

        ids[i].count = 0;
        if (!pair->fields[FIELD_PROMPT + i]) continue;
        if (!tokenizer_encode(&maker->encoder, text, special, &ids[i], err)) return -1;
    }
    prompt = common_prefix(&ids[0], &ids[1], ids[0].count);
    if (rejects) prompt = common_prefix(&ids[0], &ids[2], prompt);
    tree->prompt_split = prompt < ids[0].count;
    return cut_and_join(maker, prompt, rejects, tree);
}

bool tree_prompt(struct tree_maker *maker, struct pair *pair, struct text begun, struct ids *out,
                 size_t *lost, struct err *err)
{
    const struct value *answers[2] = {pair->fields[FIELD_CHOSEN], pair->fields[FIELD_REJECTED]};
    struct ids *ids = &maker->ids[0];
    bool special, good;

    pair->fields[FIELD_CHOSEN] = pair->fields[FIELD_REJECTED] = NULL;
    good = tree_texts(maker, pair, &special, err);
    pair->fields[FIELD_CHOSEN] = answers[0];
    pair->fields[FIELD_REJECTED] = answers[1];
    if (!good) return false;
    ids->count = 0;
    buffer_add(&maker->texts[0], begun.at, begun.len);
    if (!tokenizer_encode(&maker->encoder, buffer_content(&maker->texts[0]), special, ids, err))
        return false;
    *lost = over(ids->count, maker->rules->max_prompt_length);
    add_ids(out, ids, *lost, ids->count - *lost);
    return true;
}

void tree_release(struct tree *tree)
{
    ids_release(&tree->ids);
}
