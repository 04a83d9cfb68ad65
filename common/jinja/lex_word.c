/* The words within a tag. */
#include "jinja/codes.h"
#include "jinja/lexer.h"
#include "records/value.h"

#include <stdlib.h>
#include <string.h>

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static bool is_name(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_' ||
           is_digit(byte);
}

static int digit_of(char byte)
{
    if (is_digit(byte)) return byte - '0';
    if (byte >= 'a' && byte <= 'f') return byte - 'a' + 10;
    if (byte >= 'A' && byte <= 'F') return byte - 'A' + 10;
    return 99;
}

/* Behind the digits of base from at; single '_' may stand between them. */
static const char *skip_digits(const struct lexer *lex, const char *at, int base)
{
    while (at < lex->end &&
           (digit_of(*at) < base || (*at == '_' && at + 1 < lex->end && digit_of(at[1]) < base)))
        at++;
    return at;
}

static bool lex_float(struct lexer *lex, const char *end)
{
    char digits[64];
    size_t len = 0;

    for (const char *at = lex->at; at < end; at++) {
        if (*at == '_') continue;
        if (len + 1 == sizeof digits) return err_set(lex->err, "a number is too long");
        digits[len++] = *at;
    }
    digits[len] = '\0';
    lex_add(lex, TOKEN_FLOAT)->real = strtod(digits, NULL);
    return lex_move(lex, end), true;
}

static bool lex_int(struct lexer *lex, const char *begin, const char *end, int base)
{
    int64_t whole = 0;

    for (const char *at = begin; at < end; at++)
        if (*at != '_' && (__builtin_mul_overflow(whole, base, &whole) ||
                           __builtin_add_overflow(whole, digit_of(*at), &whole)))
            return err_set(lex->err, "a whole number beyond 64 bits is not supported");
    lex_add(lex, TOKEN_INT)->whole = whole;
    return lex_move(lex, end), true;
}

/* Behind a fraction and an exponent, or at itself when it begins neither. */
static const char *skip_fraction(const struct lexer *lex, const char *at)
{
    const char *end = at, *power;

    if (end + 1 < lex->end && *end == '.' && is_digit(end[1])) end = skip_digits(lex, end + 1, 10);
    power = end;
    if (power < lex->end && (*power == 'e' || *power == 'E')) {
        power++;
        if (power < lex->end && (*power == '+' || *power == '-')) power++;
        if (power < lex->end && is_digit(*power)) end = skip_digits(lex, power, 10);
    }
    return end;
}

static bool lex_number(struct lexer *lex)
{
    const char *at = lex->at, *end;
    char letter = lex->end - at > 2 && *at == '0' ? at[1] : '\0';
    int base = letter == 'x' || letter == 'X'   ? 16
               : letter == 'o' || letter == 'O' ? 8
               : letter == 'b' || letter == 'B' ? 2
                                                : 10;

    if (base != 10 && digit_of(at[2]) < base)
        return lex_int(lex, at + 2, skip_digits(lex, at + 2, base), base);
    end = skip_digits(lex, at, 10);
    if (at == lex->begin || at[-1] != '.') {
        const char *fraction = skip_fraction(lex, end);

        if (fraction > end) return lex_float(lex, fraction);
    }
    if (*at == '0' && strspn(at, "0_") < (size_t)(end - at))
        return err_set(lex->err, "a number begins with 0");
    return lex_int(lex, at, end, 10);
}

/* The code point of count digits of base at at; false when they are not all there. */
static bool read_code(const char *at, const char *end, int count, int base, uint32_t *code)
{
    *code = 0;
    if (end - at < count) return false;
    for (int i = 0; i < count; i++) {
        if (digit_of(at[i]) >= base) return false;
        *code = *code * (uint32_t)base + (uint32_t)digit_of(at[i]);
    }
    return *code < 0x110000 && (*code < 0xd800 || *code > 0xdfff);
}

/* \x, \u, \U and \ooo. Returns what is left to read, or NULL for a bad one. */
static const char *add_code(struct buffer *text, const char *at, const char *end)
{
    int count = *at == 'x' ? 2 : *at == 'u' ? 4 : 8, base = 16;
    uint32_t code;

    if (is_digit(*at)) {
        for (count = 1; count < 3 && end - at > count && digit_of(at[count]) < 8;) count++;
        base = 8;
    } else {
        at++;
    }
    if (!read_code(at, end, count, base, &code)) return NULL;
    utf8_add(text, code);
    return at + count;
}

