#include "pack/mix.h"

#include "check.h"
#include "unit/golden.h"

#include <stdio.h>
#include <stdlib.h>

enum { PARTS = 8, MOST = 2 + 1 + 80 * PARTS };

static const char *const parts[PARTS] = {"attn_k",   "attn_output", "attn_q",   "attn_v",
                                         "ffn_down", "ffn_gate",    "ffn_norm", "ffn_up"};

static struct mix_tensor tensors[MOST];
static char names[MOST][40];
static size_t count;

static void add(uint64_t cols, uint64_t rows, const char *format, const char *name, unsigned layer)
{
    snprintf(names[count], sizeof names[count], format, name, layer);
    tensors[count] = (struct mix_tensor){text_of(names[count]), cols, rows, DTYPE_F32};
    count++;
}

/* The last layer first: the order must not matter. */
static void build(unsigned layers, bool tied, unsigned cols)
{
    count = 0;
    for (unsigned layer = layers; layer-- > 0;)
        for (unsigned i = 0; i < PARTS; i++) {
            snprintf(names[count], sizeof names[count], "blk.%u.%s.weight", layer, parts[i]);
            tensors[count] = (struct mix_tensor){text_of(names[count]), cols,
                                                 strstr(parts[i], "norm") ? 1 : 2, DTYPE_F32};
            count++;
        }
    add(cols, 1, "%s.weight", "output_norm", 0);
    add(cols, 2, "%s.weight", "token_embd", 0);
    if (!tied) add(cols, 2, "%s.weight", "output", 0);
}

static const struct mix_tensor *find(const char *format, unsigned layer, const char *part)
{
    char name[40];

    if (strcmp(format, "blk") == 0)
        snprintf(name, sizeof name, "blk.%u.%s.weight", layer, part);
    else
        snprintf(name, sizeof name, "%s.weight", part);
    for (size_t i = 0; i < count; i++)
        if (text_is(tensors[i].name, name)) return &tensors[i];
    return NULL;
}

static void add_runs(struct buffer *out, const char *format, unsigned layers, const char *part)
{
    unsigned run = 0;

    for (unsigned layer = 0; layer < layers; layer++) {
        const struct mix_tensor *tensor = find(format, layer, part);
        const struct mix_tensor *next = layer + 1 < layers ? find(format, layer + 1, part) : NULL;

        if (!tensor || tensor->dtype == DTYPE_F32) return;
        if (layer == 0) buffer_format(out, " %s", part);
        run++;
        if (next && next->dtype == tensor->dtype) continue;
        buffer_format(out, " %s*%u", dtype_info(tensor->dtype)->name, run);
        run = 0;
    }
}

static void check_line(char *line)
{
    char arch[16], type[16];
    unsigned layers, heads, kv_heads, tied, cols, importance;
    int at = 0;
    struct buffer out = {0};
    struct mix_model model = {arch, 0, 0, 0};
    struct err err = {""};

    if (!CHECK(sscanf(line, "%15s %u %u %u %u %u %u %15s%n", arch, &layers, &heads, &kv_heads,
                      &tied, &cols, &importance, type, &at) == 8))
        return;
    model.layers = layers, model.heads = heads, model.kv_heads = kv_heads;
    build(layers, tied, cols);
    if (!mix_assign(file_type_named(type), &model, importance, tensors, count, &err)) {
        CHECK_TEXT(line + at, " refused");
        return;
    }
    add_runs(&out, "", 1, "output");
    add_runs(&out, "", 1, "token_embd");
    for (size_t i = 0; i < PARTS; i++) add_runs(&out, "blk", layers, parts[i]);
    buffer_byte(&out, '\0');
    check_claim(strcmp(out.at, line + at) == 0, __FILE__, __LINE__, "%s\n# got %s", line, out.at);
    buffer_release(&out);
}

TEST(as_llama_quantize)
{
    struct buffer text = {0};
    char *at, *end;
    size_t lines = 0;

    CHECK(golden_read("pack/mix.txt", &text));
    buffer_byte(&text, '\0');
    for (at = text.at; (end = strchr(at, '\n')) != NULL; at = end + 1, lines++) {
        *end = '\0';
        check_line(at);
    }
    CHECK_INT(lines, 9 * 2 * 19);
    buffer_release(&text);
}

TEST(refusal)
{
    const struct mix_model model = {"llama", 2, 8, 8};
    struct err err = {""};

    build(2, true, 256);
    CHECK(!mix_assign(file_type_named("Q2_K_S"), &model, false, tensors, count, &err));
    CHECK_TEXT(err.text, "'blk.0.attn_k.weight' as Q2_K in a file of type Q2_K_S needs an "
                         "importance matrix");
    CHECK(mix_assign(file_type_named("Q2_K_S"), &model, true, tensors, count, &err));
    CHECK(mix_assign(file_type_named("Q2_K_S"), &model, false, tensors, 0, &err));
}

/* What is no weight, and names that only look like a layer's. */
TEST(left_alone)
{
    static const char *const odd[] = {"blk.0.attn_q.bias",
                                      "blk.x.ffn_up.weight",
                                      "blk.99999999999.weight",
                                      "rope_freqs.weight",
                                      "weight",
                                      ""};
    const struct mix_model model = {"llama", 1, 1, 0};
    struct mix_tensor some[6];
    struct err err;

    for (size_t i = 0; i < 6; i++)
        some[i] = (struct mix_tensor){text_of(odd[i]), 256, i == 3 ? 1 : 2, DTYPE_F16};
    CHECK(mix_assign(file_type_named("Q4_K_M"), &model, false, some, 6, &err));
    CHECK(some[0].dtype == DTYPE_F16 && some[1].dtype == DTYPE_Q4_K);
    CHECK(some[2].dtype == DTYPE_Q4_K && some[3].dtype == DTYPE_F16);
    CHECK(some[4].dtype == DTYPE_Q4_K && some[5].dtype == DTYPE_F16);
}

TEST(names_of_types)
{
    CHECK_INT(file_type_named("q4_k_m")->kind, 15);
    CHECK(file_type_named("Q4_K") == file_type_named("Q4_K_M"));
    CHECK(file_type_named("q3_k") == file_type_named("Q3_K_M"));
    CHECK(file_type_named("q5_k") == file_type_named("Q5_K_M"));
    CHECK(!file_type_named("IQ1_S") && !file_type_named("") && !file_type_named("Q4"));
    for (const struct file_type *type = file_types; type->name; type++)
        CHECK(file_type_named(type->name) == type);
}

int main(void)
{
    RUN(as_llama_quantize);
    RUN(refusal);
    RUN(left_alone);
    RUN(names_of_types);
    return check_end();
}
