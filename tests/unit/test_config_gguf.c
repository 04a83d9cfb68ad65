/* What a GGUF file says of its model, and what it may not say. */
#include "model/config_gguf.h"

#include "check.h"
#include "unit/gguf_file.h"

static struct err err;

/* Keys of the one type each: u32 is 4, f32 is 6, text is 8. */
#define TEXT_KEY(key, value) " '" key "' 4:8 '" value "'"
#define U32(key, value) " '" key "' 4:4 4:" #value
#define F32(key, bits) " '" key "' 4:6 4:" bits

#define ONE "0x3f800000"
#define TWO "0x40000000"
#define EPS "0x3727c5ac" /* 1e-5 */

#define SIZES(arch)                                                                                \
    U32(arch ".block_count", 2)                                                                    \
    U32(arch ".embedding_length", 8)                                                               \
    U32(arch ".feed_forward_length", 12)                                                           \
    U32(arch ".attention.head_count", 2) U32(arch ".context_length", 64)
#define GOOD(arch) TEXT_KEY("general.architecture", arch) SIZES(arch)
#define NORM(arch) F32(arch ".attention.layer_norm_rms_epsilon", EPS)
#define EMBEDDING " 'token_embd.weight' 4:2 8:8 8:5 4:0 8:0"

/* The config of a file of so many keys and tensors, the first of which is the embedding. */
static bool read(struct config *config, int keys, const char *spec, int tensors, const char *more)
{
    struct buffer text = {0};
    struct mapped file;
    struct gguf gguf;
    bool good;

    *config = (struct config){.family = FAMILY_LLAMA};
    buffer_format(&text, "GGUF 4:3 8:%d 8:%d %s %s %s pad:32 zeros:512", tensors, keys, spec,
                  tensors ? EMBEDDING : "", more);
    buffer_byte(&text, '\0');
    file = gguf_file_of(text.at);
    good = CHECK(gguf_parse(&gguf, &file, &err)) && config_from_gguf(config, &gguf, &err);
    if (gguf.pairs) gguf_release(&gguf);
    gguf_file_release(&file);
    buffer_release(&text);
    return good;
}

TEST(all_that_is_needed)
{
    struct config config;

    if (!CHECK(read(&config, 7, GOOD("llama") NORM("llama"), 1, ""))) return;
    CHECK(config.family == FAMILY_LLAMA && config.layers == 2 && config.hidden == 8);
    CHECK(config.feed == 12 && config.heads == 2 && config.kv_heads == 2 && config.head_dim == 4);
    CHECK(config.vocabulary == 5 && config.positions == 64 && config.tied && !config.qkv_bias);
    CHECK(config.eps == 1e-5F && config.rope.base == 10000 && config.rope.kind == ROPE_PLAIN);
    CHECK(config.bos == CONFIG_NO_ID && config.pad == CONFIG_NO_ID && config.eos_count == 0);
    CHECK_TEXT(config.dtype, "F32");
}

TEST(tokens)
{
    struct config config;

    if (!CHECK(read(&config, 12,
                    GOOD("qwen3") NORM("qwen3") U32("tokenizer.ggml.bos_token_id", 0)
                        U32("tokenizer.ggml.eos_token_id", 1) U32("tokenizer.ggml.eot_token_id", 2)
                            U32("tokenizer.ggml.eom_token_id", 1)
                                U32("tokenizer.ggml.padding_token_id", 4),
                    1, "")))
        return;
    CHECK(config.qk_norm && config.bos == 0 && config.pad == 4 && config.eos_count == 2);
    CHECK(config.eos[0] == 1 && config.eos[1] == 2);
}

TEST(scaling)
{
    struct config config;

    if (CHECK(read(&config, 9,
                   GOOD("qwen2") NORM("qwen2") TEXT_KEY("qwen2.rope.scaling.type", "linear")
                       F32("qwen2.rope.scaling.factor", TWO),
                   1, "")))
        CHECK(config.rope.kind == ROPE_LINEAR && config.rope.factor == 2);
    if (CHECK(read(&config, 11,
                   GOOD("qwen2") NORM("qwen2") TEXT_KEY("qwen2.rope.scaling.type", "yarn")
                       F32("qwen2.rope.scaling.factor", TWO)
                           U32("qwen2.rope.scaling.original_context_length", 32)
                               F32("qwen2.rope.scaling.attn_factor", TWO),
                   1, ""))) {
        CHECK(config.rope.kind == ROPE_YARN && config.rope.original == 32);
        CHECK(config.rope.fast == 32 && config.rope.slow == 1);
        CHECK_NEAR(config.rope.amplitude, 2 * (0.1 * 0.69314718055994531 + 1), 1e-12);
    }
    if (CHECK(read(&config, 11,
                   GOOD("qwen2") NORM("qwen2") TEXT_KEY("qwen2.rope.scaling.type", "yarn")
                       F32("qwen2.rope.scaling.factor", TWO)
                           U32("qwen2.rope.scaling.original_context_length", 32)
                               F32("qwen2.rope.scaling.yarn_attn_factor", ONE),
                   1, "")))
        CHECK_NEAR(config.rope.amplitude, 1, 1e-12);
}

