#include "pack/imatrix.h"

#include "core/lines.h"
#include "gguf/gguf.h"
#include "tensor/absmax.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

static bool add_entry(struct imatrix *imatrix, struct text name, const unsigned char *floats,
                      size_t count, struct err *err)
{
    struct imatrix_entry *entry;

    if (name.len == 0) return err_set(err, "an entry has no name");
    if (lookup_add(&imatrix->names, name, imatrix->count))
        return err_set(err, "the entry '%.*s' stands twice", GGUF_SHOWN(name));
    imatrix->entries =
        mem_room(imatrix->entries, imatrix->count, &imatrix->room, sizeof *imatrix->entries);
    entry = &imatrix->entries[imatrix->count++];
    *entry = (struct imatrix_entry){name, mem_zero(count, sizeof(float)), count};
    for (size_t i = 0; i < count; i++) entry->values[i] = float_of_bits(load_u32(floats + 4 * i));
    return true;
}

static bool entry_finite(const struct imatrix_entry *entry, struct err *err)
{
    if (absmax_bits(entry->values, entry->count) < ABSMAX_FINITE) return true;
    return err_set(err, "'%.*s' has a value that is not finite", GGUF_SHOWN(entry->name));
}

/* Divides the sums of each expert by its count. */
static bool divide(struct imatrix_entry *entry, const unsigned char *counts, size_t experts,
                   struct err *err)
{
    const size_t each = entry->count / experts;

    for (size_t j = 0; j < experts; j++) {
        const float count = roundf(float_of_bits(load_u32(counts + 4 * j)));

        if (!isfinite(count))
            return err_set(err, "'%.*s' has a count that is not finite", GGUF_SHOWN(entry->name));
        for (size_t i = j * each; i < (j + 1) * each; i++)
            entry->values[i] = count > 0 ? entry->values[i] / count : 1;
    }
    return entry_finite(entry, err);
}

static const char sums_end[] = ".in_sum2", counts_end[] = ".counts";

static bool ends(struct text name, const char *end, struct text *stem)
{
    const size_t len = strlen(end);

    if (name.len < len || memcmp(name.at + name.len - len, end, len) != 0) return false;
    *stem = (struct text){name.at, name.len - len};
    return true;
}

/* The tensor of that stem with another end, or NULL. */
static const struct tensor *partner(const struct gguf *gguf, struct text stem, const char *end)
{
    struct buffer name = {0};
    const struct tensor *tensor;

    buffer_add(&name, stem.at, stem.len);
    buffer_text(&name, end);
    buffer_byte(&name, '\0');
    tensor = gguf_tensor(gguf, name.at);
    buffer_release(&name);
    return tensor;
}

static bool take_sums(struct imatrix *imatrix, const struct gguf *gguf, const struct tensor *sums,
                      struct text stem, struct err *err)
{
    const struct tensor *counts = partner(gguf, stem, counts_end);
    size_t values, experts;

    if (!counts) return err_set(err, "'%.*s' has sums but no counts", GGUF_SHOWN(stem));
    if (sums->dtype != DTYPE_F32 || counts->dtype != DTYPE_F32)
        return err_set(err, "sums and counts of '%.*s' are not both F32", GGUF_SHOWN(stem));
    values = (size_t)(sums->bytes / 4), experts = (size_t)(counts->bytes / 4);
    if (experts == 0 || values == 0 || values % experts != 0)
        return err_set(err, "'%.*s' has %zu sums and %zu counts", GGUF_SHOWN(stem), values,
                       experts);
    return add_entry(imatrix, stem, sums->at, values, err) &&
           divide(&imatrix->entries[imatrix->count - 1], counts->at, experts, err);
}

static bool take_tensor(struct imatrix *imatrix, const struct gguf *gguf,
                        const struct tensor *tensor, struct err *err)
{
    struct text stem;

    if (ends(tensor->name, sums_end, &stem)) return take_sums(imatrix, gguf, tensor, stem, err);
    if (!ends(tensor->name, counts_end, &stem) || partner(gguf, stem, sums_end)) return true;
    return err_set(err, "'%.*s' has counts but no sums", GGUF_SHOWN(stem));
}

/* What the file is about; all three keys are asked for. */
static bool take_keys(struct imatrix *imatrix, const struct gguf *gguf, struct err *err)
{
    struct gguf_value sets;
    uint32_t size;

    if (gguf_array(gguf, "imatrix.datasets", GGUF_TEXT, &sets, err) != 1 ||
        gguf_u32(gguf, "imatrix.chunk_count", &imatrix->chunks, err) != 1 ||
        gguf_u32(gguf, "imatrix.chunk_size", &size, err) != 1)
        return false;
    gguf_next_text(&sets, &imatrix->dataset);
    return true;
}

