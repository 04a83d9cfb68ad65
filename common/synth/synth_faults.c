#include "synth/synth_faults.h"

#include "judge/arithmetic.h"
#include "records/value.h"
#include "synth/synth_thoughts.h"

#include <math.h>
#include <string.h>

#define TRIES 16
#define ARGS_SLOTS 8

void action_add_object(struct buffer *out, const char *tool, struct text args)
{
    buffer_text(out, "{\"tool\": \"");
    buffer_text(out, tool);
    buffer_text(out, "\", \"args\": ");
    text_quote(out, args);
    buffer_byte(out, '}');
}

static void open_fence(struct buffer *out)
{
    buffer_text(out, "Action: ```json\n");
}

static void close_fence(struct buffer *out)
{
    buffer_text(out, "\n```");
}

void action_add(struct buffer *out, const char *tool, struct text args)
{
    open_fence(out);
    action_add_object(out, tool, args);
    close_fence(out);
}

static const char *tool_of(const struct synth_case *right)
{
    return synth_tool_names[right->tool];
}

static size_t draw(const struct synth_case *right, size_t count)
{
    return random_upto(right->slots->random, count - 1);
}

/* The right thought or another wording of it, and a newline. */
static void add_thought(const struct synth_case *right, struct buffer *out)
{
    if (draw(right, 2))
        buffer_add(out, right->thought.at, right->thought.len);
    else
        thought_add(right->slots, right->row, right->tool, out);
    buffer_byte(out, '\n');
}

static bool add_refusal(const struct synth_case *right, struct buffer *out)
{
    static const char *const any[] = {
        "Sorry, I cannot help with that.",
        "As an AI I am unable to do this.",
        "I am not able to answer this request. Please try somewhere else.",
        "I'm sorry, but this is beyond what I can do. Is there something else I can help you with?",
        "Unfortunately I can't help with this.",
        "That is not something I do.",
        "I would rather not answer this, as a person who knows the subject can tell you more."};
    static const char *const own[SYNTH_TOOLS][4] = {
        {"I am a language model and not good with numbers, so I cannot work this out.",
         "Sorry, I do not do arithmetic.", "Please use a pocket calculator for this.",
         "I am unable to compute this for you, but a spreadsheet will do it in no time."},
        {"I have no access to current information, so I can't say.",
         "I do not know, and I cannot look it up.", "You will have to search for that yourself.",
         "My knowledge ends at some point, so I am not able to tell you anything about this."},
        {"I have no access to your calendar.", "Sorry, I cannot change or read your plans.",
         "Please open your calendar and do this by hand.",
         "I'm unable to manage appointments, since I am only a text assistant without a "
         "calendar."}};

    buffer_text(out, draw(right, 2) ? DRAW_TEXT(right->slots->random, any)
                                    : DRAW_TEXT(right->slots->random, own[right->tool]));
    return true;
}

/* A value near the true one that is not it. */
static void bind_result(const struct synth_case *right)
{
    struct buffer text = {0};
    struct err err;
    double value = 0, unit, off;

    arithmetic_eval(right->args, &value, &err);
    unit = fabs(value - round(value)) < 1e-9 ? 1 : 0.01;
    off = unit * (double)(1 + draw(right, 9 + (size_t)fmin(fabs(value) / unit / 20, 1e6)));
    if (draw(right, 2)) off = -off;
    buffer_format(&text, unit < 1 ? "%.2f" : "%.0f", value + off);
    slots_bind(right->slots, "result", (struct text){text.at, text.len});
    buffer_release(&text);
}

static const char *draw_guess(const struct synth_case *right)
{
    static const char *const results[] = {"The answer is {result}.",
                                          "That makes {result}.",
                                          "{result}.",
                                          "It is {result}, give or take.",
                                          "I get {result}. Let me know if you need more figures.",
                                          "The result should be {result} if I am not mistaken."};
    static const char *const done[] = {"Done, it is in your calendar.", "All set!",
                                       "I have taken care of it.",
                                       "Your calendar is up to date now, and everybody was told."};
    static const char *const listed[] = {"You have two meetings that day.",
                                         "There is nothing planned.", "Only a call at {time9}.",
                                         "You are busy until {time9} and free after that."};
    struct random *random = right->slots->random;

    if (right->row->guess) return right->row->guess;
    if (right->tool == SYNTH_CALCULATOR) return DRAW_TEXT(random, results);
    if (strncmp(right->row->args, "free", 4) != 0 && strncmp(right->row->args, "list", 4) != 0)
        return DRAW_TEXT(random, done);
    return DRAW_TEXT(random, listed);
}

