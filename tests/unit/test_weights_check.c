/* Weights that are no numbers are found in any tensor and any piece of it. */
#include "model/weights_check.h"

#include "check.h"
#include "unit/fake_model.h"
#include "unit/patched.h"

static struct err err;

static void check(const char *path, const char *name, size_t element)
{
    struct team *team = team_start(3);
    struct model model;
    char want[512];

    if (element != SIZE_MAX) patched_half(path, name, element, 0x7e00);
    if (check_claim(model_open(&model, path, &err), __FILE__, __LINE__, "%s", err.text)) {
        snprintf(want, sizeof want, "%s: '%s' holds NaN or infinity", path, name);
        if (element == SIZE_MAX) {
            CHECK(weights_finite(&model, team, &err));
        } else {
            CHECK(!weights_finite(&model, team, &err));
            CHECK_TEXT(err.text, want);
        }
        model_close(&model);
    }
    team_stop(team);
}

TEST(golden_models)
{
    check(patched_copy("llama", "good"), "", SIZE_MAX);
    check(patched_copy("llama", "first"), "model.embed_tokens.weight", 0);
    check(patched_copy("qwen2", "bias"), "model.layers.1.self_attn.q_proj.bias", 3);
    check(patched_copy("qwen3", "norm"), "model.norm.weight", 15);
}

/* A tensor of many pieces; and the first of two is named. */
TEST(many_pieces)
{
    const struct fake_model fake = {
        .config = "{\"model_type\":\"llama\",\"rope_theta\":1e4,\"hidden_size\":1024,"
                  "\"intermediate_size\":4096,\"num_hidden_layers\":1,"
                  "\"num_attention_heads\":2,\"vocab_size\":20,"
                  "\"max_position_embeddings\":64,\"rms_norm_eps\":1e-6}"};
    const char *folder = fake_model("large", &fake);

    check(folder, "", SIZE_MAX);
    patched_half(folder, "model.layers.0.mlp.up_proj.weight", (size_t)1024 * 4096 - 1, 0xff80);
    patched_half(folder, "model.layers.0.mlp.down_proj.weight", (size_t)1024 * 1024, 0x7fff);
    {
        struct team *team = team_start(2);
        struct model model;

        if (check_claim(model_open(&model, folder, &err), __FILE__, __LINE__, "%s", err.text)) {
            CHECK(!weights_finite(&model, team, &err));
            CHECK(strstr(err.text, "'model.layers.0.mlp.up_proj.weight' holds NaN") != NULL);
            model_close(&model);
        }
        team_stop(team);
    }
}

int main(void)
{
    RUN(golden_models);
    RUN(many_pieces);
    return check_end();
}
