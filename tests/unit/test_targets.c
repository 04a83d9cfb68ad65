/* Which modules are adapted, by the rules of PEFT. */
#include "adapter/targets.h"

#include "check.h"
#include "core/memory.h"
#include "unit/adapters.h"

static struct config config;
static struct target targets[8 * WEIGHT_LINEARS];
static struct adapter_options options;
static struct err err;

static void fresh(void)
{
    adapter_options_release(&options);
    adapter_options_init(&options);
    options.rank = 4;
}

static void list(const char *const *names)
{
    fresh();
    for (; *names; names++) name_list_add(&options.targets.names, *names);
}

static void pattern(const char *text)
{
    fresh();
    options.targets.pattern = mem_copy_text(text);
}

/* The ranks as one digit a module: layer by layer, q k v o gate up down. */
static const char *found(void)
{
    static char shown[8 * (WEIGHT_LINEARS + 1) + 1];
    char *at = shown;

    if (!targets_find(targets, &options, &config, &err)) return err.text;
    for (size_t layer = 0; layer < config.layers; layer++) {
        if (layer > 0) *at++ = ' ';
        for (size_t i = 0; i < WEIGHT_LINEARS; i++)
            *at++ = (char)('0' + targets[layer * WEIGHT_LINEARS + i].rank);
    }
    *at = '\0';
    return shown;
}

#define LIST(...) list((const char *const[]){__VA_ARGS__, NULL})

TEST(lists_by_whole_names_and_ends)
{
    LIST("q_proj", "down_proj");
    CHECK_TEXT(found(), "4000004 4000004");
    LIST("self_attn.v_proj", "proj", "nothing");
    CHECK_TEXT(found(), "0040000 0040000");
    LIST("model.layers.1.mlp.up_proj");
    CHECK_TEXT(found(), "0000000 0000040");
    LIST("0.self_attn.k_proj");
    CHECK_TEXT(found(), "0400000 0000000");
    fresh();
    CHECK_TEXT(found(), "4040000 4040000");
}

TEST(patterns_of_whole_names)
{
    pattern(".*\\.(q|o)_proj");
    CHECK_TEXT(found(), "4004000 4004000");
    pattern("all-linear");
    CHECK_TEXT(found(), "4444444 4444444");
    pattern("All-Linear");
    CHECK_TEXT(found(), "4444444 4444444");
    pattern("q_proj");
    CHECK_TEXT(found(), "'target_modules' names no module of this model");
    pattern("(");
    CHECK_TEXT(found(), "the pattern '(' is not understood: a '(' is not closed");
}

TEST(excluded_modules)
{
    pattern("all-linear");
    name_list_add(&options.excluded.names, "q_proj");
    name_list_add(&options.excluded.names, "model.layers.0.mlp.up_proj");
    CHECK_TEXT(found(), "0444404 0444444");
    pattern("all-linear");
    options.excluded.pattern = mem_copy_text(".*mlp.*");
    CHECK_TEXT(found(), "4444000 4444000");
    options.excluded.pattern[0] = '*';
    CHECK(strstr(found(), "there is nothing to repeat") != NULL);
}

TEST(some_layers_only)
{
    LIST("q_proj", "model.layers.0.self_attn.v_proj");
    adapter_options_add_layer(&options, 1);
    CHECK_TEXT(found(), "0040000 4000000");
    name_list_add(&options.layers_pattern, "h");
    CHECK_TEXT(found(), "0040000 0000000");
    name_list_add(&options.layers_pattern, "layers");
    CHECK_TEXT(found(), "0040000 4000000");
    adapter_options_add_layer(&options, 7);
    adapter_options_add_layer(&options, 0);
    CHECK_TEXT(found(), "4040000 4000000");
    pattern("all-linear");
    adapter_options_add_layer(&options, 1);
    CHECK_TEXT(found(), "'layers_to_transform' goes with a list of 'target_modules', not with a "
                        "pattern");
    LIST("q_proj");
    name_list_add(&options.layers_pattern, "layers");
    CHECK_TEXT(found(), "'layers_pattern' needs 'layers_to_transform'");
}

TEST(other_ranks_and_alphas)
{
    LIST("q_proj", "v_proj");
    override_list_add(&options.ranks, "layers.1.self_attn.q_proj", 6);
    override_list_add(&options.ranks, "q_proj", 2);
    override_list_add(&options.ranks, "1.*v_proj", 9);
    override_list_add(&options.ranks, "proj", 1);
    override_list_add(&options.alphas, "^model.layers.0.*", 2.5);
    CHECK_TEXT(found(), "2040000 6090000");
    CHECK(targets[0].alpha == 2.5 && targets[WEIGHT_LINEARS].alpha == 8);
    override_list_add(&options.ranks, "v_proj", 0);
    CHECK_TEXT(found(), "a rank of 0 for 'model.layers.0.self_attn.v_proj' is not from 1 to 65536");
    LIST("q_proj");
    options.rank = 65537;
    CHECK_TEXT(found(),
               "a rank of 65537 for 'model.layers.0.self_attn.q_proj' is not from 1 to 65536");
    LIST("q_proj");
    options.alpha = 1e39;
    CHECK_TEXT(found(), "an alpha of 1e+39 for 'model.layers.0.self_attn.q_proj' is too large");
    LIST("q_proj");
    override_list_add(&options.alphas, "[", 1);
    CHECK(strstr(found(), "a '[' is not closed") != NULL);
    LIST("q_proj");
    override_list_add(&options.ranks, "x)", 1);
    CHECK(strstr(found(), "a ')' closes nothing") != NULL);
}

TEST(what_cannot_be_adapted)
{
    LIST("q_proj", "lm_head");
    CHECK_TEXT(found(), "'lm_head' is a target: only the linear layers within the model's layers "
                        "can have an adapter");
    LIST("embed_tokens");
    CHECK_TEXT(found(), "'model.embed_tokens' is a target: only the linear layers within the "
                        "model's layers can have an adapter");
    LIST("mlp");
    CHECK_TEXT(found(), "'model.layers.0.mlp' is a target: it is no linear layer");
    pattern(".*layers.1.*");
    CHECK_TEXT(found(), "'model.layers.1' is a target: it is no linear layer");
    LIST("lm_head", "q_proj");
    name_list_add(&options.excluded.names, "lm_head");
    CHECK_TEXT(found(), "4000000 4000000");
    name_list_add(&options.saved, "lm_head");
    CHECK_TEXT(found(), "'modules_to_save' is not implemented ('lm_head')");
    adapter_options_release(&options);
}

int main(void)
{
    config = adapters_model("llama");
    RUN(lists_by_whole_names_and_ends);
    RUN(patterns_of_whole_names);
    RUN(excluded_modules);
    RUN(some_layers_only);
    RUN(other_ranks_and_alphas);
    RUN(what_cannot_be_adapted);
    return check_end();
}
