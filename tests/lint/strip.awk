# Prints C source with comments, strings and characters blanked out, line by line as it was, so
# that a check looks at code only; after FILE, a tab, LINE and a tab with -v named=1. Used by the
# checks beside it.
{
    out = ""
    for (i = 1; i <= length($0); i++) {
        c = substr($0, i, 1)
        two = substr($0, i, 2)
        if (comment) {
            if (two == "*/") { comment = 0; i++ }
        } else if (two == "/*") {
            comment = 1; i++
        } else if (two == "//") {
            break
        } else if (c == "\"" || c == "'") {
            for (i++; i <= length($0) && substr($0, i, 1) != c; i++)
                if (substr($0, i, 1) == "\\") i++
            out = out c c
        } else out = out c
    }
    print (named ? FILENAME "\t" FNR "\t" : "") out
}
