/* Chat templates against Jinja2 in Hugging Face's environment: what tests/golden/templates
 * holds. */
#include "template/template.h"

#include "check.h"
#include "unit/golden.h"

#include <pthread.h>
#include <stdlib.h>

static struct buffer file, source, want, out;
static struct scan scan, head;

/* 26 Jul 2024, as in tests/peers/templates.py. */
static struct tm now;

static bool render(struct text text, const char *name, const struct template_input *input,
                   struct err *err)
{
    struct template *template;
    bool good = template_parse(&template, text, name, err);

    out.len = 0;
    err->text[good ? 0 : sizeof err->text - 1] = '\0';
    good = good && template_render(template, input, &out, err);
    template_free(template);
    return good;
}

/* Does a row that gives a text or an error say the same as we do? */
static bool agrees(bool good, const struct err *err, const char *what)
{
    struct text text = golden_string(&scan, "text", &want);
    bool same =
        text.at ? good && out.len == text.len && memcmp(out.at, text.at, text.len) == 0 : !good;

    if (!same)
        printf("# %s\n# want %s\n# got  %.*s\n", what, text.at ? text.at : "an error",
               good ? (int)out.len : (int)strlen(err->text), good ? out.at : err->text);
    return same;
}

TEST(features)
{
    struct template_input input = {.messages = TEXT("[]"),
                                   .add_generation_prompt = true,
                                   .bos = TEXT("<s>"),
                                   .eos = TEXT("</s>"),
                                   .now = &now};
    size_t rows = 0;
    const char *at;

    CHECK(golden_read("templates/features.jsonl", &file));
    at = file.at;
    CHECK(golden_line(&at, file.at + file.len, &head));
    input.extra = golden_span(&head, "extra");
    for (; golden_line(&at, file.at + file.len, &scan); rows++) {
        struct text text = golden_string(&scan, "source", &source);
        struct err err;

        CHECK(agrees(render(text, "feature", &input, &err), &err, text.at));
    }
    CHECK(rows > 800);
}

/* The templates of model families over many conversations. */
TEST(chats)
{
    struct scan conversations = {0};
    struct buffer name = {0}, path = {0}, text = {0};
    size_t rows = 0;
    const char *at;

    CHECK(golden_read("templates/chats.jsonl", &file));
    at = file.at;
    CHECK(golden_line(&at, file.at + file.len, &head));
    CHECK(scan_json(&conversations, golden_span(&head, "conversations").at,
                    golden_span(&head, "conversations").len));
    for (; golden_line(&at, file.at + file.len, &scan); rows++) {
        const char *conversation = golden_string(&scan, "conversation", &name).at;
        struct template_input input = {.messages = golden_span(&conversations, conversation),
                                       .bos = TEXT("<s>"),
                                       .eos = TEXT("</s>")};
        struct err err;

        path.len = 0;
        buffer_format(&path, "templates/%s", golden_string(&scan, "template", &source).at);
        buffer_byte(&path, '\0');
        CHECK(golden_read(path.at, &text));
        input.add_generation_prompt = *golden_span(&scan, "prompt").at == 't';
        if (*golden_span(&scan, "tools").at == 't') input.tools = golden_span(&head, "tools");
        if (*golden_span(&scan, "extra").at == 't') input.extra = golden_span(&head, "extra");
        CHECK(agrees(render((struct text){text.at, text.len}, path.at, &input, &err), &err,
                     conversation));
    }
    CHECK(rows > 150);
    scan_release(&conversations);
    buffer_release(&name);
    buffer_release(&path);
    buffer_release(&text);
}

static const char *failure(const char *text)
{
    static struct err err;
    struct template_input input = {.messages = TEXT("[{\"role\": \"user\", \"content\": null}]")};

    return render(text_of(text), "chat.jinja", &input, &err) ? "it renders" : err.text;
}

