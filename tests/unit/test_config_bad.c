/* What config.json may not say, and the line each gets. */
#include "model/config_json.h"

#include "check.h"

#include <stdlib.h>

static struct err err;

/* A good one, to which keys are added. */
#define WITH(more)                                                                                 \
    "{\"hidden_size\":64,\"intermediate_size\":96,\"num_hidden_layers\":4,\"vocab_size\":100,"     \
    "\"max_position_embeddings\":128,\"rms_norm_eps\":1e-6" more "}"
#define HEADS ",\"num_attention_heads\":4"
#define LLAMA HEADS ",\"model_type\":\"llama\""
#define QWEN2 HEADS ",\"model_type\":\"qwen2\""
#define ROPE(type, more)                                                                           \
    WITH(LLAMA ",\"rope_scaling\":{\"rope_type\":\"" type "\",\"factor\":2" more "}")

static const struct {
    const char *json, *want;
} cases[] = {
    {"", "c:1: '[' or '{' expected near end of file"},
    {"[]", "c: not a JSON object"},
    {"{\"a\":1,\"a\":2}", "c:1: duplicate object key near '\"a\"'"},
    {"{\"a\":1}x", "c:1: end of file expected near 'x'"},
    {"{}", "c: 'model_type' is missing"},
    {"{\"model_type\":7}", "c: 'model_type' is not a string"},
    {"{\"model_type\":\"phi3\"}", "c: phi3 is not supported: llama, mistral, qwen2 and qwen3 are"},
    {"{\"model_type\":\"qwen3_moe\"}",
     "c: qwen3_moe is not supported: llama, mistral, qwen2 and qwen3 are"},
    {"{\"text_config\":[]}", "c: 'text_config' is not an object"},
    {WITH(LLAMA ",\"architectures\":[\"LlamaForSequenceClassification\"]"),
     "c: LlamaForSequenceClassification is not supported: LlamaForCausalLM is, for this "
     "'model_type'"},
    {WITH(LLAMA ",\"architectures\":[1]"), "c: 'architectures' holds no string"},
    {WITH(LLAMA ",\"architectures\":\"LlamaForCausalLM\""), "c: 'architectures' is not a list"},
    {WITH(LLAMA ",\"quantization_config\":{\"quant_method\":\"gptq\"}"),
     "c: quantised weights in this format are not supported: take the model's original weights, or "
     "a GGUF file"},
    {WITH(LLAMA ",\"num_local_experts\":8"),
     "c: 'num_local_experts' is 8: mixtures of experts are not supported"},
    {WITH(LLAMA ",\"hidden_act\":\"gelu\""), "c: 'hidden_act' is gelu: only silu is supported"},
    {WITH(LLAMA ",\"partial_rotary_factor\":0.5"),
     "c: 'partial_rotary_factor' is 0.5: only 1 is supported"},
    {WITH(LLAMA ",\"rope_interleaved\":true"),
     "c: 'rope_interleaved' is true, which is not supported"},
    {WITH(",\"model_type\":\"llama\""), "c: 'num_attention_heads' is missing"},
    {WITH(",\"model_type\":\"llama\",\"num_attention_heads\":0"),
     "c: 'num_attention_heads' is 0, not from 1 to 16384"},
    {WITH(",\"model_type\":\"llama\",\"num_attention_heads\":-4"),
     "c: 'num_attention_heads' is not a whole number from 0"},
    {WITH(",\"model_type\":\"llama\",\"num_attention_heads\":4.0"),
     "c: 'num_attention_heads' is not a whole number from 0"},
    {"{\"model_type\":\"llama\",\"num_hidden_layers\":513}",
     "c: 'num_hidden_layers' is 513, not from 1 to 512"},
    {"{\"model_type\":\"llama\",\"num_hidden_layers\":1,\"hidden_size\":1048577}",
     "c: 'hidden_size' is 1048577, not from 1 to 1048576"},
    {WITH(LLAMA ",\"num_key_value_heads\":3"),
     "c: 4 heads are no multiple of 3 key and value heads"},
    {WITH(",\"model_type\":\"llama\",\"num_attention_heads\":512,\"num_key_value_heads\":1"),
     "c: more than 256 heads share a key and value head"},
    {WITH(",\"model_type\":\"llama\",\"num_attention_heads\":5"),
     "c: 64 dimensions do not divide into 5 heads"},
    {WITH(LLAMA ",\"head_dim\":7"),
     "c: a head of 7 dimensions cannot be turned: they come in pairs"},
    {WITH(",\"model_type\":\"llama\",\"num_attention_heads\":16384,\"head_dim\":4096"),
     "c: 16384 heads of 4096 dimensions are too many"},
    {"{\"model_type\":\"llama\",\"hidden_size\":4098,\"intermediate_size\":96,\"num_hidden_"
     "layers\":"
     "4,\"vocab_size\":100,\"max_position_embeddings\":128,\"rms_norm_eps\":1e-6,"
     "\"num_attention_heads\":1}",
     "c: heads of 4098 dimensions have more than 4096"},
    {WITH(LLAMA ",\"head_dim\":4098"), "c: 'head_dim' is 4098, not from 1 to 4096"},
    {"{\"model_type\":\"llama\",\"hidden_size\":64,\"intermediate_size\":96,\"num_hidden_layers\":"
     "4,"
     "\"vocab_size\":100,\"max_position_embeddings\":128" HEADS "}",
     "c: 'rms_norm_eps' is missing"},
    {"{\"model_type\":\"llama\",\"hidden_size\":64,\"intermediate_size\":96,\"num_hidden_layers\":"
     "4,"
     "\"vocab_size\":100,\"max_position_embeddings\":128,\"rms_norm_eps\":0" HEADS "}",
     "c: a norm's epsilon of 0 is not supported"},
    {WITH(LLAMA ",\"tie_word_embeddings\":1"), "c: 'tie_word_embeddings' is not true or false"},
    {WITH(QWEN2), "c: 'rope_theta' is missing"},
    {WITH(QWEN2 ",\"rope_parameters\":{}"), "c: 'rope_theta' is missing"},
    {WITH(LLAMA ",\"rope_parameters\":{\"rope_type\":\"default\"}"), "c: 'rope_theta' is missing"},
    {WITH(LLAMA ",\"rope_theta\":1"), "c: a RoPE base of 1 is not supported"},
    {WITH(LLAMA ",\"rope_theta\":\"1\""), "c: 'rope_theta' is not a number"},
    {WITH(LLAMA ",\"rope_theta\":5,\"rope_parameters\":{\"rope_theta\":6}"),
     "c: 'rope_theta' is 5, but in 'rope_parameters' 6"},
    {WITH(LLAMA ",\"rope_parameters\":{\"full_attention\":{}}"),
     "c: 'rope_parameters' differs from layer to layer, which is not supported"},
    {ROPE("longrope", ""), "c: 'rope_scaling.rope_type' is longrope, which is not supported: "
                           "default, linear, dynamic, llama3 and yarn are"},
    {WITH(LLAMA ",\"rope_scaling\":{\"type\":\"su\"}"),
     "c: 'rope_scaling.type' is su, which is not supported: default, linear, dynamic, llama3 and "
     "yarn are"},
    {WITH(LLAMA ",\"rope_scaling\":{\"type\":\"linear\"}"), "c: 'rope_scaling.factor' is missing"},
    {WITH(LLAMA ",\"rope_scaling\":{\"type\":\"linear\",\"factor\":0.5}"),
     "c: a RoPE factor of 0.5 is not from 1 to 1000000"},
    {ROPE("llama3", ""), "c: 'rope_scaling.low_freq_factor' is missing"},
    {ROPE("llama3", ",\"low_freq_factor\":4,\"high_freq_factor\":4,"
                    "\"original_max_position_embeddings\":8"),
     "c: RoPE frequency factors from 4 to 4 are not supported"},
    {ROPE("llama3", ",\"low_freq_factor\":1,\"high_freq_factor\":4,"
                    "\"original_max_position_embeddings\":0"),
     "c: an original length of 0 positions is not supported"},
    {ROPE("yarn", ",\"mscale\":1"), "c: 'rope_scaling.mscale' is not supported"},
    {ROPE("yarn", ",\"truncate\":false"),
     "c: 'rope_scaling.truncate' is false, which is not supported"},
    {ROPE("yarn", ",\"beta_fast\":1"), "c: RoPE turns from 1 to 1 are not supported"},
    {ROPE("yarn", ",\"attention_factor\":0"), "c: a RoPE amplitude of 0 is not supported"},
    {WITH(QWEN2 ",\"rope_theta\":1e6,\"layer_types\":[\"full_attention\"]"),
     "c: 'layer_types' holds 1 words for 4 layers"},
    {WITH(QWEN2
          ",\"rope_theta\":1e6,\"layer_types\":[\"full_attention\",\"linear_attention\",1,2]"),
     "c: 'layer_types' holds linear_attention: full_attention and sliding_attention are supported"},
    {WITH(QWEN2 ",\"rope_theta\":1e6,\"use_sliding_window\":true,\"max_window_layers\":2"),
     "c: layer 2 has a sliding window, but its width is not given"},
    {WITH(QWEN2 ",\"rope_theta\":1e6,\"use_sliding_window\":true,\"sliding_window\":3000000000"),
     "c: 'sliding_window' is too large"},
    {WITH(LLAMA ",\"eos_token_id\":\"</s>\""),
     "c: 'eos_token_id' is not a token's number or a short list of them"},
    {WITH(LLAMA ",\"eos_token_id\":[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16]"),
     "c: 'eos_token_id' is not a token's number or a short list of them"},
    {WITH(LLAMA ",\"bos_token_id\":[1,2]"), "c: 'bos_token_id' is not a token's number"},
    {WITH(LLAMA ",\"pad_token_id\":100"), "c: the pad token is number 100 of 100"},
    {WITH(LLAMA ",\"torch_dtype\":\"a name that is far too long\""),
     "c: 'dtype' is no name of a number format"},
};

TEST(refused)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct config config;

        if (!check_claim(!config_from_json(&config, text_of(cases[i].json), "c", &err), __FILE__,
                         __LINE__, "%s was taken", cases[i].json))
            continue;
        CHECK_TEXT(err.text, cases[i].want);
    }
}

TEST(too_deep_and_too_long)
{
    struct buffer text = {0};
    struct config config;

    buffer_text(&text, "{\"a\":");
    for (int i = 0; i < 64; i++) buffer_byte(&text, '[');
    CHECK(!config_from_json(&config, (struct text){text.at, text.len}, "c", &err));
    CHECK_TEXT(err.text, "c: nested more than 64 deep");
    while (text.len <= 4 << 20) buffer_byte(&text, ' ');
    CHECK(!config_from_json(&config, (struct text){text.at, text.len}, "c", &err));
    CHECK_TEXT(err.text, "c: larger than 4194304 bytes");
    buffer_release(&text);
}

int main(void)
{
    RUN(refused);
    RUN(too_deep_and_too_long);
    return check_end();
}
