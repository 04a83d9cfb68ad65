/* Whole models: of safetensors and of GGUF, good ones, and what is missing or too much. */
#include "model/model.h"

#include "check.h"
#include "model/config_rope.h"
#include "unit/fake_model.h"
#include "unit/files.h"

#include <stdlib.h>
#include <unistd.h>

static struct err err;

#define CONFIG(type, more)                                                                         \
    "{\"model_type\":\"" type "\",\"rope_theta\":1e4,\"hidden_size\":8,\"intermediate_size\":12,"  \
    "\"num_hidden_layers\":3,\"num_attention_heads\":2,\"vocab_size\":20,"                         \
    "\"max_position_embeddings\":64,\"rms_norm_eps\":1e-6" more "}"

static const char *golden(const char *name)
{
    const char *root = getenv("SRC");
    static char path[2][512];
    static int turn;

    turn = !turn;
    snprintf(path[turn], sizeof path[turn], "%s/tests/golden/models/%s", root ? root : ".", name);
    return path[turn];
}

/* What err says, without the folder of all tests. */
static const char *words(void)
{
    const char *root = files_path("");
    const size_t len = strlen(root);

    return strncmp(err.text, root, len) == 0 ? err.text + len : err.text;
}

static bool open_model(struct model *model, const char *name)
{
    return check_claim(model_open(model, name, &err), __FILE__, __LINE__, "%s", err.text);
}

static void compare_rows(const struct weight *a, const struct weight *b, enum weight_role role)
{
    const size_t columns = a->tensor->rank == 2 ? a->tensor->shape[1] : 1;
    bool same = true;

    for (uint64_t row = 0; row < a->tensor->shape[0]; row++) {
        float from_a[64], from_b[64];

        dtype_info(a->tensor->dtype)->to_f32(weight_row(a, row), from_a, columns);
        dtype_info(b->tensor->dtype)->to_f32(weight_row(b, row), from_b, columns);
        same = same && memcmp(from_a, from_b, columns * sizeof(float)) == 0;
    }
    check_claim(same, __FILE__, __LINE__, "weight %d differs", (int)role);
}

static void compare(const struct model *a, const struct model *b)
{
    for (int i = 0; i < WEIGHT_ROLES; i++) {
        const enum weight_role role = (enum weight_role)i;
        const size_t layers = weight_per_layer(role) ? a->weights.layers : 1;

        for (size_t layer = 0; layer < layers; layer++) {
            const struct weight *in_a = weights_at(&a->weights, role, layer);
            const struct weight *in_b = weights_at(&b->weights, role, layer);

            CHECK(!in_a->tensor == !in_b->tensor);
            if (in_a->tensor && in_b->tensor) compare_rows(in_a, in_b, role);
        }
    }
}

static void compare_configs(const struct config *a, const struct config *b)
{
    float from_a[4], from_b[4], amplitude;

    CHECK(a->family == b->family && a->layers == b->layers && a->hidden == b->hidden);
    CHECK(a->feed == b->feed && a->heads == b->heads && a->kv_heads == b->kv_heads);
    CHECK(a->head_dim == 8 && b->head_dim == 8 && a->vocabulary == b->vocabulary);
    CHECK(a->positions == b->positions && a->eps == b->eps && a->tied == b->tied);
    CHECK(a->qkv_bias == b->qkv_bias && a->output_bias == b->output_bias);
    CHECK(a->feed_bias == b->feed_bias && a->qk_norm == b->qk_norm);
    CHECK(a->bos == b->bos && a->pad == b->pad && a->eos[0] == b->eos[0]);
    config_frequencies(a, from_a, &amplitude);
    config_frequencies(b, from_b, &amplitude);
    for (int j = 0; j < 4; j++)
        CHECK_NEAR((double)from_a[j], (double)from_b[j], 2e-7 * (double)from_a[j]);
}

/* tests/golden/models/make.py wrote both, and interleaved the rows where it must. */
TEST(safetensors_and_gguf_agree)
{
    static const char *const names[] = {"llama", "qwen2", "qwen3"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct model folder, file;
        char name[64];

        snprintf(name, sizeof name, "%s.gguf", names[i]);
        if (!open_model(&folder, golden(names[i]))) return;
        if (!open_model(&file, golden(name))) return;
        CHECK(!folder.place.is_gguf && file.place.is_gguf);
        compare_configs(&folder.config, &file.config);
        compare(&folder, &file);
        model_close(&folder);
        model_close(&file);
    }
}

