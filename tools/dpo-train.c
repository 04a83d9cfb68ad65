/* dpo-train: tunes a model on preference pairs (DPO) or on texts (SFT). */
#include "core/clock.h"
#include "core/memory.h"
#include "core/report.h"
#include "dpo-train/train_aliases.h"
#include "dpo-train/train_history.h"
#include "dpo-train/train_options.h"
#include "dpo-train/train_talk.h"
#include "engine.h"
#include "ledger.h"
#include "train/run_dir.h"

#include <math.h>
#include <stdlib.h>

static struct train_command command;
static struct session session;

static const struct program program = {.name = "dpo-train",
                                       .purpose = "tune a model on preference pairs, or on texts",
                                       .operands = "[TRAIN...]",
                                       .options = train_options,
                                       .about = engine_about,
                                       .aliases = train_aliases};

static void set_up(char **files)
{
    train_options_take(&command, &session.settings);
    session.options = (struct session_options){.model = command.model,
                                               .run = command.run,
                                               .train = files,
                                               .eval = command.eval,
                                               .reference = command.reference,
                                               .adapter = command.adapter,
                                               .template = command.template,
                                               .cache = command.cache,
                                               .loss = command.loss,
                                               .scheduler = command.scheduler,
                                               .full = command.full,
                                               .resume = command.resume,
                                               .tensorboard = command.tensorboard,
                                               .beyond_context = command.beyond_context,
                                               .lora = command.lora,
                                               .rules = command.rules,
                                               .completion_only = command.completion_only,
                                               .bits = command.base_bits,
                                               .precision = engine_precision(command.precision),
                                               .memory = command.memory,
                                               .threads = settings.threads,
                                               .options = train_options_deciding(),
                                               .need_seal = settings.seal,
                                               .failed = die_of};
    train_talk_init(&session);
}

/* Ours alone from here on. */
static void take_run(void)
{
    struct buffer cache = {0};
    struct err err;
    int got;

    if (command.dry_run) {
        session.options.cache = NULL; /* nothing is written */
        return;
    }
    got = run_dir_open(command.run, command.resume, &err);
    if (got == 0) {
        report_error("%s", err.text);
        exit(EXIT_AGAIN);
    }
    if (got < 0) die_of(&err);
    if (session.options.cache) return;
    buffer_format(&cache, "%s/cache", command.run);
    buffer_byte(&cache, '\0');
    session.options.cache = cache.at;
}

/* Tokens a second of the second try: the first one pays for memory that is touched first. */
static double try_rate(bool reference)
{
    struct err err;
    uint64_t tokens;
    double begin = 0;

    for (int i = 0; i < 2; i++) {
        begin = clock_seconds();
        if (!session_rehearse(&session, reference, &tokens, &err)) die_of(&err);
    }
    return (double)tokens / (clock_seconds() - begin);
}

static int rehearse(void)
{
    double reference = INFINITY;

    session_rehearse_begin(&session);
    if (session.settings.method == METHOD_DPO) reference = try_rate(true);
    train_talk_trial(&session, try_rate(false), reference);
    return EXIT_DONE;
}

/* False: a gate was not met. */
static bool finish(void)
{
    struct err err;
    const int got = session_finish(&session, &err);

    if (got < 0) die_of(&err);
    if (got == 0) report_error("%s", err.text);
    return got > 0;
}

static int train(void)
{
    enum train_end end;
    struct err err;

    if (!session_prepare(&session, &err)) {
        if (err.text[0]) die_of(&err);
        train_talk_early();
        return EXIT_AGAIN;
    }
    if (!session.trainer.was_over && !train_options_keep(command.run, &err)) die_of(&err);
    train_talk_start(&session);
    if (!trainer_run(&session.trainer, &end, &err)) die_of(&err);
    if (command.history) train_history_end(&session);
    if (end != TRAIN_STOPPED && !finish()) return EXIT_GATE;
    train_talk_end(&session, end);
    return end == TRAIN_STOPPED ? EXIT_AGAIN : end == TRAIN_LIMIT ? EXIT_GATE : EXIT_DONE;
}

int main(int argc, char **argv)
{
    struct err err;
    int status;

    set_up(program_start(&program, argc, argv));
    take_run();
    if (!session_load(&session, &err)) die_of(&err);
    train_talk_sets(&session);
    if (command.history && !command.dry_run) train_history_begin(&session, command.history);
    if (!session_plan(&session, &err)) die_of(&err);
    train_talk_plan(&session);
    status = command.dry_run ? rehearse() : train();
    ledger_end(status);
    session_close(&session);
    return status;
}
