/* What templates and generators leave behind, and honest text that looks a little like it. */
#include "filter/leftovers.h"

#include "check.h"

#include <time.h>

static void check_all(bool (*test)(struct text), bool want, const char *const *texts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        check_claim(test(text_of(texts[i])) == want, __FILE__, __LINE__, "'%s'", texts[i]);
}

#define CHECK_ALL(test, want, texts) check_all(test, want, texts, sizeof(texts) / sizeof *(texts))

TEST(control_tokens)
{
    static const char *const with[] = {"<|im_start|>",
                                       "a<|eot_id|>b",
                                       "<|fim-prefix|>",
                                       "</s>",
                                       "x <s> y",
                                       "[INST] hi",
                                       "[/INST]",
                                       "<<SYS>>",
                                       "<</SYS>>",
                                       "<start_of_turn>user",
                                       "<end_of_turn>",
                                       "<bos>",
                                       "<eos>",
                                       "<pad>",
                                       "<unk>",
                                       "[TOOL_CALLS]",
                                       "<\xef\xbd\x9cUser\xef\xbd\x9c>",
                                       "<|<|x|>"};
    static const char *const without[] = {"",       "a < b | c > d",  "<|",
                                          "<||>",   "<| im_start |>", "<|im_start|",
                                          "<html>", "[inst]",         "if (a<|b) c|> no: <|b |>",
                                          "s>",     "[1] [2]",        "array[INSTALL]"};

    CHECK_ALL(has_control_tokens, true, with);
    CHECK_ALL(has_control_tokens, false, without);
}

/* Of one family none is known without the others. */
TEST(families_of_tokens)
{
    static const char *const with[] = {"[AVAILABLE_TOOLS]",
                                       "[/AVAILABLE_TOOLS]",
                                       "[TOOL_CALLS]",
                                       "[TOOL_RESULTS]",
                                       "[/TOOL_RESULTS]",
                                       "[SYSTEM_PROMPT]",
                                       "[THINK] a",
                                       "[CLS]",
                                       "a [SEP] b",
                                       "[MASK]",
                                       "[PAD]",
                                       "[UNK]",
                                       "[gMASK]",
                                       "[unused12]",
                                       "[|assistant|]",
                                       "<mask>",
                                       "<unused0>",
                                       "x<unused99>",
                                       "<PAD>",
                                       "<UNK>",
                                       "<EOS_TOKEN>",
                                       "<extra_id_7>",
                                       "<fim_middle>",
                                       "<jupyter_code>",
                                       "<start_of_image>",
                                       "<issue_comment>",
                                       "<<unused0>",
                                       "[[SEP]"};
    static const char *const without[] = {
        "<think>a</think>", "<tool_call>", "<filename>", "<repo_name>", "prog [ARGS]", "[IMG]",
        "<unused>",         "<unused0",    "<unused0x>", "[|x; y|]",    "[sep]",       "[PADDING]",
        "<pads>",           "<MASK>",      "[unused]",   "a <b> [c]",   "<extra_id_",  "<fim>",
        "[TOOL_RESULT"};

    CHECK_ALL(has_control_tokens, true, with);
    CHECK_ALL(has_control_tokens, false, without);
}

TEST(placeholders)
{
    static const char *const with[] = {
        "[Step 1]",      "Dear [Your Name],",     "<insert rate>",
        "[CLIENT_NAME]", "[LOAN AMOUNT DUE]",     "[DATE]",
        "{{name}}",      "{{ user.name }}",       "Lorem ipsum dolor",
        "[placeholder]", "[todo: write]",         "[fill in]",
        "<your bank>",   "x [a] [Example text] y"};
    static const char *const without[] = {
        "",
        "[1]",
        "[a]",
        "a[i] < b",
        "[Stepwise]",
        "[NO]",
        "[ARM]",
        "{name}",
        "{{}}",
        "{{",
        "}}",
        "{{a}",
        "[unfinished",
        "<b>bold</b>",
        "lorem",
        "[See the table of all rates below]",
        "[yourself]",
        "APR [IS]",
        "[your answer may be as long as this one is, for it is more than sixty bytes in all]"};

    CHECK_ALL(has_leftovers, true, with);
    CHECK_ALL(has_leftovers, false, without);
}

