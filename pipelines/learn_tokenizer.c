/* Learns a byte-level BPE tokenizer from texts: {"text": ...} a line.
 *
 *     learn_tokenizer [--size N] -o FOLDER [FILE...]
 *
 * Writes tokenizer.json and tokenizer_config.json with a ChatML template. Ids 0 to 2 are the special
 * tokens, 3 to 258 the bytes, then comes what was joined, most frequent first. Texts are cut as Qwen2
 * cuts them, each digit by itself. The most frequent pair of neighbours becomes a token, over all
 * pieces as often as they occur; of equals the one with the lower ids, so that the same texts give
 * the same bytes. */
#include "bpe/alphabet.h"
#include "bpe/pieces.h"
#include "core/outfile.h"
#include "core/report.h"
#include "each_line.h"
#include "hash/lookup.h"
#include "options/options.h"
#include "records/value.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

enum { SPECIALS = 3, BYTES = 256, FIRST = SPECIALS + BYTES, SIZE_LIMIT = 8192, CUTS = 64 };

static const char *const specials[SPECIALS] = {"<|endoftext|>", "<|im_start|>", "<|im_end|>"};

static size_t size = 2048;

static const struct option_spec options[] = {
    {0, "size", OPTION_SIZE, &size, "N", "learn N tokens in all, 300 to 8192"}, OPTION_END};

static const struct program program = {
    "learn_tokenizer", "learn a byte-level BPE tokenizer", "[FILE...]", options, NULL, NULL};

/* A piece that occurs, and what it is made of by now. */
struct piece {
    uint64_t times;
    size_t at, count; /* in ids */
};

struct learner {
    struct scan scan;
    struct buffer scratch;
    struct lookup known;
    struct piece *pieces;
    size_t count, room;
    char **names; /* by piece; lookup borrows them */
    size_t name_room;
    uint16_t *ids;
    size_t id_count, id_room;
    uint64_t *pairs; /* how often, by left * size + right */
    uint32_t *seen;  /* the pairs that are not zero */
    size_t seen_count, seen_room;
    struct buffer *tokens; /* the bytes of each */
    uint16_t (*merges)[2]; /* from FIRST on */
    size_t learned;
};

static void add_piece(struct learner *learner, struct text text)
{
    const size_t *old = lookup_find(&learner->known, text);
    struct piece *piece;
    char *name;

    if (old) {
        learner->pieces[*old].times++;
        return;
    }
    name = mem_alloc(text.len);
    memcpy(name, text.at, text.len);
    learner->names =
        mem_room(learner->names, learner->count, &learner->name_room, sizeof *learner->names);
    learner->names[learner->count] = name;
    learner->pieces =
        mem_room(learner->pieces, learner->count, &learner->room, sizeof *learner->pieces);
    piece = &learner->pieces[learner->count];
    *piece = (struct piece){1, learner->id_count, text.len};
    for (size_t i = 0; i < text.len; i++) {
        learner->ids =
            mem_room(learner->ids, learner->id_count, &learner->id_room, sizeof *learner->ids);
        learner->ids[learner->id_count++] = (uint16_t)(SPECIALS + (unsigned char)text.at[i]);
    }
    lookup_add(&learner->known, (struct text){name, text.len}, learner->count++);
}

static void add_plain(struct learner *learner, const char *at, const char *end)
{
    uint32_t ends[CUTS];

    while (at < end) {
        const size_t count = pieces_cut(PIECES_QWEN2, at, end, ends, CUTS);
        size_t begin = 0;

        for (size_t i = 0; i < count; begin = ends[i++])
            add_piece(learner, (struct text){at + begin, ends[i] - begin});
        at += begin;
    }
}

/* What stands between special tokens. */
static void add_text(struct learner *learner, struct text text)
{
    const char *at = text.at, *end = text.at + text.len;

    while (at < end) {
        const char *first = end;
        size_t skip = 0;

        for (size_t i = 0; i < SPECIALS; i++) {
            const size_t len = strlen(specials[i]);
            const char *found = memmem(at, (size_t)(first - at), specials[i], len);

            if (found) first = found, skip = len;
        }
        add_plain(learner, at, first);
        at = first + skip;
    }
}

