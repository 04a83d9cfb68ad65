#include "safetensors/shard_index.h"

#include "safetensors/lexer.h"

#include <stdlib.h>
#include <string.h>

static bool is_safe(struct text name)
{
    static const char ending[] = ".safetensors";
    size_t tail = sizeof ending - 1;

    if (name.len <= tail || name.len >= SHARD_NAME) return false;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.at[i];

        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              c == '.' || c == '_' || c == '-'))
            return false;
    }
    return memcmp(name.at + name.len - tail, ending, tail) == 0;
}

static bool find_file(struct shard_index *index, struct text name, size_t *file, struct err *err)
{
    const size_t *known = lookup_find(&index->by_file, name);

    if (known) {
        *file = *known;
        return true;
    }
    if (!is_safe(name))
        return err_set(err, "'%.*s' is no plain name of a .safetensors file", SHOWN(name));
    if (index->file_count == SHARDS_LIMIT) return err_set(err, "more than %zu files", SHARDS_LIMIT);
    lookup_add(&index->by_file, name, index->file_count);
    index->files =
        mem_room(index->files, index->file_count, &index->file_room, sizeof *index->files);
    index->files[index->file_count] = (struct shard_file){.place = index->file_count};
    memcpy(index->files[index->file_count].name, name.at, name.len);
    *file = index->file_count++;
    return true;
}

static bool take_place(struct shard_index *index, struct lexer *lexer, struct text name,
                       struct err *err)
{
    struct text file_name;
    size_t file;

    if (lexer_peek(lexer) != '"') return err_set(err, "its file is not a string");
    if (!lexer_string(lexer, &file_name, err) || !find_file(index, file_name, &file, err))
        return false;
    if (lookup_add(&index->by_name, name, index->count)) return err_set(err, "stands twice");
    index->entries = mem_room(index->entries, index->count, &index->room, sizeof *index->entries);
    index->entries[index->count++] = (struct shard_entry){name, file};
    index->files[file].count++;
    return true;
}

static bool take_map(struct shard_index *index, struct lexer *lexer, bool *seen, struct err *err)
{
    bool more;

    if (*seen) return err_set(err, "'weight_map' stands twice");
    *seen = true;
    if (!lexer_take(lexer, '{')) return err_set(err, "'weight_map' is not an object");
    more = !lexer_take(lexer, '}');
    while (more) {
        struct text name;

        if (!lexer_key(lexer, &name, err)) return false;
        if (!take_place(index, lexer, name, err)) return err_prefix(err, "'%.*s'", SHOWN(name));
        if (!lexer_more(lexer, '}', &more, err)) return false;
    }
    return true;
}

static bool take_index(struct shard_index *index, struct lexer *lexer, struct err *err)
{
    bool more, seen = false;

    if (!lexer_take(lexer, '{')) return err_set(err, "not a JSON object");
    more = !lexer_take(lexer, '}');
    while (more) {
        struct text key;

        if (!lexer_key(lexer, &key, err)) return false;
        if (!(text_is(key, "weight_map") ? take_map(index, lexer, &seen, err)
                                         : lexer_skip(lexer, err)))
            return false;
        if (!lexer_more(lexer, '}', &more, err)) return false;
    }
    lexer_peek(lexer);
    if (lexer->at < lexer->end) return lexer_fail(lexer, "something behind the object", err);
    if (!seen) return err_set(err, "'weight_map' is missing");
    return index->count > 0 || err_set(err, "'weight_map' is empty");
}

static int by_name(const void *a, const void *b)
{
    const struct shard_file *x = a, *y = b;

    return strcmp(x->name, y->name);
}

/* The map is sorted by the names of tensors, so that its first file may be any. */
static void sort_files(struct shard_index *index)
{
    size_t *places = mem_alloc(index->file_count * sizeof *places);

    qsort(index->files, index->file_count, sizeof *index->files, by_name);
    for (size_t i = 0; i < index->file_count; i++) places[index->files[i].place] = i;
    for (size_t i = 0; i < index->count; i++)
        index->entries[i].file = places[index->entries[i].file];
    mem_free(places);
}

bool shard_index_parse(struct shard_index *index, struct text json, struct err *err)
{
    struct lexer lexer;

    *index = (struct shard_index){.texts = mem_alloc(json.len)};
    lexer_init(&lexer, json, 0, index->texts);
    if (!take_index(index, &lexer, err)) {
        shard_index_release(index);
        return false;
    }
    sort_files(index);
    return true;
}

void shard_index_release(struct shard_index *index)
{
    mem_free(index->files);
    mem_free(index->entries);
    mem_free(index->texts);
    lookup_release(&index->by_name);
    lookup_release(&index->by_file);
    *index = (struct shard_index){0};
}
