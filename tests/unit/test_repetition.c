/* Words, and runs of four of them that come again. */
#include "judge/repetition.h"

#include "check.h"

TEST(words)
{
    CHECK_INT(repetition_words(TEXT("")), 0);
    CHECK_INT(repetition_words(TEXT(" \n\t ")), 0);
    CHECK_INT(repetition_words(TEXT("one")), 1);
    CHECK_INT(repetition_words(TEXT(" one, two\nthree\0four ")), 3);
    CHECK_INT(repetition_words((struct text){NULL, 0}), 0);
}

TEST(shares)
{
    CHECK_NEAR(repetition_share(TEXT("")), 0, 0);
    CHECK_NEAR(repetition_share(TEXT("a b c d")), 0, 0);
    CHECK_NEAR(repetition_share(TEXT("a b c d e")), 0, 0);
    CHECK_NEAR(repetition_share(TEXT("a a a a a")), 0.5, 0);
    CHECK_NEAR(repetition_share(TEXT("a b c d a b c d")), 0.2,
               1e-15); /* abcd bcda cdab dabc abcd */
    CHECK_NEAR(repetition_share(TEXT("ab c d e a bc d e ab c d e")), 1.0 / 9, 1e-15);
    CHECK_NEAR(repetition_share(TEXT("a b c d A b c d")), 0, 0);
}

TEST(long_text)
{
    struct buffer text = {0};

    for (int i = 0; i < 100000; i++) buffer_text(&text, "no ");
    CHECK_NEAR(repetition_share((struct text){text.at, text.len}), 99996.0 / 99997, 1e-12);
    text.len = 0;
    for (int i = 0; i < 100000; i++) buffer_format(&text, "%d ", i);
    CHECK_NEAR(repetition_share((struct text){text.at, text.len}), 0, 0);
    buffer_release(&text);
}

int main(void)
{
    RUN(words);
    RUN(shares);
    RUN(long_text);
    return check_end();
}
