/* config.json made from what a GGUF file says, and changed where it would not be true. */
#include "model/config_text.h"

#include "check.h"
#include "model/config_json.h"
#include "model/config_rope.h"
#include "model/model.h"
#include "unit/folded.h"

static struct err err;

static void same_config(const struct config *a, const struct config *b)
{
    float from_a[CONFIG_HEAD / 2], from_b[CONFIG_HEAD / 2], amplitude_a, amplitude_b;
    bool same = true;

    CHECK(a->layers == b->layers && a->hidden == b->hidden && a->feed == b->feed);
    CHECK(a->heads == b->heads && a->kv_heads == b->kv_heads && a->head_dim == b->head_dim);
    CHECK(a->vocabulary == b->vocabulary && a->positions == b->positions && a->tied == b->tied);
    CHECK(a->qkv_bias == b->qkv_bias && a->output_bias == b->output_bias);
    CHECK(a->feed_bias == b->feed_bias && a->qk_norm == b->qk_norm && a->window == b->window);
    CHECK(!(a->eps < b->eps || a->eps > b->eps));
    CHECK(a->bos == b->bos && a->pad == b->pad && a->eos_count == b->eos_count);
    for (size_t i = 0; i < a->eos_count; i++) CHECK(a->eos[i] == b->eos[i]);
    config_frequencies(a, from_a, &amplitude_a);
    config_frequencies(b, from_b, &amplitude_b);
    for (size_t j = 0; j < a->head_dim / 2; j++)
        same = same && fabsf(from_a[j] - from_b[j]) <= 1e-6F * fabsf(from_a[j]);
    CHECK(same && fabsf(amplitude_a - amplitude_b) < 1e-6F);
}

static void again(const struct config *config)
{
    struct config read;
    struct buffer text = {0};

    CHECK(config_text_make(config, config->tied, "float16", "x.gguf", &text, &err));
    if (!CHECK(config_from_json(&read, (struct text){text.at, text.len}, "c.json", &err)))
        printf("# %s\n", err.text);
    else
        same_config(config, &read);
    CHECK_TEXT(read.dtype, "float16");
    buffer_release(&text);
}

TEST(of_gguf_files)
{
    static const char *const names[] = {"llama", "qwen2", "qwen3"};
    struct model model;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!CHECK(model_open(&model, folded_golden("models/%s.gguf", names[i]), &err))) continue;
        again(&model.config);
        model_close(&model);
    }
}

TEST(ways_to_turn)
{
    struct model model;
    struct rope *rope = &model.config.rope;
    struct buffer text = {0};
    unsigned char odd[16];
    struct tensor divisors = {.at = odd, .rank = 1, .shape = {4}};

    if (!CHECK(model_open(&model, folded_golden("models/qwen3.gguf"), &err))) return;
    *rope = (struct rope){.kind = ROPE_LINEAR, .base = 5e5, .factor = 2.5, .amplitude = 1};
    again(&model.config);
    *rope = (struct rope){.kind = ROPE_YARN,
                          .base = 1e6,
                          .factor = 4,
                          .original = 64,
                          .fast = 32,
                          .slow = 1,
                          .amplitude = 1.25};
    again(&model.config);
    for (size_t j = 0; j < 4; j++) memcpy(odd + 4 * j, &(float){1 + 0.3F * (float)j}, 4);
    *rope = (struct rope){.kind = ROPE_DIVIDED, .base = 1e6, .divisors = &divisors, .amplitude = 1};
    CHECK(!config_text_make(&model.config, true, "float16", "x.gguf", &text, &err));
    CHECK_TEXT(err.text, "x.gguf: 'rope_freqs.weight' is not Llama 3's: config.json has no "
                         "spelling for it");
    buffer_release(&text);
    model_close(&model);
}

TEST(a_window_is_mistrals)
{
    struct model model;
    struct buffer text = {0};

    if (!CHECK(model_open(&model, folded_golden("models/llama.gguf"), &err))) return;
    model.config.window = 7;
    CHECK(config_text_make(&model.config, false, "bfloat16", "x.gguf", &text, &err));
    CHECK(memmem(text.at, text.len, "\"model_type\": \"mistral\"", 23) != NULL);
    CHECK(memmem(text.at, text.len, "\"sliding_window\": 7", 19) != NULL);
    buffer_release(&text);
    model_close(&model);
}

TEST(special_tokens)
{
    struct config config = {.bos = 1, .pad = CONFIG_NO_ID, .eos = {2, 3}, .eos_count = 2};
    struct buffer text = {0};

    config_text_generation(&config, &text);
    buffer_byte(&text, '\0');
    CHECK_TEXT(text.at, "{\n  \"bos_token_id\": 1,\n  \"eos_token_id\": [2, 3]\n}\n");
    buffer_release(&text);
}

static const char *changed(const char *json, const bool *tied, const char *dtype)
{
    static struct buffer text;

    text.len = 0;
    if (!config_text_change(text_of(json), "c.json", tied, dtype, &text, &err)) return err.text;
    buffer_byte(&text, '\0');
    return text.at;
}

TEST(changes)
{
    const bool no = false, yes = true;

    CHECK_TEXT(changed("{\"a\": 1e-05, \"tie_word_embeddings\": true}", &no, NULL),
               "{\"a\": 1e-05, \"tie_word_embeddings\": false}");
    CHECK_TEXT(changed("{\"torch_dtype\": \"bfloat16\" , \"b\": 2}", NULL, "float32"),
               "{\"torch_dtype\": \"float32\" , \"b\": 2}");
    CHECK_TEXT(changed("{\"dtype\": \"bfloat16\"}", &yes, "float16"),
               "{\n  \"tie_word_embeddings\": true,\"dtype\": \"float16\"}");
    CHECK_TEXT(changed("{}", NULL, "float16"), "{\n  \"dtype\": \"float16\"\n}");
    CHECK_TEXT(changed("{\"text_config\": {\"dtype\": \"x\"}, \"dtype\": 1}", NULL, "float16"),
               "{\"text_config\": {\"dtype\": \"float16\"}, \"dtype\": 1}");
    CHECK_TEXT(changed("[]", &no, NULL), "c.json: is not a JSON object");
    CHECK_TEXT(changed("{", NULL, "float16"), "c.json: is not a JSON object");
}

int main(void)
{
    RUN(of_gguf_files);
    RUN(ways_to_turn);
    RUN(a_window_is_mistrals);
    RUN(special_tokens);
    RUN(changes);
    return check_end();
}
