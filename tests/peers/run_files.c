/* For run_files.py: 'run_files FOLDER SEED' leaves what a run of 60 steps leaves that is killed
 * after step 45, goes on from its checkpoint at step 30, and goes back to step 50 once:
 * metrics.jsonl, trainer_state.json and TensorBoard's events, of numbers from the seed. */
#include "core/memory.h"
#include "run/events.h"
#include "run/metrics_log.h"
#include "run/trainer_state.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct err err;
static uint64_t state;

static void demand(bool holds)
{
    if (holds) return;
    fprintf(stderr, "%s\n", err.text);
    exit(1);
}

/* SplitMix64 */
static uint64_t next_bits(void)
{
    uint64_t x = state += 0x9e3779b97f4a7c15;

    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
    x = (x ^ x >> 27) * 0x94d049bb133111eb;
    return x ^ x >> 31;
}

/* Of any size, with as many digits as a float, a double or a hand gives; at times a power of two,
 * a whole number or none. */
static double next_number(void)
{
    double unit = (double)(next_bits() >> 11) * 0x1p-53, any;
    uint64_t bits = next_bits();

    switch (next_bits() % 8) {
    case 0: memcpy(&any, &bits, sizeof any); return any;
    case 1: return ldexp(1, (int)(bits % 200) - 100);
    case 2: return (double)(bits >> bits % 64);
    case 3: return -round(unit * 1e4) / 1e4;
    case 4: return (float)unit;
    case 5: return unit * 1e-6;
    case 6: return bits % 4 ? unit : NAN;
    default: return unit - 0.5;
    }
}

static void add_entry(struct metrics_log *log, struct events *events, const char *const *names,
                      uint64_t step)
{
    struct figures entry = {0};

    for (; *names; names++) figures_number(&entry, *names, next_number());
    figures_whole(&entry, "num_tokens", next_bits() >> 40);
    figures_number(&entry, "epoch", (double)step / 24);
    if (step % 7 == 0) figures_text(&entry, "event", "halve-lr: \"kl\" \\ limit");
    figures_whole(&entry, "step", step);
    demand(metrics_log_add(log, &entry, &err) && events_add(events, &entry, &err));
    figures_release(&entry);
}

static void train(struct metrics_log *log, struct events *events, uint64_t from, uint64_t to)
{
    static const char *const train_names[] = {
        "loss", "grad_norm", "learning_rate", "rewards/chosen", "rewards/margins", "kl", NULL};
    static const char *const eval_names[] = {"eval_loss", "eval_rewards/margins", "eval_kl", NULL};

    for (uint64_t step = from; step <= to; step++) {
        add_entry(log, events, train_names, step);
        if (step % 10 == 0) add_entry(log, events, eval_names, step);
    }
}

static char *path_in(const char *folder, const char *name)
{
    struct buffer path = {0};

    buffer_format(&path, "%s/%s", folder, name);
    buffer_byte(&path, '\0');
    return path.at;
}

/* Both halves; returns the length of the log. */
static uint64_t run(const char *folder, const char *path)
{
    struct metrics_log log;
    struct events events;
    uint64_t kept;

    demand(metrics_log_open(&log, path, 0, &err) && events_open(&events, folder, 0, &err));
    demand(events_text(&events, "args", "| option | value |\n|---|---|\n| beta | 0.1 |", 0, &err));
    train(&log, &events, 1, 30);
    kept = log.file.len;
    train(&log, &events, 31, 45);
    metrics_log_close(&log);
    events_close(&events);

    demand(metrics_log_open(&log, path, kept, &err) && events_open(&events, folder, 31, &err));
    train(&log, &events, 31, 50);
    kept = log.file.len;
    train(&log, &events, 51, 55);
    metrics_log_close(&log);
    demand(metrics_log_open(&log, path, kept, &err) && events_restart(&events, 51, &err));
    train(&log, &events, 51, 60);
    demand(events_text(&events, "samples", "gr\xc3\xbc\xc3\x9f\n\nGott", 60, &err));
    demand(metrics_log_sync(&log, &err));
    kept = log.file.len;
    metrics_log_close(&log);
    events_close(&events);
    return kept;
}

int main(int argc, char **argv)
{
    struct trainer_state trainer = {.has_best = true,
                                    .best_step = 20,
                                    .best_metric = 0.25,
                                    .best_checkpoint = "run/checkpoint-20",
                                    .epoch = 2.5,
                                    .step = 60,
                                    .max_steps = 60,
                                    .epochs = 3,
                                    .eval_steps = 10,
                                    .logging_steps = 1,
                                    .save_steps = 10,
                                    .batch_size = 4,
                                    .flops = 1e18,
                                    .stops_early = true,
                                    .patience = 3,
                                    .patience_used = 2,
                                    .threshold = 0.001,
                                    .should_save = true};
    char *log, *path;

    if (argc != 3) return 2;
    state = strtoull(argv[2], NULL, 10);
    log = path_in(argv[1], "metrics.jsonl");
    path = path_in(argv[1], "trainer_state.json");
    demand(trainer_state_write(&trainer, path, log, run(argv[1], log), &err));
    mem_free(log);
    mem_free(path);
    return 0;
}
