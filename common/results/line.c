#include "results/line.h"

#include "records/value.h"

#include <math.h>
#include <string.h>

#define SHOWN 80 /* bytes of a name in an error */

static int shown(struct text text)
{
    return text.len < SHOWN ? (int)text.len : SHOWN;
}

static enum kind kind_of(const struct member *member)
{
    if (!member || member->value.kind == KIND_NULL) return KIND_ABSENT;
    return member->value.kind;
}

/* A string's meaning, put into the file's text in its place: it is never longer. */
static struct text settle(struct results_reader *reader, const struct value *string)
{
    struct buffer *file = &reader->results->text;
    char *place = file->at + (string->at + 1 - file->at);
    struct text text;

    reader->scratch.len = 0;
    text = value_text(string, &reader->scratch);
    if (string->escaped) memcpy(place, text.at, text.len);
    return (struct text){place, text.len};
}

static void grow(struct results_reader *reader)
{
    struct results *results = reader->results;
    const size_t room = results->count + results->count / 2 + 64;

    results->items = mem_resize(results->items, room, sizeof *results->items);
    for (size_t i = 0; i < results->score_count; i++)
        results->scores[i].values = mem_resize(results->scores[i].values, room, sizeof(double));
    for (size_t i = 0; i < results->group_count; i++)
        results->groups[i].values =
            mem_resize(results->groups[i].values, room, sizeof(struct text));
    reader->room = room;
}

static bool same(struct text a, struct text b)
{
    return a.len == b.len && memcmp(a.at, b.at, a.len) == 0;
}

/* The column of that name, or a new one in which the records so far have nothing. NULL where there
 * are too many. */
static double *score_column(struct results_reader *reader, struct text name)
{
    struct results *results = reader->results;
    struct results_scores *column = results->scores;

    for (size_t i = 0; i < results->score_count; i++, column++)
        if (same(column->name, name)) return column->values;
    if (results->score_count == RESULTS_SCORES) return NULL;
    column->name = name;
    column->values = mem_zero(reader->room, sizeof *column->values);
    for (size_t i = 0; i <= results->count; i++) column->values[i] = NAN;
    results->score_count++;
    return column->values;
}

static struct text *group_column(struct results_reader *reader, struct text name)
{
    struct results *results = reader->results;
    struct results_groups *column = results->groups;

    for (size_t i = 0; i < results->group_count; i++, column++)
        if (same(column->name, name)) return column->values;
    if (results->group_count == RESULTS_GROUPS) return NULL;
    column->name = name;
    column->values = mem_zero(reader->room, sizeof *column->values);
    results->group_count++;
    return column->values;
}

static bool add_score(struct results_reader *reader, struct text name, const struct value *value,
                      struct err *err)
{
    double number, *column;

    if (value->kind == KIND_NULL) return true;
    if (!value_number(value, &number))
        return err_set(err, "the score '%.*s' is %s", shown(name), name.at,
                       value->kind == KIND_NUMBER ? "too large" : kind_name(value->kind));
    column = score_column(reader, name);
    if (!column) return err_set(err, "more than %d scores have names", RESULTS_SCORES);
    column[reader->results->count] = number;
    return true;
}

static bool add_group(struct results_reader *reader, struct text name, const struct value *value,
                      struct err *err)
{
    struct text *column;

    if (value->kind == KIND_NULL) return true;
    if (value->kind != KIND_STRING && value->kind != KIND_NUMBER)
        return err_set(err, "the group '%.*s' is %s, not a string", shown(name), name.at,
                       kind_name(value->kind));
    column = group_column(reader, name);
    if (!column) return err_set(err, "more than %d groups have names", RESULTS_GROUPS);
    column[reader->results->count] = results_word(
        value->kind == KIND_STRING ? settle(reader, value) : (struct text){value->at, value->len});
    return true;
}

typedef bool add_member(struct results_reader *reader, struct text name, const struct value *value,
                        struct err *err);

/* Every member of the object that has this name on the line; it may be absent. */
static bool add_each(struct results_reader *reader, const char *name, add_member *add,
                     struct err *err)
{
    const struct member *object = scan_member(&reader->scan, name);

    if (kind_of(object) == KIND_ABSENT) return true;
    if (object->value.kind != KIND_OBJECT)
        return err_set(err, "'%s' is %s, not an object", name, kind_name(object->value.kind));
    scan_json(&reader->inner, object->value.at, object->value.len);
    for (size_t i = 0; i < reader->inner.count; i++) {
        const struct member *member = &reader->inner.members[i];

        if (member->key.len > RESULTS_WORD)
            return err_set(err, "a name in '%s' is longer than %d bytes", name, RESULTS_WORD);
        if (!add(reader, settle(reader, &member->key), &member->value, err)) return false;
    }
    return true;
}

static bool add_side(struct results_reader *reader, struct text side, const struct value *value,
                     struct err *err)
{
    if (text_is(side, "chosen")) return add_score(reader, text_of("logps/chosen"), value, err);
    if (text_is(side, "rejected")) return add_score(reader, text_of("logps/rejected"), value, err);
    return true;
}

/* What a record without scores says of itself. */
static bool add_old_scores(struct results_reader *reader, struct err *err)
{
    const struct text name = TEXT("preference_accuracy");
    const struct member *correct = scan_member(&reader->scan, "correct");
    const bool known = kind_of(correct) == KIND_TRUE || kind_of(correct) == KIND_FALSE;
    const struct value number = {kind_of(correct) == KIND_TRUE ? "1" : "0", 1, KIND_NUMBER, false};

    return (!known || add_score(reader, name, &number, err)) &&
           add_each(reader, "logps", add_side, err);
}

