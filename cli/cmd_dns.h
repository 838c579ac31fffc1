/* SPDX-License-Identifier: ISC */
/* The words of `mailcheck dns`: needs and record in cmd_dns.c, the rest in cmd_dns_files.c. */
#ifndef CLI_CMD_DNS_H
#define CLI_CMD_DNS_H

#include "cli/output.h"

int dns_list(struct call *);
int dns_check(struct call *);
int dns_import_files(struct call *);
/* Closes OUT and returns STATUS, or that of the trouble. */
int dns_finish(struct output *, int status);

#endif
