/* Folded models against PEFT's merge_and_unload, bit for bit, and against each other. */
#include "check.h"
#include "lanes/cpu.h"
#include "unit/files.h"
#include "unit/folded.h"
#include "unit/patched.h"

static struct err err;

static const struct {
    const char *name, *adapter, *base;
    enum rounding rounding;
    size_t lost; /* of the weights in the bf16 cases */
} cases[] = {
    {"all-linear", "adapters/all-linear", "smollm", ROUND_ONCE, 0},
    {"bf16", "merge/bf16", "qwen2-bf16", ROUND_ONCE, 3487},
    {"bf16-safe", "merge/bf16", "qwen2-bf16", ROUND_SAFE, 3491},
    {"dora", "merge/dora", "smollm", ROUND_ONCE, 0},
    {"embed", "merge/embed", "llama", ROUND_ONCE, 0},
    {"layers", "adapters/layers", "smollm", ROUND_ONCE, 0},
    {"lm-head", "merge/lm-head", "llama", ROUND_ONCE, 0},
    {"lora-bias", "merge/lora-bias", "qwen2", ROUND_ONCE, 0},
    {"modules-to-save", "merge/modules-to-save", "llama", ROUND_ONCE, 0},
    {"pattern-regex", "adapters/pattern-regex", "smollm", ROUND_ONCE, 0},
    {"patterns", "adapters/patterns", "smollm", ROUND_ONCE, 0},
    {"plain", "merge/plain", "smollm", ROUND_ONCE, 0},
    {"rslora", "adapters/rslora", "smollm", ROUND_ONCE, 0},
};

/* Folds one case, and says how far it is from PEFT's. */
static double fold_case(size_t i, enum rounding rounding, struct fold_tally *tally)
{
    const struct fold_adapter adapter = {folded_golden("%s", cases[i].adapter), 1};
    const char *base = folded_golden("numeric/models/%s", cases[i].base);
    const char *out = files_path("out.safetensors");
    const struct fold_wish wish = {.model = base,
                                   .adapters = &adapter,
                                   .count = 1,
                                   .output = out,
                                   .same = true,
                                   .rounding = rounding};

    if (!check_claim(folded(&wish, 2, tally, &err), __FILE__, __LINE__, "%s", err.text)) return -1;
    return folded_distance(out, folded_golden("merge/%s/merged.safetensors", cases[i].name),
                           folded_golden("numeric/models/%s/model.safetensors", cases[i].base));
}

/* Without fused additions the last bit may differ, and that of a bf16 where it lies on a border. */
TEST(as_peft)
{
    const bool fused = cpu_level() >= CPU_AVX2;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fold_tally tally;
        const double off = fold_case(i, cases[i].rounding, &tally);
        const bool halves = strncmp(cases[i].name, "bf16", 4) == 0;

        check_claim(off >= 0 && off <= (fused    ? 0
                                        : halves ? 4e-3
                                                 : 1e-6),
                    __FILE__, __LINE__, "%s: %g", cases[i].name, off);
        if (halves && fused) CHECK_INT(tally.lost, cases[i].lost);
        CHECK(!tally.infinite);
    }
}

TEST(of_one_adapter_once_is_each)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (strcmp(cases[i].name, "bf16") == 0) CHECK(fold_case(i, ROUND_EACH, NULL) <= 4e-3);
}

/* What is told of the weights: two roundings are farther off than one. */
TEST(what_rounding_costs)
{
    struct fold_tally once = {0}, safe = {0};

    CHECK(fold_case(1, ROUND_ONCE, &once) >= 0 && fold_case(1, ROUND_SAFE, &safe) >= 0);
    CHECK_INT(once.weights, 110592);
    CHECK(once.worst > 0 && once.worst < safe.worst);
}

static void check_gguf(const char *family, const char *target)
{
    char file[64], one[96], two[96];
    const char *folder = folded_golden("models/%s", family);
    const char *gguf;
    struct fold_adapter adapter;
    struct fold_wish wish = {.adapters = &adapter, .count = 1, .same = true};

    snprintf(file, sizeof file, "%s.gguf", family);
    gguf = folded_golden("models/%s", file);
    snprintf(file, sizeof file, "adapter-%s-%s", family, target);
    adapter = (struct fold_adapter){folded_adapter(file, folder, target, 3), 1};
    snprintf(one, sizeof one, "%s-one.safetensors", file);
    snprintf(two, sizeof two, "%s-two.safetensors", file);
    wish.model = folder;
    wish.output = files_path(one);
    wish.same = false;
    wish.dtype = DTYPE_F32;
    CHECK(folded(&wish, 2, NULL, &err));
    wish.model = gguf;
    wish.output = files_path(two);
    if (!CHECK(folded(&wish, 2, NULL, &err))) printf("# %s\n", err.text);
    CHECK(folded_distance(files_path(two), files_path(one), NULL) == 0);
}

