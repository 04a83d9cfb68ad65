/* Review sheets: who meets whom, who is drawn, what the page and the table say. */
#include "check.h"
#include "files.h"
#include "review/sample.h"
#include "review/sheet.h"
#include "review_scene.h"

#define END "{\"metrics\":{}}\n"

static struct results now, baseline;
static struct duels duels;
static struct err err;

static bool open_now(const char *text)
{
    return CHECK(results_open(&now, files_text("now.jsonl", text), &err));
}

static bool open_baseline(const char *text)
{
    return CHECK(results_open(&baseline, files_text("base.jsonl", text), &err));
}

/* What is wrong with such a review, without folders; other may be NULL. */
static void bad_duels(const char *text, const char *other, const char *want)
{
    char got[sizeof err.text] = "";
    size_t len = 0;

    if (!open_now(text) || (other && !open_baseline(other))) return;
    CHECK(!duels_find(&duels, &now, other ? &baseline : NULL, &err));
    for (const char *at = err.text; *at;) { /* a path ends with our name */
        const char *end = at + strcspn(at, " ':"), *name = end;

        while (name > at && name[-1] != '/') name--;
        for (at = name; at <= end && *at; at++) got[len++] = *at;
    }
    CHECK_TEXT(got, want);
    results_close(&now);
    if (other) results_close(&baseline);
}

static bool says(struct text text, const char *want)
{
    return text.len == strlen(want) && memcmp(text.at, want, text.len) == 0;
}

TEST(two_answers_in_one_file)
{
    struct buffer scratch = {0};

    if (!open_now("{\"id\":\"a\",\"prompt\":\"p\",\"generated\":\"x\",\"reference\":\"y\","
                  "\"groups\":{\"category\":\"c\"}}\n"
                  "{\"id\":\"b\",\"prompt\":\"q\",\"generated\":\"x\",\"reference\":\"x\"}\n"
                  "{\"id\":\"c\",\"prompt\":\"r\",\"generated\":\"x\"}\n"
                  "{\"id\":\"d\",\"prompt\":\"s\",\"dropped\":true}\n"
                  "{\"id\":\"e\",\"prompt\":[{\"role\":\"user\",\"content\":\"t\"}],"
                  "\"generated\":\"\",\"reference\":\"\\u0079\"}\n" END))
        return;
    if (!CHECK(duels_find(&duels, &now, NULL, &err))) return;
    CHECK(duels.count == 2 && duels.same == 1 && duels.missing == 2 && duels.unmatched == 0);
    CHECK(says(duels.items[0].category, "c") && !duels.items[1].category.at);
    CHECK(says(duels_prompt(&duels, 1, &scratch), "t"));
    CHECK(says(duels_now(&duels, 0, &scratch), "x"));
    scratch.len = 0;
    CHECK(says(duels_baseline(&duels, 1, &scratch), "y"));
    buffer_release(&scratch);
    duels_release(&duels);
    results_close(&now);
}

TEST(two_files)
{
    struct buffer scratch = {0};
    size_t i = 7;

    if (!open_now("{\"id\":1,\"prompt\":\"p\",\"generated\":\"x\"}\n"
                  "{\"id\":2,\"prompt\":\"q\",\"generated\":\"y\"}\n"
                  "{\"id\":3,\"prompt\":\"r\",\"generated\":\"z\"}\n" END) ||
        !open_baseline("{\"id\":2,\"prompt\":\"q\",\"generated\":\"b\"}\n"
                       "{\"id\":1,\"prompt\":\"p\",\"generated\":\"a\"}\n" END))
        return;
    if (!CHECK(duels_find(&duels, &now, &baseline, &err))) return;
    CHECK(duels.count == 2 && duels.unmatched == 1);
    CHECK(says(duels_baseline(&duels, 0, &scratch), "a"));
    CHECK(says(duels_baseline(&duels, 1, &scratch), "b"));
    CHECK(duels_named(&duels, TEXT("2"), &i) && i == 1);
    CHECK(!duels_named(&duels, TEXT("3"), &i) && !duels_named(&duels, TEXT(""), &i));
    buffer_release(&scratch);
    duels_release(&duels);
    results_close(&now);
    results_close(&baseline);
}

