/* Chat templates in Jinja and in Go: which family is which. */
#include "deploy/family.h"
#include "deploy/go_template.h"
#include "template/builtin.h"

#include "check.h"
#include "unit/golden.h"

static struct family_found found;
static struct err err;

static const char *family_of(struct text template, struct text bos, struct text eos)
{
    const struct family_model model = {template, bos, eos, false};

    family_release(&found);
    found = (struct family_found){0};
    return family_find(&found, &model, &err) ? found.name : err.text;
}

static const char *builtin_family(const char *name)
{
    return family_of(text_of(template_builtin(name)), TEXT("<s>"), TEXT("</s>"));
}

static const char *file_family(const char *name)
{
    struct buffer file = {0};
    const char *family;

    CHECK(golden_read(name, &file));
    family = family_of((struct text){file.at, file.len}, TEXT("<bos>"), TEXT("<|endoftext|>"));
    buffer_release(&file);
    return family;
}

TEST(builtins)
{
    CHECK_TEXT(builtin_family("chatml"), "chatml");
    CHECK_TEXT(builtin_family("gemma"), "gemma");
    CHECK_TEXT(builtin_family("llama2"), "llama2");
    CHECK_TEXT(builtin_family("llama3"), "llama3");
    CHECK_TEXT(builtin_family("mistral"), "mistral");
    CHECK_TEXT(found.stops[2].at, "</s>");
    CHECK_TEXT(builtin_family("phi3"), "phi3");
    CHECK_TEXT(builtin_family("zephyr"), "zephyr");
    CHECK_INT(found.stop_count, 4);
}

/* What these say without a system message is kept. */
TEST(files)
{
    CHECK_TEXT(file_family("templates/qwen2.5.jinja"), "chatml");
    CHECK(memmem(found.source.at, found.source.len, "created by Alibaba Cloud", 24) != NULL);
    CHECK_TEXT(file_family("templates/smollm2.jinja"), "chatml");
    CHECK(memmem(found.source.at, found.source.len, "named SmolLM", 12) != NULL);
    CHECK_TEXT(file_family("templates/qwen3.jinja"), "chatml");
    CHECK(memcmp(found.source.at, "{{ range", 8) == 0);
    CHECK_TEXT(file_family("templates/phi3.5.jinja"), "phi3");
}

/* Where nothing puts it before a text, the token of the beginning is a part of what is said. */
TEST(beginning_in_the_template)
{
    struct family_model model = {.template = text_of(template_builtin("chatml")),
                                 .bos = TEXT("<|im_start|>"),
                                 .keeps_bos = true};

    family_release(&found);
    found = (struct family_found){0};
    CHECK(family_find(&found, &model, &err));
    CHECK_TEXT(found.name, "chatml");
    model.keeps_bos = false;
    CHECK(!family_find(&found, &model, &err));
}

#define LLAMA31                                                                                    \
    "{{ bos_token }}{% if messages[0].role == 'system' %}{% set s = messages[0].content %}"        \
    "{% set messages = messages[1:] %}{% else %}{% set s = '' %}{% endif %}"                       \
    "{{ '<|start_header_id|>system<|end_header_id|>\\n\\nCutting Knowledge Date: December 2023\\n" \
    "Today Date: 26 Jul 2024\\n\\n' + s + '<|eot_id|>' }}{% for m in messages %}"                  \
    "{{ '<|start_header_id|>' + m.role + '<|end_header_id|>\\n\\n' + m.content + '<|eot_id|>' }}"  \
    "{% endfor %}{{ '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}"

TEST(others)
{
    CHECK_TEXT(family_of(TEXT(LLAMA31), TEXT("<|begin_of_text|>"), TEXT("")), "llama3.1");
    CHECK_TEXT(family_of(TEXT("{{ messages }}"), TEXT(""), TEXT("")),
               "the chat template is of no family that is known here");
    CHECK_TEXT(family_of(TEXT("{% for %}"), TEXT(""), TEXT("")),
               "the chat template:1: the end of the tag where a name is awaited");
    CHECK(strcmp(family_of(TEXT("{{ raise_exception('never') }}"), TEXT(""), TEXT("")), "chatml") !=
          0);
}

TEST(names)
{
    const struct family_model model = {TEXT(""), TEXT("<s>"), TEXT("</s>"), false};

    CHECK_INT(family_named(&found, "plain", &model), 1);
    CHECK_INT(found.stop_count, 0);
    CHECK_INT(family_named(&found, "llama2", &model), 1);
    CHECK_TEXT(found.stops[4].at, "</s>");
    CHECK_INT(family_named(&found, "LLAMA2", &model), 0);
}

