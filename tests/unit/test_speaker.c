#include "chat/prompts.h"
#include "check.h"
#include "files.h"
#include "numeric.h"

#include <math.h>
#include <stdlib.h>

/* A tiny model that speaks. */
static struct numeric numeric;
static struct language language;
static struct dialogue dialogue;
static struct ends ends_of_text;
static struct speaker speaker;

static bool begin(size_t threads)
{
    struct err err = {""};

    if (!CHECK(numeric_open(&numeric, "qwen2", PRECISION_F32, threads, true))) return false;
    if (!CHECK(language_load(&language, numeric_path("models/qwen2"), "auto", &err))) return false;
    dialogue_init(&dialogue, &language);
    ends_init(&ends_of_text, &numeric.model.config, tokenizer_eos(language.tokenizer));
    speaker = (struct speaker){.decoder = &numeric.decoder,
                               .rules = {.tokenizer = language.tokenizer, .ends = &ends_of_text},
                               .sampling = {.top_p = 1, .repetition_penalty = 1, .seed = 7},
                               .most = 24,
                               .memory = (size_t)1 << 30};
    return true;
}

static void end(void)
{
    dialogue_release(&dialogue);
    language_release(&language);
    numeric_close(&numeric);
}

static void ids_of(const char *text, struct ids *ids)
{
    struct err err;

    dialogue_begin(&dialogue, TEXT(""));
    dialogue_add(&dialogue, "user", text_of(text));
    CHECK(dialogue_ids(&dialogue, ids, &err));
}

/* What was heard of each answer. */
struct heard {
    struct buffer texts[8];
    size_t calls, most; /* most: of calls, then no more */
};

static bool hear(void *context, size_t which, struct answer *answer)
{
    struct heard *heard = context;
    const struct text news = answer_news(answer);

    buffer_add(&heard->texts[which], news.at, news.len);
    return ++heard->calls != heard->most;
}

static void release(struct heard *heard, struct answer *answers, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        buffer_release(&heard->texts[i]);
        answer_release(&answers[i]);
    }
}

static char *say(const char *text, bool adapted, enum answer_end *how)
{
    struct heard heard = {0};
    struct answer answer;
    struct ids ids = {0};
    struct err err = {""};
    char *said;

    ids_of(text, &ids);
    if (!CHECK(speaker_answer(&speaker, &ids, 1, adapted, &answer, hear, &heard, &err)))
        printf("# %s\n", err.text);
    buffer_byte(&heard.texts[0], '\0');
    buffer_byte(&answer.text, '\0');
    said = mem_copy_text(answer.text.at);
    CHECK_TEXT(heard.texts[0].at, said);
    *how = answer.end;
    release(&heard, &answer, 1);
    ids_release(&ids);
    return said;
}

static const char *const questions[] = {"Hi", "What is equity?", "Is water wet?", "1",
                                        "Hi", "Calculate 9 - 4."};
enum { QUESTIONS = sizeof questions / sizeof *questions };

static void check_together(bool adapted)
{
    struct heard heard = {0};
    struct answer answers[QUESTIONS];
    struct ids ids[QUESTIONS] = {{0}};
    struct err err;

    for (size_t i = 0; i < QUESTIONS; i++) ids_of(questions[i], &ids[i]);
    CHECK(speaker_answer(&speaker, ids, QUESTIONS, adapted, answers, hear, &heard, &err));
    for (size_t i = 0; i < QUESTIONS; i++) {
        enum answer_end how;
        char *alone = say(questions[i], adapted, &how);

        buffer_byte(&heard.texts[i], '\0');
        CHECK_TEXT(heard.texts[i].at, alone);
        CHECK(how == answers[i].end);
        mem_free(alone);
        ids_release(&ids[i]);
    }
    release(&heard, answers, QUESTIONS);
}

