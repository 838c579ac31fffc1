/* SPDX-License-Identifier: ISC */
#include "cli/options.h"

#include "parsers/base/buffer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AT(member) offsetof(struct settings, member)
#define CHECKING (GROUP_CHECK)
#define FLAG OPTION_FLAG
#define TEXT OPTION_TEXT
#define LIST OPTION_LIST
#define NUMBER OPTION_NUMBER
#define WORD OPTION_WORD

/* The order is that of --help and the manual. */
const struct option_spec option_table[] = {
	{"all", 'a', FLAG, AT(all), NULL, NULL, GROUP_ALL,
		"everything that is known, with the proof of each verdict, instead of one screen"},
	{"attached", 0, FLAG, AT(attached), NULL, NULL, GROUP_ATTACHED,
		"a record of its own for every message inside a message, after that one's"},
	{"ip", 0, TEXT, AT(ip), "ADDRESS", NULL, GROUP_SPF, "the SMTP client's address"},
	{"hex", 0, FLAG, AT(hex), NULL, NULL, GROUP_SHOW, "bytes as hexadecimal and text"},
	{"headers", 0, FLAG, AT(headers), NULL, NULL, GROUP_SHOW,
		"the header fields with their places"},
	{"mime", 0, FLAG, AT(mime), NULL, NULL, GROUP_SHOW, "the tree of MIME parts"},
	{"canonical", 0, FLAG, AT(canonical), NULL, NULL, GROUP_SHOW,
		"the bytes that each signature hashes, canonicalised as it says"},
	{"raw", 0, FLAG, AT(raw), NULL, NULL, GROUP_SHOW,
		"the bytes as they are, to a file or pipe"},
	{"force", 0, FLAG, AT(force), NULL, NULL, GROUP_SHOW, "let --raw write to a terminal"},
	{"dns", 0, LIST, AT(dns), "FILE", NULL, GROUP_DNS,
		"DNS answers from a snapshot; may be given several times, the first answer wins"},
	{"assume-complete", 0, FLAG, AT(assume_complete), NULL, NULL, GROUP_DNS,
		"a name absent from the snapshot does not exist (otherwise it is not recorded)"},
	{"anchor", 0, TEXT, AT(anchor), "FILE", NULL, GROUP_DNS,
		"DNSSEC trust anchors, DS or DNSKEY records (default: the root's)"},
	{"live", 0, FLAG, AT(live), NULL, NULL, GROUP_DNS,
		"ask DNS over the network; without it no packet is ever sent"},
	{"server", 0, TEXT, AT(server), "ADDRESS[#PORT]", NULL, GROUP_DNS,
		"the name server that --live asks (default: the system's)"},
	{"record", 0, TEXT, AT(record), "FILE", NULL, GROUP_DNS,
		"append every live answer, negative ones too, to a snapshot"},
	{"needs", 0, TEXT, AT(needs), "FILE|-", NULL, GROUP_COLLECT,
		"questions to ask, as `dns needs` writes them"},
	{"rate", 0, NUMBER, AT(rate), "N", NULL, GROUP_COLLECT,
		"questions a second at the most (default 50)"},
	{"dnssec", 0, FLAG, AT(dnssec), NULL, NULL, GROUP_COLLECT,
		"record signatures, keys and denials up to the root, too"},
	{"trust", 0, LIST, AT(trust), "HOST|CIDR", NULL, CHECKING,
		"a receiving host of ours; a leading dot takes every name below; repeatable"},
	{"trust-sealer", 0, LIST, AT(trust_sealer), "DOMAIN", NULL, CHECKING,
		"an ARC sealer whose word counts; repeatable"},
	{"border", 0, NUMBER, AT(border), "N", NULL, CHECKING,
		"the hop at which trust ends, instead of --trust (1 is the newest)"},
	{"client-ip", 0, TEXT, AT(client_ip), "ADDRESS", NULL, CHECKING,
		"the SMTP client's address, instead of deriving it"},
	{"helo", 0, TEXT, AT(helo), "NAME", NULL, CHECKING | GROUP_ENVELOPE,
		"the name that the client gave"},
	{"mail-from", 0, TEXT, AT(mail_from), "ADDRESS", NULL, CHECKING | GROUP_ENVELOPE,
		"the envelope sender; empty for the null reverse-path"},
	{"at", 0, TEXT, AT(at), "TIME", NULL, CHECKING | GROUP_ENVELOPE,
		"the time of the check: RFC 3339, epoch seconds, now, or receipt (the default: "
		"when the last trusted "
		"hop received the message, else its Date)"},
	{"dmarc", 0, WORD, AT(dmarc), "RFC", "rfc9989|rfc7489", CHECKING,
		"which DMARC decides (default rfc9989); both are always reported"},
	{"psl", 0, TEXT, AT(psl), "FILE", NULL, CHECKING | GROUP_SELECTOR,
		"public suffix list instead of the one that libpsl carries"},
	{"key-blocklist", 0, TEXT, AT(key_blocklist), "FILE", NULL, CHECKING | GROUP_SELECTOR,
		"keys known to be compromised: hex of the first 15 bytes of SHA-256 over the "
		"modulus, a line each"},
	{"repair", 0, WORD, AT(repair), "DEPTH", "off|quick|deep", CHECKING,
		"search for the edit that broke a signature (default quick; scan: off)"},
	{"protect", 0, LIST, AT(protect), "DOMAIN", NULL, CHECKING,
		"a domain of yours that look-alikes would imitate; repeatable"},
	{"checks", 0, WORD, AT(checks), "WHICH", "all|auth", GROUP_SCAN,
		"all, or auth: no MIME, content or link findings"},
	{"jobs", 'j', NUMBER, AT(jobs), "N", NULL, GROUP_SCAN | GROUP_KEYS,
		"worker processes (default: one a processor)"},
	{"shard", 0, TEXT, AT(shard), "K/N", NULL, GROUP_SCAN,
		"only the Kth of N parts of the input"},
	{"plan", 0, TEXT, AT(plan), "FILE", NULL, GROUP_SCAN,
		"the inputs that `mailcheck plan` froze"},
	{"files-from", 0, TEXT, AT(files_from), "FILE|-", NULL, GROUP_INPUT,
		"names of inputs, one a line"},
	{"null", '0', FLAG, AT(null), NULL, NULL, GROUP_INPUT,
		"names of --files-from end with a NUL"},
	{"resume", 0, FLAG, AT(resume), NULL, NULL, GROUP_SCAN,
		"go on where an earlier run stopped (default with --output)"},
	{"progress", 0, WORD, AT(progress), "HOW", "auto|none|line", GROUP_SCAN,
		"how progress is told"},
	{"selector", 0, LIST, AT(selector), "NAME", NULL, GROUP_SELECTOR,
		"a DKIM selector to look at; repeatable"},
	{"sort", 0, TEXT, AT(sort), "FIELD", NULL, GROUP_SORT,
		"order of the answer: place, severity, author, date, from, subject, dkim, spf, "
		"dmarc, "
		"findings or size; a minus before it turns it round"},
	{"limit", 0, NUMBER, AT(limit), "N", NULL, GROUP_SORT, "no more than N rows"},
	{"bundle", 0, TEXT, AT(bundle), "FILE", NULL, GROUP_SORT,
		"case export: write messages, evidence, options and the reports' hashes to one tar, "
		"which `case verify` makes again anywhere"},
	{"format", 'f', WORD, AT(format), "FORMAT", "text|json|ndjson|csv", GROUP_OUTPUT,
		"form of the output"},
	{"output", 'o', TEXT, AT(output), "FILE", NULL, GROUP_OUTPUT,
		"write there; .ndjson, .csv and .db choose the writer"},
	{"fail-on", 0, WORD, AT(fail_on), "SEVERITY", "none|info|low|medium|high|critical",
		GROUP_FAIL, "exit with 1 where a finding is at least this severe (default medium)"},
	{"quiet", 'q', FLAG, AT(quiet), NULL, NULL, GROUP_FAIL | GROUP_KEYS, "no output; the exit status tells"},
	{"color", 0, WORD, AT(color), "WHEN", "auto|always|never", GROUP_VIEW,
		"colours (default auto: on terminals, unless NO_COLOR or TERM=dumb)"},
	{"width", 0, NUMBER, AT(width), "N", NULL, GROUP_VIEW,
		"columns of text output (default: the terminal's, else 100)"},
	{"no-pager", 0, FLAG, AT(no_pager), NULL, NULL, GROUP_VIEW, "never start a pager"},
	{"config", 0, TEXT, AT(config), "FILE", NULL, GROUP_COMMON,
		"configuration instead of $XDG_CONFIG_HOME/mailcheck/config"},
	{"no-config", 0, FLAG, AT(no_config), NULL, NULL, GROUP_COMMON, "ignore the configuration"},
	{"help", 'h', FLAG, AT(help), NULL, NULL, GROUP_COMMON, "what the command does and takes"},
	{"version", 'V', FLAG, AT(version), NULL, NULL, GROUP_COMMON, "the program's version"},
};
const size_t option_count = sizeof option_table / sizeof *option_table;

