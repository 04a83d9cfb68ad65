/* Where a step's time goes. The linker puts these functions before those of the decoder and the ops
 * that are named in the Makefile (--wrap), so that the library measured is the one that is shipped.
 * Time inside a part that another one calls counts for the inner one, but the head is one whole. */
#ifndef BENCH_PARTS_H
#define BENCH_PARTS_H

enum part {
    PART_OTHER, /* copies and clears between the others, above all */
    PART_LINEAR_FORWARD,
    PART_LINEAR_BACKWARD,
    PART_ATTENTION_FORWARD,
    PART_ATTENTION_BACKWARD,
    PART_HEAD_FORWARD,
    PART_HEAD_BACKWARD,
    PART_LORA_FORWARD,
    PART_LORA_BACKWARD,
    PART_ROWS,   /* norms, swiglu, rope, biases, embedding */
    PART_NARROW, /* rounding to bf16 */
    PARTS
};

extern const char *const part_names[PARTS];

void parts_start(void);             /* from now on, from zero */
void parts_stop(double out[PARTS]); /* seconds of each */

#endif
