#include "run/metadata.h"

#include "core/lines.h"
#include "core/outfile.h"
#include "records/value.h"
#include "run/moment.h"

#include <errno.h>
#include <math.h>
#include <stddef.h>
#include <unistd.h>

#define FILE_LIMIT ((size_t)1 << 20)

enum row_kind {
    ROW_TEXT,
    ROW_NUMBER, /* double */
    ROW_WHOLE,  /* uint64_t */
    ROW_SIZE,   /* size_t */
    ROW_LIMIT,  /* size_t; 0 is null */
    ROW_COUNT,  /* uint64_t; 0 is null */
    ROW_BITS,   /* unsigned */
    ROW_FLAG,   /* bool */
    ROW_LOSSES,
    ROW_FOLDS,
    ROW_FILES, /* char *const *; NULL is null */
    ROW_TIME,
    ROW_VERSION,
    ROW_OPEN,       /* an object begins */
    ROW_OPEN_LIMIT, /* likewise; null instead where the size is 0 */
    ROW_CLOSE
};

#define AT(member) offsetof(struct metadata, member)

static const struct {
    const char *key;
    enum row_kind kind;
    size_t at;
} rows[] = {
    {"training_method", ROW_TEXT, AT(method)},
    {"beta", ROW_NUMBER, AT(beta)},
    {"loss_type", ROW_TEXT, AT(loss_type)},
    {"label_smoothing", ROW_NUMBER, AT(label_smoothing)},
    {"max_prompt_length", ROW_LIMIT, AT(max_prompt_length)},
    {"max_length", ROW_LIMIT, AT(max_length)},
    {"ref_model_name", ROW_TEXT, AT(reference)},
    {"training_completed_at", ROW_TIME, 0},
    {"ref_adapter", ROW_TEXT, AT(reference_adapter)},
    {"start_adapter", ROW_TEXT, AT(start)},
    {"losses", ROW_LOSSES, 0},
    {"base_model", ROW_OPEN, 0},
    {"name", ROW_TEXT, AT(base)},
    {"hash", ROW_TEXT, AT(base_hash)},
    {NULL, ROW_CLOSE, 0},
    {"train_data", ROW_OPEN, 0},
    {"hash", ROW_TEXT, AT(train.hash)},
    {"records", ROW_COUNT, AT(train.records)},
    {"files", ROW_FILES, AT(train.files)},
    {NULL, ROW_CLOSE, 0},
    {"eval_data", ROW_OPEN, 0},
    {"hash", ROW_TEXT, AT(eval.hash)},
    {"records", ROW_COUNT, AT(eval.records)},
    {NULL, ROW_CLOSE, 0},
    {"template_hash", ROW_TEXT, AT(template_hash)},
    {"prompt_format", ROW_TEXT, AT(prompt_format)},
    {"adapter", ROW_OPEN_LIMIT, AT(lora_rank)},
    {"rank", ROW_SIZE, AT(lora_rank)},
    {"alpha", ROW_NUMBER, AT(lora_alpha)},
    {"dropout", ROW_NUMBER, AT(lora_dropout)},
    {"rslora", ROW_FLAG, AT(rslora)},
    {"targets", ROW_TEXT, AT(lora_targets)},
    {NULL, ROW_CLOSE, 0},
    {"optimizer", ROW_OPEN, 0},
    {"learning_rate", ROW_NUMBER, AT(learning_rate)},
    {"adam_beta1", ROW_NUMBER, AT(adam_beta1)},
    {"adam_beta2", ROW_NUMBER, AT(adam_beta2)},
    {"adam_epsilon", ROW_NUMBER, AT(adam_epsilon)},
    {"weight_decay", ROW_NUMBER, AT(weight_decay)},
    {"max_grad_norm", ROW_NUMBER, AT(max_grad_norm)},
    {NULL, ROW_CLOSE, 0},
    {"schedule", ROW_OPEN, 0},
    {"lr_scheduler", ROW_TEXT, AT(lr_scheduler)},
    {"warmup_steps", ROW_WHOLE, AT(warmup_steps)},
    {"steps", ROW_WHOLE, AT(planned_steps)},
    {"epochs", ROW_NUMBER, AT(epochs)},
    {"batch_size", ROW_SIZE, AT(batch_size)},
    {"gradient_accumulation", ROW_SIZE, AT(gradient_accumulation)},
    {NULL, ROW_CLOSE, 0},
    {"steps", ROW_WHOLE, AT(steps)},
    {"best_step", ROW_COUNT, AT(best_step)},
    {"kl", ROW_NUMBER, AT(kl)},
    {"seed", ROW_WHOLE, AT(seed)},
    {"precision", ROW_TEXT, AT(precision)},
    {"kernel", ROW_TEXT, AT(kernel)},
    {"base_bits", ROW_BITS, AT(base_bits)},
    {"versions", ROW_OPEN, 0},
    {"dpo-tools", ROW_VERSION, 0},
    {NULL, ROW_CLOSE, 0},
    {"folds", ROW_FOLDS, 0},
};
#define ROWS (sizeof rows / sizeof *rows)

