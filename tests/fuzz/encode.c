/* Any text through a small tokenizer of each kind. The first byte says which, and whether special
 * tokens are text; guards make them text, too. Byte-level tokenizers give back the text they were
 * given, where nothing is normalized; streams give the same as all at once; encoding again, with
 * what is remembered, changes nothing. */
#include "bpe/alphabet.h"
#include "fuzz/fuzz.h"
#include "tokens/detokenizer.h"
#include "tokens/encoder.h"
#include "unicode/utf8.h"

#include <string.h>

#define SPLIT(numbers)                                                                             \
    "{\"type\":\"Sequence\",\"pretokenizers\":[{\"type\":\"Split\",\"behavior\":\"Isolated\","     \
    "\"invert\":false,\"pattern\":{\"Regex\":\"(?i:'s|'t|'re|'ve|'m|'ll|'d)|"                      \
    "[^\\\\r\\\\n\\\\p{L}\\\\p{N}]?\\\\p{L}+|\\\\p{N}" numbers                                     \
    "| ?[^\\\\s\\\\p{L}\\\\p{N}]+[\\\\r\\\\n]*|\\\\s*[\\\\r\\\\n]+|\\\\s+(?!\\\\S)|\\\\s+\"}},"    \
    "{\"type\":\"ByteLevel\",\"add_prefix_space\":false,\"use_regex\":false}]}"
#define BYTES "{\"type\":\"ByteLevel\",\"add_prefix_space\":false}"
#define DIGITS                                                                                     \
    "{\"type\":\"Sequence\",\"pretokenizers\":[{\"type\":\"Digits\",\"individual_digits\":true}"   \
    "," BYTES "]}"
#define MARK "\xe2\x96\x81"
#define METASPACE                                                                                  \
    "{\"type\":\"Metaspace\",\"replacement\":\"" MARK "\",\"prepend_scheme\":\"first\"}"
#define LEGACY                                                                                     \
    "{\"type\":\"Sequence\",\"normalizers\":[{\"type\":\"Prepend\",\"prepend\":\"" MARK "\"},"     \
    "{\"type\":\"Replace\",\"pattern\":{\"String\":\" \"},\"content\":\"" MARK "\"}]}"
#define FALLBACK                                                                                   \
    "{\"type\":\"Sequence\",\"decoders\":[{\"type\":\"Replace\",\"pattern\":{\"String\":\"" MARK   \
    "\"},\"content\":\" \"},{\"type\":\"ByteFallback\"},{\"type\":\"Fuse\"},"                      \
    "{\"type\":\"Strip\",\"content\":\" \",\"start\":1,\"stop\":0}]}"

static const struct kind {
    const char *normalizer, *pre_tokenizer, *decoder, *flags;
    bool byte_level, exact;
} kinds[] = {
    {"null", SPLIT("{1,3}"), BYTES, "\"ignore_merges\":true", true, true},
    {"{\"type\":\"NFC\"}", SPLIT(""), BYTES, "\"fuse_unk\":false", true, false},
    {"null", BYTES, BYTES, "\"fuse_unk\":false", true, true},
    {"null", DIGITS, BYTES, "\"fuse_unk\":false", true, true},
    {LEGACY, "null", FALLBACK, "\"byte_fallback\":true,\"unk_token\":\"<unk>\"", false, false},
    {"null", METASPACE, METASPACE, "\"unk_token\":\"<unk>\",\"fuse_unk\":true", false, false},
};

#define KINDS (sizeof kinds / sizeof *kinds)

static const char *const letters[] = {"a", "b", "t", "h", "e", "1", "2", "\n"};
static const char *const words[] = {"th",   "the", "he",   " t",   " th", " the", "ab",
                                    "abab", "aa",  "aaaa", "\n\n", "  ",  "12"};
static const char *const merges[][2] = {
    {"t", "h"}, {"th", "e"},  {" ", "t"},   {" ", "th"},  {" t", "h"}, {" t", "he"}, {"a", "b"},
    {"a", "a"}, {"ab", "ab"}, {"aa", "aa"}, {"\n", "\n"}, {" ", " "},  {"1", "2"},   {"h", "e"}};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static struct tokenizer *tokenizers[KINDS];
static struct encoder encoders[KINDS];

/* As the vocabulary writes it. */
static void add_written(struct buffer *json, struct text text, bool byte_level)
{
    for (size_t i = 0; i < text.len; i++) {
        struct text byte = {text.at + i, 1};

        if (byte_level)
            alphabet_write(json, byte);
        else if (*byte.at == ' ')
            buffer_text(json, MARK);
        else if (*byte.at == '\n')
            buffer_text(json, "\\n");
        else
            buffer_byte(json, *byte.at);
    }
}

static void add_token(struct buffer *json, const char *token, bool byte_level, unsigned *id)
{
    buffer_text(json, ",\"");
    add_written(json, text_of(token), byte_level);
    buffer_format(json, "\":%u", (*id)++);
}

/* The unknown, the mark, a token for each byte, letters that are none of these, words. */
static unsigned add_vocab(struct buffer *json, bool byte_level)
{
    unsigned id = 2;

    buffer_text(json, "\"vocab\":{\"<unk>\":0,\"" MARK "\":1");
    for (unsigned byte = 0; byte < 256; byte++, id++) {
        const char text = (char)byte;

        buffer_text(json, ",\"");
        if (byte_level && (text == '"' || text == '\\')) buffer_byte(json, '\\');
        if (byte_level)
            alphabet_write(json, (struct text){&text, 1});
        else
            buffer_format(json, "<0x%02X>", byte);
        buffer_format(json, "\":%u", id);
    }
    for (size_t i = 0; i < COUNT(letters) && !byte_level; i++)
        add_token(json, letters[i], false, &id);
    for (size_t i = 0; i < COUNT(words); i++) add_token(json, words[i], byte_level, &id);
    buffer_byte(json, '}');
    return id;
}

