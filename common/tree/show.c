#include "tree/show.h"

#include "records/stream.h"
#include "records/value.h"
#include "tree/show_line.h"

/* What judge finds for take. */
struct seen_line {
    size_t begin, end; /* in the desk's buffer */
    struct show_facts facts;
};

static bool judge(void *context, void *place, struct pair *pair, void *result, struct err *err)
{
    const struct show *show = context;
    struct show_desk *desk = place;
    struct seen_line *seen = result;

    if (!desk->ready) tree_maker_init(&desk->maker, show->language, &show->rules);
    desk->ready = true;
    *seen = (struct seen_line){.begin = desk->out.len};
    if (!show_line(show, desk, pair, &seen->facts, err)) return false;
    seen->end = desk->out.len;
    return true;
}

static bool take(void *context, void *place, struct text line, void *result, struct err *err)
{
    struct show *show = context;
    const struct show_desk *desk = place;
    const struct seen_line *seen = result;

    (void)line;
    if (seen->begin == seen->end) return true; /* a seal */
    show->read++;
    show->ids += seen->facts.ids;
    if (seen->facts.longest > show->longest) show->longest = seen->facts.longest;
    show->left_out += seen->facts.left_out;
    show->cut += seen->facts.cut;
    show->prompt_cut += seen->facts.prompt_cut;
    show->prompt_split += seen->facts.prompt_split;
    return outfile_write(show->out, desk->out.at + seen->begin, seen->end - seen->begin, err);
}

static void clear(void *place)
{
    struct show_desk *desk = place;

    desk->out.len = 0;
}

static void leave(void *place)
{
    struct show_desk *desk = place;

    if (desk->ready) tree_maker_release(&desk->maker);
    tree_release(&desk->tree);
    buffer_release(&desk->out);
    buffer_release(&desk->text);
    ids_release(&desk->ids);
    scan_release(&desk->scan);
}

bool show_run(struct show *show, char **paths, size_t threads, struct err *err)
{
    struct stream stream = {.context = show,
                            .result_size = sizeof(struct seen_line),
                            .desk_size = sizeof(struct show_desk),
                            .judge = judge,
                            .take = take,
                            .clear = clear,
                            .leave = leave,
                            .failed = show->failed,
                            .need_seal = show->need_seal,
                            .raw = show->lines != SHOW_PAIRS};

    return stream_run(&stream, paths, threads, err);
}
