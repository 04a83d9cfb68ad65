#include "synth/synth_thoughts.h"

static const char *const plain_forms[] = {
    "The user wants me to {subject}. This needs the {tool} tool.",
    "I have to {subject}. {why^}, so I call the {tool}.",
    "To {subject} I should not guess. The {tool} tool is right here.",
    "The request is to {subject}, and {why}. I use the {tool}.",
    "My task is to {subject}. The fitting tool is the {tool}.",
    "{why^}. To {subject} I use the {tool} tool.",
    "I am asked to {subject}. The {tool} can do this in one call.",
    "This asks me to {subject}; {why}, so the {tool} it is.",
    "Before I answer I must {subject}. That is a job for the {tool} tool.",
    "What is wanted here is to {subject}. I hand this to the {tool}.",
    "{why^}, so the {tool} should {subject}.",
    "One call of the {tool} is enough to {subject}."};
static const char *const steps_forms[] = {
    "This takes more than one step. First I {subject}; after that {later}.",
    "There are several things to do. I start with the {tool} to {subject}, and then {later}.",
    "First I {subject} with the {tool}. Then {later}.",
    "I cannot do all of it at once. Now I {subject}; later {later}.",
    "Step one is to {subject}. Step two comes when I have the result: {later}.",
    "The request has two parts. I {subject} now with the {tool}; next {later}.",
    "My plan is to {subject} first, and once that is done {later}.",
    "I begin by calling the {tool} to {subject}. When that is done {later}."};
static const char *const error_forms[] = {
    "The last call failed because {later}. Now I {subject}.",
    "The tool result is an error: {later}. I {subject}.",
    "That did not work, as {later}. I {subject} instead of making up an answer.",
    "An error came back: {later}. I do not guess; I {subject}.",
    "{later^}, so there is no result yet. I {subject}.",
    "There is no result so far: {later}. The next step is to {subject}.",
    "I must not pretend that it worked: {later}. I {subject}.",
    "The first attempt gave nothing because {later}. With the {tool} I {subject}."};
static const char *const near_forms[] = {
    "The user wants me to {subject}. {later^}, so the {tool} is the right tool.",
    "Careful: {later}. What is asked is to {subject}, with the {tool}.",
    "{later^}. My task is to {subject}, which the {tool} does.",
    "I have to {subject}. {later^}; the {tool} is what this needs.",
    "At first it looks like another tool, but {later}. I {subject} with the {tool}.",
    "This is one call of the {tool}, to {subject}: {later}.",
    "Reading closely, {later}. So the {tool} is there to {subject}.",
    "The point is to {subject}. Since {later}, I use the {tool} alone."};
static const char *const hollow_forms[] = {
    "I know this one.",
    "This is easy, I can answer right away.",
    "The user asks something simple.",
    "No tool is needed for this.",
    "I think I remember the answer.",
    "Let me think about it for a moment. Yes, I have it.",
    "I will just answer from what I know, which is faster than calling a tool.",
    "The user would like a quick answer, so I give one without checking anything.",
    "I have seen many questions like this one, and the answer is nearly always the same.",
    "Something like this should be fine."};

static const char *const reasons[SYNTH_TOOLS][4] = {
    {"exact arithmetic belongs in a tool", "it is easy to slip when computing in the head",
     "a computed result beats an estimate", "the figures should be computed, not guessed"},
    {"this is knowledge from outside", "my own memory may be out of date",
     "the facts should be looked up", "I cannot be sure of this without looking"},
    {"this is about the user's own calendar", "only the calendar knows what is planned",
     "a promise alone would change nothing", "plans have to be read and written, not imagined"}};

const char *draw_text(struct random *random, const char *const *texts, size_t count)
{
    return texts[random_upto(random, count - 1)];
}

static const char *draw_form(struct random *random, enum synth_kind kind)
{
    switch (kind) {
    case SYNTH_STEPS: return DRAW_TEXT(random, steps_forms);
    case SYNTH_ERROR: return DRAW_TEXT(random, error_forms);
    case SYNTH_NEAR: return DRAW_TEXT(random, near_forms);
    case SYNTH_PLAIN: break;
    }
    return DRAW_TEXT(random, plain_forms);
}

static void bind_filled(struct slots *slots, const char *name, const char *pattern)
{
    struct buffer filled = {0};

    slots_fill(slots, pattern, &filled);
    slots_bind(slots, name, (struct text){filled.at, filled.len});
    buffer_release(&filled);
}

void thought_add(struct slots *slots, const struct synth_template *row, enum synth_tool tool,
                 struct buffer *out)
{
    bind_filled(slots, "subject", row->subject);
    slots_bind(slots, "why", text_of(DRAW_TEXT(slots->random, reasons[tool])));
    if (row->later) bind_filled(slots, "later", row->later);
    slots_bind(slots, "tool", text_of(synth_tool_names[tool]));
    buffer_text(out, "Thought: ");
    slots_fill(slots, draw_form(slots->random, row->kind), out);
}

void thought_add_hollow(struct slots *slots, struct buffer *out)
{
    buffer_text(out, "Thought: ");
    buffer_text(out, DRAW_TEXT(slots->random, hollow_forms));
}
