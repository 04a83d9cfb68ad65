/* adapter_config.json: what is read, what is refused, what is written. */
#include "adapter/adapter_config.h"

#include "check.h"

static struct err err;
static struct adapter_options options;

static bool reads(const char *json)
{
    return adapter_config_read(&options, text_of(json), "c.json", &err);
}

#define LORA "{\"peft_type\": \"LORA\", "

TEST(all_that_is_read)
{
    CHECK(reads(LORA
                "\"r\": 16, \"lora_alpha\": 32.5, \"lora_dropout\": 0.05, \"use_rslora\": true,"
                "\"target_modules\": [\"q_proj\", \"x\"], \"exclude_modules\": \".*y\","
                "\"rank_pattern\": {\"b\": 3, \"a\": 2}, \"alpha_pattern\": {\"c\": 0.5},"
                "\"layers_to_transform\": [2, 0], \"layers_pattern\": \"layers\","
                "\"modules_to_save\": [\"lm_head\"], \"fan_in_fan_out\": true,"
                "\"base_model_name_or_path\": \"some/model\", \"new\": {\"a\": [1]}}"));
    CHECK(options.rank == 16 && options.alpha == 32.5 && options.dropout == 0.05);
    CHECK(options.rslora && !options.targets.pattern && options.targets.names.count == 2);
    CHECK_TEXT(options.targets.names.items[1], "x");
    CHECK_TEXT(options.excluded.pattern, ".*y");
    CHECK_TEXT(options.ranks.items[0].ending, "b"); /* in the file's order */
    CHECK(options.ranks.items[1].value == 2 && options.alphas.items[0].value == 0.5);
    CHECK(options.layer_count == 2 && options.layers[0] == 2 && options.layers[1] == 0);
    CHECK_TEXT(options.layers_pattern.items[0], "layers");
    CHECK_TEXT(options.saved.items[0], "lm_head");
    CHECK_TEXT(options.base_model, "some/model");
    adapter_options_release(&options);
}

TEST(what_is_not_said)
{
    CHECK(reads("{\"peft_type\": \"LORA\", \"layers_to_transform\": null, \"use_dora\": false,"
                "\"target_parameters\": [], \"alora_invocation_tokens\": null}"));
    CHECK(options.rank == 8 && options.alpha == 8 && options.dropout == 0 && !options.rslora);
    CHECK(!options.targets.pattern && options.targets.names.count == 0 && !options.base_model);
    adapter_options_release(&options);
    CHECK(reads(LORA "\"layers_to_transform\": 3, \"init_lora_weights\": \"gaussian\"}"));
    CHECK(options.layer_count == 1 && options.layers[0] == 3);
    adapter_options_release(&options);
}

