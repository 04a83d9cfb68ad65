#include "safetensors/lexer.h"

#include <string.h>

#define DEPTH 64

void lexer_init(struct lexer *lexer, struct text text, size_t before, char *texts)
{
    *lexer =
        (struct lexer){text.at, text.at, text.len ? text.at + text.len : text.at, before, NULL};
    lexer->texts = texts;
}

bool lexer_fail(const struct lexer *lexer, const char *problem, struct err *err)
{
    size_t byte = lexer->before + (size_t)(lexer->at - lexer->begin) + 1;

    return err_set(err, "byte %zu: %s", byte, problem);
}

char lexer_peek(struct lexer *lexer)
{
    const char *p = lexer->at;

    while (p < lexer->end && (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r')) p++;
    lexer->at = p;
    return p < lexer->end ? *p : '\0';
}

bool lexer_take(struct lexer *lexer, char symbol)
{
    if (lexer_peek(lexer) != symbol || lexer->at == lexer->end) return false;
    lexer->at++;
    return true;
}

bool lexer_expect(struct lexer *lexer, char symbol, struct err *err)
{
    char problem[] = "no '?' where one must stand";

    if (lexer_take(lexer, symbol)) return true;
    if (lexer->at == lexer->end) return lexer_fail(lexer, "the text ends too early", err);
    problem[4] = symbol;
    return lexer_fail(lexer, problem, err);
}

size_t lexer_utf8(const char *at, const char *end)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned char first = (unsigned char)*at;
    size_t len = first < 0x80   ? 1
                 : first < 0xc0 ? 0
                 : first < 0xe0 ? 2
                 : first < 0xf0 ? 3
                 : first < 0xf8 ? 4
                                : 0;
    uint32_t code = first & (0x7fU >> len);

    if (len > (size_t)(end - at)) return 0;
    for (size_t i = 1; i < len; i++) {
        if (((unsigned char)at[i] & 0xc0) != 0x80) return 0;
        code = code << 6 | ((unsigned char)at[i] & 0x3f);
    }
    if (len > 1 && (code < least[len] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)))
        return 0;
    return len;
}

/* The four digits behind '\u', or -1. */
static int32_t hex4(const char *at, const char *end)
{
    int32_t code = 0;

    if (end - at < 4) return -1;
    for (int i = 0; i < 4; i++) {
        char c = at[i];
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;

        if (digit < 0) return -1;
        code = code << 4 | digit;
    }
    return code;
}

static char *put_utf8(char *out, uint32_t code)
{
    int len = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;

    for (int i = len - 1; i > 0; i--, code >>= 6) out[i] = (char)(0x80 | (code & 0x3f));
    out[0] = (char)(len == 1 ? code : (0xf00U >> len & 0xff) | code);
    return out + len;
}

/* Decodes the escape at *at, a backslash, and goes behind it; NULL for what JSON does not have. */
static char *unescape(const char **at, const char *end, char *out)
{
    static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    const char *p = *at + 1, *letter = p < end && *p ? strchr(letters, *p) : NULL;
    int32_t code, low;

    if (letter) {
        *at = p + 1;
        *out = meanings[letter - letters];
        return out + 1;
    }
    code = p < end && *p == 'u' ? hex4(p + 1, end) : -1;
    if (code < 0 || (code >= 0xdc00 && code < 0xe000)) return NULL;
    p += 5;
    if (code < 0xd800 || code >= 0xe000) {
        *at = p;
        return put_utf8(out, (uint32_t)code);
    }
    low = end - p >= 6 && p[0] == '\\' && p[1] == 'u' ? hex4(p + 2, end) : -1;
    if (low < 0xdc00 || low >= 0xe000) return NULL;
    *at = p + 6;
    return put_utf8(out, 0x10000 + ((uint32_t)(code - 0xd800) << 10) + (uint32_t)(low - 0xdc00));
}

/* The bytes from p that stand for themselves. */
static const char *plain_run(const char *p, const char *end)
{
    while (p < end && *p != '"' && *p != '\\' && (unsigned char)*p >= 0x20 &&
           (unsigned char)*p < 0x80)
        p++;
    return p;
}

bool lexer_string(struct lexer *lexer, struct text *text, struct err *err)
{
    char *out = lexer->texts;

    if (!lexer_expect(lexer, '"', err)) return false;
    for (;;) {
        const char *p = lexer->at, *next = plain_run(p, lexer->end);
        size_t len = (size_t)(next - p);

        memcpy(out, p, len);
        out += len;
        lexer->at = next;
        if (next == lexer->end) return lexer_fail(lexer, "the text ends inside a string", err);
        if (*next == '"') break;
        if ((unsigned char)*next < 0x20) return lexer_fail(lexer, "a control character", err);
        if (*next == '\\') {
            out = unescape(&lexer->at, lexer->end, out);
            if (!out) return lexer_fail(lexer, "an escape that JSON does not have", err);
            continue;
        }
        len = lexer_utf8(next, lexer->end);
        if (!len) return lexer_fail(lexer, "bytes that are not UTF-8", err);
        memcpy(out, next, len);
        out += len;
        lexer->at += len;
    }
    lexer->at++;
    *text = (struct text){lexer->texts, (size_t)(out - lexer->texts)};
    lexer->texts = out;
    return true;
}

