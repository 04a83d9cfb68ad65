/* HTML pages that stand alone: one file, nothing fetched, nothing from a record taken for markup.
 *
 *     html_begin(&page, text_of(title), NULL);
 *     buffer_text(&page, "<h1>");
 *     html_text(&page, title);
 *     buffer_text(&page, "</h1>\n");
 *     html_end(&page, NULL);
 *
 * Markup is ours and written with buffer_text; whatever came from a file goes through the calls
 * below. Bytes that are not UTF-8 and control characters (but tab and newline) become U+FFFD, so
 * that every page is valid. The classes that a page can use stand in page/style.h. */
#ifndef PAGE_HTML_H
#define PAGE_HTML_H

#include "core/memory.h"

/* From <!DOCTYPE to <body>, with the style of all pages; css is added to it, ours too, or NULL. A
 * policy in the page forbids it to load or send anything. */
void html_begin(struct buffer *page, struct text title, const char *css);

/* Ends the page, with a script of ours that must not contain '</', or NULL. */
void html_end(struct buffer *page, const char *script);

/* As text between tags, or within a quoted attribute. */
void html_text(struct buffer *page, struct text text);

/* A blank, name="value". */
void html_attribute(struct buffer *page, const char *name, struct text value);

/* As html_text, cut with a note after limit bytes (0: never). */
void html_limited(struct buffer *page, struct text text, size_t limit);

/* A text of a record in an element of its own, which finds its own direction: lines kept, cut with
 * a note after limit bytes (0: never). class may be NULL. */
void html_record(struct buffer *page, const char *class, struct text text, size_t limit);

/* JSON for a script of the page: document.getElementById(id).textContent. */
void html_json(struct buffer *page, const char *id, struct text json);

/* As much of text as limit bytes hold, whole characters only. */
struct text html_cut(struct text text, size_t limit);

#endif
