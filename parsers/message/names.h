/* SPDX-License-Identifier: ISC */
/*
 * The names of fields that anything is asked about: found once when the header is read, so that asking for a field is no
 * search. A name that is not here is asked for with message_field_named().
 */
#ifndef PARSERS_MESSAGE_NAMES_H
#define PARSERS_MESSAGE_NAMES_H

#include "parsers/base/span.h"

/* By length, then by letter. */
#define FIELD_NAME_LIST(X) \
	X(CC, "Cc") \
	X(TO, "To") \
	X(DATE, "Date") \
	X(FROM, "From") \
	X(SENDER, "Sender") \
	X(LIST_ID, "List-Id") \
	X(SUBJECT, "Subject") \
	X(ARC_SEAL, "ARC-Seal") \
	X(RECEIVED, "Received") \
	X(REPLY_TO, "Reply-To") \
	X(X_MAILER, "X-Mailer") \
	X(LIST_POST, "List-Post") \
	X(RESENT_TO, "Resent-To") \
	X(MESSAGE_ID, "Message-ID") \
	X(PRECEDENCE, "Precedence") \
	X(REFERENCES, "References") \
	X(USER_AGENT, "User-Agent") \
	X(ENVELOPE_TO, "Envelope-To") \
	X(FEEDBACK_ID, "Feedback-ID") \
	X(IN_REPLY_TO, "In-Reply-To") \
	X(RESENT_DATE, "Resent-Date") \
	X(RESENT_FROM, "Resent-From") \
	X(RETURN_PATH, "Return-Path") \
	X(X_AUTOREPLY, "X-Autoreply") \
	X(X_BEENTHERE, "X-BeenThere") \
	X(CONTENT_TYPE, "Content-Type") \
	X(DELIVERED_TO, "Delivered-To") \
	X(LIST_ARCHIVE, "List-Archive") \
	X(MAILING_LIST, "Mailing-List") \
	X(MIME_VERSION, "MIME-Version") \
	X(RECEIVED_SPF, "Received-SPF") \
	X(THREAD_INDEX, "Thread-Index") \
	X(THREAD_TOPIC, "Thread-Topic") \
	X(X_PHP_SCRIPT, "X-PHP-Script") \
	X(DELIVERY_DATE, "Delivery-Date") \
	X(ENVELOPE_FROM, "Envelope-From") \
	X(X_AUTORESPOND, "X-Autorespond") \
	X(X_ORIGINAL_TO, "X-Original-To") \
	X(X_RESENT_FROM, "X-Resent-From") \
	X(AUTO_SUBMITTED, "Auto-Submitted") \
	X(DKIM_SIGNATURE, "DKIM-Signature") \
	X(LIST_SUBSCRIBE, "List-Subscribe") \
	X(X_DELIVERED_TO, "X-Delivered-To") \
	X(X_FORWARDED_TO, "X-Forwarded-To") \
	X(X_MAILING_LIST, "X-Mailing-List") \
	X(X_ENVELOPE_FROM, "X-Envelope-From") \
	X(X_FORWARDED_FOR, "X-Forwarded-For") \
	X(X_ORIGINAL_DATE, "X-Original-Date") \
	X(LIST_UNSUBSCRIBE, "List-Unsubscribe") \
	X(X_ORIGINATING_IP, "X-Originating-IP") \
	X(RESENT_MESSAGE_ID, "Resent-Message-ID") \
	X(X_GOPHISH_CONTACT, "X-Gophish-Contact") \
	X(CONTENT_DISPOSITION, "Content-Disposition") \
	X(X_FAILED_RECIPIENTS, "X-Failed-Recipients") \
	X(X_GOPHISH_SIGNATURE, "X-Gophish-Signature") \
	X(ARC_MESSAGE_SIGNATURE, "ARC-Message-Signature") \
	X(AUTHENTICATION_RESULTS, "Authentication-Results") \
	X(X_GOOGLE_DKIM_SIGNATURE, "X-Google-DKIM-Signature") \
	X(X_PHP_ORIGINATING_SCRIPT, "X-PHP-Originating-Script") \
	X(CONTENT_TRANSFER_ENCODING, "Content-Transfer-Encoding") \
	X(ARC_AUTHENTICATION_RESULTS, "ARC-Authentication-Results") \
	X(X_MS_EXCHANGE_FORWARDINGLOOP, "X-MS-Exchange-ForwardingLoop") \
	X(X_MS_EXCHANGE_INBOX_RULES_LOOP, "X-MS-Exchange-Inbox-Rules-Loop")

#define FIELD_NAME_ENUM(id, text) NAME_##id,
enum field_name { NAME_OTHER, FIELD_NAME_LIST(FIELD_NAME_ENUM) NAME_COUNT };
#undef FIELD_NAME_ENUM

/* As it is mostly written, "Reply-To"; not for NAME_OTHER. */
const char *field_name_text(enum field_name);
/* In any case of letters; NAME_OTHER where it is none of the list. */
enum field_name field_name_of(struct span);

#endif
