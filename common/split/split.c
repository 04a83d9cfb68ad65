#include "split/split.h"

#include "core/number.h"
#include "records/stream.h"
#include "records/value.h"
#include "split/sklearn.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const split_names[SPLIT_PARTS] = {"train", "val", "test"};

/* What judge finds for take. */
struct side {
    struct hash128 group, prompt;
    struct value label; /* of the stratum; points into the line */
};

bool split_ratios(struct split *split, const char *text, struct err *err)
{
    char copy[128], *at = copy, *comma;
    double sum = 0;
    int count = 0;

    if (strlen(text) >= sizeof copy) return err_set(err, "--ratios is too long");
    memcpy(copy, text, strlen(text) + 1);
    for (; at && count < SPLIT_PARTS; at = comma, count++) {
        comma = strchr(at, ',');
        if (comma) *comma++ = '\0';
        if (!parse_number(at, &split->ratios[count]) || split->ratios[count] < 0)
            return err_set(err, "--ratios: '%.40s' is not a share", at);
        sum += split->ratios[count];
    }
    if (at || count != SPLIT_PARTS)
        return err_set(err, "--ratios takes three shares, as in 70,15,15");
    if (!isfinite(sum)) return err_set(err, "--ratios: the shares are too large");
    if (!(split->ratios[SPLIT_TRAIN] > 0) || !(sum > split->ratios[SPLIT_TRAIN]))
        return err_set(err, "--ratios needs a train share and at least one other");
    return true;
}

static bool find_group(const struct split *split, struct pair *pair, struct side *side,
                       struct err *err)
{
    const struct value *value;
    struct text text;

    if (strcmp(split->group, "prompt") == 0) {
        side->group = pair_hash(pair, FIELD_PROMPT, split->key);
        return true;
    }
    if (strcmp(split->group, "none") == 0) {
        if (split->method == SPLIT_HASH)
            side->group = hash_join(split->key, pair_hash(pair, FIELD_PROMPT, split->key),
                                    pair_hash(pair, FIELD_CHOSEN, split->key),
                                    pair_hash(pair, FIELD_REJECTED, split->key));
        return true;
    }
    value = pair_find(pair, split->group);
    if (!value) return err_set(err, "'%.80s' is missing", split->group);
    pair->text.len = 0;
    text = value->kind == KIND_STRING ? value_text(value, &pair->text)
                                      : (struct text){value->at, value->len};
    side->group = hash_bytes(split->key, text.at, text.len);
    return true;
}

static bool groups_are_prompts(const struct split *split)
{
    return strcmp(split->group, "prompt") == 0;
}

static bool judge(void *context, void *desk, struct pair *pair, void *result, struct err *err)
{
    const struct split *split = context;
    struct side *side = result;
    const struct value *label;

    (void)desk;
    memset(side, 0, sizeof *side);
    if (!find_group(split, pair, side, err)) return false;
    if (!groups_are_prompts(split))
        side->prompt = pair_hash_quick(pair, FIELD_PROMPT, split->seen_key);
    if (!split->stratify) return true;
    label = pair_find(pair, split->stratify);
    if (!label) return err_set(err, "'%.80s' is missing", split->stratify);
    side->label = *label;
    return true;
}

static bool write_line(struct split *split, int part, const char *at, size_t len, struct err *err)
{
    struct split_part *to = &split->parts[part];

    to->records++;
    sha256_add(&to->sha, at, len);
    sha256_add(&to->sha, "\n", 1);
    return outfile_write(&to->file, at, len, err) && outfile_write(&to->file, "\n", 1, err);
}

/* A prompt's sides as bits; it is torn when the second one is set. */
static void mark_prompt(struct split *split, struct hash128 prompt, int part)
{
    bool fresh;
    uint64_t *sides;

    if (groups_are_prompts(split)) return;
    sides = seen_add(&split->prompts, prompt, &fresh);
    if (!fresh && *sides != 1ULL << part && (*sides & (*sides - 1)) == 0) split->torn++;
    *sides |= 1ULL << part;
}

/* The hash as a number in [0, 1), held against the shares one after the other. */
static int part_of(const struct split *split, struct hash128 group)
{
    double sum = split->ratios[0] + split->ratios[1] + split->ratios[2];
    double at = (double)(group.high >> 11) * 0x1p-53 * sum;

    if (at < split->ratios[SPLIT_TRAIN]) return SPLIT_TRAIN;
    if (at < split->ratios[SPLIT_TRAIN] + split->ratios[SPLIT_VAL]) return SPLIT_VAL;
    return split->ratios[SPLIT_TEST] > 0 ? SPLIT_TEST : SPLIT_VAL;
}

