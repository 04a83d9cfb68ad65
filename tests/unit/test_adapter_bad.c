/* Folders that are no adapter of the model, each refused with what is wrong. */
#include "adapter/adapter.h"

#include "check.h"
#include "core/memory.h"
#include "unit/adapters.h"
#include "unit/files.h"
#include "unit/weights.h"

#include <stdint.h>

static struct err err;
static struct config config;
static int made;

#define LAYER_1 "base_model.model.model.layers.1."
#define A LAYER_1 "self_attn.k_proj.lora_A.weight"
#define B LAYER_1 "self_attn.k_proj.lora_B.weight"

static const char plain[] = "{\"peft_type\": \"LORA\", \"r\": 2, \"target_modules\": [\"k_proj\"],"
                            "\"layers_to_transform\": [1]}";

/* A folder with these two files; weights NULL: none. Returns its path. */
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

static void check_refused(const char *path, const char *want)
{
    struct adapter adapter;
    const size_t len = strlen(path);

    CHECK(!adapter_load(&adapter, &config, path, &err));
    CHECK_TEXT(strncmp(err.text, path, len) == 0 ? err.text + len : err.text, want);
}

static void check_weights(const char *header, size_t data, const char *want)
{
    check_refused(folder(plain, header, data), want);
}

TEST(files_that_are_missing)
{
    char path[300];

    CHECK(!adapter_load(&(struct adapter){0}, &config, files_path("nowhere"), &err));
    CHECK(strstr(err.text, "nowhere: No such file or directory") != NULL);
    files_text("empty/README.md", "x");
    check_refused(files_path("empty"), ": there is no 'adapter_config.json': this is no adapter");
    check_refused(folder(plain, NULL, 0), ": there is no 'adapter_model.safetensors'");
    snprintf(path, sizeof path, "case-%d/adapter_model.bin", made);
    files_text(path, "x");
    check_refused(folder(plain, NULL, 0), ": there is no 'adapter_model.safetensors', and pickled "
                                          "weights are not read");
}

TEST(configs_that_do_not_fit)
{
    check_refused(folder("{", NULL, 0), "/adapter_config.json:1: string or '}' expected near end "
                                        "of file");
    check_refused(folder("{\"peft_type\": \"LORA\", \"target_modules\": [\"c_attn\"]}", NULL, 0),
                  "/adapter_config.json: 'target_modules' names no module of this model");
    check_refused(folder("{\"peft_type\": \"LORA\", \"r\": 0}", NULL, 0),
                  "/adapter_config.json: a rank of 0 for 'model.layers.0.self_attn.q_proj' is not "
                  "from 1 to 65536");
    check_refused(adapters_golden("dora"),
                  "/adapter_config.json: 'use_dora' is set: it is not implemented");
    check_refused(adapters_golden("lora-bias"),
                  "/adapter_config.json: 'lora_bias' is set: it is not implemented");
    check_refused(adapters_golden("modules-to-save"),
                  "/adapter_config.json: 'modules_to_save' is not implemented ('lm_head')");
    check_refused(adapters_golden("lm-head"),
                  "/adapter_config.json: 'lm_head' is a target: only the linear layers within the "
                  "model's layers can have an adapter");
    check_refused(adapters_golden("embed"),
                  "/adapter_config.json: 'model.embed_tokens' is a target: only the linear layers "
                  "within the model's layers can have an adapter");
}

#define FILE_NAME "/adapter_model.safetensors: "

TEST(tensors_that_do_not_fit)
{
    check_weights("{" ENTRY(A, "F32", "2,64", "0,512") "}", 512,
                  FILE_NAME "there is no tensor '" B "'");
    check_weights("{" ENTRY(A, "F32", "2,32", "0,256") "," ENTRY(B, "F32", "32,2", "256,512") "}",
                  512,
                  FILE_NAME "'" A "' is not [2, 64], as the model and 'adapter_config.json' "
                            "say");
    check_weights("{" ENTRY(A, "F32", "128", "0,512") "," ENTRY(B, "F32", "32,2", "512,768") "}",
                  768,
                  FILE_NAME "'" A "' is not [2, 64], as the model and 'adapter_config.json' "
                            "say");
    check_weights("{" ENTRY(A, "F32", "2,64", "0,512") "," ENTRY(B, "I8", "32,2", "512,576") "}",
                  576, FILE_NAME "'" B "' is I8, not F32, F16 or BF16");
    check_weights(
        "{" ENTRY(A, "F32", "2,64", "0,512") "," ENTRY(B, "F32", "32,2", "512,768") "," ENTRY(
            "more", "F32", "1", "768,772") "}",
        772, FILE_NAME "'more' is not one of the tensors by the model and 'adapter_config.json'");
    check_weights("{", 0, FILE_NAME "byte 10: the text ends too early");
}

/* 16-bit floats: A in BF16, B in F16, all of one value. */
static const char *halves(uint16_t a, uint16_t b)
{
    static const char header[] =
        "{" ENTRY(A, "BF16", "2,64", "0,256") "," ENTRY(B, "F16", "32,2", "256,384") "}";
    const char *path = folder(plain, header, 384);
    char file[80];
    size_t len = 0;
    char *bytes;

    snprintf(file, sizeof file, "case-%d/adapter_model.safetensors", made - 1);
    bytes = files_read(files_path(file), &len);
    for (size_t i = 0; i < 384; i++) {
        const uint16_t value = i < 256 ? a : b;

        bytes[len - 384 + i] = (char)(i % 2 ? value >> 8 : value & 255);
    }
    files_write(file, bytes, len);
    mem_free(bytes);
    return path;
}

TEST(numbers_of_16_bits)
{
    struct adapter adapter;

    if (!CHECK(adapter_load(&adapter, &config, halves(0x3fc0, 0xc100), &err))) return;
    CHECK(adapter_lora(&adapter, 1, WEIGHT_K)->a[127] == 1.5F);
    CHECK(adapter_lora(&adapter, 1, WEIGHT_K)->b[63] == -2.5F);
    adapter_release(&adapter);
}

TEST(numbers_that_are_none)
{
    check_refused(halves(0x7fc0, 0), FILE_NAME "'" A "' holds a NaN");
    check_refused(halves(0, 0xfc00), FILE_NAME "'" B "' holds an infinity");
}

int main(void)
{
    config = adapters_model("llama");
    RUN(files_that_are_missing);
    RUN(configs_that_do_not_fit);
    RUN(tensors_that_do_not_fit);
    RUN(numbers_of_16_bits);
    RUN(numbers_that_are_none);
    return check_end();
}
