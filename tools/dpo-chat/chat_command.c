#include "chat/commands.h"
#include "core/report.h"
#include "dpo-chat/chat.h"
#include "records/value.h"

#include <stdio.h>

/* Answers to commands are talk, not data; who asks for them hears them with --quiet, too. */
static void tell(const struct buffer *words)
{
    struct buffer line = {0};

    if (report_is_json()) {
        buffer_text(&line, "{\"tool\":\"dpo-chat\",\"note\":");
        text_quote(&line, (struct text){words->at, words->len - 1}); /* without its newline */
        buffer_text(&line, "}\n");
        fwrite(line.at, 1, line.len, stderr);
    } else {
        fwrite(words->at, 1, words->len, stderr);
    }
    buffer_release(&line);
}

static bool set_system(struct chat *chat, struct text text, struct err *err)
{
    (void)err;
    chat->system.len = 0;
    buffer_add(&chat->system, text.at, text.len);
    dialogue_begin(&chat->dialogue, text);
    report_note(text.len ? "a new conversation, with this system text"
                         : "a new conversation, without a system text");
    return true;
}

static bool reset(struct chat *chat, struct text text, struct err *err)
{
    (void)text, (void)err;
    dialogue_begin(&chat->dialogue, (struct text){chat->system.at, chat->system.len});
    report_note("a new conversation");
    return true;
}

static bool save(struct chat *chat, struct text name, struct err *err)
{
    char *path = mem_format("%.*s", (int)name.len, name.at);
    struct buffer line = {0};
    bool good;

    buffer_text(&line, "{\"messages\":");
    dialogue_write(&chat->dialogue, &line);
    buffer_text(&line, "}\n");
    good = outfile_put(path, buffer_content(&line), err);
    if (good) report_note("%zu messages are in '%s'", chat->dialogue.count, path);
    buffer_release(&line);
    mem_free(path);
    return good;
}

static bool compare(struct chat *chat, struct text text, struct err *err)
{
    (void)text;
    if (!chat->adapted) return err_set(err, "there is no adapter to compare with: /adapter RUN");
    if (tools_any(&chat->tools))
        return err_set(err, "answers that call tools are not compared: /tools off");
    chat->compare = !chat->compare;
    report_note(chat->compare ? "answers with the adapter and without" : "one answer");
    return true;
}

static bool adapter(struct chat *chat, struct text name, struct err *err)
{
    char *run = text_is(name, "off") ? NULL : mem_format("%.*s", (int)name.len, name.at);
    const bool good = chat_adapt(chat, run, err);

    if (good) report_note(run ? "the adapter of '%s' is on" : "no adapter is on", run);
    mem_free(run);
    return good;
}

static bool params(struct chat *chat, struct text text, struct err *err)
{
    const struct text name = word_take(&text);
    struct buffer words = {0};

    if (name.len && !manner_set(&chat->manner, name, text, err)) return false;
    chat_settle(chat);
    manner_show(&chat->manner, &words);
    if (!name.len) tell(&words);
    buffer_release(&words);
    return true;
}

static bool tools(struct chat *chat, struct text list, struct err *err)
{
    struct tools *tools = &chat->tools;
    struct buffer words = {0};

    if (list.len && chat->compare && !text_is(list, "off"))
        return err_set(err, "answers that are compared call no tools: /compare ends that");
    if (list.len && !tools_choose(tools, list, err)) return false;
    chat_settle(chat);
    buffer_format(&words, "tools: %s%s%s\n", tools->calculator ? "calculator" : "",
                  tools->calculator && tools->calendar ? ", " : "",
                  tools->calendar     ? "calendar"
                  : tools->calculator ? ""
                                      : "none; there are calculator and calendar");
    if (list.len)
        report_note("%.*s", (int)words.len - 1, words.at);
    else
        tell(&words);
    buffer_release(&words);
    return true;
}

static bool help(struct chat *chat, struct text text, struct err *err)
{
    struct buffer words = {0};

    (void)chat, (void)text, (void)err;
    commands_help(&words);
    tell(&words);
    buffer_release(&words);
    return true;
}

bool chat_command(struct chat *chat, const struct spoken *spoken, bool *failed)
{
    static bool (*const runs[])(struct chat *, struct text, struct err *) = {
        [COMMAND_SYSTEM] = set_system, [COMMAND_RESET] = reset,     [COMMAND_SAVE] = save,
        [COMMAND_COMPARE] = compare,   [COMMAND_ADAPTER] = adapter, [COMMAND_PARAMS] = params,
        [COMMAND_TOOLS] = tools,       [COMMAND_HELP] = help};
    struct err err;

    if (spoken->command == COMMAND_QUIT) return false;
    if (spoken->command != COMMAND_NOTHING && !runs[spoken->command](chat, spoken->operand, &err)) {
        report_error("%s", err.text);
        *failed = true;
    }
    return true;
}
