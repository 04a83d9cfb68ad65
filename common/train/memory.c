#include "train/memory.h"

#include "control/state.h"

static const struct state_field fields[] = {
    STATE_FIELD(struct train_memory, step),        STATE_FIELD(struct train_memory, tokens),
    STATE_FIELD(struct train_memory, loss_sum),    STATE_FIELD(struct train_memory, evaluated),
    STATE_FIELD(struct train_memory, last_kl),     STATE_FIELD(struct train_memory, recent),
    STATE_FIELD(struct train_memory, recent_loss), STATE_FIELD(struct train_memory, end)};

enum { FIELDS = sizeof fields / sizeof *fields };

json_t *train_memory_save(const struct train_memory *memory)
{
    json_t *json = state_save(memory, fields, FIELDS);

    json_object_set_new(json, "tally", tally_save(&memory->tally));
    json_object_set_new(json, "beta", beta_save(&memory->beta));
    json_object_set_new(json, "kl", kl_save(&memory->kl));
    json_object_set_new(json, "best", best_save(&memory->best));
    json_object_set_new(json, "watch", watch_save(&memory->watch));
    json_object_set_new(json, "plateau", plateau_save(&memory->plateau));
    return json;
}

/* What a rollback goes back to. */
static bool load_steps(struct train_memory *memory, const json_t *json, struct err *err)
{
    return state_load(memory, fields, FIELDS, json, err) &&
           tally_load(&memory->tally, json_object_get(json, "tally"), err) &&
           beta_load(&memory->beta, json_object_get(json, "beta"), err) &&
           plateau_load(&memory->plateau, json_object_get(json, "plateau"), err);
}

bool train_memory_load(struct train_memory *memory, const json_t *json, struct err *err)
{
    return load_steps(memory, json, err) &&
           kl_load(&memory->kl, json_object_get(json, "kl"), err) &&
           best_load(&memory->best, json_object_get(json, "best"), err) &&
           watch_load(&memory->watch, json_object_get(json, "watch"), err);
}

bool train_memory_roll_back(struct train_memory *memory, const json_t *json, struct err *err)
{
    return load_steps(memory, json, err);
}
