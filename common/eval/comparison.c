#include "eval/comparison.h"

#include "records/value.h"
#include "results/goal.h"
#include "statistics/detect.h"
#include "statistics/holm.h"

#include <math.h>
#include <string.h>

static void finish_row(struct comparison_row *row)
{
    const struct paired *paired = &row->paired;
    const bool falls = goal_is_less(text_of(row->name));

    row->better = falls ? paired->lower : paired->higher;
    row->worse = falls ? paired->higher : paired->lower;
    row->test = paired->binary ? "mcnemar" : "t";
    row->p = paired->binary ? paired->p_mcnemar : paired->p_t;
    row->detectable = detect_paired(paired, falls);
}

static void add_row(struct comparison *comparison, const struct marks *now,
                    const struct marks_column *column, const double *baseline, uint32_t seed)
{
    struct comparison_row *row = &comparison->rows[comparison->count];
    double *before = mem_zero(now->count, sizeof *before);

    for (size_t i = 0; i < now->count; i++) {
        const size_t partner = comparison->pairing.partners[i];

        before[i] = partner == SIZE_MAX ? NAN : baseline[partner];
    }
    *row = (struct comparison_row){.name = column->name};
    paired_compare(&row->paired, before, column->values, now->count, seed);
    mem_free(before);
    if (row->paired.n == 0) return;
    finish_row(row);
    comparison->count++;
}

static void correct(struct comparison *comparison)
{
    double *p = mem_zero(2, mem_product(comparison->count, sizeof *p));
    double *corrected = p + comparison->count;

    for (size_t i = 0; i < comparison->count; i++) p[i] = comparison->rows[i].p;
    holm_correct(p, corrected, comparison->count);
    for (size_t i = 0; i < comparison->count; i++) comparison->rows[i].p_holm = corrected[i];
    mem_free(p);
}

size_t comparison_reach(const struct marks *now, const struct marks *baseline, const char *name)
{
    const double *values = name ? marks_values(baseline, name) : NULL;
    struct pairing pairing;
    size_t count = 0;

    if (name && !values) return 0;
    pairing_make(&pairing, now, baseline);
    for (size_t i = 0; i < now->count; i++)
        if (pairing.partners[i] != SIZE_MAX && !(values && isnan(values[pairing.partners[i]])))
            count++;
    pairing_release(&pairing);
    return count;
}

bool comparison_refuse(const struct marks *now, const struct marks *baseline, const char *name,
                       struct err *err)
{
    return err_set(err,
                   "%s: results of another test set: none of its %zu prompts is among these %zu",
                   name, baseline->count, now->count);
}

bool comparison_make(struct comparison *comparison, const struct marks *now,
                     const struct marks *baseline, const char *name, uint32_t seed, struct err *err)
{
    *comparison = (struct comparison){.baseline = mem_copy_text(name)};
    comparison->rows = mem_zero(now->column_count, sizeof *comparison->rows);
    pairing_make(&comparison->pairing, now, baseline);
    for (size_t i = 0; i < now->column_count; i++) {
        const double *values = marks_values(baseline, now->columns[i].name);

        if (values) add_row(comparison, now, &now->columns[i], values, seed);
    }
    correct(comparison);
    if (comparison->pairing.count == 0)
        comparison_refuse(now, baseline, name, err);
    else if (comparison->count == 0)
        err_set(err, "%s: no metric was measured both there and here", name);
    if (comparison->count > 0) return true;
    comparison_release(comparison);
    return false;
}

void comparison_release(struct comparison *comparison)
{
    pairing_release(&comparison->pairing);
    mem_free(comparison->rows);
    mem_free(comparison->baseline);
    *comparison = (struct comparison){0};
}

const struct comparison_row *comparison_named(const struct comparison *comparison, const char *name)
{
    for (size_t i = 0; i < comparison->count; i++)
        if (strcmp(comparison->rows[i].name, name) == 0) return &comparison->rows[i];
    return NULL;
}

static void add_number(struct buffer *out, const char *name, double value)
{
    buffer_format(out, ",\"%s\":", name);
    if (isfinite(value))
        number_write(out, value);
    else
        buffer_text(out, "null");
}

static void add_json(struct buffer *out, const struct comparison_row *row)
{
    const struct paired *paired = &row->paired;

    text_quote(out, text_of(row->name));
    buffer_format(out, ":{\"n\":%zu", paired->n);
    add_number(out, "baseline", paired->baseline);
    add_number(out, "now", paired->now);
    add_number(out, "difference", paired->difference);
    add_number(out, "low", paired->low);
    add_number(out, "high", paired->high);
    add_number(out, "p", row->p);
    buffer_format(out, ",\"test\":\"%s\"", row->test);
    add_number(out, "p_holm", row->p_holm);
    add_number(out, "p_t", paired->p_t);
    add_number(out, "p_welch", paired->p_welch);
    add_number(out, "p_wilcoxon", paired->p_wilcoxon);
    add_number(out, "p_mcnemar", paired->p_mcnemar);
    buffer_format(out, ",\"better\":%zu,\"worse\":%zu", row->better, row->worse);
    add_number(out, "cohens_d", paired->cohens_d);
    add_number(out, "detectable", row->detectable);
    buffer_byte(out, '}');
}

void comparison_json(const struct comparison *comparison, struct buffer *out)
{
    buffer_text(out, "{\"baseline\":");
    text_quote(out, text_of(comparison->baseline));
    buffer_format(out, ",\"records\":%zu,\"only_now\":%zu,\"only_baseline\":%zu,\"metrics\":{",
                  comparison->pairing.count, comparison->pairing.only_now,
                  comparison->pairing.only_baseline);
    for (size_t i = 0; i < comparison->count; i++) {
        if (i > 0) buffer_byte(out, ',');
        add_json(out, &comparison->rows[i]);
    }
    buffer_text(out, "}}");
}
