#include "chat/prompts.h"
#include "core/clock.h"
#include "core/report.h"
#include "dpo-chat/chat.h"

#define ROUNDS 8 /* calls of tools for one question */

/* One answer to the dialogue, which it joins. */
static bool answer_once(struct chat *chat, struct answer *answer, struct err *err)
{
    struct ids prompt = {0};
    const bool good = dialogue_ids(&chat->dialogue, &prompt, err) &&
                      speaker_accepts(&chat->speaker, &prompt, err) &&
                      chat_ask(chat, &prompt, answer, err);

    ids_release(&prompt);
    if (!good) return false;
    if (answer->end == ANSWER_CUT)
        report_note("the answer was cut after %zu tokens", answer->tokens);
    if (answer->text.len)
        dialogue_add(&chat->dialogue, "assistant",
                     (struct text){answer->text.at, answer->text.len});
    return true;
}

/* Runs what an answer calls, and tells the model of it: 1, 0 when nothing is called, -1. */
static int observe(struct chat *chat, const struct answer *answer, struct err *err)
{
    struct buffer words = {0};
    int called = 0;

    buffer_text(&words, "Observation: ");
    if (tools_any(&chat->tools) && answer->end != ANSWER_INTERRUPTED && answer->text.len &&
        tools_run(&chat->tools, (struct text){answer->text.at, answer->text.len}, &words)) {
        dialogue_add(&chat->dialogue, "user", (struct text){words.at, words.len});
        buffer_byte(&words, '\n');
        called = chat_show(chat, (struct text){words.at, words.len}, err) ? 1 : -1;
    }
    buffer_release(&words);
    return called;
}

static bool answer_all(struct chat *chat, struct err *err)
{
    for (int round = 0; round < ROUNDS; round++) {
        struct answer answer = {0};
        const bool good = answer_once(chat, &answer, err);
        const int called = good ? observe(chat, &answer, err) : -1;

        answer_release(&answer);
        if (called <= 0) return called == 0;
    }
    report_note("tools were called %d times: the model does not come to an end", ROUNDS);
    return true;
}

bool chat_say(struct chat *chat, struct text text, struct err *err)
{
    const size_t before = chat->dialogue.count;

    dialogue_add(&chat->dialogue, "user", text);
    if (!answer_all(chat, err)) {
        dialogue_cut(&chat->dialogue, before);
        return false;
    }
    /* Nothing was said: the question stands no longer, so that turns still alternate. */
    if (chat->dialogue.count == before + 1) dialogue_cut(&chat->dialogue, before);
    return true;
}

static void summary(const struct prompts *prompts, double seconds)
{
    report_count("prompts", prompts->count);
    report_count("tokens", prompts->tokens);
    report_number("seconds", seconds, 2);
    report_number("tokens_per_second", seconds > 0 ? (double)prompts->tokens / seconds : 0, 0);
    report_line();
}

void chat_prompts(struct chat *chat, const char *path)
{
    struct prompts prompts = {.dialogue = &chat->dialogue,
                              .speaker = &chat->speaker,
                              .system = {chat->system.at, chat->system.len},
                              .adapted = chat->adapted,
                              .compare = chat->compare};
    double began;
    struct err err;

    if (!prompts_read(&prompts, path, &err)) die_of(&err);
    began = clock_seconds();
    if (!prompts_answer(&prompts, &chat->out, &err)) die_of(&err);
    summary(&prompts, clock_seconds() - began);
    prompts_release(&prompts);
}
