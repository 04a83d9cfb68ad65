#include "synth/synth.h"

#include "hash/hash.h"
#include "records/value.h"
#include "synth/synth_faults.h"
#include "synth/synth_thoughts.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>

#define NEAR_TRIES 16     /* to avoid a near-duplicate ... */
#define PROMPT_TRIES 4096 /* ... and a prompt that was there already */

const char *const synth_tool_names[SYNTH_TOOLS] = {"calculator", "search", "calendar"};

/* Fixed, so that the same records come out everywhere. */
static const struct hash_key prompt_key = {0x70726f6d707473, 1}, shape_key = {0x736861706573, 2};

bool synth_set_tools(struct synth *synth, const char *list, struct err *err)
{
    synth->tools = 0;
    for (const char *word = list;; word++) {
        size_t len = strcspn(word, ","), tool = 0;

        while (tool < SYNTH_TOOLS && !text_is((struct text){word, len}, synth_tool_names[tool]))
            tool++;
        if (tool == SYNTH_TOOLS)
            return err_set(err,
                           "no tool is called '%.*s'; there are calculator, search and calendar",
                           len < 80 ? (int)len : 80, word);
        if (synth->tools & SYNTH_BIT(tool))
            return err_set(err, "the tool '%s' is named twice", synth_tool_names[tool]);
        synth->tools |= SYNTH_BIT(tool);
        word += len;
        if (!*word) return true;
    }
}

static void write_instruction(struct synth *synth)
{
    struct buffer *out = &synth->instruction;
    const char *comma = "";

    buffer_text(out, "You are an agent with these tools: ");
    for (size_t tool = 0; tool < SYNTH_TOOLS; tool++) {
        if (!(synth->tools & SYNTH_BIT(tool))) continue;
        buffer_text(out, comma);
        buffer_text(out, synth_tool_names[tool]);
        comma = ", ";
    }
    buffer_text(out, ". Read the request and decide what it takes. If it takes a calculation, "
                     "knowledge from outside or an action, you MUST answer with a line that begins "
                     "with \"Thought:\", and then with one \"Action:\" in JSON, an object with the "
                     "members \"tool\" and \"args\".\n");
}

static void add_choices(struct synth *synth, size_t tool, bool heldout, size_t hard)
{
    const struct synth_rows *rows = &synth->books[tool]->rows[heldout][hard];
    size_t *count = &synth->choice_counts[tool][hard];

    for (size_t i = 0; i < rows->count; i++) {
        if (rows->rows[i].also & ~synth->tools) continue;
        assert(*count < SYNTH_CHOICES);
        synth->choices[tool][hard][(*count)++] =
            (struct synth_choice){&rows->rows[i], i + 1, heldout};
    }
}

void synth_start(struct synth *synth)
{
    static const struct synth_book *const books[SYNTH_TOOLS] = {&synth_calculator, &synth_search,
                                                                &synth_calendar};

    random_init(&synth->random, (uint32_t)synth->seed);
    synth->slots.random = &synth->random;
    write_instruction(synth);
    for (size_t tool = 0; tool < SYNTH_TOOLS; tool++) {
        if (!synth->books[tool]) synth->books[tool] = books[tool];
        for (size_t hard = 0; hard < 2; hard++) {
            if (synth->part != SYNTH_HELDOUT) add_choices(synth, tool, false, hard);
            if (synth->part != SYNTH_TRAIN) add_choices(synth, tool, true, hard);
        }
    }
}

void synth_release(struct synth *synth)
{
    buffer_release(&synth->instruction);
    buffer_release(&synth->request);
    buffer_release(&synth->shape);
    buffer_release(&synth->thought);
    buffer_release(&synth->args);
    buffer_release(&synth->text);
    slots_release(&synth->slots);
    seen_release(&synth->prompts);
    seen_release(&synth->shapes);
}

static size_t draw_tool(struct synth *synth)
{
    size_t tool;

    do {
        tool = random_upto(&synth->random, SYNTH_TOOLS - 1);
    } while (!(synth->tools & SYNTH_BIT(tool)));
    return tool;
}

/* The prompt in lower case, every number '#', without punctuation. */
static struct hash128 shape_of(struct synth *synth)
{
    struct buffer *shape = &synth->shape;
    bool number = false;

    shape->len = 0;
    for (size_t i = 0; i < synth->request.len; i++) {
        unsigned char c = (unsigned char)synth->request.at[i];

        if (ispunct(c)) continue;
        if (!isdigit(c))
            buffer_byte(shape, (char)tolower(c));
        else if (!number)
            buffer_byte(shape, '#');
        number = isdigit(c);
    }
    return hash_bytes(shape_key, shape->at, shape->len);
}

