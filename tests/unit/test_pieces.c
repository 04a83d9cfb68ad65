/* Where texts are cut: '|' stands between the pieces. */
#include "bpe/pieces.h"

#include "check.h"

static const struct {
    enum pieces kind;
    const char *pieces;
} cases[] = {
    {PIECES_GPT2, ""},
    {PIECES_GPT2, "Hello|,| world|!"},
    {PIECES_GPT2, "it|'s| I|'|LL| we|'re| '|tis|''|s"},
    {PIECES_GPT2, "a|  | b|\t|c|  "},
    {PIECES_GPT2, "x| 123|abc|45"},
    {PIECES_GPT2, "\n\n|\n|x| \n"},
    {PIECES_GPT2, " caf\xc3\xa9|\xc2\xa0|\xe4\xbd\xa0\xe5\xa5\xbd|\xef\xbc\x8c|x"},
    {PIECES_GPT2, "it|'|\xc5\xbf"},
    {PIECES_QWEN2, "Hello|,| world|!"},
    {PIECES_QWEN2, "it|'s| I|'LL|x|'\xc5\xbf|x|'Ve|'|1"},
    {PIECES_QWEN2, "x| |1|2|3| a"},
    {PIECES_QWEN2, "\tx|!x|!!|x| !!|x| !!\n\n| \n|x|  | y"},
    {PIECES_QWEN2, "line|\r\n\r\n|line| \n \n|  | x|  "},
    {PIECES_QWEN2, "\xe2\x80\xa6word|\xc2\xa0word| \xe2\x80\xa6|\xd9\xa3|\xd9\xa4"},
    {PIECES_LLAMA3, "1|.|123|456|7| |89|a|\xd9\xa3\xd9\xa4\xc2\xbd|1"},
    {PIECES_SMOLLM, "x|1|2| |3|  |4| a|!|5"},
    {PIECES_SMOLLM, "a|\xf0\x91\xb7\xa5|b| |\xf0\x91\xb7\xa5| |\xc2\xbd| '|s"},
    {PIECES_NUMBERS, "x|12| |3|  |456| a"},
    {PIECES_WHOLE, "one piece 1 2"},
    {PIECES_WORDS, "\xe2\x96\x81one|\xe2\x96\x81\xe2\x96\x81two\xe2\x80\xa6|\xe2\x96\x81"},
    {PIECES_MARKS, "one|\xe2\x96\x81two|\xe2\x96\x81|\xe2\x96\x81x"},
};

static void check_case(enum pieces kind, const char *pieces, size_t room)
{
    char text[256], got[256] = "";
    size_t len = 0, done = 0;
    uint32_t ends[64];

    for (const char *at = pieces; *at; at++)
        if (*at != '|') text[len++] = *at;
    while (done < len) {
        size_t count = pieces_cut(kind, text + done, text + len, ends, room);

        if (!CHECK(count > 0)) return;
        for (size_t i = 0, begin = 0; i < count; begin = ends[i++])
            snprintf(got + strlen(got), sizeof got - strlen(got), "%s%.*s", *got ? "|" : "",
                     (int)(ends[i] - begin), text + done + begin);
        done += ends[count - 1];
    }
    CHECK_TEXT(got, pieces);
}

TEST(cuts)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        check_case(cases[i].kind, cases[i].pieces, 64);
        check_case(cases[i].kind, cases[i].pieces, 1);
    }
}

int main(void)
{
    RUN(cuts);
    return check_end();
}
