#include "eval/marks.h"

#include <math.h>
#include <string.h>

void marks_init(struct marks *marks, size_t count)
{
    *marks = (struct marks){.count = count,
                            .keys = mem_zero(count, sizeof *marks->keys),
                            .prompts = mem_zero(count, sizeof *marks->prompts)};
}

void marks_release(struct marks *marks)
{
    for (size_t i = 0; i < marks->column_count; i++) {
        mem_free(marks->columns[i].name);
        mem_free(marks->columns[i].values);
    }
    for (size_t i = 0; i < marks->group_count; i++) {
        for (size_t j = 0; j < marks->count; j++) mem_free(marks->groups[i].words[j]);
        mem_free(marks->groups[i].name);
        mem_free(marks->groups[i].words);
    }
    mem_free(marks->columns);
    mem_free(marks->groups);
    mem_free(marks->keys);
    mem_free(marks->prompts);
    *marks = (struct marks){0};
}

static struct marks_column *find(const struct marks *marks, const char *name)
{
    for (size_t i = 0; i < marks->column_count; i++)
        if (strcmp(marks->columns[i].name, name) == 0) return &marks->columns[i];
    return NULL;
}

void marks_add(struct marks *marks, size_t record, const char *name, double value)
{
    struct marks_column *column = find(marks, name);

    if (!column) {
        marks->columns =
            mem_room(marks->columns, marks->column_count, &marks->column_room, sizeof *column);
        column = &marks->columns[marks->column_count++];
        column->name = mem_copy_text(name);
        column->values = mem_zero(marks->count, sizeof *column->values);
        for (size_t i = 0; i < marks->count; i++) column->values[i] = NAN;
    }
    column->values[record] = value;
}

void marks_group_add(struct marks *marks, size_t record, const char *name, struct text word)
{
    struct marks_group *group = NULL;

    for (size_t i = 0; i < marks->group_count && !group; i++)
        if (strcmp(marks->groups[i].name, name) == 0) group = &marks->groups[i];
    if (!group) {
        marks->groups =
            mem_room(marks->groups, marks->group_count, &marks->group_room, sizeof *group);
        group = &marks->groups[marks->group_count++];
        group->name = mem_copy_text(name);
        group->words = mem_zero(marks->count, sizeof *group->words);
    }
    word = results_word(word);
    mem_free(group->words[record]);
    group->words[record] = mem_format("%.*s", (int)word.len, word.at);
}

const double *marks_values(const struct marks *marks, const char *name)
{
    const struct marks_column *column = find(marks, name);

    return column ? column->values : NULL;
}

size_t marks_mean(const struct marks *marks, const char *name, double *mean)
{
    const double *values = marks_values(marks, name);
    size_t count = 0;
    double sum = 0;

    for (size_t i = 0; values && i < marks->count; i++) {
        if (isnan(values[i])) continue;
        sum += values[i];
        count++;
    }
    *mean = sum / (double)count;
    return count;
}

void marks_take(struct marks *marks, const struct results *results)
{
    marks_init(marks, results->count);
    for (size_t i = 0; i < results->count; i++) {
        marks->keys[i] = results->items[i].key;
        marks->prompts[i] = results->items[i].prompt;
    }
    for (size_t i = 0; i < results->score_count; i++) {
        const struct results_scores *scores = &results->scores[i];
        char *name = mem_format("%.*s", (int)scores->name.len, scores->name.at);

        for (size_t j = 0; j < results->count; j++) marks_add(marks, j, name, scores->values[j]);
        mem_free(name);
    }
    for (size_t i = 0; i < results->group_count; i++) {
        const struct results_groups *groups = &results->groups[i];
        char *name = mem_format("%.*s", (int)groups->name.len, groups->name.at);

        for (size_t j = 0; j < results->count; j++)
            if (groups->values[j].at) marks_group_add(marks, j, name, groups->values[j]);
        mem_free(name);
    }
}
