/* SPDX-License-Identifier: ISC */
/* Inside the room: the SQLite handle, statements that are prepared once, and binding by a short format. */
#ifndef PARSERS_CASE_DB_H
#define PARSERS_CASE_DB_H

#include <sqlite3.h>

#include "parsers/case/case.h"

#define STATEMENT_LIST(X)                                                                                              \
	X(BEGIN, "BEGIN IMMEDIATE")                                                                                    \
	X(COMMIT, "COMMIT")                                                                                            \
	X(ROLLBACK, "ROLLBACK")                                                                                        \
	X(WAITING, "SELECT 1 FROM sqlite_schema WHERE name = 'deferred'")                                               \
	X(RUN_FIND, "SELECT id FROM runs WHERE options = ?1")                                                          \
	X(RUN_ADD, "INSERT INTO runs (options, finished) VALUES (?1, 0)")                                              \
	X(RUN_FINISH, "UPDATE runs SET finished = ?1 WHERE id = (SELECT max(id) FROM runs)")                           \
	X(RUN_STATE, "SELECT options, finished FROM runs ORDER BY id DESC LIMIT 1")                                    \
	X(SOURCE_GET, "SELECT id, size, mtime_ns, position, state FROM sources WHERE path = ?1")                       \
	X(SOURCE_ADD, "INSERT INTO sources (path, size, mtime_ns, position, state) VALUES (?1, ?2, ?3, ?4, ?5)")       \
	X(SOURCE_SET, "UPDATE sources SET size = ?2, mtime_ns = ?3, position = ?4, state = ?5 WHERE path = ?1")        \
	X(MESSAGE_FIND, "SELECT id FROM messages WHERE dedupe = ?1")                                                   \
	X(DEDUPE, "SELECT dedupe FROM messages WHERE id = ?1")                                                         \
	X(MESSAGE_ADD,                                                                                                 \
		"INSERT INTO messages (dedupe, sha256, author, severity, complete, dkim, spf, dmarc, arc, date, "      \
		"length, header_from, from_domain, org_domain, subject, message_id, mail_from, helo, client_ip, "      \
		"finding_count, worst_code, body_hash, summary, from_shown, subject_shown, line_ends) VALUES (?1, ?2, "  \
		"?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, "   \
		"?24, ?25, ?26)")                                                                                      \
	X(RECORD_ADD, "INSERT INTO records (message, record) VALUES (?1, ?2)")                                         \
	X(RECORD_GET, "SELECT record FROM records WHERE message = ?1")                                                 \
	X(FTS_ADD, "INSERT INTO messages_fts (rowid, header_from, subject) VALUES (?1, ?2, ?3)")                       \
	X(LOCATION_ADD,                                                                                                \
		"INSERT INTO locations (message, source, member, offset, length, sha256) VALUES (?1, ?2, ?3, ?4, "     \
		"?5, ?6)")                                                                                             \
	X(LOCATION_NTH,                                                                                                \
		"SELECT s.path, l.member, l.offset, l.length FROM locations l JOIN sources s ON s.id = l.source "      \
		"WHERE l.message = ?1 ORDER BY l.id LIMIT 1 OFFSET ?2")                                                \
	X(PLACE_HAS,                                                                                                   \
		"SELECT 1 FROM locations WHERE source = ?1 AND offset = ?2 AND length = ?3 AND member IS ?4 "          \
		"UNION ALL SELECT 1 FROM errors WHERE source = ?1 AND offset = ?2 AND member IS ?4")                   \
	X(SIGNATURE_ADD,                                                                                               \
		"INSERT INTO signatures (message, n, kind, domain, selector, algorithm, result, cause, value_hash) "   \
		"VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")                                                         \
	X(FINDING_ADD, "INSERT INTO findings (message, n, code, severity, detail) VALUES (?1, ?2, ?3, ?4, ?5)")        \
	X(EVIDENCE_ADD, "INSERT INTO evidence (finding, offset, length, role) VALUES (?1, ?2, ?3, ?4)")                \
	X(ATTACHMENT_ADD,                                                                                              \
		"INSERT INTO attachments (message, path, filename, type, size, sha256) VALUES (?1, ?2, ?3, ?4, ?5, "   \
		"?6)")                                                                                                 \
	X(DNS_ADD, "INSERT INTO dns (name, type, status) VALUES (?1, ?2, ?3) ON CONFLICT (name, type) DO NOTHING")     \
	X(DNS_ID, "SELECT id FROM dns WHERE name = ?1 AND type = ?2")                                                  \
	X(MISSING_ADD, "INSERT OR IGNORE INTO missing (message, dns, why) VALUES (?1, ?2, ?3)")                        \
	X(ERROR_ADD,                                                                                                   \
		"INSERT INTO errors (source, member, offset, cause, explanation) VALUES (?1, ?2, ?3, ?4, ?5)")         \
	X(ROW,                                                                                                         \
		"SELECT severity, author, dkim, spf, dmarc, arc, complete, date, length, finding_count, header_from, " \
		"from_domain, subject, worst_code, (SELECT count(*) FROM locations WHERE message = m.id), (SELECT "    \
		"group_concat(tag, ' ') FROM (SELECT tag FROM tags WHERE message = m.id ORDER BY tag)), EXISTS "       \
		"(SELECT 1 FROM marks WHERE message = m.id), EXISTS (SELECT 1 FROM notes WHERE message = m.id) FROM "  \
		"messages m WHERE id = ?1")                                                                            \
	X(MARK_HAS, "SELECT 1 FROM marks WHERE message = ?1")                                                          \
	X(MARK_ADD, "INSERT OR IGNORE INTO marks (message) VALUES (?1)")                                               \
	X(MARK_DROP, "DELETE FROM marks WHERE message = ?1")                                                           \
	X(TAG_HAS, "SELECT 1 FROM tags WHERE message = ?1 AND tag = ?2")                                               \
	X(TAG_ADD, "INSERT OR IGNORE INTO tags (message, tag) VALUES (?1, ?2)")                                        \
	X(TAG_DROP, "DELETE FROM tags WHERE message = ?1 AND tag = ?2")                                                \
	X(NOTE_GET, "SELECT text FROM notes WHERE message = ?1")                                                       \
	X(NOTE_SET,                                                                                                    \
		"INSERT INTO notes (message, text) VALUES (?1, ?2) ON CONFLICT (message) DO UPDATE SET text = "        \
		"excluded.text")                                                                                       \
	X(NOTE_DROP, "DELETE FROM notes WHERE message = ?1")                                                           \
	X(JOURNAL_ADD, "INSERT INTO journal (undone, what) VALUES (0, ?1)")                                            \
	X(JOURNAL_CUT, "DELETE FROM journal WHERE undone = 1")                                                         \
	X(CHANGE_ADD, "INSERT INTO changes (journal, kind, message, before, after) VALUES (?1, ?2, ?3, ?4, ?5)")