static void add_text(struct buffer *out, const char *text)
{
    if (text)
        text_quote(out, text_of(text));
    else
        buffer_text(out, "null");
}

static void add_number(struct buffer *out, double number)
{
    if (isfinite(number))
        number_write(out, number);
    else
        buffer_text(out, "null");
}

static void add_whole(struct buffer *out, uint64_t number, bool limit)
{
    if (limit && number == 0)
        buffer_text(out, "null");
    else
        buffer_format(out, "%llu", (unsigned long long)number);
}

static void add_losses(struct buffer *out, const struct metadata *metadata)
{
    buffer_byte(out, '[');
    for (size_t i = 0; i < metadata->loss_count; i++) {
        buffer_text(out, i ? ", {\"name\": " : "{\"name\": ");
        add_text(out, metadata->losses[i].name);
        buffer_text(out, ", \"weight\": ");
        add_number(out, metadata->losses[i].weight);
        buffer_byte(out, '}');
    }
    buffer_byte(out, ']');
}

static void add_files(struct buffer *out, char *const *files)
{
    if (!files) {
        buffer_text(out, "null");
        return;
    }
    buffer_byte(out, '[');
    for (size_t i = 0; files[i]; i++) {
        if (i > 0) buffer_text(out, ", ");
        text_quote(out, text_of(files[i]));
    }
    buffer_byte(out, ']');
}

static void add_folds(struct buffer *out, const struct metadata_origin *origin)
{
    buffer_byte(out, '[');
    if (origin && origin->folds.len) buffer_add(out, origin->folds.at, origin->folds.len);
    buffer_byte(out, ']');
}

static void add_value(struct buffer *out, const struct metadata *metadata, size_t row,
                      const char *time)
{
    const void *at = (const char *)metadata + rows[row].at;

    switch (rows[row].kind) {
    case ROW_TEXT: add_text(out, *(const char *const *)at); break;
    case ROW_NUMBER: add_number(out, *(const double *)at); break;
    case ROW_WHOLE: add_whole(out, *(const uint64_t *)at, false); break;
    case ROW_SIZE: add_whole(out, *(const size_t *)at, false); break;
    case ROW_LIMIT: add_whole(out, *(const size_t *)at, true); break;
    case ROW_COUNT: add_whole(out, *(const uint64_t *)at, true); break;
    case ROW_BITS: add_whole(out, *(const unsigned *)at, false); break;
    case ROW_FLAG: buffer_text(out, *(const bool *)at ? "true" : "false"); break;
    case ROW_LOSSES: add_losses(out, metadata); break;
    case ROW_FOLDS: add_folds(out, metadata->origin); break;
    case ROW_FILES: add_files(out, *(char *const *const *)at); break;
    case ROW_TIME: add_text(out, time); break;
    case ROW_VERSION: add_text(out, VERSION); break;
    case ROW_OPEN:
    case ROW_OPEN_LIMIT: buffer_byte(out, '{'); break;
    case ROW_CLOSE: buffer_byte(out, '}'); break;
    }
}

static void add_rows(struct buffer *out, const struct metadata *metadata, const char *time)
{
    bool inside = false, fresh = true; /* in an object; nothing stands in it yet */

    for (size_t row = 0; row < ROWS; row++) {
        if (rows[row].key) {
            buffer_text(out, fresh ? "" : ",");
            buffer_text(out, !inside ? "\n  " : (fresh ? "" : " "));
            buffer_format(out, "\"%s\": ", rows[row].key);
        }
        if (rows[row].kind == ROW_OPEN_LIMIT && metadata->lora_rank == 0) {
            buffer_text(out, "null");
            while (rows[row].kind != ROW_CLOSE) row++;
        } else {
            add_value(out, metadata, row, time);
        }
        fresh = rows[row].kind == ROW_OPEN || rows[row].kind == ROW_OPEN_LIMIT;
        inside = fresh || (inside && rows[row].kind != ROW_CLOSE);
    }
}

static void path_of(struct buffer *path, const char *folder)
{
    buffer_format(path, "%s/%s", folder, METADATA_FILE);
    buffer_byte(path, '\0');
}

bool metadata_write(const struct metadata *metadata, const char *folder, struct err *err)
{
    struct metadata whole = *metadata;
    struct buffer path = {0}, text = {0};
    char time[MOMENT_TEXT];
    int64_t seconds;
    bool good;

    if (!moment_of_files(&seconds, err)) return false;
    moment_write(time, seconds);
    if (!whole.reference) whole.reference = whole.base;
    buffer_byte(&text, '{');
    add_rows(&text, &whole, time);
    buffer_text(&text, "\n}\n");
    path_of(&path, folder);
    good = outfile_put(path.at, buffer_content(&text), err);
    buffer_release(&text);
    buffer_release(&path);
    return good;
}

static void add_part(struct buffer *out, const char *at, size_t len)
{
    if (out->len) buffer_text(out, ", ");
    buffer_add(out, at, len);
}

