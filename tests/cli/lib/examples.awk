# The examples of one manual page as scripts: awk -v to=FOLDER -f examples.awk PAGE
#
# Each literal block (.Bd -literal ... .Ed) of the section EXAMPLES becomes FOLDER/N.sh, a bash
# script that runs the block's commands one after the other and leaves what command K writes in
# K.out and K.err, and FOLDER/N.K.want for each command that has output below it. FOLDER/N.line
# holds the line of the page where the block begins.
BEGIN { quote = "'" }

# What the page's source stands for. The order matters: \e may spell the others.
function plain(text) {
    sub(/^\\&/, "", text)
    gsub(/\\\(aq/, quote, text)
    gsub(/\\\(dq/, "\"", text)
    gsub(/\\\(ga/, "`", text)
    gsub(/\\\(ti/, "~", text)
    gsub(/\\\(ha/, "^", text)
    gsub(/\\-/, "-", text)
    gsub(/\\e/, "\\", text)
    return text
}

function end_command() {
    if (command == "") return
    printf "{\n%s} >\"$OUT/%d.out\" 2>\"$OUT/%d.err\"\n", command, commands, commands > script
    command = ""
}

function end_block() {
    if (!script) return
    end_command()
    close(script)
    if (want) close(want)
    script = want = ""
}

/^\.Sh / { end_block(); examples = $2 == "EXAMPLES" }
examples && /^\.Bd -literal/ {
    end_block()
    block++
    commands = 0
    script = to "/" block ".sh"
    print "set -euo pipefail" > script
    print NR > (to "/" block ".line")
    close(to "/" block ".line")
    next
}
script && /^\.Ed/ { end_block() }
!script { next }
/^\$ / {
    end_command()
    if (want) close(want)
    want = ""
    commands++
    command = plain(substr($0, 3)) "\n"
    next
}
/^> / && command != "" && !want { command = command plain(substr($0, 3)) "\n"; next }
commands {
    want = to "/" block "." commands ".want"
    print plain($0) > want
}
END { end_block() }
