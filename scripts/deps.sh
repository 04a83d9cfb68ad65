#!/bin/sh
# Installs the packages that a group of work needs and this machine lacks.
#
#   scripts/deps.sh GROUP...      groups: build clang data test lint fuzz
#
# Where nothing is missing it only looks at files: no network, no package manager, a few
# milliseconds. On Debian and Ubuntu the missing packages come by apt-get, as root or through
# 'sudo -n'; where neither may be, the line to run is printed and the status is 1. Where there is
# no apt-get the names are printed. DPO_APT names another apt-get, for the tests.
set -u

# What each group needs: a package and what shows that it is there, one of commands and /files.
needs() {
    case $1 in
    build) cat <<'END' ;;
gcc gcc
libc6-dev /usr/include/stdio.h
binutils ar
libjansson-dev /usr/include/jansson.h /usr/local/include/jansson.h
libcurl4-openssl-dev /usr/include/*/curl/curl.h /usr/include/curl/curl.h /usr/local/include/curl/curl.h
libsqlite3-dev /usr/include/sqlite3.h /usr/local/include/sqlite3.h
END
    data) echo 'sqlite3 sqlite3' ;;
    test) printf '%s\n' 'perl prove' 'xz-utils xz' ;;
    lint) cat <<'END' ;;
clang-format clang-format
clang-tidy clang-tidy
cppcheck cppcheck
shellcheck shellcheck
mandoc mandoc
END
    clang | fuzz) cat <<'END' ;;
clang clang
libclang-rt-dev /usr/lib/llvm-*/lib/clang/*/lib/*/libclang_rt.fuzzer*.a /usr/lib*/clang/*/lib/*/libclang_rt.fuzzer*.a
END
    *) echo "deps.sh: no group is called '$1'" >&2 && exit 2 ;;
    esac
}

# Is one of these there: a command in PATH or a file?
present() {
    for probe; do
        case $probe in
        /*) [ -e "$probe" ] && return ;;
        *) command -v "$probe" >/dev/null && return ;;
        esac
    done
    return 1
}

missing_of() {
    needs "$1" | while read -r package probes; do
        # shellcheck disable=SC2086 # the words are meant to split and to expand
        present $probes || echo "$package"
    done
}

# Releases differ in the package that holds clang's sanitizers.
clang_runtime() {
    version=$(apt-cache depends clang 2>/dev/null | sed -n 's/.*Depends: clang-//p')
    for package in libclang-rt-dev "libclang-rt-$version-dev" "libclang-common-$version-dev"; do
        apt-cache show "$package" 2>/dev/null | grep -q . && echo "$package" && return
    done
    echo libclang-rt-dev
}

# The names as this release has them.
named_here() {
    for package in $missing; do
        if [ "$package" = libclang-rt-dev ]; then clang_runtime; else echo "$package"; fi
    done | tr '\n' ' ' | sed 's/ $//'
}

for group; do
    needs "$group" >/dev/null || exit 2
done
missing=$(for group; do missing_of "$group"; done | sort -u)
[ "$missing" ] || exit 0

apt=${DPO_APT:-apt-get}
if ! command -v "$apt" >/dev/null; then
    # shellcheck disable=SC2086 # on one line
    echo "deps.sh: please install (names as on Debian):" $missing >&2
    exit 1
fi
if [ "$(id -u)" = 0 ]; then
    as_root=
elif sudo -n true 2>/dev/null; then
    as_root='sudo -n'
else
    echo 'deps.sh: packages are missing; as root, run:' >&2
    echo "apt-get update && apt-get install --no-install-recommends -y $(named_here)" >&2
    exit 1
fi

# env carries the variable through sudo; the lock may be held by another apt-get.
apt="$as_root env DEBIAN_FRONTEND=noninteractive $apt -o DPkg::Lock::Timeout=300"
# shellcheck disable=SC2046,SC2086 # the words are meant to split
$apt update && $apt install --no-install-recommends -y $(named_here)