static bool read_line(void *context, const struct line *line, struct err *err)
{
    struct learner *learner = context;
    const struct member *member;

    if (line->problem) return err_set(err, "%s", line->problem);
    if (!scan_json(&learner->scan, line->at, line->len))
        return err_set(err, "%s at byte %zu", learner->scan.problem, learner->scan.column);
    member = scan_member(&learner->scan, "text");
    if (!member || member->value.kind != KIND_STRING)
        return err_set(err, "there is no 'text' that is a string");
    learner->scratch.len = 0;
    add_text(learner, value_text(&member->value, &learner->scratch));
    return true;
}

static void count_pairs(struct learner *learner)
{
    while (learner->seen_count) learner->pairs[learner->seen[--learner->seen_count]] = 0;
    for (size_t p = 0; p < learner->count; p++) {
        const struct piece *piece = &learner->pieces[p];
        const uint16_t *ids = &learner->ids[piece->at];

        for (size_t i = 1; i < piece->count; i++) {
            const uint32_t pair = (uint32_t)(ids[i - 1] * size + ids[i]);

            if (!learner->pairs[pair]) {
                learner->seen = mem_room(learner->seen, learner->seen_count, &learner->seen_room,
                                         sizeof *learner->seen);
                learner->seen[learner->seen_count++] = pair;
            }
            learner->pairs[pair] += piece->times;
        }
    }
}

static bool best_pair(const struct learner *learner, uint32_t *best)
{
    uint64_t most = 1; /* what occurs once is no habit */

    for (size_t i = 0; i < learner->seen_count; i++) {
        const uint32_t pair = learner->seen[i];
        const uint64_t times = learner->pairs[pair];

        if (times < most || (times == most && (most == 1 || pair > *best))) continue;
        most = times;
        *best = pair;
    }
    return most > 1;
}

static void join(struct learner *learner, uint16_t left, uint16_t right, uint16_t joined)
{
    for (size_t p = 0; p < learner->count; p++) {
        struct piece *piece = &learner->pieces[p];
        uint16_t *ids = &learner->ids[piece->at];
        size_t kept = 0;

        for (size_t i = 0; i < piece->count; i++) {
            const bool both = ids[i] == left && i + 1 < piece->count && ids[i + 1] == right;

            ids[kept++] = both ? joined : ids[i];
            i += both;
        }
        piece->count = kept;
    }
}

static bool learn(struct learner *learner, struct err *err)
{
    uint32_t best = 0;

    learner->pairs = mem_zero(size * size, sizeof *learner->pairs);
    learner->merges = mem_zero(size, sizeof *learner->merges);
    learner->tokens = mem_zero(size, sizeof *learner->tokens);
    for (int i = 0; i < SPECIALS; i++) buffer_text(&learner->tokens[i], specials[i]);
    for (int i = 0; i < BYTES; i++) buffer_byte(&learner->tokens[SPECIALS + i], (char)i);
    for (learner->learned = FIRST; learner->learned < size; learner->learned++) {
        struct buffer *token = &learner->tokens[learner->learned];
        uint16_t *pair = learner->merges[learner->learned];

        count_pairs(learner);
        if (!best_pair(learner, &best))
            return err_set(err, "the texts give %zu tokens only", learner->learned);
        pair[0] = (uint16_t)(best / size);
        pair[1] = (uint16_t)(best % size);
        for (int i = 0; i < 2; i++)
            buffer_add(token, learner->tokens[pair[i]].at, learner->tokens[pair[i]].len);
        join(learner, pair[0], pair[1], (uint16_t)learner->learned);
    }
    return true;
}

static void add_token(struct buffer *out, const struct buffer *token)
{
    struct buffer written = {0};

    alphabet_write(&written, (struct text){token->at, token->len});
    text_quote(out, (struct text){written.at, written.len});
    buffer_release(&written);
}

static const char added_format[] =
    "%s\n    {\"id\": %d, \"content\": \"%s\", \"single_word\": false, \"lstrip\": false, "
    "\"rstrip\": false, \"normalized\": false, \"special\": true}";

