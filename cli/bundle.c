/* SPDX-License-Identifier: ISC */
#include "cli/bundle.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cli/setup.h"
#include "parsers/base/digest.h"
#include "parsers/base/encode.h"
#include "parsers/base/file.h"
#include "parsers/case/bundle.h"

/* Debian's list, taken along where none was named: the one inside libpsl can't be, and another machine's may be another. */
#define SYSTEM_PSL "/usr/share/publicsuffix/public_suffix_list.dat"

/* --- writing --- */

static int add_file(struct bundle *b, const char *name, const char *file, struct error *reterr)
{
	struct buffer text = BUFFER_INIT;
	int rc = file_read(file, &text, reterr) || bundle_add(b, name, buffer_view(&text), reterr) ? -1 : 0;

	buffer_release(&text);
	return rc;
}

static void add_option(json_t *list, const char *name, const char *value)
{
	json_array_append_new(list, json_pack("[s, s?]", name, value));
}

/* The options that change what a report says, as [name, value] pairs; files by their names in the bundle. */
static json_t *describe(struct arena *arena, const struct settings *s, bool psl)
{
	json_t *list = json_array();
	const struct {
		const char *name;
		const struct text_list *list;
	} lists[] = {{"--trust", &s->trust}, {"--trust-sealer", &s->trust_sealer}, {"--protect", &s->protect}};
	const struct {
		const char *name, *value;
	} texts[] = {{"--client-ip", s->client_ip}, {"--helo", s->helo}, {"--mail-from", s->mail_from},
		{"--key-blocklist", s->key_blocklist ? "blocklist.txt" : NULL}, {"--anchor", s->anchor ? "anchor.zone" : NULL},
		{"--psl", psl ? "psl.dat" : NULL}};
	static const char *const depth[] = {NULL, "off", "quick", "deep"};

	for (size_t i = 0; i < s->dns.count; i++)
		add_option(list, "--dns", arena_printf(arena, "dns/%zu.zone", i + 1));
	for (size_t k = 0; k < sizeof lists / sizeof *lists; k++)
		for (size_t i = 0; i < lists[k].list->count; i++)
			add_option(list, lists[k].name, lists[k].list->text[i]);
	for (size_t k = 0; k < sizeof texts / sizeof *texts; k++)
		if (texts[k].value)
			add_option(list, texts[k].name, texts[k].value);
	if (s->assume_complete)
		add_option(list, "--assume-complete", NULL);
	if (s->border)
		add_option(list, "--border", arena_printf(arena, "%" PRIu64, s->border));
	if (s->at)
		add_option(list, "--at",
			strcmp(s->at, "now") == 0 ? arena_printf(arena, "%lld", (long long)time(NULL)) : s->at);
	if (s->dmarc == DMARC_WORD_7489)
		add_option(list, "--dmarc", "rfc7489");
	add_option(list, "--repair", s->repair ? depth[s->repair] : "off");
	return list;
}

static int add_json(struct bundle *b, const char *name, json_t *value, struct error *reterr)
{
	char *text = json_dumps(value, JSON_INDENT(1) | JSON_ENSURE_ASCII);
	int rc = bundle_add(b, name, span_of(text ? text : "{}"), reterr);

	free(text);
	return rc;
}

static int add_evidence(struct bundle *b, const struct call *call, struct settings *s, struct error *reterr)
{
	bool psl = s->psl != NULL;
	json_t *head = json_pack("{s:s, s:o}", "format", "mailcheck-bundle/1", "options", describe(call->arena, s, psl));
	int rc = add_json(b, "bundle.json", head, reterr);

	json_decref(head);
	for (size_t i = 0; rc == 0 && i < s->dns.count; i++)
		rc = add_file(b, arena_printf(call->arena, "dns/%zu.zone", i + 1), s->dns.text[i], reterr);
	if (rc == 0 && s->anchor)
		rc = add_file(b, "anchor.zone", s->anchor, reterr);
	if (rc == 0 && psl)
		rc = add_file(b, "psl.dat", s->psl, reterr);
	if (rc == 0 && s->key_blocklist)
		rc = add_file(b, "blocklist.txt", s->key_blocklist, reterr);
	return rc;
}