/* What has no id that can be shown, or one that was there before, is known by its key. */
TEST(names)
{
    struct buffer name = {0};

    if (!open_now("{\"prompt\":\"p\",\"generated\":\"x\",\"reference\":\"y\"}\n"
                  "{\"prompt\":\"p\",\"generated\":\"x\",\"reference\":\"z\"}\n"
                  "{\"id\":\"two\\nlines\",\"prompt\":\"q\",\"generated\":\"x\","
                  "\"reference\":\"y\"}\n"
                  "{\"id\":\"\\u0085\",\"prompt\":\"q\",\"generated\":\"x\",\"reference\":\"y\"}\n"
                  "{\"id\":\"\\u0633\",\"prompt\":\"q\",\"generated\":\"x\","
                  "\"reference\":\"y\"}\n"
                  "{\"id\":\"\\u0633\",\"prompt\":\"r\",\"generated\":\"x\","
                  "\"reference\":\"y\"}\n" END))
        return;
    if (!CHECK(duels_find(&duels, &now, NULL, &err))) return;
    CHECK_INT(duels.count, 6);
    for (size_t i = 0; i < duels.count; i++) {
        size_t found = 99;

        name.len = 0;
        duels_name(&duels, i, &name);
        CHECK(i == 4 ? says((struct text){name.at, name.len}, "\xd8\xb3")
                     : name.len == 33 && name.at[0] == '#');
        CHECK(duels_named(&duels, (struct text){name.at, name.len}, &found) && found == i);
    }
    buffer_release(&name);
    duels_release(&duels);
    results_close(&now);
}

TEST(nothing_to_compare)
{
    bad_duels("{\"prompt\":\"p\",\"generated\":\"x\"}\n" END, NULL,
              "now.jsonl: no record has two answers: evaluate with --compare, or name the other "
              "results with --baseline");
    bad_duels("{\"prompt\":\"p\",\"generated\":\"x\",\"reference\":\"x\"}\n" END, NULL,
              "now.jsonl: both answers are the same to all 1 prompts: nothing to choose");
    bad_duels(END, NULL, "now.jsonl: no record");
    bad_duels("{\"id\":1,\"prompt\":\"p\",\"generated\":\"x\"}\n" END,
              "{\"id\":2,\"prompt\":\"p\",\"generated\":\"y\"}\n" END,
              "now.jsonl: none of its prompts is in 'base.jsonl'");
    bad_duels("{\"id\":1,\"prompt\":\"p\",\"generated\":\"x\"}\n" END,
              "{\"id\":1,\"prompt\":\"p\",\"reference\":\"y\"}\n" END,
              "no prompt has an answer in both 'now.jsonl' and 'base.jsonl'");
    bad_duels("{\"id\":1,\"prompt\":\"p\",\"generated\":\"x\"}\n" END,
              "{\"id\":1,\"prompt\":\"q\",\"generated\":\"y\"}\n" END,
              "now.jsonl:1: another prompt than the record of the same id in 'base.jsonl': "
              "results of another test set");
}

static struct review_scene scene;

static bool open_many(size_t count, size_t bytes, const char *filler)
{
    return CHECK(review_scene_open(&scene, count, bytes, filler, &err));
}

static size_t count_words(const struct buffer *text, const char *word)
{
    size_t count = 0;

    for (const char *at = text->at; (at = strstr(at, word)); at++) count++;
    return count;
}

TEST(sheets_are_stratified_and_repeat)
{
    struct sheet sheet, again, other;
    size_t found[3] = {0}, differ = 0, first = 0;

    if (!open_many(90, 0, "")) return;
    sheet_draw(&sheet, &scene.duels, 30, 7);
    sheet_draw(&again, &scene.duels, 30, 7);
    sheet_draw(&other, &scene.duels, 30, 8);
    CHECK(sheet.count == 30 && other.count == 30);
    for (size_t row = 0; row < 30; row++) {
        bool now_first;

        CHECK_INT(sheet_duel(&sheet, row, &now_first), again.picks[row]);
        first += now_first;
        found[sheet.picks[row] % 3]++;
        differ += sheet.picks[row] != other.picks[row];
    }
    CHECK(found[0] == 10 && found[1] == 10 && found[2] == 10);
    CHECK(differ > 20 && first > 5 && first < 25);
    sheet_release(&sheet);
    sheet_release(&again);
    sheet_release(&other);
    review_scene_close(&scene);
}

