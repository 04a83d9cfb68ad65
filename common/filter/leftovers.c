#include "filter/leftovers.h"

#include "records/value.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define PLACEHOLDER_MOST 60 /* bytes, the closing bracket with them */

/* The next place where the word stands, or NULL. memmem prepares more for each call than words as
 * short as these are worth. */
static const char *find(const char *p, const char *end, struct text word)
{
    while ((size_t)(end - p) >= word.len &&
           (p = memchr(p, word.at[0], (size_t)(end - p) - word.len + 1))) {
        if (memcmp(p, word.at, word.len) == 0) return p;
        p++;
    }
    return NULL;
}

/* Anything between '<|' and '|>' on one line, without spaces: <|eot_id|>, <|fim_prefix|>. */
static bool has_bar_token(struct text text)
{
    const char *p = text.at, *end = p + text.len;

    while ((p = find(p, end, TEXT("<|")))) {
        const char *stop = p += 2;

        while (stop < end && (isalnum((unsigned char)*stop) || *stop == '_' || *stop == '-'))
            stop++;
        if (stop > p && end - stop >= 2 && stop[0] == '|' && stop[1] == '>') return true;
    }
    return false;
}

/* Does the token stand at p? A '#' in it stands for digits. */
static bool stands_at(const char *p, const char *end, const char *token)
{
    for (; *token; token++) {
        const char *begin = p;

        if (*token == '#') {
            while (p < end && isdigit((unsigned char)*p)) p++;
        } else if (p < end && *p == *token) {
            p++;
        }
        if (p == begin) return false;
    }
    return true;
}

/* All tokens of a table begin with the same byte. */
static bool has_one_of(struct text text, const char *const *tokens, size_t count)
{
    const char *end = text.at + text.len;

    for (const char *p = text.at; (p = memchr(p, tokens[0][0], (size_t)(end - p))); p++)
        for (size_t i = 0; i < count; i++)
            if (stands_at(p, end, tokens[i])) return true;
    return false;
}

/* What tokenizers call special, but for what prose and code hold, too: <filename>, [ARGS]. <think>
 * and <tool_call> are tokens that are not special: they are said in answers.
 * The last of the first table is how DeepSeek's tokens begin. */
static const char *const angles[] = {"<s>",
                                     "</s>",
                                     "<bos>",
                                     "<eos>",
                                     "<pad>",
                                     "<unk>",
                                     "<mask>",
                                     "<BOS>",
                                     "<EOS>",
                                     "<PAD>",
                                     "<UNK>",
                                     "<CLS>",
                                     "<SEP>",
                                     "<BOS_TOKEN>",
                                     "<EOS_TOKEN>",
                                     "<MASK_TOKEN>",
                                     "<<SYS>>",
                                     "<</SYS>>",
                                     "<start_of_turn>",
                                     "<end_of_turn>",
                                     "<start_of_image>",
                                     "<end_of_image>",
                                     "<unused#>",
                                     "<extra_id_#>",
                                     "<fim_prefix>",
                                     "<fim_middle>",
                                     "<fim_suffix>",
                                     "<fim_pad>",
                                     "<file_sep>",
                                     "<gh_stars>",
                                     "<issue_start>",
                                     "<issue_comment>",
                                     "<issue_closed>",
                                     "<jupyter_start>",
                                     "<jupyter_text>",
                                     "<jupyter_code>",
                                     "<jupyter_output>",
                                     "<jupyter_script>",
                                     "<empty_output>",
                                     "<\xef\xbd\x9c"};
static const char *const squares[] = {"[INST]",
                                      "[/INST]",
                                      "[AVAILABLE_TOOLS]",
                                      "[/AVAILABLE_TOOLS]",
                                      "[TOOL_CALLS]",
                                      "[/TOOL_CALLS]",
                                      "[TOOL_RESULTS]",
                                      "[/TOOL_RESULTS]",
                                      "[TOOL_CONTENT]",
                                      "[SYSTEM_PROMPT]",
                                      "[/SYSTEM_PROMPT]",
                                      "[THINK]",
                                      "[/THINK]",
                                      "[CLS]",
                                      "[SEP]",
                                      "[MASK]",
                                      "[PAD]",
                                      "[UNK]",
                                      "[unused#]",
                                      "[gMASK]",
                                      "[|system|]",
                                      "[|user|]",
                                      "[|assistant|]",
                                      "[|endofturn|]"};