static void add_merge(struct buffer *json, const char *const halves[2], bool byte_level)
{
    buffer_text(json, "[\"");
    add_written(json, text_of(halves[0]), byte_level);
    buffer_text(json, "\",\"");
    add_written(json, text_of(halves[1]), byte_level);
    buffer_text(json, "\"]");
}

static void make(size_t number)
{
    const struct kind *kind = &kinds[number];
    struct buffer json = {0};
    struct err err;
    unsigned id;

    buffer_format(&json, "{\"normalizer\":%s,\"pre_tokenizer\":%s,\"decoder\":%s,\"model\":{%s,",
                  kind->normalizer, kind->pre_tokenizer, kind->decoder, kind->flags);
    id = add_vocab(&json, kind->byte_level);
    buffer_text(&json, ",\"merges\":[");
    for (size_t i = 0; i < COUNT(merges); i++) {
        if (i) buffer_byte(&json, ',');
        add_merge(&json, merges[i], kind->byte_level);
    }
    buffer_format(&json,
                  "]},\"added_tokens\":["
                  "{\"id\":%u,\"content\":\"<s>\",\"special\":true,\"normalized\":false},"
                  "{\"id\":%u,\"content\":\"<|x|>\",\"special\":false,\"normalized\":false,"
                  "\"lstrip\":true,\"rstrip\":true},"
                  "{\"id\":%u,\"content\":\"ab b\",\"special\":false,\"normalized\":true,"
                  "\"single_word\":true}]}",
                  id, id + 1, id + 2);
    demand(tokenizer_load_bytes(&tokenizers[number], (struct text){json.at, json.len}, "x", &err));
    encoder_init(&encoders[number], tokenizers[number]);
    buffer_release(&json);
}

static void encode(size_t number, struct text text, struct ids *ids)
{
    struct err err;

    ids->count = 0;
    demand(tokenizer_encode(&encoders[number], text, false, ids, &err));
}

static void check_decoding(size_t number, struct text text, const struct ids *ids)
{
    struct buffer whole = {0}, parts = {0};
    struct detokenizer detokenizer;

    tokenizer_decode(tokenizers[number], ids->at, ids->count, false, &whole);
    detokenizer_init(&detokenizer, tokenizers[number], false);
    for (size_t i = 0; i < ids->count; i++) {
        detokenizer_add(&detokenizer, ids->at[i], &parts);
        demand(!utf8_fault((struct text){parts.at, parts.len}));
    }
    detokenizer_end(&detokenizer, &parts);
    demand(whole.len == parts.len && (!whole.len || !memcmp(whole.at, parts.at, whole.len)));
    demand(!utf8_fault((struct text){whole.at, whole.len}));
    if (kinds[number].exact && !memmem(text.at, text.len, "<|x|>", 5)) /* it swallows spaces */
        demand(whole.len == text.len && (!text.len || !memcmp(whole.at, text.at, text.len)));
    buffer_release(&whole);
    buffer_release(&parts);
}

static void check(size_t number, struct text text)
{
    struct ids first = {0}, again = {0};

    encode(number, text, &first);
    encode(number, text, &again);
    demand(first.count == again.count);
    for (size_t i = 0; i < first.count; i++) {
        demand(first.at[i] < tokenizer_size(tokenizers[number]));
        demand(first.at[i] == again.at[i]);
    }
    check_decoding(number, text, &first);
    ids_release(&first);
    ids_release(&again);
}

/* A text with guards is a text whose special tokens are none. */
static void check_guards(size_t number, struct text text)
{
    struct encoder *encoder = &encoders[number];
    const bool plain = encoder->plain_special;
    struct ids want = {0}, got = {0};
    struct buffer guarded = {0};

    if (text.len && memmem(text.at, text.len, ENCODE_GUARD, strlen(ENCODE_GUARD))) return;
    encoder->plain_special = true;
    encode(number, text, &want);
    encoder->plain_special = false;
    encoder->guarded = true;
    tokenizer_guard(tokenizers[number], text, &guarded);
    encode(number, (struct text){guarded.at, guarded.len}, &got);
    encoder->guarded = false;
    encoder->plain_special = plain;
    demand(want.count == got.count);
    for (size_t i = 0; i < want.count; i++) demand(want.at[i] == got.at[i]);
    buffer_release(&guarded);
    ids_release(&want);
    ids_release(&got);
}

static void end(void)
{
    for (size_t i = 0; i < KINDS; i++) {
        encoder_release(&encoders[i]);
        tokenizer_close(tokenizers[i]);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text text;
    struct err err;
    size_t number;

    if (!size) return 0;
    if (!tokenizers[0]) {
        for (size_t i = 0; i < KINDS; i++) make(i);
        atexit(end);
    }
    number = data[0] % KINDS;
    text = (struct text){(const char *)data + 1, size - 1};
    encoders[number].plain_special = data[0] & 0x80;
    if (utf8_fault(text)) {
        struct ids ids = {0};

        demand(!tokenizer_encode(&encoders[number], text, true, &ids, &err) && !ids.count);
    } else {
        check(number, text);
        check_guards(number, text);
    }
    return 0;
}
