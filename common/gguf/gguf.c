#include "gguf/gguf.h"

#include "core/lines.h"
#include "gguf/gguf_tensors.h"
#include "tensor/load.h"

#include <inttypes.h>

enum {
    KEY_LIMIT = 65535,
    ALIGNMENT = 32, /* where the file does not say */
    ALIGNMENT_LIMIT = 65536,
    LEAST_PAIR = 8 + 1 + 4 + 1 /* bytes: a key of one letter, a type, a value */
};

static bool take_version(struct gguf_cursor *cursor, struct err *err)
{
    uint32_t magic, version;

    if (!gguf_take_u32(cursor, &magic) || magic != 0x46554747)
        return err_set(err, "not a GGUF file: it does not begin with 'GGUF'");
    if (!gguf_take_u32(cursor, &version)) return err_set(err, "the file ends within its header");
    if (version != 0 && (version & 0xffff) == 0)
        return err_set(err, "a GGUF file of a big-endian machine, which is not supported");
    if (version < 2 || version > 3)
        return err_set(err, "GGUF version %" PRIu32 " is not supported, only 2 and 3 are", version);
    return true;
}

static bool take_counts(struct gguf_cursor *cursor, uint64_t *tensors, uint64_t *pairs,
                        struct err *err)
{
    uint64_t left;

    if (!gguf_take_u64(cursor, tensors) || !gguf_take_u64(cursor, pairs))
        return err_set(err, "the file ends within its header");
    left = (uint64_t)(cursor->end - cursor->at);
    if (*pairs > left / LEAST_PAIR)
        return err_set(err, "the header counts %" PRIu64 " keys, more than the file holds", *pairs);
    if (*tensors > left / GGUF_LEAST_TENSOR)
        return err_set(err, "the header counts %" PRIu64 " tensors, more than the file holds",
                       *tensors);
    return true;
}

static bool take_pairs(struct gguf *gguf, struct gguf_cursor *cursor, size_t count, struct err *err)
{
    gguf->pairs = mem_zero(count, sizeof *gguf->pairs);
    for (size_t i = 0; i < count; i++) {
        struct gguf_pair *pair = &gguf->pairs[i];

        if (!gguf_take_text(cursor, &pair->key))
            return err_set(err, "the file ends within key %zu of %zu", i + 1, count);
        if (pair->key.len == 0) return err_set(err, "key %zu is empty", i + 1);
        if (pair->key.len > KEY_LIMIT)
            return err_set(err, "key %zu has %zu bytes, more than %d", i + 1, pair->key.len,
                           KEY_LIMIT);
        if (!gguf_take_value(cursor, pair->key, &pair->value, err)) return false;
        if (lookup_add(&gguf->keys, pair->key, gguf->pair_count++))
            return err_set(err, "the key '%.*s' stands twice", GGUF_SHOWN(pair->key));
    }
    return true;
}

static bool read_alignment(struct gguf *gguf, struct err *err)
{
    const struct gguf_value *value = gguf_find(gguf, "general.alignment");

    gguf->alignment = ALIGNMENT;
    if (!value) return true;
    if (value->type != GGUF_U32)
        return err_set(err, "'general.alignment' is %s, not u32", gguf_type_name(value->type));
    gguf->alignment = load_u32(value->at);
    if (gguf->alignment && (gguf->alignment & (gguf->alignment - 1)) == 0 &&
        gguf->alignment <= ALIGNMENT_LIMIT)
        return true;
    return err_set(err, "'general.alignment' is %" PRIu32 ", not a power of two up to %d",
                   gguf->alignment, ALIGNMENT_LIMIT);
}

bool gguf_parse(struct gguf *gguf, const struct mapped *file, struct err *err)
{
    struct gguf_cursor cursor = {file->at, file->at ? file->at + file->len : NULL};
    uint64_t tensors, pairs;

    *gguf = (struct gguf){.file = *file};
    if (take_version(&cursor, err) && take_counts(&cursor, &tensors, &pairs, err) &&
        take_pairs(gguf, &cursor, (size_t)pairs, err) && read_alignment(gguf, err) &&
        gguf_take_tensors(gguf, &cursor, (size_t)tensors, err))
        return true;
    gguf_release(gguf);
    return err_prefix(err, "%s", path_shown(file->path));
}