TEST(many_together_say_what_each_says_alone)
{
    if (!begin(2)) return;
    check_together(false);
    check_together(true);
    speaker.sampling.temperature = 0.9;
    speaker.sampling.top_k = 50;
    check_together(true);
    speaker.memory = 1500000; /* fewer beside each other */
    check_together(true);
    end();
}

TEST(a_seed_is_a_text)
{
    enum answer_end how;
    char *texts[3];

    for (int i = 0; i < 3; i++) {
        if (!begin((size_t)i + 1)) return;
        speaker.sampling.temperature = 1;
        speaker.sampling.seed = i == 2 ? 8 : 7;
        texts[i] = say("Hi", false, &how);
        end();
    }
    CHECK_TEXT(texts[0], texts[1]);
    CHECK(strcmp(texts[0], texts[2]) != 0);
    for (int i = 0; i < 3; i++) mem_free(texts[i]);
}

TEST(ends)
{
    enum answer_end how;
    char *whole, *begun, stop[5] = "";
    struct text stops[1] = {{stop, 4}};
    volatile sig_atomic_t interrupted = 0;

    if (!begin(1)) return;
    whole = say("Is water wet?", false, &how);
    CHECK(how == ANSWER_CUT);
    memcpy(stop, whole + 8, 4);
    speaker.rules.stops = stops;
    speaker.rules.stop_count = 1;
    begun = say("Is water wet?", false, &how);
    CHECK(how == ANSWER_STOPPED);
    CHECK(strncmp(whole, begun, strlen(begun)) == 0 && strlen(begun) <= 8);
    mem_free(begun);
    speaker.rules.stop_count = 0;
    speaker.interrupted = &interrupted;
    interrupted = 1;
    begun = say("Is water wet?", false, &how);
    CHECK(how == ANSWER_INTERRUPTED);
    CHECK_TEXT(begun, "");
    mem_free(begun);
    mem_free(whole);
    end();
}

TEST(a_prefill_is_part_of_it)
{
    enum answer_end how;
    char *text;

    if (!begin(1)) return;
    dialogue.prefill = speaker.rules.prefill = "Thought:";
    text = say("Hi", false, &how);
    CHECK(strncmp(text, "Thought:", 8) == 0 && strlen(text) > 8);
    mem_free(text);
    end();
}

/* A talk says the same whether or not it remembers what it has computed; who interrupts it while it
 * reads loses nothing of that. */
TEST(a_past_changes_no_answer)
{
    static const char *const talk[] = {"Hi", "Hi there", "Hi there, is water wet?", "Hi there"};
    struct past past = {0};
    volatile sig_atomic_t interrupted = 0;
    enum answer_end how;

    if (!begin(2)) return;
    speaker.interrupted = &interrupted;
    for (size_t i = 0; i < sizeof talk / sizeof *talk; i++) {
        char *alone, *after;

        speaker.past = NULL;
        alone = say(talk[i], false, &how);
        speaker.past = &past;
        interrupted = 1;
        after = say(talk[i], false, &how);
        CHECK(how == ANSWER_INTERRUPTED && *after == '\0');
        mem_free(after);
        interrupted = 0;
        CHECK(past.cache.positions > 0 || i == 0);
        after = say(talk[i], false, &how);
        CHECK_TEXT(after, alone);
        mem_free(alone);
        mem_free(after);
    }
    past_release(&past);
    end();
}

/* A model whose numbers are none says nothing; with whole weights it is not theirs. */
TEST(no_number_is_no_answer)
{
    struct heard heard = {0};
    struct answer answers[2];
    struct ids ids[2] = {{0}};
    struct err err;

    if (!begin(1)) return;
    ids_of("Hi", &ids[0]);
    ids_of("Is water wet?", &ids[1]);
    *(float *)numeric.decoder.layers->vector[WEIGHT_FINAL_NORM] = NAN;
    for (int i = 0; i < 2; i++) {
        speaker.model = i ? &numeric.model : NULL;
        CHECK(!speaker_answer(&speaker, ids, 2, false, answers, hear, &heard, &err));
        CHECK(strstr(err.text, "the model makes NaN or infinity of token ") == err.text);
        CHECK_INT(heard.calls, 0);
        release(&heard, answers, 2);
    }
    ids_release(&ids[0]);
    ids_release(&ids[1]);
    end();
}

