/* SPDX-License-Identifier: ISC */
/* Opening and closing a case file, its transactions, runs and sources; the statements that the room shares. */
#include "parsers/case/case.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "parsers/case/db.h"

#define STATEMENT_SQL(name, sql) sql,
static const char *const statement_sql[] = { STATEMENT_LIST(STATEMENT_SQL) };

int db_error(struct case_file *c, struct error *reterr)
{
	return error_set(reterr, ERROR_SYSTEM, "case '%s': %s", c->path, sqlite3_errmsg(c->db));
}

sqlite3_stmt *db_prepare(struct case_file *c, const char *sql, struct error *reterr)
{
	sqlite3_stmt *s = NULL;

	if (sqlite3_prepare_v2(c->db, sql, -1, &s, NULL) != SQLITE_OK) {
		db_error(c, reterr);
		return NULL;
	}
	return s;
}

sqlite3_stmt *db_statement(struct case_file *c, enum statement which, struct error *reterr)
{
	sqlite3_stmt **s = &c->statement[which];

	if (!*s && sqlite3_prepare_v3(c->db, statement_sql[which], -1, SQLITE_PREPARE_PERSISTENT, s, NULL) != SQLITE_OK) {
		db_error(c, reterr);
		return NULL;
	}
	sqlite3_reset(*s);
	sqlite3_clear_bindings(*s);
	return *s;
}

static void bind_list(sqlite3_stmt *s, const char *fmt, va_list ap)
{
	for (int i = 1; *fmt; fmt++, i++) {
		if (*fmt == 'i') {
			sqlite3_bind_int64(s, i, va_arg(ap, int64_t));
		} else if (*fmt == 's') {
			sqlite3_bind_text(s, i, va_arg(ap, const char *), -1, SQLITE_STATIC);
		} else {
			struct span text = va_arg(ap, struct span);

			if (text.ptr)
				sqlite3_bind_text64(s, i, (const char *)text.ptr, text.len, SQLITE_STATIC, SQLITE_UTF8);
		}
	}
}

void db_bind(sqlite3_stmt *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	bind_list(s, fmt, ap);
	va_end(ap);
}

int db_step(struct case_file *c, sqlite3_stmt *s, struct error *reterr)
{
	int rc = sqlite3_step(s);

	if (rc == SQLITE_ROW)
		return 1;
	if (rc != SQLITE_DONE)
		db_error(c, reterr);
	sqlite3_reset(s);
	return rc == SQLITE_DONE ? 0 : -1;
}

int db_do(struct case_file *c, struct error *reterr, enum statement which, const char *fmt, ...)
{
	sqlite3_stmt *s = db_statement(c, which, reterr);
	va_list ap;

	if (!s)
		return -1;
	va_start(ap, fmt);
	bind_list(s, fmt, ap);
	va_end(ap);

	int rc = db_step(c, s, reterr);

	if (rc == 1)
		sqlite3_reset(s);
	return rc < 0 ? -1 : 0;
}

int db_exec(struct case_file *c, const char *sql, struct error *reterr)
{
	return sqlite3_exec(c->db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : db_error(c, reterr);
}

const char *db_text(struct arena *arena, sqlite3_stmt *s, int column)
{
	const void *text = sqlite3_column_text(s, column);

	return text ? arena_text(arena, span_make(text, (size_t)sqlite3_column_bytes(s, column))) : NULL;
}

int64_t db_number(struct case_file *c, const char *sql, int64_t default_value)
{
	sqlite3_stmt *s = db_prepare(c, sql, NULL);
	int64_t n = default_value;

	if (s && sqlite3_step(s) == SQLITE_ROW && sqlite3_column_type(s, 0) != SQLITE_NULL)
		n = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return n;
}

bool case_is(const char *path)
{
	uint8_t head[72] = { 0 };
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t got = fd < 0 ? -1 : pread(fd, head, sizeof head, 0);

	if (fd >= 0)
		close(fd);
	/* The database header: the magic string, and the application id, big-endian, at byte 68. */
	return got == (ssize_t)sizeof head && memcmp(head, "SQLite format 3", 16) == 0 &&
	       ((uint32_t)head[68] << 24 | (uint32_t)head[69] << 16 | (uint32_t)head[70] << 8 | head[71]) ==
		       CASE_APPLICATION_ID;
}

bool case_read_only(const struct case_file *c)
{
	return c->read_only;
}

const char *case_path(const struct case_file *c)
{
	return c->path;
}

static void forget_dns(struct case_file *c)
{
	for (size_t i = 0; i < CASE_DNS_SLOTS; i++)
		buffer_release(&c->dns[i]);
}

void case_free(struct case_file *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < STATEMENT_COUNT; i++)
		sqlite3_finalize(c->statement[i]);
	forget_dns(c);
	sqlite3_close(c->db);
	free(c->path);
	free(c);
}

