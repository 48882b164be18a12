/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PSW_GUARD_H
#define _PSW_GUARD_H

#include "stats.h"

struct psw_frame;

enum psw_drop psw_guard(const struct psw_frame *frame);

#endif /* _PSW_GUARD_H */