static bool add_invented(const struct synth_case *right, struct buffer *out)
{
    if (right->tool == SYNTH_CALCULATOR) bind_result(right);
    thought_add_hollow(right->slots, out);
    buffer_byte(out, '\n');
    slots_fill(right->slots, draw_guess(right), out);
    return true;
}

static bool add_bad_json(const struct synth_case *right, struct buffer *out)
{
    const char *tool = tool_of(right);
    int len = (int)right->args.len;
    const char *args = right->args.at;
    size_t word = strcspn(args, " ");

    add_thought(right, out);
    open_fence(out);
    switch (draw(right, 7)) {
    case 0: buffer_format(out, "{'tool': '%s', 'args': '%.*s'}", tool, len, args); break;
    case 1: buffer_format(out, "{\"tool\": \"%s\", \"args\": \"%.*s\",}", tool, len, args); break;
    case 2: buffer_format(out, "{tool: \"%s\", args: \"%.*s\"}", tool, len, args); break;
    case 3: buffer_format(out, "{\"tool\": \"%s\", \"args\": \"%.*s\"", tool, len, args); break;
    case 4: buffer_format(out, "{\"tool\": \"%s\", \"args\": %.*s}", tool, len, args); break;
    case 5: buffer_format(out, "{\"tool\": \"%s\" \"args\": \"%.*s\"}", tool, len, args); break;
    default:
        buffer_format(out, "{\"tool\": \"%s\", \"args\": \"\"%.*s\"%.*s\"}", tool, (int)word, args,
                      len - (int)word, args + word);
    }
    close_fence(out);
    return true;
}

static bool add_no_thought(const struct synth_case *right, struct buffer *out)
{
    switch (draw(right, 3)) {
    case 0: action_add(out, tool_of(right), right->args); break;
    case 1: action_add_object(out, tool_of(right), right->args); break;
    default: buffer_text(out, "Thought:\n"); action_add(out, tool_of(right), right->args);
    }
    return true;
}

static bool add_wrong_tool(const struct synth_case *right, struct buffer *out)
{
    size_t tool;

    do {
        tool = draw(right, SYNTH_TOOLS);
    } while (tool == right->tool || !(right->tools & SYNTH_BIT(tool)));
    add_thought(right, out);
    action_add(out, synth_tool_names[tool], right->args);
    return true;
}

/* Is that another action? A sum with other numbers may still have the same value. */
static bool args_differ(const struct synth_case *right, const struct buffer *args)
{
    struct text wrong = {args->at, args->len};
    struct err err;
    double value, wanted;

    if (wrong.len == right->args.len && memcmp(wrong.at, right->args.at, wrong.len) == 0)
        return false;
    if (right->tool != SYNTH_CALCULATOR) return true;
    return arithmetic_eval(wrong, &value, &err) && arithmetic_eval(right->args, &wanted, &err) &&
           fabs(value - wanted) > 1e-6 * (1 + fabs(wanted));
}

/* The slots that the arguments are made of. */
static size_t args_slots(const struct synth_case *right, struct slot **found)
{
    const char *rest = right->row->args;
    size_t count = 0;

    while (count < ARGS_SLOTS && (found[count] = slots_next(right->slots, &rest))) count++;
    return count;
}

/* Appends the action with one slot of its arguments drawn again, or with all that hold numbers. */
static bool add_changed(const struct synth_case *right, bool numbers, struct buffer *out)
{
    struct slot *found[ARGS_SLOTS], before[ARGS_SLOTS];
    size_t count = args_slots(right, found), one = draw(right, count);
    struct buffer args = {0};
    bool differ = false;

    add_thought(right, out);
    for (size_t i = 0; i < count; i++) before[i] = *found[i];
    for (int i = 0; i < TRIES && !differ; i++) {
        for (size_t k = 0; k < count; k++)
            if (numbers ? slot_is_number(right->slots, found[k]) : k == one)
                slots_redraw(right->slots, found[k]);
        args.len = 0;
        slots_fill(right->slots, right->row->args, &args);
        differ = args_differ(right, &args);
    }
    action_add(out, tool_of(right), (struct text){args.at, args.len});
    for (size_t i = 0; i < count; i++) *found[i] = before[i];
    buffer_release(&args);
    return differ;
}

static bool add_wrong_args(const struct synth_case *right, struct buffer *out)
{
    return add_changed(right, false, out);
}

static bool add_wrong_numbers(const struct synth_case *right, struct buffer *out)
{
    return add_changed(right, true, out);
}

static bool add_unknown_tool(const struct synth_case *right, struct buffer *out)
{
    static const char *const names[SYNTH_TOOLS][5] = {
        {"math", "python", "calc", "computer", "spreadsheet"},
        {"browser", "lookup", "encyclopedia", "web", "librarian"},
        {"scheduler", "agenda", "planner", "reminder", "email"}};

    add_thought(right, out);
    action_add(out, DRAW_TEXT(right->slots->random, names[right->tool]), right->args);
    return true;
}

