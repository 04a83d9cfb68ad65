#include "train/trainer_parts.h"

#include "core/memory.h"
#include "run/trainer_state.h"
#include "train/checkpoints.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static char *path_in(const char *folder, const char *name)
{
    struct buffer path = {0};

    buffer_format(&path, "%s/%s", folder, name);
    buffer_byte(&path, '\0');
    return path.at;
}

static bool write_state(const struct trainer *trainer, const struct trainer_state *state,
                        const char *folder, struct err *err)
{
    char *path = path_in(folder, "trainer_state.json");
    const struct journal *log = &trainer->logbook.log.file;
    const bool good = trainer_state_write(state, path, log->path, log->len, err);

    mem_free(path);
    return good;
}

/* Why the best evaluation so far is the best. */
static void explain_best(const struct trainer *trainer, char *why, size_t room)
{
    const struct best *best = &trainer->memory.best;
    const double limit = trainer->settings->kl.limit;
    const int used = best->found ? snprintf(why, room, "%s %.6g at step %llu is the %s so far",
                                            best_metric_name(best->by), best->metric,
                                            (unsigned long long)best->step,
                                            best->by == BEST_LOSS ? "lowest" : "highest")
                                 : snprintf(why, room, "no evaluation counted so far");

    if (limit > 0 && used > 0 && (size_t)used < room)
        snprintf(why + used, room - (size_t)used, " of those whose KL is not over %g", limit);
}

/* As in transformers, what is still to be done is told as of the last regular save. */
bool trainer_write_state(const struct trainer *trainer, const char *folder, struct err *err)
{
    const struct train_settings *settings = trainer->settings;
    const bool saves = settings->save_steps > 0;
    const struct train_memory *memory = &trainer->memory;
    const double epochs = feed_epochs(&trainer->updater->feed, trainer->schedule.total);
    char best[40], why[200];
    const struct trainer_state state = {.has_best = memory->best.found,
                                        .best_step = memory->best.step,
                                        .best_metric = memory->best.metric,
                                        .best_checkpoint = memory->best.found ? best : NULL,
                                        .epoch = trainer_epoch(trainer),
                                        .step = memory->step,
                                        .max_steps = trainer->schedule.total,
                                        .epochs = (uint64_t)ceil(epochs),
                                        .eval_steps = settings->eval_steps,
                                        .logging_steps = settings->logging_steps,
                                        .save_steps = settings->save_steps,
                                        .batch_size = settings->batch_size,
                                        .best_why = settings->keeps_best ? why : NULL,
                                        .stops_early = settings->early_stopping > 0,
                                        .patience = settings->early_stopping,
                                        .patience_used = memory->best.waited,
                                        .should_save = saves,
                                        .should_training_stop =
                                            saves && memory->end != TRAIN_GOES_ON};

    explain_best(trainer, why, sizeof why);
    snprintf(best, sizeof best, "checkpoint-%llu", (unsigned long long)memory->best.step);
    return write_state(trainer, &state, folder, err);
}

static bool write_files(const void *context, const char *folder, struct err *err)
{
    const struct trainer *trainer = context;

    return trainer->write_model(trainer->model, folder, err) &&
           trainer_write_state(trainer, folder, err);
}

static json_t *make_resume(const struct trainer *trainer)
{
    json_t *resume = json_object();

    json_object_set(resume, "options", (json_t *)trainer->options);
    json_object_set(resume, "inputs", (json_t *)trainer->inputs);
    json_object_set_new(resume, "kernel", json_string(trainer->kernel));
    json_object_set_new(resume, "memory", train_memory_save(&trainer->memory));
    json_object_set_new(resume, "log_length",
                        json_integer((json_int_t)trainer->logbook.log.file.len));
    return resume;
}

bool trainer_write_end(const struct trainer *trainer, bool result, struct err *err)
{
    json_t *end = make_resume(trainer);
    bool good;

    json_object_set_new(end, "log_length", json_integer((json_int_t)trainer->log_end));
    json_object_set_new(end, "result", json_boolean(result));
    good = checkpoint_write_resume(end, trainer->run, err);
    json_decref(end);
    return good;
}

/* Those that are needed later stay in any case. */
static bool prune(const struct trainer *trainer, struct err *err)
{
    const struct train_memory *memory = &trainer->memory;
    uint64_t keep[3];
    size_t count = 0;

    keep[count++] = memory->step;
    if (memory->best.found) keep[count++] = memory->best.step;
    if (memory->kl.marked) keep[count++] = memory->kl.mark_step;
    return checkpoints_prune(trainer->run, trainer->settings->save_total_limit, keep, count, err);
}

