/* Is the answer that a text gives the right one?
 *
 * A text is read as people answer: the answer in its first sentence, or behind words that announce
 * it ('The answer is ...', 'Answer: ...', '#### ...', '\boxed{...}'; the last of them counts).
 *
 *   exact     the announced answer, or else the whole text, is the key in normal form, as
 *             judge/words.h has it
 *   contains  the key stands in the text as whole words and not behind a negation. Where the
 *             question names sides ('Lock or float?', 'yes or no'), the first side stated decides.
 *   number    the announced number; else the one behind the last '=' of the first sentence with a
 *             number, or that sentence's first (a text that begins by working it out, 'To find
 *             ...', 'Let us ...': the last of all). Right within the tolerance.
 *   choice    a letter, or an option's words; 'A or B' is no answer
 *   json      the first JSON object of the text has the key's members and values
 *   auto      by the key: an object, a choice where there are options or it is one letter or true
 *             or false, a number, else contains
 *
 * Any bytes are a text. What a function needs besides its arguments lies in the desk. */
#ifndef JUDGE_ANSWER_H
#define JUDGE_ANSWER_H

#include "judge/words.h"
#include "records/scan.h"

enum judge_kind { JUDGE_AUTO, JUDGE_EXACT, JUDGE_CONTAINS, JUDGE_NUMBER, JUDGE_CHOICE, JUDGE_JSON };

/* What is known about the right answer; all but the answer may be empty. Votes on texts without a
 * right answer leave that empty, too. */
struct judge_key {
    struct text answer;
    const struct text *options; /* with or without 'A) ' before them */
    size_t option_count;
    struct text question; /* read for its sides, its numbers and the scales that it names */
    /* Of a number, relative to the key; else what rounds to the key and is at most 0.5 % off. */
    double tolerance;
    bool has_tolerance;
};

/* Working space of one thread; all zero is an empty one. */
struct judge_desk {
    struct words text, key, side;
    struct scan scan, other;
    struct buffer scratch, pairs;
};

bool judge_kind_parse(struct text name, enum judge_kind *kind); /* 'exact' ... */

bool judge_verdict(enum judge_kind kind, const struct judge_key *key, struct text generated,
                   struct judge_desk *desk);

/* Appends the short answer that the text gives, in normal form; false, and nothing, where it gives
 * none. */
bool judge_extract(enum judge_kind kind, const struct judge_key *key, struct text generated,
                   struct judge_desk *desk, struct buffer *out);

/* Appends what the text votes for where each text has a vote: its short answer, or else, behind a
 * quote so that it is no such answer's, the whole in normal form. */
void judge_ballot(enum judge_kind kind, const struct judge_key *key, struct text generated,
                  struct judge_desk *desk, struct buffer *out);
void judge_desk_release(struct judge_desk *desk);

#endif