static bool add_missing_key(const struct synth_case *right, struct buffer *out)
{
    size_t way = draw(right, 4);

    add_thought(right, out);
    open_fence(out);
    if (way == 0) {
        buffer_format(out, "{\"tool\": \"%s\"}", tool_of(right));
    } else {
        if (way == 1)
            buffer_byte(out, '{');
        else
            buffer_format(out, "{\"%s\": \"%s\", ", way == 2 ? "name" : "tool", tool_of(right));
        buffer_text(out, way == 3 ? "\"input\": " : "\"args\": ");
        text_quote(out, right->args);
        buffer_byte(out, '}');
    }
    close_fence(out);
    return true;
}

static bool add_extra_key(const struct synth_case *right, struct buffer *out)
{
    static const char *const extra[] = {
        ", \"confidence\": 0.9}", ", \"id\": 1}", ", \"async\": false}",
        ", \"reason\": \"the user asked for it\"}", ", \"language\": \"en\"}"};

    add_thought(right, out);
    open_fence(out);
    action_add_object(out, tool_of(right), right->args);
    out->len--;
    buffer_text(out, DRAW_TEXT(right->slots->random, extra));
    close_fence(out);
    return true;
}

static bool add_text_after(const struct synth_case *right, struct buffer *out)
{
    static const char *const after[] = {
        "\nLet me know if you need anything else.", "\nObservation: done",
        "\nI will now wait for the result.", "\nThe answer follows in a moment.",
        "\n\nAs soon as the result is there I can explain it in more detail, if you like."};

    add_thought(right, out);
    action_add(out, tool_of(right), right->args);
    buffer_text(out, DRAW_TEXT(right->slots->random, after));
    return true;
}

static bool add_two_actions(const struct synth_case *right, struct buffer *out)
{
    add_thought(right, out);
    action_add(out, tool_of(right), right->args);
    buffer_byte(out, '\n');
    action_add(out, synth_tool_names[draw(right, SYNTH_TOOLS)], right->args);
    return true;
}

static bool add_bare_words(const struct synth_case *right, struct buffer *out)
{
    const char *tool = tool_of(right), *args = right->args.at;
    int len = (int)right->args.len;

    add_thought(right, out);
    switch (draw(right, 4)) {
    case 0: buffer_format(out, "Action: %s %.*s", tool, len, args); break;
    case 1: buffer_format(out, "Action: %s: %.*s", tool, len, args); break;
    case 2: buffer_format(out, "Action: %s(%.*s)", tool, len, args); break;
    default: buffer_format(out, "Action: use the %s tool with %.*s", tool, len, args);
    }
    return true;
}

static bool always(const struct synth_case *right)
{
    return right->tools != 0;
}

static bool has_other_tool(const struct synth_case *right)
{
    return (right->tools & ~SYNTH_BIT(right->tool)) != 0;
}

static bool has_numbers(const struct synth_case *right)
{
    struct slot *found[ARGS_SLOTS];
    size_t count = args_slots(right, found), numbers = 0;

    for (size_t i = 0; i < count; i++) numbers += slot_is_number(right->slots, found[i]);
    return numbers > 1;
}

static const struct fault {
    const char *name;
    bool hard; /* in hard records only */
    bool (*applies)(const struct synth_case *right);
    bool (*add)(const struct synth_case *right, struct buffer *out); /* false: try another */
} faults[] = {{"refusal", false, always, add_refusal},
              {"invented_result", false, always, add_invented},
              {"bad_json", false, always, add_bad_json},
              {"missing_thought", false, always, add_no_thought},
              {"wrong_tool", false, has_other_tool, add_wrong_tool},
              {"wrong_args", false, always, add_wrong_args},
              {"unknown_tool", true, always, add_unknown_tool},
              {"missing_key", true, always, add_missing_key},
              {"extra_key", true, always, add_extra_key},
              {"text_after", true, always, add_text_after},
              {"two_actions", true, always, add_two_actions},
              {"bare_words", true, always, add_bare_words},
              {"wrong_numbers", true, has_numbers, add_wrong_numbers}};

#define FAULTS (sizeof faults / sizeof *faults)

const char *fault_add(const struct synth_case *right, struct buffer *out)
{
    const struct fault *fault;
    size_t start = out->len;

    for (;;) {
        fault = &faults[draw(right, FAULTS)];
        if ((fault->hard && !right->hard) || !fault->applies(right)) continue;
        if (fault->add(right, out)) return fault->name;
        out->len = start;
    }
}