static const char middle[] =
    "\n  ],\n  \"normalizer\": {\"type\": \"NFC\"},\n"
    "  \"pre_tokenizer\": {\"type\": \"Sequence\", \"pretokenizers\": [\n"
    "    {\"type\": \"Split\", \"pattern\": {\"Regex\": "
    "\"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\\\r\\\\n\\\\p{L}\\\\p{N}]?\\\\p{L}+|\\\\p{N}|"
    " ?[^\\\\s\\\\p{L}\\\\p{N}]+[\\\\r\\\\n]*|\\\\s*[\\\\r\\\\n]+|\\\\s+(?!\\\\S)|\\\\s+\"}, "
    "\"behavior\": \"Isolated\", \"invert\": false},\n"
    "    {\"type\": \"ByteLevel\", \"add_prefix_space\": false, \"trim_offsets\": true, "
    "\"use_regex\": false}]},\n"
    "  \"post_processor\": null,\n"
    "  \"decoder\": {\"type\": \"ByteLevel\", \"add_prefix_space\": true, \"trim_offsets\": true, "
    "\"use_regex\": true},\n"
    "  \"model\": {\"type\": \"BPE\", \"dropout\": null, \"unk_token\": null, "
    "\"continuing_subword_prefix\": null, \"end_of_word_suffix\": null, \"fuse_unk\": false, "
    "\"byte_fallback\": false, \"ignore_merges\": false,\n  \"vocab\": {";

static void write_tokenizer(const struct learner *learner, struct buffer *out)
{
    buffer_text(out, "{\n  \"version\": \"1.0\", \"truncation\": null, \"padding\": null,\n"
                     "  \"added_tokens\": [");
    for (int i = 0; i < SPECIALS; i++)
        buffer_format(out, added_format, i ? "," : "", i, specials[i]);
    buffer_text(out, middle);
    for (size_t id = 0; id < size; id++) {
        buffer_text(out, id ? ",\n    " : "\n    ");
        if (id < SPECIALS)
            buffer_format(out, "\"%s\"", specials[id]);
        else
            add_token(out, &learner->tokens[id]);
        buffer_format(out, ": %zu", id);
    }
    buffer_text(out, "},\n  \"merges\": [");
    for (size_t id = FIRST; id < size; id++) {
        buffer_text(out, id > FIRST ? ",\n    [" : "\n    [");
        add_token(out, &learner->tokens[learner->merges[id][0]]);
        buffer_text(out, ", ");
        add_token(out, &learner->tokens[learner->merges[id][1]]);
        buffer_byte(out, ']');
    }
    buffer_text(out, "]\n  }\n}\n");
}

static const char tokenizer_config[] =
    "{\n"
    "  \"tokenizer_class\": \"PreTrainedTokenizerFast\",\n"
    "  \"bos_token\": null,\n"
    "  \"eos_token\": \"<|im_end|>\",\n"
    "  \"pad_token\": \"<|endoftext|>\",\n"
    "  \"chat_template\": \"{% for message in messages %}{{ '<|im_start|>' + message['role'] + "
    "'\\\\n' + message['content'] + '<|im_end|>' + '\\\\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\\\n' }}{% endif %}\",\n"
    "  \"model_max_length\": 2048,\n"
    "  \"clean_up_tokenization_spaces\": false\n"
    "}\n";

static bool write_file(const char *name, struct text text, struct err *err)
{
    char *path = mem_format("%s/%s", settings.output, name);
    const bool good = outfile_put(path, text, err);

    mem_free(path);
    return good;
}

static void release(struct learner *learner)
{
    for (size_t i = 0; i < learner->count; i++) mem_free(learner->names[i]);
    for (size_t i = 0; learner->tokens && i < size; i++) buffer_release(&learner->tokens[i]);
    mem_free(learner->names);
    mem_free(learner->pieces);
    mem_free(learner->ids);
    mem_free(learner->pairs);
    mem_free(learner->seen);
    mem_free(learner->tokens);
    mem_free(learner->merges);
    lookup_release(&learner->known);
    scan_release(&learner->scan);
    buffer_release(&learner->scratch);
}

int main(int argc, char **argv)
{
    char **files = program_start(&program, argc, argv);
    struct learner learner = {0};
    struct buffer text = {0};
    struct err err;

    if (!settings.output) die_usage("-o FOLDER is missing");
    if (size < 300 || size > SIZE_LIMIT) die_usage("--size is from 300 to 8192");
    if (!each_line(files, read_line, &learner, &err) || !learn(&learner, &err)) die_of(&err);
    write_tokenizer(&learner, &text);
    if (mkdir(settings.output, 0777) != 0 && errno != EEXIST) {
        err_errno(&err, "%s", settings.output);
        die_of(&err);
    }
    if (!write_file("tokenizer.json", (struct text){text.at, text.len}, &err) ||
        !write_file("tokenizer_config.json", text_of(tokenizer_config), &err))
        die_of(&err);
    buffer_release(&text);
    release(&learner);
    return EXIT_DONE;
}