static const struct option_spec *find_long(const char *name, size_t len)
{
	for (size_t i = 0; i < option_count; i++)
		if (strlen(option_table[i].name) == len &&
			memcmp(option_table[i].name, name, len) == 0)
			return &option_table[i];
	return NULL;
}

static const struct option_spec *find_letter(char letter)
{
	for (size_t i = 0; i < option_count; i++)
		if (option_table[i].letter && option_table[i].letter == letter)
			return &option_table[i];
	return NULL;
}

/* The number of WORD in "a|b|c", from 1; 0 where it is none. */
static unsigned word_number(const char *words, const char *word)
{
	size_t len = strlen(word);
	unsigned n = 1;

	for (const char *at = words;; n++) {
		size_t here = strcspn(at, "|");

		if (here == len && memcmp(at, word, len) == 0)
			return n;
		if (!at[here])
			return 0;
		at += here + 1;
	}
}

static int store(struct arena *arena, struct settings *settings, const struct option_spec *spec,
	const char *value, struct error *reterr)
{
	char *member = (char *)settings + spec->offset;
	bool *given = &settings->given[spec - option_table];

	switch (spec->kind) {
	case OPTION_FLAG:
		*(bool *)(void *)member = true;
		break;
	case OPTION_TEXT:
		if (*given && strcmp(*(const char **)(void *)member, value) != 0)
			return error_set(reterr, ERROR_USAGE, "--%s was given twice", spec->name);
		*(const char **)(void *)member = value;
		break;
	case OPTION_LIST: {
		struct text_list *list = (struct text_list *)(void *)member;

		*LIST_ADD(arena, list->text, list->count, list->room) = value;
		break;
	}
	case OPTION_NUMBER:
		if (!span_number(span_of(value), UINT32_MAX, (uint64_t *)(void *)member) ||
			*value == '\0' || *(uint64_t *)(void *)member == 0)
			return error_set(
				reterr, ERROR_USAGE, "--%s takes a number from 1", spec->name);
		break;
	case OPTION_WORD: {
		unsigned n = word_number(spec->words, value);

		if (n == 0)
			return error_set(reterr, ERROR_USAGE, "--%s takes one of %s", spec->name,
				spec->words);
		if (*given && *(unsigned *)(void *)member != n)
			return error_set(reterr, ERROR_USAGE,
				"--%s was given twice, with different words", spec->name);
		*(unsigned *)(void *)member = n;
		break;
	}
	}
	*given = true;
	return 0;
}

