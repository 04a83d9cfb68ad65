/* Adapters in the layouts of PEFT as what they do to each weight, and those that are refused. */
#include "fold/patches.h"

#include "check.h"
#include "unit/adapters.h"
#include "unit/files.h"
#include "unit/folded.h"
#include "unit/weights.h"

static struct err err;
static struct config config;
static int made;

#define LAYER "base_model.model.model.layers.1."
#define KEY(name) "base_model.model." name
#define K_PROJ                                                                                     \
    ENTRY(LAYER "self_attn.k_proj.lora_A.weight", "F32", "2,64", "0,512")                          \
    "," ENTRY(LAYER "self_attn.k_proj.lora_B.weight", "F32", "32,2", "512,768")
#define CONFIG(more)                                                                               \
    "{\"peft_type\": \"LORA\", \"r\": 2, \"target_modules\": [\"k_proj\"],"                        \
    "\"layers_to_transform\": [1]" more "}"

static const char *folder(const char *adapter_config, const char *header, size_t data)
{
    static char name[40], file[80];

    snprintf(name, sizeof name, "case-%d", made++);
    snprintf(file, sizeof file, "%s/adapter_config.json", name);
    files_text(file, adapter_config);
    snprintf(file, sizeof file, "%s/adapter_model.safetensors", name);
    if (header) weights_file(file, header, data);
    return files_path(name);
}

/* want without the folder. */
static void refused_as(const char *path, double weight, const char *want)
{
    struct patches patches;
    const size_t len = strlen(path);

    CHECK(!patches_open(&patches, &config, path, weight, &err));
    CHECK_TEXT(strncmp(err.text, path, len) == 0 ? err.text + len : err.text, want);
}

static void refused(const char *adapter_config, const char *header, size_t data, const char *want)
{
    refused_as(folder(adapter_config, header, data), 1, want);
}

#define FILE_NAME "/adapter_model.safetensors: "
#define CONFIG_NAME "/adapter_config.json: "

TEST(a_good_one)
{
    struct patches patches;
    const struct patch *patch;

    if (!CHECK(patches_open(&patches, &config, folder(CONFIG(""), "{" K_PROJ "}", 768), 0.5, &err)))
        return;
    patch = patches_at(&patches, WEIGHT_K, 1);
    CHECK(patch->a && patch->b && !patch->whole && !patch->magnitude && !patch->addend);
    CHECK(patch->scale == 2.0F); /* alpha 8 over rank 2, half of it */
    CHECK(patch_is_empty(patches_at(&patches, WEIGHT_K, 0)));
    CHECK(patch_is_empty(patches_at(&patches, WEIGHT_EMBEDDING, 1)));
    patches_close(&patches);
}

TEST(files_that_are_missing)
{
    refused_as(files_path("nowhere"), 1, ": No such file or directory");
    refused(CONFIG(""), NULL, 0, ": there is no 'adapter_model.safetensors'");
    files_text("none/x", "");
    refused_as(files_path("none"), 1, ": there is no 'adapter_config.json': this is no adapter");
}

TEST(what_is_not_implemented)
{
    static const char *const keys[] = {
        "alora_invocation_tokens", "arrow_config", "kasa_config", "layer_replication",
        "monteclora_config",       "use_bdlora",   "use_qalora",  "target_parameters",
        "trainable_token_indices", "velora_config"};
    char json[300], want[120];

    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        snprintf(json, sizeof json, CONFIG(", \"%s\": [1]"), keys[i]);
        snprintf(want, sizeof want, CONFIG_NAME "'%s' is set: it is not implemented", keys[i]);
        refused(json, "{" K_PROJ "}", 768, want);
    }
    refused("{\"peft_type\": \"LOHA\"}", NULL, 0,
            CONFIG_NAME "'peft_type' is 'LOHA': only LORA is implemented");
    refused(CONFIG(", \"init_lora_weights\": \"pissa_niter_4\""), NULL, 0,
            CONFIG_NAME "'init_lora_weights' is 'pissa_niter_4', which changes the base model: "
                        "convert it to a plain adapter first");
}

