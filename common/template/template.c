#include "template/template.h"

#include "jinja/json.h"
#include "jinja/parse.h"
#include "jinja/run.h"

#include <string.h>

struct template
{
    struct syntax tree;
    char *name;
};

static bool prefix(struct err *err, const char *name, uint32_t line)
{
    if (line == 0) return err_prefix(err, "%.100s", name);
    return err_prefix(err, "%.100s:%u", name, (unsigned)line);
}

bool template_parse(struct template **template, struct text source, const char *name,
                    struct err *err)
{
    struct syntax tree;
    uint32_t line;

    *template = NULL;
    if (!tree_parse(&tree, source, &line, err)) return prefix(err, name, line);
    *template = mem_alloc(sizeof **template);
    **template = (struct template){tree, mem_copy_text(name)};
    return true;
}

void template_free(struct template *template)
{
    if (!template) return;
    syntax_release(&template->tree);
    mem_free(template->name);
    mem_free(template);
}

/* A variable by its JSON; none where there is no text. */
static bool bind_json(struct run *run, const char *name, struct text json)
{
    struct datum value = {.kind = DATUM_NONE};

    if (json.at && !json_parse(&run->work, json, name, &value)) return false;
    if (strcmp(name, "tools") == 0 && value.kind == DATUM_LIST && value.list->count == 0)
        value = (struct datum){.kind = DATUM_NONE};
    run_bind(run, text_of(name), &value);
    return true;
}

static void bind_text(struct run *run, const char *name, struct text text)
{
    struct datum value = datum_text(text);

    if (text.at) run_bind(run, text_of(name), &value);
}

static bool is_ours(struct text name)
{
    return text_is(name, "messages") || text_is(name, "tools") || text_is(name, "documents") ||
           text_is(name, "add_generation_prompt");
}

static bool bind_extra(struct run *run, struct text json)
{
    struct datum extra;

    if (!json.at) return true;
    if (!json_parse(&run->work, json, "extra", &extra)) return false;
    if (extra.kind != DATUM_DICT)
        return err_set(run->work.err, "extra: %s where an object is awaited", datum_name(&extra));
    for (size_t i = 0; i < extra.dict->count; i++) {
        struct text name = extra.dict->at[i].key.text;

        if (is_ours(name))
            return err_set(run->work.err, "extra: '%.*s' is given elsewhere", (int)name.len,
                           name.at);
        run_bind(run, name, &extra.dict->at[i].value);
    }
    return true;
}

static bool bind_input(struct run *run, const struct template_input *input)
{
    struct datum prompt = datum_bool(input->add_generation_prompt);

    run_bind(run, TEXT("add_generation_prompt"), &prompt);
    bind_text(run, "bos_token", input->bos);
    bind_text(run, "eos_token", input->eos);
    bind_text(run, "pad_token", input->pad);
    bind_text(run, "unk_token", input->unk);
    return bind_json(run, "messages", input->messages) && bind_json(run, "tools", input->tools) &&
           bind_json(run, "documents", input->documents) && bind_extra(run, input->extra);
}

bool template_render(const struct template *template, const struct template_input *input,
                     struct buffer *out, struct err *err)
{
    struct run run;
    bool good;

    run_start(&run, &template->tree, out, input->now, err);
    good = bind_input(&run, input) && run_tree(&run);
    if (!good) prefix(err, template->name, run.line);
    run_end(&run);
    return good;
}