static bool parse_gguf(struct imatrix *imatrix, const struct mapped *file, struct err *err)
{
    const char *path = path_shown(file->path);
    struct gguf gguf;
    bool good;

    if (!gguf_parse(&gguf, file, err)) return false;
    good = take_keys(imatrix, &gguf, err);
    for (size_t i = 0; good && i < gguf.tensor_count; i++)
        if (!take_tensor(imatrix, &gguf, &gguf.tensors[i], err)) good = err_prefix(err, "%s", path);
    if (good && imatrix->count == 0) good = err_set(err, "%s: there are no entries", path);
    gguf_release(&gguf);
    return good;
}

static bool take_i32(struct gguf_cursor *at, int32_t *value)
{
    uint32_t bits;

    if (!gguf_take_u32(at, &bits)) return false;
    *value = (int32_t)bits;
    return true;
}

static bool take_name(struct gguf_cursor *at, struct text *name)
{
    int32_t len;

    if (!take_i32(at, &len) || len < 0 || len > at->end - at->at) return false;
    *name = (struct text){(const char *)at->at, (size_t)len};
    at->at += len;
    return true;
}

static bool take_entry(struct imatrix *imatrix, struct gguf_cursor *at, struct err *err)
{
    struct text name;
    int32_t calls, values;
    struct imatrix_entry *entry;

    if (!take_name(at, &name) || !take_i32(at, &calls) || !take_i32(at, &values) || values < 1 ||
        values > (at->end - at->at) / 4)
        return err_set(err, "the file ends within entry %zu", imatrix->count + 1);
    if (!add_entry(imatrix, name, at->at, (size_t)values, err)) return false;
    at->at += 4 * (size_t)values;
    entry = &imatrix->entries[imatrix->count - 1];
    for (size_t i = 0; calls > 0 && i < entry->count; i++) entry->values[i] /= (float)calls;
    return entry_finite(entry, err);
}

static bool parse_older(struct imatrix *imatrix, const struct mapped *file, struct err *err)
{
    struct gguf_cursor at = {file->at, file->at ? file->at + file->len : NULL};
    int32_t entries, chunks;

    if (!take_i32(&at, &entries) || entries < 1) return err_set(err, "no importance matrix");
    for (int32_t i = 0; i < entries; i++)
        if (!take_entry(imatrix, &at, err)) return false;
    if (!take_i32(&at, &chunks)) return true;
    imatrix->chunks = chunks > 0 ? (uint32_t)chunks : 0;
    if (!take_name(&at, &imatrix->dataset)) imatrix->dataset = (struct text){0};
    return true;
}

bool imatrix_parse(struct imatrix *imatrix, const struct mapped *file, struct err *err)
{
    *imatrix = (struct imatrix){0};
    if (file->len >= 4 && memcmp(file->at, "GGUF", 4) == 0) {
        if (parse_gguf(imatrix, file, err)) return true;
    } else if (parse_older(imatrix, file, err)) {
        return true;
    } else {
        err_prefix(err, "%s", path_shown(file->path));
    }
    imatrix_release(imatrix);
    return false;
}

bool imatrix_open(struct imatrix *imatrix, const char *path, struct err *err)
{
    struct mapped file;

    *imatrix = (struct imatrix){0};
    if (!mapped_open(&file, path, err)) return false;
    if (imatrix_parse(imatrix, &file, err)) {
        imatrix->file = file;
        return true;
    }
    mapped_close(&file);
    return false;
}

void imatrix_release(struct imatrix *imatrix)
{
    for (size_t i = 0; i < imatrix->count; i++) mem_free(imatrix->entries[i].values);
    mem_free(imatrix->entries);
    lookup_release(&imatrix->names);
    *imatrix = (struct imatrix){0};
}

void imatrix_close(struct imatrix *imatrix)
{
    struct mapped file = imatrix->file;

    imatrix_release(imatrix);
    mapped_close(&file);
}

int imatrix_find(const struct imatrix *imatrix, struct text name, uint64_t cols,
                 const float **values, struct err *err)
{
    const size_t *item = lookup_find(&imatrix->names, name);
    const struct imatrix_entry *entry = item ? &imatrix->entries[*item] : NULL;

    if (!entry) return 0;
    if (entry->count == cols) return *values = entry->values, 1;
    if (text_is(name, "token_embd.weight")) return 0;
    err_write(err, "'%.*s' has %zu values in the importance matrix, not %" PRIu64, GGUF_SHOWN(name),
              entry->count, cols);
    return -1;
}
