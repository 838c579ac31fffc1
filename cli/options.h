/* SPDX-License-Identifier: ISC */
/*
 * Options: one table makes parsing, --help, the manual's section, the completions and the
 * configuration file's keys. An option belongs to groups; a command takes groups. What was given
 * lands in struct settings.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "parsers/base/arena.h"
#include "parsers/base/error.h"

enum option_group {
	GROUP_COMMON = 1 << 0,    /* every command: --help, --config, --no-config */
	GROUP_DNS = 1 << 1,       /* where DNS answers come from */
	GROUP_CHECK = 1 << 2,     /* how a message is checked */
	GROUP_OUTPUT = 1 << 3,    /* form and place of the output */
	GROUP_VIEW = 1 << 4,      /* look of text */
	GROUP_ALL = 1 << 5,       /* --all */
	GROUP_SPF = 1 << 6,       /* --ip */
	GROUP_SHOW = 1 << 7,      /* what show shows */
	GROUP_INPUT = 1 << 8,     /* --files-from, --null */
	GROUP_SCAN = 1 << 9,      /* workers, shards, resume */
	GROUP_ENVELOPE = 1 << 10, /* --helo, --mail-from */
	GROUP_FAIL = 1 << 11,     /* --fail-on, --quiet */
	GROUP_SELECTOR = 1 << 12, /* domain --selector */
	GROUP_SORT = 1 << 13,     /* case query: --sort, --limit, --bundle */
	GROUP_COLLECT = 1 << 14,  /* dns: --needs, --rate, --dnssec */
	GROUP_KEYS = 1 << 15,     /* keys recover: --jobs, --quiet */
	GROUP_ATTACHED = 1 << 16, /* --attached */
};

enum option_kind { OPTION_FLAG, OPTION_TEXT, OPTION_LIST, OPTION_NUMBER, OPTION_WORD };

struct text_list {
	const char **text;
	size_t count, room;
};

/* Everything that options can say; zero where nothing was said. Words (OPTION_WORD) are indexes
 * into the option's words. */
struct settings {
	/* DNS */
	struct text_list dns;
	bool assume_complete, live;
	const char *server, *record;
	/* check */
	struct text_list trust, trust_sealer, protect;
	const char *key_blocklist, *client_ip, *helo, *mail_from, *at, *psl;
	uint64_t border;
	unsigned repair, dmarc;
	bool attached;
	/* output */
	unsigned format;
	const char *output;
	unsigned fail_on, color;
	uint64_t width;
	bool quiet, no_pager, all;
	const char *config;
	bool no_config, help, version;
	/* spf */
	const char *ip;
	/* show */
	bool hex, headers, mime, canonical, raw, force;
	/* scan, plan, case */
	unsigned checks, progress;
	uint64_t jobs;
	const char *shard, *plan, *files_from;
	bool null, resume;
	/* domain */
	struct text_list selector;
	/* case */
	const char *sort;
	uint64_t limit;
	const char *bundle;
	/* dns */
	const char *needs, *anchor;
	uint64_t rate;
	bool dnssec;
	/* Which options of the table were given, on the command line or in the configuration. */
	bool *given;
};

/* Order of the words of --format, --fail-on and --color. */
enum format { FORMAT_DEFAULT, FORMAT_TEXT, FORMAT_JSON, FORMAT_NDJSON, FORMAT_CSV };
enum fail_on {
	FAIL_ON_DEFAULT,
	FAIL_ON_NONE,
	FAIL_ON_INFO,
	FAIL_ON_LOW,
	FAIL_ON_MEDIUM,
	FAIL_ON_HIGH,
	FAIL_ON_CRITICAL
};
enum color { COLOR_DEFAULT, COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };
enum repair_word { REPAIR_WORD_DEFAULT, REPAIR_WORD_OFF, REPAIR_WORD_QUICK, REPAIR_WORD_DEEP };
enum dmarc_word { DMARC_WORD_DEFAULT, DMARC_WORD_9989, DMARC_WORD_7489 };
enum checks_word { CHECKS_DEFAULT, CHECKS_ALL, CHECKS_AUTH };
enum progress_word { PROGRESS_DEFAULT, PROGRESS_AUTO, PROGRESS_NONE, PROGRESS_LINE };

struct option_spec {
	const char *name; /* without the dashes */
	char letter;      /* or 0 */
	enum option_kind kind;
	size_t offset;        /* of its member in struct settings */
	const char *argument; /* placeholder; NULL for flags */
	const char *words;    /* of OPTION_WORD: "a|b|c"; value 1 is the first */
	unsigned groups;
	const char *help; /* for --help and the manual */
};

extern const struct option_spec option_table[];
extern const size_t option_count;

/*
 * Reads ARGS: options of GROUPS into *SETTINGS, the rest into *RET_REST. "--" ends the options; "-"
 * alone is an argument. 0, or -1 with why.
 */
int options_parse(struct arena *, struct settings *, unsigned groups, const char *const *args,
	size_t count, struct text_list *ret_rest, struct error *reterr);
/*
 * Reads "name = value" lines; what the command line gave stays, lists are added to. Names of other
 * commands' options are let pass, unknown ones are an error with the line.
 */
int options_config(struct arena *, struct settings *, unsigned groups, const char *path,
	bool must_exist, struct error *reterr);
/* The given options that change what a check says, as a line of text: a run that goes on must have
 * the same. */
const char *options_describe(struct arena *, const struct settings *);
/* Whether the option of this name was given. */
bool options_given(const struct settings *, const char *name);

#endif
