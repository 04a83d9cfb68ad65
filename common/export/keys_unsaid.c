#include "export/keys.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

enum { SENTENCE = 256 };

/* Layers that see less than the longest text has. */
static uint32_t sliding(const struct config *config)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < config->layers && config->window < config->positions; i++)
        count += config->slides[i];
    return count;
}

bool keys_say_window(const struct config *config)
{
    return family_info(config->family)->interleaved && sliding(config) == config->layers;
}

static void window_unsaid(const struct config *config, void (*warn)(const char *sentence))
{
    char sentence[SENTENCE];

    if (sliding(config) == 0) return;
    snprintf(sentence, sizeof sentence,
             "%" PRIu32 " of %" PRIu32 " layers see %" PRIu32 " tokens: llama.cpp computes full "
             "attention, beyond %" PRIu32 " tokens something else%s",
             sliding(config), config->layers, config->window, config->window,
             keys_say_window(config) ? "" : ", and the file cannot say it");
    warn(sentence);
}

static void amplitude_unsaid(const struct rope *rope, void (*warn)(const char *sentence))
{
    const double taken = 0.1 * log(rope->factor) + 1;
    char sentence[SENTENCE];

    if (rope->kind != ROPE_YARN || fabs(rope->amplitude - taken) <= 1e-6 * taken) return;
    snprintf(sentence, sizeof sentence,
             "yarn's attention factor is %.6g: llama.cpp does not read it and computes with %.6g",
             rope->amplitude, taken);
    warn(sentence);
}

void keys_unsaid(const struct config *config, void (*warn)(const char *sentence))
{
    window_unsaid(config, warn);
    amplitude_unsaid(&config->rope, warn);
}