bool gguf_open(struct gguf *gguf, const char *path, struct err *err)
{
    struct mapped file;

    *gguf = (struct gguf){0};
    if (!mapped_open(&file, path, err)) return false;
    if (gguf_parse(gguf, &file, err)) return true;
    mapped_close(&file);
    return false;
}

void gguf_release(struct gguf *gguf)
{
    mem_free(gguf->pairs);
    mem_free(gguf->tensors);
    lookup_release(&gguf->keys);
    lookup_release(&gguf->names);
    *gguf = (struct gguf){0};
}

void gguf_close(struct gguf *gguf)
{
    struct mapped file = gguf->file;

    gguf_release(gguf);
    mapped_close(&file);
}

static const char an_array[] = "an array of ";

/* Fills the message for a key that is not what is asked for. */
static int refuse(const struct gguf *gguf, const char *key, const struct gguf_value *value,
                  const char *article, enum gguf_type wanted, struct err *err)
{
    const char *path = path_shown(gguf->file.path);

    if (!value) return err_write(err, "%s: there is no '%s'", path, key), 0;
    err_write(err, "%s: '%s' is %s%s, not %s%s", path, key,
              value->type == GGUF_ARRAY ? an_array : "", gguf_type_name(value->element), article,
              gguf_type_name(wanted));
    return -1;
}

static int find_typed(const struct gguf *gguf, const char *key, enum gguf_type type,
                      const struct gguf_value **value, struct err *err)
{
    *value = gguf_find(gguf, key);
    if (*value && (*value)->type == type) return 1;
    return refuse(gguf, key, *value, "", type, err);
}

const struct gguf_value *gguf_find(const struct gguf *gguf, const char *key)
{
    const size_t *item = lookup_find(&gguf->keys, text_of(key));

    return item ? &gguf->pairs[*item].value : NULL;
}

const struct tensor *gguf_tensor(const struct gguf *gguf, const char *name)
{
    const size_t *item = lookup_find(&gguf->names, text_of(name));

    return item ? &gguf->tensors[*item] : NULL;
}

int gguf_u32(const struct gguf *gguf, const char *key, uint32_t *value, struct err *err)
{
    const struct gguf_value *found;
    const int got = find_typed(gguf, key, GGUF_U32, &found, err);

    if (got == 1) *value = load_u32(found->at);
    return got;
}

int gguf_f32(const struct gguf *gguf, const char *key, float *value, struct err *err)
{
    const struct gguf_value *found;
    const int got = find_typed(gguf, key, GGUF_F32, &found, err);
    uint32_t bits;

    if (got != 1) return got;
    bits = load_u32(found->at);
    memcpy(value, &bits, sizeof *value);
    return 1;
}

int gguf_bool(const struct gguf *gguf, const char *key, bool *value, struct err *err)
{
    const struct gguf_value *found;
    const int got = find_typed(gguf, key, GGUF_BOOL, &found, err);

    if (got != 1) return got;
    if (*found->at > 1) {
        err_write(err, "%s: '%s' is a bool of the value %d", path_shown(gguf->file.path), key,
                  *found->at);
        return -1;
    }
    *value = *found->at == 1;
    return 1;
}

int gguf_text(const struct gguf *gguf, const char *key, struct text *value, struct err *err)
{
    const struct gguf_value *found;
    const int got = find_typed(gguf, key, GGUF_TEXT, &found, err);

    if (got != 1) return got;
    *value = (struct text){(const char *)found->at + 8, (size_t)(found->end - found->at) - 8};
    return 1;
}

int gguf_array(const struct gguf *gguf, const char *key, enum gguf_type element,
               struct gguf_value *array, struct err *err)
{
    const struct gguf_value *found = gguf_find(gguf, key);

    if (!found || found->type != GGUF_ARRAY || found->element != element)
        return refuse(gguf, key, found, an_array, element, err);
    *array = *found;
    return 1;
}
