# Is GOT what WANT says, where a line of WANT that is just '...' stands for any lines?
#     awk -f matches.awk WANT GOT
NR == FNR { want[++wants] = $0; next }
{ got[++gots] = $0 }
END {
    g = w = 1
    while (g <= gots) {
        if (w <= wants && want[w] == "...") { star = w++; from = g }
        else if (w <= wants && want[w] == got[g]) { w++; g++ }
        else if (star) { w = star + 1; g = ++from }
        else exit 1
    }
    while (w <= wants && want[w] == "...") w++
    exit w <= wants
}