TEST(what_is_refused)
{
    static const char *const rows[][2] = {
        {"[]", "c.json: not a JSON object"},
        {"{}", "c.json: there is no 'peft_type'"},
        {"{\"peft_type\": \"IA3\"}", "c.json: 'peft_type' is 'IA3': only LORA is implemented"},
        {"{\"peft_type\": 1}", "c.json: 'peft_type' is not a string"},
        {LORA "\"bias\": \"some\"}", "c.json: 'bias' is 'some', not none, all or lora_only"},
        {LORA "\"bias\": true}", "c.json: 'bias' is not a string"},
        {LORA "\"use_dora\": 1}", "c.json: 'use_dora' is not true or false"},
        {LORA "\"layer_replication\": [[0, 2]]}",
         "c.json: 'layer_replication' is set: it is not implemented"},
        {LORA "\"target_parameters\": [\"x\"]}",
         "c.json: 'target_parameters' is set: it is not implemented"},
        {LORA "\"use_bdlora\": {\"nblocks\": 2}}",
         "c.json: 'use_bdlora' is set: it is not implemented"},
        {LORA "\"lora_bias\": 1}", "c.json: 'lora_bias' is not true or false"},
        {LORA "\"use_qalora\": true}", "c.json: 'use_qalora' is set: it is not implemented"},
        {LORA "\"arrow_config\": {\"top_k\": 3}}",
         "c.json: 'arrow_config' is set: it is not implemented"},
        {LORA "\"alora_invocation_tokens\": [1]}",
         "c.json: 'alora_invocation_tokens' is set: it is not implemented"},
        {LORA "\"trainable_token_indices\": [1]}",
         "c.json: 'trainable_token_indices' is set: it is not implemented"},
        {LORA "\"kasa_config\": {\"a\": 3}}",
         "c.json: 'kasa_config' is set: it is not implemented"},
        {LORA "\"velora_config\": 1}", "c.json: 'velora_config' is set: it is not implemented"},
        {LORA "\"monteclora_config\": \"\"}",
         "c.json: 'monteclora_config' is set: it is not implemented"},
        {LORA "\"init_lora_weights\": \"pissa_niter_4\"}",
         "c.json: 'init_lora_weights' is 'pissa_niter_4', which changes the base model: convert it "
         "to a plain adapter first"},
        {LORA "\"r\": -1}", "c.json: 'r' is not a whole number from 0"},
        {LORA "\"r\": 8.0}", "c.json: 'r' is not a whole number from 0"},
        {LORA "\"lora_alpha\": \"8\"}", "c.json: 'lora_alpha' is not a number"},
        {LORA "\"lora_dropout\": 1}", "c.json: 'lora_dropout' is not from 0 to below 1"},
        {LORA "\"lora_dropout\": -0.1}", "c.json: 'lora_dropout' is not from 0 to below 1"},
        {LORA "\"use_rslora\": 1}", "c.json: 'use_rslora' is not true or false"},
        {LORA "\"base_model_name_or_path\": 1}",
         "c.json: 'base_model_name_or_path' is not a string"},
        {LORA "\"target_modules\": 1}", "c.json: 'target_modules' is not a list"},
        {LORA "\"target_modules\": [1]}", "c.json: 'target_modules' is not a list of strings"},
        {LORA "\"rank_pattern\": []}", "c.json: 'rank_pattern' is not an object"},
        {LORA "\"rank_pattern\": {\"a\": 1.5}}",
         "c.json: 'rank_pattern' gives 'a' no whole number"},
        {LORA "\"alpha_pattern\": {\"a\": null}}", "c.json: 'alpha_pattern' gives 'a' no number"},
        {LORA "\"layers_to_transform\": [-1]}",
         "c.json: 'layers_to_transform' is not a list of whole numbers from 0"},
        {LORA "\"layers_to_transform\": \"1\"}", "c.json: 'layers_to_transform' is not a list"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK(!reads(rows[i][0]));
        CHECK_TEXT(err.text, rows[i][1]);
    }
}

TEST(lists_have_a_limit)
{
    struct buffer text = {0};

    buffer_text(&text, LORA "\"layers_to_transform\": [0");
    for (int i = 0; i < 4096; i++) buffer_text(&text, ",0");
    buffer_text(&text, "]}");
    CHECK(!adapter_config_read(&options, (struct text){text.at, text.len}, "c.json", &err));
    CHECK_TEXT(err.text, "c.json: 'layers_to_transform' has more than 4096 entries");
    text.len = 0;
    buffer_text(&text, LORA "\"target_modules\": [\"\"");
    for (int i = 0; i < 16384; i++) buffer_text(&text, ",\"\"");
    buffer_text(&text, "]}");
    CHECK(!adapter_config_read(&options, (struct text){text.at, text.len}, "c.json", &err));
    CHECK_TEXT(err.text, "c.json: 'target_modules' has more than 16384 entries");
    text.len = 0;
    buffer_text(&text, LORA "\"rank_pattern\": {\"\": 1");
    for (int i = 0; i < 4096; i++) buffer_format(&text, ",\"%d\":1", i);
    buffer_text(&text, "}}");
    CHECK(!adapter_config_read(&options, (struct text){text.at, text.len}, "c.json", &err));
    CHECK_TEXT(err.text, "c.json: 'rank_pattern' has more than 4096 entries");
    buffer_release(&text);
}

TEST(written_and_read_again)
{
    struct adapter_options again;
    struct buffer text = {0}, second = {0};

    adapter_options_init(&options);
    options.alpha = 0.1;
    options.dropout = 0.05;
    name_list_add(&options.targets.names, "q\"\n\xc3\xa9");
    name_list_add(&options.excluded.names, "e");
    adapter_options_add_layer(&options, 5);
    name_list_add(&options.layers_pattern, "layers");
    override_list_add(&options.alphas, "x", 1e-3);
    override_list_add(&options.alphas, "y", 1e300);
    adapter_options_copy(&again, &options);
    adapter_config_write(&options, &text);
    adapter_options_release(&options);
    CHECK(memmem(text.at, text.len, "\"lora_alpha\": 0.1,\n", 19) != NULL);
    CHECK(memmem(text.at, text.len, "\"lora_dropout\": 0.05,\n", 22) != NULL);
    CHECK(adapter_config_read(&options, (struct text){text.at, text.len}, "c.json", &err));
    CHECK_TEXT(options.targets.names.items[0], "q\"\n\xc3\xa9");
    CHECK(options.alpha == 0.1 && options.alphas.items[1].value == 1e300);
    adapter_config_write(&again, &second);
    CHECK(text.len == second.len && memcmp(text.at, second.at, text.len) == 0);
    adapter_options_release(&options);
    adapter_options_release(&again);
    buffer_release(&text);
    buffer_release(&second);
}

int main(void)
{
    RUN(all_that_is_read);
    RUN(what_is_not_said);
    RUN(what_is_refused);
    RUN(lists_have_a_limit);
    RUN(written_and_read_again);
    return check_end();
}
