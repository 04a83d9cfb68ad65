/* Pairs: the fields of a line, each reason to refuse one, texts and what identifies them. */
#include "records/pairs.h"

#include "check.h"

#define REST "\"chosen\":\"c\",\"rejected\":\"r\""
#define PAIR "\"prompt\":\"p\"," REST
#define U(text) "{\"role\":\"user\",\"content\":\"" text "\"}"
#define A(text) "{\"role\":\"assistant\",\"content\":\"" text "\"}"
#define S(text) "{\"role\":\"system\",\"content\":\"" text "\"}"
#define T(text) "{\"role\":\"tool\",\"content\":\"" text "\"}"
#define TALK(p, c, r) "{\"prompt\":[" p "],\"chosen\":[" c "],\"rejected\":[" r "]}"

static struct pair pair;

/* The reason not to take the line, or "good". */
static const char *parse(const char *line)
{
    static struct err err;

    return pair_parse(&pair, text_of(line), &err) ? "good" : err.text;
}

TEST(good_lines)
{
    static const char *const lines[] = {
        "{" PAIR "}",
        "{" PAIR ",\"prompt2\":7,\"x\":{\"prompt\":1}}",
        "{" PAIR ",\"id\":1,\"source\":\"s\",\"topic\":2,\"consensusStrength\":0,"
        "\"chosen_score\":-1e3,\"rejected_score\":2,\"annotator_id\":\"a\",\"answer\":false,"
        "\"system\":\"\"}",
        "{" PAIR ",\"id\":null,\"consensusStrength\":null,\"system\":null}",
        "{\"prompt\":\"\",\"chosen\":\"\",\"rejected\":\"\"}",
        TALK(U("p"), A("c"), A("r")),
        TALK("{\"content\":\"\",\"role\":\"system\",\"x\":1}," U("p"), A("c"), A("r")),
    };

    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) CHECK_TEXT(parse(lines[i]), "good");
}

