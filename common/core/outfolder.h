/* A folder that appears whole under its name, or not at all.
 *
 *     outfolder_begin(&folder, "run/checkpoint-20", &err)
 *     ... files are written into folder.temporary ...
 *     outfolder_commit(&folder, &err)      or outfolder_abandon(&folder)
 *
 * The files go into 'run/.checkpoint-20.PID-N.tmp'. A commit syncs each of them and the folder,
 * renames it and syncs what it stands in. Where the name is taken, both change places in one step,
 * so that there is a whole one at every moment, and then the old one is removed. On file systems
 * that cannot do this (NFS) the old one becomes '.checkpoint-20.PID-N.old' first: killed between
 * the two renames, a program leaves no folder of the name, but the next sweep brings the old one
 * back.
 *
 * What a killed program left is removed by the next sweep, which belongs behind the lock that keeps
 * others from writing there (core/lock). */
#ifndef CORE_OUTFOLDER_H
#define CORE_OUTFOLDER_H

#include "core/err.h"

struct outfolder {
    const char *path; /* borrowed */
    const char *name; /* within path */
    char *temporary;  /* the path to write into until the commit */
    int parent;
};

/* Makes a folder and those above it where there is none. */
bool outfolder_make(const char *path, struct err *err);

bool outfolder_begin(struct outfolder *folder, const char *path, struct err *err);

/* Ends the folder in any case. After a failure nothing of it is left, and the old one is there;
 * when only the last sync failed, the new one is there, and the old one under the temporary
 * name. */
bool outfolder_commit(struct outfolder *folder, struct err *err);
void outfolder_abandon(struct outfolder *folder);

/* Removes a folder with all that is in it: it loses its name first, so that it is never there in
 * part. */
bool outfolder_remove(const char *path, struct err *err);

/* Removes what programs that were killed left in a folder: folders that were not committed or not
 * wholly removed, and files of core/outfile unless the process that made them may still live. */
bool outfolder_sweep(const char *path, struct err *err);

#endif
