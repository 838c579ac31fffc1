/* SPDX-License-Identifier: ISC */
/* The tables of a case file, and the steps from each older version to the next. */
#include "parsers/case/db.h"

#include <stdio.h>

static const char *const version_1_mail =
	/* One row per set of options that a scan ran with; the last is the one under way. */
	"CREATE TABLE runs (id INTEGER PRIMARY KEY, options TEXT NOT NULL UNIQUE, finished INTEGER NOT NULL) STRICT;"
	"CREATE TABLE sources (id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, size INTEGER NOT NULL,"
	" mtime_ns INTEGER NOT NULL, position INTEGER NOT NULL, state INTEGER NOT NULL) STRICT;"
	/* severity and author are ranks (view `list` has the words); *_shown are fit for a terminal. */
	"CREATE TABLE messages (id INTEGER PRIMARY KEY, dedupe TEXT NOT NULL UNIQUE, sha256 TEXT NOT NULL,"
	" author INTEGER NOT NULL, severity INTEGER NOT NULL, complete INTEGER NOT NULL, dkim TEXT NOT NULL,"
	" spf TEXT NOT NULL, dmarc TEXT NOT NULL, arc TEXT NOT NULL, date INTEGER, length INTEGER NOT NULL,"
	" header_from TEXT, from_domain TEXT, org_domain TEXT, subject TEXT, message_id TEXT, mail_from TEXT, helo TEXT,"
	" client_ip TEXT, finding_count INTEGER NOT NULL, worst_code TEXT, body_hash TEXT, summary TEXT NOT NULL,"
	" from_shown TEXT NOT NULL, subject_shown TEXT NOT NULL, line_ends TEXT NOT NULL) STRICT;"
	"CREATE INDEX messages_severity ON messages (severity);"
	"CREATE INDEX messages_author ON messages (author);"
	"CREATE INDEX messages_date ON messages (date);"
	"CREATE INDEX messages_from_domain ON messages (from_domain);"
	"CREATE INDEX messages_dkim ON messages (dkim);"
	"CREATE INDEX messages_spf ON messages (spf);"
	"CREATE INDEX messages_dmarc ON messages (dmarc);"
	"CREATE INDEX messages_from ON messages (header_from);"
	"CREATE INDEX messages_subject ON messages (subject);"
	"CREATE INDEX messages_findings ON messages (finding_count);"
	"CREATE INDEX messages_length ON messages (length);"
	"CREATE INDEX messages_client ON messages (client_ip);"
	"CREATE INDEX messages_body ON messages (body_hash);"
	"CREATE TABLE records (message INTEGER PRIMARY KEY, record TEXT NOT NULL) STRICT;"
	"CREATE TABLE locations (id INTEGER PRIMARY KEY, message INTEGER NOT NULL, source INTEGER NOT NULL, member TEXT,"
	" offset INTEGER NOT NULL, length INTEGER NOT NULL, sha256 TEXT NOT NULL) STRICT;"
	"CREATE INDEX locations_message ON locations (message);"
	"CREATE INDEX locations_source ON locations (source);"
	"CREATE TABLE signatures (id INTEGER PRIMARY KEY, message INTEGER NOT NULL, n INTEGER NOT NULL, kind TEXT NOT NULL,"
	" domain TEXT, selector TEXT, algorithm TEXT, result TEXT NOT NULL, cause TEXT, value_hash TEXT) STRICT;"
	"CREATE INDEX signatures_message ON signatures (message);"
	"CREATE INDEX signatures_key ON signatures (domain, selector);"
	"CREATE INDEX signatures_value ON signatures (value_hash);"
	"CREATE TABLE findings (id INTEGER PRIMARY KEY, message INTEGER NOT NULL, n INTEGER NOT NULL, code TEXT NOT NULL,"
	" severity INTEGER NOT NULL, detail TEXT) STRICT;"
	"CREATE INDEX findings_message ON findings (message);"
	"CREATE INDEX findings_code ON findings (code, message);"
	"CREATE TABLE evidence (id INTEGER PRIMARY KEY, finding INTEGER NOT NULL, offset INTEGER NOT NULL,"
	" length INTEGER NOT NULL, role TEXT) STRICT;"
	"CREATE INDEX evidence_finding ON evidence (finding);"
	"CREATE TABLE attachments (id INTEGER PRIMARY KEY, message INTEGER NOT NULL, path TEXT NOT NULL, filename TEXT,"
	" type TEXT NOT NULL, size INTEGER NOT NULL, sha256 TEXT) STRICT;"
	"CREATE INDEX attachments_message ON attachments (message);"
	"CREATE INDEX attachments_hash ON attachments (sha256);"
	"";