struct reader {
	struct arena *arena;
	struct settings *settings;
	unsigned groups;
	const char *const *arg;
	size_t count, at;
	struct error *reterr;
};

static int take(
	struct reader *r, const struct option_spec *spec, const char *shown, const char *value)
{
	if (!spec)
		return error_set(r->reterr, ERROR_USAGE, "there is no option '%s'", shown);
	if (!(spec->groups & r->groups))
		return error_set(
			r->reterr, ERROR_USAGE, "--%s has no meaning for this command", spec->name);
	if (spec->kind == OPTION_FLAG && value)
		return error_set(r->reterr, ERROR_USAGE, "--%s takes no value", spec->name);
	if (spec->kind != OPTION_FLAG && !value) {
		if (r->at + 1 >= r->count)
			return error_set(r->reterr, ERROR_USAGE, "--%s needs %s", spec->name,
				spec->argument);
		value = r->arg[++r->at];
	}
	return store(r->arena, r->settings, spec, value, r->reterr);
}

static int take_long(struct reader *r, const char *arg)
{
	size_t len = strcspn(arg + 2, "=");

	return take(
		r, find_long(arg + 2, len), arg, arg[2 + len] == '=' ? arg + 2 + len + 1 : NULL);
}

/* "-q", "-fjson", "-f json", "-qa". */
static int take_letters(struct reader *r, const char *arg)
{
	for (const char *p = arg + 1; *p; p++) {
		const struct option_spec *spec = find_letter(*p);
		bool rest = spec && spec->kind != OPTION_FLAG && p[1];

		if (take(r, spec, arg, rest ? p + 1 : NULL) != 0)
			return -1;
		if (!spec || spec->kind != OPTION_FLAG)
			break;
	}
	return 0;
}

int options_parse(struct arena *arena, struct settings *settings, unsigned groups,
	const char *const *args, size_t count, struct text_list *ret_rest, struct error *reterr)
{
	struct reader r = {arena, settings, groups | GROUP_COMMON, args, count, 0, reterr};
	bool ended = false;

	if (!settings->given)
		settings->given = ARENA_ARRAY(arena, bool, option_count);
	for (; r.at < count; r.at++) {
		const char *arg = args[r.at];

		if (ended || arg[0] != '-' || !arg[1]) {
			*LIST_ADD(arena, ret_rest->text, ret_rest->count, ret_rest->room) = arg;
		} else if (strcmp(arg, "--") == 0) {
			ended = true;
		} else if ((arg[1] == '-' ? take_long(&r, arg) : take_letters(&r, arg)) != 0) {
			return -1;
		}
	}
	return 0;
}