TEST(nobody_listens)
{
    struct heard heard = {.most = 3};
    struct answer answers[2];
    struct ids ids[2] = {{0}};
    struct err err;

    if (!begin(1)) return;
    ids_of("Hi", &ids[0]);
    ids_of("Is water wet?", &ids[1]);
    CHECK(speaker_answer(&speaker, ids, 2, false, answers, hear, &heard, &err));
    CHECK(answers[0].end == ANSWER_INTERRUPTED && answers[1].end == ANSWER_INTERRUPTED);
    CHECK_INT(heard.calls, 3);
    release(&heard, answers, 2);
    ids_release(&ids[0]);
    ids_release(&ids[1]);
    end();
}

TEST(what_is_refused)
{
    struct ids ids = {0};
    struct answer answer;
    struct heard heard = {0};
    struct err err = {""};

    if (!begin(1)) return;
    CHECK(!speaker_accepts(&speaker, &ids, &err));
    CHECK_TEXT(err.text, "there is not one token to go on from");
    ids_add(&ids, 512);
    CHECK(!speaker_accepts(&speaker, &ids, &err));
    CHECK_TEXT(err.text, "the tokenizer has an id 512, the model only 512");
    ids.at[0] = 5;
    CHECK(speaker_accepts(&speaker, &ids, &err));
    speaker.memory = 1000;
    CHECK(!speaker_answer(&speaker, &ids, 1, false, &answer, hear, &heard, &err));
    CHECK(strstr(err.text, "a prompt of 1 tokens with its answer, 25 in all, needs "));
    release(&heard, &answer, 1);
    while (ids.count < 512) ids_add(&ids, 5);
    CHECK(!speaker_accepts(&speaker, &ids, &err));
    CHECK_TEXT(err.text, "the prompt has 512 tokens, and the model was made for 512");
    speaker.beyond_context = true;
    CHECK(speaker_accepts(&speaker, &ids, &err));
    numeric.model.config.rope.kind = ROPE_DYNAMIC;
    CHECK(!speaker_accepts(&speaker, &ids, &err));
    CHECK_TEXT(err.text, "the prompt has 512 tokens, and the model was made for 512: its dynamic "
                         "rotary positions go no farther");
    ids_release(&ids);
    end();
}

/* An answer ends where the model's context does. */
TEST(the_end_of_the_context)
{
    struct ids ids = {0};
    struct answer answer;
    struct heard heard = {0};
    struct err err;

    if (!begin(1)) return;
    while (ids.count < 500) ids_add(&ids, 5 + (uint32_t)ids.count % 100);
    for (int way = 0; way < 3; way++) {
        const bool beyond = way == 1;

        speaker.beyond_context = way > 0;
        if (way == 2) numeric.model.config.rope.kind = ROPE_DYNAMIC;
        CHECK(speaker_answer(&speaker, &ids, 1, false, &answer, hear, &heard, &err));
        CHECK(answer.end == ANSWER_CUT || answer.end == ANSWER_ENDED);
        if (answer.end == ANSWER_CUT) CHECK_INT(answer.tokens, beyond ? 24 : 12);
        release(&heard, &answer, 1);
        heard = (struct heard){0};
    }
    ids_release(&ids);
    end();
}

int main(void)
{
    RUN(many_together_say_what_each_says_alone);
    RUN(a_seed_is_a_text);
    RUN(ends);
    RUN(a_prefill_is_part_of_it);
    RUN(a_past_changes_no_answer);
    RUN(no_number_is_no_answer);
    RUN(nobody_listens);
    RUN(what_is_refused);
    RUN(the_end_of_the_context);
    return check_end();
}
