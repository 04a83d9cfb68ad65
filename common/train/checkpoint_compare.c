#include "core/memory.h"
#include "train/checkpoint.h"

#include <stdlib.h>
#include <string.h>

#define LIST_ENOUGH ((size_t)200) /* bytes of a message, behind which the rest is counted */

struct names {
    const char **items; /* borrowed from the objects */
    size_t count, room;
};

static int by_text(const void *a, const void *b)
{
    const char *const *left = a, *const *right = b;

    return strcmp(*left, *right);
}

/* Adds the names of one object that the other gives no value or another one. */
static void add_different(struct names *names, const json_t *object, const json_t *other,
                          bool others_too)
{
    const char *name;
    json_t *value;

    json_object_foreach((json_t *)object, name, value)
    {
        const char *text = json_string_value(value);
        const char *instead = json_string_value(json_object_get(other, name));

        if (!text || (instead && (!others_too || strcmp(text, instead) == 0))) continue;
        names->items = mem_room(names->items, names->count, &names->room, sizeof *names->items);
        names->items[names->count++] = name;
    }
}

static void add_words(struct buffer *list, const char *name, const char *then, const char *now)
{
    buffer_format(list, "%s--%.40s %.60s, now %.60s", list->len ? "; " : "", name,
                  then ? then : "not given", now ? now : "not given");
}

bool checkpoint_compare(const json_t *then, const json_t *now, struct err *err)
{
    struct names names = {0};
    struct buffer list = {0};
    size_t said = 0;
    bool same;

    if (!json_is_object(then)) return err_set(err, "there is no object 'options'");
    add_different(&names, then, now, true);
    add_different(&names, now, then, false);
    same = names.count == 0;
    if (!same) qsort(names.items, names.count, sizeof *names.items, by_text);
    for (; said < names.count && list.len < LIST_ENOUGH; said++)
        add_words(&list, names.items[said],
                  json_string_value(json_object_get(then, names.items[said])),
                  json_string_value(json_object_get(now, names.items[said])));
    if (said < names.count) buffer_format(&list, "; and %zu more", names.count - said);
    buffer_byte(&list, '\0');
    if (!same) err_set(err, "made with other options: %s", list.at);
    buffer_release(&list);
    mem_free(names.items);
    return same;
}
