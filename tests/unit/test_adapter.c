/* Adapters made, loaded and saved: bit for bit as PEFT does. */
#include "adapter/adapter.h"

#include "check.h"
#include "safetensors/safetensors.h"
#include "unit/adapters.h"
#include "unit/files.h"

static struct err err;

static bool loads(struct adapter *adapter, const char *model, const char *name)
{
    const struct config config = adapters_model(model);

    return check_claim(adapter_load(adapter, &config, adapters_golden(name), &err), __FILE__,
                       __LINE__, "%s: %s", name, err.text);
}

static bool same_tensor(const struct parameters *parameters, size_t which,
                        const struct safetensors *want)
{
    const struct parameter *got = &parameters->items[which];
    const struct tensor *tensor = safetensors_find(want, text_of(got->name));

    return tensor && tensor->bytes == got->count * sizeof(float) &&
           memcmp(tensor->at, parameters->values + got->offset, tensor->bytes) == 0;
}

static void check_init(const char *model)
{
    const struct config config = adapters_model(model);
    struct adapter_options options;
    struct adapter adapter;
    struct safetensors want;
    char path[100];

    adapter_options_init(&options);
    options.targets.pattern = mem_copy_text("all-linear");
    snprintf(path, sizeof path, "%s/init.safetensors", model);
    if (!CHECK(safetensors_open(&want, adapters_golden(path), &err))) return;
    if (!CHECK(adapter_init(&adapter, &config, &options, 42, &err))) return;
    CHECK_INT(adapter.parameters.count, want.header.count);
    for (size_t i = 0; i < adapter.parameters.count; i++)
        CHECK(same_tensor(&adapter.parameters, i, &want));
    adapter_release(&adapter);
    safetensors_close(&want);
    adapter_options_release(&options);
}

TEST(made_from_a_seed)
{
    check_init("smollm");
    check_init("qwen3");
}

TEST(seeds_differ)
{
    const struct config config = adapters_model("llama");
    struct adapter_options options;
    struct adapter a, b;

    adapter_options_init(&options);
    CHECK(adapter_init(&a, &config, &options, 1, &err));
    CHECK(adapter_init(&b, &config, &options, 2, &err));
    CHECK(a.parameters.values[0] != b.parameters.values[0]);
    CHECK(fabsf(a.parameters.values[0]) <= 0.125F);
    adapter_release(&a);
    adapter_release(&b);
    name_list_add(&options.targets.names, "nothing");
    CHECK(!adapter_init(&a, &config, &options, 1, &err));
    CHECK_TEXT(err.text, "'target_modules' names no module of this model");
    adapter_options_release(&options);
}

TEST(what_the_decoder_sees)
{
    struct adapter adapter;
    const struct lora *lora;

    if (!loads(&adapter, "smollm", "layers")) return;
    lora = adapter_lora(&adapter, 1, WEIGHT_GATE);
    CHECK_INT(adapter_lowest(&adapter), 1);
    CHECK_INT(adapter_lora(&adapter, 0, WEIGHT_Q)->rank, 0);
    CHECK_INT(adapter_lora(&adapter, 1, WEIGHT_DOWN)->rank, 0);
    CHECK(lora->rank == 4 && lora->in == 48 && lora->out == 96 && lora->scale == 2);
    CHECK(!lora->da && !lora->db);
    CHECK_TEXT(adapter.parameters.items[2].name,
               "base_model.model.model.layers.1.mlp.gate_proj.lora_A.weight");
    CHECK(lora->a == adapter.parameters.values + adapter.parameters.items[2].offset);
    CHECK(lora->b == adapter.parameters.values + adapter.parameters.items[3].offset);
    adapter_train(&adapter);
    CHECK(lora->da == adapter.parameters.gradients + adapter.parameters.items[2].offset);
    CHECK(lora->db == adapter.parameters.gradients + adapter.parameters.items[3].offset);
    adapter_release(&adapter);
}

TEST(scales)
{
    struct adapter adapter;

    if (loads(&adapter, "smollm", "rslora")) {
        CHECK(adapter_lora(&adapter, 0, WEIGHT_Q)->scale == 4);
        adapter_release(&adapter);
    }
    if (loads(&adapter, "smollm", "patterns")) {
        CHECK_INT(adapter_lora(&adapter, 0, WEIGHT_DOWN)->rank, 2);
        CHECK_INT(adapter_lora(&adapter, 1, WEIGHT_Q)->rank, 6);
        CHECK(adapter_lora(&adapter, 0, WEIGHT_Q)->scale == 2);
        CHECK(adapter_lora(&adapter, 1, WEIGHT_Q)->scale == (float)(8.0 / 6));
        CHECK(adapter_lora(&adapter, 0, WEIGHT_UP)->scale == 0.75F);
        CHECK(adapter_lora(&adapter, 1, WEIGHT_O)->scale == 4);
        adapter_release(&adapter);
    }
    if (loads(&adapter, "smollm", "pattern-regex")) {
        CHECK_INT(adapter_lora(&adapter, 0, WEIGHT_Q)->rank, 2);
        CHECK_INT(adapter_lora(&adapter, 0, WEIGHT_K)->rank, 0);
        adapter_release(&adapter);
    }
}

static void check_same_bytes(const char *golden, const char *path)
{
    size_t want_len = 0, got_len = 0;
    char *want = files_read(golden, &want_len), *got = files_read(path, &got_len);

    check_claim(want && got && want_len == got_len && memcmp(want, got, got_len) == 0, __FILE__,
                __LINE__, "%s is not %s", path, golden);
    mem_free(want);
    mem_free(got);
}

static void check_round(const char *model, const char *name, bool config_too)
{
    struct adapter adapter;
    const char *folder = files_path(name);
    char golden[200], path[1024];

    if (!loads(&adapter, model, name)) return;
    CHECK(adapter_save(&adapter, folder, &err));
    CHECK(adapter_save(&adapter, folder, &err)); /* over itself */
    adapter_release(&adapter);
    snprintf(golden, sizeof golden, "%s/adapter_model.safetensors", name);
    snprintf(path, sizeof path, "%s/adapter_model.safetensors", folder);
    check_same_bytes(adapters_golden(golden), path);
    snprintf(golden, sizeof golden, "%s/adapter_config.json", name);
    snprintf(path, sizeof path, "%s/adapter_config.json", folder);
    if (config_too) check_same_bytes(adapters_golden(golden), path);
}

TEST(saved_as_it_was)
{
    check_round("smollm", "smollm", true);
    check_round("qwen3", "qwen3", true);
    check_round("smollm", "rslora", true);
    check_round("smollm", "layers", true);
    check_round("smollm", "patterns", true);
    check_round("smollm", "pattern-regex", true);
    check_round("smollm", "all-linear", true);
}

TEST(saving_can_fail)
{
    struct adapter adapter;

    if (!loads(&adapter, "smollm", "layers")) return;
    CHECK(!adapter_save(&adapter, files_path("no/such"), &err));
    CHECK(strstr(err.text, "no/such: No such file or directory") != NULL);
    CHECK(!adapter_save(&adapter, files_text("a-file", "x"), &err));
    CHECK(strstr(err.text, "Not a directory") != NULL);
    adapter_release(&adapter);
}

int main(void)
{
    RUN(made_from_a_seed);
    RUN(seeds_differ);
    RUN(what_the_decoder_sees);
    RUN(scales);
    RUN(saved_as_it_was);
    RUN(saving_can_fail);
    return check_end();
}
