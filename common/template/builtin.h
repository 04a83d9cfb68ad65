/* Templates by name, for a model that brings none or a wrong one. */
#ifndef TEMPLATE_BUILTIN_H
#define TEMPLATE_BUILTIN_H

/* The source of a template (chatml, gemma, llama2, llama3, mistral, phi3, zephyr), or NULL. Each
 * renders conversations without tools as the family's own template does. */
const char *template_builtin(const char *name);

#endif
