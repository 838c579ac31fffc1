/* SPDX-License-Identifier: ISC */
/* Whole case files: joining two, and checking one against its sources. */
#include <stdlib.h>

#include "parsers/case/db.h"

/*
 * Ids of the other file are mapped through temporary tables: sources by path, messages by dedupe hash, in the other's
 * order, so that merging shards in order gives the ids of the whole run.
 */
static const char *const merge_mail =
	"INSERT OR IGNORE INTO runs (options, finished) SELECT options, finished FROM other.runs ORDER BY id;"
	"INSERT OR IGNORE INTO sources (path, size, mtime_ns, position, state)"
	" SELECT path, size, mtime_ns, position, state FROM other.sources ORDER BY id;"
	"UPDATE sources SET position = max(position, (SELECT o.position FROM other.sources o WHERE o.path = sources.path)),"
	" state = max(state, (SELECT o.state FROM other.sources o WHERE o.path = sources.path))"
	" WHERE path IN (SELECT path FROM other.sources);"
	"CREATE TEMP TABLE source_map AS SELECT o.id AS old, s.id AS new FROM other.sources o JOIN sources s USING (path);"
	"CREATE TEMP TABLE fresh AS SELECT id FROM other.messages o WHERE NOT EXISTS"
	" (SELECT 1 FROM messages m WHERE m.dedupe = o.dedupe);"
	"INSERT INTO messages (dedupe, sha256, author, severity, complete, dkim, spf, dmarc, arc, date, length, header_from,"
	" from_domain, org_domain, subject, message_id, mail_from, helo, client_ip, finding_count, worst_code, body_hash,"
	" summary, from_shown, subject_shown, line_ends)"
	" SELECT dedupe, sha256, author, severity, complete, dkim, spf, dmarc, arc, date, length, header_from, from_domain,"
	" org_domain, subject, message_id, mail_from, helo, client_ip, finding_count, worst_code, body_hash, summary,"
	" from_shown, subject_shown, line_ends FROM other.messages WHERE id IN fresh ORDER BY id;"
	"CREATE TEMP TABLE message_map AS SELECT o.id AS old, m.id AS new, o.id IN fresh AS fresh"
	" FROM other.messages o JOIN messages m USING (dedupe);"
	"CREATE UNIQUE INDEX temp.message_map_old ON message_map (old);"
	"INSERT INTO messages_fts (rowid, header_from, subject) SELECT m.id, m.header_from, m.subject FROM messages m"
	" JOIN message_map x ON x.new = m.id AND x.fresh ORDER BY m.id;"
	"INSERT INTO records (message, record) SELECT x.new, r.record FROM other.records r JOIN message_map x"
	" ON x.old = r.message AND x.fresh ORDER BY r.message;";

static const char *const merge_details =
	"INSERT INTO locations (message, source, member, offset, length, sha256) SELECT x.new, s.new, l.member, l.offset,"
	" l.length, l.sha256 FROM other.locations l JOIN message_map x ON x.old = l.message JOIN source_map s"
	" ON s.old = l.source WHERE NOT EXISTS (SELECT 1 FROM locations h WHERE h.message = x.new AND h.source = s.new"
	" AND h.offset = l.offset AND h.member IS l.member) ORDER BY l.id;"
	"INSERT INTO signatures (message, n, kind, domain, selector, algorithm, result, cause, value_hash) SELECT x.new, n,"
	" kind, domain, selector, algorithm, result, cause, value_hash FROM other.signatures o JOIN message_map x"
	" ON x.old = o.message AND x.fresh ORDER BY o.id;"
	/* Findings keep their order, so the new id of each is its rank behind the ids that were there. */
	"CREATE TEMP TABLE finding_map AS SELECT o.id AS old, (SELECT coalesce(max(id), 0) FROM findings)"
	" + row_number() OVER (ORDER BY o.id) AS new FROM other.findings o JOIN message_map x ON x.old = o.message AND x.fresh;"
	"INSERT INTO findings (id, message, n, code, severity, detail) SELECT f.new, x.new, n, code, severity, detail"
	" FROM other.findings o JOIN finding_map f ON f.old = o.id JOIN message_map x ON x.old = o.message ORDER BY o.id;"
	"INSERT INTO evidence (finding, offset, length, role) SELECT f.new, offset, length, role FROM other.evidence o"
	" JOIN finding_map f ON f.old = o.finding ORDER BY o.id;"
	"INSERT INTO attachments (message, path, filename, type, size, sha256) SELECT x.new, path, filename, type, size, sha256"
	" FROM other.attachments o JOIN message_map x ON x.old = o.message AND x.fresh ORDER BY o.id;"
	"INSERT OR IGNORE INTO dns (name, type, status) SELECT name, type, status FROM other.dns ORDER BY id;"
	"INSERT OR IGNORE INTO missing (message, dns, why) SELECT x.new, d.id, o.why FROM other.missing o"
	" JOIN other.dns od ON od.id = o.dns JOIN dns d ON d.name = od.name AND d.type = od.type"
	" JOIN message_map x ON x.old = o.message ORDER BY x.new, d.id;"
	"INSERT INTO errors (source, member, offset, cause, explanation) SELECT s.new, member, offset, cause, explanation"
	" FROM other.errors o JOIN source_map s ON s.old = o.source WHERE NOT EXISTS (SELECT 1 FROM errors h WHERE"
	" h.source = s.new AND h.member IS o.member AND h.offset IS o.offset) ORDER BY o.id;"
	"INSERT OR IGNORE INTO marks (message) SELECT x.new FROM other.marks o JOIN message_map x ON x.old = o.message;"
	"INSERT OR IGNORE INTO tags (message, tag) SELECT x.new, tag FROM other.tags o JOIN message_map x ON x.old = o.message;"
	"INSERT INTO notes (message, text) SELECT x.new, text FROM other.notes o JOIN message_map x ON x.old = o.message"
	" WHERE true ON CONFLICT (message) DO UPDATE SET text = CASE WHEN notes.text = excluded.text THEN notes.text"
	" ELSE notes.text || char(10) || excluded.text END;"
	"DROP TABLE temp.source_map; DROP TABLE temp.fresh; DROP TABLE temp.message_map; DROP TABLE temp.finding_map;";

