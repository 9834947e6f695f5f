/* The JSON Schema (draft-07) of a form. */
#pragma once

#include "core/domain/form.h"

/* Owned text, ended by a newline. */
char *dmig_form_json_schema(const DmigForm *form, const char *title, const char *description);
