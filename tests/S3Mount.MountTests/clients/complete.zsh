# Types each argument, a command line, into an interactive zsh, presses Tab, and prints what stands there then: a line each.
# usage: complete.zsh FUNCTIONS LINE...     FUNCTIONS: the directory with _s3mount
emulate -R zsh
zmodload zsh/zpty zsh/zselect
directory=$1
shift
result=$(mktemp)
trap 'zpty -d shell; rm -f $result' EXIT

# Waits until as many lines have been written; what the shell shows must be read meanwhile.
wait_for() {
    local shown
    # A minute, in hundredths.
    repeat 1200; do
        [[ $(wc -l <$result) -ge $1 ]] && return
        while zpty -rt shell shown; do :; done
        zselect -t 5
    done
    print -u 2 "zsh did not answer"
    exit 1
}

zpty -b shell "TERM=dumb COLUMNS=400 zsh -f -i"
zpty -w shell "fpath=(${(q)directory} \$fpath); autoload -Uz compinit; compinit -D -u; tell() { print -r -- \"\$BUFFER\" >>${(q)result}; BUFFER= }; zle -N tell; bindkey '^X^T' tell; print ready >>${(q)result}"
wait_for 1
count=1
for line; do
    zpty -n -w shell "$line"$'\t\C-X\C-T'
    wait_for $((++count))
done
tail -n +2 $result
