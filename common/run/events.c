#include "run/events.h"

#include "hash/crc32c.h"
#include "run/protobuf.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PREFIX "events.out.tfevents."

/* Fields of TensorFlow's messages that we write, and values of its enums. */
enum { EVENT_TIME = 1, EVENT_STEP, EVENT_VERSION, EVENT_SUMMARY = 5, EVENT_SESSION = 7 };
enum { SESSION_STATUS = 1, SESSION_START = 1 };
enum { SUMMARY_VALUE = 1 };
enum { VALUE_TAG = 1, VALUE_NUMBER, VALUE_TENSOR = 8, VALUE_METADATA };
enum { METADATA_PLUGIN = 1, PLUGIN_NAME = 1 };
enum { TENSOR_TYPE = 1, TENSOR_SHAPE, TENSOR_TEXTS = 8, TYPE_TEXT = 7 };
enum { SHAPE_AXIS = 2, AXIS_SIZE = 1 };

/* A message as a field of the one that holds it; inner is empty then. */
static void wrap(struct buffer *outer, unsigned field, struct buffer *inner)
{
    protobuf_bytes(outer, field, (struct text){inner->at, inner->len});
    inner->len = 0;
}

/* The seconds for the name of a new file: now, or later than all that stand there. */
static long long seconds_after(DIR *folder)
{
    long long seconds = (long long)time(NULL);
    const struct dirent *entry;

    while ((entry = readdir(folder))) {
        long long there;

        if (strncmp(entry->d_name, PREFIX, sizeof PREFIX - 1) != 0) continue;
        there = strtoll(entry->d_name + sizeof PREFIX - 1, NULL, 10);
        if (there >= seconds && there < 9999999999) seconds = there + 1;
    }
    return seconds;
}

/* Ten digits, so that names sort as numbers do. */
static char *new_path(const char *folder, long long seconds)
{
    struct buffer path = {0};
    char host[256] = "";

    gethostname(host, sizeof host - 1);
    for (char *at = host; *at; at++)
        if (*at == '/') *at = '_';
    buffer_format(&path, "%s/" PREFIX "%010lld.%s.%ld.0", folder, seconds,
                  *host ? host : "localhost", (long)getpid());
    buffer_byte(&path, '\0');
    return path.at;
}

static void begin_event(struct events *events)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    events->event.len = 0;
    protobuf_double(&events->event, EVENT_TIME, (double)now.tv_sec + (double)now.tv_nsec * 1e-9);
}

/* A checksum of data that holds checksums says little, so the format masks them. */
static void add_checksum(struct buffer *record, const void *data, size_t len)
{
    uint32_t crc = crc32c(data, len);

    crc = htole32((crc >> 15 | crc << 17) + 0xa282ead8);
    buffer_add(record, &crc, sizeof crc);
}

static bool write_event(struct events *events, struct err *err)
{
    struct buffer *record = &events->record;
    uint64_t len = htole64(events->event.len);

    record->len = 0;
    buffer_add(record, &len, sizeof len);
    add_checksum(record, &len, sizeof len);
    buffer_add(record, events->event.at, events->event.len);
    add_checksum(record, events->event.at, events->event.len);
    return journal_add(&events->file, record->at, record->len, err);
}

bool events_open(struct events *events, const char *folder, uint64_t first_step, struct err *err)
{
    DIR *there = opendir(folder);
    char *path;
    bool good;

    *events = (struct events){.file.fd = -1};
    if (!there) return err_errno(err, "%s: cannot open", folder);
    path = new_path(folder, seconds_after(there));
    closedir(there);
    good = journal_open(&events->file, path, true, err);
    mem_free(path);
    if (!good) return false;
    begin_event(events);
    protobuf_bytes(&events->event, EVENT_VERSION, TEXT("brain.Event:2"));
    return write_event(events, err) && events_restart(events, first_step, err);
}

bool events_restart(struct events *events, uint64_t step, struct err *err)
{
    struct buffer session = {0};

    begin_event(events);
    protobuf_whole(&events->event, EVENT_STEP, step);
    protobuf_whole(&session, SESSION_STATUS, SESSION_START);
    wrap(&events->event, EVENT_SESSION, &session);
    buffer_release(&session);
    return write_event(events, err);
}

/* transformers' tag for a name. */
static void add_tag(struct buffer *value, const char *name)
{
    bool eval = strncmp(name, "eval_", 5) == 0, test = strncmp(name, "test_", 5) == 0;
    struct buffer tag = {0};

    buffer_text(&tag, eval ? "eval/" : test ? "test/" : "train/");
    buffer_text(&tag, eval || test ? name + 5 : name);
    wrap(value, VALUE_TAG, &tag);
    buffer_release(&tag);
}

bool events_add(struct events *events, const struct figures *entry, struct err *err)
{
    const struct figure *step = figures_find(entry, "step");
    struct buffer summary = {0}, value = {0};
    bool nothing;

    for (size_t i = 0; i < entry->count; i++) {
        const struct figure *figure = &entry->items[i];

        if (figure->kind == FIGURE_TEXT || figure == step) continue;
        add_tag(&value, figure->name);
        protobuf_float(&value, VALUE_NUMBER, (float)figure->number);
        wrap(&summary, SUMMARY_VALUE, &value);
    }
    nothing = !summary.len;
    begin_event(events);
    if (step) protobuf_whole(&events->event, EVENT_STEP, step->whole);
    wrap(&events->event, EVENT_SUMMARY, &summary);
    buffer_release(&summary);
    buffer_release(&value);
    return nothing || write_event(events, err);
}

/* A tensor of shape [1] that holds one text. */
static void add_text_tensor(struct buffer *value, struct text text)
{
    struct buffer tensor = {0}, shape = {0}, axis = {0};

    protobuf_whole(&axis, AXIS_SIZE, 1);
    wrap(&shape, SHAPE_AXIS, &axis);
    protobuf_whole(&tensor, TENSOR_TYPE, TYPE_TEXT);
    wrap(&tensor, TENSOR_SHAPE, &shape);
    protobuf_bytes(&tensor, TENSOR_TEXTS, text);
    wrap(value, VALUE_TENSOR, &tensor);
    buffer_release(&tensor);
    buffer_release(&shape);
    buffer_release(&axis);
}

bool events_text(struct events *events, const char *name, const char *text, uint64_t step,
                 struct err *err)
{
    struct buffer summary = {0}, value = {0}, metadata = {0}, plugin = {0};

    buffer_format(&plugin, "%s/text_summary", name);
    wrap(&value, VALUE_TAG, &plugin);
    add_text_tensor(&value, text_of(text));
    protobuf_bytes(&plugin, PLUGIN_NAME, TEXT("text"));
    wrap(&metadata, METADATA_PLUGIN, &plugin);
    wrap(&value, VALUE_METADATA, &metadata);
    wrap(&summary, SUMMARY_VALUE, &value);
    begin_event(events);
    protobuf_whole(&events->event, EVENT_STEP, step);
    wrap(&events->event, EVENT_SUMMARY, &summary);
    buffer_release(&summary);
    buffer_release(&value);
    buffer_release(&metadata);
    buffer_release(&plugin);
    return write_event(events, err);
}

void events_close(struct events *events)
{
    journal_close(&events->file);
    buffer_release(&events->event);
    buffer_release(&events->record);
}
