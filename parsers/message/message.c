/* SPDX-License-Identifier: ISC */
#include "parsers/message/message.h"
