#include "deploy/family.h"

#include "deploy/go_template.h"
#include "records/value.h"
#include "template/template.h"

#include <string.h>

/* Where a text of the table says \1 the model's end of a text stands, for \2 its beginning. */
static const struct family {
    const char *name, *source, *stops[FAMILY_STOPS];
} families[] = {
    {"chatml",
     "{{ range .Messages }}<|im_start|>{{ .Role }}\n{{ .Content }}<|im_end|>\n{{ end }}"
     "<|im_start|>assistant\n",
     {"<|im_start|>", "<|im_end|>"}},
    {"llama3",
     "{{ range .Messages }}<|start_header_id|>{{ .Role }}<|end_header_id|>\n\n"
     "{{ .Content }}<|eot_id|>{{ end }}<|start_header_id|>assistant<|end_header_id|>\n\n",
     {"<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"}},
    {"llama3.1",
     "<|start_header_id|>system<|end_header_id|>\n\nCutting Knowledge Date: December 2023\n"
     "Today Date: 26 Jul 2024\n\n{{ .System }}<|eot_id|>"
     "{{ range .Messages }}{{ if ne .Role \"system\" }}<|start_header_id|>{{ .Role }}"
     "<|end_header_id|>\n\n{{ .Content }}<|eot_id|>{{ end }}{{ end }}"
     "<|start_header_id|>assistant<|end_header_id|>\n\n",
     {"<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"}},
    {"zephyr",
     "{{ range .Messages }}<|{{ .Role }}|>\n{{ .Content }}\1\n{{ end }}<|assistant|>\n",
     {"<|system|>", "<|user|>", "<|assistant|>", "\1"}},
    {"phi3",
     "{{ range .Messages }}<|{{ .Role }}|>\n{{ .Content }}<|end|>\n{{ end }}<|assistant|>\n",
     {"<|end|>", "<|system|>", "<|user|>", "<|assistant|>"}},
    {"gemma",
     "{{ range $i, $m := .Messages }}{{ if eq .Role \"user\" }}<start_of_turn>user\n"
     "{{ if and (eq $i 1) $.System }}{{ $.System }}\n\n{{ end }}{{ .Content }}<end_of_turn>\n"
     "{{ else if eq .Role \"assistant\" }}<start_of_turn>model\n{{ .Content }}<end_of_turn>\n"
     "{{ end }}{{ end }}<start_of_turn>model\n",
     {"<start_of_turn>", "<end_of_turn>"}},
    {"llama2",
     "{{ range $i, $m := .Messages }}{{ if eq .Role \"user\" }}[INST] "
     "{{ if and (eq $i 1) $.System }}<<SYS>>\n{{ $.System }}\n<</SYS>>\n\n{{ end }}"
     "{{ .Content }} [/INST]{{ else if eq .Role \"assistant\" }} {{ .Content }} \1\2"
     "{{ end }}{{ end }}",
     {"[INST]", "[/INST]", "<<SYS>>", "<</SYS>>", "\1"}},
    {"mistral",
     "{{ range $i, $m := .Messages }}{{ if eq .Role \"user\" }}[INST] "
     "{{ if and (eq $i 1) $.System }}{{ $.System }}\n\n{{ end }}{{ .Content }} [/INST]"
     "{{ else if eq .Role \"assistant\" }}{{ .Content }}\1 {{ end }}{{ end }}",
     {"[INST]", "[/INST]", "\1"}},
    {"mistral-0.2",
     "{{ range $i, $m := .Messages }}{{ if eq .Role \"user\" }}[INST] "
     "{{ if and (eq $i 1) $.System }}{{ $.System }}\n\n{{ end }}{{ .Content }} [/INST]"
     "{{ else if eq .Role \"assistant\" }} {{ .Content }}\1{{ end }}{{ end }}",
     {"[INST]", "[/INST]", "\1"}},
    {"mistral-0.3",
     "{{ range $i, $m := .Messages }}{{ if eq .Role \"user\" }}[INST] "
     "{{ if and (eq (len (slice $.Messages $i)) 1) $.System }}{{ $.System }}\n\n{{ end }}"
     "{{ .Content }}[/INST]{{ else if eq .Role \"assistant\" }} {{ .Content }}\1{{ end }}{{ end }}",
     {"[INST]", "[/INST]", "\1"}},
    {"granite",
     "{{ range .Messages }}<|start_of_role|>{{ .Role }}<|end_of_role|>{{ .Content }}\1\n{{ end }}"
     "<|start_of_role|>assistant<|end_of_role|>",
     {"<|start_of_role|>", "<|end_of_role|>", "\1"}},
    {"tulu",
     "{{ range .Messages }}<|{{ .Role }}|>\n{{ .Content }}"
     "{{ if eq .Role \"assistant\" }}\1{{ end }}\n{{ end }}<|assistant|>\n",
     {"<|user|>", "<|assistant|>", "\1"}},
    {"plain", "{{ if .System }}{{ .System }}\n\n{{ end }}{{ .Prompt }}", {NULL}},
};
#define FAMILIES (sizeof families / sizeof *families)

