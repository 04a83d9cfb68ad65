#include "filter/filter.h"

#include "hash/random.h"
#include "records/stream.h"
#include "records/value.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* What the summary and an order by length need. The spans point into the line. */
struct measures {
    size_t chars[3];
    struct value source, topic;
};

/* What judge finds for take. */
struct verdict {
    struct ruling ruling;
    bool scored, rated;
    double gap, rating;
    struct measures measures; /* only where they are needed */
    struct value annotator;
    struct hash128 prompt, chosen, rejected; /* only where the whole set is looked at */
    bool chosen_first;
};

static const struct {
    const char *name, *why_empty;
} whole_rules[FILTER_WHOLE_RULES] = {
    [FILTER_CONFLICTS] = {"no-conflicts", "each pair also stands there the other way round"},
    [FILTER_AGREEMENT] = {"min-agreement", "no annotator agrees with the others above the bound"},
    [FILTER_SAMPLE] = {"sample", NULL},
};

size_t filter_rules(void)
{
    return rules_count() + FILTER_WHOLE_RULES;
}

const char *filter_rule_name(size_t rule)
{
    return rule < rules_count() ? rule_name(rule) : whole_rules[rule - rules_count()].name;
}

const char *filter_why_empty(size_t rule)
{
    return rule < rules_count() ? rule_why_empty(rule)
                                : whole_rules[rule - rules_count()].why_empty;
}

static bool sees_all_first(const struct filter *filter)
{
    return filter->no_conflicts || filter->min_agreement > RULES_UNSET || filter->sample ||
           filter->sort != SORT_NONE;
}

static bool compares(const struct filter *filter)
{
    return filter->no_conflicts || filter->min_agreement > RULES_UNSET;
}

static struct value value_of(const struct pair *pair, enum field field)
{
    return pair->fields[field] ? *pair->fields[field] : (struct value){0};
}

/* In the curriculum's order: easy first, which is the widest gap, the strongest consensus, the
 * shortest pair. */
static double sort_key(const struct filter *filter, const struct verdict *verdict)
{
    switch ((enum filter_sort)filter->sort) {
    case SORT_GAP: return verdict->scored ? -verdict->gap : NAN;
    case SORT_CONSENSUS: return verdict->rated ? -verdict->rating : NAN;
    case SORT_LENGTH:
        return (double)verdict->measures.chars[0] + (double)verdict->measures.chars[1] +
               (double)verdict->measures.chars[2];
    case SORT_NONE: break;
    }
    return 0;
}

/* Which answer comes first is a matter of their bytes: the same in every run. */
static bool chosen_is_first(struct pair *pair)
{
    struct text chosen, rejected;
    int order;

    pair->text.len = 0;
    buffer_reserve(&pair->text,
                   pair->fields[FIELD_CHOSEN]->len + pair->fields[FIELD_REJECTED]->len);
    chosen = pair_text(pair, FIELD_CHOSEN, &pair->text);
    rejected = pair_text(pair, FIELD_REJECTED, &pair->text);
    order = memcmp(chosen.at, rejected.at, chosen.len < rejected.len ? chosen.len : rejected.len);
    return order ? order < 0 : chosen.len < rejected.len;
}

static void measure(struct pair *pair, struct measures *measures)
{
    measures->source = value_of(pair, FIELD_SOURCE);
    measures->topic = value_of(pair, FIELD_TOPIC);
    for (enum field f = FIELD_PROMPT; f <= FIELD_REJECTED; f++) {
        pair->text.len = 0;
        measures->chars[f] = utf8_count(pair_text(pair, f, &pair->text));
    }
}

static bool judge(void *context, void *desk, struct pair *pair, void *result, struct err *err)
{
    const struct filter *filter = context;
    struct verdict *verdict = result;
    struct lengths lengths = {0};
    double chosen = 0, rejected = 0;

    memset(verdict, 0, sizeof *verdict);
    if (filter->rules.language && !lengths_find(desk, filter->rules.language,
                                                filter->rules.prompt_format, pair, &lengths, err))
        return false;
    verdict->ruling = rules_judge(&filter->rules, pair, &lengths, &pair->text);
    verdict->rated = pair_number(pair, FIELD_CONSENSUS, &verdict->rating);
    verdict->scored = pair_number(pair, FIELD_CHOSEN_SCORE, &chosen) &&
                      pair_number(pair, FIELD_REJECTED_SCORE, &rejected);
    verdict->gap = chosen - rejected;
    verdict->annotator = value_of(pair, FIELD_ANNOTATOR);
    if (filter->summarize || filter->sort == SORT_LENGTH) measure(pair, &verdict->measures);
    if (!compares(filter)) return true;
    verdict->chosen_first = chosen_is_first(pair);
    verdict->prompt = pair_hash_quick(pair, FIELD_PROMPT, filter->key);
    verdict->chosen = pair_hash_quick(pair, FIELD_CHOSEN, filter->key);
    verdict->rejected = pair_hash_quick(pair, FIELD_REJECTED, filter->key);
    return true;
}