TEST(tied_output)
{
    struct model model;

    if (!open_model(&model, golden("qwen3"))) return;
    CHECK(weights_at(&model.weights, WEIGHT_HEAD, 0)->tensor ==
          weights_at(&model.weights, WEIGHT_EMBEDDING, 0)->tensor);
    CHECK(!weights_at(&model.weights, WEIGHT_Q_BIAS, 1)->tensor);
    model_close(&model);
}

TEST(folder_with_one_gguf)
{
    size_t len;
    char *bytes = files_read(golden("llama.gguf"), &len);
    const char *folder;
    struct model model;

    CHECK(bytes != NULL);
    files_write("one/x.gguf", bytes, len);
    files_text("one/config.json", "{\"not\":\"read\"}");
    files_text("one/generation_config.json", "{\"eos_token_id\":9}");
    folder = files_path("one");
    if (open_model(&model, folder)) {
        CHECK(model.config.eos_count == 1 && model.config.eos[0] == 9 && model.gguf_file.at);
        model_close(&model);
    }
    files_write("one/y.gguf", bytes, len);
    CHECK(!model_open(&model, folder, &err));
    CHECK_TEXT(words(), "one: 2 GGUF files, of which one must be named: 'x.gguf', 'y.gguf'");
    mem_free(bytes);
}

TEST(shards_of_every_family)
{
    static const char *const configs[] = {
        CONFIG("llama", ",\"mlp_bias\":true"),
        CONFIG("mistral", ",\"sliding_window\":4"),
        CONFIG("qwen2", ",\"tie_word_embeddings\":true"),
        CONFIG("qwen3", ",\"attention_bias\":true,\"head_dim\":6"),
    };

    for (size_t i = 0; i < sizeof configs / sizeof *configs; i++) {
        char name[32];
        struct model model;

        snprintf(name, sizeof name, "shards%zu", i);
        if (!open_model(&model,
                        fake_model(name, &(struct fake_model){.config = configs[i], .shards = 3})))
            continue;
        CHECK(model.shards.file_count == 3 && model.config.layers == 3);
        CHECK(weights_at(&model.weights, WEIGHT_DOWN, 2)->tensor != NULL);
        model_close(&model);
    }
}

TEST(ignored)
{
    struct model model;

    if (open_model(&model,
                   fake_model("frequencies",
                              &(struct fake_model){
                                  .config = CONFIG("llama", ""),
                                  .extra = "model.layers.0.self_attn.rotary_emb.inv_freq"})))
        model_close(&model);
    if (open_model(&model,
                   fake_model("stored_head",
                              &(struct fake_model){
                                  .config = CONFIG("qwen2", ",\"tie_word_embeddings\":true"),
                                  .extra = "lm_head.weight"})))
        model_close(&model);
}

static const struct {
    const char *name;
    struct fake_model fake;
    const char *want;
} broken[] = {
    {"missing",
     {.config = CONFIG("llama", ""), .from = "model.norm", .to = "model.morn"},
     "missing: 'model.norm.weight' is missing"},
    {"missing_head",
     {.config = CONFIG("llama", ""), .from = "lm_head", .to = "LM_head"},
     "missing_head: 'lm_head.weight' is missing, and no 'tie_word_embeddings' puts the embedding "
     "in its place"},
    {"missing_bias",
     {.config = CONFIG("qwen2", ""),
      .from = "layers.1.self_attn.k_proj.bias",
      .to = "layers.1.self_attn.k_PROJ.bias"},
     "missing_bias: 'model.layers.1.self_attn.k_proj.bias' is missing"},
    {"left_over",
     {.config = CONFIG("llama", ""), .extra = "score.weight"},
     "left_over: 'score.weight' is no weight of a llama model like this"},
    {"another_layer",
     {.config = CONFIG("llama", ""), .extra = "model.layers.3.mlp.up_proj.weight"},
     "another_layer: 'model.layers.3.mlp.up_proj.weight' is no weight of a llama model like this"},
    {"bias",
     {.config = CONFIG("mistral", ""), .extra = "model.layers.0.self_attn.q_proj.bias"},
     "bias: 'model.layers.0.self_attn.q_proj.bias' is no weight of a mistral model like this"},
    {"shape",
     {.config = CONFIG("llama", ""), .from = "[20,8]", .to = "[8,20]"},
     "shape: 'model.embed_tokens.weight' has the shape [8, 20], not [20, 8]"},
};