TEST(window)
{
    struct config config;

    if (CHECK(read(&config, 8, GOOD("llama") NORM("llama") U32("llama.attention.sliding_window", 7),
                   1, "")))
        CHECK(config_window(&config, 0) == 7 && config_window(&config, 1) == 7);
}

static const struct {
    int keys;
    const char *spec;
    int tensors;
    const char *more, *want;
} cases[] = {
    {0, "", 1, "", "there is no 'general.architecture'"},
    {1, TEXT_KEY("general.architecture", "phi3"), 1, "",
     "phi3 is not supported: llama, qwen2 and qwen3 are"},
    {1, TEXT_KEY("general.architecture", "mistral"), 1, "",
     "mistral is not supported: llama, qwen2 and qwen3 are"},
    {2, TEXT_KEY("general.architecture", "llama") TEXT_KEY("general.type", "adapter"), 1, "",
     "not a model, but of the type 'adapter'"},
    {2, TEXT_KEY("general.architecture", "llama") " 'split.count' 4:2 1:3 1:0", 1, "",
     "one of 3 parts: join them with 'llama-gguf-split --merge'"},
    {1, TEXT_KEY("general.architecture", "llama"), 1, "", "there is no 'llama.block_count'"},
    {2, TEXT_KEY("general.architecture", "llama") U32("llama.block_count", 513), 1, "",
     "'llama.block_count' is 513, not from 1 to 512"},
    {2, TEXT_KEY("general.architecture", "llama") F32("llama.block_count", ONE), 1, "",
     "'llama.block_count' is f32, not u32"},
    {6, GOOD("llama"), 1, "", "there is no 'llama.attention.layer_norm_rms_epsilon'"},
    {7, GOOD("llama") NORM("llama"), 0, "", "there is no table 'token_embd.weight'"},
    {8, GOOD("llama") NORM("llama") U32("llama.vocab_size", 6), 1, "",
     "'llama.vocab_size' is 6, but the embedding has 5 rows"},
    {8, GOOD("llama") NORM("llama") U32("llama.expert_count", 8), 1, "",
     "mixtures of experts are not supported"},
    {8, GOOD("llama") NORM("llama") U32("llama.rope.dimension_count", 2), 1, "",
     "heads of 4 dimensions with values of 4, of which 2 are turned, are not supported"},
    {8, GOOD("llama") NORM("llama") U32("llama.attention.value_length", 8), 1, "",
     "heads of 4 dimensions with values of 8, of which 4 are turned, are not supported"},
    {8, GOOD("llama") NORM("llama") F32("llama.rope.scale_linear", TWO), 1, "",
     "'llama.rope.scale_linear' is not supported"},
    {8, GOOD("llama") NORM("llama") TEXT_KEY("llama.rope.scaling.type", "longrope"), 1, "",
     "RoPE scaling 'longrope' is not supported: none, linear and yarn are"},
    {8, GOOD("llama") NORM("llama") TEXT_KEY("llama.rope.scaling.type", "linear"), 1, "",
     "there is no 'llama.rope.scaling.factor'"},
    {9,
     GOOD("llama") NORM("llama") TEXT_KEY("llama.rope.scaling.type", "yarn")
         F32("llama.rope.scaling.factor", TWO),
     1, "", "there is no 'llama.rope.scaling.original_context_length'"},
    {11,
     GOOD("llama") NORM("llama") TEXT_KEY("llama.rope.scaling.type", "yarn")
         F32("llama.rope.scaling.factor", TWO) U32("llama.rope.scaling.original_context_length", 32)
             F32("llama.rope.scaling.yarn_ext_factor", TWO),
     1, "", "'llama.rope.scaling.yarn_ext_factor' is 2: only 1 is supported"},
    {8, GOOD("llama") NORM("llama") F32("llama.rope.freq_base", "0"), 1, "",
     "a RoPE base of 0 is not supported"},
    {7, GOOD("llama") NORM("llama"), 2, "'rope_freqs.weight' 4:1 8:3 4:0 8:160",
     "'rope_freqs.weight' is not 2 numbers in F32"},
    {7, GOOD("llama") NORM("llama"), 2, "'rope_freqs.weight' 4:1 8:2 4:0 8:160",
     "'rope_freqs.weight' holds 0"},
    {8, GOOD("qwen2") NORM("qwen2") U32("qwen2.attention.sliding_window", 7), 1, "",
     "'qwen2.attention.sliding_window' is not supported"},
    {8, GOOD("llama") NORM("llama") U32("tokenizer.ggml.eos_token_id", 5), 1, "",
     "the eos token is number 5 of 5"},
};

TEST(refused)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct config config;
        char want[256];

        snprintf(want, sizeof want, "x.gguf: %s", cases[i].want);
        CHECK(!read(&config, cases[i].keys, cases[i].spec, cases[i].tensors, cases[i].more));
        CHECK_TEXT(err.text, want);
    }
}

int main(void)
{
    RUN(all_that_is_needed);
    RUN(tokens);
    RUN(scaling);
    RUN(window);
    RUN(refused);
    return check_end();
}
