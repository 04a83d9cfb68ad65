/* What the answers of a test are worth: each is judged, and the record marked.
 *
 *     answer_accuracy          the share of a record's answers that are right: of its one answer,
 *                              or of its draws where there are any
 *     quiz_accuracy            the same of a quiz's closed questions; of an open one the share of
 *                              its key concepts that the answer names, or else its similarity;
 *                              with a command what that says, of both
 *     consistency              draws: the share of the commonest answer; a text without one is its
 *                              own
 *     consistency_paraphrases  likewise of the answers to the prompt and to its paraphrases
 *     agreement                is the answer, or the commonest of the draws, the debate's verdict?
 *     json_validity ...        judge/format.h
 *     voice, voice/GROUP,      judge/voice.h
 *     voice_negative
 *     similarity               chrF with 'reference_answer'
 *     repetition               the share of the runs of four words that were there before
 *     length/words, /tokens    of the answer
 *
 * A command takes the place of our judges: each draw, or else the one answer, has its verdict from
 * 0 to 1, with or without a key, and answer_accuracy, quiz_accuracy, agreement or voice are their
 * means. What is the commonest of some answers is for our judges to say. */
#ifndef EVAL_JUDGING_H
#define EVAL_JUDGING_H

#include "eval/answers.h"
#include "eval/marks.h"
#include "judge/format.h"
#include "judge/voice.h"

struct judging {
    /* Set before; borrowed. */
    struct questions *questions;
    const struct answers *answers;
    bool answer, quiz, format, agreement; /* what is wanted, beside what the rounds tell */
    enum judge_kind kind;
    const char *command;       /* a judge in the place of kind; or NULL */
    bool voiced;               /* it judges the voice, and nothing else */
    double seconds;            /* that it may be silent */
    const struct voice *voice; /* or NULL */
    struct text tools[32];     /* of the agent; none: any */
    size_t tool_count;

    uint64_t faults[FORMAT_FAULTS]; /* answers by what is wrong with them first */
    uint64_t judged;                /* records with an answer_accuracy */
};

/* Marks the answers of one round and its draws, ROUND_ANSWERS or ROUND_REFERENCE. */
bool judging_mark(struct judging *judging, enum round round, struct marks *marks, struct err *err);

#endif
