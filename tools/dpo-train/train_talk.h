/* What dpo-train says: the plan, how far it is, what it measured, what came of it. */
#ifndef TOOLS_TRAIN_TALK_H
#define TOOLS_TRAIN_TALK_H

#include "train/session.h"

/* For the session: filled by train_talk_init. From then on SIGINT, SIGTERM and SIGUSR1 stop the run
 * after its update; another one, a second later or more, ends the program at once. */
void train_talk_init(struct session *session);

void train_talk_sets(const struct session *session); /* after session_load */
void train_talk_plan(const struct session *session); /* after session_plan, with its traps */
void train_talk_start(const struct session *session);

/* Tokens a second of updates, and of the reference. */
void train_talk_trial(const struct session *session, double rate, double reference_rate);

void train_talk_early(void); /* stopped before there was anything to keep */
void train_talk_end(const struct session *session, enum train_end end);

#endif
