#include "export/specials.h"

#include "place/object.h"
#include "tokens/parts.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;     /* in the files of Hugging Face */
    const char *id, *add; /* in GGUF; NULL: not there */
} names[SPECIALS] = {
    [SPECIAL_BOS] = {"bos", "bos", "bos"},    [SPECIAL_EOS] = {"eos", "eos", "eos"},
    [SPECIAL_UNK] = {"unk", "unknown", NULL}, [SPECIAL_SEP] = {"sep", "seperator", "sep"},
    [SPECIAL_PAD] = {"pad", "padding", NULL}, [SPECIAL_CLS] = {"cls", "cls", NULL},
    [SPECIAL_MASK] = {"mask", "mask", NULL},  [SPECIAL_EOT] = {"eot", "eot", NULL},
    [SPECIAL_EOM] = {"eom", "eom", NULL},
};

/* How tokenizer_config.json names a token: a string, or an object that holds it. */
struct named {
    const char *plain; /* of a string, else NULL */
    const char *text;  /* of either, or NULL */
    bool there;
};

struct finder {
    struct specials *specials;
    const struct vocabulary *vocabulary;
    struct object config; /* tokenizer_config.json; root NULL where there is none */
    struct named named[SPECIALS];
    struct err *err;
};

void specials_add(struct specials *specials, enum special kind, bool yes)
{
    size_t at = 0;

    while (at < specials->add_count && specials->adds[at].kind != kind) at++;
    if (at == specials->add_count) specials->add_count++;
    specials->adds[at].kind = kind;
    specials->adds[at].yes = yes;
}

static void set_id(struct finder *finder, enum special kind, uint64_t id)
{
    struct specials *specials = finder->specials;

    if (id >= finder->vocabulary->count) return;
    for (size_t i = 0; i < specials->id_count; i++)
        if (specials->ids[i].kind == kind) return;
    specials->ids[specials->id_count].kind = kind;
    specials->ids[specials->id_count++].id = (uint32_t)id;
}

/* --- what a post-processor puts around a text */

static struct named plain(const char *text)
{
    return (struct named){text, text, text && *text};
}

static bool is(const char *text, struct named named)
{
    return text && named.plain && strcmp(text, named.plain) == 0;
}

/* The token or the text ('A', 'B') at a place of a template, or NULL. */
static const char *piece(const struct object *processor, const char *list, size_t at,
                         const char *kind)
{
    struct object item, inner;
    const char *id = NULL;
    struct err ignored;

    if (!object_list_inner(processor, list, at, &item) ||
        object_inner(&item, kind, &inner, &ignored) != 1 ||
        object_text(&inner, "id", &id, &ignored) != 1)
        return NULL;
    return id && *id ? id : NULL;
}

static void see_first(struct finder *finder, const char *first)
{
    struct named *bos = &finder->named[SPECIAL_BOS], *cls = &finder->named[SPECIAL_CLS];

    if (!finder->config.root)
        *bos = plain(first);
    else if (!is(first, *bos) && !is(first, *cls)) {
        if (!bos->there) *bos = plain(first);
        if (!cls->there) *cls = plain(first);
    }
    specials_add(finder->specials, SPECIAL_BOS, is(first, *bos) || is(first, *cls));
}

/* Another end than the one named is the end; that one then ends a turn. */
static void see_last(struct finder *finder, const char *last)
{
    struct named *eos = &finder->named[SPECIAL_EOS], *eot = &finder->named[SPECIAL_EOT];

    if (finder->config.root && !is(last, *eos))
        *(eot->there ? &finder->named[SPECIAL_EOM] : eot) = *eos;
    *eos = plain(last);
    specials_add(finder->specials, SPECIAL_EOS, true);
}

static void see_pair(struct finder *finder, const struct object *processor, const char *first,
                     const char *last)
{
    static const char pair[] = "pair", token[] = "SpecialToken", sequence[] = "Sequence";
    const struct named eos = finder->named[SPECIAL_EOS], sep = finder->named[SPECIAL_SEP];
    const char *a, *b, *entry;
    size_t begin, end = 0;
    struct err ignored;
    bool add = false;

    if (object_list(processor, pair, &end, &ignored) != 1 || end == 0) return;
    entry = piece(processor, pair, 0, token);
    begin = first && entry && strcmp(entry, first) == 0;
    entry = piece(processor, pair, end - 1, token);
    if (last && entry && strcmp(entry, last) == 0) end--;
    if (end < begin + 3) return;
    a = piece(processor, pair, begin, sequence);
    b = piece(processor, pair, end - 1, sequence);
    if (!a || !b || strcmp(a, "A") != 0 || strcmp(b, "B") != 0) return;
    entry = piece(processor, pair, begin + 1, token);
    add = !last && (is(entry, sep) || is(entry, eos));
    entry = piece(processor, pair, begin + 2, token);
    if (end - begin == 4 && (is(entry, sep) || is(entry, eos))) add = true;
    specials_add(finder->specials, SPECIAL_SEP, add);
    if (add && !sep.there) finder->named[SPECIAL_SEP] = eos;
}

