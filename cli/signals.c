/* SPDX-License-Identifier: ISC */
#include "cli/signals.h"

#include <stdio.h>

volatile sig_atomic_t signals_stop;

static void on_signal(int number)
{
	signals_stop = number;
}

void signals_catch(void)
{
	static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
	struct sigaction action = {.sa_handler = on_signal}, old;

	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		if (sigaction(numbers[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
			sigaction(numbers[i], &action, NULL);
}

void signals_die(void)
{
	if (!signals_stop)
		return;
	fflush(stdout);
	signal(signals_stop, SIG_DFL);
	raise(signals_stop);
}
