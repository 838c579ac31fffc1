/* SPDX-License-Identifier: ISC */
#include "parsers/message/library.h"

#include <gmime/gmime.h>
#include <pthread.h>

/* Larger headers are not worth a second reading. */
enum { LIBRARY_HEADER = 256 * 1024, GROUP_DEPTH = 3 };

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void collect(
	struct arena *arena, InternetAddressList *list, const char **ret, size_t *count, int depth)
{
	int length = list ? internet_address_list_length(list) : 0;

	for (int i = 0; i < length && *count < LIBRARY_AUTHORS_MAX; i++) {
		InternetAddress *address = internet_address_list_get_address(list, i);

		if (INTERNET_ADDRESS_IS_MAILBOX(address)) {
			const char *text = INTERNET_ADDRESS_MAILBOX(address)->addr;

			if (text && *text)
				ret[(*count)++] = arena_strdup(arena, text);
		} else if (INTERNET_ADDRESS_IS_GROUP(address) && depth < GROUP_DEPTH) {
			collect(arena, internet_address_group_get_members(INTERNET_ADDRESS_GROUP(address)),
				ret, count, depth + 1);
		}
	}
}

const char *const *library_authors(struct arena *arena, const struct message *m)
{
	const char **ret = ARENA_ARRAY(arena, const char *, LIBRARY_AUTHORS_MAX + 1);
	GMimeStream *stream;
	GMimeParser *parser;
	GMimeMessage *message;
	size_t count = 0;

	if (m->header.len == 0 || m->header.len > LIBRARY_HEADER)
		return ret;
	pthread_once(&once, g_mime_init);
	stream = g_mime_stream_mem_new_with_buffer((const char *)m->header.ptr, m->header.len);
	parser = g_mime_parser_new_with_stream(stream);
	message = g_mime_parser_construct_message(parser, NULL);
	if (message) {
		collect(arena, g_mime_message_get_from(message), ret, &count, 0);
		g_object_unref(message);
	}
	g_object_unref(parser);
	g_object_unref(stream);
	return ret;
}