bool lexer_key(struct lexer *lexer, struct text *key, struct err *err)
{
    return lexer_string(lexer, key, err) && lexer_expect(lexer, ':', err);
}

static bool is_digit(const struct lexer *lexer)
{
    return lexer->at < lexer->end && *lexer->at >= '0' && *lexer->at <= '9';
}

bool lexer_whole(struct lexer *lexer, uint64_t *value, struct err *err)
{
    uint64_t sum = 0;
    const char *first;

    lexer_peek(lexer);
    first = lexer->at;
    while (is_digit(lexer)) {
        if (__builtin_mul_overflow(sum, (uint64_t)10, &sum) ||
            __builtin_add_overflow(sum, (uint64_t)(*lexer->at - '0'), &sum))
            return lexer_fail(lexer, "a number beyond 64 bits", err);
        lexer->at++;
    }
    if (lexer->at == first || (lexer->at < lexer->end && strchr(".eE+-", *lexer->at)))
        return lexer_fail(lexer, "not a whole number", err);
    if (lexer->at - first > 1 && *first == '0')
        return lexer_fail(lexer, "a number with a leading zero", err);
    *value = sum;
    return true;
}

bool lexer_more(struct lexer *lexer, char closing, bool *more, struct err *err)
{
    char problem[] = "neither ',' nor '?'";

    *more = lexer_take(lexer, ',');
    if (*more || lexer_take(lexer, closing)) return true;
    if (lexer->at == lexer->end) return lexer_fail(lexer, "the text ends too early", err);
    problem[17] = closing;
    return lexer_fail(lexer, problem, err);
}

static bool skip_digits(struct lexer *lexer, struct err *err)
{
    if (!is_digit(lexer)) return lexer_fail(lexer, "a malformed number", err);
    while (is_digit(lexer)) lexer->at++;
    return true;
}

static bool skip_number(struct lexer *lexer, struct err *err)
{
    const char *end = lexer->end;

    if (*lexer->at == '-') lexer->at++;
    if (lexer->at < end && *lexer->at == '0') {
        lexer->at++;
        if (is_digit(lexer)) return lexer_fail(lexer, "a number with a leading zero", err);
    } else if (!skip_digits(lexer, err))
        return false;
    if (lexer->at < end && *lexer->at == '.') {
        lexer->at++;
        if (!skip_digits(lexer, err)) return false;
    }
    if (lexer->at < end && (*lexer->at == 'e' || *lexer->at == 'E')) {
        lexer->at++;
        if (lexer->at < end && (*lexer->at == '+' || *lexer->at == '-')) lexer->at++;
        if (!skip_digits(lexer, err)) return false;
    }
    return true;
}

static bool skip_scalar(struct lexer *lexer, struct err *err)
{
    static const struct text words[] = {TEXT("true"), TEXT("false"), TEXT("null")};
    char first = lexer_peek(lexer), *texts = lexer->texts;
    struct text text;

    if (first == '"') {
        if (!lexer_string(lexer, &text, err)) return false;
        lexer->texts = texts;
        return true;
    }
    if (first == '-' || (first >= '0' && first <= '9')) return skip_number(lexer, err);
    for (size_t i = 0; i < 3; i++)
        if ((size_t)(lexer->end - lexer->at) >= words[i].len &&
            memcmp(lexer->at, words[i].at, words[i].len) == 0) {
            lexer->at += words[i].len;
            return true;
        }
    return lexer_fail(lexer, "no JSON value", err);
}

static bool skip_key(struct lexer *lexer, struct err *err)
{
    char *texts = lexer->texts;
    struct text key;
    bool good = lexer_key(lexer, &key, err);

    lexer->texts = texts;
    return good;
}

bool lexer_skip(struct lexer *lexer, struct err *err)
{
    char closing[DEPTH] = ""; /* of what is open */
    size_t depth = 0;

    do {
        char first = lexer_peek(lexer);
        bool opened = first == '{' || first == '[', more = false;

        if (opened) {
            if (depth == DEPTH) return lexer_fail(lexer, "more than 64 levels deep", err);
            lexer->at++;
            closing[depth++] = first == '{' ? '}' : ']';
            more = !lexer_take(lexer, closing[depth - 1]);
            if (!more) depth--;
        } else if (!skip_scalar(lexer, err)) {
            return false;
        }
        while (depth && !more) {
            if (!lexer_more(lexer, closing[depth - 1], &more, err)) return false;
            if (!more) depth--;
        }
        if (depth && closing[depth - 1] == '}' && !skip_key(lexer, err)) return false;
    } while (depth);
    return true;
}
