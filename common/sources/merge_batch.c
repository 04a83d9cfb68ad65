#include "sources/merge_batch.h"

#include "records/stream.h"
#include "records/value.h"

#include <string.h>

/* Ids must be the same for ever: this key never changes. */
static const struct hash_key id_key = {0x64706f2d6d657267, 0x652d6964656e7469};

static struct hash128 hash_pair(struct pair *pair, struct hash_key key)
{
    return hash_join(key, pair_hash(pair, FIELD_PROMPT, key), pair_hash(pair, FIELD_CHOSEN, key),
                     pair_hash(pair, FIELD_REJECTED, key));
}

static bool is_less(struct hash128 a, struct hash128 b)
{
    return a.high < b.high || (a.high == b.high && a.low < b.low);
}

/* A pair and its reverse have the same key. */
static void identify(struct pair *pair, const struct merge *merge, struct merge_record *record)
{
    struct hash128 prompt = pair_hash_quick(pair, FIELD_PROMPT, merge->key), chosen, rejected;

    if (!pair_number(pair, FIELD_CONSENSUS, &record->strength)) record->strength = -1;
    record->annotated = pair->fields[FIELD_ANNOTATOR] != NULL;
    record->key = prompt;
    if (merge->by == BY_PROMPT) return;
    chosen = pair_hash_quick(pair, FIELD_CHOSEN, merge->key);
    rejected = pair_hash_quick(pair, FIELD_REJECTED, merge->key);
    record->turned = is_less(rejected, chosen);
    record->key = record->turned ? hash_join(merge->key, prompt, rejected, chosen)
                                 : hash_join(merge->key, prompt, chosen, rejected);
}

/* Its debate, or its file, or what the user calls it. */
static void add_source(struct merge_batch *batch, const struct merge *merge)
{
    struct member *debate = scan_member(&batch->pair.scan, "debateId");
    const char *name = merge->source_name;
    struct buffer *out = &batch->out;

    buffer_text(out, ",\"source\":");
    if (!name && debate && debate->value.kind == KIND_STRING) {
        buffer_text(out, "\"debate:");
        buffer_add(out, debate->value.at + 1, debate->value.len - 1);
    } else if (!name && debate && debate->value.kind == KIND_NUMBER) {
        buffer_text(out, "\"debate:");
        buffer_add(out, debate->value.at, debate->value.len);
        buffer_byte(out, '"');
    } else {
        text_quote(out, text_of(name ? name : path_shown(merge->source.paths[batch->block.file])));
    }
}

/* The pair's line, its origin and its name added where it has none. */
static void write_line(struct merge_batch *batch, const struct merge *merge, bool adds)
{
    struct pair *pair = &batch->pair;
    struct buffer *out = &batch->out;
    bool source = pair->fields[FIELD_SOURCE], id = pair->fields[FIELD_ID];
    bool whole = source && id && !adds;

    buffer_add(out, pair->line.at, pair->line.len - (whole ? 0 : 1));
    if (adds) dialect_write_added(&batch->work, out);
    if (!source) add_source(batch, merge);
    if (!id) {
        struct hash128 hash = hash_pair(pair, id_key);

        buffer_format(out, ",\"id\":\"%016llx\"", (unsigned long long)hash.low);
    }
    buffer_text(out, whole ? "\n" : "}\n");
}

static bool make_canonical(struct merge_batch *batch, const struct merge *merge, struct text line,
                           enum dialect_result *dialect, struct err *err)
{
    struct pair *pair = &batch->pair;
    struct buffer *converted = &batch->converted;

    converted->len = 0;
    if (!pair_scan(pair, line, err) ||
        !dialect_convert(&merge->dialect, pair, &batch->work, converted, dialect, err))
        return false;
    if (*dialect == DIALECT_OTHER &&
        !pair_scan(pair, (struct text){converted->at, converted->len}, err))
        return err_prefix(err, "rewritten, the record is no good");
    return pair_check(pair, err) && pair_fault(pair, err) == PAIR_TEACHES;
}

static void work_on(struct merge_batch *batch, const struct merge *merge, const struct line *line,
                    struct merge_record *record)
{
    struct text text = {line->at, line->len};
    enum dialect_result dialect;
    struct err err;
    bool good = !line->problem || err_set(&err, "%s", line->problem);

    *record = (struct merge_record){.begin = batch->out.len, .line = line->number};
    if (good && seal_read(text, &record->sealed)) {
        record->kind = RECORD_SEAL;
        return;
    }
    good = good && make_canonical(batch, merge, text, &dialect, &err);
    if (good) {
        identify(&batch->pair, merge, record);
        write_line(batch, merge, dialect == DIALECT_ADDS);
        record->rewritten = dialect != DIALECT_OURS;
        record->scant = batch->work.scant;
        record->unasked = batch->pair.unasked;
        record->len = batch->out.len - record->begin;
        return;
    }
    if (line->unfinished && pair_is_cut(&batch->pair))
        err_prefix(&err, "the file ends in the middle of a line");
    record->kind = RECORD_BAD;
    record->begin = batch->problems.len;
    buffer_add(&batch->problems, err.text, strlen(err.text) + 1);
}

void merge_batch_work(struct merge_batch *batch, const struct merge *merge)
{
    if (batch->block.count > batch->room) {
        batch->room = batch->block.count;
        batch->records = mem_resize(batch->records, batch->room, sizeof *batch->records);
    }
    batch->out.len = batch->problems.len = 0;
    for (size_t i = 0; i < batch->block.count; i++)
        work_on(batch, merge, &batch->block.lines[i], &batch->records[i]);
}

void merge_batch_release(struct merge_batch *batch)
{
    line_block_release(&batch->block);
    mem_free(batch->records);
    buffer_release(&batch->out);
    buffer_release(&batch->problems);
    buffer_release(&batch->converted);
    pair_release(&batch->pair);
    dialect_work_release(&batch->work);
}
