/* SPDX-License-Identifier: ISC */
/* Commands that run long stop at a place from where they can go on when a signal asks them to. */
#ifndef CLI_SIGNALS_H
#define CLI_SIGNALS_H

#include <signal.h>

/* The number of the SIGINT, SIGTERM or SIGHUP that came since signals_catch(); 0: none. */
extern volatile sig_atomic_t signals_stop;

/* What the program was started to ignore (nohup) stays ignored. */
void signals_catch(void);
/* The program dies of the signal that stopped it, so that shells and schedulers see it. Returns where none did. */
void signals_die(void);

#endif