/* 1 and 1.0 are one class, as they are one number. */
static struct hash128 hash_label(const struct split *split, const struct value *label,
                                 struct text text)
{
    double number;

    if (!value_number(label, &number)) return hash_bytes(split->seen_key, text.at, text.len);
    number += 0.0; /* -0 becomes 0 */
    return hash_bytes(split->key, &number, sizeof number);
}

/* Classes are numbered as they come and brought into the order of their names at the end. */
static uint32_t class_of(struct split *split, const struct value *label)
{
    struct buffer scratch = {0};
    struct text text = label->kind == KIND_STRING ? value_text(label, &scratch)
                                                  : (struct text){label->at, label->len};
    bool fresh;
    uint64_t *number = seen_add(&split->labels, hash_label(split, label, text), &fresh);

    if (fresh) {
        struct split_label *added;

        split->label_list = mem_room(split->label_list, split->label_count, &split->label_room,
                                     sizeof *split->label_list);
        added = &split->label_list[split->label_count];
        *added = (struct split_label){.at = mem_alloc(text.len), .len = text.len};
        added->is_number = value_number(label, &added->number);
        memcpy(added->at, text.at, text.len);
        *number = split->label_count++;
    }
    buffer_release(&scratch);
    return (uint32_t)*number;
}

/* A unit is what scikit-learn would call a row: a record, or all records of a group. */
static uint64_t unit_of(struct split *split, const struct side *side)
{
    uint64_t *unit;
    bool fresh;

    if (strcmp(split->group, "none") == 0) return split->units++;
    unit = seen_add(&split->groups, side->group, &fresh);
    if (fresh) *unit = split->units++;
    return *unit;
}

static bool shelve(struct split *split, struct text line, const struct side *side, struct err *err)
{
    struct shelf_head head = {.swapped = side->prompt, .len = line.len};
    size_t before = split->units;
    uint64_t unit = unit_of(split, side);

    if (split->stratify) {
        uint32_t class = class_of(split, &side->label);

        split->classes =
            mem_room(split->classes, before, &split->class_room, sizeof *split->classes);
        if (split->units > before) split->classes[unit] = class;
        if (split->classes[unit] != class)
            return err_set(err, "record %llu: its group has another '%.80s': a group can have one",
                           (unsigned long long)split->read, split->stratify);
    }
    return shelf_add(&split->shelf, &head, line.at, (double)unit, err);
}

static bool take(void *context, void *desk, struct text line, void *result, struct err *err)
{
    struct split *split = context;
    const struct side *side = result;
    int part;

    (void)desk;
    split->read++;
    if (split->method == SPLIT_SKLEARN) return shelve(split, line, side, err);
    part = part_of(split, side->group);
    mark_prompt(split, side->prompt, part);
    return write_line(split, part, line.at, line.len, err);
}

/* Numbers sort by their value, as numpy sorts them, and before texts. */
static int by_label(const void *a, const void *b)
{
    const struct split_label *x = *(const struct split_label *const *)a;
    const struct split_label *y = *(const struct split_label *const *)b;
    int order;

    if (x->is_number != y->is_number) return x->is_number ? -1 : 1;
    if (x->is_number && x->number != y->number) return x->number < y->number ? -1 : 1;
    order = memcmp(x->at, y->at, x->len < y->len ? x->len : y->len);
    return order ? order : (x->len > y->len) - (x->len < y->len);
}

static void sort_classes(struct split *split)
{
    size_t count = split->label_count;
    const struct split_label **order = mem_alloc((count + 1) * sizeof(void *));
    uint32_t *rank = mem_alloc((count + 1) * sizeof *rank);

    for (size_t i = 0; i < count; i++) order[i] = &split->label_list[i];
    qsort(order, count, sizeof(void *), by_label);
    for (size_t i = 0; i < count; i++) rank[order[i] - split->label_list] = (uint32_t)i;
    for (size_t i = 0; i < split->units; i++) split->classes[i] = rank[split->classes[i]];
    mem_free(order);
    mem_free(rank);
}

/* Where each unit goes: its part, and its place there, in one number that sorts. */
#define PLACE(part, place) ((double)(part)*0x1p48 + (double)(place))

static void place_units(double *places, const size_t *rows, const size_t *names, size_t count,
                        int part)
{
    for (size_t i = 0; i < count; i++) places[names ? names[rows[i]] : rows[i]] = PLACE(part, i);
}

