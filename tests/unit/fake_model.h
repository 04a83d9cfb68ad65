/* Folders of models with all weights that the table asks for, which are holes in their files: of
 * any size, and without a byte on the disk. */
#ifndef TESTS_UNIT_FAKE_MODEL_H
#define TESTS_UNIT_FAKE_MODEL_H

struct fake_model {
    const char *config;    /* the text of config.json */
    const char *from, *to; /* replaced in the header of the weights, of one length; or NULL */
    const char *extra;     /* an empty tensor of this name, too; or NULL */
    int shards;            /* 0: model.safetensors */
};

/* Writes NAME/config.json and NAME/model.safetensors or shards with an index; returns the
 * folder. */
const char *fake_model(const char *name, const struct fake_model *fake);

#endif
