/* SPDX-License-Identifier: ISC */
/*
 * The analyst's marks, tags and notes. Every change is a journal entry with what stood before and after, so that undo and
 * redo are the same walk in two directions; a new change after an undo forgets what was undone.
 */
#include <stdio.h>

#include "parsers/case/db.h"

/* Sets one mark, tag or note to VALUE (NULL: away). For a tag the value is its name, and ON says which. */
static int apply(struct case_file *c, const char *kind, int64_t id, const char *name, const char *value, struct error *reterr)
{
	if (strcmp(kind, "mark") == 0)
		return db_do(c, reterr, value ? STATEMENT_MARK_ADD : STATEMENT_MARK_DROP, "i", id);
	if (strcmp(kind, "note") == 0)
		return value ? db_do(c, reterr, STATEMENT_NOTE_SET, "is", id, value)
			     : db_do(c, reterr, STATEMENT_NOTE_DROP, "i", id);
	return db_do(c, reterr, value ? STATEMENT_TAG_ADD : STATEMENT_TAG_DROP, "is", id, name);
}

/* What stands now, in ARENA; NULL for nothing. */
static const char *state(struct case_file *c, struct arena *arena, const char *kind, int64_t id, const char *name)
{
	enum statement which = strcmp(kind, "mark") == 0   ? STATEMENT_MARK_HAS
			       : strcmp(kind, "note") == 0 ? STATEMENT_NOTE_GET
							   : STATEMENT_TAG_HAS;
	sqlite3_stmt *s = db_statement(c, which, NULL);
	const char *text = NULL;

	if (!s)
		return NULL;
	if (which == STATEMENT_TAG_HAS)
		db_bind(s, "is", id, name);
	else
		db_bind(s, "i", id);
	if (db_step(c, s, NULL) == 1) {
		text = which == STATEMENT_TAG_HAS ? name : db_text(arena, s, 0);
		sqlite3_reset(s);
	}
	return text;
}

struct work {
	const char *kind, *name, *value; /* value NULL: away */
	char what[128];
};

/* A tag's name stands in `kind` of its change ("tag:phish"), so that before and after can be NULL. */
static int change_all(struct case_file *c, struct arena *arena, const struct work *w, const int64_t *id, size_t count,
	struct error *reterr)
{
	const char *kind = w->name ? arena_printf(arena, "tag:%s", w->name) : w->kind;

	if (db_do(c, reterr, STATEMENT_JOURNAL_CUT, "") || db_do(c, reterr, STATEMENT_JOURNAL_ADD, "s", w->what))
		return -1;

	int64_t entry = sqlite3_last_insert_rowid(c->db);

	for (size_t i = 0; i < count; i++) {
		const char *before = state(c, arena, w->kind, id[i], w->name);

		if (db_do(c, reterr, STATEMENT_CHANGE_ADD, "isiss", entry, kind, id[i], before, w->value) ||
			apply(c, w->kind, id[i], w->name, w->value, reterr))
			return -1;
	}
	return 0;
}

static int work_do(struct case_file *c, const struct work *w, const int64_t *id, size_t count, struct error *reterr)
{
	struct arena *arena;
	bool own = sqlite3_get_autocommit(c->db);
	int rc;

	if (c->read_only)
		return error_set(reterr, ERROR_SYSTEM, "case '%s' is open for reading only", c->path);
	if (own && case_begin(c, reterr))
		return -1;
	arena = arena_new();
	rc = change_all(c, arena, w, id, count, reterr);
	arena_free(arena);
	if (!own)
		return rc;
	return rc ? (case_rollback(c, NULL), -1) : case_commit(c, reterr);
}

int case_mark(struct case_file *c, const int64_t *id, size_t count, bool on, struct error *reterr)
{
	struct work w = { .kind = "mark", .value = on ? "1" : NULL };

	snprintf(w.what, sizeof w.what, "%s %zu message%s", on ? "mark" : "unmark", count, count == 1 ? "" : "s");
	return work_do(c, &w, id, count, reterr);
}

int case_tag(struct case_file *c, const int64_t *id, size_t count, const char *tag, bool on, struct error *reterr)
{
	struct work w = { .kind = "tag", .name = tag, .value = on ? tag : NULL };

	if (!*tag || strpbrk(tag, " \t\r\n"))
		return error_set(reterr, ERROR_USAGE, "a tag is one word");
	snprintf(w.what, sizeof w.what, "%s %.40s: %zu message%s", on ? "tag" : "untag", tag, count, count == 1 ? "" : "s");
	return work_do(c, &w, id, count, reterr);
}

int case_note_set(struct case_file *c, int64_t id, const char *text, struct error *reterr)
{
	struct work w = { .kind = "note", .value = text && *text ? text : NULL };

	snprintf(w.what, sizeof w.what, "%s a note", w.value ? "write" : "remove");
	return work_do(c, &w, &id, 1, reterr);
}

const char *case_note(struct case_file *c, struct arena *arena, int64_t id)
{
	return state(c, arena, "note", id, NULL);
}

/* One entry's changes, to what stood before (undo, last first) or after (redo). */
static int walk_entry(struct case_file *c, int64_t entry, bool undo, struct error *reterr)
{
	sqlite3_stmt *s = db_prepare(c,
		undo ? "SELECT kind, message, before FROM changes WHERE journal = ?1 ORDER BY id DESC"
		     : "SELECT kind, message, after FROM changes WHERE journal = ?1 ORDER BY id",
		reterr);
	int rc = s ? 0 : -1;

	if (!s)
		return -1;
	db_bind(s, "i", entry);
	while (rc == 0 && sqlite3_step(s) == SQLITE_ROW) {
		const char *kind = (const char *)sqlite3_column_text(s, 0);
		const char *value = (const char *)sqlite3_column_text(s, 2);
		bool tag = strncmp(kind, "tag:", 4) == 0;

		rc = apply(c, tag ? "tag" : kind, sqlite3_column_int64(s, 1), tag ? kind + 4 : NULL, value, reterr);
	}
	sqlite3_finalize(s);
	return rc;
}

static int step(struct case_file *c, bool undo, char *ret_text, struct error *reterr)
{
	sqlite3_stmt *s = db_prepare(c,
		undo ? "SELECT id, what FROM journal WHERE undone = 0 ORDER BY id DESC LIMIT 1"
		     : "SELECT id, what FROM journal WHERE undone = 1 ORDER BY id LIMIT 1",
		reterr);
	int64_t entry = 0;
	char sql[96];

	if (!s)
		return -1;
	if (sqlite3_step(s) == SQLITE_ROW) {
		entry = sqlite3_column_int64(s, 0);
		snprintf(ret_text, 128, "%s", (const char *)sqlite3_column_text(s, 1));
	}
	sqlite3_finalize(s);
	if (!entry)
		return 0;
	snprintf(sql, sizeof sql, "UPDATE journal SET undone = %d WHERE id = %lld", undo, (long long)entry);
	if (case_begin(c, reterr))
		return -1;
	if (walk_entry(c, entry, undo, reterr) || db_exec(c, sql, reterr)) {
		case_rollback(c, NULL);
		return -1;
	}
	return case_commit(c, reterr) ? -1 : 1;
}

int case_undo(struct case_file *c, char *ret_text, struct error *reterr)
{
	return step(c, true, ret_text, reterr);
}

int case_redo(struct case_file *c, char *ret_text, struct error *reterr)
{
	return step(c, false, ret_text, reterr);
}
