# scripts/deps.sh against machines that lack something, played by a PATH of links.
. "${0%/*}/../tap.sh"

# What a bare system has, and all commands that the groups look for.
mkdir "$T/full"
for command in sh cat env id sed sort tr; do
    ln -s "$(command -v $command)" "$T/full/$command"
done
for command in true gcc ar clang sqlite3 prove xz clang-format clang-tidy cppcheck shellcheck \
    mandoc; do
    ln -s /bin/true "$T/full/$command"
done
cp -R "$T/full" "$T/lacking"
rm "$T/lacking/sqlite3" "$T/lacking/prove"

# apt-get and sudo that write down what they were told.
cat >"$T/apt" <<'END'
#!/bin/sh
echo "apt-get [$DEBIAN_FRONTEND] $*" >>"${0%/*}/log"
END
cat >"$T/sudo" <<'END'
#!/bin/sh
[ "$1" = -n ] && shift
exec "$@"
END
chmod +x "$T/apt" "$T/sudo"
user_is() { # NUMBER: what id says; 0 is root
    rm -f "$T/lacking/id"
    printf '#!/bin/sh\necho %s\n' "$1" >"$T/lacking/id"
    chmod +x "$T/lacking/id"
}
sh=$(command -v sh)
deps() { # PATH GROUP...
    path=$1
    shift
    env PATH="$path" DPO_APT="$T/apt" "$sh" scripts/deps.sh "$@"
}
user_is 1000

try 'nothing is missing' 0 deps "$T/full" data test lint
out_is ''
err_is ''
check 'and apt-get was not called' test ! -e "$T/log"

try 'a missing command, no right to install' 1 deps "$T/lacking" data test
out_is ''
err_is 'deps.sh: packages are missing; as root, run:
apt-get update && apt-get install --no-install-recommends -y perl sqlite3'
check 'apt-get was not called' test ! -e "$T/log"

installs='apt-get [noninteractive] -o DPkg::Lock::Timeout=300 update
apt-get [noninteractive] -o DPkg::Lock::Timeout=300 install --no-install-recommends -y perl sqlite3'

ln -s "$T/sudo" "$T/lacking/sudo"
try 'through sudo' 0 deps "$T/lacking" test data
try 'what apt-get was told' 0 cat "$T/log"
out_is "$installs"

rm -f "$T/log" "$T/lacking/sudo"
user_is 0
try 'as root' 0 deps "$T/lacking" data test
try 'what apt-get was told' 0 cat "$T/log"
out_is "$installs"

printf '#!/bin/sh\nexit 100\n' >"$T/apt"
try 'apt-get fails' 100 deps "$T/lacking" data

try 'no apt-get' 1 env PATH="$T/lacking" DPO_APT=no-such-apt "$sh" scripts/deps.sh data
err_is 'deps.sh: please install (names as on Debian): sqlite3'

try 'an unknown group' 2 scripts/deps.sh bulid
err_is "deps.sh: no group is called 'bulid'"

# The promise is 0.1 s; a second leaves room for a busy machine.
start=$(date +%s%N)
deps "$T/full" data test lint
check 'looking takes no time' test $((($(date +%s%N) - start) / 1000000)) -lt 1000
done_testing
