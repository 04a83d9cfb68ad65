/* Results with two answers to each prompt, for tests of reviews. */
#ifndef TESTS_UNIT_REVIEW_SCENE_H
#define TESTS_UNIT_REVIEW_SCENE_H

#include "review/duels.h"
#include "review/sheet.h"

#define END "{\"metrics\":{}}\n"

struct review_scene {
    struct results now;
    struct duels duels;
};

/* count records r0, r1, ... of three categories. The new answer to record i is 'new i ', the old
 * one 'old i ', and bytes times filler behind it, in JSON's spelling. */
bool review_scene_open(struct review_scene *scene, size_t count, size_t bytes, const char *filler,
                       struct err *err);
void review_scene_close(struct review_scene *scene);

/* Fills in a table as a person does who always likes the new answers, or the old ones; every fifth
 * is a tie. */
void review_scene_fill(const struct sheet *sheet, bool likes_now, bool keys, struct buffer *filled);

#endif
