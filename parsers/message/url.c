/* SPDX-License-Identifier: ISC */
#include "parsers/message/mime.h"

struct url_list url_collect(struct arena *arena, struct mime *mime)
{
	(void)arena;
	(void)mime;
	return (struct url_list){ 0 };
}

const char *url_defang(struct arena *arena, const char *url)
{
	return arena_strdup(arena, url);
}

const char *url_host(struct arena *arena, struct span url)
{
	(void)arena;
	(void)url;
	return NULL;
}
