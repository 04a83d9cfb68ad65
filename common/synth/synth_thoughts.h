/* The Thought line of an agent that is about to act. */
#ifndef SYNTH_SYNTH_THOUGHTS_H
#define SYNTH_SYNTH_THOUGHTS_H

#include "synth/synth_slots.h"
#include "synth/synth_templates.h"

/* Appends 'Thought: ...', without a newline, in one of many wordings. */
void thought_add(struct slots *slots, const struct synth_template *row, enum synth_tool tool,
                 struct buffer *out);

/* A thought that leads to no action. */
void thought_add_hollow(struct slots *slots, struct buffer *out);

/* One of several texts, drawn evenly. */
const char *draw_text(struct random *random, const char *const *texts, size_t count);
#define DRAW_TEXT(random, texts) draw_text((random), (texts), sizeof(texts) / sizeof *(texts))

#endif