/* SHA-256 of the record that the message gives. */
static const char *report_hash(struct arena *arena, const struct setup *setup, struct span raw, const struct origin *origin)
{
	struct buffer record = BUFFER_INIT;
	const char *hash;

	report_json(&record, report_build(arena, raw, origin, &setup->report));
	hash = digest_hex(arena, DIGEST_SHA256, buffer_view(&record));
	buffer_release(&record);
	return hash;
}

struct exporting {
	struct case_file *file;
	const struct setup *setup;
	struct arena *arena;
	struct buffer manifest, messages; /* messages: names and bytes, behind one another */
	struct bundle *bundle;
};

static int read_message(struct exporting *x, int64_t id, struct origin *origin, uint8_t **ret, size_t *ret_len, struct error *reterr)
{
	if (case_location(x->file, x->arena, id, 0, origin, reterr) != 1)
		return error_set(reterr, ERROR_FORMAT, "the case has no place of message %" PRId64, id);
	return source_read(origin->source, origin->member, origin->offset, origin->length, ret, ret_len, reterr);
}

static int list_message(struct exporting *x, int64_t id, struct error *reterr)
{
	struct origin origin = {0};
	uint8_t *bytes = NULL;
	size_t len = 0;
	json_t *line;
	char *text;

	if (read_message(x, id, &origin, &bytes, &len, reterr) != 0)
		return -1;
	origin_complete(x->arena, &origin);
	line = json_pack("{s:s, s:s, s:s?, s:I, s:I, s:i, s:s, s:s}", "file", arena_printf(x->arena, "messages/%06" PRId64 ".eml", id),
		"source", origin.source, "member", origin.member, "offset", (json_int_t)origin.offset, "length", (json_int_t)origin.length,
		"kind", (int)origin.kind, "separator_hex", hex_encode(x->arena, origin.separator), "report_sha256", report_hash(x->arena, x->setup, span_make(bytes, len), &origin));
	text = line ? json_dumps(line, JSON_ENSURE_ASCII) : NULL;
	buffer_printf(&x->manifest, "%s\n", text ? text : "{}");
	free(text);
	json_decref(line);
	free(bytes);
	return 0;
}

static int add_message(struct exporting *x, int64_t id, struct error *reterr)
{
	struct origin origin = {0};
	uint8_t *bytes = NULL;
	size_t len = 0;
	int rc = read_message(x, id, &origin, &bytes, &len, reterr);

	if (rc == 0)
		rc = bundle_add(x->bundle, arena_printf(x->arena, "messages/%06" PRId64 ".eml", id), span_make(bytes, len), reterr);
	free(bytes);
	return rc;
}

/* Every selected message through FN. */
static int each(struct exporting *x, const struct filter *filter, int (*fn)(struct exporting *, int64_t, struct error *),
	struct error *reterr)
{
	struct case_cursor *cursor = case_select(x->file, filter, CASE_SORT_PLACE, false, reterr);
	int64_t id;
	int rc = cursor ? 0 : -1, got = 0;

	while (rc == 0 && (got = case_fetch(cursor, &id, 1, reterr)) == 1) {
		rc = fn(x, id, reterr);
		arena_reset(x->arena);
	}
	case_cursor_free(cursor);
	return got < 0 ? -1 : rc;
}

