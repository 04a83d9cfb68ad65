/* Importance matrices: what is taken has names and finite values, each of which is found; what is
 * refused has a line that names the file. */
#include "pack/imatrix.h"
#include "fuzz/fuzz.h"

#include <math.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char name[] = "fuzz.dat";
    const struct mapped mapped = {size ? data : NULL, size, name};
    struct imatrix matrix;
    struct err err = {""};

    if (!imatrix_parse(&matrix, &mapped, &err)) {
        demand(strncmp(err.text, "fuzz.dat: ", 10) == 0);
        demand(!matrix.entries);
        return 0;
    }
    demand(matrix.count > 0);
    for (size_t i = 0; i < matrix.count; i++) {
        const struct imatrix_entry *entry = &matrix.entries[i];
        const float *values;

        demand(entry->name.len > 0 && entry->count > 0);
        demand(imatrix_find(&matrix, entry->name, entry->count, &values, &err) == 1);
        demand(values == entry->values);
        demand(imatrix_find(&matrix, entry->name, entry->count + 1, &values, &err) <= 0);
        for (size_t j = 0; j < entry->count; j++) demand(isfinite(entry->values[j]));
    }
    imatrix_release(&matrix);
    return 0;
}