static int attach(struct case_file *c, const char *other, struct error *reterr)
{
	struct case_file *check = case_open(other, CASE_READ, reterr);

	if (!check)
		return -1;

	int64_t version = db_number(check, "PRAGMA user_version", 0);

	case_free(check);
	/* Version 1 has the same tables, with other indexes. */
	if (version < 1 || version > CASE_VERSION)
		return error_set(reterr, ERROR_FORMAT, "case '%s' has another version than '%s'", other, c->path);

	sqlite3_stmt *s = db_prepare(c, "ATTACH ?1 AS other", reterr);

	if (!s)
		return -1;
	db_bind(s, "s", other);

	int rc = db_step(c, s, reterr);

	sqlite3_finalize(s);
	return rc < 0 ? -1 : 0;
}

int case_merge(struct case_file *c, const char *other, struct error *reterr)
{
	int rc;

	if (case_indexes_make(c, reterr) || attach(c, other, reterr))
		return -1;
	rc = case_begin(c, reterr);
	if (rc == 0 && (db_exec(c, merge_mail, reterr) || db_exec(c, merge_details, reterr))) {
		case_rollback(c, NULL);
		rc = -1;
	} else if (rc == 0) {
		rc = case_commit(c, reterr);
	}
	if (db_exec(c, "DETACH other", rc ? NULL : reterr))
		rc = -1;
	return rc;
}

/* An archive that is read from its start on while its places are asked for in their order: it is unpacked once. */
struct archive_pass {
	struct source *source;
	char *path;
};

static void pass_release(struct archive_pass *pass)
{
	source_free(pass->source);
	free(pass->path);
	*pass = (struct archive_pass){ 0 };
}

/* The bytes at PLACE, valid until the next call; false where they are not ahead. */
static bool pass_to(struct archive_pass *pass, const struct origin *place, struct span *ret)
{
	struct origin at;
	struct error ignored;
	int rc;

	if (!pass->source || strcmp(pass->path, place->source) != 0) {
		pass_release(pass);
		pass->path = strdup(place->source);
		if (!pass->path)
			abort();
		pass->source = source_open_range(pass->path, 0, UINT64_MAX, NULL);
	}
	while ((rc = source_next(pass->source, ret, &at, &ignored)) != 0)
		if (rc > 0 && strcmp(at.member ? at.member : "", place->member ? place->member : "") == 0 &&
			at.offset == place->offset && at.length == place->length)
			return true;
	pass_release(pass);
	return false;
}

static bool holds(struct arena *arena, struct span bytes, const char *want)
{
	return strcmp(hash_sha256(arena, bytes), want) == 0;
}

/* NULL where the bytes are what they were, else why not. */
static const char *verify_one(struct arena *arena, struct archive_pass *pass, const struct origin *origin, const char *want)
{
	struct origin parsed = *origin;
	struct error error = { 0 };
	struct span ahead;
	uint8_t *bytes = NULL;
	size_t len = 0;
	bool held;

	if (source_is_packed(origin->source) && !origin_parse(arena, &parsed) && pass_to(pass, origin, &ahead) && holds(arena, ahead, want))
		return NULL;
	if (source_read(origin->source, origin->member, origin->offset, origin->length, &bytes, &len, &error))
		return arena_strdup(arena, error.text);
	held = holds(arena, span_make(bytes, len), want);
	free(bytes);
	return held ? NULL : "the bytes are not those that were scanned";
}

int64_t case_verify(struct case_file *c, void (*fn)(void *, const struct origin *, const char *what), void *data,
	struct error *reterr)
{
	sqlite3_stmt *s = db_prepare(c,
		"SELECT s.path, l.member, l.offset, l.length, l.sha256 FROM locations l JOIN sources s ON s.id = l.source "
		"ORDER BY l.source, l.id",
		reterr);
	struct arena *arena = arena_new();
	struct archive_pass pass = { 0 };
	int64_t differ = 0;
	int rc = SQLITE_DONE;

	while (s && (rc = sqlite3_step(s)) == SQLITE_ROW) {
		struct origin origin = {
			.source = db_text(arena, s, 0),
			.member = db_text(arena, s, 1),
			.offset = (uint64_t)sqlite3_column_int64(s, 2),
			.length = (uint64_t)sqlite3_column_int64(s, 3),
		};
		const char *what = verify_one(arena, &pass, &origin, db_text(arena, s, 4));

		if (what) {
			fn(data, &origin, what);
			differ++;
		}
		arena_reset(arena);
	}
	if (!s || rc != SQLITE_DONE)
		differ = -1;
	if (s && rc != SQLITE_DONE)
		db_error(c, reterr);
	sqlite3_finalize(s);
	pass_release(&pass);
	arena_free(arena);
	return differ;
}
