#include "core/lines.h"
#include "core/report.h"
#include "dpo-chat/chat.h"
#include "machine/available.h"
#include "model/identity.h"
#include "model/model_text.h"
#include "model/weights_check.h"
#include "options/options.h"
#include "run/metadata.h"
#include "unicode/utf8.h"

#include <langinfo.h>
#include <locale.h>
#include <string.h>
#include <time.h>

#define SYSTEM_LIMIT ((size_t)1 << 20)

void chat_take_system(struct chat *chat, const char *words)
{
    struct buffer *text = &chat->system;
    const bool file = *words == '@';
    struct err err;

    if (!file)
        buffer_text(text, words);
    else if (!read_whole_file(words + 1, text, SYSTEM_LIMIT, &err))
        die_of(&err);
    if (text->len && utf8_fault((struct text){text->at, text->len}))
        die("%s: the text is not UTF-8", file ? words + 1 : "--system");
    if (file && text->len && text->at[text->len - 1] == '\n') text->len--;
}

/* Characters have their widths, and lines are edited, in UTF-8. */
static void take_locale(void)
{
    if (!setlocale(LC_CTYPE, "") || strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
        setlocale(LC_CTYPE, "C.UTF-8");
}

static void read_manner(struct chat *chat, const char *name)
{
    struct model_text text;
    const struct mapped *file = &text.files[TEXT_GENERATION];
    struct err err;

    if (!model_text_open(&text, name, &err)) die_of(&err);
    if (file->path &&
        !manner_read(&chat->manner, (struct text){(const char *)file->at, (size_t)file->len},
                     file->path, &err))
        die_of(&err);
    model_text_close(&text);
}

void chat_open(struct chat *chat, const char *name, const char *template, enum precision precision,
               unsigned bits)
{
    struct speaker *speaker = &chat->speaker;
    struct err err;

    take_locale();
    if (!language_load(&chat->language, name, template, &err)) die_of(&err);
    if (chat->language.template_differs)
        report_warning("chat_template.jinja and tokenizer_config.json hold different templates; "
                       "the former is used");
    read_manner(chat, name);
    if (!model_open(&chat->model, name, &err)) die_of(&err);
    chat->team = team_start(settings.threads);
    /* Where all weights are read anyway; else they are when an answer is no number. */
    if (bits < 16 && !weights_finite(&chat->model, chat->team, &err)) die_of(&err);
    if (!base_open(&chat->base, &chat->model, bits, NULL, chat->team, &err)) die_of(&err);
    decoder_open(&chat->decoder, &chat->base, precision, chat->team);
    speaker->decoder = &chat->decoder;
    speaker->model = &chat->model;
    speaker->past = &chat->past;
    speaker->rules.tokenizer = chat->language.tokenizer;
    ends_init(&chat->ends, &chat->model.config, tokenizer_eos(chat->language.tokenizer));
    speaker->rules.ends = &chat->ends;
    if (speaker->memory == 0) speaker->memory = available_memory("");
    tools_init(&chat->tools, &chat->language.date);
    dialogue_init(&chat->dialogue, &chat->language);
}

/* Answers would be of neither model. */
static void check_base(const struct chat *chat, const char *run)
{
    char identity[MODEL_IDENTITY];
    struct err none;

    model_identity(&chat->model.weights, identity);
    if (metadata_suits(run, identity, &none) == 0)
        report_warning("%.200s was trained on other weights than those of the model", run);
}

bool chat_adapt(struct chat *chat, const char *run, struct err *err)
{
    struct adapter adapter;

    if (run && !adapter_load(&adapter, &chat->model.config, run, err)) return false;
    past_release(&chat->past);
    decoder_adapt(&chat->decoder, NULL);
    if (chat->adapted) adapter_release(&chat->adapter);
    chat->adapted = run != NULL;
    if (run) {
        check_base(chat, run);
        chat->adapter = adapter;
        decoder_adapt(&chat->decoder, &chat->adapter);
    } else {
        chat->compare = false;
    }
    return true;
}

void chat_settle(struct chat *chat)
{
    const bool tools = tools_any(&chat->tools);

    chat->speaker.sampling = manner_sampling(&chat->manner);
    chat->speaker.most = chat->manner.most;
    chat->stops[chat->stop_count] = TEXT("\nObservation:");
    chat->speaker.rules.stops = chat->stops;
    chat->speaker.rules.stop_count = chat->stop_count + tools;
}

void chat_close(struct chat *chat)
{
    struct err err;

    chat_adapt(chat, NULL, &err);
    decoder_close(&chat->decoder);
    base_close(&chat->base);
    model_close(&chat->model);
    team_stop(chat->team);
    dialogue_release(&chat->dialogue);
    tools_release(&chat->tools);
    language_release(&chat->language);
    buffer_release(&chat->system);
    mem_free(chat->stops);
}
