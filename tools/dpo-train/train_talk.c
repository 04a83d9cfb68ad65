#include "dpo-train/train_talk.h"

#include "core/clock.h"
#include "core/memory.h"
#include "core/outfile.h"
#include "core/report.h"
#include "dpo-train/train_history.h"
#include "dpo-train/train_pace.h"

#include <math.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#define APART 1000 /* milliseconds */

static atomic_llong first; /* when the first signal came, in milliseconds; 0: none did */

/* Who ends a whole group of processes may send a signal twice, as timeout(1) does: what comes right
 * after the first is the same wish. A later one is another. */
static void on_signal(int number)
{
    const long long now = (long long)(clock_seconds() * 1000) + 1;
    long long before = 0;

    if (atomic_compare_exchange_strong(&first, &before, now) || now - before < APART) return;
    outfile_remove_temporaries();
    signal(number, SIG_DFL);
    raise(number);
}

static bool is_stopping(void *context)
{
    (void)context;
    return atomic_load(&first) != 0;
}

static bool reference_progress(void *context, size_t done, size_t all)
{
    char text[80];

    snprintf(text, sizeof text, "reference %zu/%zu", done, all);
    report_progress(done < all ? text : NULL);
    return !is_stopping(context);
}

static void add_bar(struct buffer *text, uint64_t step, uint64_t total)
{
    const uint64_t width = 20, done = total ? step * width / total : 0;

    buffer_byte(text, '[');
    for (uint64_t i = 0; i < width; i++) buffer_text(text, i < done ? "=" : " ");
    buffer_format(text, "] %llu/%llu", (unsigned long long)step, (unsigned long long)total);
}

/* Measured by the first update. */
static void tell_time(const struct train_progress *progress)
{
    const uint64_t left = progress->total - progress->step;
    char time[32];

    clock_show(time, sizeof time, pace_left(left));
    if (left > 0)
        report_note("the first update took %.3g s: about %s for the other %llu, and evaluations",
                    pace_took(), time, (unsigned long long)left);
}

static void updated(void *context, const struct train_progress *progress)
{
    struct buffer text = {0};
    char left[32];

    (void)context;
    pace_count(progress->tokens);
    if (pace_updates() == 1) tell_time(progress);
    if (!report_shows_progress()) return;
    clock_show(left, sizeof left, pace_left(progress->total - progress->step));
    add_bar(&text, progress->step, progress->total);
    buffer_format(&text, "  loss %.4f", progress->loss);
    if (isfinite(progress->margin))
        buffer_format(&text, "  margin %+.3f  accuracy %.2f", progress->margin, progress->accuracy);
    if (isfinite(progress->kl)) buffer_format(&text, "  kl %.4f", progress->kl);
    buffer_format(&text, "  %.0f tokens/s  %s left", pace_tokens(), left);
    buffer_byte(&text, '\0');
    report_progress(text.at);
    buffer_release(&text);
}

/* What of an entry is shown, under which name: the rest is for metrics.jsonl. */
static const struct {
    const char *name, *shown;
    int digits;
} shown[] = {{"loss", "loss", 4},
             {"eval_loss", "eval_loss", 4},
             {"train_loss", "train_loss", 4},
             {"rewards/margins", "margin", 4},
             {"eval_rewards/margins", "eval_margin", 4},
             {"rewards/accuracies", "accuracy", 3},
             {"eval_rewards/accuracies", "eval_accuracy", 3},
             {"mean_token_accuracy", "token_accuracy", 3},
             {"eval_mean_token_accuracy", "eval_token_accuracy", 3},
             {"eval_kl", "kl", 3},
             {"kl_estimate", "kl_estimate", 3},
             {"grad_norm", "grad_norm", 3},
             {"learning_rate", "learning_rate", 3},
             {"epoch", "epoch", 3}};

static void logged(void *context, const struct figures *entry)
{
    const struct figure *step = figures_find(entry, "step");

    (void)context;
    train_history_note(entry);
    if (figures_find(entry, "event") || figures_find(entry, "sample")) return;
    report_count("step", step ? step->whole : 0);
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
        const struct figure *figure = figures_find(entry, shown[i].name);

        if (figure) report_figure(shown[i].shown, figure->number, shown[i].digits);
    }
    report_line();
}

static void say(void *context, enum train_word word, const char *text)
{
    (void)context;
    if (word == TRAIN_WARNING)
        report_warning("%s", text);
    else
        report_note("%s", text);
}

void train_talk_init(struct session *session)
{
    struct sigaction action = {.sa_handler = on_signal};
    static const int signals[] = {SIGINT, SIGTERM, SIGUSR1};

    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        sigaction(signals[i], &action, NULL);
    session->talk =
        (struct train_talk){.updated = updated, .logged = logged, .say = say, .stop = is_stopping};
    session->reference_talk = reference_progress;
    pace_begin();
}
