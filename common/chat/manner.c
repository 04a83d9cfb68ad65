#include "chat/manner.h"

#include "core/number.h"
#include "records/value.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#define WHOLE_MOST 9007199254740992.0 /* a double holds all up to here */

/* A number's place, its range, and how generation_config.json calls it. */
static const struct row {
    const char *name, *key; /* key: NULL where it is none of the model's business */
    size_t offset;
    bool whole, above; /* above: lowest itself is not allowed */
    double lowest, highest;
    const char *range;
} rows[] = {
    {"max-new-tokens", "max_new_tokens", offsetof(struct manner, most), true, false, 1, 1e6,
     "a whole number from 1 to 1000000"},
    {"temperature", "temperature", offsetof(struct manner, temperature), false, false, 0, INFINITY,
     "a number from 0 on"},
    {"top-k", "top_k", offsetof(struct manner, top_k), true, false, 0, WHOLE_MOST,
     "a whole number from 0 on"},
    {"top-p", "top_p", offsetof(struct manner, top_p), false, true, 0, 1,
     "a number above 0 and up to 1"},
    {"min-p", "min_p", offsetof(struct manner, min_p), false, false, 0, 1, "a number from 0 to 1"},
    {"repetition-penalty", "repetition_penalty", offsetof(struct manner, repetition_penalty), false,
     true, 0, INFINITY, "a number above 0"},
    {"seed", NULL, offsetof(struct manner, seed), true, false, 0, WHOLE_MOST,
     "a whole number from 0 on"},
};

#define ROWS (sizeof rows / sizeof rows[0])

void manner_init(struct manner *manner, double temperature)
{
    *manner = (struct manner){
        .temperature = temperature, .top_p = 1, .repetition_penalty = 1, .seed = 42, .most = 500};
}

static double get(const struct manner *manner, const struct row *row)
{
    const char *at = (const char *)manner + row->offset;

    return row->whole ? (double)*(const size_t *)(const void *)at
                      : *(const double *)(const void *)at;
}

static void put(struct manner *manner, const struct row *row, double value)
{
    char *at = (char *)manner + row->offset;

    if (row->whole)
        *(size_t *)(void *)at = (size_t)value;
    else
        *(double *)(void *)at = value;
}

void manner_take(struct manner *manner, const struct manner *from, bool (*given)(const char *name))
{
    for (size_t i = 0; i < ROWS; i++)
        if (given(rows[i].name)) put(manner, &rows[i], get(from, &rows[i]));
}

static bool allowed(const struct row *row, double value)
{
    return value >= row->lowest && !(row->above && value <= row->lowest) && value <= row->highest &&
           (!row->whole || value == floor(value));
}

bool manner_check(const struct manner *manner, const char *who, struct err *err)
{
    for (size_t i = 0; i < ROWS; i++)
        if (!allowed(&rows[i], get(manner, &rows[i])))
            return err_set(err, "%s%s takes %s", who, rows[i].name, rows[i].range);
    return true;
}

static bool same_name(struct text name, const char *word)
{
    if (name.len != strlen(word)) return false;
    for (size_t i = 0; i < name.len; i++)
        if ((name.at[i] == '_' ? '-' : name.at[i]) != word[i]) return false;
    return true;
}

static const struct row *find(struct text name)
{
    for (size_t i = 0; i < ROWS; i++)
        if (same_name(name, rows[i].name)) return &rows[i];
    return NULL;
}

bool manner_set(struct manner *manner, struct text name, struct text value, struct err *err)
{
    const struct row *row = find(name);
    char digits[64];
    double number;

    if (!row) return err_set(err, "no parameter is called '%.*s'", (int)name.len, name.at);
    if (value.len >= sizeof digits)
        return err_set(err, "%s takes %s, not so long a text", row->name, row->range);
    memcpy(digits, value.at, value.len);
    digits[value.len] = '\0';
    if (!parse_number(digits, &number) || !allowed(row, number))
        return err_set(err, "%s takes %s, not '%s'", row->name, row->range, digits);
    put(manner, row, number);
    return true;
}

/* Numbers that stand for nothing: transformers writes null where it takes its own. */
static bool take_member(struct manner *manner, const struct row *row, const struct scan *scan,
                        const char *path, struct err *err)
{
    const struct member *member = row->key ? scan_member(scan, row->key) : NULL;
    double number;

    if (!member || member->value.kind == KIND_NULL) return true;
    if (!value_number(&member->value, &number) || !allowed(row, number))
        return err_set(err, "%s: '%s' is not %s", path, row->key, row->range);
    put(manner, row, number);
    return true;
}

bool manner_read(struct manner *manner, struct text json, const char *path, struct err *err)
{
    struct scan scan = {0};
    const struct member *samples;
    bool good = true;

    if (!scan_json(&scan, json.at, json.len)) {
        err_set(err, "%s: %s at byte %zu", path, scan.problem, scan.column);
        scan_release(&scan);
        return false;
    }
    samples = scan_member(&scan, "do_sample");
    if (scan.root.kind == KIND_OBJECT && samples && samples->value.kind == KIND_TRUE) {
        manner->temperature = 1; /* as transformers has it */
        for (size_t i = 0; good && i < ROWS; i++)
            good = take_member(manner, &rows[i], &scan, path, err);
    }
    scan_release(&scan);
    return good;
}

void manner_show(const struct manner *manner, struct buffer *out)
{
    for (size_t i = 0; i < ROWS; i++) {
        buffer_format(out, "%s ", rows[i].name);
        number_write(out, get(manner, &rows[i]));
        buffer_byte(out, '\n');
    }
}

struct sampling manner_sampling(const struct manner *manner)
{
    return (struct sampling){.temperature = manner->temperature,
                             .top_k = manner->top_k,
                             .top_p = manner->top_p,
                             .min_p = manner->min_p,
                             .repetition_penalty = manner->repetition_penalty,
                             .seed = manner->seed};
}