TEST(refused)
{
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        struct model model;

        CHECK(!model_open(&model, fake_model(broken[i].name, &broken[i].fake), &err));
        CHECK_TEXT(words(), broken[i].want);
    }
}

TEST(formats_that_hold_no_weights)
{
    struct model model;

    CHECK(!model_open(&model,
                      fake_model("i16", &(struct fake_model){.config = CONFIG("llama", ""),
                                                             .from = "\"BF16\"",
                                                             .to = "\"I16\" "}),
                      &err));
    CHECK_TEXT(words(), "i16: 'model.embed_tokens.weight' is in I16, which cannot hold it");
}

TEST(folders_without)
{
    struct model model;

    files_text("none/tokenizer.json", "{}");
    CHECK(!model_open(&model, files_path("none"), &err));
    CHECK_TEXT(words(), "none: no 'config.json' says what the weights are");
    files_text("none/config.json", CONFIG("llama", ""));
    CHECK(!model_open(&model, files_path("none"), &err));
    CHECK_TEXT(words(), "none: neither model.safetensors nor model.safetensors.index.json");
    files_text("none/config.json", "{\"model_type\":\"gpt2\"}");
    CHECK(!model_open(&model, files_path("none"), &err));
    CHECK_TEXT(words(),
               "none/config.json: gpt2 is not supported: llama, mistral, qwen2 and qwen3 are");
    files_text("none/x.gguf", "GGUF");
    CHECK(!model_open(&model, files_path("none"), &err));
    CHECK_TEXT(words(), "none/x.gguf: the file ends within its header");
}

TEST(links_that_lead_away)
{
    struct model model;
    const char *folder;

    files_text("elsewhere.json", CONFIG("llama", ""));
    folder = fake_model("linked", &(struct fake_model){.config = CONFIG("llama", "")});
    CHECK(unlink(files_path("linked/config.json")) == 0);
    CHECK(symlink("../elsewhere.json", files_path("linked/config.json")) == 0);
    CHECK(!model_open(&model, folder, &err));
    CHECK_TEXT(words(), "linked/config.json: leads out of the model's folder");
}

#define COMMIT "0123456789abcdef0123456789abcdef01234567"
#define REPOSITORY "hub/models--org--name/"

static void link_blob(const char *name)
{
    char target[64], path[256];

    snprintf(target, sizeof target, "../../blobs/%s", name);
    snprintf(path, sizeof path, REPOSITORY "snapshots/" COMMIT "/%s", name);
    CHECK(symlink(target, files_path(path)) == 0);
}

/* As the hub's tools lay it down: links to blobs beside the snapshots. */
TEST(from_the_cache)
{
    struct model model;

    setenv("HF_HUB_CACHE", files_path("hub"), 1);
    fake_model(REPOSITORY "blobs", &(struct fake_model){.config = CONFIG("qwen3", "")});
    files_text(REPOSITORY "refs/main", COMMIT);
    files_text(REPOSITORY "snapshots/" COMMIT "/tokenizer.json", "{}");
    link_blob("config.json");
    link_blob("model.safetensors");
    if (open_model(&model, "org/name")) {
        CHECK(model.config.family == FAMILY_QWEN3 && model.shards.count == 36);
        model_close(&model);
    }
    link_blob("generation_config.json");
    CHECK(!model_open(&model, "org/name", &err));
    CHECK(strstr(err.text, "generation_config.json: what it links to is not there") != NULL);
}

int main(void)
{
    RUN(safetensors_and_gguf_agree);
    RUN(tied_output);
    RUN(folder_with_one_gguf);
    RUN(shards_of_every_family);
    RUN(ignored);
    RUN(refused);
    RUN(formats_that_hold_no_weights);
    RUN(folders_without);
    RUN(links_that_lead_away);
    RUN(from_the_cache);
    return check_end();
}