/* One line "name = value"; a flag may stand alone, or say yes or no. */
static int config_line(struct arena *arena, struct settings *settings, const bool *fixed,
	unsigned groups, struct span line, struct error *reterr)
{
	size_t eq = span_chr(line, '=');
	char *name = arena_text(arena, span_trim(span_sub(line, 0, eq)));
	char *value = eq < line.len ? arena_text(arena, span_trim(span_skip(line, eq + 1))) : NULL;
	const struct option_spec *spec = find_long(name, strlen(name));

	if (!spec || spec->groups & GROUP_COMMON)
		return error_set(reterr, ERROR_FORMAT, "there is no setting '%s'", name);
	if (!(spec->groups & groups) || (spec->kind != OPTION_LIST && fixed[spec - option_table]))
		return 0;
	if (spec->kind == OPTION_FLAG) {
		if (value && strcmp(value, "no") == 0)
			return 0;
		if (value && strcmp(value, "yes") != 0)
			return error_set(reterr, ERROR_FORMAT, "'%s' is yes or no", name);
	} else if (!value) {
		return error_set(reterr, ERROR_FORMAT, "'%s' needs a value", name);
	}
	return store(arena, settings, spec, value, reterr);
}

int options_config(struct arena *arena, struct settings *settings, unsigned groups,
	const char *path, bool must_exist, struct error *reterr)
{
	FILE *in = fopen(path, "r");
	char *text = NULL;
	size_t room = 0;
	ssize_t len;
	unsigned number = 0;
	int ret = 0;
	struct error why;

	if (!in)
		return must_exist || errno != ENOENT ? error_errno(reterr, "cannot open '%s'", path)
						     : 0;

	bool *fixed = ARENA_ARRAY(arena, bool, option_count);

	memcpy(fixed, settings->given, option_count * sizeof *fixed);
	while (ret == 0 && (len = getline(&text, &room, in)) >= 0) {
		struct span line = span_trim(span_make(text, (size_t)len));

		number++;
		if (line.len == 0 || line.ptr[0] == '#')
			continue;
		if (config_line(arena, settings, fixed, groups, line, &why) != 0)
			ret = error_set(reterr, ERROR_USAGE, "%s:%u: %s", path, number, why.text);
	}
	free(text);
	fclose(in);
	return ret;
}

static void describe_one(
	struct buffer *b, const struct settings *settings, const struct option_spec *spec)
{
	const char *member = (const char *)settings + spec->offset;
	const struct text_list *list = (const void *)member;

	buffer_printf(b, "%s--%s", b->len ? " " : "", spec->name);
	switch (spec->kind) {
	case OPTION_FLAG:
		break;
	case OPTION_TEXT:
		buffer_printf(b, "=%s", *(const char *const *)(const void *)member);
		break;
	case OPTION_LIST:
		for (size_t i = 0; i < list->count; i++)
			buffer_printf(b, "%s%s", i ? "," : "=", list->text[i]);
		break;
	case OPTION_NUMBER:
		buffer_printf(
			b, "=%llu", (unsigned long long)*(const uint64_t *)(const void *)member);
		break;
	case OPTION_WORD:
		buffer_printf(b, "=%u", *(const unsigned *)(const void *)member);
		break;
	}
}

const char *options_describe(struct arena *arena, const struct settings *settings)
{
	struct buffer b = BUFFER_INIT;

	for (size_t i = 0; i < option_count; i++) {
		const struct option_spec *spec = &option_table[i];
		bool counts = spec->groups & (GROUP_DNS | GROUP_CHECK) ||
			      strcmp(spec->name, "checks") == 0 ||
			      strcmp(spec->name, "attached") == 0 || strcmp(spec->name, "shard") == 0;

		if (counts && settings->given[i])
			describe_one(&b, settings, spec);
	}
	for (uint8_t *p = b.ptr; p && *p; p++)
		if (*p == '\n' || *p == '\r')
			*p = ' ';

	const char *text = arena_strdup(arena, b.len ? (const char *)b.ptr : "no options");

	buffer_release(&b);
	return text;
}

bool options_given(const struct settings *settings, const char *name)
{
	const struct option_spec *spec = find_long(name, strlen(name));

	return spec && settings->given && settings->given[spec - option_table];
}
