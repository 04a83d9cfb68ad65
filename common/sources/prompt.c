#include "sources/prompt.h"

#include "records/messages.h"

#include <string.h>

#define TURN "\n\nAssistant:"

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

size_t prompt_split_texts(struct text chosen, struct text rejected)
{
    size_t shorter = chosen.len < rejected.len ? chosen.len : rejected.len, i = 0, turn;

    while (i < shorter && chosen.at[i] == rejected.at[i]) i++;
    turn = last_turn(chosen, i);
    if (turn) return turn;
    if (i < shorter) {
        i = character_start(chosen, i);
        return i > 0 && chosen.at[i - 1] == ' ' ? i - 1 : i;
    }
    if (!i) return 0;
    return character_start(chosen.len < rejected.len ? chosen : rejected, i - 1);
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
