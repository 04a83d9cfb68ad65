/* Lines of configuration files: how values may be written, and what is refused. */
#include "options/config_file.h"

#include "check.h"
#include "unit/files.h"

static struct buffer shown;

/* 'name=value' or 'name=value|value' of each line, '~' for the default; an error ends it. */
static const char *read_text(const char *text)
{
    struct config_file file;
    struct config_item item;
    struct buffer copy = {0};
    struct err err;
    int got = 0;

    shown.len = 0;
    buffer_text(&copy, text);
    if (!CHECK(config_file_begin(&file, "f", copy, &err))) return "";
    while ((got = config_file_next(&file, &item, &err)) > 0)
        buffer_format(&shown, "%s%s=%s", shown.len ? " " : "", item.name,
                      item.value ? config_item_join(&item, '|') : "~");
    if (got < 0) buffer_format(&shown, "%s%s", shown.len ? " " : "", err.text);
    buffer_byte(&shown, '\0');
    buffer_release(&file.text);
    return shown.at;
}

TEST(lines)
{
    CHECK_TEXT(read_text(""), "");
    CHECK_TEXT(read_text("\n  # x\n---\n a = 5 \r\nb=c = d\nc =\n"), "a=5 b=c = d c=");
    CHECK_TEXT(read_text("\xef\xbb\xbf"
                         "a: 5\nb-c :\t6  # six\nd: x#y"),
               "a=5 b-c=6 d=x#y");
    CHECK_TEXT(read_text("a = 5 # six"), "a=5 # six");
}

TEST(defaults)
{
    CHECK_TEXT(read_text("a = None\nb: null\nc: ~\nd = NULL\ne: Null\nf: []"),
               "a=~ b=~ c=~ d=~ e=~ f=~");
    CHECK_TEXT(read_text("a = 'None'\nb: \"null\"\nc = none\nd = [None]"),
               "a=None b=null c=none d=None");
}

TEST(quotes)
{
    CHECK_TEXT(read_text("a = 'x # y' # z\nb: \"\"\nc: 'it''s'\nd = \"say \\\"hi\\\"\\\\\""),
               "a=x # y b= c=it's d=say \"hi\"\\");
    CHECK_TEXT(read_text("a: \"1\\n2\\t3\\r4\"\nb = 'x\\ny'\nc = \"a\\.b\""),
               "a=1\n2\t3\r4 b=x\\ny c=a\\.b");
    CHECK_TEXT(read_text("a = 'x' == \"y\""), "a='x' == \"y\"");
    CHECK_TEXT(read_text("a = 'x"), "f:1: the quote of ''x' is not closed on its line");
    CHECK_TEXT(read_text("a: \"x\\\""), "f:1: the quote of '\"x\\\"' is not closed on its line");
}

TEST(lists)
{
    CHECK_TEXT(read_text("a = ['q_proj', \"v_proj\",o_proj ] # three\nb: [ x ]\nc: ['a, b', ']',]"),
               "a=q_proj|v_proj|o_proj b=x c=a, b|]");
    CHECK_TEXT(read_text("a = [INST] {prompt} [/INST]\nb = [x"), "a=[INST] {prompt} [/INST] b=[x");
    CHECK_TEXT(read_text("a = ['it''s', 'x']"), "a=it's|x");
    CHECK_TEXT(read_text("a = [,]\nb = [a b]\nc = ['x]\nd = [a] b"),
               "a=[,] b=[a b] c=['x] d=[a] b");
    CHECK_TEXT(read_text("a: [x"), "f:1: '[x' begins with '[': a text like that needs quotes");
}

TEST(refused)
{
    CHECK_TEXT(read_text("a=1\nseed 5"), "a=1 f:2: 'seed 5' is not 'name = value'");
    CHECK_TEXT(read_text("no such = 1"), "no such=1");
    CHECK_TEXT(read_text("= 5"), "f:1: '= 5' is not 'name = value'");
    CHECK_TEXT(read_text("a:5"), "f:1: 'a:5' is not 'name = value'");
    CHECK_TEXT(read_text("\nlora: # all of it\n  r: 8"),
               "f:2: 'lora' has no value here: names do not nest, and lists stand on one line, as "
               "in 'name: [a, b]'");
    CHECK_TEXT(read_text("- q_proj"),
               "f:1: '- q_proj': lists stand on one line, as in 'name: [a, b]'");
    CHECK_TEXT(read_text("a: {b: 1}"),
               "f:1: '{b: 1}' begins with '{': a text like that needs quotes");
    CHECK_TEXT(read_text("a: |"), "f:1: '|' begins with '|': a text like that needs quotes");
}