/* What generators leave in practice. */
TEST(labels_and_requests)
{
    static const char *const with[] = {"Dear [Name],",
                                       "[Amount]",
                                       "a payment of $[amount]",
                                       "[Lender]",
                                       "[Explanation here]",
                                       "[Explanation of the rates]",
                                       "[Detailed response]",
                                       "[Add numbers]",
                                       "[Key point 1]",
                                       "[key points]",
                                       "[Point 2]",
                                       "[Loan Amount]",
                                       "[Borrower's name]",
                                       "[interest_rate]",
                                       "[Phone Number]",
                                       "[Link here]",
                                       "[Describe the property]",
                                       "the fee ([Amount])",
                                       "x[1] [Name]",
                                       "[text](url) [Name]",
                                       "[Name]"};
    static const char *const without[] = {"[1]",
                                          "[Figure 2]",
                                          "a[i]",
                                          "list[str]",
                                          "[x, y]",
                                          "[\"Name\", \"Amount\"]",
                                          "[name, amount]",
                                          "row[name] = data['x'][date] + f([rate])",
                                          "[text](https://example.org)",
                                          "[Name](https://example.org)",
                                          "[Step 1](#step-1)",
                                          "[click here](https://example.org)",
                                          "[sic]",
                                          "[laughs]",
                                          "[brief pause]",
                                          "he said that [the company] and [the going rate]",
                                          "[Add to cart]",
                                          "[add]",
                                          "[point taken]",
                                          "[named]",
                                          "[rates]",
                                          "<name>",
                                          "<address>",
                                          "<add key=1>",
                                          "<loan amount>",
                                          "[2024-01-01]",
                                          "[Reuters]",
                                          "[ ] [x]",
                                          "[]",
                                          "[Name"};

    CHECK_ALL(has_leftovers, true, with);
    CHECK_ALL(has_leftovers, false, without);
}

TEST(text_encoded_twice)
{
    static const char *const with[] = {
        "caf\xc3\x83\xc2\xa9",                    /* café */
        "\xc3\xa2\xe2\x82\xac\xe2\x84\xa2",       /* a quotation mark through Windows-1252 */
        "\xc3\x99\xe2\x80\xa6\xc3\x98\xc2\xb1",   /* Arabic */
        "\xc3\xb0\xc5\xb8\xcb\x9c\xe2\x82\xac",   /* an emoji */
        "\xc3\x90\xc5\xb8",                       /* Cyrillic */
        "in ordinary words \xc3\x82\xc2\xa3 100", /* a pound sign */
    };
    static const char *const without[] = {
        "caf\xc3\xa9", "na\xc3\xafve \xc3\x9c", "\xe2\x82\xac",      "\xd9\x85\xd8\xb1", "\xc3\xa2",
        "\xc3\x83",    "\xc3\x80 propos",       "\xc3\x85\xc2\xa0 5"};

    CHECK_ALL(has_leftovers, true, with);
    CHECK_ALL(has_leftovers, false, without);
}

TEST(nul_bytes)
{
    CHECK(has_control_tokens(TEXT("a\0<|x|>")));
    CHECK(!has_leftovers(TEXT("{{\0}}")));
    CHECK(!has_leftovers(TEXT("[\0]")));
}

/* Fifty-nine bytes between the brackets may be a placeholder, sixty are not. */
TEST(longest_placeholder)
{
    char text[70];

    for (int len = 59; len <= 60; len++) {
        snprintf(text, sizeof text, "x [your %-*s]", len - 5, "words");
        CHECK(has_leftovers(text_of(text)) == (len == 59));
    }
    CHECK(has_leftovers(TEXT("[ unclosed, and so far from the end that nobody looks for it there: "
                             "[DATE]")));
}

TEST(ends_of_texts)
{
    static const char *const with[] = {"<s>", "x<s>", "[INST]", "x</s>"};
    static const char *const without[] = {"<", "[", "<s", "[INST", "Lorem", "L", "{", "x{"};

    CHECK_ALL(has_control_tokens, true, with);
    CHECK_ALL(has_control_tokens, false, without);
    CHECK_ALL(has_leftovers, false, without);
}

TEST(many_open_brackets)
{
    clock_t begin = clock();
    struct buffer text = {0};

    for (size_t i = 0; i < 2000000; i++) buffer_byte(&text, '[');
    buffer_byte(&text, ']');
    CHECK(!has_leftovers((struct text){text.at, text.len}));
    CHECK(!has_control_tokens((struct text){text.at, text.len}));
    CHECK((double)(clock() - begin) / CLOCKS_PER_SEC < 2);
    buffer_release(&text);
}

int main(void)
{
    RUN(control_tokens);
    RUN(families_of_tokens);
    RUN(placeholders);
    RUN(labels_and_requests);
    RUN(text_encoded_twice);
    RUN(nul_bytes);
    RUN(longest_placeholder);
    RUN(ends_of_texts);
    RUN(many_open_brackets);
    return check_end();
}
