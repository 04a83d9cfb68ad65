/* Where Ollama listens. */
#ifndef DEPLOY_HOST_H
#define DEPLOY_HOST_H

#include "core/memory.h"

/* Adds the address, 'http://127.0.0.1:11434' with a path behind it where text has one, that
 * Ollama's own client makes of OLLAMA_HOST. Any text means something, NULL is none. Terminated. */
void host_url(struct buffer *url, const char *text);

#endif
