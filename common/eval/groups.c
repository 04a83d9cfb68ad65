#include "eval/groups.h"

#include "hash/lookup.h"
#include "records/value.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int by_name(const void *left, const void *right)
{
    const struct group *a = left, *b = right;

    return strcmp(a->name, b->name);
}

/* The different values of one grouping, unless there are too many. */
static void list_names(struct groups *groups, const struct marks_group *source, size_t count)
{
    const size_t before = groups->count;
    struct lookup known = {0};

    for (size_t i = 0; i < count && groups->count <= before + GROUPS_MOST; i++) {
        const char *name = source->words[i];

        if (!name || lookup_add(&known, text_of(name), i)) continue;
        groups->items = mem_resize(groups->items, groups->count + 1, sizeof *groups->items);
        groups->items[groups->count++] = (struct group){.by = source->name, .name = name};
    }
    lookup_release(&known);
    if (groups->count > before + GROUPS_MOST) groups->count = before;
    if (groups->count > before)
        qsort(groups->items + before, groups->count - before, sizeof *groups->items, by_name);
}

/* The groups from begin on, before end, are by source: which of them is each record's? */
static struct group **place(struct groups *groups, size_t begin, size_t end,
                            const struct marks_group *source, size_t records)
{
    struct group **places = mem_zero(records, sizeof(struct group *));

    for (size_t i = 0; i < records; i++) {
        const struct group wanted = {.name = source->words[i]};

        if (!wanted.name) continue;
        places[i] =
            bsearch(&wanted, groups->items + begin, end - begin, sizeof *groups->items, by_name);
        places[i]->records++;
    }
    return places;
}

/* The mean of one column in each of the groups. */
static void average(struct group *groups, size_t count, struct group **places,
                    const struct marks *marks, size_t column)
{
    size_t *found = mem_zero(count, sizeof *found);

    for (size_t i = 0; i < marks->count; i++) {
        const double value = marks->columns[column].values[i];

        if (!places[i] || isnan(value)) continue;
        places[i]->means[column] += value;
        found[places[i] - groups]++;
    }
    for (size_t i = 0; i < count; i++)
        groups[i].means[column] = found[i] > 0 ? groups[i].means[column] / (double)found[i] : NAN;
    mem_free(found);
}

static void fill(struct groups *groups, size_t begin, size_t end, const struct marks_group *source,
                 const struct marks *marks)
{
    struct group **places = place(groups, begin, end, source, marks->count);

    for (size_t i = 0; i < marks->column_count; i++)
        average(groups->items + begin, end - begin, places, marks, i);
    mem_free(places);
}

void groups_make(struct groups *groups, const struct marks *marks)
{
    const size_t width = marks->column_count;

    *groups = (struct groups){0};
    for (size_t i = 0; i < marks->group_count; i++)
        list_names(groups, &marks->groups[i], marks->count);
    groups->means = mem_zero(groups->count, mem_product(width, sizeof *groups->means));
    for (size_t i = 0; i < groups->count; i++) groups->items[i].means = groups->means + i * width;
    for (size_t i = 0, begin = 0, end; i < marks->group_count; i++, begin = end) {
        for (end = begin; end < groups->count && groups->items[end].by == marks->groups[i].name;)
            end++;
        if (end > begin) fill(groups, begin, end, &marks->groups[i], marks);
    }
}

void groups_release(struct groups *groups)
{
    mem_free(groups->items);
    mem_free(groups->means);
    *groups = (struct groups){0};
}

static void add_group(struct buffer *out, const struct group *group, const struct marks *marks)
{
    text_quote(out, text_of(group->name));
    buffer_format(out, ":{\"records\":%zu", group->records);
    for (size_t i = 0; i < marks->column_count; i++) {
        if (!isfinite(group->means[i])) continue;
        buffer_byte(out, ',');
        text_quote(out, text_of(marks->columns[i].name));
        buffer_byte(out, ':');
        number_write(out, group->means[i]);
    }
    buffer_byte(out, '}');
}

void groups_json(const struct groups *groups, const struct marks *marks, struct buffer *out)
{
    const char *by = NULL;

    buffer_byte(out, '{');
    for (size_t i = 0; i < groups->count; i++) {
        const struct group *group = &groups->items[i];

        if (i > 0) buffer_text(out, group->by == by ? "," : "},");
        if (group->by != by) {
            by = group->by;
            text_quote(out, text_of(by));
            buffer_text(out, ":{");
        }
        add_group(out, group, marks);
    }
    buffer_text(out, groups->count > 0 ? "}}" : "}");
}
