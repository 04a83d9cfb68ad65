/* The table of weights: names there and back, shapes, who has what. */
#include "model/weight_table.h"

#include "check.h"

static const struct config config = {.family = FAMILY_LLAMA,
                                     .layers = 2,
                                     .hidden = 10,
                                     .feed = 12,
                                     .heads = 4,
                                     .kv_heads = 2,
                                     .head_dim = 6,
                                     .vocabulary = 30};

TEST(names)
{
    char name[WEIGHT_NAME];

    weight_name(WEIGHT_EMBEDDING, WEIGHT_HF, 0, name);
    CHECK_TEXT(name, "model.embed_tokens.weight");
    weight_name(WEIGHT_HEAD, WEIGHT_GGUF, 0, name);
    CHECK_TEXT(name, "output.weight");
    weight_name(WEIGHT_Q, WEIGHT_HF, 11, name);
    CHECK_TEXT(name, "model.layers.11.self_attn.q_proj.weight");
    weight_name(WEIGHT_DOWN_BIAS, WEIGHT_GGUF, 0, name);
    CHECK_TEXT(name, "blk.0.ffn_down.bias");
}

TEST(names_lead_back)
{
    for (int naming = 0; naming < WEIGHT_NAMINGS; naming++)
        for (int i = 0; i < WEIGHT_ROLES; i++) {
            const size_t wanted = weight_per_layer((enum weight_role)i) ? 511 : 0;
            char name[WEIGHT_NAME];
            enum weight_role role;
            size_t layer;

            weight_name((enum weight_role)i, (enum weight_naming)naming, wanted, name);
            CHECK(weight_of_name(text_of(name), (enum weight_naming)naming, &role, &layer));
            CHECK(role == (enum weight_role)i && layer == wanted);
        }
}

TEST(names_of_none)
{
    static const char *const names[] = {
        "",
        "lm_head.bias",
        "model.layers.",
        "model.layers.0",
        "model.layers.0.",
        "model.layers..self_attn.q_proj.weight",
        "model.layers.00.self_attn.q_proj.weight",
        "model.layers.-1.self_attn.q_proj.weight",
        "model.layers.9999999.self_attn.q_proj.weight",
        "model.layers.0.self_attn.q_proj.weights",
        "model.layers.0.lm_head.weight",
        "self_attn.q_proj.weight",
        "blk.0.attn_q.weight",
    };
    enum weight_role role;
    size_t layer;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        check_claim(!weight_of_name(text_of(names[i]), WEIGHT_HF, &role, &layer), __FILE__,
                    __LINE__, "'%s' is taken for a weight", names[i]);
}

TEST(derived)
{
    CHECK(weight_is_derived(TEXT("model.layers.31.self_attn.rotary_emb.inv_freq"), WEIGHT_HF));
    CHECK(weight_is_derived(TEXT("rope_freqs.weight"), WEIGHT_GGUF));
    CHECK(!weight_is_derived(TEXT("rope_freqs.weight"), WEIGHT_HF));
    CHECK(!weight_is_derived(TEXT("self_attn.rotary_emb.inv_freq"), WEIGHT_HF));
    CHECK(!weight_is_derived(TEXT("model.layers.0.self_attn.q_proj.weight"), WEIGHT_HF));
}

TEST(shapes)
{
    static const struct {
        enum weight_role role;
        unsigned rank;
        uint64_t rows, columns;
    } cases[] = {
        {WEIGHT_EMBEDDING, 2, 30, 10}, {WEIGHT_HEAD, 2, 30, 10},   {WEIGHT_FINAL_NORM, 1, 10, 0},
        {WEIGHT_Q, 2, 24, 10},         {WEIGHT_K, 2, 12, 10},      {WEIGHT_V, 2, 12, 10},
        {WEIGHT_O, 2, 10, 24},         {WEIGHT_Q_BIAS, 1, 24, 0},  {WEIGHT_K_BIAS, 1, 12, 0},
        {WEIGHT_O_BIAS, 1, 10, 0},     {WEIGHT_Q_NORM, 1, 6, 0},   {WEIGHT_GATE, 2, 12, 10},
        {WEIGHT_DOWN, 2, 10, 12},      {WEIGHT_UP_BIAS, 1, 12, 0}, {WEIGHT_DOWN_BIAS, 1, 10, 0},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint64_t shape[2];

        CHECK_INT(weight_shape(cases[i].role, &config, shape), cases[i].rank);
        CHECK_INT(shape[0], cases[i].rows);
        CHECK_INT(shape[1], cases[i].columns);
    }
}

TEST(who_has_what)
{
    struct config other = config;

    CHECK(weight_present(WEIGHT_Q, &config) && weight_present(WEIGHT_HEAD, &config));
    CHECK(!weight_present(WEIGHT_Q_BIAS, &config) && !weight_present(WEIGHT_O_BIAS, &config));
    CHECK(!weight_present(WEIGHT_UP_BIAS, &config) && !weight_present(WEIGHT_K_NORM, &config));
    other.tied = other.qkv_bias = other.output_bias = other.feed_bias = other.qk_norm = true;
    CHECK(!weight_present(WEIGHT_HEAD, &other) && weight_present(WEIGHT_V_BIAS, &other));
    CHECK(weight_present(WEIGHT_O_BIAS, &other) && weight_present(WEIGHT_UP_BIAS, &other));
    CHECK(weight_present(WEIGHT_K_NORM, &other));
}

TEST(interleaved)
{
    struct config other = config;

    CHECK_INT(weight_heads_permuted(WEIGHT_Q, &config), 4);
    CHECK_INT(weight_heads_permuted(WEIGHT_K_BIAS, &config), 2);
    CHECK_INT(weight_heads_permuted(WEIGHT_V, &config), 0);
    other.family = FAMILY_QWEN2;
    CHECK_INT(weight_heads_permuted(WEIGHT_Q, &other), 0);
}

int main(void)
{
    RUN(names);
    RUN(names_lead_back);
    RUN(names_of_none);
    RUN(derived);
    RUN(shapes);
    RUN(who_has_what);
    RUN(interleaved);
    return check_end();
}
