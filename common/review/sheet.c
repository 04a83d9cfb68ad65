#include "review/sheet.h"

#include "hash/lookup.h"
#include "review/csv.h"
#include "review/hex.h"
#include "review/sample.h"

void sheet_draw(struct sheet *sheet, const struct duels *duels, size_t wanted, uint64_t seed)
{
    struct sample_record *records = mem_zero(duels->count, sizeof *records);
    struct lookup strata = {0};

    *sheet = (struct sheet){.duels = duels, .blind = blind_of(seed)};
    sheet->picks = mem_zero(wanted, sizeof *sheet->picks);
    for (size_t i = 0; i < duels->count; i++) {
        const struct blind_lot lot = blind_lot(&sheet->blind, duels->items[i].key);
        const struct text category = duels->items[i].category;
        const size_t *known = lookup_add(&strata, category.at ? category : TEXT(""), strata.count);

        records[i] = (struct sample_record){
            .stratum = known ? *known : strata.count - 1, .luck = lot.luck, .place = lot.place};
    }
    sheet->count = sample_draw(records, duels->count, wanted, sheet->picks);
    lookup_release(&strata);
    mem_free(records);
}

void sheet_release(struct sheet *sheet)
{
    mem_free(sheet->picks);
    *sheet = (struct sheet){0};
}

size_t sheet_duel(const struct sheet *sheet, size_t row, bool *now_first)
{
    const struct duels *duels = sheet->duels;
    struct buffer now = {0}, baseline = {0};
    const size_t i = sheet->picks[row];

    *now_first = blind_now_first(&sheet->blind, duels->items[i].key, duels_now(duels, i, &now),
                                 duels_baseline(duels, i, &baseline));
    buffer_release(&now);
    buffer_release(&baseline);
    return i;
}

void sheet_key(const struct sheet *sheet, size_t row, struct buffer *key)
{
    struct buffer scratch = {0};
    bool now_first;
    const size_t i = sheet_duel(sheet, row, &now_first);
    uint64_t now = blind_text(&sheet->blind, duels_now(sheet->duels, i, &scratch)), baseline;

    scratch.len = 0;
    baseline = blind_text(&sheet->blind, duels_baseline(sheet->duels, i, &scratch));
    buffer_format(key, "%llu-", (unsigned long long)sheet->blind.seed);
    hex_write(key, now_first ? now : baseline);
    buffer_byte(key, '-');
    hex_write(key, now_first ? baseline : now);
    buffer_release(&scratch);
}

static void add_cell(struct buffer *table, struct buffer *cell, char behind)
{
    csv_add(table, (struct text){cell->at, cell->len});
    buffer_byte(table, behind);
    cell->len = 0;
}

static void add_text(struct buffer *table, struct text text, struct buffer *scratch)
{
    csv_add(table, text);
    buffer_byte(table, ',');
    scratch->len = 0;
}

void sheet_table(const struct sheet *sheet, struct buffer *table)
{
    const struct duels *duels = sheet->duels;
    struct buffer cell = {0};

    buffer_text(table, "id,prompt,answer 1,answer 2,choice,note,key\r\n");
    for (size_t row = 0; row < sheet->count; row++) {
        bool now_first;
        const size_t i = sheet_duel(sheet, row, &now_first);

        duels_name(duels, i, &cell);
        add_cell(table, &cell, ',');
        add_text(table, duels_prompt(duels, i, &cell), &cell);
        for (int side = 0; side < 2; side++) {
            const bool now = now_first == (side == 0);

            add_text(table, now ? duels_now(duels, i, &cell) : duels_baseline(duels, i, &cell),
                     &cell);
        }
        buffer_text(table, ",,");
        sheet_key(sheet, row, &cell);
        add_cell(table, &cell, '\r');
        buffer_byte(table, '\n');
    }
    buffer_release(&cell);
}
