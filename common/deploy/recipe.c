#include "deploy/recipe.h"

#include "core/lines.h"
#include "deploy/parameter.h"
#include "hash/sha256.h"
#include "records/value.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define TEMPLATE_LIMIT ((size_t)1 << 20)

static void hash_text(struct text text, char hex[65])
{
    struct sha256 sha;

    sha256_init(&sha);
    sha256_add(&sha, text.at, text.len);
    sha256_hex(&sha, hex);
}

bool recipe_open(struct recipe *recipe, const char *path, struct err *err)
{
    struct text kind;
    struct err ignored;

    *recipe = (struct recipe){.path = path, .fd = -1};
    if (!gguf_open(&recipe->gguf, path, err)) return false;
    recipe->fd = open(path, O_RDONLY | O_CLOEXEC);
    if (recipe->fd < 0) return err_errno(err, "%s", path);
    if (!recipe->gguf.tensor_count) return err_set(err, "%s: has no tensors", path);
    if (gguf_text(&recipe->gguf, "general.type", &kind, &ignored) > 0 && text_is(kind, "adapter"))
        return err_set(err, "%s: is an adapter, which Ollama refuses: fold it by dpo-lora-merge",
                       path);
    if (gguf_find(&recipe->gguf, "split.count"))
        return err_set(err, "%s: is one part of a split file, which Ollama does not take", path);
    if (gguf_text(&recipe->gguf, "tokenizer.chat_template", &recipe->chat_template, err) < 0)
        return err_prefix(err, "%s", path);
    if (recipe->chat_template.len > TEMPLATE_LIMIT)
        return err_set(err, "%s: the chat template is longer than 1 MiB", path);
    if (recipe->chat_template.len) hash_text(recipe->chat_template, recipe->template_sha256);
    return true;
}

/* The text of a token that a key names, or an empty one. */
static struct text special(const struct gguf *gguf, const char *key)
{
    struct gguf_value tokens;
    struct text text = TEXT("");
    struct err ignored;
    uint32_t id;

    if (gguf_u32(gguf, key, &id, &ignored) <= 0 ||
        gguf_array(gguf, "tokenizer.ggml.tokens", GGUF_TEXT, &tokens, &ignored) <= 0 ||
        id >= tokens.count)
        return text;
    for (uint32_t i = 0; i <= id; i++)
        if (!gguf_next_text(&tokens, &text)) return TEXT("");
    return text;
}

/* Does llama.cpp put bos before a text? Where the file does not say, its kind of tokenizer does. */
static bool adds_bos(const struct gguf *gguf)
{
    static const char *const adding[] = {"llama-bpe", "llama3", "llama-v3", "falcon3"};
    struct text model = TEXT(""), pre = TEXT("");
    struct err ignored;
    bool adds;

    if (gguf_bool(gguf, "tokenizer.ggml.add_bos_token", &adds, &ignored) > 0) return adds;
    if (gguf_text(gguf, "tokenizer.ggml.model", &model, &ignored) > 0 && text_is(model, "llama"))
        return true;
    if (gguf_text(gguf, "tokenizer.ggml.pre", &pre, &ignored) <= 0) return false;
    for (size_t i = 0; i < sizeof adding / sizeof *adding; i++)
        if (text_is(pre, adding[i])) return true;
    return false;
}

static struct family_model model_of(const struct recipe *recipe)
{
    return (struct family_model){.template = recipe->chat_template,
                                 .bos = special(&recipe->gguf, "tokenizer.ggml.bos_token_id"),
                                 .eos = special(&recipe->gguf, "tokenizer.ggml.eos_token_id"),
                                 .keeps_bos = !adds_bos(&recipe->gguf)};
}

static bool take_family(struct recipe *recipe, struct family_found *found, struct err *err)
{
    const bool stops = modelfile_has(&recipe->modelfile, "stop");

    recipe->family = found->name;
    buffer_byte(&found->source, '\0');
    modelfile_replace(&recipe->modelfile.template, found->source.at);
    for (size_t i = 0; !stops && i < found->stop_count; i++)
        if (!modelfile_set(&recipe->modelfile, "stop", found->stops[i].at, err)) return false;
    return true;
}