int bundle_export(struct call *call, struct case_file *file, const struct filter *filter, struct error *reterr)
{
	struct settings *s = call->settings;
	struct setup setup = {0};
	struct exporting x = {.file = file, .setup = &setup};
	struct error close_why = {0};
	int rc;

	if (s->live)
		return error_set(reterr, ERROR_USAGE, "a bundle takes snapshots (--dns), not --live");
	if (!s->psl && access(SYSTEM_PSL, R_OK) == 0)
		s->psl = SYSTEM_PSL;
	if (setup_open(&setup, call, REPAIR_OFF, reterr) != 0 || !(x.bundle = bundle_create(s->bundle, reterr))) {
		setup_close(&setup, &close_why);
		return -1;
	}
	x.arena = arena_new();
	rc = add_evidence(x.bundle, call, s, reterr);
	if (rc == 0)
		rc = each(&x, filter, list_message, reterr);
	if (rc == 0)
		rc = bundle_add(x.bundle, "manifest.ndjson", buffer_view(&x.manifest), reterr);
	if (rc == 0)
		rc = each(&x, filter, add_message, reterr);
	if (bundle_close(x.bundle, rc ? NULL : reterr) != 0)
		rc = -1;
	buffer_release(&x.manifest);
	arena_free(x.arena);
	setup_close(&setup, &close_why);
	return rc;
}

/* --- verifying --- */

struct verifying {
	struct call call;
	struct settings settings;
	struct setup setup;
	bool opened;
	char *folder; /* of the evidence's files, taken away at the end */
	struct text_list made;
	json_t *options, *manifest; /* manifest: by file */
	uint64_t count, differ;
	struct arena *arena;
};

static const char *place(struct verifying *v, const char *name)
{
	char *text = arena_printf(v->arena, "%s/%s", v->folder, name);

	for (char *p = text + strlen(v->folder) + 1; *p; p++)
		if (*p == '/')
			*p = '-';
	return text;
}

/* The evidence becomes files again, because that is what options take. */
static int keep(struct verifying *v, const char *name, struct span content, struct error *reterr)
{
	const char *file = place(v, name);
	FILE *out = fopen(file, "wbx");

	if (!out)
		return error_errno(reterr, "cannot write '%s'", file);
	*LIST_ADD(v->arena, v->made.text, v->made.count, v->made.room) = file;
	fwrite(content.ptr, 1, content.len, out);
	return fclose(out) ? error_errno(reterr, "cannot write '%s'", file) : 0;
}

static bool names_file(const char *option)
{
	return strcmp(option, "--dns") == 0 || strcmp(option, "--anchor") == 0 || strcmp(option, "--psl") == 0 ||
	       strcmp(option, "--key-blocklist") == 0;
}

static int apply_options(struct verifying *v, struct error *reterr)
{
	struct text_list args = {0}, rest = {0};
	size_t i;
	json_t *pair;

	json_array_foreach(json_object_get(v->options, "options"), i, pair)
	{
		const char *name = json_string_value(json_array_get(pair, 0));
		const char *value = json_string_value(json_array_get(pair, 1));

		if (!name)
			return error_set(reterr, ERROR_FORMAT, "bundle.json is not one of ours");
		*LIST_ADD(v->arena, args.text, args.count, args.room) = name;
		if (value)
			*LIST_ADD(v->arena, args.text, args.count, args.room) = names_file(name) ? place(v, value) : value;
	}
	if (options_parse(v->arena, &v->settings, GROUP_DNS | GROUP_CHECK, args.text, args.count, &rest, reterr) != 0)
		return -1;
	v->call.settings = &v->settings;
	v->opened = true;
	return setup_open(&v->setup, &v->call, REPAIR_OFF, reterr);
}

static int read_manifest(struct verifying *v, struct span text, struct error *reterr)
{
	v->manifest = json_object();
	while (text.len) {
		struct span line = span_line(&text, NULL);
		json_t *entry = json_loadb((const char *)line.ptr, line.len, 0, NULL);
		const char *file = json_string_value(json_object_get(entry, "file"));

		if (!file || json_object_set_new(v->manifest, file, entry) != 0) {
			json_decref(entry);
			return error_set(reterr, ERROR_FORMAT, "manifest.ndjson is not one of ours");
		}
	}
	return apply_options(v, reterr);
}