TEST(targets)
{
    refused("{\"peft_type\": \"LORA\", \"target_modules\": [\"c_attn\"]}", "{}", 0,
            CONFIG_NAME "'target_modules' names no module of this model");
    refused("{\"peft_type\": \"LORA\", \"target_modules\": [\"norm\"]}", "{}", 0,
            CONFIG_NAME "'model.norm' is a target: only the linear layers within the model's "
                        "layers can have an adapter");
    refused("{\"peft_type\": \"LORA\", \"target_modules\": [\"k_proj\"], \"r\": 0}", "{}", 0,
            CONFIG_NAME "a rank of 0 for 'model.layers.0.self_attn.k_proj' is not from 1 to 65536");
}

TEST(tensors_that_do_not_fit)
{
    refused(CONFIG(""), "{}", 0,
            FILE_NAME "there is no A for 'model.layers.1.self_attn.k_proj.weight'");
    refused(CONFIG(""),
            "{" ENTRY(LAYER "self_attn.k_proj.lora_A.weight", "F32", "2,64", "0,512") "}", 512,
            FILE_NAME "there is no B for 'model.layers.1.self_attn.k_proj.weight'");
    refused(CONFIG(", \"rank_pattern\": {\"k_proj\": 3}"), "{" K_PROJ "}", 768,
            FILE_NAME "'" LAYER "self_attn.k_proj.lora_A.weight' is not [3, 64], as the model and "
                      "'adapter_config.json' say");
    refused(CONFIG(""),
            "{" K_PROJ "," ENTRY(LAYER "self_attn.q_proj.lora_A.weight", "F32", "1", "768,772") "}",
            772,
            FILE_NAME "'" LAYER "self_attn.q_proj.lora_A.weight' is there, but 'target_modules' "
                      "does not say so");
    refused(CONFIG(""), "{" K_PROJ "," ENTRY("more", "F32", "1", "768,772") "}", 772,
            FILE_NAME "'more' is nothing that can be folded into this model");
    refused(
        CONFIG(""),
        "{" K_PROJ
        "," ENTRY(KEY("model.layers.9.self_attn.q_proj.lora_A.weight"), "F32", "1", "768,772") "}",
        772,
        FILE_NAME
        "'" KEY("model.layers.9.self_attn.q_proj.lora_A.weight") "' is nothing that "
                                                                 "can be folded into this model");
    refused(CONFIG(""),
            "{" K_PROJ "," ENTRY(KEY("model.norm.lora_A.weight"), "F32", "1", "768,772") "}", 772,
            FILE_NAME "'" KEY("model.norm.lora_A.weight") "' is nothing that can be folded into "
                                                          "this model");
    refused(CONFIG(""),
            "{" ENTRY(LAYER "self_attn.k_proj.lora_A.weight", "I8", "2,64", "0,128") "}", 128,
            FILE_NAME "'" LAYER "self_attn.k_proj.lora_A.weight' is I8, not F32, F16 or BF16");
}

TEST(forms_that_do_not_agree)
{
    refused(CONFIG(""), "{" K_PROJ "," ENTRY(KEY("model.norm.weight"), "F32", "64", "768,1024") "}",
            1024,
            FILE_NAME "'" KEY("model.norm.weight") "' is there, but 'modules_to_save' does not "
                                                   "name it");
    refused(CONFIG(", \"modules_to_save\": [\"lm_head\"]"), "{" K_PROJ "}", 768,
            FILE_NAME "there is no tensor, which 'modules_to_save' promises, for 'lm_head.weight'");
    refused(CONFIG(", \"modules_to_save\": [\"norm\"], \"rank_pattern\": {}"),
            "{" K_PROJ "," ENTRY(KEY("model.norm.weight"), "F32", "64", "768,1024") "}", 1024,
            FILE_NAME "there is no tensor, which 'modules_to_save' promises, for "
                      "'model.layers.0.input_layernorm.weight'");
    refused(CONFIG(", \"use_dora\": true"), "{" K_PROJ "}", 768,
            FILE_NAME "there is no magnitude for 'model.layers.1.self_attn.k_proj.weight'");
    refused(CONFIG(""),
            "{" K_PROJ
            "," ENTRY(LAYER "self_attn.k_proj.lora_magnitude_vector", "F32", "32", "768,896") "}",
            896,
            FILE_NAME "'" LAYER "self_attn.k_proj.lora_magnitude_vector' is there, but 'use_dora' "
                      "does not say so");
    refused(CONFIG(", \"lora_bias\": true"), "{" K_PROJ "}", 768,
            FILE_NAME "'lora_bias' cannot be folded: 'model.layers.1.self_attn.k_proj' of the "
                      "model has no bias");
}

