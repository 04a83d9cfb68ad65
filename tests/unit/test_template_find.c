/* Where a model's template stands, and the ones that come by name. */
#include "template/find.h"

#include "check.h"
#include "template/builtin.h"
#include "template/template.h"

static struct template_found found;
static struct err err;

static int find(const char *jinja, const char *config)
{
    struct text none = {NULL, 0};

    template_found_release(&found);
    return template_find(&found, jinja ? text_of(jinja) : none, config ? text_of(config) : none,
                         &err);
}

static bool is(const char *source, const char *where, bool differs)
{
    return text_is((struct text){found.source.at, found.source.len}, source) &&
           strcmp(found.where, where) == 0 && found.differs == differs;
}

TEST(places)
{
    const char *config = "tokenizer_config.json", *jinja = "chat_template.jinja";

    CHECK_INT(find(NULL, NULL), 0);
    CHECK_INT(find(NULL, "{}"), 0);
    CHECK_INT(find(NULL, "{\"chat_template\": null}"), 0);
    CHECK(find(NULL, "{\"chat_template\": \"a\\nb\"}") == 1 && is("a\nb", config, false));
    CHECK(find("file", NULL) == 1 && is("file", jinja, false));
    CHECK(find("file", "{\"x\": 1}") == 1 && is("file", jinja, false));
    CHECK(find("file", "{\"chat_template\": \"other\"}") == 1 && is("file", jinja, true));
    CHECK(find("same\n", "{\"chat_template\": \"same\"}") == 1 && is("same\n", jinja, false));
    CHECK(find("", "{\"chat_template\": \"\"}") == 1 && is("", jinja, false));
}

TEST(lists)
{
    CHECK(find(NULL, "{\"chat_template\": [{\"name\": \"tool_use\", \"template\": \"t\"}, "
                     "{\"template\": \"d\", \"name\": \"default\"}]}") == 1 &&
          is("d", "tokenizer_config.json", false));
    CHECK_INT(find(NULL, "{\"chat_template\": [{\"name\": \"rag\", \"template\": \"t\"}]}"), -1);
    CHECK_TEXT(err.text, "tokenizer_config.json: no 'chat_template' is named 'default'");
}

TEST(refusals)
{
    CHECK_INT(find(NULL, "{"), -1);
    CHECK(strncmp(err.text, "tokenizer_config.json: ", 23) == 0);
    CHECK_INT(find("x", "{\"chat_template\": 1}"), -1);
    CHECK_TEXT(err.text, "tokenizer_config.json: 'chat_template' is a number");
    CHECK_INT(find(NULL, "{\"chat_template\": [1]}"), -1);
    CHECK_TEXT(err.text, "tokenizer_config.json: 'chat_template' holds a number");
    CHECK_INT(find(NULL, "{\"chat_template\": [{\"name\": \"default\"}]}"), -1);
    CHECK_TEXT(err.text,
               "tokenizer_config.json: a row of 'chat_template' is not a name and a template");
}

#define USER "{\"role\": \"user\", \"content\": \"Hi\"}"
#define SYSTEM "{\"role\": \"system\", \"content\": \"Be brief.\"}"
#define ANSWER "{\"role\": \"assistant\", \"content\": \"Hello!\"}"

/* What the families' own templates make, with the tokens <s> and </s>; gen where a prompt ends. */
static const struct {
    const char *name, *user_gen, *system_user_gen, *user_answer;
} families[] = {
    {"chatml", "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n",
     "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n"
     "<|im_start|>assistant\n",
     "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\nHello!<|im_end|>\n"},
    {"gemma", "<s><start_of_turn>user\nHi<end_of_turn>\n<start_of_turn>model\n", NULL,
     "<s><start_of_turn>user\nHi<end_of_turn>\n<start_of_turn>model\nHello!<end_of_turn>\n"},
    {"llama2", "<s>[INST] Hi [/INST]", "<s>[INST] <<SYS>>\nBe brief.\n<</SYS>>\n\nHi [/INST]",
     "<s>[INST] Hi [/INST] Hello! </s>"},
    {"llama3",
     "<s><|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|>"
     "<|start_header_id|>assistant<|end_header_id|>\n\n",
     "<s><|start_header_id|>system<|end_header_id|>\n\nBe brief.<|eot_id|>"
     "<|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|>"
     "<|start_header_id|>assistant<|end_header_id|>\n\n",
     "<s><|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|>"
     "<|start_header_id|>assistant<|end_header_id|>\n\nHello!<|eot_id|>"},
    {"mistral", "<s>[INST] Hi [/INST]", NULL, "<s>[INST] Hi [/INST]Hello!</s> "},
    {"phi3", "<|user|>\nHi<|end|>\n<|assistant|>\n",
     "<|system|>\nBe brief.<|end|>\n<|user|>\nHi<|end|>\n<|assistant|>\n",
     "<|user|>\nHi<|end|>\n<|assistant|>\nHello!<|end|>\n</s>"},
    {"zephyr", "<|user|>\nHi</s>\n<|assistant|>\n",
     "<|system|>\nBe brief.</s>\n<|user|>\nHi</s>\n<|assistant|>\n",
     "<|user|>\nHi</s>\n<|assistant|>\nHello!</s>\n"},
};

static void check_render(const char *name, const char *messages, bool prompt, const char *want)
{
    struct template_input input = {.messages = text_of(messages),
                                   .add_generation_prompt = prompt,
                                   .bos = TEXT("<s>"),
                                   .eos = TEXT("</s>")};
    struct template *template;
    struct buffer out = {0};
    bool good = template_parse(&template, text_of(template_builtin(name)), name, &err);

    CHECK(good);
    CHECK(template_render(template, &input, &out, &err) == (want != NULL));
    buffer_byte(&out, '\0');
    if (want) CHECK_TEXT(out.at, want);
    buffer_release(&out);
    template_free(template);
}

TEST(templates_by_name)
{
    for (size_t i = 0; i < sizeof families / sizeof families[0]; i++) {
        check_render(families[i].name, "[" USER "]", true, families[i].user_gen);
        check_render(families[i].name, "[" SYSTEM ", " USER "]", true, families[i].system_user_gen);
        check_render(families[i].name, "[" USER ", " ANSWER "]", false, families[i].user_answer);
    }
    CHECK(template_builtin("nosuch") == NULL);
}

int main(void)
{
    RUN(places);
    RUN(lists);
    RUN(refusals);
    RUN(templates_by_name);
    template_found_release(&found);
    return check_end();
}