/* Is the request new? Near-duplicates count as old while near is false. */
static bool take_request(struct synth *synth, bool near)
{
    struct hash128 prompt = hash_bytes(prompt_key, synth->request.at, synth->request.len);
    struct hash128 shape = shape_of(synth);
    bool fresh;

    if (!near && seen_find(&synth->shapes, shape)) return false;
    seen_add(&synth->prompts, prompt, &fresh);
    if (!fresh) return false;
    seen_add(&synth->shapes, shape, &fresh);
    return true;
}

static const struct synth_choice *draw_request(struct synth *synth, size_t tool, bool hard)
{
    size_t count = synth->choice_counts[tool][hard];

    for (int i = 0; count && i < PROMPT_TRIES; i++) {
        const struct synth_choice *choice =
            &synth->choices[tool][hard][random_upto(&synth->random, count - 1)];

        slots_clear(&synth->slots);
        synth->slots.heldout = choice->heldout;
        synth->request.len = 0;
        slots_fill(&synth->slots, choice->row->prompt, &synth->request);
        if (take_request(synth, i >= NEAR_TRIES)) return choice;
    }
    return NULL;
}

static void add_member(struct buffer *line, const char *key, const struct buffer *text)
{
    buffer_text(line, key);
    text_quote(line, (struct text){text->at, text->len});
}

static void write_prompt(struct synth *synth, struct buffer *line)
{
    struct buffer *text = &synth->text;

    text->len = 0;
    buffer_text(text, "User: ");
    buffer_add(text, synth->request.at, synth->request.len);
    buffer_byte(text, '\n');
    buffer_add(text, synth->instruction.at, synth->instruction.len);
    add_member(line, ",\"prompt\":", text);
}

static const char *write_answers(struct synth *synth, const struct synth_case *right,
                                 struct buffer *line)
{
    struct buffer *text = &synth->text;
    const char *fault;

    text->len = 0;
    buffer_add(text, right->thought.at, right->thought.len);
    buffer_byte(text, '\n');
    action_add(text, synth_tool_names[right->tool], right->args);
    add_member(line, ",\"chosen\":", text);
    text->len = 0;
    fault = fault_add(right, text);
    add_member(line, ",\"rejected\":", text);
    return fault;
}

static void write_record(struct synth *synth, const struct synth_choice *choice,
                         enum synth_tool tool, bool hard, struct buffer *line)
{
    struct synth_case right = {choice->row, tool, synth->tools, hard, &synth->slots, {0}, {0}};
    const char *name = synth_tool_names[tool], *fault;

    synth->args.len = synth->thought.len = 0;
    slots_fill(&synth->slots, choice->row->args, &synth->args);
    thought_add(&synth->slots, choice->row, tool, &synth->thought);
    right.args = (struct text){synth->args.at, synth->args.len};
    right.thought = (struct text){synth->thought.at, synth->thought.len};
    buffer_format(line, "{\"id\":\"synth-%s%zu-%06llu\"",
                  synth->part == SYNTH_HELDOUT ? "heldout-" : "", synth->seed,
                  (unsigned long long)synth->written);
    write_prompt(synth, line);
    fault = write_answers(synth, &right, line);
    buffer_format(line, ",\"source\":\"synth\",\"topic\":\"%s\"", name);
    synth->text.len = 0;
    action_add_object(&synth->text, name, right.args);
    add_member(line, ",\"answer\":", &synth->text);
    buffer_format(line,
                  ",\"metadata\":{\"template\":\"%s%s%s-%02zu\",\"fault\":\"%s\",\"hard\":%s}}\n",
                  name, choice->heldout ? "-heldout" : "", hard ? "-hard" : "", choice->number,
                  fault, hard ? "true" : "false");
}

bool synth_next(struct synth *synth, struct buffer *line, struct err *err)
{
    size_t tool = draw_tool(synth);
    bool hard = random_unit(&synth->random) < synth->hard;
    const struct synth_choice *choice = draw_request(synth, tool, hard);

    if (!choice)
        return err_set(err, "the templates have no new request for '%s' after %llu records",
                       synth_tool_names[tool], (unsigned long long)synth->written);
    synth->written++;
    synth->by_tool[tool]++;
    synth->written_hard += hard;
    write_record(synth, choice, (enum synth_tool)tool, hard, line);
    return true;
}

bool synth_run(struct synth *synth, size_t count, struct outfile *out, struct err *err)
{
    struct buffer line = {0};
    bool done = true;

    for (size_t i = 0; i < count && done; i++) {
        line.len = 0;
        done = synth_next(synth, &line, err) && outfile_write(out, line.at, line.len, err);
    }
    buffer_release(&line);
    return done;
}