/* The elements of the chain so far, of which each must be an object. */
static bool read_chain(struct metadata_origin *origin, const struct value *chain)
{
    struct scan scan = {0};
    bool good = chain->kind == KIND_ARRAY && scan_json(&scan, chain->at, chain->len);

    for (size_t i = 0; good && i < scan.count; i++) {
        good = scan.members[i].value.kind == KIND_OBJECT;
        if (good) add_part(&origin->folds, scan.members[i].value.at, scan.members[i].value.len);
    }
    scan_release(&scan);
    return good;
}

/* What stands in the chain of later runs for the one that this file is of. */
static void add_link(struct metadata_origin *origin, const struct scan *scan)
{
    static const char *const kept[] = {"training_method",
                                       "base_model",
                                       "loss_type",
                                       "beta",
                                       "adapter",
                                       "template_hash",
                                       "steps",
                                       "train_data",
                                       "training_completed_at"};
    struct buffer link = {0};

    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        const struct member *member = scan_member(scan, kept[i]);

        if (member) {
            const size_t len = (size_t)(member->value.at + member->value.len - member->key.at);

            add_part(&link, member->key.at, len);
        }
    }
    add_part(&origin->folds, "{", 1);
    if (link.len) buffer_add(&origin->folds, link.at, link.len);
    buffer_byte(&origin->folds, '}');
    buffer_release(&link);
}

static bool read_text(const struct scan *scan, const char *key, char **text)
{
    const struct member *member = scan_member(scan, key);
    struct buffer meaning = {0};

    if (!member || member->value.kind == KIND_NULL) return true;
    if (member->value.kind != KIND_STRING) return false;
    value_unescape(&member->value, &meaning);
    buffer_byte(&meaning, '\0');
    *text = meaning.at;
    return true;
}

static double read_beta(const struct scan *scan)
{
    const struct member *member = scan_member(scan, "beta");
    double beta;

    return member && value_number(&member->value, &beta) ? beta : NAN;
}

/* What the run had as its base. */
static bool read_base(struct metadata_origin *origin, const struct scan *scan)
{
    const struct member *base = scan_member(scan, "base_model");
    struct scan inner = {0};
    bool good;

    if (!base) return true;
    good = base->value.kind == KIND_OBJECT && scan_json(&inner, base->value.at, base->value.len) &&
           read_text(&inner, "name", &origin->base) &&
           read_text(&inner, "hash", &origin->base_hash);
    scan_release(&inner);
    return good;
}

static bool read_members(struct metadata_origin *origin, const struct scan *scan, const char *path,
                         struct err *err)
{
    const struct member *chain = scan_member(scan, "folds");

    if (scan->root.kind != KIND_OBJECT) return err_set(err, "%s: is not a JSON object", path);
    if (!read_text(scan, "training_method", &origin->method))
        return err_set(err, "%s: 'training_method' is not a string", path);
    if (!read_text(scan, "template_hash", &origin->template_hash))
        return err_set(err, "%s: 'template_hash' is not a string", path);
    if (!read_text(scan, "ref_adapter", &origin->reference_adapter) ||
        !read_text(scan, "ref_model_name", &origin->reference))
        return err_set(err, "%s: 'ref_adapter' or 'ref_model_name' is not a string", path);
    if (!read_base(origin, scan))
        return err_set(err, "%s: 'base_model.name' or its hash is not a string", path);
    if (chain && !read_chain(origin, &chain->value))
        return err_set(err, "%s: 'folds' is not an array of objects", path);
    origin->beta = read_beta(scan);
    add_link(origin, scan);
    return true;
}

bool metadata_parse(struct metadata_origin *origin, const char *path, struct text text,
                    struct err *err)
{
    struct scan scan = {0};
    bool good;

    *origin = (struct metadata_origin){0};
    good = scan_json(&scan, text.at, text.len) ||
           err_set(err, "%s: %s (byte %zu)", path, scan.problem, scan.column);
    good = good && read_members(origin, &scan, path, err);
    if (!good) metadata_release(origin);
    scan_release(&scan);
    return good;
}

int metadata_read(struct metadata_origin *origin, const char *folder, struct err *err)
{
    struct buffer path = {0}, text = {0};
    int got = 0;

    *origin = (struct metadata_origin){0};
    path_of(&path, folder);
    if (access(path.at, F_OK) == 0 || (errno != ENOENT && errno != ENOTDIR))
        got = read_whole_file(path.at, &text, FILE_LIMIT, err) &&
                      metadata_parse(origin, path.at, (struct text){text.at, text.len}, err)
                  ? 1
                  : -1;
    buffer_release(&text);
    buffer_release(&path);
    return got;
}

void metadata_release(struct metadata_origin *origin)
{
    mem_free(origin->method);
    mem_free(origin->template_hash);
    mem_free(origin->base);
    mem_free(origin->base_hash);
    mem_free(origin->reference);
    mem_free(origin->reference_adapter);
    buffer_release(&origin->folds);
    *origin = (struct metadata_origin){0};
}
