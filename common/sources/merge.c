#include "sources/merge.h"

#include "core/threads.h"
#include "records/stream.h"
#include "records/value.h"
#include "sources/merge_batch.h"

#include <stdio.h>
#include <string.h>

/* What stands before each record in the spool. */
struct spooled {
    struct hash128 key;
    double strength;
    size_t len;
};

#define LINE_BITS 40
#define AHEAD 8 /* records whose places in memory are fetched already */
#define TURNED (1ULL << 63)

struct memory {
    struct hash128 key;
    uint64_t *value; /* a place in the input or in the spool, and turned */
    uint64_t turned; /* TURNED or 0 */
    bool fresh;      /* there was nothing: value is to be set */
};

static const char *place_of(const struct merge *merge, uint64_t value, char out[320])
{
    snprintf(out, 320, "%.256s:%llu", path_shown(merge->source.paths[value >> LINE_BITS]),
             (unsigned long long)(value & ((1ULL << LINE_BITS) - 1)));
    return out;
}

static uint64_t value_of(const struct merge_batch *batch, const struct merge_record *record)
{
    return (uint64_t)batch->block.file << LINE_BITS | record->line;
}

static int fill(void *context, void *item, struct err *err)
{
    struct merge *merge = context;
    struct merge_batch *batch = item;

    return source_next(&merge->source, &batch->block, err);
}

static void work(void *context, void *item)
{
    merge_batch_work(item, context);
}

static void note(struct err *notes, uint64_t count, const char *words)
{
    if (count <= MERGE_NOTES) err_set(&notes[count - 1], "%s", words);
}

/* A bad record: passed over while the user allows it, and kept with its reason. */
static bool take_bad(struct merge *merge, const struct merge_batch *batch,
                     const struct merge_record *record, const struct line *line, struct err *err)
{
    struct buffer out = {0};
    char place[320];
    bool done = true;

    place_of(merge, value_of(batch, record), place);
    err_set(err, "%s: %s", place, batch->problems.at + record->begin);
    note(merge->bad_notes, ++merge->bad, err->text);
    if (merge->bad > merge->skip_bad) return false;
    if (!merge->rejects) return true;
    buffer_text(&out, "{\"_reason\":");
    text_quote(&out, text_of(batch->problems.at + record->begin));
    buffer_text(&out, ",\"_file\":");
    text_quote(&out, text_of(path_shown(merge->source.paths[batch->block.file])));
    buffer_format(&out, ",\"_line\":%llu,\"_text\":", (unsigned long long)record->line);
    text_quote(&out, (struct text){line->at, line->problem ? 0 : line->len});
    buffer_text(&out, "}\n");
    done = outfile_write(merge->rejects, out.at, out.len, err);
    buffer_release(&out);
    return done;
}

static void note_scant(struct merge *merge, const struct merge_batch *batch,
                       const struct merge_record *record)
{
    char place[320], words[400];

    snprintf(words, sizeof words, "%s: no prompt, and the answers share but the start of a word",
             place_of(merge, value_of(batch, record), place));
    note(merge->scant_notes, ++merge->scant, words);
}

/* The same pair the other way round teaches the opposite. */
static void note_conflict(struct merge *merge, const struct merge_batch *batch,
                          const struct merge_record *record, uint64_t other)
{
    char here[320], there[320], words[700];

    merge->conflicts++;
    place_of(merge, value_of(batch, record), here);
    if (merge->spool.fd < 0)
        snprintf(words, sizeof words, "%s: chosen and rejected are swapped in %s", here,
                 place_of(merge, other, there));
    else
        snprintf(words, sizeof words, "%s: chosen and rejected are swapped in an earlier record",
                 here);
    note(merge->conflict_notes, merge->conflicts, words);
}

/* Where the first of the record's likes is remembered. A pair and its reverse share a key, so that
 * one look finds either; the value tells in its top bit which of them came first, and the other one
 * lies under a key of its own, which key becomes. */
static struct memory recall(struct merge *merge, const struct merge_batch *batch,
                            const struct merge_record *record)
{
    struct memory memory = {.key = record->key, .turned = record->turned ? TURNED : 0};
    uint64_t other;

    memory.value = seen_add(&merge->seen, memory.key, &memory.fresh);
    if (memory.fresh || (*memory.value & TURNED) == memory.turned) return memory;
    other = *memory.value & ~TURNED;
    memory.key.low ^= 1;
    memory.value = seen_add(&merge->seen, memory.key, &memory.fresh);
    if (memory.fresh) note_conflict(merge, batch, record, other);
    return memory;
}

static bool refuse_repeat(struct merge *merge, const struct merge_batch *batch,
                          const struct merge_record *record, uint64_t first, struct err *err)
{
    char here[320], there[320];

    return err_set(err, "%s: the same %s as in %s", place_of(merge, value_of(batch, record), here),
                   merge->by == BY_PROMPT ? "prompt" : "pair", place_of(merge, first, there));
}

/* Should the record go out at once? Its first like is remembered. */
static bool is_wanted(struct merge *merge, const struct merge_batch *batch,
                      const struct merge_record *record, bool *wanted, struct err *err)
{
    struct memory memory = recall(merge, batch, record);

    *wanted = memory.fresh || merge->duplicates == KEEP_ALL;
    if (!memory.fresh) {
        merge->repeated++;
        merge->judged += record->annotated && !*wanted;
        return merge->duplicates != REFUSE_THEM ||
               refuse_repeat(merge, batch, record, *memory.value & ~TURNED, err);
    }
    *memory.value = value_of(batch, record) | memory.turned;
    return true;
}

