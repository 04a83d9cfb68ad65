#include "sources/prompt.h"

#include "records/messages.h"

#include <string.h>

#define TURN "\n\nAssistant:"
#define QUESTION "\n\nHuman:"

/* The start of the character that holds byte i. */
static size_t character_start(struct text text, size_t i)
{
    while (i > 0 && i < text.len && ((unsigned char)text.at[i] & 0xc0) == 0x80) i--;
    return i;
}

/* The end of the last turn marker inside the first len bytes, or 0. */
static size_t last_turn(struct text text, size_t len)
{
    size_t turn = sizeof TURN - 1;

    for (size_t end = len; end >= turn; end--)
        if (memcmp(text.at + end - turn, TURN, turn) == 0) return end;
    return 0;
}

/* How far two texts are the same. */
static size_t shared_len(struct text a, struct text b)
{
    size_t shorter = a.len < b.len ? a.len : b.len, i = 0;

    while (i < shorter && a.at[i] == b.at[i]) i++;
    return i;
}

size_t prompt_split_dialogues(struct text chosen, struct text rejected)
{
    return last_turn(chosen, shared_len(chosen, rejected));
}

size_t prompt_split_texts(struct text chosen, struct text rejected)
{
    size_t shorter = chosen.len < rejected.len ? chosen.len : rejected.len;
    size_t i = shared_len(chosen, rejected), turn = last_turn(chosen, i);

    if (turn) return turn;
    if (i < shorter) {
        i = character_start(chosen, i);
        return i > 0 && chosen.at[i - 1] == ' ' ? i - 1 : i;
    }
    if (!i) return 0;
    return character_start(chosen.len < rejected.len ? chosen : rejected, i - 1);
}

static bool begins_with(struct text text, struct text word)
{
    return text.len >= word.len && memcmp(text.at, word.at, word.len) == 0;
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_same(struct text a, struct text b)
{
    return a.len == b.len && memcmp(a.at, b.at, a.len) == 0;
}

static struct text trim(struct text text)
{
    while (text.len && is_space(text.at[text.len - 1])) text.len--;
    while (text.len && is_space(*text.at)) {
        text.at++;
        text.len--;
    }
    return text;
}

bool dialogue_begins(struct text text)
{
    return begins_with(text, TEXT(QUESTION));
}

/* Where the next turn's marker stands, behind the first i bytes. The dialogue ends with one. */
static size_t next_marker(struct text dialogue, size_t i, struct text *marker)
{
    for (;; i++) {
        struct text rest = {dialogue.at + i, dialogue.len - i};

        *marker = begins_with(rest, TEXT(QUESTION)) ? TEXT(QUESTION) : TEXT(TURN);
        if (begins_with(rest, *marker)) return i;
    }
}

bool dialogue_says(struct text dialogue, struct text prompt)
{
    const struct text before = {dialogue.at, dialogue.len - TEXT(TURN).len};
    struct text marker = {"", 0};
    bool said;

    prompt = trim(prompt);
    said = is_same(prompt, trim(dialogue)) || is_same(prompt, trim(before));
    for (size_t begin = 0; !said && begin < dialogue.len;) {
        bool asks = is_same(marker, TEXT(QUESTION));
        size_t end = next_marker(dialogue, begin, &marker);

        said = asks && is_same(prompt, trim((struct text){dialogue.at + begin, end - begin}));
        begin = end + marker.len;
    }
    return said;
}

bool same_message(const struct value *a, const struct value *b)
{
    return a->len == b->len && memcmp(a->at, b->at, a->len) == 0;
}

size_t prompt_split_messages(const struct scan *chosen, const struct scan *rejected)
{
    size_t shorter = chosen->count < rejected->count ? chosen->count : rejected->count, i = 0;

    while (i < shorter && same_message(&chosen->members[i].value, &rejected->members[i].value)) i++;
    return i < shorter || i == 0 ? i : i - 1;
}
