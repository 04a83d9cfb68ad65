#include "train/session.h"

#include "core/memory.h"
#include "core/outfolder.h"
#include "model/config_rope.h"
#include "model/identity.h"
#include "model/weights_check.h"
#include "run/metadata.h"
#include "train/model_files.h"

#include <string.h>

static bool open_model(struct session *session, const char *name, struct model *model,
                       struct base *base, struct err *err)
{
    const struct session_options *options = &session->options;

    if (options->cache && options->bits < 16 && !outfolder_make(options->cache, err)) return false;
    if (!model_open(model, name, err)) return false;
    return weights_finite(model, session->team, err) &&
           base_open(base, model, options->bits, options->cache, session->team, err);
}

static bool is_off(const char *reference)
{
    return reference && strcmp(reference, "adapter-off") == 0;
}

/* An adapter that says which base it was made on must have been made on this one. */
static bool check_base(struct session *session, struct err *err)
{
    const char *adapter = session->options.adapter;
    const int suits = metadata_suits(adapter, session->identity, err);

    if (suits == 0)
        err_set(err, "%s: the adapter was trained on another base than '%s'", adapter,
                session->options.model);
    return suits > 0;
}

/* The reference as a model of its own: another one, or this one as it was. */
static bool open_frozen(struct session *session, struct err *err)
{
    const struct session_options *options = &session->options;
    const struct base *base = &session->base;

    if (session->settings.method == METHOD_SFT) return true;
    if (options->reference && !is_off(options->reference)) {
        if (!open_model(session, options->reference, &session->other, &session->other_base, err))
            return false;
        if (session->other.config.vocabulary != session->model.config.vocabulary)
            return err_set(err, "the reference '%s' has a vocabulary of %u, and '%s' one of %u",
                           options->reference, session->other.config.vocabulary, options->model,
                           session->model.config.vocabulary);
        if (!language_agrees(&session->language, options->reference, err))
            return err_prefix(err, "the reference");
        session->has_other = true;
        base = &session->other_base;
    } else if (!options->full) {
        return true;
    }
    decoder_open(&session->frozen, base, options->precision, session->team);
    session->has_frozen = true;
    return true;
}

static bool make_adapter(struct session *session, struct err *err)
{
    const struct session_options *options = &session->options;
    const struct config *config = &session->model.config;

    if (options->full) return true;
    if (!options->adapter)
        return adapter_init(&session->adapter, config, &options->lora, session->settings.seed, err);
    if (!adapter_load(&session->adapter, config, options->adapter, err) ||
        !check_base(session, err))
        return false;
    session->has_start = !options->reference && session->settings.method == METHOD_DPO;
    return !session->has_start || adapter_load(&session->start, config, options->adapter, err);
}

static bool make_policy(struct session *session, struct err *err)
{
    const bool full = session->options.full;

    if (!make_adapter(session, err) || !open_frozen(session, err)) return false;
    decoder_open(&session->policy.decoder, &session->base, session->options.precision,
                 session->team);
    policy_init(&session->policy, full ? NULL : &session->adapter,
                session->has_start ? &session->start : NULL,
                session->has_frozen ? &session->frozen : NULL);
    return true;
}

/* paths is borrowed as long as the examples. */
static bool read_set(struct session *session, struct examples *examples, char **paths,
                     struct err *err)
{
    const struct session_options *options = &session->options;

    *examples = (struct examples){.language = &session->language,
                                  .config = &session->model.config,
                                  .rules = options->rules,
                                  .beyond_context = options->beyond_context,
                                  .completion_only = options->completion_only,
                                  .kind = session->settings.method == METHOD_SFT ? EXAMPLES_TEXTS
                                                                                 : EXAMPLES_PAIRS,
                                  .need_seal = options->need_seal,
                                  .failed = options->failed};
    return examples_read(examples, paths, options->threads, err);
}

/* A reference of its own reads the same texts. */
static bool check_reference(const struct session *session, struct err *err)
{
    const struct session_options *options = &session->options;
    const struct config *config = &session->other.config;
    const size_t train = session->train.longest, eval = session->eval.longest;
    const size_t longest = eval > train ? eval : train;

    return !session->has_other || longest <= config_longest(config, options->beyond_context) ||
           err_set(err, "a text has %zu tokens, and the reference '%s' was made for %u%s", longest,
                   options->reference, config->positions, config_longest_why(config));
}

bool session_load(struct session *session, struct err *err)
{
    const struct session_options *options = &session->options;

    if (options->full && !model_files_check(options->model, err)) return false;
    session->team = team_start(options->threads);
    if (!language_load(&session->language, options->model, options->template, err) ||
        !open_model(session, options->model, &session->model, &session->base, err))
        return false;
    model_identity(&session->model.weights, session->identity);
    if (!make_policy(session, err) || !read_set(session, &session->train, options->train, err))
        return false;
    session->evaluates = options->eval != NULL;
    session->eval_paths[0] = (char *)options->eval;
    return (!options->eval || read_set(session, &session->eval, session->eval_paths, err)) &&
           check_reference(session, err);
}

bool session_digests(struct session *session, struct err *err)
{
    if (session->digests[0][0]) return true;
    return examples_digest(&session->train, session->digests[0], err) &&
           (!session->evaluates || examples_digest(&session->eval, session->digests[1], err));
}

void session_reference_words(const struct session *session, struct buffer *words)
{
    const struct session_options *options = &session->options;

    if (session->settings.method == METHOD_SFT)
        buffer_text(words, "there is no reference: texts are learned as they are");
    else if (session->has_start)
        buffer_format(words, "the reference is %s with the adapter %s as it is now", options->model,
                      options->adapter);
    else if (options->reference && !is_off(options->reference))
        buffer_format(words, "the reference is the model %s", options->reference);
    else if (options->full)
        buffer_format(words, "the reference is %s as it is now", options->model);
    else
        buffer_format(words, "the reference is %s without an adapter", options->model);
    buffer_byte(words, '\0');
}

void session_close(struct session *session)
{
    trainer_close(&session->trainer);
    updater_release(&session->updater);
    if (session->evaluates) evaluator_release(&session->evaluator);
    samples_release(&session->samples);
    for (int i = 0; i < 2; i++) reference_release(&session->references[i]);
    policy_release(&session->policy);
    decoder_close(&session->policy.decoder);
    if (session->has_frozen) decoder_close(&session->frozen);
    if (session->has_other) base_close(&session->other_base);
    if (session->has_other) model_close(&session->other);
    if (session->has_start) adapter_release(&session->start);
    examples_close(&session->train);
    if (session->evaluates) examples_close(&session->eval);
    json_decref(session->inputs);
    base_close(&session->base);
    model_close(&session->model);
    language_release(&session->language);
    team_stop(session->team);
}