bool recipe_set_family(struct recipe *recipe, const char *name, struct err *err)
{
    const bool find = strcmp(name, "auto") == 0;
    const struct family_model model = model_of(recipe);
    struct family_found found = {0};
    bool good;

    if (find && recipe->modelfile.template) return true;
    if (!find)
        good = family_named(&found, name, &model) ||
               err_set(err, "'%s' is no family of templates", name);
    else if (!recipe->chat_template.len)
        good = err_set(err,
                       "%s: has no chat template: name a family by --template ('plain' for "
                       "none)",
                       recipe->path);
    else
        good = family_find(&found, &model, err) ||
               err_prefix(err, "%s: a Go template is needed (--template FILE)", recipe->path);
    good = good && take_family(recipe, &found, err);
    family_release(&found);
    return good;
}

bool recipe_set_template(struct recipe *recipe, const char *source, struct err *err)
{
    const struct family_model model = model_of(recipe);

    if (recipe->modelfile.template != source)
        modelfile_replace(&recipe->modelfile.template, source);
    recipe->family = NULL;
    return !recipe->chat_template.len || family_agrees(text_of(source), &model, err);
}

bool recipe_hash(struct recipe *recipe, struct err *err)
{
    char *bytes = mem_alloc(1 << 20);
    struct sha256 sha;
    ssize_t got;
    uint64_t all = 0;

    sha256_init(&sha);
    lseek(recipe->fd, 0, SEEK_SET);
    while ((got = read_some(recipe->fd, bytes, 1 << 20)) > 0) {
        sha256_add(&sha, bytes, (size_t)got);
        all += (uint64_t)got;
    }
    mem_free(bytes);
    sha256_hex(&sha, recipe->sha256);
    if (got < 0) return err_errno(err, "%s", recipe->path);
    return all == recipe->gguf.file.len ||
           err_set(err, "%s: changed while it was read", recipe->path);
}

static void write_member(struct buffer *json, const char *name, const char *value)
{
    if (!value) return;
    buffer_format(json, ",\"%s\":", name);
    text_quote(json, text_of(value));
}

/* Stops are an array always: a single text would be stored, and fail later. */
static void write_parameters(struct buffer *json, const struct modelfile_list *list)
{
    size_t stops = 0, others = 0;

    if (!list->count) return;
    buffer_text(json, ",\"parameters\":{");
    for (size_t i = 0; i < list->count; i++) {
        const struct modelfile_pair *pair = &list->items[i];

        if (strcmp(pair->name, "stop") == 0) continue;
        buffer_format(json, "%s\"%s\":", others++ ? "," : "", pair->name);
        parameter_write(json, pair->name, pair->value);
    }
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->items[i].name, "stop") != 0) continue;
        buffer_text(json, stops++ ? "," : others ? ",\"stop\":[" : "\"stop\":[");
        text_quote(json, text_of(list->items[i].value));
    }
    buffer_text(json, stops ? "]}" : "}");
}

static void write_messages(struct buffer *json, const struct modelfile_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        buffer_text(json, i ? ",{\"role\":" : ",\"messages\":[{\"role\":");
        text_quote(json, text_of(list->items[i].name));
        write_member(json, "content", list->items[i].value);
        buffer_text(json, i + 1 < list->count ? "}" : "}]");
    }
}

static void write_licenses(struct buffer *json, const struct modelfile_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        buffer_text(json, i ? "," : ",\"license\":[");
        text_quote(json, text_of(list->items[i].value));
    }
    if (list->count) buffer_byte(json, ']');
}

void recipe_write_request(const struct recipe *recipe, const char *name, struct buffer *json)
{
    buffer_text(json, "{\"model\":");
    text_quote(json, text_of(name));
    buffer_format(json, ",\"files\":{\"model.gguf\":\"sha256:%s\"}", recipe->sha256);
    write_member(json, "template", recipe->modelfile.template);
    write_member(json, "system", recipe->modelfile.system);
    write_parameters(json, &recipe->modelfile.parameters);
    write_messages(json, &recipe->modelfile.messages);
    write_licenses(json, &recipe->modelfile.licenses);
    buffer_text(json, ",\"stream\":true}");
}

void recipe_close(struct recipe *recipe)
{
    gguf_close(&recipe->gguf);
    modelfile_release(&recipe->modelfile);
    if (recipe->fd >= 0) close(recipe->fd);
}
