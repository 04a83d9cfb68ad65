#include "examples/examples_layout.h"
#include "records/stream.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

struct reading {
    struct examples *examples;
    struct stream stream;
};

/* What judge finds for take: ends in the desk's buffers, and the example. */
struct found {
    size_t text_begin, ids_begin, ids_count, longest;
    struct example item;
    enum form form;
    bool prompt_cut, prompt_split, system_lost, unasked, same, unscored;
};

struct desk {
    struct tree_maker maker;
    bool ready; /* is the maker? */
    struct tree tree;
    struct batch batch;
    struct buffer text;
    struct ids ids;
};

static bool take_form(const struct examples *examples, struct pair *pair, enum form *form,
                      struct err *err)
{
    if (!form_take(pair, form, err)) return false;
    if (examples->completion_only != COMPLETION_ONLY_YES || form_has_prompt(*form)) return true;
    return err_set(err, "only completions are to be scored, but the record holds %s",
                   form_name(*form));
}

static bool same_answers(const struct tree *tree)
{
    const struct branch *chosen = &tree->chosen, *rejected = &tree->rejected;
    const size_t count = chosen->context + chosen->answer;
    const token_id *at = tree->ids.at + tree->prompt;

    return chosen->answer == rejected->answer && chosen->context == rejected->context &&
           memcmp(at, at + count, count * sizeof *at) == 0;
}

static void describe(struct example *item, const struct tree *tree, bool pairs)
{
    item->prompt = tree->prompt;
    item->branches[0] = tree->chosen;
    item->branches[1] = tree->rejected;
    item->sides = pairs ? 2 : 1;
    for (size_t side = 0; side < item->sides; side++) {
        const struct branch *branch = &item->branches[side];

        item->lengths[side] = branch->answer;
        item->tokens += item->prompt + branch->context + branch->answer;
    }
    item->longer = pairs && item->lengths[0] > item->lengths[1];
}

/* Is there something to be scored? Texts may do without, pairs may not. */
static bool check_scored(struct found *found, struct err *err)
{
    static const char *const sides[2] = {"chosen", "rejected"};
    const struct example *item = &found->item;

    for (size_t side = 0; side < item->sides; side++) {
        if (item->scored[side] > 0) continue;
        if (item->sides == 2)
            return err_set(err, "'%s' has no token that could be scored", sides[side]);
        found->unscored = item->branches[side].lost == 0;
    }
    return true;
}

/* What the tree asks of the model, and whether this one can give it. */
static bool examine(const struct examples *examples, struct desk *desk, struct found *found,
                    struct err *err)
{
    const bool pairs = examples->kind == EXAMPLES_PAIRS;
    const struct tree *tree = &desk->tree;
    struct example *item = &found->item;

    if (tree->ids.count == 0)
        return err_set(err, "%s has no token that could be scored",
                       pairs ? "'chosen'" : "the record");
    describe(item, tree, pairs);
    found->same = pairs && same_answers(tree);
    found->prompt_cut = tree->prompt_lost > 0;
    found->prompt_split = tree->prompt_split;
    batch_clear(&desk->batch);
    example_add(&desk->batch, item, tree->ids.at, item->scored);
    if (!check_scored(found, err) ||
        !batch_check(&desk->batch, examples->config, examples->beyond_context, err))
        return false;
    if (item->scored[0] == 0) return true;
    item->rows = desk->batch.rows;
    found->longest = desk->batch.longest;
    found->ids_count = tree->ids.count;
    ids_reserve(&desk->ids, tree->ids.count);
    for (size_t i = 0; i < tree->ids.count; i++) ids_add(&desk->ids, tree->ids.at[i]);
    return true;
}

static double gap_of(const struct pair *pair)
{
    double chosen, rejected;

    if (!pair_number(pair, FIELD_CHOSEN_SCORE, &chosen) ||
        !pair_number(pair, FIELD_REJECTED_SCORE, &rejected))
        return NAN;
    return chosen - rejected;
}

static bool judge(void *context, void *place, struct pair *pair, void *result, struct err *err)
{
    const struct examples *examples = ((const struct reading *)context)->examples;
    const bool texts = examples->kind == EXAMPLES_TEXTS;
    struct desk *desk = place;
    struct found *found = result;
    int made;

    if (!desk->ready) tree_maker_init(&desk->maker, examples->language, &examples->rules);
    desk->ready = true;
    *found = (struct found){.text_begin = desk->text.len, .ids_begin = desk->ids.count};
    if (texts && !take_form(examples, pair, &found->form, err)) return false;
    if (examples->keep_lines) buffer_add(&desk->text, pair->line.at, pair->line.len);
    found->item.text_len = desk->text.len - found->text_begin;
    found->unasked = !texts && pair->unasked;
    found->item.gap = texts ? NAN : gap_of(pair);
    made = tree_make(&desk->maker, pair, &desk->tree, err);
    found->system_lost = desk->maker.system_lost;
    return made == 0 || (made > 0 && examine(examples, desk, found, err));
}