/* Whose rows of q and k stand interleaved. */
TEST(gguf_bases)
{
    check_gguf("llama", "q_proj");
    check_gguf("llama", "k_proj");
    check_gguf("llama", "down_proj");
    check_gguf("qwen2", "q_proj");
    check_gguf("qwen3", "k_proj");
}

/* What comes of a GGUF file is a folder that any loader reads. */
TEST(a_folder_from_gguf)
{
    const char *gguf = folded_golden("models/llama.gguf");
    const struct fold_adapter adapter = {folded_adapter("for-gguf", gguf, "o_proj", 2), 1};
    struct fold_wish wish = {.model = gguf, .adapters = &adapter, .count = 1, .same = true};
    struct model from, to;

    wish.output = files_path("from-gguf");
    if (!CHECK(folded(&wish, 2, NULL, &err))) return;
    if (!CHECK(model_open(&from, gguf, &err)) || !CHECK(model_open(&to, wish.output, &err))) return;
    CHECK(to.config.layers == from.config.layers && to.config.eos[0] == from.config.eos[0]);
    CHECK_TEXT(to.config.dtype, "float16");
    CHECK(to.shards.count > 0 && !to.gguf_file.path);
    model_close(&from);
    model_close(&to);
}

/* For the model smollm: an output trained whole, and nothing else but A and B of one layer. */
static const char *tied_adapter(void)
{
    static const char name[] = "base_model.model.model.layers.0.self_attn.q_proj";
    static char file[8 + 1000 + 49536];
    char *header = file + 8;

    snprintf(header, 1000,
             "{\"%s.lora_A.weight\":{\"dtype\":\"F32\",\"shape\":[1,48],\"data_offsets\":[0,192]},"
             "\"%s.lora_B.weight\":{\"dtype\":\"F32\",\"shape\":[48,1],\"data_offsets\":[192,384]},"
             "\"base_model.model.lm_head.weight\":{\"dtype\":\"BF16\",\"shape\":[512,48],"
             "\"data_offsets\":[384,49536]}}",
             name, name);
    files_text("head/adapter_config.json",
               "{\"peft_type\": \"LORA\", \"r\": 1, \"target_modules\": [\"q_proj\"],"
               "\"layers_to_transform\": [0], \"modules_to_save\": [\"lm_head\"]}");
    file[0] = (char)(strlen(header) & 255);
    file[1] = (char)(strlen(header) >> 8);
    files_write("head/adapter_model.safetensors", file, 8 + strlen(header) + 49536);
    return files_path("head");
}

/* An output that was tied to the embedding becomes a tensor of its own where an adapter has one. */
TEST(ties_that_come_apart)
{
    const char *base = folded_golden("numeric/models/smollm");
    struct fold_adapter adapter = {folded_adapter("tied", base, "q_proj", 2), 1};
    struct fold_wish wish = {.model = base, .adapters = &adapter, .count = 1, .same = true};
    struct model model;
    struct fold fold;

    if (!CHECK(fold_open(&fold, &wish, &err))) return;
    CHECK(fold.plan.tied && fold.plan.count == 20);
    fold_close(&fold);
    adapter.path = tied_adapter();
    wish.output = files_path("apart");
    if (!CHECK(folded(&wish, 2, NULL, &err))) {
        printf("# %s\n", err.text);
        return;
    }
    if (!CHECK(model_open(&model, wish.output, &err))) return;
    CHECK(!model.config.tied && model.shards.count == 21);
    model_close(&model);
}

static bool fold_to(const char *output, size_t threads, const struct fold_adapter *adapters,
                    size_t count, enum rounding rounding)
{
    const struct fold_wish wish = {.model = folded_golden("numeric/models/qwen2-bf16"),
                                   .adapters = adapters,
                                   .count = count,
                                   .output = output,
                                   .same = true,
                                   .rounding = rounding};

    return check_claim(folded(&wish, threads, NULL, &err), __FILE__, __LINE__, "%s", err.text);
}

static bool same_files(const char *a, const char *b)
{
    size_t a_len = 0, b_len = 0;
    char *x = files_read(a, &a_len), *y = files_read(b, &b_len);
    const bool same = x && y && a_len == b_len && memcmp(x, y, a_len) == 0;

    mem_free(x);
    mem_free(y);
    return same;
}

