/* SPDX-License-Identifier: ISC */
/* struct walk: the files below paths, in one order on every machine, without opening any. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "parsers/message/source.h"

enum { WALK_DEPTH = 200 };

/* One directory being read: its names sorted by bytes. */
struct level {
	char *path;
	char **name;
	size_t count, at;
};

struct walk {
	const char *const *path;
	size_t count, at;
	bool recurse;
	struct level level[WALK_DEPTH];
	size_t depth;
	char *last; /* the path given out last */
};

struct walk *walk_open(const char *const *paths, size_t count, const struct source_options *options)
{
	struct walk *w = calloc(1, sizeof *w);

	if (!w)
		abort();
	w->path = paths;
	w->count = count;
	w->recurse = options && options->recurse;
	return w;
}

static void level_release(struct level *level)
{
	for (size_t i = 0; i < level->count; i++)
		free(level->name[i]);
	free(level->name);
	free(level->path);
	*level = (struct level){ 0 };
}

void walk_free(struct walk *w)
{
	if (!w)
		return;
	while (w->depth)
		level_release(&w->level[--w->depth]);
	free(w->last);
	free(w);
}

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Reads the names of PATH, which becomes the level's. 0 or -1 with errno. */
static int level_read(struct level *level, char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	size_t room = 0;

	*level = (struct level){ .path = path };
	if (!dir)
		return -1;
	while ((entry = readdir(dir)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (level->count == room) {
			room = room ? room * 2 : 64;
			level->name = realloc(level->name, room * sizeof *level->name);
			if (!level->name)
				abort();
		}
		level->name[level->count] = strdup(entry->d_name);
		if (!level->name[level->count++])
			abort();
	}
	closedir(dir);
	if (level->count)
		qsort(level->name, level->count, sizeof *level->name, by_bytes);
	return 0;
}

static char *join(const char *path, const char *name)
{
	size_t path_len = strlen(path), name_len = strlen(name);
	char *text = malloc(path_len + name_len + 2);

	if (!text)
		abort();
	memcpy(text, path, path_len);
	if (path_len && path[path_len - 1] != '/')
		text[path_len++] = '/';
	memcpy(text + path_len, name, name_len + 1);
	return text;
}

/* Takes the next path; *RET_TOP where it was named on the call. NULL at the end. On the heap. */
static char *next_path(struct walk *w, bool *ret_top)
{
	while (w->depth) {
		struct level *level = &w->level[w->depth - 1];

		if (level->at < level->count) {
			*ret_top = false;
			return join(level->path, level->name[level->at++]);
		}
		level_release(level);
		w->depth--;
	}
	if (w->at == w->count)
		return NULL;
	*ret_top = true;
	return strdup(w->path[w->at++]);
}

/* A Maildir's tmp/ holds what is still being delivered (its siblings are cur/ and new/). */
static bool is_maildir_tmp(const char *path)
{
	struct span s = span_of(path);
	char *sibling;
	struct stat st;
	bool yes = false;

	if (s.len < 4 || !span_is(span_skip(s, s.len - 4), "/tmp"))
		return false;
	sibling = strdup(path);
	if (sibling) {
		memcpy(sibling + s.len - 3, "cur", 3);
		yes = stat(sibling, &st) == 0 && S_ISDIR(st.st_mode);
		free(sibling);
	}
	return yes;
}

static int give(struct walk *w, char *path, const struct stat *st, struct walk_file *ret)
{
	free(w->last);
	w->last = path;
	*ret = (struct walk_file){ .path = path };
	if (st)
		*ret = (struct walk_file){ path, S_ISREG(st->st_mode) ? (uint64_t)st->st_size : 0,
			(int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec };
	return st ? 1 : -1;
}

/* Goes down into PATH, which it takes. 0 or -1 with *RETERR. */
static int enter(struct walk *w, char *path, struct walk_file *ret, struct error *reterr)
{
	if (w->depth == WALK_DEPTH) {
		error_set(reterr, ERROR_LIMIT, "more than %d directories deep", WALK_DEPTH);
		return give(w, path, NULL, ret);
	}
	if (level_read(&w->level[w->depth], path) == 0) {
		w->depth++;
		return 0;
	}
	error_errno(reterr, "cannot read directory '%s'", path);
	w->level[w->depth] = (struct level){ 0 };
	return give(w, path, NULL, ret);
}

int walk_next(struct walk *w, struct walk_file *ret, struct error *reterr)
{
	char *path;
	bool top;

	while ((path = next_path(w, &top)) != NULL) {
		static const struct stat nothing = { .st_mode = S_IFIFO };
		struct stat st;

		if (top && strcmp(path, "-") == 0)
			return give(w, path, &nothing, ret);
		if ((top ? stat(path, &st) : lstat(path, &st)) != 0) {
			error_errno(reterr, "cannot open '%s'", path);
			return give(w, path, NULL, ret);
		}
		if (S_ISDIR(st.st_mode) && (w->recurse || !top) && !(!top && is_maildir_tmp(path))) {
			int rc = enter(w, path, ret, reterr);

			if (rc)
				return rc;
			continue;
		}
		/* Below a path named on the call only regular files count: no link, device, socket or pipe. */
		if (top || S_ISREG(st.st_mode))
			return give(w, path, &st, ret);
		free(path);
	}
	return 0;
}
