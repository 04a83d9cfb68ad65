/* dpo-tokens: shows what a model sees of texts, conversations and pairs. */
#include "core/report.h"
#include "options/options.h"
#include "tree/show.h"

static struct language language;
static struct show show = {.language = &language, .failed = die_of};
static const char *model, *template = "auto";
static bool text, pairs, messages, count, render, decode;
static size_t truncate;

static const struct option_spec options[] = {
    {'m', "model", OPTION_TEXT, &model, "MODEL",
     "a folder, a GGUF file, a name in the hub's cache, ollama:NAME"},
    {0, "text", OPTION_FLAG, &text, NULL, "each line is a text, as it stands"},
    {0, "pairs", OPTION_FLAG, &pairs, NULL, "each line is a preference pair"},
    {0, "messages", OPTION_FLAG, &messages, NULL, "each line is a conversation"},
    {0, "count", OPTION_FLAG, &count, NULL, "say how many ids there are, nothing else"},
    {0, "render", OPTION_FLAG, &render, NULL, "show the texts that are tokenised, nothing else"},
    {0, "decode", OPTION_FLAG, &decode, NULL, "each line holds ids: show their text"},
    {0, "template", OPTION_TEXT, &template, "auto|none|NAME|FILE",
     "of conversations: the model's own, or another one"},
    {0, "prompt-format", OPTION_LINES, &show.rules.prompt_format, "TEXT",
     "put prompts that are strings into TEXT, for its {prompt}"},
    {0, "max-length", OPTION_SIZE, &show.rules.max_length, "N",
     "cut prompt and answer to N ids together"},
    {0, "max-prompt-length", OPTION_SIZE, &show.rules.max_prompt_length, "N",
     "keep the last N ids of a prompt"},
    {0, "truncate", OPTION_CHOICE, &truncate, "keep_start|keep_end",
     "which end of a text that is too long stays"},
    OPTION_END};

static const struct program program = {
    "dpo-tokens", "show what a model sees of a text", "[FILE...]", options, NULL, NULL};

static void check_options(void)
{
    static const char *const of_pairs[] = {"prompt-format", "max-length", "max-prompt-length",
                                           "truncate"};
    struct err err;

    if (!model) die_usage("-m MODEL is missing: whose tokens?");
    if (text + pairs + messages > 1) die_usage("--text, --pairs and --messages exclude each other");
    if (count + render + decode > 1) die_usage("--count, --render and --decode exclude each other");
    if (decode && (text || pairs || messages)) die_usage("--decode reads ids, nothing else");
    if (!tree_format_check(show.rules.prompt_format, &err)) die_usage("%s", err.text);
    for (size_t i = 0; i < sizeof of_pairs / sizeof of_pairs[0]; i++)
        if ((text || messages || decode) && option_given(of_pairs[i]))
            die_usage("--%s is for pairs", of_pairs[i]);
    if (settings.seal && !pairs) die_usage("--seal is for --pairs");
    show.need_seal = settings.seal;
    show.lines = text ? SHOW_TEXT : pairs ? SHOW_PAIRS : messages ? SHOW_MESSAGES : SHOW_ANY;
    show.way = count ? SHOW_COUNT : render ? SHOW_RENDER : decode ? SHOW_DECODE : SHOW_ALL;
    show.rules.truncate = truncate ? TRUNCATE_KEEP_END : TRUNCATE_KEEP_START;
}

static void talk(void)
{
    if (language.template_differs)
        report_warning("chat_template.jinja and tokenizer_config.json hold different templates; "
                       "the former is used");
    if (show.prompt_split)
        report_note("%llu prompts end within a token that reaches into the answer",
                    (unsigned long long)show.prompt_split);
    report_count("read", show.read);
    if (!render) { /* which tokenises nothing but pairs */
        report_count("ids", show.ids);
        report_count("longest", show.longest);
    }
    if (show.rules.max_length) report_count("cut", show.cut);
    if (show.rules.max_length || show.left_out) report_count("dropped", show.left_out);
    if (show.rules.max_prompt_length) report_count("prompts_cut", show.prompt_cut);
    report_line();
}

int main(int argc, char **argv)
{
    char **files = program_start(&program, argc, argv);
    struct outfile out;
    struct err err;

    check_options();
    if (!language_load(&language, model, template, &err)) die_of(&err);
    if (!outfile_open(&out, settings.output, &err)) die_of(&err);
    show.out = &out;
    if (!show_run(&show, files, settings.threads, &err)) die_of(&err);
    if (!outfile_commit(&out, &err)) die_of(&err);
    talk();
    language_release(&language);
    return EXIT_DONE;
}