static void count(struct examples *examples, const struct found *found)
{
    const struct example *item = &found->item;
    const bool lost[2] = {item->branches[0].lost > 0, item->branches[1].lost > 0};

    examples->read++;
    examples->dropped += item->rows == 0;
    examples->unscored += found->unscored;
    if (item->rows == 0) return;
    examples->cut += lost[0] || lost[1];
    examples->cut_chosen += lost[0];
    examples->cut_rejected += lost[1];
    examples->lost_end += examples->rules.truncate == TRUNCATE_KEEP_START && (lost[0] || lost[1]);
    examples->prompt_cut += found->prompt_cut;
    examples->prompt_split += found->prompt_split;
    examples->system_lost += found->system_lost;
    examples->unasked += found->unasked;
    examples->same += found->same;
    examples->chosen_longer += item->longer;
    examples->scored += item->scored[0] + item->scored[1];
    examples->tokens += item->tokens;
    if (found->longest > examples->longest) examples->longest = found->longest;
}

/* The loss is of one kind, and what is scored of a text is told by what it is. */
static bool check_form(struct examples *examples, const struct reading *reading, enum form form,
                       struct err *err)
{
    if (examples->read == 0) examples->form = form;
    if (form == examples->form) return true;
    return err_set(err, "%s:%" PRIu64 ": the record holds %s, but those before it %s",
                   examples_path(examples, reading->stream.file), reading->stream.line,
                   form_name(form), form_name(examples->form));
}

static bool take(void *context, void *place, struct text line, void *result, struct err *err)
{
    const struct reading *reading = context;
    struct examples *examples = reading->examples;
    const struct desk *desk = place;
    const struct found *found = result;
    struct example *item;

    (void)line;
    if (!check_form(examples, reading, found->form, err)) return false;
    count(examples, found);
    if (found->item.rows == 0 && !examples->keep_dropped) return true;
    examples->items = mem_room(examples->items, examples->count, &examples->room, sizeof *item);
    item = &examples->items[examples->count++];
    *item = found->item;
    item->file = (uint32_t)reading->stream.file;
    item->line = reading->stream.line;
    return (item->text_len == 0 || spool_add(&examples->texts, desk->text.at + found->text_begin,
                                             item->text_len, &item->text, err)) &&
           (item->rows == 0 || spool_add(&examples->spooled, desk->ids.at + found->ids_begin,
                                         found->ids_count * sizeof *desk->ids.at, &item->ids, err));
}

static void clear(void *place)
{
    struct desk *desk = place;

    desk->text.len = 0;
    desk->ids.count = 0;
}

static void leave(void *place)
{
    struct desk *desk = place;

    if (desk->ready) tree_maker_release(&desk->maker);
    tree_release(&desk->tree);
    batch_release(&desk->batch);
    buffer_release(&desk->text);
    ids_release(&desk->ids);
}

static bool check_left(const struct examples *examples, struct err *err)
{
    const char *what = examples->kind == EXAMPLES_PAIRS ? "pairs" : "texts";
    const char *others = examples->paths[0] && examples->paths[1] ? " and the files after it" : "";
    const char *why = examples->unscored == 0 ? "all prompts fill --max-length"
                      : examples->unscored == examples->dropped
                          ? "none has a token that could be scored"
                          : "they are cut by --max-length, or have no token that could be scored";

    if (examples->count > 0 || examples->keep_dropped) return true;
    if (examples->read == 0)
        return err_set(err, "%s%s: there are no %s", examples_path(examples, 0), others, what);
    return err_set(err, "%s%s: nothing is left of %" PRIu64 " %s: %s", examples_path(examples, 0),
                   others, examples->read, what, why);
}

bool examples_read(struct examples *examples, char **paths, size_t threads, struct err *err)
{
    struct reading reading = {.examples = examples};
    struct stream stream = {.context = &reading,
                            .result_size = sizeof(struct found),
                            .desk_size = sizeof(struct desk),
                            .judge = judge,
                            .take = take,
                            .clear = clear,
                            .leave = leave,
                            .parse = examples->kind == EXAMPLES_TEXTS ? pair_scan : pair_parse,
                            .failed = examples->failed,
                            .need_seal = examples->need_seal};

    reading.stream = stream;
    examples->paths = paths;
    examples->rules.score_prompts =
        examples->kind == EXAMPLES_TEXTS && examples->completion_only == COMPLETION_ONLY_NO;
    if (!spool_open(&examples->texts, err)) return false;
    if (!spool_open(&examples->spooled, err)) {
        spool_close(&examples->texts);
        return false;
    }
    if (stream_run(&reading.stream, paths, threads, err) && check_left(examples, err)) return true;
    examples_close(examples);
    return false;
}
