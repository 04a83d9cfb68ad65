#include "results/results.h"

#include "core/lines.h"
#include "records/messages.h"
#include "records/value.h"
#include "results/line.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FILE_LIMIT ((size_t)4 << 30)

static const struct hash_key id_key = {0x6964, 1}, prompt_key = {0x70726f6d7074, 1};

struct hash128 results_key(struct text id)
{
    return hash_bytes(id_key, id.at, id.len);
}

struct text results_word(struct text word)
{
    if (word.len <= RESULTS_WORD) return word;
    word.len = RESULTS_WORD;
    while (word.len > 0 && (word.at[word.len] & 0xc0) == 0x80) word.len--;
    return word;
}

struct hash128 results_prompt_key(const struct value *prompt)
{
    struct buffer scratch = {0};
    struct scan list = {0}, message = {0};
    struct hash128 hash;
    struct text text = {0};

    if (prompt->kind == KIND_STRING)
        text = value_text(prompt, &scratch);
    else
        messages_identity(prompt, &list, &message, &scratch);
    if (!text.at) text = (struct text){scratch.at ? scratch.at : "", scratch.len};
    hash = hash_bytes(prompt_key, text.at, text.len);
    buffer_release(&scratch);
    scan_release(&list);
    scan_release(&message);
    return hash;
}

static int compare_keys(struct hash128 a, struct hash128 b)
{
    if (a.high != b.high) return a.high < b.high ? -1 : 1;
    return (a.low > b.low) - (a.low < b.low);
}

static int by_key(const void *left, const void *right, void *context)
{
    const struct results_item *items = context;
    const size_t a = *(const size_t *)left, b = *(const size_t *)right;
    const int order = compare_keys(items[a].key, items[b].key);

    return order ? order : (a > b) - (a < b);
}

static bool same_key(const struct results *results, size_t a, size_t b)
{
    return compare_keys(results->items[results->order[a]].key,
                        results->items[results->order[b]].key) == 0;
}

/* Records of one id, or of one prompt without ids, from begin to end in the order: each gets a key
 * of its own, as the nth of them. */
static void number_keys(struct results *results, size_t begin, size_t end)
{
    for (size_t i = begin + 1; i < end; i++) {
        struct hash128 *key = &results->items[results->order[i]].key;

        *key = hash_join(prompt_key, *key, *key, (struct hash128){i - begin, 0});
    }
}

static void make_order(struct results *results)
{
    const size_t count = results->count;

    results->order = mem_zero(count, sizeof *results->order);
    for (size_t i = 0; i < count; i++) results->order[i] = i;
    qsort_r(results->order, count, sizeof *results->order, by_key, results->items);
    for (size_t begin = 0, end; begin < count; begin = end) {
        for (end = begin + 1; end < count && same_key(results, begin, end);) end++;
        number_keys(results, begin, end);
    }
    qsort_r(results->order, count, sizeof *results->order, by_key, results->items);
}

/* The next line of the file without the white space around it; false at the end. */
static bool next_line(const struct buffer *file, size_t *at, struct text *line)
{
    const char *begin, *end;

    if (*at == file->len) return false;
    begin = file->at + *at;
    end = memchr(begin, '\n', file->len - *at);
    if (!end) end = file->at + file->len;
    *at = (size_t)(end - file->at) + (end < file->at + file->len);
    while (begin < end && strchr(" \t\r", *begin)) begin++;
    while (begin < end && strchr(" \t\r", end[-1])) end--;
    *line = (struct text){begin, (size_t)(end - begin)};
    return true;
}

static bool read_lines(struct results_reader *reader, struct err *err)
{
    struct results *results = reader->results;
    const char *path = results->path;
    struct text line;

    for (size_t at = 0; next_line(&results->text, &at, &line);) {
        reader->number++;
        if (line.len == 0 || results_line(reader, line, err)) continue;
        if (reader->scan.problem && reader->scan.column > line.len && at == results->text.len)
            return err_set(err, "%s:%llu: the last line was cut: dpo-eval was stopped", path,
                           (unsigned long long)reader->number);
        return err_prefix(err, "%s:%llu", path, (unsigned long long)reader->number);
    }
    if (results->text.len == 0) return err_set(err, "%s: empty, and no results", path);
    return reader->ended || err_set(err,
                                    "%s: ends without its metrics: dpo-eval was stopped, or this "
                                    "is no file of results",
                                    path);
}

