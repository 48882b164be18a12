/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Output. What is to be shown is put into a list of rows once; print_rows()
 * prints it as JSON or as columns of text.
 */
#ifndef _PSW_PRINT_H
#define _PSW_PRINT_H

#include <cjson/cJSON.h>
#include <podswitch.h>
#include <stdbool.h>
#include <stdio.h>

enum { PRINT_COLUMNS_MAX = 16 };

struct print_list;

/**
 * struct print_column - a column of text
 * @title: its heading
 * @key: which member of the row it shows, where @text is NULL
 * @text: writes the cell instead, or NULL
 *
 * A column with nothing in any row is left out.
 */
struct print_column {
	const char *title;
	const char *key;
	void (*text)(FILE *out, const cJSON *row);
};

/**
 * struct print_view - how rows are printed
 * @json: as JSON
 * @pretty: JSON with line breaks
 * @columns: text: the columns
 * @n_columns: how many
 * @details: text: writes lines below a row, or NULL
 */
struct print_view {
	bool json;
	bool pretty;
	const struct print_column *columns;
	size_t n_columns;
	void (*details)(FILE *out, const cJSON *row);
};

/*
 * Putting things into a row. They end the program if memory runs out. Without
 * a key, the value is appended to an array.
 */
cJSON *print_list(void);
cJSON *print_lone_row(void);
cJSON *print_add_row(cJSON *list);
cJSON *print_add_object(cJSON *to, const char *key);
cJSON *print_add_array(cJSON *to, const char *key);
void print_add_string(cJSON *to, const char *key, const char *value);
void print_add_uint(cJSON *to, const char *key, uint64_t value);
void print_add_decimal(cJSON *to, const char *key, double value);
void print_add_bool(cJSON *to, const char *key, bool value);
void print_add_mac(cJSON *to, const char *key, const uint8_t *mac);
void print_add_address(cJSON *to, const char *key,
		       const struct podswitch_address *address);
void print_add_copy(cJSON *to, const cJSON *item);
void print_add_drops(cJSON *to, const uint64_t *drops, bool all);
void print_add_stats(cJSON *to, const struct podswitch_stats *stats);

/**
 * print_is_utf8() - whether a string is added to a row as it is
 * @value: the string
 *
 * Return: true; false if "?" stands for some of its bytes.
 */
bool print_is_utf8(const char *value);

/**
 * print_safe() - writes a string without its control characters
 * @out: the stream
 * @value: the string, which the terminal is not to obey
 */
void print_safe(FILE *out, const char *value);

/**
 * print_text() - writes a value as text
 * @out: the stream
 * @item: a value; an array is written with commas; NULL writes nothing
 */
void print_text(FILE *out, const cJSON *item);

/**
 * print_set_color() - whether text has colours, those of ip
 * @on: true if so; false at first
 */
void print_set_color(bool on);

/**
 * print_member() - writes a member of a row as text
 * @out: the stream
 * @row: the row
 * @key: the member
 */
void print_member(FILE *out, const cJSON *row, const char *key);

/**
 * print_stats() - writes what print_add_stats() added, as lines below a row
 * @out: the stream
 * @row: the row
 */
void print_stats(FILE *out, const cJSON *row);

/**
 * print_begin() - begins to print rows, each as soon as it is there
 * @view: how; stays the caller's until print_end()
 *
 * Only what is printed of a row is kept, which for a thousand rows is much less
 * than the rows themselves.
 *
 * Return: what print_row() and print_end() take.
 */
struct print_list *print_begin(const struct print_view *view);

/**
 * print_row() - adds a row and frees it
 * @list: what print_begin() returned
 * @row: what print_lone_row() returned
 */
void print_row(struct print_list *list, cJSON *row);

/**
 * print_end() - prints all rows
 * @out: the stream
 * @list: what print_begin() returned; freed
 * @status: exit status so far; if it is not PSW_DONE, nothing is printed
 *
 * Return: @status; PSW_FAILED if the rows cannot be written.
 */
int print_end(FILE *out, struct print_list *list, int status);

/**
 * print_rows() - prints the rows and frees them
 * @out: the stream
 * @list: what print_list() returned
 * @view: how
 * @status: exit status so far; if it is not PSW_DONE, nothing is printed
 *
 * Return: @status; PSW_FAILED if the rows cannot be written.
 */
int print_rows(FILE *out, cJSON *list, const struct print_view *view,
	       int status);

/**
 * print_event() - prints a row on a line of its own, at once, and frees it
 * @out: the stream
 * @row: what print_lone_row() returned
 * @view: how: as JSON or not
 * @text: writes it as text, without the end of the line
 *
 * Return: PSW_DONE; PSW_FAILED if it cannot be written.
 */
int print_event(FILE *out, cJSON *row, const struct print_view *view,
		void (*text)(FILE *out, const cJSON *row));

#endif /* _PSW_PRINT_H */