/* The seen value is where the record that will be kept begins in the spool. */
static bool put_aside(struct merge *merge, const struct merge_batch *batch,
                      const struct merge_record *record, struct err *err)
{
    struct memory memory = recall(merge, batch, record);
    struct spooled head = {memory.key, record->strength, record->len}, old;
    bool better = true;
    uint64_t begin, text;

    if (!memory.fresh) merge->repeated++;
    merge->judged += record->annotated && !memory.fresh;
    if (!memory.fresh && merge->duplicates == KEEP_STRONGEST) {
        if (!spool_read(&merge->spool, *memory.value & ~TURNED, &old, sizeof old, err))
            return false;
        better = head.strength > old.strength;
    }
    if (!better) return true;
    if (!spool_add(&merge->spool, &head, sizeof head, &begin, err) ||
        !spool_add(&merge->spool, batch->out.at + record->begin, record->len, &text, err))
        return false;
    *memory.value = begin | memory.turned;
    return true;
}

/* The first is named. */
static void note_unasked(struct merge *merge, const struct merge_batch *batch,
                         const struct merge_record *record)
{
    char place[320];

    if (merge->unasked++ == 0)
        err_set(&merge->unasked_note, "%s", place_of(merge, value_of(batch, record), place));
}

static bool end_file(struct merge *merge, struct err *err)
{
    return seal_end(&merge->seal, merge->source.paths[merge->current_file], false, err);
}

static bool take_record(struct merge *merge, const struct merge_batch *batch, size_t i, bool *now,
                        struct err *err)
{
    const struct merge_record *record = &batch->records[i];
    const char *path = merge->source.paths[batch->block.file];

    *now = false;
    if (record->kind == RECORD_SEAL)
        return seal_met(&merge->seal, record->sealed, path, record->line, err);
    merge->read++;
    if (!seal_count(&merge->seal, path, record->line, err)) return false;
    if (record->kind == RECORD_BAD)
        return take_bad(merge, batch, record, &batch->block.lines[i], err);
    merge->rewritten += record->rewritten;
    if (record->scant) note_scant(merge, batch, record);
    if (record->unasked) note_unasked(merge, batch, record);
    if (merge->spool.fd >= 0) return put_aside(merge, batch, record, err);
    if (!is_wanted(merge, batch, record, now, err)) return false;
    merge->written += *now;
    return true;
}

/* Neighbours that are both wanted go out in one piece. */
static bool drain(void *context, void *item, struct err *err)
{
    struct merge *merge = context;
    struct merge_batch *batch = item;
    size_t begin = 0, end = 0;

    merge->mapped |= batch->work.mapped;
    for (; merge->current_file < batch->block.file; merge->current_file++)
        if (!end_file(merge, err)) return false;
    for (size_t i = 0; i < batch->block.count; i++) {
        const struct merge_record *record = &batch->records[i];
        bool now;

        if (i + AHEAD < batch->block.count)
            seen_prepare(&merge->seen, batch->records[i + AHEAD].key);
        if (!take_record(merge, batch, i, &now, err)) return false;
        if (!now) continue;
        if (record->begin != end) {
            if (!outfile_write(merge->out, batch->out.at + begin, end - begin, err)) return false;
            begin = record->begin;
        }
        end = record->begin + record->len;
    }
    return outfile_write(merge->out, batch->out.at + begin, end - begin, err);
}

static void release(void *item)
{
    merge_batch_release(item);
}

/* Everything is known: writes what was chosen, in the order it came. */
static bool write_spooled(struct merge *merge, struct err *err)
{
    struct buffer text = {0};
    struct spooled head;
    bool done = true;

    for (uint64_t at = 0; done && at < merge->spool.size; at += sizeof head + head.len) {
        const uint64_t *value;

        done = spool_read(&merge->spool, at, &head, sizeof head, err);
        value = done ? seen_find(&merge->seen, head.key) : NULL;
        if (!done || !value || (*value & ~TURNED) != at) continue;
        text.len = 0;
        buffer_reserve(&text, head.len);
        done = spool_read(&merge->spool, at + sizeof head, text.at, head.len, err) &&
               outfile_write(merge->out, text.at, head.len, err);
        merge->written++;
    }
    buffer_release(&text);
    return done;
}

bool merge_run(struct merge *merge, size_t threads, struct err *err)
{
    struct production production = {.context = merge,
                                    .item_size = sizeof(struct merge_batch),
                                    .fill = fill,
                                    .work = work,
                                    .drain = drain,
                                    .release = release,
                                    .failed = merge->failed};
    bool late = merge->duplicates == KEEP_LAST || merge->duplicates == KEEP_STRONGEST;
    bool done;

    merge->key = hash_key_random();
    merge->spool.fd = -1;
    if (late && !spool_open(&merge->spool, err)) return false;
    done = production_run(&production, threads, err) && end_file(merge, err) &&
           (!late || write_spooled(merge, err));
    source_close(&merge->source);
    return done;
}

void merge_release(struct merge *merge)
{
    seen_release(&merge->seen);
    spool_close(&merge->spool);
}
