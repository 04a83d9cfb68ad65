/* The cache in which the tools of the hub keep what they fetched:
 *
 *     CACHE/models--ORGANISATION--NAME/refs/REVISION         the commit, 40 hexadecimal digits
 *     CACHE/models--ORGANISATION--NAME/snapshots/COMMIT/     the files, as links into ../../blobs
 *
 * CACHE is HF_HUB_CACHE, else HUGGINGFACE_HUB_CACHE, else HF_HOME/hub, else
 * XDG_CACHE_HOME/huggingface/hub, else ~/.cache/huggingface/hub. */
#ifndef PLACE_HUB_H
#define PLACE_HUB_H

#include "core/err.h"

/* Finds the folder of '[ORGANISATION/]NAME[@REVISION]'; the revision is 'main', unless given, and
 * may be a commit. The caller frees path. */
bool hub_find(const char *name, char **path, struct err *err);

/* The folder of '[ORGANISATION/]NAME' in the cache, there or not; the caller frees path. */
bool hub_repository(const char *name, char **path, struct err *err);

bool hub_is_name(const char *text); /* can it be one of the hub? */
bool hub_is_revision(const char *text);
bool hub_is_commit(const char *text);

/* The cache's folder, or NULL where the environment names none; the caller frees it. */
char *hub_cache(void);

#endif