TEST(parts_of_what_has_none)
{
    const char *path = folder(CONFIG(", \"use_dora\": true"), "{" K_PROJ "}", 768);

    refused_as(path, 0.5, FILE_NAME "an adapter with 'use_dora' has no part of 0.5");
    refused_as(folded_golden("merge/modules-to-save"), 2,
               FILE_NAME "'" KEY("lm_head.weight") "' stands in the place of a weight: such an "
                                                   "adapter has no part of 2");
}

TEST(biases)
{
    config = adapters_model("qwen2");
    refused(CONFIG(", \"lora_bias\": true"), "{" K_PROJ "}", 768,
            FILE_NAME "there is no bias of B for 'model.layers.1.self_attn.k_proj.bias'");
    refused(CONFIG(""),
            "{" K_PROJ "," ENTRY(LAYER "self_attn.k_proj.lora_B.bias", "F32", "32", "768,896") "}",
            896,
            FILE_NAME "'" LAYER "self_attn.k_proj.lora_B.bias' is there, but 'lora_bias' does not "
                      "say so");
    refused(CONFIG(", \"bias\": \"lora_only\""),
            "{" K_PROJ "," ENTRY(LAYER "self_attn.q_proj.bias", "F32", "64", "768,1024") "}", 1024,
            FILE_NAME "'" LAYER "self_attn.q_proj.bias' is there, but 'bias' does not say so");
    refused(CONFIG(", \"bias\": \"lora_only\""),
            "{" K_PROJ "," ENTRY(LAYER "self_attn.k_proj.bias", "F32", "31", "768,892") "}", 892,
            FILE_NAME "'" LAYER "self_attn.k_proj.bias' is not [32], as the model and "
                      "'adapter_config.json' say");
    refused(CONFIG(", \"bias\": \"all\""),
            "{" K_PROJ "," ENTRY(LAYER "self_attn.k_proj.bias", "F32", "32", "768,896") "," ENTRY(
                LAYER "self_attn.k_proj.base_layer.bias", "F32", "32", "896,1024") "}",
            1024,
            FILE_NAME "'" LAYER "self_attn.k_proj.bias' and '" LAYER
                      "self_attn.k_proj.base_layer.bias' are the same");
    config = adapters_model("llama");
}

/* PEFT writes the same file where the base has none. */
TEST(biases_that_are_missing)
{
    const char *lora_only = folder(CONFIG(", \"bias\": \"lora_only\""), "{" K_PROJ "}", 768);
    const char *all = folder(CONFIG(", \"bias\": \"all\""), "{" K_PROJ "}", 768);
    struct patches patches;

    config = adapters_model("qwen2");
    refused_as(lora_only, 1,
               FILE_NAME "there is no tensor, which 'bias' promises, for "
                         "'model.layers.1.self_attn.k_proj.bias'");
    refused_as(all, 1,
               FILE_NAME "there is no tensor, which 'bias' promises, for "
                         "'model.layers.0.self_attn.q_proj.bias'");
    config = adapters_model("llama");
    if (CHECK(patches_open(&patches, &config, lora_only, 1, &err))) patches_close(&patches);
    if (CHECK(patches_open(&patches, &config, all, 1, &err))) patches_close(&patches);
}

TEST(saved_modules)
{
    struct adapter_options options;

    adapter_options_init(&options);
    name_list_add(&options.saved, "norm");
    name_list_add(&options.saved, "layers.0.mlp");
    CHECK(patches_saved(&options, "model.norm.weight"));
    CHECK(patches_saved(&options, "model.layers.3.input_layernorm.weight"));
    CHECK(patches_saved(&options, "model.layers.0.mlp.up_proj.weight"));
    CHECK(!patches_saved(&options, "model.layers.1.mlp.up_proj.weight"));
    CHECK(!patches_saved(&options, "lm_head.weight"));
    adapter_options_release(&options);
}

int main(void)
{
    config = adapters_model("llama");
    RUN(a_good_one);
    RUN(files_that_are_missing);
    RUN(what_is_not_implemented);
    RUN(targets);
    RUN(tensors_that_do_not_fit);
    RUN(forms_that_do_not_agree);
    RUN(parts_of_what_has_none);
    RUN(biases);
    RUN(biases_that_are_missing);
    RUN(saved_modules);
    return check_end();
}
