#include "unit/states.h"

#include "core/memory.h"

json_t *state_reread(json_t *state)
{
    char *text = json_dumps(state, JSON_REAL_PRECISION(17) | JSON_SORT_KEYS);
    json_t *back = json_loads(text, JSON_REJECT_DUPLICATES, NULL);

    mem_free(text);
    json_decref(state);
    return back;
}

json_t *state_with(json_t *state, const char *member, const char *value)
{
    if (value)
        json_object_set_new(state, member, json_loads(value, JSON_DECODE_ANY, NULL));
    else
        json_object_del(state, member);
    return state;
}
