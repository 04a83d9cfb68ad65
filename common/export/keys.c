#include "export/keys.h"

#include "export/chat.h"
#include "export/specials.h"
#include "export/title.h"
#include "place/object.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { KEY = 96, QUANTISATION = 2 };

/* What the functions below share. */
struct keys_job {
    const struct keys *keys;
    const struct origin *origin;
    const struct config *config;
    const char *family; /* which begins the keys of its sizes */
    struct gguf_writer *writer;
    struct object json; /* config.json, or its 'text_config' */
    struct err *err;
};

static const char *key_of(const struct keys_job *job, const char *name, char key[KEY])
{
    snprintf(key, KEY, "%s.%s", job->family, name);
    return key;
}

static void put_u32(const struct keys_job *job, const char *name, uint32_t value)
{
    char key[KEY];

    gguf_writer_u32(job->writer, key_of(job, name, key), value);
}

static void put_f32(const struct keys_job *job, const char *name, double value)
{
    char key[KEY];

    gguf_writer_f32(job->writer, key_of(job, name, key), (float)value);
}

/* --- general */

static const struct {
    const char *json, *other, *key;
    bool whole;
} samplings[] = {
    {"top_k", NULL, "top_k", true},
    {"top_p", NULL, "top_p", false},
    {"min_p", NULL, "min_p", false},
    {"xtc_probability", NULL, "xtc_probability", false},
    {"xtc_threshold", NULL, "xtc_threshold", false},
    {"temperature", NULL, "temp", false},
    {"penalty_last_n", NULL, "penalty_last_n", true},
    {"penalty_repeat", "repetition_penalty", "penalty_repeat", false},
    {"mirostat", NULL, "mirostat", true},
    {"mirostat_tau", NULL, "mirostat_tau", false},
    {"mirostat_eta", NULL, "mirostat_eta", false},
};

static bool write_sampling(const struct keys_job *job, const struct object *generation)
{
    for (size_t i = 0; i < sizeof samplings / sizeof *samplings; i++) {
        const char *name = samplings[i].json;
        char key[KEY];
        double value;
        int got;

        if (samplings[i].other && !object_has(generation, name)) name = samplings[i].other;
        got = object_number(generation, name, &value, job->err);
        if (got < 0) return false;
        if (got == 0) continue;
        snprintf(key, KEY, "general.sampling.%s", samplings[i].key);
        if (!samplings[i].whole)
            gguf_writer_f32(job->writer, key, (float)value);
        else if (fabs(value) <= INT32_MAX && rint(value) == value)
            gguf_writer_i32(job->writer, key, (int32_t)value);
        else
            return object_fail(generation, name, job->err, "is no whole number of 32 bits");
    }
    return true;
}

static bool write_generation(const struct keys_job *job)
{
    const struct text text = job->origin->texts[TEXT_GENERATION];
    const char *sequence = "";
    struct object generation;
    bool good;

    if (!text.at) return true;
    if (!object_parse(&generation, text, job->origin->names[TEXT_GENERATION], job->err))
        return false;
    good = object_text(&generation, "sequence", &sequence, job->err) >= 0;
    if (good && *sequence)
        gguf_writer_text(job->writer, "general.sampling.sequence", text_of(sequence));
    good = good && write_sampling(job, &generation);
    object_release(&generation);
    return good;
}

/* A path is no name of a model. */
static bool is_name(const char *text)
{
    const char *slash = strchr(text, '/');

    return *text && (!slash || !strchr(slash + 1, '/'));
}

static void write_title(const struct keys_job *job)
{
    struct title title = {0};
    const char *name = "";
    struct err ignored;

    if (object_text(&job->json, "_name_or_path", &name, &ignored) == 1 && is_name(name))
        title_add(&title, name, job->keys->parameters);
    if (job->origin->title) title_add(&title, job->origin->title, job->keys->parameters);
    title_add_size(&title, job->keys->parameters);
    title_write(&title, job->keys->name, job->writer);
    title_release(&title);
}

/* --- sizes */

static bool write_yarn(const struct keys_job *job, const struct object *scaling)
{
    static const struct {
        const char *json, *key;
    } rest[] = {{"attention_factor", "rope.scaling.yarn_attn_factor"},
                {"beta_fast", "rope.scaling.yarn_beta_fast"},
                {"beta_slow", "rope.scaling.yarn_beta_slow"}};

    put_u32(job, "rope.scaling.original_context_length", (uint32_t)job->config->rope.original);
    for (size_t i = 0; i < sizeof rest / sizeof *rest; i++) {
        double value;
        const int got = object_number(scaling, rest[i].json, &value, job->err);

        if (got < 0) return false;
        if (got > 0) put_f32(job, rest[i].key, value);
    }
    return true;
}

/* Llama 3's is a tensor (export/rope_factors). */
static bool write_rope(const struct keys_job *job)
{
    const struct rope *rope = &job->config->rope;
    const char *kind = rope->kind == ROPE_LINEAR ? "linear" : "yarn";
    struct object scaling = {0};
    struct err ignored;
    char key[KEY];
    int got = object_inner(&job->json, "rope_parameters", &scaling, &ignored);
    const bool has_base =
        object_has(&job->json, "rope_theta") || (got == 1 && object_has(&scaling, "rope_theta"));

    if (got != 1) object_inner(&job->json, "rope_scaling", &scaling, &ignored);
    if (rope->kind == ROPE_LINEAR || rope->kind == ROPE_YARN) {
        gguf_writer_text(job->writer, key_of(job, "rope.scaling.type", key), text_of(kind));
        put_f32(job, "rope.scaling.factor", rope->factor);
        if (rope->kind == ROPE_YARN && !write_yarn(job, &scaling)) return false;
    }
    if (has_base) put_f32(job, "rope.freq_base", rope->base);
    return true;
}

