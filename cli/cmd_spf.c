/* SPDX-License-Identifier: ISC */
/* spf: one evaluation for a client and an envelope given by hand. */
#include "cli/output.h"
#include "cli/setup.h"
#include "parsers/report/outline.h"

static int query_of(const struct settings *s, struct spf_query *ret, struct error *reterr)
{
	enum report_at mode;
	int64_t at;

	if (!s->ip)
		return error_set(reterr, ERROR_USAGE, "spf needs --ip ADDRESS");
	if (!s->mail_from && !s->helo)
		return error_set(
			reterr, ERROR_USAGE, "spf needs --mail-from ADDRESS or --helo NAME");
	*ret = (struct spf_query){
		.client = ip_parse(span_of(s->ip)), .mail_from = s->mail_from, .helo = s->helo};
	if (!ret->client.family)
		return error_set(reterr, ERROR_USAGE, "--ip '%s' is no address", s->ip);
	if (setup_time(s->at, &mode, &at, reterr) != 0)
		return -1;
	ret->at = at == TIME_NONE ? 0 : at;
	return 0;
}

static void write_result(
	struct output *out, struct arena *arena, const struct spf_result *spf, enum format format)
{
	if (format == FORMAT_TEXT)
		outline_write(
			&out->buffer, outline_spf(arena, spf, out->width), out->width, out->color);
	else
		report_json_spf(&out->buffer, spf);
}

int cmd_spf(struct call *call)
{
	struct arena *arena = call->arena;
	struct setup setup;
	struct output out;
	struct spf_query query;
	struct dns_log dns;
	struct error why;
	enum format format = output_format(call->settings);

	if (format == FORMAT_CSV)
		return complain(NULL, "spf writes text or json");
	if (query_of(call->settings, &query, &why) != 0 ||
		setup_open(&setup, call, REPAIR_OFF, &why) != 0 ||
		output_open(&out, call->settings, format == FORMAT_TEXT, &why) != 0)
		return complain(NULL, "%s", why.text);
	dns_log_init(&dns, arena, setup.dns);

	const struct spf_result *spf = query.mail_from ? spf_check_mail_from(arena, &dns, &query)
						       : spf_check_helo(arena, &dns, &query);

	if (!call->settings->quiet)
		write_result(&out, arena, spf, format);

	int trouble = output_close(&out, &why) != 0 || setup_close(&setup, &why) != 0;

	if (trouble)
		return complain(NULL, "%s", why.text);
	return spf->result == RESULT_FAIL && setup_fail_on(call->settings) != SEVERITY_NONE
		       ? STATUS_FINDINGS
		       : STATUS_OK;
}