#define SYSTEM                                                                                     \
    {                                                                                              \
        TEXT_OF("system"), TEXT_OF("Be brief; say \"no\" to <none>.")                              \
    }
#define USER                                                                                       \
    {                                                                                              \
        TEXT_OF("user"), TEXT_OF("What is 2 + 2?\nAnd 3?")                                         \
    }
#define ANSWER                                                                                     \
    {                                                                                              \
        TEXT_OF("assistant"), TEXT_OF("4 {{ x }}, 'five'.")                                        \
    }
#define AGAIN                                                                                      \
    {                                                                                              \
        TEXT_OF("user"), TEXT_OF("Gr\xc3\xbc\xc3\x9f dich")                                        \
    }
#define TEXT_OF(literal)                                                                           \
    {                                                                                              \
        (literal), sizeof(literal) - 1                                                             \
    }

static const struct go_message one[] = {USER}, turns[] = {USER, ANSWER, AGAIN},
                               told[] = {SYSTEM, USER}, all[] = {SYSTEM, USER, ANSWER, AGAIN},
                               long_one[] = {USER, ANSWER, AGAIN, ANSWER, USER};

/* The first has no system message: what stands before it is what a template says by itself. */
static const struct probe {
    const struct go_message *messages;
    size_t count;
    bool has_system;
} probes[] = {
    {one, 1, false}, {turns, 3, false}, {long_one, 5, false}, {told, 2, true}, {all, 4, true}};
#define PROBES (sizeof probes / sizeof *probes)

/* What Jinja makes of the conversations. */
struct renders {
    struct buffer texts[PROBES];
    bool refused[PROBES]; /* some families have no system message */
};

static void write_messages(const struct probe *probe, struct buffer *json)
{
    json->len = 0;
    buffer_byte(json, '[');
    for (size_t i = 0; i < probe->count; i++) {
        buffer_text(json, i ? ",{\"role\":" : "{\"role\":");
        text_quote(json, probe->messages[i].role);
        buffer_text(json, ",\"content\":");
        text_quote(json, probe->messages[i].content);
        buffer_byte(json, '}');
    }
    buffer_byte(json, ']');
}

static void drop_bos(struct buffer *text, struct text bos)
{
    if (!bos.len || text->len < bos.len || memcmp(text->at, bos.at, bos.len) != 0) return;
    memmove(text->at, text->at + bos.len, text->len - bos.len);
    text->len -= bos.len;
}

static void renders_release(struct renders *renders)
{
    for (size_t i = 0; i < PROBES; i++) buffer_release(&renders->texts[i]);
}

static bool render_all(struct renders *renders, const struct family_model *model, struct err *err)
{
    struct template *template;
    struct buffer json = {0};

    if (!template_parse(&template, model->template, "the chat template", err)) return false;
    for (size_t i = 0; i < PROBES; i++) {
        struct template_input input = {
            .add_generation_prompt = true, .bos = model->bos, .eos = model->eos};

        write_messages(&probes[i], &json);
        input.messages = (struct text){json.at, json.len};
        renders->refused[i] = !template_render(template, &input, &renders->texts[i], err);
        if (!model->keeps_bos) drop_bos(&renders->texts[i], model->bos);
    }
    buffer_release(&json);
    template_free(template);
    return !renders->refused[0];
}

static bool render_go(struct text source, const struct probe *probe, struct buffer *out,
                      struct err *err)
{
    const struct go_chat chat = {.messages = probe->messages,
                                 .count = probe->count,
                                 .system =
                                     probe->has_system ? probe->messages[0].content : TEXT("")};