static int verify_message(struct verifying *v, const char *name, struct span raw, struct error *reterr)
{
	json_t *entry = json_object_get(v->manifest, name);
	struct arena *arena = arena_new();
	const char *want = json_string_value(json_object_get(entry, "report_sha256")), *got;
	struct origin origin = {
		.source = json_string_value(json_object_get(entry, "source")),
		.member = json_string_value(json_object_get(entry, "member")),
		.offset = (uint64_t)json_integer_value(json_object_get(entry, "offset")),
		.length = (uint64_t)json_integer_value(json_object_get(entry, "length")),
		.kind = (enum source_kind)json_integer_value(json_object_get(entry, "kind")),
	};

	origin_parse(arena, &origin);
	hex_decode(arena, span_of(json_string_value(json_object_get(entry, "separator_hex"))), &origin.separator);
	if (!entry || !want || !origin.source) {
		arena_free(arena);
		return error_set(reterr, ERROR_FORMAT, "'%s' is not in the manifest", name);
	}
	got = report_hash(arena, &v->setup, raw, &origin);
	v->count++;
	if (strcmp(got, want) != 0) {
		v->differ++;
		complain(name, "the report is not the one that was exported");
	}
	arena_free(arena);
	return 0;
}

static int verify_file(struct verifying *v, const char *name, struct span content, struct error *reterr)
{
	if (strcmp(name, "bundle.json") == 0) {
		v->options = json_loadb((const char *)content.ptr, content.len, 0, NULL);
		return v->options ? 0 : error_set(reterr, ERROR_FORMAT, "bundle.json is not one of ours");
	}
	if (!v->options)
		return error_set(reterr, ERROR_FORMAT, "this tar is no bundle of mailcheck");
	if (strcmp(name, "manifest.ndjson") == 0)
		return v->manifest ? error_set(reterr, ERROR_FORMAT, "two manifests") : read_manifest(v, content, reterr);
	return v->manifest ? verify_message(v, name, content, reterr) : keep(v, name, content, reterr);
}

static void verifying_release(struct verifying *v)
{
	struct error ignored;

	if (v->opened)
		setup_close(&v->setup, &ignored);
	for (size_t i = 0; i < v->made.count; i++)
		unlink(v->made.text[i]);
	rmdir(v->folder);
	json_decref(v->options);
	json_decref(v->manifest);
	arena_free(v->arena);
}

int64_t bundle_verify(struct call *call, const char *file, uint64_t *ret_count, struct error *reterr)
{
	const char *tmp = getenv("TMPDIR");
	struct verifying v = {.call = *call, .arena = arena_new()};
	struct bundle *b = bundle_open(file, reterr);
	struct arena *arena = arena_new();
	const char *name;
	struct span content;
	int rc = b ? 0 : -1, got = 0;

	v.folder = arena_printf(v.arena, "%s/mailcheck-XXXXXX", tmp && *tmp ? tmp : "/tmp");
	if (rc == 0 && !mkdtemp(v.folder))
		rc = error_errno(reterr, "cannot make a folder '%s'", v.folder);
	while (rc == 0 && (got = bundle_next(b, arena, &name, &content, reterr)) == 1) {
		rc = verify_file(&v, name, content, reterr);
		arena_reset(arena);
	}
	if (rc == 0 && got == 0 && (!v.manifest || v.count != json_object_size(v.manifest)))
		rc = error_set(reterr, ERROR_FORMAT, "'%s' is not a whole bundle: messages are missing", file);
	if (b)
		bundle_close(b, NULL);
	arena_free(arena);
	*ret_count = v.count;

	int64_t differ = rc || got < 0 ? -1 : (int64_t)v.differ;

	verifying_release(&v);
	return differ;
}