/* The metrics say of how many records they are; those of older versions do not. */
static bool is_whole(const struct results *results, struct err *err)
{
    const double records = results_metric(results, TEXT("records"));

    if (isnan(records) || records == (double)results->count) return true;
    return err_set(err, "%s: has %zu records, and its metrics are of %.0f", results->path,
                   results->count, records);
}

static bool read_file(struct results *results, const char *path, struct err *err)
{
    const char *foreign;

    if (!read_whole_file(path, &results->text, FILE_LIMIT, err)) return false;
    foreign = foreign_format(results->text.at, results->text.len);
    return !foreign || err_set(err, "%s: %s", results->path, foreign);
}

bool results_open(struct results *results, const char *path, struct err *err)
{
    struct results_reader reader = {.results = results};
    bool good;

    *results = (struct results){.path = mem_copy_text(path_shown(path))};
    results->scores = mem_zero(RESULTS_SCORES, sizeof *results->scores);
    results->groups = mem_zero(RESULTS_GROUPS, sizeof *results->groups);
    good = read_file(results, path, err) && read_lines(&reader, err) && is_whole(results, err);
    if (good) make_order(results);
    results_reader_release(&reader);
    if (!good) results_close(results);
    return good;
}

void results_close(struct results *results)
{
    for (size_t i = 0; i < results->score_count; i++) mem_free(results->scores[i].values);
    for (size_t i = 0; i < results->group_count; i++) mem_free(results->groups[i].values);
    mem_free(results->scores);
    mem_free(results->groups);
    mem_free(results->metrics);
    mem_free(results->items);
    mem_free(results->order);
    mem_free(results->path);
    buffer_release(&results->text);
    *results = (struct results){0};
}

bool results_find(const struct results *results, struct hash128 key, size_t *item)
{
    size_t begin = 0, end = results->count;

    while (begin < end) {
        const size_t middle = begin + (end - begin) / 2;
        const int order = compare_keys(results->items[results->order[middle]].key, key);

        *item = results->order[middle];
        if (order == 0) return true;
        if (order < 0)
            begin = middle + 1;
        else
            end = middle;
    }
    return false;
}

struct text results_text(const struct results *results, size_t item, enum results_member member,
                         struct buffer *scratch)
{
    const struct value *value = &results->items[item].members[member];
    struct scan list = {0}, message = {0};

    scratch->len = 0;
    if (value->kind == KIND_ABSENT) return TEXT("");
    if (value->kind == KIND_STRING) return value_text(value, scratch);
    if (value->kind != KIND_ARRAY || member == RESULTS_SAMPLES || member == RESULTS_ANSWER)
        return (struct text){value->at, value->len};
    buffer_reserve(scratch, 1);
    messages_text(value, &list, &message, scratch);
    scan_release(&list);
    scan_release(&message);
    return (struct text){scratch->at, scratch->len};
}

static bool same_name(struct text a, struct text b)
{
    return a.len == b.len && memcmp(a.at, b.at, a.len) == 0;
}

const struct results_scores *results_scores_named(const struct results *results, struct text name)
{
    for (size_t i = 0; i < results->score_count; i++)
        if (same_name(results->scores[i].name, name)) return &results->scores[i];
    return NULL;
}

const struct results_groups *results_groups_named(const struct results *results, struct text name)
{
    for (size_t i = 0; i < results->group_count; i++)
        if (same_name(results->groups[i].name, name)) return &results->groups[i];
    return NULL;
}

double results_metric(const struct results *results, struct text name)
{
    for (size_t i = 0; i < results->metric_count; i++)
        if (same_name(results->metrics[i].name, name)) return results->metrics[i].value;
    return NAN;
}
