#include "train/logbook.h"

#include "core/memory.h"

#include <math.h>
#include <stdio.h>

bool logbook_open(struct logbook *logbook, const char *run, uint64_t length, uint64_t step,
                  bool tensorboard, struct err *err)
{
    struct buffer path = {0};
    bool good;

    logbook->tensorboard = tensorboard;
    buffer_format(&path, "%s/metrics.jsonl", run);
    buffer_byte(&path, '\0');
    good = metrics_log_open(&logbook->log, path.at, length, err);
    buffer_release(&path);
    if (good && tensorboard && !events_open(&logbook->events, run, step ? step + 1 : 0, err)) {
        metrics_log_close(&logbook->log);
        good = false;
    }
    return good;
}

void logbook_close(struct logbook *logbook)
{
    metrics_log_close(&logbook->log);
    if (logbook->tensorboard) events_close(&logbook->events);
    figures_release(&logbook->entry);
}

bool logbook_sync(struct logbook *logbook, struct err *err)
{
    return metrics_log_sync(&logbook->log, err);
}

static bool write_entry(struct logbook *logbook, uint64_t step, double epoch, bool plotted,
                        struct err *err)
{
    figures_number(&logbook->entry, "epoch", epoch);
    figures_whole(&logbook->entry, "step", step);
    return metrics_log_add(&logbook->log, &logbook->entry, err) &&
           (!plotted || !logbook->tensorboard ||
            events_add(&logbook->events, &logbook->entry, err));
}

/* The values of a tally, with what stands before their names. */
static void add_tally(struct figures *entry, const struct tally *tally, const char *prefix,
                      double tokens)
{
    for (enum tally_value value = 0; value < TALLY_VALUES; value++) {
        char name[64];
        double mean;

        if (value == 1) {
            snprintf(name, sizeof name, "%snum_tokens", prefix);
            figures_number(entry, name, tokens);
        }
        if (!tally_mean(tally, value, &mean)) continue;
        snprintf(name, sizeof name, "%s%s", prefix, tally_name(value));
        figures_number(entry, name, mean);
    }
}

bool logbook_update(struct logbook *logbook, const struct train_memory *memory, double epoch,
                    double rate, double norm, struct err *err)
{
    struct figures *entry = &logbook->entry;

    figures_clear(entry);
    figures_number(entry, "loss", memory->recent_loss / (double)memory->recent);
    figures_number(entry, "grad_norm", norm);
    figures_number(entry, "learning_rate", rate);
    add_tally(entry, &memory->tally, "", (double)memory->tokens);
    if (logbook->settings->method == METHOD_DPO) figures_number(entry, "beta", memory->beta.now);
    return write_entry(logbook, memory->step, epoch, true, err);
}

bool logbook_evaluation(struct logbook *logbook, const struct train_memory *memory, double epoch,
                        const struct evaluated *evaluated, struct err *err)
{
    struct figures *entry = &logbook->entry;

    figures_clear(entry);
    figures_number(entry, "eval_loss", evaluated->loss);
    add_tally(entry, &evaluated->tally, "eval_", (double)memory->tokens);
    if (evaluated->has_kl) {
        figures_number(entry, "eval_kl", evaluated->kl);
        figures_number(entry, "eval_kl_sequence", evaluated->kl_sequence);
        figures_number(entry, "kl", evaluated->kl);
        figures_number(entry, "kl_sequence", evaluated->kl_sequence);
        figures_number(entry, "kl_divergence", evaluated->kl);
        figures_number(entry, "eval_kl_divergence", evaluated->kl);
        figures_number(entry, "beta", memory->beta.now);
    }
    return write_entry(logbook, memory->step, epoch, true, err);
}

bool logbook_event(struct logbook *logbook, const struct train_memory *memory, double epoch,
                   const char *event, const struct figures *numbers, struct err *err)
{
    struct figures *entry = &logbook->entry;

    figures_clear(entry);
    figures_text(entry, "event", event);
    for (size_t i = 0; i < numbers->count; i++) {
        const struct figure *figure = &numbers->items[i];

        if (figure->kind == FIGURE_TEXT)
            figures_text(entry, figure->name, figure->text);
        else if (figure->kind == FIGURE_WHOLE)
            figures_whole(entry, figure->name, figure->whole);
        else
            figures_number(entry, figure->name, figure->number);
    }
    return write_entry(logbook, memory->step, epoch, false, err);
}

bool logbook_sample(struct logbook *logbook, const struct train_memory *memory, double epoch,
                    size_t number, const struct sample *sample, struct err *err)
{
    struct figures *entry = &logbook->entry;
    struct buffer shown = {0};
    char name[32];
    bool good;

    figures_clear(entry);
    figures_whole(entry, "sample", number);
    figures_text(entry, "prompt", sample->prompt);
    figures_text(entry, "trained_model_response", sample->policy);
    figures_text(entry, "reference_model_response", sample->reference);
    if (!write_entry(logbook, memory->step, epoch, false, err)) return false;
    if (!logbook->tensorboard) return true;
    snprintf(name, sizeof name, "sample/%zu", number);
    buffer_format(&shown, "**prompt** %s\n\n**trained** %s\n\n**reference** %s", sample->prompt,
                  sample->policy, sample->reference);
    buffer_byte(&shown, '\0');
    good = events_text(&logbook->events, name, shown.at, memory->step, err);
    buffer_release(&shown);
    return good;
}

bool logbook_end(struct logbook *logbook, const struct train_memory *memory, double epoch,
                 struct err *err)
{
    figures_clear(&logbook->entry);
    figures_number(&logbook->entry, "train_loss", memory->loss_sum / (double)memory->step);
    return write_entry(logbook, memory->step, epoch, true, err);
}
