#include "dpo-eval/eval_review.h"

#include "core/outfile.h"
#include "core/report.h"
#include "review/sheet.h"
#include "review/unblinded.h"

#define CATEGORIES_SHOWN 20

static void find_duels(struct duels *duels, const struct results *now,
                       const struct results *baseline)
{
    struct err err;

    if (!duels_find(duels, now, baseline, &err)) die_of(&err);
    if (duels->unmatched)
        report_warning("%zu prompts of '%s' are not in '%s'", duels->unmatched, now->path,
                       baseline ? baseline->path : now->path);
}

static void write_all(const struct buffer *text, const char *path)
{
    struct err err;

    if (!outfile_put(path, buffer_content(text), &err)) die_of(&err);
}

void eval_review_write(const struct results *now, const struct results *baseline, size_t count,
                       uint64_t seed, bool table, const char *path)
{
    struct duels duels;
    struct sheet sheet;
    struct buffer text = {0};
    size_t cut = 0;

    find_duels(&duels, now, baseline);
    sheet_draw(&sheet, &duels, count, seed);
    if (table)
        sheet_table(&sheet, &text);
    else
        cut = sheet_page(&sheet, &text);
    write_all(&text, path);
    report_count("review", sheet.count);
    report_count("of", duels.count);
    report_count("same_answers", duels.same);
    report_count("no_answer", duels.missing);
    report_count("bytes", text.len);
    report_line();
    if (cut) report_note("texts are cut after %zu bytes, so that the page stays small", cut);
    buffer_release(&text);
    sheet_release(&sheet);
    duels_release(&duels);
}

static void tell_counts(struct outcome_counts counts)
{
    report_count("wins", counts.wins);
    report_count("losses", counts.losses);
    report_count("ties", counts.ties);
}

static void tell_rate(const struct outcome_rate *rate)
{
    report_figure("win_rate", rate->rate, 4);
    report_figure("low", rate->low, 4);
    report_figure("high", rate->high, 4);
    report_figure("p", rate->p, 3);
}

static void tell_categories(const struct outcome *outcome)
{
    struct buffer name = {0};

    if (outcome->group_count < 2) return;
    for (size_t g = 0; g < outcome->group_count && g < CATEGORIES_SHOWN; g++) {
        const struct outcome_group *group = &outcome->groups[g];
        const struct outcome_rate rate = outcome_rate(group->counts);

        name.len = 0;
        buffer_add(&name, group->category.at, group->category.len);
        if (!name.len) buffer_text(&name, "(none)");
        buffer_byte(&name, '\0');
        report_title("category", name.at);
        tell_counts(group->counts);
        tell_rate(&rate);
        report_line();
    }
    if (outcome->group_count > CATEGORIES_SHOWN)
        report_note("%zu more categories", outcome->group_count - CATEGORIES_SHOWN);
    buffer_release(&name);
}

static void tell_verdict(const struct outcome *outcome, const struct outcome_rate *rate)
{
    const size_t chosen = outcome->sides[0] + outcome->sides[1];

    if (!chosen)
        report_note("ties only: nothing is shown");
    else if (rate->p >= 0.05)
        report_note("no difference is shown: %.0f%% of %zu choices were for the new answers, "
                    "%.0f%% to %.0f%% are plausible",
                    100 * rate->rate, chosen, 100 * rate->low, 100 * rate->high);
    else
        report_note("the new answers are %s: %.0f%% of %zu choices, %.0f%% to %.0f%% are plausible",
                    rate->rate > 0.5 ? "better" : "worse", 100 * rate->rate, chosen,
                    100 * rate->low, 100 * rate->high);
    if (outcome_side_p(outcome) < 0.01)
        report_warning("answer 1 was chosen %zu times of %zu: does the place decide?",
                       outcome->sides[0], chosen);
}

struct outcome_rate eval_reviewed(const char *file, const struct results *now,
                                  const struct results *baseline, const uint64_t *seed,
                                  const char *path)
{
    struct verdicts verdicts;
    struct outcome outcome;
    struct outcome_rate rate;
    struct duels duels;
    struct buffer text = {0};
    struct err err;

    find_duels(&duels, now, baseline);
    if (!verdicts_open(&verdicts, file, &err)) die_of(&err);
    if (!outcome_find(&outcome, &verdicts, &duels, seed, &err)) die_of(&err);
    unblinded_write(&outcome, &verdicts, &duels, &text);
    write_all(&text, path);
    rate = outcome_rate(outcome.all);
    report_count("reviewed", verdicts.count - outcome.open);
    tell_counts(outcome.all);
    report_count("open", outcome.open);
    tell_rate(&rate);
    report_figure("score", rate.score, 4);
    report_figure("score_low", rate.score_low, 4);
    report_figure("score_high", rate.score_high, 4);
    report_line();
    tell_categories(&outcome);
    tell_verdict(&outcome, &rate);
    buffer_release(&text);
    outcome_release(&outcome);
    verdicts_close(&verdicts);
    duels_release(&duels);
    return rate;
}
