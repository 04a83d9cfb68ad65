#!/usr/bin/env python3
"""Writes common/jinja/codes_tables.c (before clang-format) from Python's own tables."""
import unicodedata
def ranges(f):
    rows=[];special=[]
    for c in range(0x80,0x110000):
        if 0xd800<=c<0xe000: continue
        s=f(chr(c))
        if s==chr(c): continue
        if len(s)!=1: special.append(c); continue
        d=ord(s)-c
        for r in reversed(rows[-3:]):
            if r[3]==d and ((r[2]==0 and c-r[1] in(1,2)) or (r[2] and c-r[1]==r[2])):
                r[2]=c-r[1]; r[1]=c; break
        else: rows.append([c,c,0,d])
    # merge specials into ranges with delta 0
    sp=[]
    for c in special:
        if sp and sp[-1][1]==c-1: sp[-1][1]=c
        else: sp.append([c,c])
    return rows,sp
u=ranges(str.upper); l=ranges(str.lower)
pr=[]
for c in range(0x80,0x110000):
    if not chr(c).isprintable():
        if pr and pr[-1][1]==c-1: pr[-1][1]=c
        else: pr.append([c,c])
t=[c for c in range(0x80,0x110000) if not 0xd800<=c<0xe000 and chr(c).title()!=chr(c).upper()]

tt=[]
for c in t:
    if tt and tt[-1][1]==c-1: tt[-1][1]=c
    else: tt.append([c,c])
def flat(type_,name,numbers):
    return "const %s %s[] = {\n%s};\n"%(type_,name,", ".join(numbers))
def four(rows):
    return [n for a,b,s,d in rows for n in ("0x%x"%a,"0x%x"%b,str(s or 1),str(d))]+["0"]*4
def two(rows):
    return [n for a,b in rows for n in ("0x%x"%a,"0x%x"%b)]+["0","0"]
print("""/* Letters beyond ASCII as Python 3.11 sees them (Unicode 14): tests/golden/templates/codes.py made
 * this. Rows of four numbers (first, last, step, what is added) or of two (first, last); a row of zeros
 * ends each table. */
#include "jinja/codes.h"
""")
print(flat("int32_t","codes_upper",four(u[0])))
print(flat("int32_t","codes_lower",four(l[0])))
print(flat("int32_t","codes_upper_odd",two(u[1])))
print(flat("int32_t","codes_title_odd",two(tt)))
print(flat("int32_t","codes_unprintable",two(pr)))
