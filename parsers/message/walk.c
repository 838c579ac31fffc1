/* SPDX-License-Identifier: ISC */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "parsers/base/buffer.h"
#include "parsers/message/source.h"

enum { WALK_DEPTH = 512 };

/* A directory that is being gone through: its names, sorted. */
struct level {
	char **name;
	size_t count, room, next;
	size_t path_len; /* of the directory in walk.path */
};

struct walk {
	const char *const *argument;
	size_t argument_count, next_argument;
	bool recurse;
	struct buffer path;
	struct level level[WALK_DEPTH];
	size_t depth;
};

struct walk *walk_open(const char *const *paths, size_t count, const struct source_options *options)
{
	struct walk *w = calloc(1, sizeof *w);

	if (!w)
		abort();
	w->argument = paths;
	w->argument_count = count;
	w->recurse = options && options->recurse;
	return w;
}

static void leave(struct walk *w)
{
	struct level *level = &w->level[--w->depth];

	for (size_t i = 0; i < level->count; i++)
		free(level->name[i]);
	free(level->name);
	*level = (struct level){0};
}

void walk_free(struct walk *w)
{
	if (!w)
		return;
	while (w->depth)
		leave(w);
	buffer_release(&w->path);
	free(w);
}

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool has_name(const struct level *level, const char *name)
{
	return bsearch(&name, level->name, level->count, sizeof *level->name, by_bytes) != NULL;
}

/* A Maildir's tmp/ holds deliveries that are not done (maildir(5)). */
static bool is_maildir_tmp(const struct level *level, const char *name)
{
	return strcmp(name, "tmp") == 0 && has_name(level, "cur") && has_name(level, "new");
}

static void add_name(struct level *level, const char *name)
{
	if (level->count == level->room) {
		level->room = level->room ? level->room * 2 : 64;
		level->name = realloc(level->name, level->room * sizeof *level->name);
		if (!level->name)
			abort();
	}
	level->name[level->count] = strdup(name);
	if (!level->name[level->count++])
		abort();
}

static int enter(struct walk *w, struct error *reterr)
{
	const char *path = buffer_text(&w->path);
	struct level *level = &w->level[w->depth];
	struct dirent *entry;
	DIR *dir;

	if (w->depth == WALK_DEPTH)
		return error_set(reterr, ERROR_LIMIT, "directories are nested too deep");
	dir = opendir(path);
	if (!dir)
		return error_errno(reterr, "cannot open directory");
	*level = (struct level){.path_len = w->path.len};
	w->depth++;
	while (errno = 0, (entry = readdir(dir)) != NULL)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			add_name(level, entry->d_name);
	if (errno) {
		error_errno(reterr, "cannot read directory");
		closedir(dir);
		return -1; /* what was read is gone through all the same */
	}
	closedir(dir);
	if (level->count)
		qsort(level->name, level->count, sizeof *level->name, by_bytes);
	return 0;
}

/* Puts the next path into w->path: false at the end. */
static bool next_path(struct walk *w, bool *ret_below)
{
	while (w->depth) {
		struct level *level = &w->level[w->depth - 1];
		char *name;

		if (level->next == level->count) {
			leave(w);
			continue;
		}
		name = level->name[level->next++];
		w->path.len = level->path_len;
		if (w->path.len && w->path.ptr[w->path.len - 1] != '/')
			buffer_char(&w->path, '/');
		buffer_str(&w->path, name);
		*ret_below = true;
		if (!is_maildir_tmp(level, name))
			return true;
	}
	if (w->next_argument == w->argument_count)
		return false;
	buffer_clear(&w->path);
	buffer_str(&w->path, w->argument[w->next_argument++]);
	*ret_below = false;
	return true;
}

int walk_next(struct walk *w, struct walk_file *ret, struct error *reterr)
{
	bool below;

	while (next_path(w, &below)) {
		const char *path = buffer_text(&w->path);
		struct stat st;

		*ret = (struct walk_file){.path = path};
		if (!below && strcmp(path, "-") == 0)
			return 1;
		if ((below ? lstat(path, &st) : stat(path, &st)) != 0)
			return error_errno(reterr, "cannot open");
		if (S_ISDIR(st.st_mode) && !below && !w->recurse)
			return error_set(
				reterr, ERROR_USAGE, "is a directory (use: mailcheck scan)");
		if (S_ISDIR(st.st_mode)) {
			if (enter(w, reterr) < 0)
				return -1;
			continue;
		}
		if (below && S_ISLNK(st.st_mode))
			continue;
		if (below && !S_ISREG(st.st_mode))
			return error_set(reterr, ERROR_UNSUPPORTED, "not a regular file");
		ret->size = S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
		ret->mtime_ns = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
		return 1;
	}
	return 0;
}