static void see_template(struct finder *finder, const struct object *processor)
{
    static const char single[] = "single", token[] = "SpecialToken";
    const char *type = "", *first = NULL, *last = NULL;
    struct err ignored;
    size_t count = 0;

    if (object_text(processor, "type", &type, &ignored) != 1) return;
    if (strcmp(type, "TemplateProcessing") != 0) return;
    if (object_list(processor, single, &count, &ignored) == 1 && count > 1) {
        first = piece(processor, single, 0, token);
        last = piece(processor, single, count - 1, token);
    }
    if (first) see_first(finder, first);
    if (last) see_last(finder, last);
    see_pair(finder, processor, first, last);
}

static void see_processor(struct finder *finder, const struct object *processor)
{
    struct object inner;
    struct err ignored;
    size_t count;

    if (object_list(processor, "processors", &count, &ignored) != 1)
        see_template(finder, processor);
    else
        for (size_t i = 0; i < count; i++)
            if (object_list_inner(processor, "processors", i, &inner)) see_template(finder, &inner);
}

/* --- what the other files name */

static void read_names(struct finder *finder)
{
    struct named *named = finder->named;

    for (int kind = 0; finder->config.root && kind < SPECIALS; kind++) {
        struct object inner;
        struct err ignored;
        const char *text = NULL;
        char key[32];

        snprintf(key, sizeof key, "%s_token", names[kind].name);
        if (object_text(&finder->config, key, &text, &ignored) == 1)
            named[kind] = plain(text);
        else if (object_inner(&finder->config, key, &inner, &ignored) == 1) {
            object_text(&inner, "content", &text, &ignored);
            named[kind] = (struct named){NULL, text, true};
        }
    }
    named[SPECIAL_EOT] = named[SPECIAL_EOM] = (struct named){0};
    if (!named[SPECIAL_BOS].there && named[SPECIAL_CLS].there)
        named[SPECIAL_BOS] = named[SPECIAL_CLS];
    if (!named[SPECIAL_EOS].there && named[SPECIAL_SEP].there)
        named[SPECIAL_EOS] = named[SPECIAL_SEP];
}

/* Only an added token counts. */
static void use_names(struct finder *finder)
{
    const struct tokenizer *tokenizer = finder->vocabulary->tokenizer;

    for (int kind = 0; finder->config.root && kind < SPECIALS; kind++) {
        const struct named named = finder->named[kind];
        struct err ignored;
        bool add = false;
        char key[32];
        token_id id;

        snprintf(key, sizeof key, "add_%s_token", names[kind].name);
        if ((kind < SPECIAL_EOT || named.there) &&
            object_bool(&finder->config, key, &add, &ignored) == 1)
            specials_add(finder->specials, (enum special)kind, add);
        if (named.text && tokenizer_id(tokenizer, text_of(named.text), &id) &&
            (tokenizer->vocab.rows[id].flags & TOKEN_ADDED))
            set_id(finder, (enum special)kind, id);
    }
}

/* Lists of ends are left to whoever generates. */
static void use_numbers(struct finder *finder, const struct object *config)
{
    struct object text;
    struct err ignored;
    const bool nested = object_inner(config, "text_config", &text, &ignored) == 1;

    for (int kind = 0; kind < SPECIALS; kind++) {
        uint64_t id;
        char key[32];

        snprintf(key, sizeof key, "%s_token_id", names[kind].name);
        if (kind >= SPECIAL_EOT && !finder->named[kind].there) continue;
        if (object_count(object_has(config, key) || !nested ? config : &text, key, &id, &ignored) ==
            1)
            set_id(finder, (enum special)kind, id);
    }
}

static bool find_all(struct finder *finder, const struct origin *origin)
{
    const struct text around = finder->vocabulary->file.processor;
    struct object processor = {0}, config;

    read_names(finder);
    if (around.len && !object_parse(&processor, around, finder->vocabulary->name, finder->err))
        return false;
    if (around.len) see_processor(finder, &processor);
    use_names(finder);
    object_release(&processor);
    if (!object_parse(&config, origin->texts[TEXT_CONFIG], origin->names[TEXT_CONFIG], finder->err))
        return false;
    use_numbers(finder, &config);
    object_release(&config);
    return true;
}

bool specials_read(struct specials *specials, const struct origin *origin,
                   const struct vocabulary *vocabulary, struct err *err)
{
    struct finder finder = {.specials = specials, .vocabulary = vocabulary, .err = err};
    const struct text config = origin->texts[TEXT_TOKENIZER_CONFIG];
    bool good;

    *specials = (struct specials){0};
    if (config.at &&
        !object_parse_huge(&finder.config, config, origin->names[TEXT_TOKENIZER_CONFIG], err))
        return false;
    good = find_all(&finder, origin);
    object_release(&finder.config);
    return good;
}

void specials_write(const struct specials *specials, struct gguf_writer *writer)
{
    char key[64];

    for (size_t i = 0; i < specials->id_count; i++) {
        snprintf(key, sizeof key, "tokenizer.ggml.%s_token_id", names[specials->ids[i].kind].id);
        gguf_writer_u32(writer, key, specials->ids[i].id);
    }
    for (size_t i = 0; i < specials->add_count; i++) {
        const char *name = names[specials->adds[i].kind].add;

        if (!name) continue;
        snprintf(key, sizeof key, "tokenizer.ggml.add_%s_token", name);
        gguf_writer_bool(writer, key, specials->adds[i].yes);
    }
}