/* at is behind the backslash. */
static const char *add_escape(struct buffer *text, const char *at, const char *end)
{
    static const char pairs[] = "n\nr\rt\ta\ab\bf\fv\v\\\\''\"\"";

    if (*at == '\n') return at + 1;
    for (const char *pair = pairs; *pair; pair += 2)
        if (*at == *pair) return buffer_byte(text, pair[1]), at + 1;
    if (*at == 'x' || *at == 'u' || *at == 'U' || (*at >= '0' && *at <= '7'))
        return add_code(text, at, end);
    if (*at == 'N') return NULL;
    buffer_byte(text, '\\');
    return at; /* an unknown escape means itself */
}

static bool decode(struct lexer *lex, struct text source, struct text *decoded)
{
    struct buffer text = {0};
    const char *at = source.at, *end = at + source.len;
    char *copy = NULL;

    while (at && at < end) {
        const char *slash = memchr(at, '\\', (size_t)(end - at));

        buffer_add(&text, at, (size_t)((slash ? slash : end) - at));
        at = slash ? add_escape(&text, slash + 1, end) : end;
    }
    if (!at)
        err_set(lex->err, "a bad escape in a string");
    else if (!(copy = arena_take(lex->arena, text.len + 1)))
        err_set(lex->err, "the template is too large");
    else if (text.len > 0)
        memcpy(copy, text.at, text.len);
    *decoded = (struct text){copy, text.len};
    buffer_release(&text);
    return copy != NULL;
}

static bool lex_string(struct lexer *lex)
{
    const char *end = lex->at + 1;
    bool escaped = false;
    struct text text;

    while (end < lex->end && *end != *lex->at) {
        if (*end == '\\') {
            escaped = true;
            end++;
        }
        end++;
    }
    if (end >= lex->end) return err_set(lex->err, "a string is not closed");
    text = (struct text){lex->at + 1, (size_t)(end - lex->at - 1)};
    if (escaped && !decode(lex, text, &text)) return false;
    lex_add(lex, TOKEN_STRING)->text = text;
    return lex_move(lex, end + 1), true;
}

static bool close_bracket(struct lexer *lex, char bracket)
{
    if (lex->open_count > 0 && lex->open[lex->open_count - 1] == bracket)
        return lex->open_count--, true;
    if (lex->open_count > 0)
        return err_set(lex->err, "'%c' where '%c' is awaited", bracket,
                       lex->open[lex->open_count - 1]);
    return err_set(lex->err, "'%c' closes nothing", bracket);
}

static bool lex_sign(struct lexer *lex)
{
    static const char twos[] = "//**==!=>=<=";
    char byte = *lex->at, next = lex->end - lex->at > 1 ? lex->at[1] : '\0';

    for (const char *two = twos; *two; two += 2)
        if (byte == two[0] && next == two[1]) {
            lex_add(lex, TOKEN_SIGN)->sign = SIGN(byte, next);
            return lex_move(lex, lex->at + 2), true;
        }
    if (byte == '\0' || !strchr("+-/*%~[](){}><=.:|,;", byte)) {
        if ((unsigned char)byte > ' ' && (unsigned char)byte < 0x7f)
            return err_set(lex->err, "'%c' means nothing here", byte);
        return err_set(lex->err, "U+%04X means nothing here", (unsigned)code_at(lex->at, lex->end));
    }
    if (byte == '(' || byte == '[' || byte == '{') {
        if (lex->open_count == BRACKETS)
            return err_set(lex->err, "it is nested more than %d deep", BRACKETS);
        lex->open[lex->open_count++] = byte == '(' ? ')' : byte == '[' ? ']' : '}';
    } else if ((byte == ')' || byte == ']' || byte == '}') && !close_bracket(lex, byte)) {
        return false;
    }
    lex_add(lex, TOKEN_SIGN)->sign = SIGN(byte, 0);
    return lex_move(lex, lex->at + 1), true;
}

bool lex_word(struct lexer *lex)
{
    const char *end = lex->at;

    if (is_digit(*lex->at)) return lex_number(lex);
    if (*lex->at == '\'' || *lex->at == '"') return lex_string(lex);
    while (end < lex->end && is_name(*end)) end++;
    if (end == lex->at) return lex_sign(lex);
    lex_add(lex, TOKEN_NAME)->text = (struct text){lex->at, (size_t)(end - lex->at)};
    return lex_move(lex, end), true;
}
