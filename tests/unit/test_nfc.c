/* Form C, and the classes of characters. The expected texts are those of Unicode's algorithm with
 * the data of version 9; characters that came later stay as they are. */
#include "unicode/nfc.h"

#include "check.h"
#include "unicode/classes.h"

static const struct {
    const char *text, *composed;
} cases[] = {
    {"", ""},
    {"plain", "plain"},
    {"caf\xc3\xa9", "caf\xc3\xa9"},
    {"e\xcc\x81", "\xc3\xa9"},
    {"xe\xcc\x81y", "x\xc3\xa9y"},
    {"\xcc\x81"
     "e\xcc\x81",
     "\xcc\x81\xc3\xa9"},
    {"\xe2\x84\xab", "\xc3\x85"},                     /* the Angstrom sign */
    {"q\xcc\x87\xcc\xa3", "q\xcc\xa3\xcc\x87"},       /* marks in the order of their classes */
    {"\xe1\xba\x9b\xcc\xa3", "\xe1\xba\x9b\xcc\xa3"}, /* U+1E9B U+0323 */
    {"\xe1\xb8\x8b\xcc\xa3", "\xe1\xb8\x8d\xcc\x87"}, /* d, dot above, dot below */
    {"a\xcc\x83\xcc\x81", "\xc3\xa3\xcc\x81"},        /* the second mark is blocked */
    {"a\xcc\x82\xcc\x81", "\xe1\xba\xa5"},            /* both join */
    {"\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab", "\xed\x95\x9c"}, /* Hangul */
    {"\xed\x95\x98\xe1\x86\xab", "\xed\x95\x9c"},
    {"\xe1\x84\x92\xe1\x84\x92", "\xe1\x84\x92\xe1\x84\x92"},
    {"\xe0\xa4\x95\xe0\xa4\xbc", "\xe0\xa4\x95\xe0\xa4\xbc"}, /* never composed */
    {"\xe0\xa5\x98", "\xe0\xa4\x95\xe0\xa4\xbc"},
    {"\xef\xa4\x80", "\xe8\xb1\x88"}, /* a compatibility ideograph */
    {"\xe0\xbe\xb2\xe0\xbe\x81", "\xe0\xbe\xb2\xe0\xbd\xb1\xe0\xbe\x80"},
    {"\xf0\x96\x84\x9e\xf0\x96\x84\xa0", "\xf0\x96\x84\x9e\xf0\x96\x84\xa0"}, /* Unicode 16 */
};

static void check_text_of(struct text text, const char *want)
{
    struct buffer out = {0};

    nfc_add(&out, text);
    if (nfc_is_sure(text)) CHECK(text_is(text, want));
    buffer_byte(&out, '\0');
    CHECK_TEXT(out.at, want);
    buffer_release(&out);
}

TEST(composed)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        check_text_of(text_of(cases[i].text), cases[i].composed);
        check_text_of(text_of(cases[i].composed), cases[i].composed);
    }
}

TEST(quick_where_nothing_changes)
{
    CHECK(nfc_is_sure(TEXT("plain text, \xc3\xa9t\xc3\xa9, \xd8\xb3\xd9\x84, \xe4\xbd\xa0")));
    CHECK(!nfc_is_sure(TEXT("e\xcc\x81")));
}

/* A long run of marks is sorted without comparing each with each; equal ones keep their order. */
TEST(many_marks)
{
    struct buffer text = {0}, want = {0}, out = {0};

    buffer_byte(&text, 'q');
    buffer_byte(&want, 'q');
    for (int i = 0; i < 100000; i++) buffer_text(&text, i % 2 ? "\xcc\xa3" : "\xcc\x87");
    for (int i = 0; i < 50000; i++) buffer_text(&want, "\xcc\xa3");
    for (int i = 0; i < 50000; i++) buffer_text(&want, "\xcc\x87");
    nfc_add(&out, (struct text){text.at, text.len});
    CHECK(out.len == want.len && memcmp(out.at, want.at, out.len) == 0);
    buffer_release(&text);
    buffer_release(&want);
    buffer_release(&out);
}

TEST(classes)
{
    size_t counts[8] = {0}, words = 0;

    for (uint32_t code = 0; code <= 0x10ffff; code++) {
        counts[class_of(code)]++;
        words += (class_bits(code) & CLASS_WORD) != 0;
    }
    CHECK_INT(counts[CLASS_LETTER], 141028);
    CHECK_INT(counts[CLASS_NUMBER], 1911);
    CHECK_INT(counts[CLASS_SPACE], 23);
    CHECK_INT(counts[CLASS_NEWLINE], 2);
    CHECK(words > 141028 && class_bits('_') & CLASS_WORD && !(class_bits('-') & CLASS_WORD));
    CHECK(class_is_space(0x3000) && class_is_space(0x85) && !class_is_space(0x180e));
    CHECK_INT(class_of(0x11de0), CLASS_OTHER);
    CHECK(class_bits(0x11de0) & CLASS_LATER);
}

int main(void)
{
    RUN(composed);
    RUN(quick_where_nothing_changes);
    RUN(many_marks);
    RUN(classes);
    return check_end();
}