TEST(a_page_tells_nothing)
{
    struct sheet sheet;
    struct buffer page = {0};
    const char *body;

    if (!open_many(40, 10, "<&")) return;
    sheet_draw(&sheet, &scene.duels, 12, 7);
    CHECK_INT(sheet_page(&sheet, &page), 0);
    buffer_byte(&page, '\0');
    CHECK_INT(count_words(&page, "<article "), 12);
    CHECK_INT(count_words(&page, "data-key=\"7-"), 12);
    CHECK_INT(count_words(&page, "&lt;&amp;&lt;"), 12 * 2 * 9);
    CHECK_INT(count_words(&page, "<&"), 0);
    CHECK_INT(count_words(&page, "http"), 1); /* the policy's http-equiv */
    CHECK_INT(count_words(&page, "src"), 4);  /* of the policy: default, style, script, img */
    body = strstr(page.at, "<main");
    CHECK(body && !strstr(body, "reference") && !strstr(body, "generated"));
    buffer_release(&page);
    sheet_release(&sheet);
    review_scene_close(&scene);
}

/* A page and a table of these records: the sheet as a whole. */
static bool draw_sheet(const char *text, struct buffer *out)
{
    struct sheet sheet;

    if (!open_now(text) || !CHECK(duels_find(&duels, &now, NULL, &err))) return false;
    sheet_draw(&sheet, &duels, 8, 7);
    sheet_page(&sheet, out);
    sheet_table(&sheet, out);
    sheet_release(&sheet);
    duels_release(&duels);
    results_close(&now);
    return true;
}

/* Whoever has a sheet, its seed and its ids cannot tell the models apart: had they changed places,
 * it would be the same. */
TEST(models_that_change_places_make_the_same_sheet)
{
    struct buffer texts[2] = {{0}, {0}}, sheets[2] = {{0}, {0}};

    for (int swap = 0; swap < 2; swap++) {
        for (int i = 0; i < 20; i++)
            buffer_format(&texts[swap],
                          "{\"id\":%d,\"prompt\":\"p%d\",\"%s\":\"x%d\",\"%s\":\"y%d\"}\n", i, i,
                          swap ? "reference" : "generated", i, swap ? "generated" : "reference", i);
        buffer_text(&texts[swap], END);
        buffer_byte(&texts[swap], '\0');
        CHECK(draw_sheet(texts[swap].at, &sheets[swap]));
    }
    CHECK(sheets[0].len > 0 && sheets[0].len == sheets[1].len &&
          memcmp(sheets[0].at, sheets[1].at, sheets[0].len) == 0);
    for (int swap = 0; swap < 2; swap++) {
        buffer_release(&texts[swap]);
        buffer_release(&sheets[swap]);
    }
}

TEST(pages_stay_small)
{
    struct sheet sheet;
    struct buffer page = {0};
    size_t cut;

    if (!open_many(60, 9000, "<&'")) return;
    sheet_draw(&sheet, &scene.duels, 50, 7);
    cut = sheet_page(&sheet, &page);
    CHECK(cut > 0 && cut < 27000);
    CHECK(page.len > SHEET_BYTES / 3 && page.len <= SHEET_BYTES);
    buffer_release(&page);
    sheet_release(&sheet);
    review_scene_close(&scene);
    if (!open_many(600, 1000, "x")) return;
    page.len = 0;
    sheet_draw(&sheet, &scene.duels, SAMPLE_MOST, 7);
    CHECK(sheet_page(&sheet, &page) > 0);
    CHECK(page.len <= SHEET_BYTES);
    buffer_release(&page);
    sheet_release(&sheet);
    review_scene_close(&scene);
}

int main(void)
{
    RUN(two_answers_in_one_file);
    RUN(two_files);
    RUN(names);
    RUN(nothing_to_compare);
    RUN(sheets_are_stratified_and_repeat);
    RUN(a_page_tells_nothing);
    RUN(models_that_change_places_make_the_same_sheet);
    RUN(pages_stay_small);
    return check_end();
}
