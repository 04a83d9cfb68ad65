#include "core/memory.h"
#include "train/session.h"

void session_rehearse_begin(struct session *session)
{
    policy_ready(&session->policy);
    pass_init(&session->updater.pass, session->policy.plan.scored, session->updater.feed.batch);
    if (session->settings.method == METHOD_DPO)
        reference_blank(&session->references[0], &session->train);
}

static bool ask_reference(struct session *session, const struct feed_update *picked, size_t count,
                          struct err *err)
{
    struct batch batch = {0};
    const struct example *items = session->train.items;
    double *logp = mem_zero(session->policy.plan.scored, sizeof *logp);
    bool good = true;

    for (size_t i = 0; good && i < count; i++) {
        if (i > 0 && batch.rows + items[picked->picked[i]].rows > session->policy.plan.rows) break;
        good = examples_add(&session->train, picked->picked[i], &batch, err);
    }
    if (good) policy_reference(&session->policy, &batch, logp, NULL);
    batch_release(&batch);
    mem_free(logp);
    return good;
}

bool session_rehearse(struct session *session, bool reference, uint64_t *tokens, struct err *err)
{
    struct updater *updater = &session->updater;
    const struct feed_update picked = feed_at(&updater->feed, 0);
    const size_t batch = updater->feed.batch, count = picked.count < batch ? picked.count : batch;
    const struct pass_mode mode = {.train = true, .share = 1, .dropout = updater->dropout};
    struct pass_result result;

    *tokens = 0;
    for (size_t i = 0; i < count; i++) *tokens += session->train.items[picked.picked[i]].tokens;
    if (reference) return ask_reference(session, &picked, count, err);
    return pass_run(&updater->pass, picked.picked, count, &mode, &result, err);
}
