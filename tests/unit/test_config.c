/* config.json of every family and generation, and what is in it when it is read. */
#include "model/config_json.h"

#include "check.h"
#include "unit/files.h"

#include <stdlib.h>

static struct err err;

static bool read_golden(const char *name, struct config *config)
{
    char path[512];
    const char *root = getenv("SRC");
    char *text;
    bool good;

    snprintf(path, sizeof path, "%s/tests/golden/models/configs/%s.json", root ? root : ".", name);
    text = files_read(path, NULL);
    *config = (struct config){.family = FAMILY_LLAMA};
    good = CHECK(text != NULL) && config_from_json(config, text_of(text), path, &err);
    mem_free(text);
    return check_claim(good, __FILE__, __LINE__, "%s: %s", name, err.text);
}

TEST(sizes_of_all_families)
{
    static const struct {
        const char *name;
        enum family family;
        uint32_t layers, hidden, feed, heads, kv_heads, head_dim, vocabulary, positions;
        double eps, base;
        enum rope_kind kind;
        bool tied, bias, norm;
        const char *dtype;
    } cases[] = {
        {"llama", FAMILY_LLAMA, 2, 64, 128, 4, 2, 16, 512, 512, 1e-5, 5e5, ROPE_LLAMA3, false,
         false, false, "float32"},
        {"mistral", FAMILY_MISTRAL, 2, 64, 128, 4, 2, 16, 512, 512, 1e-5, 1e4, ROPE_PLAIN, false,
         false, false, "float32"},
        {"mistral-sw8", FAMILY_MISTRAL, 2, 64, 96, 4, 1, 16, 512, 512, 1e-5, 1e4, ROPE_PLAIN, false,
         false, false, "float32"},
        {"qwen2", FAMILY_QWEN2, 3, 64, 128, 4, 2, 16, 512, 512, 1e-6, 1e6, ROPE_PLAIN, true, true,
         false, "float32"},
        {"qwen2-bf16", FAMILY_QWEN2, 3, 64, 128, 4, 2, 16, 512, 512, 1e-6, 1e6, ROPE_PLAIN, true,
         true, false, "bfloat16"},
        {"qwen3", FAMILY_QWEN3, 2, 64, 96, 4, 2, 32, 512, 512, 1e-6, 1e6, ROPE_PLAIN, true, false,
         true, "float32"},
        {"smollm", FAMILY_LLAMA, 2, 48, 96, 3, 1, 16, 512, 512, 1e-5, 1e5, ROPE_PLAIN, true, false,
         false, "float32"},
        {"smollm2-135m", FAMILY_LLAMA, 30, 576, 1536, 9, 3, 64, 49152, 8192, 1e-5, 1e5, ROPE_PLAIN,
         true, false, false, "bfloat16"},
        {"tiny-llama3", FAMILY_LLAMA, 2, 256, 512, 4, 2, 64, 288, 512, 1e-6, 5e5, ROPE_LLAMA3,
         false, false, false, "bfloat16"},
        {"tiny-qwen2", FAMILY_QWEN2, 2, 256, 512, 4, 2, 64, 288, 512, 1e-6, 1e6, ROPE_PLAIN, true,
         true, false, "bfloat16"},
        {"tiny-qwen3", FAMILY_QWEN3, 2, 256, 512, 4, 2, 64, 288, 512, 1e-6, 1e6, ROPE_PLAIN, true,
         false, true, "bfloat16"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct config config;

        if (!read_golden(cases[i].name, &config)) continue;
        CHECK_INT(config.family, cases[i].family);
        CHECK_INT(config.layers, cases[i].layers);
        CHECK_INT(config.hidden, cases[i].hidden);
        CHECK_INT(config.feed, cases[i].feed);
        CHECK_INT(config.heads, cases[i].heads);
        CHECK_INT(config.kv_heads, cases[i].kv_heads);
        CHECK_INT(config.head_dim, cases[i].head_dim);
        CHECK_INT(config.vocabulary, cases[i].vocabulary);
        CHECK_INT(config.positions, cases[i].positions);
        CHECK_NEAR((double)config.eps, cases[i].eps, 1e-12);
        CHECK_NEAR(config.rope.base, cases[i].base, 0);
        CHECK_INT(config.rope.kind, cases[i].kind);
        CHECK(config.tied == cases[i].tied && config.qkv_bias == cases[i].bias);
        CHECK(config.qk_norm == cases[i].norm && !config.output_bias && !config.feed_bias);
        CHECK_TEXT(config.dtype, cases[i].dtype);
    }
}

TEST(scaling_parameters)
{
    struct config config;

    if (!read_golden("llama", &config)) return;
    CHECK_NEAR(config.rope.factor, 8, 0);
    CHECK_NEAR(config.rope.low, 1, 0);
    CHECK_NEAR(config.rope.high, 4, 0);
    CHECK_NEAR(config.rope.original, 64, 0);
}

TEST(windows)
{
    struct config config;

    if (read_golden("mistral-sw8", &config))
        CHECK(config_window(&config, 0) == 8 && config_window(&config, 1) == 8);
    if (read_golden("qwen2", &config)) CHECK(config_window(&config, 0) == 0);
}

TEST(ids_and_generation)
{
    struct config config;

    if (!read_golden("smollm2-135m", &config)) return;
    CHECK(config.bos == 1 && config.pad == 2 && config.eos_count == 1 && config.eos[0] == 2);
    CHECK(config_add_generation(&config, TEXT("{\"eos_token_id\":[7,5,7],\"pad_token_id\":null}"),
                                "g", &err));
    CHECK(config.bos == 1 && config.pad == 2 && config.eos_count == 2);
    CHECK(config.eos[0] == 7 && config.eos[1] == 5);
    CHECK(
        config_add_generation(&config, TEXT("{\"eos_token_id\":9,\"bos_token_id\":8}"), "g", &err));
    CHECK(config.bos == 8 && config.eos_count == 1 && config.eos[0] == 9);
    CHECK(!config_add_generation(&config, TEXT("{\"eos_token_id\":[1,49152]}"), "g", &err));
    CHECK_TEXT(err.text, "g: the eos token is number 49152 of 49152");
}

#define SIZES                                                                                      \
    "\"hidden_size\":64,\"intermediate_size\":96,\"num_hidden_layers\":4,"                         \
    "\"num_attention_heads\":4,\"vocab_size\":100,\"max_position_embeddings\":128,"                \
    "\"rms_norm_eps\":1e-6"

static bool read_text(const char *json, struct config *config)
{
    return check_claim(config_from_json(config, text_of(json), "c", &err), __FILE__, __LINE__,
                       "%s: %s", json, err.text);
}

TEST(sliding_from_a_layer_on)
{
    struct config config;

    if (read_text("{\"model_type\":\"qwen2\",\"rope_theta\":1e6,\"use_sliding_window\":true,"
                  "\"sliding_window\":16,\"max_window_layers\":3," SIZES "}",
                  &config))
        CHECK(config_window(&config, 2) == 0 && config_window(&config, 3) == 16);
    if (read_text("{\"model_type\":\"qwen3\",\"rope_theta\":1e6,\"use_sliding_window\":false,"
                  "\"sliding_window\":16,\"max_window_layers\":0," SIZES "}",
                  &config))
        CHECK(config_window(&config, 3) == 0);
    if (read_text("{\"model_type\":\"qwen3\",\"rope_theta\":1e6,\"use_sliding_window\":true,"
                  "\"sliding_window\":16,\"layer_types\":[\"full_attention\",\"sliding_attention\","
                  "\"full_attention\",\"sliding_attention\"]," SIZES "}",
                  &config))
        CHECK(config_window(&config, 0) == 0 && config_window(&config, 1) == 16 &&
              config_window(&config, 2) == 0 && config_window(&config, 3) == 16);
    if (read_text("{\"model_type\":\"mistral\",\"rope_theta\":1e6,\"sliding_window\":null," SIZES
                  "}",
                  &config))
        CHECK(config_window(&config, 0) == 0);
    if (read_text("{\"model_type\":\"llama\",\"sliding_window\":16," SIZES "}", &config))
        CHECK(config_window(&config, 0) == 0);
}

TEST(what_may_be_left_out)
{
    struct config config;

    if (!read_text("{\"model_type\":\"llama\"," SIZES ",\"head_dim\":null,\"pad_token_id\":-1}",
                   &config))
        return;
    CHECK(config.kv_heads == 4 && config.head_dim == 16 && !config.tied);
    CHECK(config.bos == CONFIG_NO_ID && config.pad == CONFIG_NO_ID && config.eos_count == 0);
    CHECK_NEAR(config.rope.base, 10000, 0);
    CHECK_TEXT(config.dtype, "");
}

TEST(biases_by_family)
{
    struct config config;

    if (read_text("{\"model_type\":\"llama\",\"attention_bias\":true,\"mlp_bias\":true," SIZES "}",
                  &config))
        CHECK(config.qkv_bias && config.output_bias && config.feed_bias);
    if (read_text("{\"model_type\":\"mistral\",\"rope_theta\":1e4,\"attention_bias\":true," SIZES
                  "}",
                  &config))
        CHECK(!config.qkv_bias && !config.output_bias && !config.feed_bias);
    if (read_text("{\"model_type\":\"qwen3\",\"rope_theta\":1e4,\"attention_bias\":true," SIZES "}",
                  &config))
        CHECK(config.qkv_bias && config.output_bias && config.qk_norm);
}

TEST(text_config)
{
    struct config config;

    if (read_text("{\"model_type\":\"llava\",\"architectures\":[\"X\"],\"text_config\":{"
                  "\"model_type\":\"llama\",\"torch_dtype\":\"torch.float16\"," SIZES "}}",
                  &config)) {
        CHECK(config.family == FAMILY_LLAMA && config.hidden == 64);
        CHECK_TEXT(config.dtype, "float16");
    }
    CHECK(!config_from_json(
        &config,
        TEXT("{\"model_type\":\"gemma3\",\"text_config\":{\"model_type\":\"gemma3_text\"}}"), "c",
        &err));
    CHECK_TEXT(err.text, "c: gemma3_text is not supported: llama, mistral, qwen2 and qwen3 are");
}

int main(void)
{
    RUN(sizes_of_all_families);
    RUN(scaling_parameters);
    RUN(windows);
    RUN(ids_and_generation);
    RUN(sliding_from_a_layer_on);
    RUN(what_may_be_left_out);
    RUN(biases_by_family);
    RUN(text_config);
    return check_end();
}
