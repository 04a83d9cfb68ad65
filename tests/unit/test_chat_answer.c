#include "chat/answer.h"
#include "check.h"
#include "numeric.h"
#include "tokens/encoder.h"

static struct tokenizer *tokenizer;
static struct ends ends;
static struct answer_rules rules;

static bool begin(const char *model)
{
    struct err err = {""};

    ends = (struct ends){{491}, 1};
    rules = (struct answer_rules){.ends = &ends};
    if (!CHECK(tokenizer_load(&tokenizer, numeric_path("models/%s/tokenizer.json", model), &err)))
        return false;
    rules.tokenizer = tokenizer;
    return true;
}

static void encode(const char *text, struct ids *ids)
{
    struct encoder encoder;
    struct err err;

    encoder_init(&encoder, tokenizer);
    CHECK(tokenizer_encode(&encoder, text_of(text), false, ids, &err));
    encoder_release(&encoder);
}

/* Feeds the ids of a text; checks what comes of it, in pieces of whole characters. */
static void gives(const char *text, size_t most, const char *want, enum answer_end end)
{
    const struct ids nothing = {0};
    struct answer answer;
    struct ids ids = {0};
    struct buffer heard = {0};
    bool going = true;

    encode(text, &ids);
    answer_begin(&answer, &rules, &nothing, most);
    for (size_t i = 0; going && i < ids.count; i++) {
        struct text news;

        going = answer_take(&answer, ids.at[i]);
        news = answer_news(&answer);
        buffer_add(&heard, news.at, news.len);
    }
    answer_interrupt(&answer);
    buffer_add(&heard, answer.text.at + answer.told, answer.text.len - answer.told);
    buffer_byte(&heard, '\0');
    CHECK_TEXT(heard.at, want);
    CHECK_INT(answer.end, end);
    buffer_release(&heard);
    answer_release(&answer);
    ids_release(&ids);
}

TEST(ends_of_an_answer)
{
    static const struct text stops[] = {TEXT("STOP"), TEXT("\n\n")};

    if (!begin("qwen2")) return;
    gives("Hello \xd9\x85\xd8\xb1\xd8\xad\xd8\xa8\xd8\xa7 \xf0\x9f\x98\x80!", 100,
          "Hello \xd9\x85\xd8\xb1\xd8\xad\xd8\xa8\xd8\xa7 \xf0\x9f\x98\x80!", ANSWER_INTERRUPTED);
    rules.stops = stops;
    rules.stop_count = 2;
    gives("one STOP two", 100, "one ", ANSWER_STOPPED);
    gives("one STO two\n\nthree", 100, "one STO two", ANSWER_STOPPED);
    gives("one STO", 100, "one STO", ANSWER_INTERRUPTED);
    gives("one<|im_start|>two", 100, "onetwo", ANSWER_INTERRUPTED);
    gives("one two three four five six", 1, "one", ANSWER_CUT);
    tokenizer_close(tokenizer);
}

TEST(end_tokens)
{
    if (!begin("qwen2")) return;
    CHECK(tokenizer_id(tokenizer, TEXT("<|im_end|>"), &ends.ids[0]));
    gives("one<|im_end|>two", 100, "one", ANSWER_ENDED);
    ends.count = 0;
    gives("one<|im_end|>two", 100, "onetwo", ANSWER_INTERRUPTED);
    tokenizer_close(tokenizer);
}

/* A character that is cut off becomes U+FFFD. */
TEST(half_a_character)
{
    const struct ids nothing = {0};
    struct answer answer;
    struct ids ids = {0};

    if (!begin("qwen2")) return;
    encode("\xf0\x9f\x98\x80", &ids);
    CHECK(ids.count > 1);
    answer_begin(&answer, &rules, &nothing, 9);
    CHECK(answer_take(&answer, ids.at[0]));
    CHECK_INT(answer_news(&answer).len, 0);
    answer_interrupt(&answer);
    buffer_byte(&answer.text, '\0');
    CHECK_TEXT(answer.text.at, "\xef\xbf\xbd");
    answer_interrupt(&answer);
    CHECK_INT(answer.end, ANSWER_INTERRUPTED);
    answer_release(&answer);
    ids_release(&ids);
    tokenizer_close(tokenizer);
}

TEST(a_prefill_stands_before_it)
{
    struct answer answer;
    struct ids prompt = {0}, ids = {0};

    if (!begin("qwen2")) return;
    rules.prefill = "Thought:";
    encode("Hi\nThought:", &prompt);
    encode(" I do", &ids);
    answer_begin(&answer, &rules, &prompt, 9);
    for (size_t i = 0; i < ids.count; i++) CHECK(answer_take(&answer, ids.at[i]));
    answer_interrupt(&answer);
    buffer_byte(&answer.text, '\0');
    CHECK_TEXT(answer.text.at, "Thought: I do");
    answer_release(&answer);
    ids_release(&prompt);
    ids_release(&ids);
    tokenizer_close(tokenizer);
}

int main(void)
{
    RUN(ends_of_an_answer);
    RUN(end_tokens);
    RUN(half_a_character);
    RUN(a_prefill_stands_before_it);
    return check_end();
}