/* "file:" URI with immutable=1: a case on read-only media has no place for WAL's shared memory. */
static char *immutable_uri(const char *path)
{
	struct buffer b = BUFFER_INIT;

	buffer_str(&b, "file:");
	for (const char *p = path; *p; p++) {
		if (is_alnum((uint8_t)*p) || strchr("/._-", *p))
			buffer_char(&b, *p);
		else
			buffer_printf(&b, "%%%02X", (uint8_t)*p);
	}
	buffer_str(&b, "?immutable=1");
	return (char *)b.ptr;
}

static int open_database(struct case_file *c, enum case_mode mode, struct error *reterr)
{
	int flags = mode == CASE_READ	  ? SQLITE_OPEN_READONLY
		    : mode == CASE_CREATE ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
					  : SQLITE_OPEN_READWRITE;
	/* No two threads use a connection at once, and nobody asks how much memory SQLite has: both cost a mutex at every turn.
	 * The latter is settled by the first call of a process. */
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);

	int rc = sqlite3_open_v2(c->path, &c->db, flags | SQLITE_OPEN_NOMUTEX, NULL);

	if (rc == SQLITE_OK && (mode != CASE_READ || db_number(c, "SELECT count(*) FROM sqlite_schema", -1) >= 0))
		return 0;
	if (mode != CASE_READ)
		return error_set(reterr, ERROR_SYSTEM, "cannot open case '%s': %s", c->path, sqlite3_errmsg(c->db));
	sqlite3_close(c->db);

	char *uri = immutable_uri(c->path);

	rc = sqlite3_open_v2(uri, &c->db, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, NULL);
	free(uri);
	if (rc == SQLITE_OK && db_number(c, "SELECT count(*) FROM sqlite_schema", -1) >= 0)
		return 0;
	return error_set(reterr, ERROR_SYSTEM, "cannot open case '%s': %s", c->path, sqlite3_errmsg(c->db));
}

/* What is left where making a case was cut off. */
static bool is_empty(struct case_file *c)
{
	return db_number(c, "SELECT count(*) FROM sqlite_schema", -1) == 0 && db_number(c, "PRAGMA application_id", -1) == 0;
}

struct case_file *case_open(const char *path, enum case_mode mode, struct error *reterr)
{
	struct case_file *c = calloc(1, sizeof *c);
	struct stat st;
	bool fresh = stat(path, &st) != 0 || st.st_size == 0;

	if (!c || !(c->path = strdup(path))) {
		error_set(reterr, ERROR_SYSTEM, "out of memory");
		goto fail;
	}
	if (fresh && mode != CASE_CREATE) {
		errno = ENOENT;
		error_errno(reterr, "cannot open case '%s'", path);
		goto fail;
	}
	c->read_only = mode == CASE_READ;
	if (open_database(c, mode, reterr))
		goto fail;
	sqlite3_busy_timeout(c->db, 10000);
	fresh = fresh || (mode == CASE_CREATE && is_empty(c));
	if (!fresh && !case_is(path) && db_number(c, "PRAGMA application_id", 0) != CASE_APPLICATION_ID) {
		error_set(reterr, ERROR_FORMAT, "'%s' is no case file of mailcheck", path);
		goto fail;
	}
	/* A record takes half as many pages of 8 KB as of the usual size (which older cases keep), and the system as many writes.
	 * WAL comes behind the tables, so that the file itself says what it is, whenever the scan is killed. */
	if ((!c->read_only && db_exec(c, "PRAGMA synchronous = FULL; PRAGMA cache_size = -65536; PRAGMA page_size = 8192;", reterr)) ||
		schema_ensure(c, fresh, reterr) || (!c->read_only && db_exec(c, "PRAGMA journal_mode = WAL", reterr)))
		goto fail;
	return c;
fail:
	case_free(c);
	return NULL;
}

void case_stop_when(struct case_file *c, int (*fn)(void *), void *data)
{
	sqlite3_progress_handler(c->db, 2000, fn, data);
}

int case_begin(struct case_file *c, struct error *reterr)
{
	return db_do(c, reterr, STATEMENT_BEGIN, "");
}

int case_commit(struct case_file *c, struct error *reterr)
{
	return db_do(c, reterr, STATEMENT_COMMIT, "");
}

int case_rollback(struct case_file *c, struct error *reterr)
{
	forget_dns(c);
	return sqlite3_get_autocommit(c->db) ? 0 : db_do(c, reterr, STATEMENT_ROLLBACK, "");
}

int case_run(struct case_file *c, const char *options, struct error *reterr)
{
	sqlite3_stmt *s = db_statement(c, STATEMENT_RUN_FIND, reterr);

	if (!s)
		return -1;
	db_bind(s, "s", options);

	int rc = db_step(c, s, reterr);

	if (rc)
		sqlite3_reset(s);
	if (rc < 0)
		return -1;
	return rc == 1 ? 0 : db_do(c, reterr, STATEMENT_RUN_ADD, "s", options);
}

int case_run_finish(struct case_file *c, bool complete, struct error *reterr)
{
	return db_do(c, reterr, STATEMENT_RUN_FINISH, "i", (int64_t)complete);
}

