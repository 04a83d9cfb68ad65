#include "chat/screen.h"
#include "check.h"

#include <locale.h>

static void cleans(const char *text, const char *want)
{
    struct buffer out = {0};

    screen_clean(&out, text_of(text));
    buffer_byte(&out, '\0');
    CHECK_TEXT(out.at, want);
    buffer_release(&out);
}

TEST(what_steers_is_shown)
{
    cleans("a\tb\nc", "a\tb\nc");
    cleans("\033[2J\a\r", "\\x1b[2J\\x07\\x0d");
    cleans("\x7f\xc2\x9b"
           "1m",
           "\\x7f\\x9b1m");
    cleans("\xe2\x80\x8f\xd9\x85\xd9\x8e", "\xe2\x80\x8f\xd9\x85\xd9\x8e"); /* a mark, a vowel */
    cleans("", "");
}

TEST(widths)
{
    CHECK_INT(screen_width(TEXT("abc")), 3);
    CHECK_INT(screen_width(TEXT("e\xcc\x81")), 1);                /* a combining accent */
    CHECK_INT(screen_width(TEXT("\xe4\xb8\xad\xe6\x96\x87")), 4); /* wide */
    CHECK_INT(screen_width(TEXT("\xd9\x85\xd9\x8e\xd8\xb1")), 2); /* with a vowel sign */
    CHECK_INT(screen_width(TEXT("\t")), 4);
    CHECK_INT(screen_width(TEXT("")), 0);
}

static void sets(const char *left, const char *right, size_t columns, const char *want)
{
    const struct text titles[2] = {TEXT("A"), TEXT("B")};
    const struct text texts[2] = {text_of(left), text_of(right)};
    struct buffer out = {0};

    screen_columns(&out, titles, texts, columns);
    buffer_byte(&out, '\0');
    CHECK_TEXT(out.at, want);
    buffer_release(&out);
}

#define BAR " \xe2\x94\x82 "

TEST(two_columns)
{
    sets("one two three", "four", 19, "A       " BAR "B\none two " BAR "four\nthree   " BAR "\n");
    sets("a\n\nb", "", 19, "A       " BAR "B\na       " BAR "\n        " BAR "\nb       " BAR "\n");
    sets("abcdefghijk", "x", 19, "A       " BAR "B\nabcdefgh" BAR "x\nijk     " BAR "\n");
    sets("abcdefgh ij", "x", 19, "A       " BAR "B\nabcdefgh" BAR "x\nij      " BAR "\n");
    sets("", "", 19, "A       " BAR "B\n");
    sets("a\tb", "c", 0, "A       " BAR "B\na    b  " BAR "c\n");
}

TEST(wide_and_combining)
{
    /* Four wide ones fill eight columns; an accent never begins a line. */
    sets("\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad", "x", 19,
         "A       " BAR "B\n\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad" BAR
         "x\n\xe4\xb8\xad      " BAR "\n");
    sets("abcdefge\xcc\x81z", "x", 19,
         "A       " BAR "B\nabcdefge\xcc\x81" BAR "x\nz       " BAR "\n");
    sets("\xd9\x85\xd9\x8e\xd8\xb1", "x", 19,
         "A       " BAR "B\n\xd9\x85\xd9\x8e\xd8\xb1      " BAR "x\n");
}

int main(void)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    RUN(what_steers_is_shown);
    RUN(widths);
    RUN(two_columns);
    RUN(wide_and_combining);
    return check_end();
}
