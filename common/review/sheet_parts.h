/* What a sheet's page has of its own: the look of its parts, and the script that takes choices. */
#ifndef REVIEW_SHEET_PARTS_H
#define REVIEW_SHEET_PARTS_H

extern const char sheet_css[];
extern const char sheet_script[];

#endif