static const char *const version_1_work =
	/* What DNS was asked, and for which messages an answer is missing. */
	"CREATE TABLE dns (id INTEGER PRIMARY KEY, name TEXT NOT NULL, type TEXT NOT NULL, status TEXT NOT NULL,"
	" UNIQUE (name, type)) STRICT;"
	"CREATE TABLE missing (message INTEGER NOT NULL, dns INTEGER NOT NULL, why TEXT NOT NULL,"
	" PRIMARY KEY (message, dns)) STRICT, WITHOUT ROWID;"
	"CREATE INDEX missing_dns ON missing (dns);"
	"CREATE TABLE errors (id INTEGER PRIMARY KEY, source INTEGER NOT NULL, member TEXT, offset INTEGER,"
	" cause TEXT NOT NULL, explanation TEXT NOT NULL) STRICT;"
	"CREATE INDEX errors_source ON errors (source);"
	/* The analyst's: a journal entry has its changes, each with what stood before and after. */
	"CREATE TABLE marks (message INTEGER PRIMARY KEY) STRICT;"
	"CREATE TABLE tags (message INTEGER NOT NULL, tag TEXT NOT NULL, PRIMARY KEY (message, tag)) STRICT, WITHOUT ROWID;"
	"CREATE INDEX tags_tag ON tags (tag);"
	"CREATE TABLE notes (message INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;"
	"CREATE TABLE journal (id INTEGER PRIMARY KEY, undone INTEGER NOT NULL, what TEXT NOT NULL) STRICT;"
	"CREATE TABLE changes (id INTEGER PRIMARY KEY, journal INTEGER NOT NULL, kind TEXT NOT NULL,"
	" message INTEGER NOT NULL, before TEXT, after TEXT) STRICT;"
	"CREATE INDEX changes_journal ON changes (journal);"
	"CREATE VIRTUAL TABLE messages_fts USING fts5 (header_from, subject, content='messages', content_rowid='id',"
	" tokenize='trigram');"
	/* For the sqlite3 shell: words instead of ranks, nothing that a terminal would obey. */
	"CREATE VIEW list AS SELECT id,"
	" CASE severity WHEN 0 THEN 'none' WHEN 1 THEN 'info' WHEN 2 THEN 'low' WHEN 3 THEN 'medium' WHEN 4 THEN 'high'"
	"  ELSE 'critical' END AS severity,"
	" CASE author WHEN 0 THEN 'proven' WHEN 1 THEN 'partial' WHEN 2 THEN 'contradicted' WHEN 3 THEN 'unproven'"
	"  WHEN 4 THEN 'ambiguous' ELSE 'unknown' END AS author,"
	" dkim, spf, dmarc, arc, datetime(date, 'unixepoch') AS date, from_shown AS sender, subject_shown AS subject,"
	" finding_count AS findings, worst_code FROM messages;"
	"CREATE VIEW codes AS SELECT code, count(DISTINCT message) AS messages FROM findings GROUP BY code"
	" ORDER BY messages DESC;"
	"CREATE VIEW domains AS SELECT from_domain, count(*) AS messages, sum(severity >= 4) AS severe FROM messages"
	" GROUP BY from_domain ORDER BY messages DESC;"
	"CREATE VIEW needed AS SELECT d.name, d.type, min(m.why) AS why, count(*) AS messages FROM missing m"
	" JOIN dns d ON d.id = m.dns GROUP BY d.id ORDER BY messages DESC;";

/*
 * Flat indexes: one for every short column that lists are narrowed down and sorted by, and in each the others. A filter and an
 * order of such columns is answered without a look at the table, which is ten times as large. `id` stands second: rows that
 * are equal come in its order.
 */
static const char *const version_2_flat =
	"DROP INDEX messages_severity; DROP INDEX messages_author; DROP INDEX messages_dmarc; DROP INDEX messages_dkim;"
	"DROP INDEX messages_spf; DROP INDEX messages_date;"
	"CREATE INDEX messages_severity ON messages (severity, id, author, dmarc, dkim, spf, date);"
	"CREATE INDEX messages_author ON messages (author, id, severity, dmarc, dkim, spf, date);"
	"CREATE INDEX messages_dmarc ON messages (dmarc, id, severity, author, dkim, spf, date);"
	"CREATE INDEX messages_dkim ON messages (dkim, id, severity, author, dmarc, spf, date);"
	"CREATE INDEX messages_spf ON messages (spf, id, severity, author, dmarc, dkim, date);"
	"CREATE INDEX messages_date ON messages (date, id, severity, author, dmarc, dkim, spf);"
	"DROP INDEX locations_source; CREATE INDEX locations_source ON locations (source, offset);";

