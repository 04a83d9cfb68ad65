/* What one text says otherwise than another. */
#include "page/difference.h"

#include "check.h"

static struct buffer out;

/* '[-gone-]{+new+}' in the text. */
static const char *between(const char *before, const char *after)
{
    static const char *const open[] = {"", "[-", "{+"}, *const shut[] = {"", "-]", "+}"};
    struct difference difference;

    out.len = 0;
    difference_find(&difference, text_of(before), text_of(after));
    for (size_t i = 0; i < difference.count; i++) {
        buffer_text(&out, open[difference.parts[i].kind]);
        buffer_add(&out, difference.parts[i].text.at, difference.parts[i].text.len);
        buffer_text(&out, shut[difference.parts[i].kind]);
    }
    difference_release(&difference);
    buffer_byte(&out, '\0');
    return out.at;
}

TEST(words)
{
    CHECK_TEXT(between("", ""), "");
    CHECK_TEXT(between("a b", "a b"), "a b");
    CHECK_TEXT(between("", "a b"), "{+a b+}");
    CHECK_TEXT(between("a b", ""), "[-a b-]");
    CHECK_TEXT(between("lock it now", "lock it later"), "lock it [-now-]{+later+}");
    CHECK_TEXT(between("the rate is 6.5", "the old rate is 7.5"),
               "the {+old +}rate is [-6-]{+7+}.5");
    CHECK_TEXT(between("a x b y c", "a b c"), "a [-x -]b[- y-] c");
    CHECK_TEXT(between("one", "two"), "[-one-]{+two+}");
    CHECK_TEXT(between("\xd9\x85\xd8\xb1 a", "\xd9\x85\xd8\xb1 b"), "\xd9\x85\xd8\xb1 [-a-]{+b+}");
    CHECK_TEXT(between("\xff\xc3", "\xff"), "\xff[-\xc3-]");
}

static void add_many(struct buffer *text, const char *word, size_t count)
{
    for (size_t i = 0; i < count; i++) buffer_format(text, "%s%zu ", word, i);
    buffer_byte(text, '\0');
}

/* Both texts can be put together again from the parts. */
TEST(parts_are_the_texts)
{
    static const char *const texts[] = {"a b c a b b a", "c b a b a c", "a a a", "b", "", "a b"};
    const size_t count = sizeof texts / sizeof *texts;

    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < count; k++) {
            struct difference difference;
            char old[64] = "", new[64] = "";

            difference_find(&difference, text_of(texts[i]), text_of(texts[k]));
            for (size_t p = 0; p < difference.count; p++) {
                const struct difference_part *part = &difference.parts[p];

                if (part->kind != DIFFERENCE_NEW) strncat(old, part->text.at, part->text.len);
                if (part->kind != DIFFERENCE_GONE) strncat(new, part->text.at, part->text.len);
            }
            CHECK_TEXT(old, texts[i]);
            CHECK_TEXT(new, texts[k]);
            difference_release(&difference);
        }
}

TEST(long_texts)
{
    struct buffer a = {0}, b = {0};
    struct difference difference;

    add_many(&a, "a", 3000);
    add_many(&b, "b", 3000);
    difference_find(&difference, text_of(a.at), text_of(b.at));
    CHECK(difference.count >= 2);
    CHECK(difference_share(&difference) < 0.5);
    difference_release(&difference);
    buffer_release(&a);
    buffer_release(&b);
}

TEST(marks)
{
    struct difference difference;

    difference_find(&difference, TEXT("a < b"), TEXT("a > b"));
    difference_html(&difference, DIFFERENCE_GONE, &out);
    out.len = 0;
    difference_html(&difference, DIFFERENCE_GONE, &out);
    buffer_byte(&out, '\0');
    CHECK_TEXT(out.at, "a <del>&lt;</del> b");
    out.len = 0;
    difference_html(&difference, DIFFERENCE_NEW, &out);
    buffer_byte(&out, '\0');
    CHECK_TEXT(out.at, "a <ins>&gt;</ins> b");
    CHECK_NEAR(difference_share(&difference), 0.8, 1e-12);
    difference_release(&difference);
    difference_find(&difference, TEXT(""), TEXT(""));
    CHECK_NEAR(difference_share(&difference), 1, 0);
    difference_release(&difference);
}

int main(void)
{
    RUN(words);
    RUN(parts_are_the_texts);
    RUN(long_texts);
    RUN(marks);
    buffer_release(&out);
    return check_end();
}