/* 0.2 + 0.1 is meant to be 0.3, as one would write it for train_test_split; 2/3 stays what it
 * is. */
static double share_of(double part, double whole)
{
    double share = part / whole, written = round(share * 1e6) / 1e6;

    return fabs(share - written) < 1e-12 ? written : share;
}

/* The second step: the rest of the first one is split into val and test. */
static bool split_rest(const struct split *split, const size_t *rest, size_t count, double *places,
                       struct err *err)
{
    double test =
        share_of(split->ratios[SPLIT_TEST], split->ratios[SPLIT_VAL] + split->ratios[SPLIT_TEST]);
    struct sklearn_split step;
    uint32_t *classes = NULL;
    bool good;

    if (!(split->ratios[SPLIT_TEST] > 0) || !(split->ratios[SPLIT_VAL] > 0)) {
        int part = split->ratios[SPLIT_TEST] > 0 ? SPLIT_TEST : SPLIT_VAL;

        for (size_t i = 0; i < count; i++) places[rest[i]] = PLACE(part, i);
        return true;
    }
    if (split->stratify) {
        classes = mem_alloc(count * sizeof *classes);
        for (size_t i = 0; i < count; i++) classes[i] = split->classes[rest[i]];
    }
    good = sklearn_split(&step, count, test, (uint32_t)split->seed, classes, err);
    if (good) {
        place_units(places, step.train, rest, step.train_count, SPLIT_VAL);
        place_units(places, step.test, rest, step.test_count, SPLIT_TEST);
        mem_free(step.train);
        mem_free(step.test);
    }
    mem_free(classes);
    return good;
}

static bool split_units(struct split *split, double *places, struct err *err)
{
    double rest = split->ratios[SPLIT_VAL] + split->ratios[SPLIT_TEST];
    struct sklearn_split step;
    bool good;

    if (!sklearn_split(&step, split->units, share_of(rest, split->ratios[SPLIT_TRAIN] + rest),
                       (uint32_t)split->seed, split->stratify ? split->classes : NULL, err))
        return false;
    place_units(places, step.train, NULL, step.train_count, SPLIT_TRAIN);
    mem_free(step.train);
    good = split_rest(split, step.test, step.test_count, places, err);
    mem_free(step.test);
    return good;
}

static bool empty_shelf(struct split *split, struct err *err)
{
    struct shelf *shelf = &split->shelf;
    double *places = mem_alloc((split->units + 1) * sizeof *places);
    struct buffer line = {0};
    struct shelf_head head;
    bool good;

    if (split->stratify) sort_classes(split);
    good = split_units(split, places, err);
    for (size_t i = 0; good && i < shelf->count; i++)
        shelf->items[i].sort_key = places[(size_t)shelf->items[i].sort_key];
    mem_free(places);
    if (good) shelf_sort(shelf);
    for (size_t i = 0; good && i < shelf->count; i++) {
        int part = (int)(shelf->items[i].sort_key * 0x1p-48);

        good = shelf_head(shelf, i, &head, err) && shelf_line(shelf, i, &line, err) &&
               write_line(split, part, line.at, line.len, err);
        if (good) mark_prompt(split, head.swapped, part);
    }
    buffer_release(&line);
    return good;
}

bool split_run(struct split *split, char **paths, size_t threads, struct err *err)
{
    struct stream stream = {.context = split,
                            .result_size = sizeof(struct side),
                            .judge = judge,
                            .take = take,
                            .failed = split->failed,
                            .need_seal = split->need_seal};

    split->key = (struct hash_key){split->seed, 0x64706f2d73706c69};
    split->seen_key = hash_key_random();
    split->shelf.spool.fd = -1;
    for (int i = 0; i < SPLIT_PARTS; i++) sha256_init(&split->parts[i].sha);
    if (split->method == SPLIT_SKLEARN && !shelf_open(&split->shelf, err)) return false;
    if (!stream_run(&stream, paths, threads, err)) return false;
    if (!split->read) return err_set(err, "no records came in: nothing is written");
    if (split->method == SPLIT_SKLEARN && !empty_shelf(split, err)) return false;
    for (int i = 0; i < SPLIT_PARTS; i++) sha256_hex(&split->parts[i].sha, split->parts[i].digest);
    return true;
}

void split_release(struct split *split)
{
    shelf_close(&split->shelf);
    seen_release(&split->prompts);
    seen_release(&split->labels);
    seen_release(&split->groups);
    for (size_t i = 0; i < split->label_count; i++) mem_free(split->label_list[i].at);
    mem_free(split->label_list);
    mem_free(split->classes);
}
