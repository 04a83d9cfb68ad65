#include "records/stream.h"

#include "core/threads.h"

#include <string.h>

/* What one thread works on. */
struct batch {
    struct line_block block;
    struct pair pair;
    char *results; /* one for each line */
    void *desk;
    void (*leave)(void *desk);
    size_t room;
    size_t good; /* lines before the first bad one */
    struct err err;
};

struct run {
    struct stream *stream;
    struct lines lines;
    struct seal seal; /* of the file of the last line taken, stream->file */
};

static int fill(void *context, void *item, struct err *err)
{
    struct run *run = context;
    struct batch *batch = item;

    return lines_next(&run->lines, &batch->block, err);
}

static bool judge_line(struct run *run, struct batch *batch, const struct line *line, void *result)
{
    bool (*parse)(struct pair *, struct text, struct err *) =
        run->stream->parse ? run->stream->parse : pair_parse;
    struct text text = {line->at, line->len};
    uint64_t records;

    if (line->problem) return err_set(&batch->err, "%s", line->problem);
    if (run->stream->raw) {
        batch->pair.line = text;
        return run->stream->judge(run->stream->context, batch->desk, &batch->pair, result,
                                  &batch->err);
    }
    if (seal_read(text, &records)) return true;
    if (!parse(&batch->pair, text, &batch->err)) {
        if (line->unfinished && pair_is_cut(&batch->pair))
            err_prefix(&batch->err, "the file ends in the middle of a line");
        return false;
    }
    return run->stream->judge(run->stream->context, batch->desk, &batch->pair, result, &batch->err);
}

static void work(void *context, void *item)
{
    struct run *run = context;
    struct batch *batch = item;
    size_t size = run->stream->result_size;

    if (!batch->desk && run->stream->desk_size) {
        batch->desk = mem_zero(1, run->stream->desk_size);
        batch->leave = run->stream->leave;
    }
    if (run->stream->clear) run->stream->clear(batch->desk);
    if (batch->block.count > batch->room) {
        batch->room = batch->block.count;
        batch->results = mem_resize(batch->results, batch->room, size);
    }
    for (batch->good = 0; batch->good < batch->block.count; batch->good++)
        if (!judge_line(run, batch, &batch->block.lines[batch->good],
                        batch->results + batch->good * size))
            break;
}

/* A file is over: was it whole? */
static bool end_file(struct run *run, struct err *err)
{
    const char *path = run->lines.paths[run->stream->file];

    return seal_end(&run->seal, path, run->stream->need_seal && strcmp(path, "-") == 0, err);
}

static bool take_line(struct run *run, struct batch *batch, const struct line *line, void *result,
                      struct err *err)
{
    struct text text = {line->at, line->len};
    const char *path = run->lines.paths[run->stream->file];
    uint64_t records;

    if (!run->stream->raw && seal_read(text, &records))
        return seal_met(&run->seal, records, path, line->number, err);
    if (!seal_count(&run->seal, path, line->number, err)) return false;
    run->stream->read++;
    run->stream->line = line->number;
    return run->stream->take(run->stream->context, batch->desk, text, result, err);
}

static bool drain(void *context, void *item, struct err *err)
{
    struct run *run = context;
    struct batch *batch = item;

    for (; run->stream->file < batch->block.file; run->stream->file++)
        if (!end_file(run, err)) return false;
    for (size_t i = 0; i < batch->good; i++)
        if (!take_line(run, batch, &batch->block.lines[i],
                       batch->results + i * run->stream->result_size, err))
            return false;
    if (batch->good == batch->block.count) return true;
    return err_set(err, "%s:%llu: %s", path_shown(run->lines.paths[batch->block.file]),
                   (unsigned long long)batch->block.lines[batch->good].number, batch->err.text);
}

static void release(void *item)
{
    struct batch *batch = item;

    line_block_release(&batch->block);
    pair_release(&batch->pair);
    mem_free(batch->results);
    if (batch->desk && batch->leave) batch->leave(batch->desk);
    mem_free(batch->desk);
}

bool stream_run(struct stream *stream, char **paths, size_t threads, struct err *err)
{
    struct run run = {.stream = stream};
    struct production production = {.context = &run,
                                    .item_size = sizeof(struct batch),
                                    .fill = fill,
                                    .work = work,
                                    .drain = drain,
                                    .release = release,
                                    .failed = stream->failed};
    bool done;

    lines_open(&run.lines, paths);
    stream->file = 0;
    run.lines.verbatim = stream->raw;
    done = production_run(&production, threads, err);
    while (done && run.lines.paths[stream->file]) {
        done = end_file(&run, err);
        stream->file++;
    }
    stream->bom = run.lines.bom;
    lines_close(&run.lines);
    return done;
}