/* The steps: version N is reached from N - 1 by the scripts of the Nth. */
static const char *const *const steps[][2] = {
	{ &version_1_mail, &version_1_work },
	{ &version_2_flat, NULL },
};

_Static_assert(sizeof steps / sizeof *steps == CASE_VERSION, "a step for every version");

int schema_ensure(struct case_file *c, bool fresh, struct error *reterr)
{
	int64_t version = db_number(c, "PRAGMA user_version", 0);
	int64_t id = db_number(c, "PRAGMA application_id", 0);
	char sql[128];

	if (!fresh && id != CASE_APPLICATION_ID)
		return error_set(reterr, ERROR_FORMAT, "'%s' is no case file of mailcheck", c->path);
	if (version > CASE_VERSION)
		return error_set(reterr, ERROR_FORMAT, "'%s' was written by a newer mailcheck (version %d, this one knows %d)",
			c->path, (int)version, CASE_VERSION);
	if (version == CASE_VERSION || c->read_only)
		return 0;
	if (db_exec(c, "BEGIN IMMEDIATE", reterr))
		return -1;
	for (int64_t v = version; v < CASE_VERSION; v++)
		if (db_exec(c, *steps[v][0], reterr) || (steps[v][1] && db_exec(c, *steps[v][1], reterr)))
			return -1;
	snprintf(sql, sizeof sql, "PRAGMA application_id = %d; PRAGMA user_version = %d; COMMIT", CASE_APPLICATION_ID,
		CASE_VERSION);
	return db_exec(c, sql, reterr);
}

/*
 * --- indexes that wait ---
 *
 * The indexes below are not in the order in which rows come (or nobody asks by them): each row would go to a page of its own in
 * each of them, and the page out again with every commit. While a new case is filled by a long scan they wait in the table `deferred`, as the
 * statements that make them, and are made at its end, which sorts once. The rows are there all the time, and who asks for them
 * meanwhile, or after a kill, has to go without these indexes.
 */
static const char *const find_waiting =
	"SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL AND (tbl_name = 'messages' OR name IN"
	" ('findings_code', 'evidence_finding', 'signatures_key', 'signatures_value', 'attachments_hash')) LIMIT 1";

bool indexes_wait(struct case_file *c)
{
	sqlite3_stmt *s = db_statement(c, STATEMENT_WAITING, NULL);
	bool wait = s && db_step(c, s, NULL) == 1;

	if (wait)
		sqlite3_reset(s);
	return wait;
}

/* The text that SQL selects, copied to TEXT; false where there is none. */
static bool next_text(struct case_file *c, const char *sql, struct buffer *text)
{
	sqlite3_stmt *s = db_prepare(c, sql, NULL);
	bool found = s && sqlite3_step(s) == SQLITE_ROW;

	buffer_clear(text);
	if (found)
		buffer_str(text, (const char *)sqlite3_column_text(s, 0));
	sqlite3_finalize(s);
	return found;
}

static int defer_one(struct case_file *c, const char *name, struct error *reterr)
{
	char sql[192];

	snprintf(sql, sizeof sql, "INSERT INTO deferred SELECT sql FROM sqlite_schema WHERE name = '%.40s'; DROP INDEX %.40s", name,
		name);
	return db_exec(c, sql, reterr);
}

int case_indexes_defer(struct case_file *c, struct error *reterr)
{
	struct buffer name = BUFFER_INIT;
	int rc = db_exec(c, "CREATE TABLE deferred (sql TEXT NOT NULL) STRICT", reterr);

	while (rc == 0 && next_text(c, find_waiting, &name))
		rc = defer_one(c, buffer_text(&name), reterr);
	buffer_release(&name);
	return rc;
}

/* Each by itself: a stop loses the one under way. Within another transaction all are part of that. */
static int make_one(struct case_file *c, const char *sql, struct error *reterr)
{
	return db_exec(c, "SAVEPOINT one", reterr) || db_exec(c, sql, reterr) ||
			       db_exec(c, "DELETE FROM deferred WHERE rowid = (SELECT min(rowid) FROM deferred); RELEASE one", reterr)
		       ? -1
		       : 0;
}

int case_indexes_make(struct case_file *c, struct error *reterr)
{
	struct buffer sql = BUFFER_INIT;
	int rc = 0;

	if (!indexes_wait(c))
		return 0;
	while (rc == 0 && next_text(c, "SELECT sql FROM deferred ORDER BY rowid LIMIT 1", &sql))
		rc = make_one(c, buffer_text(&sql), reterr);
	buffer_release(&sql);
	return rc ? -1 : db_exec(c, "DROP TABLE deferred", reterr);
}
