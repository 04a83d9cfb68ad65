/* The look of all pages: one CSS text for light and dark, print and phones, fonts of the system.
 *
 * Colours are variables, the same names in light and dark, each text colour at least 4.5:1 on
 * --paper, --card and --soft: --ink --quiet --link --good --bad --warn, --line for rules,
 * --s0 ... --s7 for series.
 *
 * Classes that markup can use:
 *   main          the column of the page; header, section and footer within it
 *   .verdict      the sentence that a page begins with; with .good .bad .even its colour
 *   .card         a box; .cards a grid of them, as many in a row as fit
 *   .sides        two boxes side by side, one above the other on a phone (their titles are h4)
 *   .record       a text of a record (html_record); ins and del in it mark differences
 *   .scroll       around a table, which scrolls within it when the page is too narrow
 *   .number       a cell of a table set right, in figures of one width
 *   .quiet .good .bad .warn    colours of text
 *   .chip         a small label; .key a key of the keyboard
 *   .bar          a row of buttons, at the top of the window while one scrolls; not printed
 *   .hidden       not shown, but read aloud by screen readers
 *   .screen       not printed */
#ifndef PAGE_STYLE_H
#define PAGE_STYLE_H

extern const char *const style_css[]; /* pieces of one text, a NULL behind the last */

#endif
