#include "place/object.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>

/* jansson goes as deep as the text does, on the stack. */
static bool is_shallow(struct text json)
{
    unsigned depth = 0;
    bool quoted = false;

    for (size_t i = 0; i < json.len; i++) {
        const char c = json.at[i];

        if (quoted && c == '\\')
            i++;
        else if (c == '"')
            quoted = !quoted;
        else if (quoted)
            continue;
        else if ((c == '[' || c == '{') && ++depth > OBJECT_DEPTH)
            return false;
        else if ((c == ']' || c == '}') && depth > 0)
            depth--;
    }
    return true;
}

static bool parse(struct object *object, struct text json, const char *path, size_t flags,
                  struct err *err)
{
    json_error_t problem;

    *object = (struct object){.path = path};
    if (json.len > OBJECT_LIMIT)
        return err_set(err, "%s: larger than %zu bytes", path, OBJECT_LIMIT);
    if (!is_shallow(json)) return err_set(err, "%s: nested more than %d deep", path, OBJECT_DEPTH);
    json_set_alloc_funcs(mem_alloc, mem_free);
    object->root =
        json_loadb(json.len ? json.at : "", json.len, JSON_REJECT_DUPLICATES | flags, &problem);
    if (!object->root) return err_set(err, "%s:%d: %s", path, problem.line, problem.text);
    if (json_is_object(object->root)) return true;
    object_release(object);
    return err_set(err, "%s: not a JSON object", path);
}

bool object_parse(struct object *object, struct text json, const char *path, struct err *err)
{
    return parse(object, json, path, 0, err);
}

bool object_parse_huge(struct object *object, struct text json, const char *path, struct err *err)
{
    return parse(object, json, path, JSON_DECODE_INT_AS_REAL, err);
}

void object_release(struct object *object)
{
    json_decref(object->root);
    *object = (struct object){0};
}

bool object_fail(const struct object *object, const char *key, struct err *err, const char *format,
                 ...)
{
    va_list args;
    char words[sizeof err->text];

    va_start(args, format);
    vsnprintf(words, sizeof words, format, args);
    va_end(args);
    return err_set(err, "%s: '%s%s%s' %s", object->path, object->within ? object->within : "",
                   object->within ? "." : "", key, words);
}

/* What a key stands for, or NULL for nothing. */
static json_t *find(const struct object *object, const char *key)
{
    json_t *value = json_object_get(object->root, key);

    return json_is_null(value) ? NULL : value;
}

static int refuse(const struct object *object, const char *key, const char *what, struct err *err)
{
    object_fail(object, key, err, "is not %s", what);
    return -1;
}

int object_count(const struct object *object, const char *key, uint64_t *value, struct err *err)
{
    const json_t *found = find(object, key);

    if (!found) return 0;
    if (!json_is_integer(found) || json_integer_value(found) < 0)
        return refuse(object, key, "a whole number from 0", err);
    *value = (uint64_t)json_integer_value(found);
    return 1;
}

int object_number(const struct object *object, const char *key, double *value, struct err *err)
{
    const json_t *found = find(object, key);

    if (!found) return 0;
    if (!json_is_number(found)) return refuse(object, key, "a number", err);
    *value = json_number_value(found);
    return 1;
}

int object_bool(const struct object *object, const char *key, bool *value, struct err *err)
{
    const json_t *found = find(object, key);

    if (!found) return 0;
    if (!json_is_boolean(found)) return refuse(object, key, "true or false", err);
    *value = json_is_true(found);
    return 1;
}

int object_text(const struct object *object, const char *key, const char **value, struct err *err)
{
    const json_t *found = find(object, key);

    if (!found) return 0;
    if (!json_is_string(found)) return refuse(object, key, "a string", err);
    *value = json_string_value(found);
    return 1;
}

int object_inner(const struct object *object, const char *key, struct object *value,
                 struct err *err)
{
    json_t *found = find(object, key);

    if (!found) return 0;
    if (!json_is_object(found)) return refuse(object, key, "an object", err);
    *value = (struct object){found, object->path, key};
    return 1;
}

int object_list(const struct object *object, const char *key, size_t *count, struct err *err)
{
    const json_t *found = find(object, key);

    if (!found) return 0;
    if (!json_is_array(found)) return refuse(object, key, "a list", err);
    *count = json_array_size(found);
    return 1;
}

const char *object_list_text(const struct object *object, const char *key, size_t at)
{
    return json_string_value(json_array_get(find(object, key), at));
}

bool object_list_inner(const struct object *object, const char *key, size_t at,
                       struct object *value)
{
    *value = (struct object){json_array_get(find(object, key), at), object->path, key};
    return json_is_object(value->root);
}

/* Adds an id unless it is -1 or stands in the list already. */
static bool add_id(const json_t *found, uint32_t *ids, size_t room, size_t *count)
{
    const json_int_t id = json_integer_value(found);

    if (!json_is_integer(found) || id < -1 || id > INT32_MAX) return false;
    if (id == -1) return true;
    for (size_t i = 0; i < *count; i++)
        if (ids[i] == (uint32_t)id) return true;
    if (*count == room) return false;
    ids[(*count)++] = (uint32_t)id;
    return true;
}

int object_ids(const struct object *object, const char *key, uint32_t *ids, size_t room,
               size_t *count, struct err *err)
{
    const json_t *found = find(object, key);
    const bool one = !json_is_array(found);

    if (!found) return 0;
    *count = 0;
    for (size_t i = 0; i < (one ? 1 : json_array_size(found)); i++)
        if (!add_id(one ? found : json_array_get(found, i), ids, room, count))
            return refuse(
                object, key,
                room > 1 ? "a token's number or a short list of them" : "a token's number", err);
    return 1;
}

bool object_has(const struct object *object, const char *key)
{
    return find(object, key) != NULL;
}
