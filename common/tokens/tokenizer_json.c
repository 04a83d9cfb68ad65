#include "core/mapped.h"
#include "tokens/fields.h"
#include "tokens/model_json.h"
#include "tokens/parts_json.h"
#include "tokens/special_json.h"

enum {
    VERSION_PART,
    TRUNCATION,
    PADDING,
    ADDED,
    NORMALIZER,
    PRE_TOKENIZER,
    POST_PROCESSOR,
    DECODER,
    MODEL,
    PARTS
};

static const char *const names[PARTS] = {"version",        "truncation", "padding",
                                         "added_tokens",   "normalizer", "pre_tokenizer",
                                         "post_processor", "decoder",    "model"};

struct root {
    struct part_reader part;
    struct json json;
    struct text values[PARTS];
    bool model_read;
};

static bool read_model(struct root *root, struct json *json)
{
    struct part_reader *part = &root->part;

    root->model_read = true;
    return read_pre_tokenizer(part, root->values[PRE_TOKENIZER]) &&
           model_read(part->tokenizer, json, part->name, part->err);
}

static bool broken(struct root *root)
{
    return err_set(root->part.err, "%s: byte %zu: %s", root->part.name,
                   (size_t)(root->json.at - root->json.start) + 1, root->json.problem);
}

/* The model, which is large, is read where it stands if what it depends on came before it. */
static bool read_member(struct root *root, struct text key)
{
    size_t part = 0;

    while (part < PARTS && !text_is(key, names[part])) part++;
    if (part == PARTS)
        return err_set(root->part.err, "%s: '%.*s' is not supported", root->part.name,
                       (int)(key.len < 80 ? key.len : 80), key.at);
    if (root->values[part].at || (part == MODEL && root->model_read))
        return err_set(root->part.err, "%s: '%s' is there twice", root->part.name, names[part]);
    if (part == MODEL && root->values[PRE_TOKENIZER].at) return read_model(root, &root->json);
    return json_pass(&root->json, &root->values[part]) || broken(root);
}

static bool read_members(struct root *root)
{
    struct json *json = &root->json;
    bool first = true;
    int more;

    if (!json_enter(json, '{')) return broken(root);
    for (struct text key; (more = json_key(json, &first, &key)) == 1;)
        if (!read_member(root, key)) return false;
    return (more == 0 && json_end(json)) || broken(root);
}

static bool read_late_model(struct root *root)
{
    struct json json;
    bool good;

    if (root->model_read) return true;
    if (!root->values[MODEL].at)
        return err_set(root->part.err, "%s: it has no 'model'", root->part.name);
    json_open(&json, root->values[MODEL]);
    json.start = root->json.start;
    good = read_model(root, &json);
    json_release(&json);
    return good;
}

/* What is ignored must be JSON all the same. */
static bool check_rest(struct root *root)
{
    struct text version = root->values[VERSION_PART];
    struct scan scan = {0};
    bool good = true;

    if (version.at && !text_is(version, "\"1.0\""))
        return err_set(root->part.err, "%s: only version \"1.0\" is supported", root->part.name);
    for (size_t i = TRUNCATION; good && i <= PADDING; i++)
        if (root->values[i].at && !scan_json(&scan, root->values[i].at, root->values[i].len))
            good = err_set(root->part.err, "%s: %s: %s", root->part.name, names[i], scan.problem);
    scan_release(&scan);
    return good;
}

static bool read_root(struct root *root)
{
    struct part_reader *part = &root->part;

    return read_members(root) && check_rest(root) && read_late_model(root) &&
           read_normalizer(part, root->values[NORMALIZER]) &&
           read_added_tokens(part, root->values[ADDED]) &&
           read_post_processor(part, root->values[POST_PROCESSOR]) &&
           read_decoder(part, root->values[DECODER]);
}

bool tokenizer_load_bytes(struct tokenizer **tokenizer, struct text json, const char *name,
                          struct err *err)
{
    struct root root = {.part = {.tokenizer = tokenizer_new(), .name = name, .err = err}};
    bool good;

    *tokenizer = NULL;
    json_open(&root.json, json);
    good = read_root(&root) && tokenizer_finish(root.part.tokenizer, name, err);
    json_release(&root.json);
    if (!good) {
        tokenizer_close(root.part.tokenizer);
        return false;
    }
    *tokenizer = root.part.tokenizer;
    return true;
}

bool tokenizer_load(struct tokenizer **tokenizer, const char *path, struct err *err)
{
    struct mapped file;
    bool good;

    *tokenizer = NULL;
    if (!mapped_open(&file, path, err)) return false;
    good = tokenizer_load_bytes(tokenizer, (struct text){(const char *)file.at, (size_t)file.len},
                                path, err);
    mapped_close(&file);
    return good;
}

/* --- tokenizer_config.json */

/* A name, or an object with the name as its 'content'. */
static bool read_special(struct tokenizer *tokenizer, struct fields *fields, const char *name,
                         token_id *id)
{
    const struct value *value = fields_value(fields, name);
    struct text content = {0};
    struct fields inner;
    bool good;

    if (!value) return true;
    if (value->kind == KIND_STRING) {
        if (!fields_text(fields, name, &content)) return false;
        return tokenizer_id(tokenizer, content, id) ||
               fields_fail(fields, "'%s' is no token", name);
    }
    good = fields_enter(&inner, fields, name) && fields_text(&inner, "content", &content);
    if (good && (!content.at || !tokenizer_id(tokenizer, content, id)))
        good = fields_fail(&inner, "its 'content' is no token");
    fields_release(&inner);
    return good;
}

static bool read_config(struct tokenizer *tokenizer, struct fields *fields)
{
    bool add_bos = true, add_eos = false;
    struct text class = {0};

    if (!fields_text(fields, "tokenizer_class", &class) ||
        !read_special(tokenizer, fields, "bos_token", &tokenizer->bos) ||
        !read_special(tokenizer, fields, "eos_token", &tokenizer->eos) ||
        !read_special(tokenizer, fields, "pad_token", &tokenizer->pad) ||
        !read_special(tokenizer, fields, "unk_token", &tokenizer->unk) ||
        !fields_flag(fields, "add_bos_token", &add_bos) ||
        !fields_flag(fields, "add_eos_token", &add_eos))
        return false;
    if (!text_is(class, "LlamaTokenizer") && !text_is(class, "LlamaTokenizerFast")) return true;
    if (add_bos && tokenizer->bos == TOKEN_NONE)
        return fields_fail(fields, "'add_bos_token' without a 'bos_token'");
    if (add_eos && tokenizer->eos == TOKEN_NONE)
        return fields_fail(fields, "'add_eos_token' without an 'eos_token'");
    tokenizer->before.count = tokenizer->after.count = 0;
    if (add_bos) ids_add(&tokenizer->before, tokenizer->bos);
    if (add_eos) ids_add(&tokenizer->after, tokenizer->eos);
    return true;
}

bool tokenizer_configure(struct tokenizer *tokenizer, struct text config, const char *name,
                         struct err *err)
{
    struct fields fields;
    bool good = fields_open(&fields, config, err, "%s", name) && read_config(tokenizer, &fields);

    fields_release(&fields);
    return good;
}
