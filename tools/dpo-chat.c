/* dpo-chat: talks with a model, or has it answer a file of prompts. */
#include "core/report.h"
#include "dpo-chat/chat.h"
#include "dpo-chat/chat_lines.h"
#include "engine.h"
#include "options/options.h"
#include "tree/tree.h"

#include <stdio.h>
#include <unistd.h>

#define TALK_TEMPERATURE 0.7

static struct chat chat;
static struct manner given = {.top_p = 1, .repetition_penalty = 1, .seed = 42, .most = 500};
static struct option_list stops;
static const char *name, *run, *template = "auto", *system_text, *question, *questions, *tools,
                               *prefill, *prompt_format;
static size_t precision, bits;

static const struct option_spec options[] = {
    {'m', "model", OPTION_TEXT, &name, "MODEL",
     "a folder, a GGUF file, a name in the hub's cache, ollama:NAME"},
    {0, "adapter", OPTION_TEXT, &run, "RUN", "the folder of a LoRA adapter to be put on"},
    {0, "compare", OPTION_FLAG, &chat.compare, NULL, "answer with the adapter and without it"},
    {0, "system", OPTION_TEXT, &system_text, "TEXT|@FILE", "what each conversation begins with"},
    {0, "prompt", OPTION_TEXT, &question, "TEXT", "answer this and end"},
    {0, "prompts", OPTION_TEXT, &questions, "FILE",
     "answer each line, a text or a record, as a line of JSON"},
    {0, "prefill", OPTION_TEXT, &prefill, "TEXT", "what each answer begins with"},
    {0, "tools", OPTION_TEXT, &tools, "LIST", "run what answers call: calculator,calendar"},
    {0, "max-new-tokens", OPTION_SIZE, &given.most, "N", "cut an answer after N tokens"},
    {0, "temperature", OPTION_NUMBER, &given.temperature, "X",
     "0: the likeliest token; in talk 0.7, unless the model says"},
    {0, "top-k", OPTION_SIZE, &given.top_k, "N", "draw from the N likeliest tokens; 0: all"},
    {0, "top-p", OPTION_NUMBER, &given.top_p, "X", "and from those that make up X; 1: all"},
    {0, "min-p", OPTION_NUMBER, &given.min_p, "X", "and from those of X times the likeliest's"},
    {0, "repetition-penalty", OPTION_NUMBER, &given.repetition_penalty, "X",
     "above 1: repeat less"},
    {0, "seed", OPTION_SIZE, &given.seed, "N", "the same gives the same text"},
    {0, "stop", OPTION_LIST, &stops, "TEXT", "end an answer before TEXT; may be given again"},
    {0, "template", OPTION_TEXT, &template, "auto|none|NAME|FILE",
     "of conversations: the model's own, or another one"},
    {0, "prompt-format", OPTION_LINES, &prompt_format, "TEXT",
     "no template: put what is said into TEXT, for its {prompt}"},
    {0, "beyond-context", OPTION_FLAG, &chat.speaker.beyond_context, NULL,
     "go on where a text is longer than the model was made for"},
    {0, "precision", OPTION_CHOICE, &precision, PRECISION_CHOICES,
     "of products; auto: bf16 where that is faster"},
    {0, "base-bits", OPTION_CHOICE, &bits, "16|8|4",
     "of the linear layers: as stored, int8 rows or NF4"},
    {0, "memory", OPTION_BYTES, &chat.speaker.memory, "SIZE",
     "use no more beside the weights; by default what is free"},
    OPTION_END};

static void about(void)
{
    engine_about();
    printf("editing: %s\n", editor_name());
}

static const struct program program = {
    "dpo-chat", "talk with a model, or have it answer a file of prompts", "", options, about, NULL};

static void take_stops(void)
{
    chat.stops = mem_zero(stops.count + 1, sizeof *chat.stops);
    chat.stop_count = stops.count;
    for (size_t i = 0; i < stops.count; i++) {
        chat.stops[i] = text_of(stops.items[i]);
        if (!chat.stops[i].len) die_usage("--stop takes a text that is not empty");
    }
}

static void check_options(char **operands)
{
    struct tools chosen = {0};
    struct err err;

    if (*operands)
        die_usage("'%.80s': a prompt is given by --prompt, a file of them by --prompts", *operands);
    if (!name) die_usage("-m MODEL is missing: who is to answer?");
    if (question && questions) die_usage("--prompt and --prompts exclude each other");
    if (settings.seal) die_usage("--seal is for pairs, and there are none here");
    if (settings.output && !question && !questions)
        die_usage("--output is for --prompt and --prompts");
    if (chat.compare && !run) die_usage("--compare needs --adapter: with what?");
    if (tools && questions) die_usage("--tools is not for --prompts");
    if (tools && chat.compare) die_usage("--tools and --compare exclude each other");
    if (!tree_format_check(prompt_format, &err)) die_usage("%s", err.text);
    if (!manner_check(&given, "--", &err)) die_usage("%s", err.text);
    if (tools && !tools_choose(&chosen, text_of(tools), &err)) die_usage("--tools: %s", err.text);
}

static int answer(void)
{
    struct err err;

    if (!outfile_open(&chat.out, settings.output, &err)) die_of(&err);
    chat.screen = !settings.output && isatty(STDOUT_FILENO);
    if (questions) {
        chat_prompts(&chat, questions);
    } else if (question) {
        dialogue_begin(&chat.dialogue, (struct text){chat.system.at, chat.system.len});
        if (!chat_say(&chat, text_of(question), &err)) die_of(&err);
    } else if (!chat_talk(&chat)) {
        return EXIT_FAILED;
    }
    if (!outfile_commit(&chat.out, &err)) die_of(&err);
    return EXIT_DONE;
}

int main(int argc, char **argv)
{
    char **operands = program_start(&program, argc, argv);
    struct err err;
    int status;

    check_options(operands);
    if (system_text) chat_take_system(&chat, system_text);
    manner_init(&chat.manner, question || questions ? 0 : TALK_TEMPERATURE);
    chat_open(&chat, name, template, engine_precision(precision), 16U >> bits);
    manner_take(&chat.manner, &given, option_given);
    chat.dialogue.prefill = prefill;
    chat.dialogue.prompt_format = tree_format_is_chat(prompt_format) ? NULL : prompt_format;
    chat.speaker.rules.prefill = prefill;
    if (run && !chat_adapt(&chat, run, &err)) die_of(&err);
    if (tools && !tools_choose(&chat.tools, text_of(tools), &err)) die_of(&err);
    take_stops();
    chat_settle(&chat);
    status = answer();
    chat_close(&chat);
    return status;
}
