/* SPDX-License-Identifier: ISC */
/* Asking a case: rows of the list, records, places, tallies and groups. */
#include <stdio.h>
#include <stdlib.h>

#include "parsers/base/words.h"
#include "parsers/case/db.h"

static enum result result_column(sqlite3_stmt *s, int column)
{
	const char *word = (const char *)sqlite3_column_text(s, column);
	int result = word ? result_of(word) : -1;

	return result < 0 ? RESULT_NONE : (enum result)result;
}

/* A rank of the enum from a file that anyone may have edited. */
static int rank_column(sqlite3_stmt *s, int column, int last)
{
	int rank = sqlite3_column_int(s, column);

	return rank < 0 || rank > last ? last : rank;
}

int case_row(struct case_file *c, struct arena *arena, int64_t id, struct case_row *ret, struct error *reterr)
{
	sqlite3_stmt *s = db_statement(c, STATEMENT_ROW, reterr);

	if (!s)
		return -1;
	db_bind(s, "i", id);

	int rc = db_step(c, s, reterr);

	if (rc != 1)
		return rc;
	*ret = (struct case_row){
		.id = id,
		.severity = (enum severity)rank_column(s, 0, SEVERITY_CRITICAL),
		.author = (enum author)rank_column(s, 1, AUTHOR_UNKNOWN),
		.dkim = result_column(s, 2),
		.spf = result_column(s, 3),
		.dmarc = result_column(s, 4),
		.arc = result_column(s, 5),
		.complete = sqlite3_column_int(s, 6) != 0,
		.date = sqlite3_column_type(s, 7) == SQLITE_NULL ? TIME_NONE : sqlite3_column_int64(s, 7),
		.size = (uint64_t)sqlite3_column_int64(s, 8),
		.findings = (unsigned)sqlite3_column_int(s, 9),
		.from = db_text(arena, s, 10),
		.from_domain = db_text(arena, s, 11),
		.subject = db_text(arena, s, 12),
		.code = db_text(arena, s, 13),
		.places = (unsigned)sqlite3_column_int(s, 14),
		.tags = db_text(arena, s, 15),
		.marked = sqlite3_column_int(s, 16) != 0,
		.noted = sqlite3_column_int(s, 17) != 0,
	};
	if (!ret->tags)
		ret->tags = "";
	sqlite3_reset(s);
	return 1;
}

const char *case_record(struct case_file *c, struct arena *arena, int64_t id)
{
	sqlite3_stmt *s = db_statement(c, STATEMENT_RECORD_GET, NULL);
	const char *text = NULL;

	if (!s)
		return NULL;
	db_bind(s, "i", id);
	if (db_step(c, s, NULL) == 1) {
		text = db_text(arena, s, 0);
		sqlite3_reset(s);
	}
	return text;
}

int case_location(struct case_file *c, struct arena *arena, int64_t id, unsigned nth, struct origin *ret, struct error *reterr)
{
	sqlite3_stmt *s = db_statement(c, STATEMENT_LOCATION_NTH, reterr);

	if (!s)
		return -1;
	db_bind(s, "ii", id, (int64_t)nth);

	int rc = db_step(c, s, reterr);

	if (rc != 1)
		return rc;
	*ret = (struct origin){
		.source = db_text(arena, s, 0),
		.member = db_text(arena, s, 1),
		.offset = (uint64_t)sqlite3_column_int64(s, 2),
		.length = (uint64_t)sqlite3_column_int64(s, 3),
	};
	if (origin_parse(arena, ret))
		ret->kind = ret->archive_member ? SOURCE_ARCHIVE : SOURCE_EML;
	else
		ret->kind = ret->member ? SOURCE_ARCHIVE : ret->offset ? SOURCE_MBOX : SOURCE_EML;
	sqlite3_reset(s);
	return 1;
}

/* The tallies: label and count. */
static const char *const tallies[] = {
	[TALLY_AUTHOR] = "SELECT author, count(*) AS n FROM messages GROUP BY author",
	[TALLY_SEVERITY] = "SELECT severity, count(*) AS n FROM messages GROUP BY severity",
	[TALLY_CODE] = "SELECT code, count(DISTINCT message) AS n FROM findings GROUP BY code",
	[TALLY_DOMAIN] = "SELECT from_domain, count(*) AS n FROM messages WHERE from_domain IS NOT NULL GROUP BY from_domain",
	[TALLY_DKIM] = "SELECT dkim, count(*) AS n FROM messages GROUP BY dkim",
	[TALLY_SPF] = "SELECT spf, count(*) AS n FROM messages GROUP BY spf",
	[TALLY_DMARC] = "SELECT dmarc, count(*) AS n FROM messages GROUP BY dmarc",
	[TALLY_MISSING] = "SELECT d.name || ' ' || d.type, count(*) AS n FROM missing m JOIN dns d ON d.id = m.dns GROUP BY d.id",
	[TALLY_TAG] = "SELECT tag, count(*) AS n FROM tags GROUP BY tag",
};