bool has_control_tokens(struct text text)
{
    return has_bar_token(text) || has_one_of(text, angles, sizeof angles / sizeof angles[0]) ||
           has_one_of(text, squares, sizeof squares / sizeof squares[0]);
}

static bool begins_with_one(struct text text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t len = strlen(words[i]);

        if (text.len >= len && strncasecmp(text.at, words[i], len) == 0) return true;
    }
    return false;
}

static bool is_one(struct text text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (text.len == strlen(words[i]) && strncasecmp(text.at, words[i], text.len) == 0)
            return true;
    return false;
}

#define BEGINS_WITH_ONE(text, words) begins_with_one(text, words, sizeof(words) / sizeof *(words))
#define IS_ONE(text, words) is_one(text, words, sizeof(words) / sizeof *(words))

/* Is the text between two brackets a thing to fill in? It begins with such a word, or is a label
 * in capitals: [Step 1], <insert rate>, [CLIENT_NAME], [DATE]. */
static bool is_placeholder(struct text text)
{
    static const char *const starts[] = {"step ",       "your ", "insert ", "fill in",
                                         "placeholder", "todo",  "client ", "example "};
    static const char *const labels[] = {"NAME",    "DATE",   "CITY", "CLIENT",
                                         "COMPANY", "AMOUNT", "RATE"};
    size_t i = 0, gaps = 0;

    if (BEGINS_WITH_ONE(text, starts)) return true;
    for (; i < text.len &&
           (isupper((unsigned char)text.at[i]) || text.at[i] == ' ' || text.at[i] == '_');
         i++)
        gaps += !isupper((unsigned char)text.at[i]);
    return i == text.len && ((gaps && text.len > gaps + 3) || IS_ONE(text, labels));
}

static struct text last_word(struct text text)
{
    size_t begin = text.len;

    while (begin && text.at[begin - 1] != ' ' && text.at[begin - 1] != '_') begin--;
    return (struct text){text.at + begin, text.len - begin};
}

/* [Loan Amount], but not [the going rate], which is how quotations are mended. */
static bool is_label(struct text text)
{
    static const char *const labels[] = {
        "name",    "date",      "city",      "client",      "company",    "amount",   "rate",
        "address", "bank",      "borrower",  "customer",    "lender",     "location", "percentage",
        "phone",   "recipient", "signature", "explanation", "description"};
    static const char *const ends[] = {"name", "date", "amount", "rate", "address", "number"};
    static const char *const words[] = {"the ", "a ",   "an ",    "this ", "that ", "his ",
                                        "her ", "its ", "their ", "our ",  "my ",   "of "};
    size_t i = 0;

    if (IS_ONE(text, labels)) return true;
    while (i < text.len && ((text.at[i] & 0x80) || isalpha((unsigned char)text.at[i]) ||
                            memchr(" _-'", text.at[i], 4)))
        i++;
    return i == text.len && last_word(text).len < text.len && IS_ONE(last_word(text), ends) &&
           !BEGINS_WITH_ONE(text, words);
}

/* Does it say what is to be written there? Only between square brackets: angle ones hold tags. */
static bool is_request(struct text text)
{
    static const char *const starts[] = {"add ",         "describe ", "detailed ", "explain ",
                                         "explanation ", "key point", "provide ",  "specify "};
    static const char *const numbered[] = {"point ", "reason ", "benefit "};

    if (text.len >= 5 && strncasecmp(text.at + text.len - 5, " here", 5) == 0) return true;
    if (BEGINS_WITH_ONE(text, numbered)) return isdigit((unsigned char)last_word(text).at[0]);
    return BEGINS_WITH_ONE(text, starts) &&
           !(text.len >= 7 && strncasecmp(text.at, "add to ", 7) == 0);
}

