/* How far a string goes on with nothing to look at: the first '"', backslash, control byte or
 * byte of a longer UTF-8 sequence in [at, end), or end. */
#ifndef RECORDS_SCAN_RUN_H
#define RECORDS_SCAN_RUN_H

typedef const char *scan_run_kernel(const char *at, const char *end);

extern scan_run_kernel *scan_run; /* the fastest this processor has */

scan_run_kernel scan_run_portable;
scan_run_kernel *scan_run_x86(void); /* NULL where there is none */

#endif
