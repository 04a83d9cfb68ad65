/* dpo-train with clocks around what it calls (--wrap, see the Makefile): on its output it leaves
 * one line of JSON, with the seconds a pair of each update but the first, of the reference's pass,
 * and where the time of the whole run went. */
#include "decoder/batch.h"
#include "machine.h"
#include "optimizer/gradients.h"
#include "train/trainer_parts.h"

#include "train/session.h"

#include <stdio.h>

/* Time inside a part that another one calls counts for the inner one, but the first check and those
 * from PART_REFERENCE on are one whole each. */
enum part {
    PART_START, /* options, locks, what is told */
    PART_PREPARE,
    PART_UPDATE, /* what an update does beside the next ones: above all, what is logged */
    PART_BATCHES,
    PART_FORWARD,
    PART_LOSS,
    PART_BACKWARD,
    PART_SUM,
    PART_OPTIMISER,
    PART_REFERENCE,
    PART_LOAD,
    PART_PLAN,
    PART_EVALUATION,
    PART_SAMPLES,
    PART_LOG,
    PART_CHECKPOINTS,
    PART_RESULT,
    PARTS
};

static const char *const names[PARTS] = {
    [PART_START] = "start",
    [PART_PREPARE] = "first check",
    [PART_UPDATE] = "rest of updates",
    [PART_BATCHES] = "batches",
    [PART_FORWARD] = "forward",
    [PART_LOSS] = "loss",
    [PART_BACKWARD] = "backward",
    [PART_SUM] = "sums of gradients",
    [PART_OPTIMISER] = "optimiser",
    [PART_REFERENCE] = "reference",
    [PART_LOAD] = "reading",
    [PART_PLAN] = "plan",
    [PART_EVALUATION] = "evaluation",
    [PART_SAMPLES] = "samples",
    [PART_LOG] = "log",
    [PART_CHECKPOINTS] = "checkpoints",
    [PART_RESULT] = "result",
};

enum { MOST_UPDATES = 4096 };

static double spent[PARTS], since, updates[MOST_UPDATES], processor[MOST_UPDATES];
static double reference_processor;
static size_t updated, counts[MOST_UPDATES];
static enum part current;

