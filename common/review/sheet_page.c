#include "page/html.h"
#include "review/hex.h"
#include "review/sheet.h"
#include "review/sheet_parts.h"

static void add_record(struct buffer *page, const char *class, struct text text, size_t limit,
                       struct buffer *scratch)
{
    html_record(page, class, text, limit);
    scratch->len = 0;
}

static void answers(const struct sheet *sheet, size_t row, size_t limit, struct buffer *page)
{
    struct buffer scratch = {0};
    bool now_first;
    const size_t i = sheet_duel(sheet, row, &now_first);

    buffer_text(page, "<div class=\"sides\">\n");
    for (int side = 0; side < 2; side++) {
        const bool now = now_first == (side == 0);

        buffer_format(page, "<div><h3>Answer %d</h3>\n", side + 1);
        add_record(page, NULL,
                   now ? duels_now(sheet->duels, i, &scratch)
                       : duels_baseline(sheet->duels, i, &scratch),
                   limit, &scratch);
        buffer_text(page, "</div>\n");
    }
    buffer_text(page, "</div>\n");
    buffer_release(&scratch);
}

/* The buttons and the note; on paper, boxes and a line. */
static void choices(struct buffer *page, size_t row)
{
    buffer_text(
        page,
        "<div class=\"choices\" role=\"group\" aria-label=\"Which answer is better?\">\n"
        "<button type=\"button\" data-choice=\"1\"><kbd class=\"keys\">1</kbd>Answer 1</button>\n"
        "<button type=\"button\" data-choice=\"tie\"><kbd class=\"keys\">=</kbd>Tie</button>\n"
        "<button type=\"button\" data-choice=\"2\"><kbd class=\"keys\">2</kbd>Answer 2</button>\n"
        "</div>\n");
    buffer_format(page,
                  "<div class=\"note\"><label for=\"note-%zu\">Note, if any<span class=\"keys\"> "
                  "(<kbd>n</kbd>, back by <kbd>Esc</kbd>)</span></label>\n"
                  "<textarea id=\"note-%zu\" rows=\"2\" dir=\"auto\"></textarea></div>\n",
                  row, row);
    buffer_text(page, "<p class=\"paper\">\xe2\x98\x90 Answer 1 is better &emsp; \xe2\x98\x90 Tie "
                      "&emsp; \xe2\x98\x90 Answer 2 is better &emsp; Note: "
                      "____________________________</p>\n");
}

static void card(const struct sheet *sheet, size_t row, size_t limit, struct buffer *page)
{
    struct buffer scratch = {0};
    const size_t i = sheet->picks[row];
    const struct text category = sheet->duels->items[i].category;

    buffer_text(page, "<article class=\"card\" tabindex=\"-1\"");
    duels_name(sheet->duels, i, &scratch);
    html_attribute(page, "data-id", (struct text){scratch.at, scratch.len});
    buffer_text(page, " data-key=\"");
    sheet_key(sheet, row, page);
    buffer_format(page, "\">\n<div class=\"head\"><h2>Prompt %zu of %zu</h2>", row + 1,
                  sheet->count);
    if (category.len) {
        buffer_text(page, "<span class=\"chip\" dir=\"auto\">");
        html_text(page, html_cut(category, 60));
        buffer_text(page, "</span>");
    }
    buffer_text(page, "<span class=\"chip\" dir=\"auto\">");
    html_text(page, (struct text){scratch.at, scratch.len});
    buffer_text(page, "</span></div>\n");
    scratch.len = 0;
    add_record(page, "question", duels_prompt(sheet->duels, i, &scratch), limit, &scratch);
    answers(sheet, row, limit, page);
    choices(page, row);
    buffer_text(page, "</article>\n");
    buffer_release(&scratch);
}

/* What the browser keeps the choices under: of this sheet alone. */
static uint64_t sheet_number(const struct sheet *sheet)
{
    struct buffer keys = {0};
    uint64_t number;

    for (size_t row = 0; row < sheet->count; row++) {
        duels_name(sheet->duels, sheet->picks[row], &keys);
        buffer_byte(&keys, '\n');
        sheet_key(sheet, row, &keys);
        buffer_byte(&keys, '\n');
    }
    number = blind_text(&sheet->blind, (struct text){keys.at, keys.len});
    buffer_release(&keys);
    return number;
}

static void introduction(const struct sheet *sheet, struct buffer *page)
{
    buffer_text(page, "<main data-sheet=\"");
    hex_write(page, sheet_number(sheet));
    buffer_format(page,
                  "\">\n<header>\n<h1>Blind review of %zu prompts</h1>\n"
                  "<p class=\"verdict\">Which answer is better?</p>\n"
                  "<p>Two models answered each prompt. Which is which changes from prompt to "
                  "prompt, and is told only when the choices are counted.</p>\n"
                  "<p class=\"quiet screen keys\">Keys: <kbd>1</kbd> <kbd>2</kbd> an answer, "
                  "<kbd>=</kbd> or <kbd>t</kbd> tie, <kbd>\xe2\x86\x90</kbd> "
                  "<kbd>\xe2\x86\x92</kbd> move, <kbd>o</kbd> next open one, <kbd>n</kbd> note, "
                  "<kbd>s</kbd> save. The same choice again takes it back.</p>\n"
                  "<noscript><p class=\"warn\">Scripts are off in this browser: the page can be "
                  "read and printed, but saves nothing.</p></noscript>\n</header>\n",
                  sheet->count);
    buffer_format(page,
                  "<div class=\"bar\">\n<button type=\"button\" id=\"previous\">\xe2\x86\x90 "
                  "Back</button>\n"
                  "<button type=\"button\" id=\"next\">Next \xe2\x86\x92</button>\n"
                  "<button type=\"button\" id=\"open\">Next open</button>\n"
                  "<span class=\"grow\"><progress id=\"progress\" max=\"%zu\" value=\"0\" "
                  "aria-label=\"Choices made\"></progress>\n"
                  "<span id=\"count\" class=\"quiet\"></span></span>\n"
                  "<button type=\"button\" id=\"save\">Save</button>\n</div>\n"
                  "<p id=\"state\" class=\"quiet screen\" role=\"status\"></p>\n",
                  sheet->count);
}

static void write_page(const struct sheet *sheet, size_t limit, struct buffer *page)
{
    html_begin(page, TEXT("Blind review: which answer is better?"), sheet_css);
    introduction(sheet, page);
    for (size_t row = 0; row < sheet->count; row++) card(sheet, row, limit, page);
    buffer_text(page, "</main>\n");
    html_end(page, sheet_script);
}

size_t sheet_page(const struct sheet *sheet, struct buffer *page)
{
    const size_t begin = page->len;
    size_t limit = 0;

    write_page(sheet, limit, page);
    while (page->len - begin > SHEET_BYTES && limit != 64) {
        limit = limit ? limit / 2 : 65536;
        page->len = begin;
        write_page(sheet, limit, page);
    }
    return limit;
}