TEST(refusals_when_parsed)
{
    static const char *const rows[][2] = {
        {"\n\n{{ x | groupby('a') }}", "chat.jinja:3: the filter 'groupby' is not supported"},
        {"{% if x is nosuch %}{% endif %}", "chat.jinja:1: the test 'nosuch' is not supported"},
        {"a\n{% include 'b' %}", "chat.jinja:2: the tag 'include' is not supported here"},
        {"{% call m() %}{% endcall %}", "chat.jinja:1: the tag 'call' is not supported here"},
        {"{% for x in y recursive %}", "chat.jinja:1: a recursive loop is not supported"},
        {"{% if x %}\n\n", "chat.jinja:2: 'endif' is missing at the end"},
        {"{% for x in y %}{% endif %}", "chat.jinja:1: the tag 'endif' is not supported here"},
        {"{% break %}", "chat.jinja:1: it stands outside of a loop"},
        {"{{ x.__class__ }}", "chat.jinja:1: the member '__class__' is not supported"},
        {"{{ __x }}", "chat.jinja:1: the name '__x' is not supported"},
        {"{{ cycler }}", "chat.jinja:1: 'cycler' is not supported"},
        {"{% macro m() %}{{ varargs }}", "chat.jinja:1: 'varargs' of a macro is not supported"},
        {"{{ 1 + }}", "chat.jinja:1: the end of the tag where an expression is awaited"},
        {"{{ (1 }}", "chat.jinja:1: '}' where ')' is awaited"},
        {"{{ ) }}", "chat.jinja:1: ')' closes nothing"},
        {"{{ 'a", "chat.jinja:1: a string is not closed"},
        {"{{ '\\ud800' }}", "chat.jinja:1: a bad escape in a string"},
        {"{{ x", "chat.jinja:1: a tag is not closed by '}}'"},
        {"{# x", "chat.jinja:1: a comment is not closed by '#}'"},
        {"{% raw %}x", "chat.jinja:1: 'raw' is not closed by 'endraw'"},
        {"{{ a ! b }}", "chat.jinja:1: '!' means nothing here"},
        {"{{ \xc3\xa9 }}", "chat.jinja:1: U+00E9 means nothing here"},
        {"a\xff", "chat.jinja: byte 2 is not UTF-8"},
        {"{{ 9223372036854775808 }}",
         "chat.jinja:1: a whole number beyond 64 bits is not supported"},
        {"{{ 012 }}", "chat.jinja:1: a number begins with 0"},
        {"{{ f(a=1, 2) }}", "chat.jinja:1: an argument without a name follows one with a name"},
        {"{% set none = 1 %}", "chat.jinja:1: a constant cannot be assigned to"},
        {"{% macro m(a=1, b) %}",
         "chat.jinja:1: a parameter without a default follows one with one"},
        {"{{ 5 is divisibleby }}", "chat.jinja:1: the test 'divisibleby' takes 1 arguments, not 0"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        CHECK_TEXT(failure(rows[i][0]), rows[i][1]);
}

TEST(refusals_when_rendered)
{
    static const char *const rows[][2] = {
        {"\n{{ raise_exception('no ' ~ 1) }}", "chat.jinja:2: the template says: no 1"},
        {"{{ x.y }}", "chat.jinja:1: 'x' is undefined"},
        {"{{\n messages[0].content +\n 'x' }}", "chat.jinja:2: '+' of none and a string"},
        {"{{ messages[0].content.strip() }}", "chat.jinja:1: 'strip' is undefined"},
        {"{{ [].append(1) }}", "chat.jinja:1: 'append' would change a list, which no template may"},
        {"{{ 'a'.zfill(3) }}", "chat.jinja:1: the method 'zfill' is not supported"},
        {"{{ x | tojson }}", "chat.jinja:1: 'x' is undefined and has no JSON"},
        {"{{ messages.items }}{{ range }}", "chat.jinja:1: a function cannot be printed"},
        {"{{ strftime_now('%d') }}", "chat.jinja:1: 'strftime_now' is undefined"},
        {"{{ 1 // 0 }}", "chat.jinja:1: a division by zero"},
        {"{{ 9223372036854775807 + 1 }}",
         "chat.jinja:1: a whole number beyond 64 bits is not supported"},
        {"{{ [1, 'a'] | sort }}", "chat.jinja:1: an integer and a string have no order"},
        {"{{ {[]: 1} }}", "chat.jinja:1: a list cannot be a key"},
        {"{{ 'a' | trim(x=1) }}", "chat.jinja:1: 'trim' takes no argument 'x'"},
        {"{{ 'a' | trim('a', 'b') }}", "chat.jinja:1: 'trim' takes at most 1 arguments, not 2"},
        {"{% for a, b in [1] %}{% endfor %}", "chat.jinja:1: an integer cannot be walked over"},
        {"{% for a, b in [[1]] %}{% endfor %}", "chat.jinja:1: 1 values for 2 names"},
        {"{% set x = 1 %}\n{% set x.y = 1 %}",
         "chat.jinja:2: only a namespace has members to set, not an integer"},
        {"{{ '[1' | from_json }}", "chat.jinja:1: from_json: the text ends too early at byte 3"},
        {"{{ ('<b>' | safe).strip() }}",
         "chat.jinja:1: 'strip' of a string marked safe is not supported"},
        {"{{ '%x' % 1 }}", "chat.jinja:1: the format '%x' is not supported"},
        {"{{ 'a'.strip('ab' * 129) }}",
         "chat.jinja:1: 'strip' by so long a string is not supported"},
        {"{{ 'a'.find() }}", "chat.jinja:1: 'find' wants a string"},
        {"{{ 'a'.center(3) }}", "chat.jinja:1: the method 'center' is not supported"},
        {"{{ 'A' is upper and 'a' | replace('b') }}", "chat.jinja:1: 'replace' wants two strings"},
        {"{{ {'a': 1}.pop('a') }}",
         "chat.jinja:1: 'pop' would change a dict, which no template may"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        CHECK_TEXT(failure(rows[i][0]), rows[i][1]);
}

/* A text of count times the one, between two others. */
static const char *many(const char *before, const char *one, size_t count, const char *after)
{
    source.len = 0;
    buffer_text(&source, before);
    while (count-- > 0) buffer_text(&source, one);
    buffer_text(&source, after);
    buffer_byte(&source, '\0');
    return source.at;
}

TEST(bounds)
{
    static const char many_closing[] =
        "m()]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]] }}{% endmacro %}{{ m() }}";
    static const char *const rows[][2] = {
        {"{% set r = range(9999) %}{% for a in r %}{% for b in r %}{% endfor %}{% endfor %}",
         "it takes more than 10000000 steps"},
        {"{{ range(100001) }}", "'range' of more than 100000 numbers"},
        {"{{ 'abcdefgh' * 10000000 }}", "it makes more than 64 MiB of text"},
        {"{{ [1] * 100000000 }}", "its values need more than 256 MiB of memory"},
        {"{% macro m(n) %}{{ m(n + 1) }}{% endmacro %}\n{{ m(0) }}",
         "macros call each other more than 100 deep"},
        {"{% set n = namespace(x=[]) %}{% for i in range(200) %}{% set n.x = [n.x] %}{% endfor %}"
         "\n{{ n.x }}",
         "lists more than 100 deep cannot be printed"},
        {"{% set n = namespace(x=['aaaaaaaaaaaaaaaa']) %}{% for i in range(90) %}"
         "{% set n.x = [n.x, n.x] %}{% endfor %}{{ n.x }}",
         "steps"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *got = failure(rows[i][0]);

        if (!CHECK(strstr(got, rows[i][1]) || strstr(got, "MiB of text"))) printf("# %s\n", got);
    }
    CHECK_TEXT(failure(many("{% macro m() %}{{ ", "[", 50, many_closing)),
               "chat.jinja:1: it goes more than 2000 levels deep");
    CHECK_TEXT(failure(many("{{ ", "(", 201, "")), "chat.jinja:1: it is nested more than 200 deep");
    CHECK_TEXT(failure(many("{{ ", "not ", 300, "1 }}")),
               "chat.jinja:1: it is nested more than 200 deep");
    CHECK_TEXT(failure(many("{{ 1", " + 1", 300, " }}")),
               "chat.jinja:1: it is nested more than 200 deep");
    CHECK_TEXT(failure(many("", "{% if 1 %}", 300, "")),
               "chat.jinja:1: it is nested more than 200 deep");
    CHECK_TEXT(failure(many("", "x", ((size_t)1 << 20) + 1, "")),
               "chat.jinja: a template of more than 1024 KiB");
    CHECK_TEXT(failure(many("{{ f(", "1, ", 40, ") }}")),
               "chat.jinja:1: a call has more than 32 arguments");
    CHECK_TEXT(failure(many("{% if 0 %}{% elif 1 %}", "{% endif %}{% if 0 %}{% elif 1 %}", 9000,
                            "{% endif %}{{ raise_exception('end') }}")),
               "chat.jinja:1: the template says: end");
}

TEST(bad_input)
{
    static const struct {
        struct template_input input;
        const char *text;
    } rows[] = {
        {{.messages = TEXT("[{]")}, "t: messages: "},
        {{.messages = TEXT("[]"), .tools = TEXT("[1")}, "t: tools: "},
        {{.messages = TEXT("[]"), .extra = TEXT("[]")},
         "t: extra: a list where an object is awaited"},
        {{.messages = TEXT("[]"), .extra = TEXT("{\"tools\": 1}")},
         "t: extra: 'tools' is given elsewhere"},
        {{.messages = TEXT("[99999999999999999999]")},
         "t: a whole number beyond 64 bits is not supported"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct err err = {""};

        CHECK(!render(TEXT("x"), "t", &rows[i].input, &err));
        if (!CHECK(strncmp(err.text, rows[i].text, strlen(rows[i].text)) == 0))
            printf("# %s\n", err.text);
    }
}

TEST(what_stood_in_the_output_stays)
{
    struct template_input input = {.messages = TEXT("[]")};
    struct template *template;
    struct err err;

    out.len = 0;
    buffer_text(&out, "before");
    CHECK(template_parse(&template, TEXT("ab{{ [1] | tojson ~ '!' }}"), "t", &err));
    CHECK(template_render(template, &input, &out, &err));
    CHECK(out.len == 12 && memcmp(out.at, "beforeab[1]!", 12) == 0);
    template_free(template);
    CHECK(template_parse(&template, TEXT("ab{{ x.y }}"), "t", &err));
    CHECK(!template_render(template, &input, &out, &err) && out.len == 12);
    template_free(template);
    template_free(NULL);
}

TEST(empty_tools_count_as_none)
{
    struct template_input input = {.messages = TEXT("[]"), .tools = TEXT(" [ ] ")};
    struct err err;

    CHECK(render(TEXT("{{ tools }}{{ documents }}{{ bos_token }}"), "t", &input, &err));
    CHECK(out.len == 8 && memcmp(out.at, "NoneNone", 8) == 0);
}

static void *render_many(void *shared)
{
    const struct template *template = shared;
    struct template_input input = {.messages = TEXT("[{\"role\": \"user\"}]")};
    struct buffer text = {0};
    struct err err;

    for (int i = 0; i < 200; i++) {
        text.len = 0;
        if (!template_render(template, &input, &text, &err) || text.len != 4) return shared;
    }
    buffer_release(&text);
    return NULL;
}

TEST(threads_share_a_template)
{
    struct template *template;
    pthread_t threads[4];
    struct err err;

    CHECK(template_parse(&template,
                         TEXT("{% macro m(x) %}{{ x }}{% endmacro %}"
                              "{% for m2 in messages %}{{ m(m2.role) }}{% endfor %}"),
                         "t", &err));
    for (size_t i = 0; i < 4; i++)
        CHECK(pthread_create(&threads[i], NULL, render_many, template) == 0);
    for (size_t i = 0; i < 4; i++) {
        void *failed;

        CHECK(pthread_join(threads[i], &failed) == 0 && !failed);
    }
    template_free(template);
}

int main(void)
{
    const time_t seconds = 1721990000;

    gmtime_r(&seconds, &now);
    RUN(features);
    RUN(chats);
    RUN(refusals_when_parsed);
    RUN(refusals_when_rendered);
    RUN(bounds);
    RUN(bad_input);
    RUN(what_stood_in_the_output_stays);
    RUN(empty_tools_count_as_none);
    RUN(threads_share_a_template);
    scan_release(&scan);
    scan_release(&head);
    buffer_release(&file);
    buffer_release(&source);
    buffer_release(&want);
    buffer_release(&out);
    return check_end();
}