static double seconds_of_processors(void)
{
    struct timespec time;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static enum part turn_to(enum part part)
{
    const enum part before = current;
    const double now = seconds_now();

    if (since > 0) spent[before] += now - since;
    since = now;
    current = part;
    return before;
}

static enum part begin(enum part part)
{
    const bool whole = current == PART_PREPARE || current >= PART_REFERENCE;

    return turn_to(whole ? current : part);
}

#define WRAP(which, name, parameters, arguments)                                                   \
    void __real_##name parameters;                                                                 \
    void __wrap_##name parameters;                                                                 \
    void __wrap_##name parameters                                                                  \
    {                                                                                              \
        const enum part before = begin(which);                                                     \
                                                                                                   \
        __real_##name arguments;                                                                   \
        turn_to(before);                                                                           \
    }

#define WRAP_VALUE(which, type, name, parameters, arguments)                                       \
    type __real_##name parameters;                                                                 \
    type __wrap_##name parameters;                                                                 \
    type __wrap_##name parameters                                                                  \
    {                                                                                              \
        const enum part before = begin(which);                                                     \
        const type value = __real_##name arguments;                                                \
                                                                                                   \
        turn_to(before);                                                                           \
        return value;                                                                              \
    }

WRAP_VALUE(PART_LOAD, bool, session_load, (struct session * session, struct err *err),
           (session, err))
WRAP_VALUE(PART_PLAN, bool, session_plan, (struct session * session, struct err *err),
           (session, err))
WRAP_VALUE(PART_PREPARE, bool, session_prepare, (struct session * session, struct err *err),
           (session, err))
WRAP_VALUE(PART_RESULT, bool, session_finish, (struct session * session, struct err *err),
           (session, err))

WRAP_VALUE(PART_EVALUATION, bool, evaluator_run,
           (struct evaluator * evaluator, struct evaluated *result, struct err *err),
           (evaluator, result, err))
WRAP_VALUE(PART_SAMPLES, bool, samples_run, (struct samples * samples, struct err *err),
           (samples, err))

WRAP_VALUE(PART_BATCHES, bool, examples_add,
           (struct examples * examples, size_t number, struct batch *batch, struct err *err),
           (examples, number, batch, err))
WRAP(PART_FORWARD, policy_forward,
     (struct policy * policy, const struct batch *batch, const struct step_mode *mode, double *logp,
      const struct row_facts *facts),
     (policy, batch, mode, logp, facts))
WRAP(PART_BACKWARD, policy_backward,
     (struct policy * policy, const struct batch *batch, const float *dlogp),
     (policy, batch, dlogp))
WRAP_VALUE(PART_LOSS, double, loss_compute,
           (const struct loss *loss, const struct loss_batch *batch, struct loss_row *rows,
            float *dlogp),
           (loss, batch, rows, dlogp))
WRAP(PART_SUM, gradient_sum_begin, (struct team * team, struct gradient_sum *sum, size_t shards),
     (team, sum, shards))
WRAP(PART_SUM, gradient_sum_take, (struct team * team, struct gradient_sum *sum), (team, sum))
WRAP_VALUE(PART_OPTIMISER, double, gradients_norm,
           (struct team * team, const struct parameters *parameters), (team, parameters))
WRAP(PART_OPTIMISER, adamw_step,
     (struct team * team, struct adamw *adamw, struct parameters *parameters, double rate,
      double factor),
     (team, adamw, parameters, rate, factor))

WRAP_VALUE(PART_LOG, bool, logbook_update,
           (struct logbook * logbook, const struct train_memory *memory, double epoch, double rate,
            double norm, struct err *err),
           (logbook, memory, epoch, rate, norm, err))
WRAP_VALUE(PART_LOG, bool, logbook_evaluation,
           (struct logbook * logbook, const struct train_memory *memory, double epoch,
            const struct evaluated *evaluated, struct err *err),
           (logbook, memory, epoch, evaluated, err))
WRAP_VALUE(PART_LOG, bool, logbook_sync, (struct logbook * logbook, struct err *err),
           (logbook, err))
WRAP_VALUE(PART_CHECKPOINTS, bool, trainer_save,
           (struct trainer * trainer, double kl, struct err *err), (trainer, kl, err))

bool __real_reference_find(struct reference *reference, struct policy *policy,
                           struct examples *examples, const struct reference_options *options,
                           struct err *err);
bool __wrap_reference_find(struct reference *reference, struct policy *policy,
                           struct examples *examples, const struct reference_options *options,
                           struct err *err);

bool __wrap_reference_find(struct reference *reference, struct policy *policy,
                           struct examples *examples, const struct reference_options *options,
                           struct err *err)
{
    const enum part before = turn_to(PART_REFERENCE);
    const double used = seconds_of_processors();
    const bool good = __real_reference_find(reference, policy, examples, options, err);

    turn_to(before);
    reference_processor += seconds_of_processors() - used;
    return good;
}

bool __real_updater_run(struct updater *updater, uint64_t step, double rate, struct update *update,
                        struct err *err);
bool __wrap_updater_run(struct updater *updater, uint64_t step, double rate, struct update *update,
                        struct err *err);

bool __wrap_updater_run(struct updater *updater, uint64_t step, double rate, struct update *update,
                        struct err *err)
{
    const enum part before = turn_to(PART_UPDATE);
    const double from = since, used = seconds_of_processors();
    const bool good = __real_updater_run(updater, step, rate, update, err);

    turn_to(before);
    if (updated == MOST_UPDATES) return good;
    counts[updated] = feed_at(&updater->feed, step).count;
    processor[updated] = seconds_of_processors() - used;
    updates[updated++] = since - from;
    return good;
}

static void print_updates(const char *name, const double *seconds)
{
    printf("\"%s\": [", name);
    for (size_t i = 1; i < updated; i++)
        printf("%s%.4f", i > 1 ? ", " : "", seconds[i] / (double)counts[i]);
    printf("], ");
}

static void print(const struct session *session)
{
    const size_t all = session->train.count + (session->evaluates ? session->eval.count : 0);

    printf("{\"kernel\": \"%s\", \"pairs\": %zu, \"planned MiB\": %zu, ",
           session->policy.decoder.gemm.kernel->name, session->train.count, session->bytes >> 20);
    print_updates("train s a pair", updates);
    print_updates("processor s a pair", processor);
    printf("\"reference s a pair\": %.4f, \"reference processor s\": %.4f, \"parts\": {",
           spent[PART_REFERENCE] / (double)all, reference_processor / (double)all);
    for (size_t i = 0; i < PARTS; i++)
        printf("%s\"%s\": %.4f", i > 0 ? ", " : "", names[i], spent[i]);
    printf("}}\n");
}

void __real_session_close(struct session *session);
void __wrap_session_close(struct session *session);

void __wrap_session_close(struct session *session)
{
    turn_to(PART_START);
    print(session);
    __real_session_close(session);
}

__attribute__((constructor)) static void start_clock(void)
{
    since = seconds_now();
}