/* Is the bracket that p points to that of an element: row[name], f([name]), d["a"][name]? */
static bool is_element(struct text text, const char *p)
{
    if (p > text.at + 1 && p[-1] == '(') p--;
    return p > text.at && (isalnum((unsigned char)p[-1]) || memchr("_)]\"'", p[-1], 5));
}

/* A placeholder is short, so its end is looked for no further: many brackets cost no more. A text
 * with an address behind it is a link. */
static bool has_bracketed(struct text text, char open, char close)
{
    const char *p = text.at, *end = p + text.len;

    while ((p = memchr(p, open, (size_t)(end - p)))) {
        const char *stop;
        struct text inside;

        p++;
        stop = memchr(p, close, end - p < PLACEHOLDER_MOST ? (size_t)(end - p) : PLACEHOLDER_MOST);
        if (!stop || (open == '[' && end - stop > 1 && stop[1] == '(')) continue;
        inside = (struct text){p, (size_t)(stop - p)};
        if (is_placeholder(inside)) return true;
        if (open == '[' && (is_label(inside) || is_request(inside)) && !is_element(text, p - 1))
            return true;
    }
    return false;
}

static bool has_braces(struct text text)
{
    const char *p = text.at, *end = p + text.len;

    while ((p = find(p, end, TEXT("{{")))) {
        const char *stop = p += 2;

        while (stop < end && (isalnum((unsigned char)*stop) || memchr(" _.", *stop, 3))) stop++;
        if (stop > p && end - stop >= 2 && stop[0] == '}' && stop[1] == '}') return true;
    }
    return false;
}

/* The byte that Windows-1252 writes as this character, or -1. Latin-1 keeps its own numbers. */
static int byte_of(uint32_t code)
{
    static const uint16_t high[32] = {
        0x20ac, 0x81,   0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
        0x2039, 0x0152, 0x8d,   0x017d, 0x8f,   0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
        0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x9d,   0x017e, 0x0178};

    if (code >= 0x80 && code < 0x100) return (int)code;
    for (int i = 0; i < 32; i++)
        if (high[i] == code) return 0x80 + i;
    return -1;
}

/* The first bytes that text in Latin, Greek, Cyrillic or Arabic letters mostly begins with. Others
 * do occur in honest text, where a no-break space follows a capital with an accent. */
static bool is_likely(const char *bytes, size_t len)
{
    unsigned char first = (unsigned char)bytes[0], second = (unsigned char)bytes[1];

    if (len > 2 || first == 0xc2 || first == 0xc3) return true;
    return second != 0xa0 && (first == 0xc4 || first == 0xc5 || first == 0xce || first == 0xcf ||
                              first == 0xd0 || first == 0xd1 || first == 0xd8 || first == 0xd9);
}

/* Characters that, as Latin-1 bytes, spell one more UTF-8 sequence: 'Ã©' for 'é'. All of them
 * begin with a character between U+00C0 and U+00FF, whose first byte is 0xc3. */
static bool is_encoded_twice(struct text text)
{
    const char *p = text.at, *end = p + text.len;

    for (; (p = memchr(p, 0xc3, (size_t)(end - p))); p++) {
        const char *at = p;
        char bytes[4];

        for (size_t len = 0; at < end && len < 4;) {
            int byte = byte_of(utf8_next(&at));

            if (byte < 0) break;
            bytes[len++] = (char)byte;
            if (len > 1 && utf8_run(bytes, bytes + len) == len && is_likely(bytes, len))
                return true;
        }
    }
    return false;
}

bool has_leftovers(struct text text)
{
    return has_bracketed(text, '[', ']') || has_bracketed(text, '<', '>') || has_braces(text) ||
           find(text.at, text.at + text.len, TEXT("Lorem ipsum")) || is_encoded_twice(text);
}
