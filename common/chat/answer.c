#include "chat/answer.h"

/* The prompt goes through the detokenizer, too, where the answer goes on within a text: what it
 * takes off the beginning of a text is then not taken off the middle. */
void answer_begin(struct answer *answer, const struct answer_rules *rules, const struct ids *prompt,
                  size_t most)
{
    *answer = (struct answer){.rules = rules, .most = most};
    detokenizer_init(&answer->detokenizer, rules->tokenizer, true);
    stops_init(&answer->stops, rules->stops, rules->stop_count);
    if (!rules->prefill || !*rules->prefill) return;
    for (size_t i = 0; i < prompt->count; i++)
        detokenizer_add(&answer->detokenizer, prompt->at[i], &answer->piece);
    answer->piece.len = 0;
    buffer_text(&answer->text, rules->prefill);
}

static void feed(struct answer *answer)
{
    const struct text piece = {answer->piece.at, answer->piece.len};

    if (stops_feed(&answer->stops, piece, &answer->text)) answer->end = ANSWER_STOPPED;
    answer->piece.len = 0;
}

static void finish(struct answer *answer, enum answer_end end)
{
    answer->end = end;
    detokenizer_end(&answer->detokenizer, &answer->piece);
    feed(answer);
    stops_end(&answer->stops, &answer->text);
}

bool answer_take(struct answer *answer, token_id id)
{
    answer->tokens++;
    if (ends_has(answer->rules->ends, id)) {
        finish(answer, ANSWER_ENDED);
        return false;
    }
    detokenizer_add(&answer->detokenizer, id, &answer->piece);
    feed(answer);
    if (answer->end == ANSWER_OPEN && answer->tokens >= answer->most) finish(answer, ANSWER_CUT);
    return answer->end == ANSWER_OPEN;
}

void answer_interrupt(struct answer *answer)
{
    if (answer->end == ANSWER_OPEN) finish(answer, ANSWER_INTERRUPTED);
}

struct text answer_news(struct answer *answer)
{
    const size_t begin = answer->told;

    answer->told = answer->text.len;
    return buffer_part(&answer->text, begin, answer->told);
}

void answer_release(struct answer *answer)
{
    buffer_release(&answer->detokenizer.held);
    stops_release(&answer->stops);
    buffer_release(&answer->text);
    buffer_release(&answer->piece);
    *answer = (struct answer){0};
}
