/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PSW_DEVICE_H
#define _PSW_DEVICE_H

int psw_device_init(void);
void psw_device_fini(void);

#endif /* _PSW_DEVICE_H */
