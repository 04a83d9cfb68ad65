#include "review_scene.h"

#include "files.h"

bool review_scene_open(struct review_scene *scene, size_t count, size_t bytes, const char *filler,
                       struct err *err)
{
    struct buffer text = {0};
    bool good;

    for (size_t i = 0; i < count; i++) {
        buffer_format(&text,
                      "{\"id\":\"r%zu\",\"prompt\":\"why %zu?\",\"groups\":{\"category\":\"c%zu\"}",
                      i, i, i % 3);
        for (int side = 0; side < 2; side++) {
            buffer_format(&text, ",\"%s\":\"%s %zu ", side ? "reference" : "generated",
                          side ? "old" : "new", i);
            for (size_t b = 0; b < bytes; b++) buffer_text(&text, filler);
            buffer_byte(&text, '"');
        }
        buffer_text(&text, "}\n");
    }
    buffer_text(&text, END);
    buffer_byte(&text, '\0');
    good = results_open(&scene->now, files_text("now.jsonl", text.at), err) &&
           duels_find(&scene->duels, &scene->now, NULL, err);
    buffer_release(&text);
    return good;
}

void review_scene_close(struct review_scene *scene)
{
    duels_release(&scene->duels);
    results_close(&scene->now);
}

void review_scene_fill(const struct sheet *sheet, bool likes_now, bool keys, struct buffer *filled)
{
    struct buffer scratch = {0};

    buffer_text(filled, keys ? "id,choice,note,key\n" : "id,choice\n");
    for (size_t row = 0; row < sheet->count; row++) {
        bool now_first;
        const size_t i = sheet_duel(sheet, row, &now_first);

        duels_name(sheet->duels, i, filled);
        buffer_format(filled, ",%s", row % 5 == 4 ? "tie" : likes_now == now_first ? "1" : "2");
        scratch.len = 0;
        sheet_key(sheet, row, &scratch);
        if (keys) buffer_format(filled, ",\"so, so\",%.*s", (int)scratch.len, scratch.at);
        buffer_byte(filled, '\n');
    }
    buffer_release(&scratch);
}
