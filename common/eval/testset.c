#include "eval/testset.h"

#include "records/stream.h"

/* What judge finds for take: ends in the desk's buffers, and the pair. */
struct found {
    size_t text_begin, ids_begin, ids_count, longest;
    struct testset_item item;
    bool prompt_cut, prompt_split;
};

struct desk {
    struct tree_maker maker;
    bool ready; /* is the maker? */
    struct tree tree;
    struct batch batch;
    struct buffer text;
    struct ids ids;
};

static void add_pair(struct batch *batch, const struct testset_item *item, const token_id *ids,
                     size_t scored[2])
{
    const size_t prompt = batch_text(batch, BATCH_START, ids, item->prompt);

    ids += item->prompt;
    for (int side = 0; side < 2; side++) {
        const size_t context = item->branches[side].context;
        const size_t count = context + item->branches[side].answer;

        scored[side] = batch_answer(batch, prompt, ids, count, context);
        ids += count;
    }
}

static void write_members(struct buffer *out, const struct pair *pair)
{
    static const enum field members[] = {FIELD_ID, FIELD_PROMPT, FIELD_CHOSEN, FIELD_REJECTED};
    const char *separator = "";

    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        const struct value *value = pair->fields[members[i]];

        if (!value) continue;
        buffer_format(out, "%s\"%s\":", separator, field_name(members[i]));
        buffer_add(out, value->at, value->len);
        separator = ",";
    }
}

/* What the tree asks of the model, and whether this one can give it. */
static bool examine(const struct testset *testset, struct desk *desk, struct found *found,
                    struct err *err)
{
    static const char *const sides[2] = {"chosen", "rejected"};
    struct testset_item *item = &found->item;
    const struct tree *tree = &desk->tree;

    item->prompt = tree->prompt;
    item->branches[0] = tree->chosen;
    item->branches[1] = tree->rejected;
    batch_clear(&desk->batch);
    add_pair(&desk->batch, item, tree->ids.at, item->scored);
    for (int side = 0; side < 2; side++)
        if (item->scored[side] == 0)
            return err_set(err, "'%s' has no token that could be scored", sides[side]);
    if (!batch_check(&desk->batch, testset->config, testset->longer, err)) return false;
    item->rows = desk->batch.rows;
    found->longest = desk->batch.longest;
    ids_reserve(&desk->ids, tree->ids.count);
    for (size_t i = 0; i < tree->ids.count; i++) ids_add(&desk->ids, tree->ids.at[i]);
    return true;
}

static bool judge(void *context, void *place, struct pair *pair, void *result, struct err *err)
{
    const struct testset *testset = context;
    struct desk *desk = place;
    struct found *found = result;
    int made;

    if (!desk->ready) tree_maker_init(&desk->maker, testset->language, &testset->rules);
    desk->ready = true;
    *found = (struct found){.text_begin = desk->text.len, .ids_begin = desk->ids.count};
    write_members(&desk->text, pair);
    found->item.text_len = desk->text.len - found->text_begin;
    made = tree_make(&desk->maker, pair, &desk->tree, err);
    if (made <= 0) return made == 0;
    if (!examine(testset, desk, found, err)) return false;
    found->ids_count = desk->ids.count - found->ids_begin;
    found->prompt_cut = desk->tree.prompt_lost > 0;
    found->prompt_split = desk->tree.prompt_split;
    return true;
}

static bool take(void *context, void *place, struct text line, void *result, struct err *err)
{
    struct testset *testset = context;
    const struct desk *desk = place;
    const struct found *found = result;
    struct testset_item *item;

    (void)line;
    testset->items = mem_room(testset->items, testset->count, &testset->room, sizeof *item);
    item = &testset->items[testset->count++];
    *item = found->item;
    testset->dropped += item->rows == 0;
    testset->cut += item->branches[0].lost || item->branches[1].lost;
    testset->prompt_cut += found->prompt_cut;
    testset->prompt_split += found->prompt_split;
    testset->tokens += item->scored[0] + item->scored[1];
    if (found->longest > testset->longest) testset->longest = found->longest;
    return spool_add(&testset->texts, desk->text.at + found->text_begin, item->text_len,
                     &item->text, err) &&
           (item->rows == 0 || spool_add(&testset->ids, desk->ids.at + found->ids_begin,
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

bool testset_read(struct testset *testset, char **paths, size_t threads, struct err *err)
{
    struct stream stream = {.context = testset,
                            .result_size = sizeof(struct found),
                            .desk_size = sizeof(struct desk),
                            .judge = judge,
                            .take = take,
                            .clear = clear,
                            .leave = leave,
                            .failed = testset->failed,
                            .need_seal = testset->need_seal};

    if (!spool_open(&testset->texts, err)) return false;
    if (!spool_open(&testset->ids, err)) {
        spool_close(&testset->texts);
        return false;
    }
    if (!stream_run(&stream, paths, threads, err)) {
        testset_release(testset);
        return false;
    }
    return true;
}

bool testset_add(struct testset *testset, size_t number, struct batch *batch, struct err *err)
{
    const struct testset_item *item = &testset->items[number];
    const struct branch *branches = item->branches;
    const size_t count = item->prompt + branches[0].context + branches[0].answer +
                         branches[1].context + branches[1].answer;
    struct ids *ids = &testset->ids_read;
    size_t scored[2];

    ids->count = 0;
    ids_reserve(ids, count);
    if (!spool_read(&testset->ids, item->ids, ids->at, count * sizeof *ids->at, err)) return false;
    add_pair(batch, item, ids->at, scored);
    return true;
}

bool testset_text(struct testset *testset, size_t number, struct buffer *out, struct err *err)
{
    const struct testset_item *item = &testset->items[number];

    out->len = 0;
    buffer_reserve(out, item->text_len);
    out->len = item->text_len;
    return spool_read(&testset->texts, item->text, out->at, item->text_len, err);
}

void testset_release(struct testset *testset)
{
    mem_free(testset->items);
    spool_close(&testset->texts);
    spool_close(&testset->ids);
    ids_release(&testset->ids_read);
    testset->items = NULL;
    testset->count = testset->room = 0;
}
