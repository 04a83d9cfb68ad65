/* A voice by its markers. */
#include "judge/voice.h"

#include "check.h"
#include "unit/dataset.h"

#include <stdlib.h>
#include <unistd.h>

static char path[64];
static struct voice voice;
static struct voice_score score;
static struct buffer scratch;
static struct err err;

static void write_file(struct text text)
{
    FILE *file = fopen(path, "w");

    CHECK(file && fwrite(text.at, 1, text.len, file) == text.len && fclose(file) == 0);
}

static bool open_markers(const char *text)
{
    write_file(text_of(text));
    return voice_open(&voice, path, NULL, &err);
}

static double total(struct text text)
{
    voice_judge(&voice, text, &scratch, &score);
    return score.total;
}

TEST(scores)
{
    CHECK(open_markers("# two groups\n\n a 0.25 2 one|uno\r\na 0.25 2 two words\na 0.25 2 three\n"
                       "b 0.75 1 (^|[ ])x+y"));
    CHECK_INT(voice.group_count, 2);
    CHECK_NEAR(total(TEXT("")), 0, 0);
    CHECK_NEAR(total(TEXT("ONE one uno")), 0.125, 1e-15);
    CHECK_NEAR(total(TEXT("one, two words")), 0.25, 1e-15);
    CHECK_NEAR(total(TEXT("one, two words, three")), 0.25, 1e-15);
    CHECK_NEAR(total(TEXT("so xxY")), 0.75, 1e-15);
    CHECK_NEAR(score.groups[0], 0, 0);
    CHECK_NEAR(score.groups[1], 1, 0);
    CHECK_NEAR(total(TEXT("one\0two words xy")), 1, 1e-15);
    CHECK(!score.negative && !score.cut);
    voice_close(&voice);
    CHECK(open_markers("a 3 1 x\nb 1 1 y"));
    CHECK_NEAR(total(TEXT("x")), 0.75, 1e-15);
    voice_close(&voice);
}

TEST(negative)
{
    write_file(TEXT("guarantee\n# no\nrisk[- ]free\n"));
    CHECK(voice_open(&voice, NULL, path, &err));
    voice_judge(&voice, TEXT("It is Risk-Free and guaranteed."), &scratch, &score);
    CHECK_TEXT(score.negative, "guarantee");
    CHECK_NEAR(score.total, 0, 0);
    voice_judge(&voice, TEXT("It is a risk."), &scratch, &score);
    CHECK(!score.negative);
    voice_close(&voice);
}

TEST(long_text)
{
    struct buffer text = {0};

    CHECK(open_markers("a 1 1 end"));
    while (text.len < VOICE_TEXT - 1) buffer_byte(&text, 'x');
    buffer_text(&text, "\u00E9 end");
    CHECK_NEAR(total((struct text){text.at, text.len}), 0, 0);
    CHECK(score.cut);
    CHECK_INT(scratch.len, VOICE_TEXT); /* the letter that would be cut is left out */
    voice_close(&voice);
    buffer_release(&text);
}

static double mean_voice(const char *file, const char *member)
{
    json_t *rows = dataset_lines(file);
    double sum = 0;

    for (size_t i = 0; i < json_array_size(rows); i++) {
        voice_judge(&voice, text_of(dataset_text(json_array_get(rows, i), member)), &scratch,
                    &score);
        sum += score.total / (double)json_array_size(rows);
        CHECK(!score.negative);
    }
    json_decref(rows);
    return sum;
}

/* The voice of the data set is heard where it should be. */
TEST(data)
{
    double content, chosen, rejected;

    CHECK(voice_open(&voice, "data/voice/markers.txt", "data/voice/negative.txt", &err));
    CHECK_INT(voice.group_count, 3);
    content = mean_voice("data/voice/risk-first/content.jsonl", "output");
    chosen = mean_voice("data/voice/risk-first/pairs.jsonl", "chosen");
    rejected = mean_voice("data/voice/risk-first/pairs.jsonl", "rejected");
    check_claim(content > 0.6 && chosen > 0.35 && rejected < 0.3, __FILE__, __LINE__, "%g %g %g",
                content, chosen, rejected);
    voice_judge(&voice, TEXT("The halving drives the cycle."), &scratch, &score);
    CHECK(score.negative != NULL);
    voice_close(&voice);
}

static void check_refusal(const char *text, const char *want)
{
    char line[256];

    CHECK(!open_markers(text));
    snprintf(line, sizeof line, "%s:%s", path, want);
    CHECK_TEXT(err.text, line);
}

TEST(refusals)
{
    static char many[80000];
    size_t len = 0;

    check_refusal("", " no pattern in it");
    check_refusal("# a 1 1 x\n", " no pattern in it");
    check_refusal("\na 1 1\n", "2: not 'group weight need pattern'");
    check_refusal("a one 1 x", "1: weight 'one' is not a number above 0");
    check_refusal("a 0 1 x", "1: weight '0' is not a number above 0");
    check_refusal("a 1 0 x", "1: need '0' is not a whole number from 1 to 1000");
    check_refusal("a 1 1.5 x", "1: need '1.5' is not a whole number from 1 to 1000");
    check_refusal("a 1 2 x\na 1 3 y", "2: group 'a' has another weight or need above");
    check_refusal("a 1 1 x\na 1 1 (x", "2: Unmatched ( or \\( in '(x'");
    check_refusal("a 1 1 (x)\\1", "1: a reference back in '(x)\\1'");
    check_refusal("a 1 1 ((x{99}){99}){99}", "1: more than 999 repeats in '((x{99}){99}){99}'");
    check_refusal("a 1 1 x{1,2000}", "1: more than 999 repeats in 'x{1,2000}'");
    for (int i = 0; i < 17; i++) len += (size_t)sprintf(many + len, "g%d 1 1 x\n", i);
    check_refusal(many, "17: more than 16 groups");
    for (len = 0; len < 9009;) len += (size_t)sprintf(many + len, "a 1 1 xyz\n");
    for (; len < 20000;) len += (size_t)sprintf(many + len, "a 1 1 xyz\n");
    check_refusal(many, "1001: more than 1000 patterns");
    memset(many, 'x', 1000);
    memcpy(many, "a 1 1 ", 6);
    many[1000] = '\0';
    check_refusal(many, "1: the pattern has more than 512 bytes, or a NUL byte");
    memset(many, 'g', 70);
    check_refusal(many, "1: not 'group weight need pattern'");
    memcpy(many + 70, " 1 1 x", 7);
    check_refusal(many, "1: the group's name has more than 64 bytes");
    write_file(TEXT("a 1 1 x\0y"));
    CHECK(!voice_open(&voice, path, NULL, &err));
    CHECK(strstr(err.text, "NUL byte") != NULL);
    CHECK(!voice_open(&voice, "/no/such/file", NULL, &err));
    CHECK_TEXT(err.text, "/no/such/file: No such file or directory");
}

int main(void)
{
    int fd;

    strcpy(path, "/tmp/test_voice.XXXXXX");
    fd = mkstemp(path);
    RUN(scores);
    RUN(negative);
    RUN(long_text);
    RUN(data);
    RUN(refusals);
    close(fd);
    unlink(path);
    buffer_release(&scratch);
    return check_end();
}