    out->len = 0;
    return go_template_render(source, &chat, out, err);
}

static bool same(const struct buffer *a, const struct buffer *b)
{
    return a->len == b->len && (!a->len || memcmp(a->at, b->at, a->len) == 0);
}

static bool agrees(struct text source, const struct renders *renders, struct err *err)
{
    struct buffer out = {0};
    bool good = true;

    for (size_t i = 0; good && i < PROBES; i++) {
        if (renders->refused[i]) continue;
        good = render_go(source, &probes[i], &out, err);
        if (good && !same(&out, &renders->texts[i]))
            good = err_set(err, "%zu messages%s give '%.*s' by the chat template and '%.*s' in Go",
                           probes[i].count, probes[i].has_system ? " with a system message" : "",
                           (int)(renders->texts[i].len < 150 ? renders->texts[i].len : 150),
                           renders->texts[i].at ? renders->texts[i].at : "",
                           (int)(out.len < 150 ? out.len : 150), out.at ? out.at : "");
    }
    buffer_release(&out);
    return good;
}

/* A text of the table as it is for this model. */
static void write_source(struct buffer *out, const char *text, const struct family_model *model)
{
    for (; *text; text++) {
        if (*text == '\1')
            buffer_add(out, model->eos.at, model->eos.len);
        else if (*text == '\2')
            buffer_add(out, model->bos.at, model->bos.len);
        else
            buffer_byte(out, *text);
    }
}

static void take(struct family_found *found, const struct family *family,
                 const struct family_model *model)
{
    found->name = family->name;
    found->source.len = found->stop_count = 0;
    write_source(&found->source, family->source, model);
    for (size_t i = 0; i < FAMILY_STOPS && family->stops[i]; i++) {
        struct buffer *stop = &found->stops[found->stop_count];

        stop->len = 0;
        write_source(stop, family->stops[i], model);
        if (stop->len) found->stop_count++;
        buffer_byte(stop, '\0');
        stop->len--;
    }
}

/* What the chat template says before the messages where none is of the system. */
static bool add_default(struct family_found *found, const struct renders *renders)
{
    static const char open[] = "{{- if not .System }}", close[] = "{{ end }}";
    const struct buffer *want = &renders->texts[0];
    struct buffer got = {0}, whole = {0};
    struct err err;
    bool good =
        render_go((struct text){found->source.at, found->source.len}, &probes[0], &got, &err) &&
        got.len < want->len && memcmp(want->at + want->len - got.len, got.at, got.len) == 0 &&
        !memmem(want->at, want->len - got.len, "{{", 2);

    if (good) {
        buffer_text(&whole, open);
        buffer_add(&whole, want->at, want->len - got.len);
        buffer_text(&whole, close);
        buffer_add(&whole, found->source.at, found->source.len);
        found->source.len = 0;
        buffer_add(&found->source, whole.at, whole.len);
    }
    buffer_release(&got);
    buffer_release(&whole);
    return good;
}

static bool fits(struct family_found *found, const struct renders *renders)
{
    struct err ignored;

    if (agrees((struct text){found->source.at, found->source.len}, renders, &ignored)) return true;
    return add_default(found, renders) &&
           agrees((struct text){found->source.at, found->source.len}, renders, &ignored);
}

bool family_find(struct family_found *found, const struct family_model *model, struct err *err)
{
    struct renders renders = {0};
    bool good = render_all(&renders, model, err), fit = false;

    for (size_t i = 0; good && !fit && i < FAMILIES; i++) {
        take(found, &families[i], model);
        fit = fits(found, &renders);
    }
    renders_release(&renders);
    return fit || (good && err_set(err, "the chat template is of no family that is known here"));
}

int family_named(struct family_found *found, const char *name, const struct family_model *model)
{
    for (size_t i = 0; i < FAMILIES; i++)
        if (strcmp(families[i].name, name) == 0) return take(found, &families[i], model), 1;
    return 0;
}

bool family_agrees(struct text go, const struct family_model *model, struct err *err)
{
    struct renders renders = {0};
    const bool good = render_all(&renders, model, err) && agrees(go, &renders, err);

    renders_release(&renders);
    return good;
}

void family_release(struct family_found *found)
{
    buffer_release(&found->source);
    for (size_t i = 0; i < FAMILY_STOPS; i++) buffer_release(&found->stops[i]);
}