TEST(threads_and_parts_change_nothing)
{
    const struct fold_adapter whole = {folded_golden("merge/bf16"), 1};
    const struct fold_adapter halves[] = {{folded_golden("merge/bf16"), 0.5},
                                          {folded_golden("merge/bf16"), 0.5}};

    CHECK(fold_to(files_path("one.safetensors"), 1, &whole, 1, ROUND_ONCE));
    CHECK(fold_to(files_path("three.safetensors"), 3, &whole, 1, ROUND_ONCE));
    CHECK(same_files(files_path("one.safetensors"), files_path("three.safetensors")));
    CHECK(fold_to(files_path("halves.safetensors"), 2, halves, 2, ROUND_ONCE));
    CHECK(folded_distance(files_path("halves.safetensors"), files_path("one.safetensors"), NULL) <=
          4e-3);
    CHECK(fold_to(files_path("rounded.safetensors"), 2, halves, 2, ROUND_EACH));
    CHECK(!same_files(files_path("rounded.safetensors"), files_path("halves.safetensors")));
}

static const float *floats_at(const struct safetensors *file, const char *name)
{
    static float values[8][700 * 128];
    static int next;
    const struct tensor *tensor = safetensors_find(file, text_of(name));
    float *at = values[next++ % 8];

    if (CHECK(tensor)) memcpy(at, tensor->at, tensor->bytes);
    return at;
}

/* The sum goes by increasing rank, fused, also where the kernel takes the ranks in several
 * turns. */
static bool is_sum(const char *base, const char *adapter, const char *out)
{
    struct safetensors files[3];
    const char *paths[3] = {base, adapter, out};
    const float *a, *b, *w, *got;
    bool same = true;

    for (int i = 0; i < 3; i++)
        if (!CHECK(safetensors_open(&files[i], paths[i], &err))) return false;
    w = floats_at(&files[0], "model.layers.1.mlp.down_proj.weight");
    a = floats_at(&files[1], "base_model.model.model.layers.1.mlp.down_proj.lora_A.weight");
    b = floats_at(&files[1], "base_model.model.model.layers.1.mlp.down_proj.lora_B.weight");
    got = floats_at(&files[2], "model.layers.1.mlp.down_proj.weight");
    for (size_t at = 0; at < (size_t)64 * 128; at += 37) {
        float sum = 0;

        for (size_t k = 0; k < 700; k++)
            sum = fmaf(b[at / 128 * 700 + k], a[k * 128 + at % 128], sum);
        same = same && fabsf(got[at] - (w[at] + 2 * sum)) <= (cpu_level() >= CPU_AVX2 ? 0 : 1e-4F);
    }
    for (int i = 0; i < 3; i++) safetensors_close(&files[i]);
    return same;
}

TEST(a_large_rank)
{
    const char *base = folded_golden("numeric/models/llama");
    const struct fold_adapter adapter = {folded_adapter("large", base, "down_proj", 700), 1};
    struct fold_wish wish = {.model = base, .adapters = &adapter, .count = 1, .same = true};
    struct fold_tally tally;

    wish.output = files_path("large.safetensors");
    CHECK(folded(&wish, 2, &tally, &err));
    CHECK_INT(tally.weights, 2 * 64 * 128);
    CHECK(is_sum(folded_golden("numeric/models/llama/model.safetensors"),
                 files_path("large/adapter_model.safetensors"), wish.output));
}

TEST(numbers_that_are_none)
{
    const char *folder = patched_copy("qwen2", "nan");
    const struct fold_adapter adapter = {folded_adapter("a", folder, "q_proj", 2), 1};
    struct fold_wish wish = {.model = folder, .adapters = &adapter, .count = 1, .same = true};

    wish.output = files_path("nan.safetensors");
    patched_half(folder, "model.layers.1.mlp.up_proj.weight", 5, 0x7e00);
    CHECK(!folded(&wish, 2, NULL, &err));
    CHECK_TEXT(err.text, "'model.layers.1.mlp.up_proj.weight' holds a NaN or an infinity");
    CHECK(files_read(wish.output, NULL) == NULL);
    patched_half(folder, "model.layers.1.mlp.up_proj.weight", 5, 0);
    patched_half(folder, "model.layers.0.self_attn.q_proj.weight", 0, 0x7bff);
    CHECK(folded(&wish, 2, NULL, &err));
    patched_half(folder, "model.layers.0.self_attn.q_proj.weight", 0, 0x7c00);
    CHECK(!folded(&wish, 2, NULL, &err));
    CHECK_TEXT(err.text, "'model.layers.0.self_attn.q_proj.weight' holds a NaN or an infinity when "
                         "it is folded, or a number that is too large for F16");
}

int main(void)
{
    RUN(as_peft);
    RUN(of_one_adapter_once_is_each);
    RUN(what_rounding_costs);
    RUN(gguf_bases);
    RUN(a_folder_from_gguf);
    RUN(ties_that_come_apart);
    RUN(threads_and_parts_change_nothing);
    RUN(a_large_rank);
    RUN(numbers_that_are_none);
    return check_end();
}