static const struct {
    const char *name, *wanted;
    enum kind kinds[2]; /* that it may have; none: any */
} members[RESULTS_MEMBERS] = {
    [RESULTS_PROMPT] = {"prompt", "a string or messages", {KIND_STRING, KIND_ARRAY}},
    [RESULTS_GENERATED] = {"generated", "a string", {KIND_STRING, KIND_STRING}},
    [RESULTS_CHOSEN] = {"chosen", "a string or messages", {KIND_STRING, KIND_ARRAY}},
    [RESULTS_REJECTED] = {"rejected", "a string or messages", {KIND_STRING, KIND_ARRAY}},
    [RESULTS_ANSWER] = {"answer", NULL, {KIND_ABSENT, KIND_ABSENT}},
    [RESULTS_REFERENCE] = {"reference", "a string", {KIND_STRING, KIND_STRING}},
    [RESULTS_SAMPLES] = {"samples", "an array", {KIND_ARRAY, KIND_ARRAY}},
};

static bool take_members(struct results_reader *reader, struct results_item *item, struct err *err)
{
    for (enum results_member i = 0; i < RESULTS_MEMBERS; i++) {
        const struct member *member = scan_member(&reader->scan, members[i].name);
        const enum kind kind = kind_of(member);

        if (kind == KIND_ABSENT) continue;
        if (members[i].wanted && kind != members[i].kinds[0] && kind != members[i].kinds[1])
            return err_set(err, "'%s' is %s, not %s", members[i].name, kind_name(kind),
                           members[i].wanted);
        item->members[i] = member->value;
    }
    return true;
}

static bool take_id(struct results_reader *reader, struct results_item *item, struct err *err)
{
    const struct member *id = scan_member(&reader->scan, "id");
    const enum kind kind = kind_of(id);

    if (kind == KIND_STRING)
        item->id = settle(reader, &id->value);
    else if (kind == KIND_NUMBER)
        item->id = (struct text){id->value.at, id->value.len};
    else if (kind != KIND_ABSENT)
        return err_set(err, "'id' is %s, not a string or a number", kind_name(kind));
    return true;
}

static bool add_record(struct results_reader *reader, struct err *err)
{
    struct results *results = reader->results;
    struct results_item *item;

    if (results->count == reader->room) grow(reader);
    item = &results->items[results->count];
    *item = (struct results_item){.line = reader->number};
    for (size_t i = 0; i < results->score_count; i++)
        results->scores[i].values[results->count] = NAN;
    for (size_t i = 0; i < results->group_count; i++)
        results->groups[i].values[results->count] = (struct text){0};
    if (!take_members(reader, item, err) || !take_id(reader, item, err)) return false;
    item->prompt = results_prompt_key(&item->members[RESULTS_PROMPT]);
    item->key = item->id.len > 0 ? results_key(item->id) : item->prompt;
    item->dropped = kind_of(scan_member(&reader->scan, "dropped")) == KIND_TRUE;
    if (!add_each(reader, "groups", add_group, err)) return false;
    if (kind_of(scan_member(&reader->scan, "scores")) == KIND_ABSENT) {
        if (!add_old_scores(reader, err)) return false;
    } else if (!add_each(reader, "scores", add_score, err))
        return false;
    results->count++;
    return true;
}

static bool add_metric(struct results_reader *reader, struct text name, const struct value *value,
                       struct err *err)
{
    struct results *results = reader->results;
    double number = NAN;

    if (value->kind != KIND_NULL && !value_number(value, &number))
        return err_set(err, "the metric '%.*s' is %s", shown(name), name.at,
                       value->kind == KIND_NUMBER ? "too large" : kind_name(value->kind));
    results->metrics = mem_room(results->metrics, results->metric_count, &results->metric_room,
                                sizeof *results->metrics);
    results->metrics[results->metric_count++] = (struct results_metric){name, number};
    return true;
}

static bool add_end(struct results_reader *reader, struct err *err)
{
    struct results *results = reader->results;
    const struct {
        const char *name;
        struct value *place;
    } parts[] = {
        {"by", &results->by}, {"comparison", &results->comparison}, {"made_by", &results->made_by}};

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        const struct member *member = scan_member(&reader->scan, parts[i].name);

        if (kind_of(member) == KIND_ABSENT) continue;
        if (member->value.kind != KIND_OBJECT)
            return err_set(err, "'%s' is %s, not an object", parts[i].name,
                           kind_name(member->value.kind));
        *parts[i].place = member->value;
    }
    reader->ended = true;
    return add_each(reader, "metrics", add_metric, err);
}

bool results_line(struct results_reader *reader, struct text line, struct err *err)
{
    struct scan *scan = &reader->scan;

    if (reader->ended) return err_set(err, "a line behind the metrics, which should be the last");
    if (!scan_json(scan, line.at, line.len))
        return err_set(err, "not JSON at column %zu: %s", scan->column, scan->problem);
    if (scan->root.kind != KIND_OBJECT)
        return err_set(err, "not a line of results: %s", kind_name(scan->root.kind));
    if (kind_of(scan_member(scan, "prompt")) != KIND_ABSENT) return add_record(reader, err);
    if (kind_of(scan_member(scan, "metrics")) != KIND_ABSENT) return add_end(reader, err);
    return err_set(err, "not a line of results: it has neither 'prompt' nor 'metrics'");
}

void results_reader_release(struct results_reader *reader)
{
    scan_release(&reader->scan);
    scan_release(&reader->inner);
    buffer_release(&reader->scratch);
}