TEST(files)
{
    struct config_file file;
    struct config_item item;
    struct err err;

    CHECK(!config_file_open(&file, files_path("gone"), &err));
    CHECK(strstr(err.text, "gone: No such file or directory"));
    CHECK(!config_file_open(&file, files_write("nul", "a=\0", 3), &err));
    CHECK(strstr(err.text, "nul: holds a NUL byte: not a text"));
    buffer_release(&file.text);
    CHECK(config_file_open(&file, files_text("good", "\na = 1"), &err));
    CHECK_INT(config_file_next(&file, &item, &err), 1);
    CHECK_INT(file.line, 2);
    CHECK_INT(config_file_next(&file, &item, &err), 0);
    CHECK_INT(config_file_next(&file, &item, &err), 0);
    buffer_release(&file.text);
}

TEST(names)
{
    static const struct option_alias rows[] = {
        {"bf16", "true", ALIAS_OPTION, "precision", "bf16", NULL, 0},
        {"bf16", NULL, ALIAS_NOTE, NULL, NULL, NULL, 0},
        {"optim", "adamw*", ALIAS_NOTE, NULL, NULL, NULL, 0},
        {"load_*", "false", ALIAS_NOTE, NULL, NULL, NULL, 0},
        {"ev*_x", NULL, ALIAS_NOTE, NULL, NULL, NULL, 0},
        {"x|*_y|z*", "1|two", ALIAS_NOTE, NULL, NULL, NULL, 0},
        {"len*", "null", ALIAS_OPTION, "length", "0", NULL, 0},
        {NULL, NULL, ALIAS_NOTE, NULL, NULL, NULL, 0}};

    CHECK(config_name_is("a_b-c", "a-b_c") && !config_name_is("a_b", "a_b_c"));
    CHECK(!config_name_is("a_b_c", "a_b") && !config_name_is("a", "A"));
    CHECK(config_file_alias(rows, "bf16", "Yes") == &rows[0]);
    CHECK(config_file_alias(rows, "bf16", "1") == &rows[0]);
    CHECK(config_file_alias(rows, "bf16", "off") == &rows[1]);
    CHECK(config_file_alias(rows, "bf16", NULL) == &rows[0]);
    CHECK(config_file_alias(rows, "bf1", NULL) == NULL);
    CHECK(config_file_alias(rows, "optim", "adamw_torch") == &rows[2]);
    CHECK(config_file_alias(rows, "optim", "sgd") == NULL);
    CHECK(config_file_alias(rows, "load-in-4bit", "False") == &rows[3]);
    CHECK(config_file_alias(rows, "load", NULL) == NULL);
    CHECK(config_file_alias(rows, "eval_x", NULL) == &rows[4]);
    CHECK(config_file_alias(rows, "ev-x", NULL) == &rows[4]);
    CHECK(config_file_alias(rows, "ev_", NULL) == NULL);
    CHECK(config_file_alias(rows, "e_x", NULL) == NULL);
    CHECK(config_file_alias(NULL, "load", NULL) == NULL);
    CHECK(config_file_null(rows, "length") == &rows[6]);
    CHECK(config_file_alias(rows, "x", "1") == &rows[5]);
    CHECK(config_file_alias(rows, "a-y", "two") == &rows[5]);
    CHECK(config_file_alias(rows, "z", "TWO") == &rows[5]);
    CHECK(config_file_alias(rows, "z", "1") == &rows[5]);
    CHECK(config_file_alias(rows, "x|z", "1") == NULL);
    CHECK(config_file_alias(rows, "xx", "1") == NULL);
    CHECK(config_file_alias(rows, "x", "1|two") == NULL);
    CHECK(config_file_null(rows, "bf16") == NULL && config_file_null(NULL, "length") == NULL);
    CHECK(config_file_alias(rows, "length", "null") == NULL);
}

int main(void)
{
    RUN(lines);
    RUN(defaults);
    RUN(quotes);
    RUN(lists);
    RUN(refused);
    RUN(files);
    RUN(names);
    buffer_release(&shown);
    return check_end();
}
