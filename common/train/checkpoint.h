/* Checkpoints: all that a run needs to go on with the same bits, in a folder that is there whole or
 * not at all (core/outfolder).
 *
 *     RUN/checkpoint-N/
 *         adapter_model.safetensors   the parameters; with all weights trained model.safetensors
 *         optimizer.safetensors       'NAME.exp_avg', 'NAME.exp_avg_sq' of each parameter, floats;
 *                                     its dictionary says in 'step' how many updates AdamW made
 *         resume.json                 what the objects of the run saved, by name
 *         ...                         adapter_config.json, trainer_state.json, of a whole model its
 *                                     config and tokenizer, by the caller */
#ifndef TRAIN_CHECKPOINT_H
#define TRAIN_CHECKPOINT_H

#include "adapter/parameters.h"
#include "core/err.h"

#include <jansson.h>

/* What is written, and where to what is read goes. All is borrowed. */
struct checkpoint {
    const char *run;     /* the folder of the run */
    const char *weights; /* the file of the parameters */
    struct parameters *parameters;
    float *m, *v;     /* AdamW's averages, laid out like the parameters */
    uint64_t updates; /* that AdamW made */

    /* Writes the file of the parameters and all others but ours into a folder. */
    bool (*write)(const void *context, const char *folder, struct err *err);
    const void *context;
};

/* Writes RUN/checkpoint-N; one of this name is replaced. The same values give the same bytes. */
bool checkpoint_write(const struct checkpoint *checkpoint, uint64_t number, const json_t *resume,
                      struct err *err);

/* Fills the parameters, the averages and the number of updates, and returns what resume.json holds,
 * an object for the caller to release; NULL after a failure, which may leave numbers of both. */
json_t *checkpoint_read(struct checkpoint *checkpoint, uint64_t number, struct err *err);

/* resume.json alone, of a checkpoint's folder or of that of a run that is over (trainer.h). What is
 * read is an object for the caller to release; NULL after a failure. */
bool checkpoint_write_resume(const json_t *resume, const char *folder, struct err *err);
json_t *checkpoint_read_resume(const char *folder, struct err *err);

/* The parameters alone. */
bool checkpoint_read_weights(const struct checkpoint *checkpoint, uint64_t number, struct err *err);

/* RUN/checkpoint-N, for the caller to free. */
char *checkpoint_path(const char *run, uint64_t number);

/* Are the options, texts by name, those of a run before? The error lists what differs:
 * 'made with other options: --beta 0.1, now 0.2; --seed not given, now 7'. */
bool checkpoint_compare(const json_t *then, const json_t *now, struct err *err);

#endif
