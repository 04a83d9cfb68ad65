#include "chat/screen.h"
#include "core/report.h"
#include "dpo-chat/chat.h"

#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define WIDE 100 /* columns from which on two answers stand beside each other */

/* Where an answer goes while it is made. */
struct listener {
    struct chat *chat;
    bool silent;
    const char *title; /* of the progress of a silent one */
    struct err *err;
};

bool chat_show(struct chat *chat, struct text text, struct err *err)
{
    struct buffer clean = {0};
    bool good;

    if (chat->screen) screen_clean(&clean, text);
    if (chat->screen) text = (struct text){clean.at, clean.len};
    good = outfile_write(&chat->out, text.at, text.len, err) && outfile_flush(&chat->out, err);
    buffer_release(&clean);
    return good;
}

static bool hear(void *context, size_t which, struct answer *answer)
{
    struct listener *listener = context;
    const struct text news = answer_news(answer);
    char progress[80];

    (void)which;
    if (!listener->silent) return news.len == 0 || chat_show(listener->chat, news, listener->err);
    snprintf(progress, sizeof progress, "%s: %zu tokens", listener->title, answer->tokens);
    report_progress(answer->end == ANSWER_OPEN ? progress : NULL);
    return true;
}

static bool ask(struct listener *listener, const struct ids *prompt, bool adapted,
                struct answer *answer)
{
    struct chat *chat = listener->chat;

    listener->err->text[0] = '\0';
    if (!speaker_answer(&chat->speaker, prompt, 1, adapted, answer, hear, listener, listener->err))
        return false;
    chat->answers++;
    chat->tokens += answer->tokens;
    return !listener->err->text[0] &&
           (listener->silent || chat_show(chat, TEXT("\n"), listener->err));
}

static size_t columns_of(const struct chat *chat)
{
    struct winsize size;

    return chat->screen && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

static bool show_beside(struct chat *chat, const struct text titles[2],
                        const struct answer answers[2], size_t columns, struct err *err)
{
    struct buffer clean[2] = {{0}, {0}}, out = {0};
    struct text texts[2];
    bool good;

    for (int i = 0; i < 2; i++) {
        if (answers[i].text.len)
            screen_clean(&clean[i], (struct text){answers[i].text.at, answers[i].text.len});
        texts[i] = (struct text){clean[i].at ? clean[i].at : "", clean[i].len};
    }
    screen_columns(&out, titles, texts, columns);
    good = outfile_write(&chat->out, out.at, out.len, err) && outfile_flush(&chat->out, err);
    for (int i = 0; i < 2; i++) buffer_release(&clean[i]);
    buffer_release(&out);
    return good;
}

/* With the adapter and without, from the same conversation, in which the former goes on. */
static bool ask_both(struct chat *chat, const struct ids *prompt, struct answer *answer,
                     struct err *err)
{
    const struct text titles[2] = {TEXT("with the adapter"), TEXT("without it")};
    const size_t columns = columns_of(chat);
    struct listener listener = {.chat = chat, .silent = columns >= WIDE, .err = err};
    struct answer answers[2] = {{0}, {0}};
    bool good = true, over = false;

    for (int i = 0; good && !over && i < 2; i++) {
        char title[40];

        listener.title = titles[i].at;
        snprintf(title, sizeof title, "[%s]\n", titles[i].at);
        good = (listener.silent || chat_show(chat, text_of(title), err)) &&
               ask(&listener, prompt, i == 0, &answers[i]);
        over = answers[i].end == ANSWER_INTERRUPTED;
    }
    if (good && listener.silent) good = show_beside(chat, titles, answers, columns, err);
    *answer = answers[0];
    answer_release(&answers[1]);
    return good;
}

bool chat_ask(struct chat *chat, const struct ids *prompt, struct answer *answer, struct err *err)
{
    struct listener listener = {.chat = chat, .err = err};

    if (chat->compare) return ask_both(chat, prompt, answer, err);
    return ask(&listener, prompt, chat->adapted, answer);
}