TEST(agreement)
{
    const struct family_model model = {text_of(template_builtin("chatml")), TEXT(""), TEXT(""),
                                       false};

    CHECK(family_agrees(TEXT("{{- range $i, $_ := .Messages }}\n"
                             "{{- $_.Content | printf }}{{ end }}"),
                        &model, &err) == false);
    CHECK_TEXT(err.text, "there is no support for '| printf'");
    CHECK(family_agrees(TEXT("{{- range .Messages }}<|im_start|>{{ .Role }}\n"
                             "{{ .Content }}<|im_end|>\n{{ end }}<|im_start|>assistant\n"),
                        &model, &err));
    CHECK(!family_agrees(TEXT("{{- range .Messages }}{{ .Role }}{{ end }}"), &model, &err));
    CHECK(strncmp(err.text, "1 messages give '<|im_start|>user\nWhat", 38) == 0);
}

static void go(const char *source, const char *want)
{
    static const struct go_message messages[] = {
        {{"system", 6}, {"S", 1}}, {{"user", 4}, {"U", 1}}, {{"assistant", 9}, {"A", 1}}};
    const struct go_chat chat = {messages, 3, TEXT("S")};
    struct buffer out = {0};
    const bool good = go_template_render(text_of(source), &chat, &out, &err);

    buffer_byte(&out, '\0');
    CHECK_TEXT(good ? out.at : err.text, want);
    buffer_release(&out);
}

TEST(go_templates)
{
    go("a {{- /* b */ -}} c", "ac");
    go("{{ .System }}{{ `x` }}{{ \"y\" }}", "Sxy");
    go("{{ range .Messages }}{{ .Content }}{{ end }}{{ .System }}", "SUAS");
    go("{{ range $m := .Messages }}{{ $m.Role }} {{ end }}", "system user assistant ");
    go("{{ range $i, $m := .Messages }}{{ if eq $i 0 }}0{{ else if eq .Role \"user\" \"x\" }}u"
       "{{ else }}-{{ end }}{{ end }}",
       "0u-");
    go("{{ range $i, $m := .Messages }}{{ if eq (len (slice $.Messages $i)) 1 }}{{ .Content }}"
       "{{ end }}{{ end }}",
       "A");
    go("{{ if and .System (not (ne \"a\" \"a\")) }}1{{ end }}{{ if or \"\" .System }}2{{ end }}",
       "12");
    go("{{ if .Messages }}\n  {{- if .System }}in{{ end -}}\n {{ end }}", "in");
}

TEST(bad_go_templates)
{
    go("{{ .System", "an action without an end: ' .System'");
    go("{{ end }}", "an 'end' of nothing: ''");
    go("{{ if .System }}x", "an 'end' is missing at the end of '{{ if .System }}x'");
    go("{{ else }}", "there is no support for this 'else' ''");
    go("{{ range .Messages }}{{ range .Messages }}{{ end }}{{ end }}",
       "there is no support for a range within a range: '.Messages'");
    go("{{ range .System }}{{ end }}", "only .Messages can be ranged over");
    go("{{ .Foo }}", "there is no support for 'Foo'");
    go("{{ $x }}", "unknown variable '$x'");
    go("{{ \"a }}", "a text without an end: '\"a'");
    go("{{ \"\\n\" }}", "there is no support for escapes, as in '\\n'");
    go("{{ (eq 1 1 }}", "a ')' is missing behind ''");
    go("{{ eq 1 }}", "eq and ne compare two values, before ''");
    go("{{ eq 1 \"a\" }}", "values of these kinds cannot be compared, before ''");
    go("{{ if 1x }}{{ end }}", "not a number: '1x'");
    go("{{ }}", "nothing where a value should be ''");
    go("{{ len 1 }}", "len takes one list, before ''");
    go("{{ slice .Messages 9 }}", "slice takes a list and where to begin, before ''");
    go("{{ .Messages }}", "only texts are written, not '.Messages'");
    go("{{ printf .System }}", "there is no support for 'printf'");
    go("{{ ((((((((((((((((( 1 ))))))))))))))))) }}", "too deep: '( 1 )))))))))))))))))'");
}

int main(void)
{
    RUN(builtins);
    RUN(files);
    RUN(beginning_in_the_template);
    RUN(others);
    RUN(names);
    RUN(agreement);
    RUN(go_templates);
    RUN(bad_go_templates);
    family_release(&found);
    return check_end();
}
