#include "template/builtin.h"

#include <string.h>

#define ROWS (sizeof rows / sizeof rows[0])

static const struct {
    const char *name, *source;
} rows[] = {
    {"chatml", "{% for m in messages %}"
               "{{ '<|im_start|>' + m.role + '\\n' + m.content + '<|im_end|>\\n' }}"
               "{% endfor %}"
               "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"},
    {"gemma", "{{ bos_token }}"
              "{% if messages and messages[0].role == 'system' %}"
              "{{ raise_exception('the system role is not supported') }}{% endif %}"
              "{% for m in messages %}"
              "{% if (m.role == 'user') != loop.index is odd %}"
              "{{ raise_exception('user and assistant must take turns') }}{% endif %}"
              "{{ '<start_of_turn>' ~ ('model' if m.role == 'assistant' else m.role) ~ '\\n' }}"
              "{{ m.content | trim }}{{ '<end_of_turn>\\n' }}"
              "{% endfor %}"
              "{% if add_generation_prompt %}{{ '<start_of_turn>model\\n' }}{% endif %}"},
    {"llama2", "{% set ns = namespace(system='') %}"
               "{% if messages and messages[0].role == 'system' %}"
               "{% set ns.system = '<<SYS>>\\n' + messages[0].content + '\\n<</SYS>>\\n\\n' %}"
               "{% set messages = messages[1:] %}{% endif %}"
               "{% for m in messages %}"
               "{% if (m.role == 'user') != loop.index is odd %}"
               "{{ raise_exception('user and assistant must take turns') }}{% endif %}"
               "{% if m.role == 'user' %}"
               "{{ bos_token ~ '[INST] ' }}"
               "{{ (ns.system + m.content if loop.first else m.content).strip() }}"
               "{{ ' [/INST]' }}"
               "{% else %}{{ ' ' ~ m.content.strip() ~ ' ' ~ eos_token }}{% endif %}"
               "{% endfor %}"},
    {"llama3", "{% for m in messages %}"
               "{{ bos_token if loop.first }}"
               "{{ '<|start_header_id|>' ~ m.role ~ '<|end_header_id|>\\n\\n' }}"
               "{{ m.content | trim }}{{ '<|eot_id|>' }}"
               "{% endfor %}"
               "{% if add_generation_prompt %}"
               "{{ '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}{% endif %}"},
    {"mistral", "{{ bos_token }}{% for m in messages %}"
                "{% if (m.role == 'user') != loop.index is odd %}"
                "{{ raise_exception('user and assistant must take turns') }}{% endif %}"
                "{% if m.role == 'user' %}{{ '[INST] ' + m.content + ' [/INST]' }}"
                "{% else %}{{ m.content + eos_token + ' ' }}{% endif %}"
                "{% endfor %}"},
    {"phi3", "{% for m in messages %}"
             "{% if m.role in ('user', 'assistant') or (m.role == 'system' and m.content) %}"
             "{{ '<|' + m.role + '|>\\n' + m.content + '<|end|>\\n' }}{% endif %}"
             "{% endfor %}"
             "{{ '<|assistant|>\\n' if add_generation_prompt else eos_token }}"},
    {"zephyr", "{% for m in messages %}"
               "{{ '<|' + m.role + '|>\\n' + m.content + eos_token }}{{ '\\n' }}"
               "{% if loop.last and add_generation_prompt %}{{ '<|assistant|>\\n' }}{% endif %}"
               "{% endfor %}"},
};

const char *template_builtin(const char *name)
{
    for (size_t i = 0; i < ROWS; i++)
        if (strcmp(rows[i].name, name) == 0) return rows[i].source;
    return NULL;
}
