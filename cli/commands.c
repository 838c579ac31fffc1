/* SPDX-License-Identifier: ISC */
#include "cli/command.h"

#include <string.h>

#define CHECKS (GROUP_DNS | GROUP_CHECK | GROUP_FAIL)
#define WRITES (GROUP_OUTPUT | GROUP_VIEW)

/* The first is the default. */
const struct command command_table[] = {
	{"check", cmd_check, CHECKS | WRITES | GROUP_ALL | GROUP_ATTACHED, "FILE...",
		"explain each message (the default command)",
		"Reads each FILE (a message, an mbox, an archive of them, or - for standard input) "
		"and says of each message what it "
		"proves: who could have written it, what the signatures still cover, which hop can "
		"be believed.",
		1, 0, false},
	{"show", cmd_show, GROUP_DNS | GROUP_CHECK | GROUP_SHOW | WRITES, "FILE[@OFFSET+LENGTH]",
		"the bytes of a message",
		"Shows the bytes behind a claim. Without an option: the lines, with their offsets. "
		"OFFSET and LENGTH are those that "
		"reports and findings give.",
		1, 1, false},
	{"spf", cmd_spf, GROUP_DNS | GROUP_ENVELOPE | GROUP_SPF | GROUP_FAIL | WRITES, "",
		"one SPF evaluation, with its trace",
		"Evaluates SPF (RFC 7208) for a client address and an envelope, and shows every "
		"step.",
		0, 0, false},
	{"domain", cmd_domain, GROUP_DNS | GROUP_SELECTOR | GROUP_FAIL | WRITES, "NAME...",
		"what a domain publishes: SPF, DMARC, DKIM selectors, MX, reports",
		"Judges what each domain publishes for mail, apart from any message: its SPF "
		"record as evaluated, DMARC under "
		"both standards, keys that the snapshot or --selector names, MX, MTA-STS, TLS-RPT, "
		"BIMI. Each remark comes with "
		"one line of advice and the clause behind it.",
		1, 0, false},
	{"dns", cmd_dns, GROUP_DNS | GROUP_CHECK | GROUP_COLLECT | GROUP_FAIL | WRITES,
		"needs|record|check|import|list [PATH...|CASE]",
		"DNS evidence: what is missing, collect it, check it",
		"needs PATH...|CASE lists every question that checking these messages would ask and "
		"that the snapshots given do not answer: names and types, nothing of the messages. "
		"record --needs FILE --output FILE asks them, on this machine or another, and what "
		"the answers open; it goes on where an earlier run stopped. Asking can be seen by "
		"those who run the name servers. check FILE... reads snapshots and judges the SPF, "
		"DMARC and DKIM records in them. import FILE... turns what dig, drill and kdig "
		"print, mailauth's cache and lists of keys into a snapshot. list FILE... shows "
		"what snapshots hold and where it came from.",
		1, 0, false},
	{"explain", cmd_explain, WRITES, "CODE...",
		"what a finding means, how it is decided, what to do",
		"Explains finding codes such as DKIM-FAIL-BODY; without CODE lists all of them.", 0,
		0, false},
	{"scan", cmd_scan,
		GROUP_DNS | GROUP_CHECK | GROUP_SCAN | GROUP_INPUT | GROUP_FAIL | GROUP_OUTPUT |
			GROUP_ATTACHED,
		"PATH...",
		"check all messages of files, mboxes, Maildirs, directories and archives",
		"Reads every message below each PATH in worker processes and writes one record a "
		"message, in the order of "
		"the input: text lines, NDJSON, CSV, or a case file (--output NAME.db). With "
		"--output a run that was "
		"stopped goes on where it was.",
		1, 0, false},
	{"plan", cmd_plan, GROUP_INPUT | GROUP_OUTPUT, "PATH...",
		"freeze the list of inputs, for shards and for later runs",
		"Lists the files below each PATH with their sizes, a JSON object a line, in the "
		"order in which scan reads "
		"them: `scan --plan FILE --shard K/N` then gives every machine its part.",
		1, 0, false},
	{"tui", cmd_tui, GROUP_DNS | GROUP_CHECK | GROUP_VIEW, "CASE|PATH...",
		"triage in the terminal",
		"Opens a case file, or scans each PATH into a case of its own while the list can "
		"already be used. ? lists the keys.",
		1, 0, false},
	{"keys", cmd_keys, GROUP_DNS | GROUP_KEYS | WRITES, "list|recover PATH...",
		"signing keys seen in a dump; recover an RSA key from its signatures",
		"list PATH...: each domain and selector, first and last seen, how many signatures "
		"verify, the key. recover "
		"PATH... --output FILE: computes missing RSA keys out of two or more signatures "
		"each, and appends them to a "
		"snapshot; minutes a key. A run that was stopped goes on where it was.",
		2, 0, false},
	{"case", cmd_case, GROUP_DNS | GROUP_CHECK | GROUP_OUTPUT | GROUP_SORT | GROUP_VIEW,
		"info|query|group|export|merge|verify CASE...",
		"ask, export, join and check case files",
		"info CASE: what it holds. query CASE [FILTER]: the messages that the filter "
		"selects. group CASE "
		"key|border|body|attachment|replay: what messages share. export CASE [FILTER]: "
		"their records. merge CASE "
		"OTHER...: adds other case files. verify CASE: reads the sources again and "
		"compares hashes. export CASE --bundle FILE, with the options of the scan, writes "
		"all that its reports need; verify FILE makes them again and compares them byte for "
		"byte.",
		2, 0, false},
	{"tables", cmd_tables, 0, "commands|options|findings|bash|zsh|fish", "",
		"Prints a part of the manual or a completion, made from the tables.", 1, 1, true},
};
const size_t command_count = sizeof command_table / sizeof *command_table;

const struct command *command_find(const char *word)
{
	for (size_t i = 0; i < command_count; i++)
		if (strcmp(command_table[i].name, word) == 0)
			return &command_table[i];
	return NULL;
}