static const char *tally_label(enum case_tally which, sqlite3_stmt *s)
{
	if (which == TALLY_AUTHOR)
		return author_word((enum author)rank_column(s, 0, AUTHOR_UNKNOWN));
	if (which == TALLY_SEVERITY)
		return severity_word((enum severity)rank_column(s, 0, SEVERITY_CRITICAL));

	const char *text = (const char *)sqlite3_column_text(s, 0);

	return text ? text : "";
}

int case_tally(struct case_file *c, enum case_tally which, unsigned max, int (*fn)(void *, const char *label, int64_t count),
	void *data, struct error *reterr)
{
	char sql[320];

	snprintf(sql, sizeof sql, "%s ORDER BY n DESC, 1 LIMIT %lld", tallies[which], max ? (long long)max : -1LL);

	sqlite3_stmt *s = db_prepare(c, sql, reterr);
	int rc;

	if (!s)
		return -1;
	while ((rc = sqlite3_step(s)) == SQLITE_ROW)
		if (fn(data, tally_label(which, s), sqlite3_column_int64(s, 1))) {
			rc = SQLITE_DONE;
			break;
		}
	if (rc != SQLITE_DONE)
		db_error(c, reterr);
	sqlite3_finalize(s);
	return rc == SQLITE_DONE ? 0 : -1;
}

/* The groups: label, how many messages, the first of them. */
static const struct {
	const char *word, *sql;
} groups[] = {
	[GROUP_KEY] = { "key",
		"SELECT domain || ' ' || coalesce(selector, '?') AS label, count(DISTINCT message) AS amount, min(message) AS first "
		"FROM signatures WHERE kind = 'dkim' AND domain IS NOT NULL GROUP BY domain, selector" },
	[GROUP_BORDER] = { "border",
		"SELECT client_ip AS label, count(*) AS amount, min(id) AS first FROM messages WHERE client_ip IS NOT NULL "
		"GROUP BY client_ip" },
	[GROUP_BODY] = { "body",
		"SELECT body_hash AS label, count(*) AS amount, min(id) AS first FROM messages WHERE body_hash IS NOT NULL "
		"GROUP BY body_hash" },
	[GROUP_ATTACHMENT] = { "attachment",
		"SELECT sha256 || coalesce(' ' || min(filename), '') AS label, count(DISTINCT message) AS amount, "
		"min(message) AS first FROM attachments WHERE sha256 IS NOT NULL GROUP BY sha256" },
	/* The same b= in messages that are not the same: one signed message sent on to many, as far as Received tells. */
	[GROUP_REPLAY] = { "replay",
		"SELECT label || CASE WHEN people > 1 THEN ', ' || people || ' recipients' ELSE '' END AS label, amount, first "
		"FROM (SELECT s.domain || ' ' || coalesce(s.selector, '?') || ' ' || substr(s.value_hash, 1, 16) AS label, "
		"count(DISTINCT s.message) AS amount, min(s.message) AS first, (SELECT count(DISTINCT lower(coalesce("
		"json_extract(record, '$.received[0].for_address'), json_extract(record, '$.received[1].for_address'), "
		"json_extract(record, '$.received[2].for_address')))) FROM signatures t JOIN records r ON r.message = t.message "
		"WHERE t.value_hash = s.value_hash) AS people FROM signatures s WHERE s.value_hash IS NOT NULL "
		"GROUP BY s.value_hash HAVING count(DISTINCT s.message) > 1)" },
};

int case_group_of(const char *word)
{
	for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
		if (strcmp(groups[i].word, word) == 0)
			return (int)i;
	return -1;
}

const char *case_group_word(enum case_group group)
{
	return groups[group].word;
}

int case_group(struct case_file *c, enum case_group which, unsigned least,
	int (*fn)(void *, const char *label, int64_t count, int64_t first_id), void *data, struct error *reterr)
{
	struct buffer sql = BUFFER_INIT;
	int rc;

	buffer_printf(&sql, "SELECT label, amount, first FROM (%s) WHERE amount >= %u ORDER BY amount DESC, label",
		groups[which].sql, least);

	sqlite3_stmt *s = db_prepare(c, buffer_text(&sql), reterr);

	buffer_release(&sql);
	if (!s)
		return -1;
	while ((rc = sqlite3_step(s)) == SQLITE_ROW) {
		const char *label = (const char *)sqlite3_column_text(s, 0);

		if (fn(data, label ? label : "", sqlite3_column_int64(s, 1), sqlite3_column_int64(s, 2))) {
			rc = SQLITE_DONE;
			break;
		}
	}
	if (rc != SQLITE_DONE)
		db_error(c, reterr);
	sqlite3_finalize(s);
	return rc == SQLITE_DONE ? 0 : -1;
}