static void widen(double value, uint64_t *count, double *least, double *most)
{
    if (!*count || value < *least) *least = value;
    if (!*count || value > *most) *most = value;
    ++*count;
}

static struct text label_text(const struct value *value, struct buffer *scratch)
{
    if (value->kind == KIND_STRING) return value_text(value, scratch);
    return (struct text){value->at, value->len};
}

/* A reject that is rejected again gets the new reason: no key may stand there twice. */
static struct text without_reason(struct filter *filter, struct text line)
{
    struct scan *scan = &filter->scan;
    struct buffer *out = &filter->line;
    const struct member *reason;

    if (!scan_json(scan, line.at, line.len) || !(reason = scan_member(scan, "_reason")))
        return line;
    out->len = 0;
    buffer_byte(out, '{');
    for (size_t i = 0; i < scan->count; i++) {
        const struct member *member = &scan->members[i];

        if (member == reason) continue;
        if (out->len > 1) buffer_byte(out, ',');
        buffer_add(out, member->key.at,
                   (size_t)(member->value.at + member->value.len - member->key.at));
    }
    buffer_byte(out, '}');
    return (struct text){out->at, out->len};
}

static bool write_reject(struct filter *filter, struct text line, const char *reason,
                         struct err *err)
{
    char tail[96];
    int len = snprintf(tail, sizeof tail, ",\"_reason\":\"%s\"}\n", reason);

    if (!filter->rejects) return true;
    line = without_reason(filter, line);
    return outfile_write(filter->rejects, line.at, line.len - 1, err) &&
           outfile_write(filter->rejects, tail, (size_t)len, err);
}

/* The last word on a pair: rule is RULES_PASSED or the one it breaks. */
static bool settle(struct filter *filter, struct text line, int rule, struct err *err)
{
    bool out = (rule == RULES_PASSED) != filter->invert;

    if (rule != RULES_PASSED) filter->broke[rule]++;
    if (!out)
        return write_reject(filter, line,
                            filter->invert ? "invert" : filter_rule_name((size_t)rule), err);
    filter->kept++;
    return outfile_write(filter->out, line.at, line.len, err) &&
           outfile_write(filter->out, "\n", 1, err);
}

static void summarize(struct filter *filter, const struct measures *measures)
{
    const size_t *chars = measures->chars;
    struct summary_item item = {.chars = {chars[0], chars[1], chars[2]}};
    struct buffer scratch = {0};

    buffer_reserve(&scratch, measures->source.len + measures->topic.len);
    item.source = label_text(&measures->source, &scratch);
    item.topic = label_text(&measures->topic, &scratch);
    summary_add(&filter->summary, &item);
    buffer_release(&scratch);
}

/* Notes who said what of which item. */
static bool note_judgement(struct filter *filter, const struct verdict *verdict,
                           struct shelf_head *head, struct err *err)
{
    bool first = verdict->chosen_first, known;
    struct judgement judgement = {first ? head->pair : head->swapped, 0, first};
    struct buffer scratch = {0};

    if (filter->min_agreement <= RULES_UNSET || !verdict->annotator.kind) return true;
    known = agreement_annotator(&filter->agreement, label_text(&verdict->annotator, &scratch),
                                &judgement.annotator, err);
    buffer_release(&scratch);
    if (!known) return false;
    agreement_add(&filter->agreement, &judgement);
    head->annotator = judgement.annotator;
    return true;
}

static bool shelve(struct filter *filter, struct text line, const struct verdict *verdict,
                   struct err *err)
{
    struct shelf_head head = {.annotator = SHELF_NOBODY, .len = line.len};

    if (compares(filter)) {
        head.pair = hash_join(filter->key, verdict->prompt, verdict->chosen, verdict->rejected);
        head.swapped = hash_join(filter->key, verdict->prompt, verdict->rejected, verdict->chosen);
        if (!note_judgement(filter, verdict, &head, err)) return false;
    }
    return shelf_add(&filter->shelf, &head, line.at, sort_key(filter, verdict), err);
}

static bool take(void *context, void *desk, struct text line, void *result, struct err *err)
{
    struct filter *filter = context;
    const struct verdict *verdict = result;
    bool passed = verdict->ruling.rule == RULES_PASSED;

    (void)desk;
    if (verdict->scored)
        widen(verdict->gap, &filter->scored, &filter->least_gap, &filter->most_gap);
    if (verdict->rated)
        widen(verdict->rating, &filter->rated, &filter->least_rating, &filter->most_rating);
    filter->annotated += verdict->annotator.kind != KIND_ABSENT;
    filter->unseen_matches[verdict->ruling.match]++;
    if (passed && sees_all_first(filter)) return shelve(filter, line, verdict, err);
    if (filter->summarize && passed != filter->invert) summarize(filter, &verdict->measures);
    return settle(filter, line, verdict->ruling.rule, err);
}