static bool write_sizes(const struct keys_job *job)
{
    const struct config *config = job->config;

    put_u32(job, "block_count", config->layers);
    put_u32(job, "context_length", config->positions);
    put_u32(job, "embedding_length", config->hidden);
    put_u32(job, "feed_forward_length", config->feed);
    put_u32(job, "attention.head_count", config->heads);
    if (object_has(&job->json, "num_key_value_heads"))
        put_u32(job, "attention.head_count_kv", config->kv_heads);
    if (!write_rope(job)) return false;
    if (keys_say_window(config)) put_u32(job, "attention.sliding_window", config->window);
    put_f32(job, "attention.layer_norm_rms_epsilon", (double)config->eps);
    if (object_has(&job->json, "head_dim")) {
        put_u32(job, "attention.key_length", config->head_dim);
        put_u32(job, "attention.value_length", config->head_dim);
    }
    if (!job->keys->quantised)
        gguf_writer_u32(job->writer, "general.file_type", job->keys->file_type);
    if (family_info(config->family)->interleaved) {
        put_u32(job, "vocab_size", config->vocabulary);
        put_u32(job, "rope.dimension_count", config->head_dim);
    }
    if (!job->keys->quantised)
        gguf_writer_u32(job->writer, "general.quantization_version", QUANTISATION);
    return true;
}

/* --- the tokenizer */

/* SentencePiece's is taken to begin a text with a space, unless this key says it does not. */
static bool write_space(const struct keys_job *job, const struct vocabulary *vocabulary)
{
    const struct text text = job->origin->texts[TEXT_TOKENIZER_CONFIG];
    bool adds = vocabulary->adds_space, known = false;
    struct object config;
    struct err ignored;

    if (text.at && family_info(job->config->family)->interleaved) {
        if (!object_parse_huge(&config, text, job->origin->names[TEXT_TOKENIZER_CONFIG], job->err))
            return false;
        known = object_bool(&config, "add_prefix_space", &adds, &ignored) == 1;
        object_release(&config);
    }
    if (vocabulary->pieces && adds != vocabulary->adds_space) adds = vocabulary->adds_space;
    if (known || (vocabulary->pieces && !adds))
        gguf_writer_bool(job->writer, "tokenizer.ggml.add_space_prefix", adds);
    return true;
}

static bool says_begin(const struct specials *specials)
{
    for (size_t i = 0; i < specials->add_count; i++)
        if (specials->adds[i].kind == SPECIAL_BOS) return true;
    return false;
}

static bool names_begin(const struct specials *specials)
{
    for (size_t i = 0; i < specials->id_count; i++)
        if (specials->ids[i].kind == SPECIAL_BOS) return true;
    return false;
}

/* Llama 3's tokenizer begins texts with a token unless it is told not to; so one that has no such
 * token is told. A llama of the size of Granite's is told in any case, at the end where nothing was
 * said before. */
static bool write_vocabulary(const struct keys_job *job, const struct vocabulary *vocabulary)
{
    const bool granite =
        family_info(job->config->family)->interleaved && vocabulary->count == 49152;
    struct specials specials;
    bool late;

    if (!write_space(job, vocabulary) || !vocabulary_write(vocabulary, job->writer, job->err) ||
        !specials_read(&specials, job->origin, vocabulary, job->err))
        return false;
    late = granite && !says_begin(&specials);
    if ((granite && !late) || (!granite && !says_begin(&specials) && !names_begin(&specials) &&
                               strcmp(vocabulary->pre, "llama-bpe") == 0))
        specials_add(&specials, SPECIAL_BOS, false);
    specials_write(&specials, job->writer);
    if (!chat_write(job->origin, job->writer, job->err)) return false;
    if (late) gguf_writer_bool(job->writer, "tokenizer.ggml.add_bos_token", false);
    return vocabulary_check(vocabulary, job->writer, job->err);
}

static bool write_tokenizer(const struct keys_job *job)
{
    struct vocabulary vocabulary;
    bool good;

    if (!vocabulary_open(&vocabulary, job->origin, job->err)) return false;
    good = write_vocabulary(job, &vocabulary);
    vocabulary_close(&vocabulary);
    return good;
}

static bool write_all(struct keys_job *job)
{
    gguf_writer_text(job->writer, "general.architecture", text_of(job->family));
    gguf_writer_text(job->writer, "general.type", TEXT("model"));
    if (!write_generation(job)) return false;
    write_title(job);
    return write_sizes(job) && write_tokenizer(job);
}

bool keys_write(const struct keys *keys, const struct origin *origin, struct gguf_writer *writer,
                struct err *err)
{
    struct keys_job job = {.keys = keys, .origin = origin, .writer = writer, .err = err};
    struct object whole, text;
    bool good;

    job.config = &origin->model.config;
    job.family = family_info(job.config->family)->gguf;
    if (!object_parse(&whole, origin->texts[TEXT_CONFIG], origin->names[TEXT_CONFIG], err))
        return false;
    job.json = object_inner(&whole, "text_config", &text, err) == 1 ? text : whole;
    good = write_all(&job);
    object_release(&whole);
    return good;
}

void keys_write_type(uint32_t file_type, struct gguf_writer *writer)
{
    gguf_writer_u32(writer, "general.quantization_version", QUANTISATION);
    gguf_writer_u32(writer, "general.file_type", file_type);
}
