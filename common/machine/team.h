/* Threads that wait for work and share it: one call cuts a job into numbered pieces and returns
 * when all are done. Who does which piece is chance, so a piece must write what no other one writes
 * and must not depend on the thread; then the number of threads changes nothing in the result. */
#ifndef MACHINE_TEAM_H
#define MACHINE_TEAM_H

#include <stddef.h>

struct team;

/* The caller is one of the threads; those that the system refuses are done without. */
struct team *team_start(size_t threads);
void team_stop(struct team *team); /* NULL is allowed */

size_t team_size(const struct team *team);

/* Calls work for each piece below count, in about this order. Not from within a piece. thread is
 * below team_size: no two pieces run under the same one at once. */
void team_run(struct team *team, size_t count,
              void (*work)(void *context, size_t piece, size_t thread), void *context);

/* At least so many bytes, aligned to 64, of that thread alone, to be used within a piece; what
 * stood there before is lost when more is asked for. */
void *team_scratch(struct team *team, size_t thread, size_t bytes);

#endif
