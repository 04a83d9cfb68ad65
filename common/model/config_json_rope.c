#include "model/config_json_rope.h"

#include <math.h>
#include <string.h>

static const struct {
    const char *name;
    enum rope_kind kind;
} kinds[] = {
    {"default", ROPE_PLAIN}, {"linear", ROPE_LINEAR}, {"dynamic", ROPE_DYNAMIC},
    {"llama3", ROPE_LLAMA3}, {"yarn", ROPE_YARN},
};

static bool read_kind(struct rope *rope, const struct object *scaling, struct err *err)
{
    const char *name = "default", *key = "rope_type";
    int got = object_text(scaling, key, &name, err);

    if (got == 0) got = object_text(scaling, key = "type", &name, err);
    if (got < 0) return false;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(name, kinds[i].name) != 0) continue;
        rope->kind = kinds[i].kind;
        return true;
    }
    return object_fail(scaling, key, err,
                       "is %s, which is not supported: default, linear, dynamic, llama3 and yarn "
                       "are",
                       name);
}

static bool need(const struct object *scaling, const char *key, double *value, struct err *err)
{
    const int got = object_number(scaling, key, value, err);

    return got > 0 || (got == 0 && object_fail(scaling, key, err, "is missing"));
}

static bool read_yarn(struct rope *rope, const struct object *scaling, struct err *err)
{
    static const char *const others[] = {"mscale", "mscale_all_dim"};
    bool truncate = true;

    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (object_has(scaling, others[i]))
            return object_fail(scaling, others[i], err, "is not supported");
    rope->fast = 32;
    rope->slow = 1;
    rope->amplitude = 0.1 * log(rope->factor) + 1;
    if (object_number(scaling, "beta_fast", &rope->fast, err) < 0 ||
        object_number(scaling, "beta_slow", &rope->slow, err) < 0 ||
        object_number(scaling, "attention_factor", &rope->amplitude, err) < 0 ||
        object_bool(scaling, "truncate", &truncate, err) < 0)
        return false;
    return truncate || object_fail(scaling, "truncate", err, "is false, which is not supported");
}

static bool read_scaling(struct config *config, const struct object *scaling, struct err *err)
{
    static const char original[] = "original_max_position_embeddings";
    struct rope *rope = &config->rope;

    if (!read_kind(rope, scaling, err)) return false;
    if (rope->kind == ROPE_PLAIN) return true;
    if (!need(scaling, "factor", &rope->factor, err)) return false;
    rope->original = config->positions;
    if (rope->kind == ROPE_LLAMA3)
        return need(scaling, "low_freq_factor", &rope->low, err) &&
               need(scaling, "high_freq_factor", &rope->high, err) &&
               need(scaling, original, &rope->original, err);
    if (rope->kind != ROPE_YARN) return true;
    return object_number(scaling, original, &rope->original, err) >= 0 &&
           read_yarn(rope, scaling, err);
}

/* Both generations in one file must agree. The first Llamas named no base: theirs is 10000. */
static bool read_base(struct config *config, const struct object *object,
                      const struct object *parameters, struct err *err)
{
    double new = 0, old = 0;
    const int gave_new = parameters ? object_number(parameters, "rope_theta", &new, err) : 0;
    const int gave_old = object_number(object, "rope_theta", &old, err);

    if (gave_new < 0 || gave_old < 0) return false;
    if (gave_new && gave_old && (new < old || new > old))
        return object_fail(object, "rope_theta", err, "is %g, but in 'rope_parameters' %g", old,
                           new);
    config->rope.base = gave_new ? new : gave_old ? old : 10000;
    if (gave_new || gave_old) return true;
    if (!parameters && config->family == FAMILY_LLAMA) return true;
    return object_fail(object, "rope_theta", err, "is missing");
}

bool config_rope_from_json(struct config *config, const struct object *object, struct err *err)
{
    struct object parameters, scaling;
    const int is_new = object_inner(object, "rope_parameters", &parameters, err);
    const int is_old = object_inner(object, "rope_scaling", &scaling, err);

    if (is_new < 0 || is_old < 0) return false;
    config->rope = (struct rope){.kind = ROPE_PLAIN, .amplitude = 1};
    if (is_new &&
        (object_has(&parameters, "full_attention") || object_has(&parameters, "sliding_attention")))
        return object_fail(object, "rope_parameters", err,
                           "differs from layer to layer, which is not supported");
    if (!read_base(config, object, is_new ? &parameters : NULL, err)) return false;
    if (is_new) return read_scaling(config, &parameters, err);
    return !is_old || read_scaling(config, &scaling, err);
}
