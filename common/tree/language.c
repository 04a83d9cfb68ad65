#include "tree/language.h"

#include "core/lines.h"
#include "core/number.h"
#include "hash/sha256.h"
#include "model/model_text.h"
#include "template/builtin.h"
#include "template/find.h"
#include "tokens/tokenizer_gguf.h"

#include <stdlib.h>
#include <string.h>

#define TEMPLATE_LIMIT ((size_t)4 << 20)

static struct text content_of(const struct mapped *file)
{
    return (struct text){(const char *)file->at, (size_t)file->len};
}

static bool load_tokenizer(struct language *language, const struct model_text *text,
                           struct err *err)
{
    const struct mapped *json = &text->files[TEXT_TOKENIZER];
    const struct mapped *config = &text->files[TEXT_TOKENIZER_CONFIG];

    if (text->has_gguf && !json->path)
        return tokenizer_from_gguf(&language->tokenizer, &text->gguf, err) ||
               err_prefix(err, "%s", text->gguf_file.path);
    if (!json->path) return err_set(err, "%s: there is no tokenizer.json", text->place.path);
    return tokenizer_load_bytes(&language->tokenizer, content_of(json), json->path, err) &&
           (!config->path ||
            tokenizer_configure(language->tokenizer, content_of(config), config->path, err));
}

static bool take(struct language *language, struct text source, const char *name, struct err *err)
{
    struct sha256 sha;

    sha256_init(&sha);
    sha256_add(&sha, source.at, source.len);
    sha256_hex(&sha, language->template_hash);
    return template_parse(&language->template, source, name, err);
}

/* Of a file the user named, or of a built-in name. */
static bool load_named(struct language *language, const char *name, struct err *err)
{
    const char *source = template_builtin(name);
    struct buffer text = {0};
    bool done;

    if (source) return take(language, text_of(source), name, err);
    done = read_whole_file(name, &text, TEMPLATE_LIMIT, err) &&
           take(language, (struct text){text.at, text.len}, name, err);
    buffer_release(&text);
    return done;
}

static bool load_own(struct language *language, const struct model_text *text, struct err *err)
{
    struct template_found found;
    struct text source = {0};
    int got;

    if (text->has_gguf && !text->files[TEXT_TOKENIZER].path) {
        got = gguf_text(&text->gguf, "tokenizer.chat_template", &source, err);
        return got == 0 || (got > 0 && take(language, source, "tokenizer.chat_template", err));
    }
    got = template_find(&found, content_of(&text->files[TEXT_TEMPLATE]),
                        content_of(&text->files[TEXT_TOKENIZER_CONFIG]), err);
    if (got <= 0) return got == 0;
    language->template_differs = found.differs;
    source = (struct text){found.source.at, found.source.len};
    got = take(language, source, found.where, err);
    template_found_release(&found);
    return got;
}

/* The texts lie behind one another; where they begin is known when all are there. */
static void find_specials(struct language *language)
{
    const struct tokenizer *tokenizer = language->tokenizer;
    token_id ids[] = {tokenizer_bos(tokenizer), tokenizer_eos(tokenizer), tokenizer_pad(tokenizer),
                      tokenizer_unk(tokenizer)};
    struct text *texts[] = {&language->bos, &language->eos, &language->pad, &language->unk};
    size_t begins[4], ends[4];

    for (int i = 0; i < 4; i++) {
        begins[i] = language->specials.len;
        if (ids[i] != TOKEN_NONE) tokenizer_token(tokenizer, ids[i], &language->specials);
        ends[i] = language->specials.len;
    }
    for (int i = 0; i < 4; i++)
        if (ends[i] > begins[i]) *texts[i] = buffer_part(&language->specials, begins[i], ends[i]);
}

/* Builds and runs that are to be repeated set SOURCE_DATE_EPOCH. */
static bool take_date(struct language *language, struct err *err)
{
    const char *fixed = getenv("SOURCE_DATE_EPOCH");
    double seconds = 0;
    time_t now;

    if (fixed && (!parse_number(fixed, &seconds) || !(seconds >= 0 && seconds < 1e11)))
        return err_set(err, "SOURCE_DATE_EPOCH is no number of seconds since 1970");
    now = fixed ? (time_t)seconds : time(NULL);
    return (fixed ? gmtime_r(&now, &language->date) : localtime_r(&now, &language->date)) ||
           err_set(err, "the date cannot be told");
}

bool language_load(struct language *language, const char *model, const char *template,
                   struct err *err)
{
    struct model_text text;
    bool done;

    *language = (struct language){0};
    if (!model_text_open(&text, model, err)) return false;
    done = load_tokenizer(language, &text, err);
    if (done && strcmp(template, "auto") == 0)
        done = load_own(language, &text, err);
    else if (done && strcmp(template, "none") != 0)
        done = load_named(language, template, err);
    model_text_close(&text);
    done = done && take_date(language, err);
    if (done)
        find_specials(language);
    else
        language_release(language);
    return done;
}

/* Also where one of them has none of this number. */
static bool is_same(const struct tokenizer *mine, const struct tokenizer *other, token_id id)
{
    struct buffer texts[2] = {{0}, {0}};
    bool same = true;

    if (tokenizer_token(mine, id, &texts[0]) && tokenizer_token(other, id, &texts[1]))
        same = texts[0].len == texts[1].len &&
               (!texts[0].len || memcmp(texts[0].at, texts[1].at, texts[0].len) == 0);
    for (int i = 0; i < 2; i++) buffer_release(&texts[i]);
    return same;
}

static bool tell_difference(const struct tokenizer *mine, const struct tokenizer *other,
                            const char *model, token_id id, struct err *err)
{
    struct buffer texts[2] = {{0}, {0}};

    tokenizer_token(mine, id, &texts[0]);
    tokenizer_token(other, id, &texts[1]);
    for (int i = 0; i < 2; i++) buffer_byte(&texts[i], '\0');
    err_set(err, "'%s' has other tokens: %u is '%.80s', not '%.80s'", model, id, texts[1].at,
            texts[0].at);
    for (int i = 0; i < 2; i++) buffer_release(&texts[i]);
    return false;
}

bool language_agrees(const struct language *language, const char *model, struct err *err)
{
    const struct tokenizer *mine = language->tokenizer;
    const token_id count = (token_id)tokenizer_size(mine);
    struct language other = {0};
    struct model_text text;
    const int got = model_text_find(&text, model, err);
    token_id id = 0;
    bool good;

    if (got <= 0) return got == 0;
    good = load_tokenizer(&other, &text, err);
    model_text_close(&text);
    if (good) {
        while (id < count && is_same(mine, other.tokenizer, id)) id++;
        good = id == count || tell_difference(mine, other.tokenizer, model, id, err);
    }
    language_release(&other);
    return good;
}

void language_release(struct language *language)
{
    tokenizer_close(language->tokenizer);
    template_free(language->template);
    buffer_release(&language->specials);
    *language = (struct language){0};
}

struct template_input language_input(const struct language *language)
{
    return (struct template_input){.bos = language->bos,
                                   .eos = language->eos,
                                   .pad = language->pad,
                                   .unk = language->unk,
                                   .now = &language->date};
}