#define STATEMENT_ENUM(name, sql) STATEMENT_##name,
enum statement { STATEMENT_LIST(STATEMENT_ENUM) STATEMENT_COUNT };

enum { CASE_DNS_SLOTS = 4096 };

struct case_file {
	sqlite3 *db;
	char *path;
	bool read_only;
	sqlite3_stmt *statement[STATEMENT_COUNT];
	struct buffer dns[CASE_DNS_SLOTS]; /* "name type" of rows that are stored */
};

/* The statement, reset and without bindings; NULL with *RETERR. It stays the case's. */
sqlite3_stmt *db_statement(struct case_file *, enum statement, struct error *reterr);
/*
 * Binds by FMT: 'i' int64_t, 's' const char * (NULL is null), 'b' struct span as text (ptr NULL is null). Texts must live until the
 * statement is reset.
 */
void db_bind(sqlite3_stmt *, const char *fmt, ...);
/* Steps once: 1 a row, 0 done, -1 an error. On 0 and -1 the statement is reset. */
int db_step(struct case_file *, sqlite3_stmt *, struct error *reterr);
/* Binds and steps a statement that gives no row. 0 or -1. */
int db_do(struct case_file *, struct error *reterr, enum statement, const char *fmt, ...);
/* Plain SQL, any number of statements. 0 or -1. */
int db_exec(struct case_file *, const char *sql, struct error *reterr);
/* A one-off statement; to be finalized by the caller. */
sqlite3_stmt *db_prepare(struct case_file *, const char *sql, struct error *reterr);
int db_error(struct case_file *, struct error *reterr);
/* A column as text in ARENA; NULL where null. */
const char *db_text(struct arena *, sqlite3_stmt *, int column);
/* The first column of the first row of a one-off query; DEFAULT_VALUE where there is none. */
int64_t db_number(struct case_file *, const char *sql, int64_t default_value);

/* schema.c: makes or migrates the tables. */
int schema_ensure(struct case_file *, bool fresh, struct error *reterr);
/* Whether indexes of messages are not there: those of other tables that queries by message need always are. */
bool indexes_wait(struct case_file *);

/* select.c: up to how many rows a way by an index is taken; at TINY no other is tried. For tests of every way. */
struct way_limits {
	int64_t few, few_flat, tiny;
};
extern const struct way_limits way_limits;
struct case_cursor *case_select_within(struct case_file *, const struct filter *, enum case_sort, bool descending,
	const struct way_limits *, struct error *reterr);

#endif