int case_source_get(struct case_file *c, const char *path, struct case_source *ret, struct error *reterr)
{
	sqlite3_stmt *s = db_statement(c, STATEMENT_SOURCE_GET, reterr);

	*ret = (struct case_source){ 0 };
	if (!s)
		return -1;
	db_bind(s, "s", path);

	int rc = db_step(c, s, reterr);

	if (rc == 1) {
		ret->id = sqlite3_column_int64(s, 0);
		ret->size = (uint64_t)sqlite3_column_int64(s, 1);
		ret->mtime_ns = sqlite3_column_int64(s, 2);
		ret->position = (uint64_t)sqlite3_column_int64(s, 3);
		ret->state = sqlite3_column_int(s, 4);
		sqlite3_reset(s);
	}
	return rc;
}

int case_has_place(struct case_file *c, int64_t source, const struct origin *place, struct error *reterr)
{
	sqlite3_stmt *s = db_statement(c, STATEMENT_PLACE_HAS, reterr);
	int rc;

	if (!s)
		return -1;
	db_bind(s, "iiib", source, (int64_t)place->offset, (int64_t)place->length, span_of(place->member));
	rc = db_step(c, s, reterr);
	if (rc == 1)
		sqlite3_reset(s);
	return rc;
}

int case_source_put(struct case_file *c, const char *path, struct case_source *source, struct error *reterr)
{
	enum statement which = source->id ? STATEMENT_SOURCE_SET : STATEMENT_SOURCE_ADD;

	if (db_do(c, reterr, which, "siiii", path, (int64_t)source->size, source->mtime_ns, (int64_t)source->position,
		    (int64_t)source->state))
		return -1;
	if (!source->id)
		source->id = sqlite3_last_insert_rowid(c->db);
	return 0;
}

/* What hangs on a message that lies nowhere any more, in an order that needs no other table. */
static const char *const forget_sql =
	"CREATE TEMP TABLE gone AS SELECT DISTINCT message FROM locations l WHERE source = (SELECT id FROM gone_source)"
	" AND NOT EXISTS (SELECT 1 FROM locations o WHERE o.message = l.message AND o.source <> l.source);"
	"DELETE FROM locations WHERE source = (SELECT id FROM gone_source);"
	"DELETE FROM errors WHERE source = (SELECT id FROM gone_source);"
	"INSERT INTO messages_fts (messages_fts, rowid, header_from, subject) SELECT 'delete', id, header_from, subject"
	" FROM messages WHERE id IN gone;"
	"DELETE FROM records WHERE message IN gone;"
	"DELETE FROM evidence WHERE finding IN (SELECT id FROM findings WHERE message IN gone);"
	"DELETE FROM findings WHERE message IN gone;"
	"DELETE FROM signatures WHERE message IN gone;"
	"DELETE FROM attachments WHERE message IN gone;"
	"DELETE FROM missing WHERE message IN gone;"
	"DELETE FROM marks WHERE message IN gone;"
	"DELETE FROM tags WHERE message IN gone;"
	"DELETE FROM notes WHERE message IN gone;"
	"DELETE FROM messages WHERE id IN gone;"
	"DROP TABLE gone; DROP TABLE gone_source;";

int case_source_forget(struct case_file *c, int64_t source, struct error *reterr)
{
	char sql[96];

	snprintf(sql, sizeof sql, "CREATE TEMP TABLE gone_source AS SELECT %lld AS id", (long long)source);
	/* A run that goes on after a kill, and finds a source changed: it looks for rows everywhere. */
	return case_indexes_make(c, reterr) || db_exec(c, sql, reterr) || db_exec(c, forget_sql, reterr) ? -1 : 0;
}

int case_info(struct case_file *c, struct arena *arena, struct case_info *ret, struct error *reterr)
{
	sqlite3_stmt *s = db_statement(c, STATEMENT_RUN_STATE, reterr);

	if (!s)
		return -1;
	*ret = (struct case_info){
		.messages = db_number(c, "SELECT count(*) FROM messages", 0),
		.locations = db_number(c, "SELECT count(*) FROM locations", 0),
		.sources = db_number(c, "SELECT count(*) FROM sources", 0),
		.errors = db_number(c, "SELECT count(*) FROM errors", 0),
		.findings = db_number(c, "SELECT count(*) FROM findings", 0),
		.missing = db_number(c, "SELECT count(DISTINCT dns) FROM missing", 0),
	};

	int rc = db_step(c, s, reterr);

	if (rc == 1) {
		ret->options = db_text(arena, s, 0);
		ret->finished = sqlite3_column_int(s, 1) != 0;
		sqlite3_reset(s);
	}
	return rc < 0 ? -1 : 0;
}

int case_check(struct case_file *c, struct error *reterr)
{
	sqlite3_stmt *s = db_prepare(c, "PRAGMA integrity_check(1)", reterr);
	int rc = -1;

	if (!s)
		return -1;
	if (sqlite3_step(s) == SQLITE_ROW) {
		const char *text = (const char *)sqlite3_column_text(s, 0);

		rc = text && strcmp(text, "ok") == 0 ? 0 : error_set(reterr, ERROR_FORMAT, "case '%s': %s", c->path, text);
	} else {
		db_error(c, reterr);
	}
	sqlite3_finalize(s);
	return rc;
}