TEST(refused_lines)
{
    static const char *const rows[][2] = {
        {"", "not JSON at column 1: the text ends too early"},
        {"{" PAIR ",}", "not JSON at column 43: no key where one must stand"},
        {"[]", "the line holds an array, not an object"},
        {"\"x\"", "the line holds a string, not an object"},
        {"{" REST "}", "'prompt' is missing"},
        {"{\"prompt\":null," REST "}", "'prompt' is missing"},
        {"{\"prompt\":\"p\",\"chosen\":\"c\"}", "'rejected' is missing"},
        {"{\"prompt\":7," REST "}", "'prompt' is a number, not a string or a list of messages"},
        {"{\"prompt\":{}," REST "}", "'prompt' is an object, not a string or a list of messages"},
        {"{\"prompt\":[" U("p") "]," REST "}", "'chosen' is a string, but 'prompt' is an array"},
        {"{" PAIR ",\"id\":true}", "'id' is true, not a string or a number"},
        {"{" PAIR ",\"source\":1}", "'source' is a number, not a string"},
        {"{" PAIR ",\"topic\":[]}", "'topic' is an array, not a string or a number"},
        {"{" PAIR ",\"consensusStrength\":\"1\"}", "'consensusStrength' is a string, not a number"},
        {"{" PAIR ",\"consensusStrength\":1.01}",
         "'consensusStrength' is 1.01, not between 0 and 1"},
        {"{" PAIR ",\"consensusStrength\":-1e-9}",
         "'consensusStrength' is -1e-09, not between 0 and 1"},
        {"{" PAIR ",\"consensusStrength\":1e999}", "'consensusStrength' is too large for a number"},
        {"{" PAIR ",\"chosen_score\":1e999}", "'chosen_score' is too large for a number"},
        {"{" PAIR ",\"rejected_score\":false}", "'rejected_score' is false, not a number"},
        {"{" PAIR ",\"annotator_id\":{}}", "'annotator_id' is an object, not a string or a number"},
        {"{" PAIR ",\"answer\":[1]}",
         "'answer' is an array, not a string, a number or true or false"},
        {"{" PAIR ",\"system\":1}", "'system' is a number, not a string"},
        {TALK("", A("c"), A("r")), "'prompt': it has no messages"},
        {TALK(U("p"), "1", A("r")), "'chosen': a message is a number, not an object"},
        {TALK(U("p"), A("c"), "{\"content\":\"r\"}"), "'rejected': a message has no role"},
        {TALK(U("p"), A("c"), "{\"role\":1,\"content\":\"r\"}"),
         "'rejected': a message has no role"},
        {TALK(U("p"), A("c"), "{\"role\":\"usr\",\"content\":\"r\"}"),
         "'rejected': a message has the role \"usr\"; known are system, developer, user, assistant "
         "and tool"},
        {TALK(U("p"), A("c"), "{\"role\":\"assistant\"}"),
         "'rejected': a message's content is missing, not a string"},
        {TALK(U("p"), A("c"), "{\"role\":\"assistant\",\"content\":[\"r\"]}"),
         "'rejected': a message's content is an array, not a string"},
        {TALK(U("p"), U("c"), A("r")),
         "'chosen': it begins with a message of the role \"user\", not \"assistant\""},
        {TALK(U("p"), A("c"), S("r") "," A("r")),
         "'rejected': it begins with a message of the role \"system\", not \"assistant\""},
        {TALK(U("p") "," A("p"), T("c") "," A("c"), A("r")),
         "'chosen': it begins with a message of the role \"tool\", not \"assistant\""},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        CHECK_TEXT(parse(rows[i][0]), rows[i][1]);
}

static bool is_unasked(const char *line)
{
    CHECK_TEXT(parse(line), "good");
    return pair.unasked;
}

TEST(who_spoke_last)
{
    CHECK(!is_unasked(TALK(U("p"), A("c") "," U("x"), A("r"))));
    CHECK(!is_unasked(TALK(S("p") "," U("p"), A("c"), A("r"))));
    CHECK(!is_unasked(TALK(U("p") "," A("p") "," T("p"), A("c"), A("r"))));
    CHECK(is_unasked(TALK(U("p") "," A("p"), A("c"), A("r"))));
    CHECK(!is_unasked("{" PAIR "}"));
    CHECK(is_unasked(TALK(S("p"), A("c"), A("r"))));
}

static const char *fault(const char *line)
{
    static struct err err;

    CHECK_TEXT(parse(line), "good");
    switch (pair_fault(&pair, &err)) {
    case PAIR_TEACHES: return "teaches";
    case PAIR_BLANK: return err.text;
    case PAIR_SAME: return err.text;
    }
    return NULL;
}

TEST(faults)
{
    CHECK_TEXT(fault("{" PAIR "}"), "teaches");
    CHECK_TEXT(fault("{\"prompt\":\" \\n\\t\\u000d\"," REST "}"), "'prompt' is empty");
    CHECK_TEXT(fault("{\"prompt\":\"p\",\"chosen\":\"\",\"rejected\":\"r\"}"), "'chosen' is empty");
    CHECK_TEXT(fault("{\"prompt\":\"p\",\"chosen\":\"c\",\"rejected\":\" \"}"),
               "'rejected' is empty");
    CHECK_TEXT(fault("{\"prompt\":\"p\",\"chosen\":\"a\\u0041\",\"rejected\":\"\\u0061A\"}"),
               "'chosen' and 'rejected' are the same");
    CHECK_TEXT(fault("{\"prompt\":\"p\",\"chosen\":\"a \",\"rejected\":\"a\"}"), "teaches");
    CHECK_TEXT(fault("{\"prompt\":\"p\",\"chosen\":\"\\u0000\",\"rejected\":\"a\"}"), "teaches");
    CHECK_TEXT(fault(TALK(U("p"), A("\\u0061"), A("a"))), "'chosen' and 'rejected' are the same");
    CHECK_TEXT(fault(TALK(U(""), A("a"), A("b"))), "'prompt' is empty");
    CHECK_TEXT(fault(TALK(U("p"), A("a") "," U("b"), A("a") "," A("c"))), "teaches");
}

static void check_text_of(enum field field, const char *want)
{
    struct buffer scratch = {0}, all = {0};
    struct text text;

    buffer_text(&all, "+");
    pair_add_text(&pair, field, &all);
    text = pair_text(&pair, field, &scratch);
    CHECK(text_is(text, want) && all.len == text.len + 1 &&
          memcmp(all.at + 1, text.at, text.len) == 0);
    buffer_release(&scratch);
    buffer_release(&all);
}

TEST(texts)
{
    CHECK_TEXT(parse("{\"prompt\":\"a\\nb\"," REST ",\"topic\":1.50}"), "good");
    check_text_of(FIELD_PROMPT, "a\nb");
    check_text_of(FIELD_CHOSEN, "c");
    check_text_of(FIELD_TOPIC, "1.50");
    CHECK_TEXT(parse(TALK(U("one") "," U("t\\u0077o"), A("c"), A("r"))), "good");
    check_text_of(FIELD_PROMPT, "one\ntwo");
    CHECK_TEXT(field_name(FIELD_ANNOTATOR), "annotator_id");
}

/* Equal hashes for lines that say the same prompt; the lines are read before they are compared. */
static bool same_prompt(const char *a, const char *b)
{
    const struct hash_key key = {3, 4};
    struct hash128 x, y;

    CHECK_TEXT(parse(a), "good");
    x = pair_hash(&pair, FIELD_PROMPT, key);
    CHECK_TEXT(parse(b), "good");
    y = pair_hash(&pair, FIELD_PROMPT, key);
    return x.low == y.low && x.high == y.high;
}

TEST(hashes)
{
    CHECK(same_prompt("{" PAIR "}", "{ \"prompt\" : \"\\u0070\" , " REST ",\"id\":1}"));
    CHECK(!same_prompt("{" PAIR "}", "{\"prompt\":\"P\"," REST "}"));
    CHECK(!same_prompt("{" PAIR "}", "{\"prompt\":\"p \"," REST "}"));
    CHECK(same_prompt(TALK(U("p"), A("c"), A("r")),
                      TALK("{\"content\":\"\\u0070\", \"role\":\"\\u0075ser\"}", A("c"), A("r"))));
    CHECK(!same_prompt(TALK(U("p"), A("c"), A("r")), "{" PAIR "}"));
    CHECK(!same_prompt(TALK(U("p"), A("c"), A("r")),
                       TALK("{\"role\":\"system\",\"content\":\"p\"}", A("c"), A("r"))));
    CHECK(!same_prompt(TALK(U("a") "," U("b"), A("c"), A("r")), TALK(U("a\\nb"), A("c"), A("r"))));
}

static bool finds(const char *path, const char *want)
{
    const struct value *value = pair_find(&pair, path);

    if (!value) return !want;
    return want && text_is((struct text){value->at, value->len}, want);
}

TEST(dotted_paths)
{
    CHECK_TEXT(parse("{" PAIR ",\"m\":{\"a\":1,\"b\":{\"c\":{\"d\":\"e\"}},\"n\":null,\"x.y\":2},"
                     "\"m.a\":3,\"l\":[1]}"),
               "good");
    CHECK(finds("prompt", "\"p\""));
    CHECK(finds("m.a", "3")); /* a key with a dot in it wins */
    CHECK(finds("m.b.c.d", "\"e\""));
    CHECK(finds("m.b.c", "{\"d\":\"e\"}"));
    CHECK(finds("m.x.y", "2"));
    CHECK(finds("m.n", NULL));
    CHECK(finds("m.b.c.d.e", NULL));
    CHECK(finds("m.z", NULL));
    CHECK(finds("l.0", NULL));
    CHECK(finds("prompt.x", NULL));
    CHECK(finds("", NULL));
    CHECK(finds("m.", NULL));
    CHECK(finds(".m", NULL));
    CHECK(finds("m", "{\"a\":1,\"b\":{\"c\":{\"d\":\"e\"}},\"n\":null,\"x.y\":2}"));
}

static bool is_debate(const char *line)
{
    CHECK_TEXT(parse(line), "good");
    return pair_is_debate(&pair);
}

TEST(debates_say_so)
{
    double number;

    CHECK(is_debate("{" PAIR ",\"source\":\"debate:7\"}"));
    CHECK(is_debate("{" PAIR ",\"source\":\"deb\\u0061te:7\"}"));
    CHECK(is_debate("{" PAIR ",\"debateId\":\"d\"}"));
    CHECK(is_debate("{" PAIR ",\"source\":\"a.jsonl\",\"debateId\":\"d\"}"));
    CHECK(is_debate("{" PAIR ",\"debate_id\":7}"));
    CHECK(is_debate("{" PAIR ",\"metadata\":{\"a\":1,\"debateId\":\"d\"}}"));
    CHECK(is_debate("{" PAIR ",\"metadata\":{\"debate_id\":\"d\"}}"));
    CHECK(!is_debate("{" PAIR ",\"source\":\"a.jsonl\",\"debateId\":null,\"metadata\":{}}"));
    CHECK(!is_debate("{" PAIR ",\"source\":\"debate\"}"));
    CHECK(!is_debate("{" PAIR "}"));
    CHECK(!pair_number(&pair, FIELD_CONSENSUS, &number));
    CHECK_TEXT(parse("{" PAIR ",\"consensusStrength\":0.5}"), "good");
    CHECK(pair_number(&pair, FIELD_CONSENSUS, &number) && number == 0.5);
}

int main(void)
{
    RUN(good_lines);
    RUN(refused_lines);
    RUN(who_spoke_last);
    RUN(faults);
    RUN(texts);
    RUN(hashes);
    RUN(dotted_paths);
    RUN(debates_say_so);
    pair_release(&pair);
    return check_end();
}