/* A pair from the shelf gets its last word; its line is read again. */
static bool settle_shelved(struct filter *filter, size_t item, int rule, struct pair *pair,
                           struct err *err)
{
    struct measures measures;
    struct text line;

    if (!shelf_line(&filter->shelf, item, &filter->shelved, err)) return false;
    line = (struct text){filter->shelved.at, filter->shelved.len};
    if (filter->summarize && (rule == RULES_PASSED) != filter->invert &&
        pair_parse(pair, line, err)) {
        measure(pair, &measures);
        summarize(filter, &measures);
    }
    return settle(filter, line, rule, err);
}

static bool is_conflict(const struct filter *filter, const struct shelf_head *head)
{
    return seen_find(&filter->shelf.pairs, head->swapped);
}

static bool is_of_dropped(const struct filter *filter, const struct shelf_head *head)
{
    return head->annotator != SHELF_NOBODY && filter->agreement.dropped[head->annotator];
}

/* Those that break a rule leave the shelf; the others move together. */
static bool drop_broken(struct filter *filter, int rule,
                        bool (*breaks)(const struct filter *, const struct shelf_head *),
                        struct pair *pair, struct err *err)
{
    struct shelf *shelf = &filter->shelf;
    size_t left = 0;

    for (size_t i = 0; i < shelf->count; i++) {
        struct shelf_head head;

        if (!shelf_head(shelf, i, &head, err)) return false;
        if (!breaks(filter, &head))
            shelf->items[left++] = shelf->items[i];
        else if (!settle_shelved(filter, i, (int)rules_count() + rule, pair, err))
            return false;
    }
    shelf->count = left;
    return true;
}

/* Only what is still there can contradict. */
static bool drop_conflicts(struct filter *filter, struct pair *pair, struct err *err)
{
    struct shelf *shelf = &filter->shelf;
    struct shelf_head head;
    bool fresh;

    for (size_t i = 0; i < shelf->count; i++) {
        if (!shelf_head(shelf, i, &head, err)) return false;
        seen_add(&shelf->pairs, head.pair, &fresh);
    }
    return drop_broken(filter, FILTER_CONFLICTS, is_conflict, pair, err);
}

/* Each pair is taken with the chance that the rest needs: exactly the number asked for, every
 * choice equally likely, the order kept. */
static bool draw_sample(struct filter *filter, struct pair *pair, struct err *err)
{
    struct shelf *shelf = &filter->shelf;
    size_t left = 0, all = shelf->count;
    struct random random;

    random_init(&random, (uint32_t)filter->seed);
    for (size_t i = 0; i < all; i++) {
        if (random_upto(&random, all - i - 1) < filter->sample - left && left < filter->sample)
            shelf->items[left++] = shelf->items[i];
        else if (!settle_shelved(filter, i, (int)rules_count() + FILTER_SAMPLE, pair, err))
            return false;
    }
    shelf->count = left;
    return true;
}

static bool empty_shelf(struct filter *filter, struct err *err)
{
    struct pair pair = {0};
    bool done = true;

    if (filter->min_agreement > RULES_UNSET) {
        agreement_compute(&filter->agreement, filter->min_agreement);
        done = drop_broken(filter, FILTER_AGREEMENT, is_of_dropped, &pair, err);
    }
    if (done && filter->no_conflicts) done = drop_conflicts(filter, &pair, err);
    if (done && filter->sample) done = draw_sample(filter, &pair, err);
    if (filter->sort != SORT_NONE) shelf_sort(&filter->shelf);
    for (size_t i = 0; done && i < filter->shelf.count; i++)
        done = settle_shelved(filter, i, RULES_PASSED, &pair, err);
    pair_release(&pair);
    return done;
}

static void leave(void *desk)
{
    lengths_desk_release(desk);
}

bool filter_run(struct filter *filter, char **paths, size_t threads, bool need_seal,
                struct err *err)
{
    struct stream stream = {.context = filter,
                            .result_size = sizeof(struct verdict),
                            .desk_size = sizeof(struct lengths_desk),
                            .judge = judge,
                            .take = take,
                            .leave = leave,
                            .failed = filter->failed,
                            .need_seal = need_seal};
    bool late = sees_all_first(filter), done;

    filter->key = filter->agreement.key = hash_key_random();
    filter->shelf.spool.fd = -1;
    if (late && !shelf_open(&filter->shelf, err)) return false;
    done = stream_run(&stream, paths, threads, err) && (!late || empty_shelf(filter, err));
    filter->read = stream.read;
    filter->bom = stream.bom;
    shelf_close(&filter->shelf);
    return done;
}

void filter_release(struct filter *filter)
{
    summary_release(&filter->summary);
    agreement_release(&filter->agreement);
    buffer_release(&filter->line);
    buffer_release(&filter->shelved);
    scan_release(&filter->scan);
    unseen_release(&filter->rules.unseen);
    wheres_release(&filter->rules.wheres);
}
