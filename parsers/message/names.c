/* SPDX-License-Identifier: ISC */
#include "parsers/message/names.h"

#define NAME_TEXT(id, text) [NAME_##id] = text,
static const char *const texts[] = {FIELD_NAME_LIST(NAME_TEXT)};
#define NAME_LENGTH(id, text) [NAME_##id] = sizeof text - 1,
static const uint8_t lengths[NAME_COUNT + 1] = {FIELD_NAME_LIST(NAME_LENGTH)};

/* The first name of each length; the others of that length stand behind it. */
static const uint8_t first_of[] = {
	[2] = NAME_CC,
	[4] = NAME_DATE,
	[6] = NAME_SENDER,
	[7] = NAME_LIST_ID,
	[8] = NAME_ARC_SEAL,
	[9] = NAME_LIST_POST,
	[10] = NAME_MESSAGE_ID,
	[11] = NAME_ENVELOPE_TO,
	[12] = NAME_CONTENT_TYPE,
	[13] = NAME_DELIVERY_DATE,
	[14] = NAME_AUTO_SUBMITTED,
	[15] = NAME_X_ENVELOPE_FROM,
	[16] = NAME_LIST_UNSUBSCRIBE,
	[17] = NAME_RESENT_MESSAGE_ID,
	[19] = NAME_CONTENT_DISPOSITION,
	[21] = NAME_ARC_MESSAGE_SIGNATURE,
	[22] = NAME_AUTHENTICATION_RESULTS,
	[23] = NAME_X_GOOGLE_DKIM_SIGNATURE,
	[24] = NAME_X_PHP_ORIGINATING_SCRIPT,
	[25] = NAME_CONTENT_TRANSFER_ENCODING,
	[26] = NAME_ARC_AUTHENTICATION_RESULTS,
	[28] = NAME_X_MS_EXCHANGE_FORWARDINGLOOP,
	[30] = NAME_X_MS_EXCHANGE_INBOX_RULES_LOOP,
};

const char *field_name_text(enum field_name name)
{
	return texts[name];
}

enum field_name field_name_of(struct span s)
{
	size_t name = s.len < sizeof first_of ? first_of[s.len] : NAME_OTHER;

	for (; name && lengths[name] == s.len; name++)
		if (((s.ptr[0] ^ (uint8_t)texts[name][0]) & 0xdf) == 0 &&
			bytes_ieq(s.ptr, (const uint8_t *)texts[name], s.len))
			return (enum field_name)name;
	return NAME_OTHER;
}
