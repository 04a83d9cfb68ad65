/* One line of words, never longer than its place. */
#include "core/err.h"

#include "check.h"

#include <errno.h>

TEST(words)
{
    struct err err;

    CHECK(!err_set(&err, "%s:%d: '%s'", "a.jsonl", 12, "chosen"));
    CHECK_TEXT(err.text, "a.jsonl:12: 'chosen'");
    errno = ENOENT;
    CHECK(!err_errno(&err, "%s", "b"));
    CHECK_TEXT(err.text, "b: No such file or directory");
    CHECK(!err_prefix(&err, "%s %d", "line", 3));
    CHECK_TEXT(err.text, "line 3: b: No such file or directory");
}

TEST(long_words_are_cut)
{
    struct err err;
    char words[2000];

    memset(words, 'x', sizeof words - 1);
    words[sizeof words - 1] = '\0';
    err_set(&err, "%s", words);
    CHECK_INT(strlen(err.text), sizeof err.text - 1);
    errno = EIO;
    err_errno(&err, "%s", words);
    CHECK_INT(strlen(err.text), sizeof err.text - 1);
    err_set(&err, "cause");
    err_prefix(&err, "%s", words);
    CHECK_INT(strlen(err.text), sizeof err.text - 1);
    err_set(&err, "%s", words);
    err_prefix(&err, "where");
    CHECK_INT(strlen(err.text), sizeof err.text - 1);
    CHECK(strncmp(err.text, "where: xxx", 10) == 0);
}

int main(void)
{
    RUN(words);
    RUN(long_words_are_cut);
    return check_end();
}
