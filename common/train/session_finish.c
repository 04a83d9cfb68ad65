#include "train/session.h"

#include "adapter/parameters_file.h"
#include "core/memory.h"
#include "run/metadata.h"
#include "train/model_files.h"

static bool write_weights(const struct parameters *parameters, const char *folder, struct err *err)
{
    const struct parameter_array values = {"", parameters->values};
    const struct parameters_file file = {parameters, &values, 1, NULL};
    struct buffer path = {0};
    struct outfile out;
    bool good;

    buffer_format(&path, "%s/model.safetensors", folder);
    buffer_byte(&path, '\0');
    good = outfile_open(&out, path.at, err);
    if (good && !(parameters_file_write(&file, NULL, &out, err) && outfile_commit(&out, err))) {
        outfile_abandon(&out);
        good = false;
    }
    buffer_release(&path);
    return good;
}

bool session_write_model(const void *context, const char *folder, struct err *err)
{
    const struct session *session = context;

    if (!session->options.full) return adapter_save(&session->policy.adapter, folder, err);
    return write_weights(session->policy.parameters, folder, err) &&
           model_files_config(session->options.model, folder, err) &&
           model_files_copy(session->options.model, folder, err);
}

/* The best state, where one is to be kept, and else the last one. */
static bool take_best(struct session *session, struct err *err)
{
    const struct best *best = &session->trainer.memory.best;

    if (!session->settings.keeps_best || best->step == session->trainer.memory.step) return true;
    return checkpoint_read_weights(&session->trainer.checkpoint, best->step, err);
}

/* Did an earlier process write all of it? The metadata come last. */
static bool is_finished(const struct session *session)
{
    struct metadata_origin origin;
    struct err err;

    if (session->trainer.settled) return true;
    if (!session->trainer.was_over || metadata_read(&origin, session->options.run, &err) <= 0)
        return false;
    metadata_release(&origin);
    return true;
}

static bool write_result(struct session *session, struct err *err)
{
    const char *run = session->options.run;

    return trainer_write_state(&session->trainer, run, err) && take_best(session, err) &&
           session_write_model(session, run, err) &&
           (session->options.full || model_files_copy(session->options.model, run, err)) &&
           trainer_write_end(&session->trainer, true, err) && session_write_metadata(session, err);
}

static bool write_none(const struct session *session, struct err *err)
{
    return trainer_write_state(&session->trainer, session->options.run, err) &&
           trainer_write_end(&session->trainer, false, err);
}

/* Is what is handed over, the best state or the last one, within the limit? */
static bool check_gate(const struct session *session, struct err *err)
{
    const struct train_memory *memory = &session->trainer.memory;

    if (session->settings.keeps_best) return best_check(&memory->best, err);
    return kl_check_last(&memory->kl, memory->evaluated, memory->last_kl, err);
}

/* Without a best state that is good enough there is no result; the last one is the result as it
 * is. */
int session_finish(struct session *session, struct err *err)
{
    struct err why;
    const bool good = check_gate(session, &why), has_result = good || !session->settings.keeps_best;

    if (!is_finished(session) &&
        !(has_result ? write_result(session, err) : write_none(session, err)))
        return -1;
    if (!good) *err = why;
    return good;
}