bool trainer_save(struct trainer *trainer, double kl, struct err *err)
{
    struct train_memory *memory = &trainer->memory;
    const struct adamw *adamw = &trainer->updater->adamw;
    struct checkpoint checkpoint = trainer->checkpoint;
    json_t *resume;
    bool good;

    kl_mark(&memory->kl, &memory->beta, memory->step, kl);
    if (!logbook_sync(&trainer->logbook, err)) return false;
    checkpoint.m = adamw->m;
    checkpoint.v = adamw->v;
    checkpoint.updates = adamw->steps;
    checkpoint.write = write_files;
    checkpoint.context = trainer;
    resume = make_resume(trainer);
    good = checkpoint_write(&checkpoint, memory->step, resume, err);
    json_decref(resume);
    return good && prune(trainer, err);
}

static void check_kernel(struct trainer *trainer, const char *then)
{
    struct warnings warnings = {0};

    if (then && strcmp(then, trainer->kernel) == 0) return;
    warning_add(&warnings, "kernel",
                "the checkpoint was computed by %s and this is %s: the numbers will not be the "
                "same to the last bit",
                then ? then : "something else", trainer->kernel);
    trainer_warn(trainer, &warnings);
}

static bool take_resume(struct trainer *trainer, const json_t *resume, bool rollback,
                        uint64_t *log_length, struct err *err)
{
    const json_t *memory = json_object_get(resume, "memory");
    const json_t *length = json_object_get(resume, "log_length");

    if (!json_is_integer(length) || json_integer_value(length) < 0)
        return err_set(err, "'log_length' is no length");
    *log_length = (uint64_t)json_integer_value(length);
    if (rollback) return train_memory_roll_back(&trainer->memory, memory, err);
    check_kernel(trainer, json_string_value(json_object_get(resume, "kernel")));
    return train_memory_load(&trainer->memory, memory, err);
}

bool trainer_load(struct trainer *trainer, uint64_t step, bool rollback, uint64_t *log_length,
                  struct err *err)
{
    struct adamw *adamw = &trainer->updater->adamw;
    struct checkpoint checkpoint = trainer->checkpoint;
    json_t *resume;
    bool good;

    checkpoint.m = adamw->m;
    checkpoint.v = adamw->v;
    resume = checkpoint_read(&checkpoint, step, err);
    if (!resume) return false;
    adamw->steps = checkpoint.updates;
    good = take_resume(trainer, resume, rollback, log_length, err);
    if (!good)
        err_prefix(err, "%s/checkpoint-%llu/resume.json", trainer->run, (unsigned long long)step);
    json_decref(resume);
    return good;
}

static void set_up(struct trainer *trainer)
{
    const struct train_settings *settings = trainer->settings;
    struct train_memory *memory = &trainer->memory;
    const double limit = settings->kl.limit;

    *memory = (struct train_memory){.last_kl = NAN, .kl = settings->kl};
    beta_init(&memory->beta, settings->loss.beta, settings->adaptive_beta,
              trainer->schedule.warmup);
    best_init(&memory->best, settings->best, limit, settings->early_stopping, 0);
    watch_init(&memory->watch, trainer->schedule.total, trainer->schedule.warmup, limit,
               trainer->start);
    plateau_init(&memory->plateau, &trainer->schedule);
}

/* Of a run that is over: its parameters are not needed any more. */
static bool settle(struct trainer *trainer, const json_t *end, uint64_t *log_length,
                   struct err *err)
{
    trainer->settled = true;
    return (take_resume(trainer, end, false, log_length, err) &&
            (trainer->memory.end != TRAIN_GOES_ON || err_set(err, "'memory.end' is 0"))) ||
           err_prefix(err, "%s/resume.json", trainer->run);
}

/* From what the run left, if it left anything. */
static bool go_on(struct trainer *trainer, uint64_t *step, uint64_t *log_length, struct err *err)
{
    json_t *end;
    const int got = trainer_end(trainer->run, &end, err);
    bool good = got >= 0;

    if (got > 0) {
        good = settle(trainer, end, log_length, err);
        json_decref(end);
    } else if (good) {
        good = trainer_newest(trainer->run, step, err) &&
               (*step == 0 || trainer_load(trainer, *step, false, log_length, err));
    }
    return good;
}

bool trainer_begin(struct trainer *trainer, bool resume, struct err *err)
{
    uint64_t step = 0, log_length = 0;

    set_up(trainer);
    if (resume && !go_on(trainer, &step, &log_length, err)) return false;
    trainer->logbook.settings = trainer->settings;
    trainer->was_over = trainer->memory.end != TRAIN_GOES_ON;
    trainer->begun = logbook_open(&trainer->logbook, trainer->run, log_length, step,
                                  trainer->tensorboard && !trainer->was_over, err);
    return trainer->begun;
}

void trainer_close(struct trainer *trainer)
{
    if (trainer->begun) logbook_close(&trainer->logbook);
}
