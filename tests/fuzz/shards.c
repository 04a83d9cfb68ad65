/* An index of shards from arbitrary bytes: what is taken names plain files, and jansson sees the
 * same in it. */
#include "safetensors/shard_index.h"

#include "fuzz/fuzz.h"

#include <jansson.h>
#include <string.h>

/* Outside of the map we look at nothing: there a key may stand twice, and a number be too large
 * for jansson. Neither can it hold a key with a NUL. */
static bool meant(const json_error_t *error)
{
    return json_error_code(error) == json_error_numeric_overflow ||
           json_error_code(error) == json_error_null_byte_in_key;
}

static void check_name(const char *name)
{
    size_t len = strlen(name);

    demand(len > 12 && len < SHARD_NAME && !strchr(name, '/') && strcmp(name, "..") != 0);
    demand(strcmp(name + len - 12, ".safetensors") == 0);
}

static void check_entries(const struct shard_index *index, const json_t *map)
{
    size_t total = 0;

    demand(json_object_size(map) == index->count && index->count > 0);
    for (size_t i = 0; i < index->count; i++) {
        const struct shard_entry *entry = &index->entries[i];
        const size_t *found = lookup_find(&index->by_name, entry->name);
        const char *name =
            json_string_value(json_object_getn(map, entry->name.at, entry->name.len));

        demand(found && *found == i && entry->file < index->file_count);
        demand(name && strcmp(name, index->files[entry->file].name) == 0);
    }
    for (size_t i = 0; i < index->file_count; i++) {
        check_name(index->files[i].name);
        demand(i == 0 || strcmp(index->files[i - 1].name, index->files[i].name) < 0);
        total += index->files[i].count;
    }
    demand(total == index->count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text json = {data ? (const char *)data : "", size};
    struct shard_index index;
    struct err err = {""};
    json_error_t error;
    json_t *root;

    if (!shard_index_parse(&index, json, &err)) {
        demand(*err.text && !index.files && !index.texts);
        return 0;
    }
    root = json_loadb(json.at, json.len, JSON_ALLOW_NUL, &error);
    if (root)
        check_entries(&index, json_object_get(root, "weight_map"));
    else
        demand(meant(&error));
    json_decref(root);
    shard_index_release(&index);
    return 0;
}
