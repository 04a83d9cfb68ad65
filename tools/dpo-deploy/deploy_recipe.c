#include "dpo-deploy/deploy_recipe.h"

#include "core/lines.h"
#include "core/outfile.h"
#include "core/report.h"
#include "run/metadata.h"

#include <string.h>
#include <unistd.h>

#define TEXT_LIMIT ((size_t)1 << 20)

static void read_text(const char *path, struct buffer *text)
{
    struct err err;

    if (!read_whole_file(path, text, TEXT_LIMIT, &err)) die_of(&err);
    if (text->len && memchr(text->at, '\0', text->len)) die("%s: holds a zero byte", path);
    buffer_byte(text, '\0');
    text->len--;
}

static void take_modelfile(struct recipe *recipe, const char *path)
{
    struct buffer text = {0};
    struct err err;

    read_text(path, &text);
    if (!modelfile_parse(&recipe->modelfile, text_of(text.at), path, &err)) die_of(&err);
    buffer_release(&text);
}

static void take_system(struct recipe *recipe, const char *value)
{
    struct buffer text = {0};

    if (value[0] == '@') {
        read_text(value + 1, &text);
        if (text.len && text.at[text.len - 1] == '\n') text.at[--text.len] = '\0';
        value = text.at;
    }
    modelfile_replace(&recipe->modelfile.system, value);
    buffer_release(&text);
}

static void take_parameter(struct recipe *recipe, const char *option)
{
    const char *sign = strchr(option, '=');
    char *name = sign ? mem_format("%.*s", (int)(sign - option), option) : NULL;
    struct err err;

    if (!sign) die_usage("--parameter: '%s' is not NAME=VALUE", option);
    if (!modelfile_set(&recipe->modelfile, name, sign + 1, &err))
        die_usage("--parameter: %s", err.text);
    mem_free(name);
}

/* 'auto', a family's name, or a file. */
static void take_template(struct recipe *recipe, const char *value)
{
    struct buffer text = {0};
    struct err err;

    if (recipe_set_family(recipe, value, &err)) {
        if (recipe->family || !recipe->modelfile.template) return;
        buffer_text(&text, recipe->modelfile.template);
        buffer_byte(&text, '\0');
    } else if (strcmp(value, "auto") == 0) {
        die_of(&err);
    } else {
        if (access(value, F_OK) != 0) die("--template: %s, and no file", err.text);
        read_text(value, &text);
    }
    if (!recipe_set_template(recipe, text.at, &err))
        report_warning("the template may differ from the model's own: %s", err.text);
    buffer_release(&text);
}

static void check_training(const struct recipe *recipe)
{
    const char *slash = strrchr(recipe->path, '/');
    char *folder = slash ? mem_format("%.*s", (int)(slash - recipe->path) + 1, recipe->path)
                         : mem_copy_text(".");
    struct metadata_origin origin;
    struct err err;
    const int found = metadata_read(&origin, folder, &err);

    if (found < 0) report_warning("%s", err.text);
    if (found > 0) {
        if (origin.template_hash && strcmp(origin.template_hash, recipe->template_sha256) != 0)
            report_warning("%s: its chat template is not the one that " METADATA_FILE
                           " beside it names for training",
                           recipe->path);
        metadata_release(&origin);
    }
    mem_free(folder);
}

void deploy_recipe_make(struct recipe *recipe, const char *path,
                        const struct deploy_options *options)
{
    struct err err;

    if (!recipe_open(recipe, path, &err)) die_of(&err);
    if (options->modelfile) take_modelfile(recipe, options->modelfile);
    if (options->system) take_system(recipe, options->system);
    for (size_t i = 0; i < options->parameters.count; i++)
        take_parameter(recipe, options->parameters.items[i]);
    take_template(recipe, options->template);
    check_training(recipe);
    if (!recipe_hash(recipe, &err)) die_of(&err);
}

void deploy_recipe_write_modelfile(struct recipe *recipe, const char *output,
                                   const char *from_modelfile)
{
    const char *slash = strrchr(recipe->path, '/'), *name = slash ? slash + 1 : recipe->path;
    const char *dot = strrchr(name, '.');
    const size_t stem = dot && dot > name ? (size_t)(dot - recipe->path) : strlen(recipe->path);
    char *beside = mem_format("%.*s.Modelfile", (int)stem, recipe->path);
    char *from = mem_format("./%s", name);
    struct buffer text = {0};
    struct err err;

    modelfile_replace(&recipe->modelfile.from, from);
    if (output || !from_modelfile)
        if (!modelfile_write(&recipe->modelfile, &text, &err) ||
            !outfile_put(output ? output : beside, buffer_content(&text), &err)) {
            if (output) die_of(&err);
            report_warning("no Modelfile is written beside the model: %s", err.text);
        }
    buffer_release(&text);
    mem_free(beside);
    mem_free(from);
}
