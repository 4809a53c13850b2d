# Completes each argument, a command line, as an interactive bash does, and prints what it offers: the words of one line each.
# usage: complete.bash FILE LINE...     FILE: the completion; a line that ends in a blank begins a new word
source "$1"
shift
[[ $(complete -p s3mount) == "complete -F _s3mount s3mount" ]] || { echo "nothing completes s3mount" >&2; exit 1; }
for COMP_LINE; do
    # As readline splits it: = stands alone.
    read -ra COMP_WORDS <<<"${COMP_LINE//=/ = }"
    [[ $COMP_LINE != *[\ =] ]] || COMP_WORDS+=("")
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    COMP_POINT=${#COMP_LINE}
    COMPREPLY=()
    _s3mount "${COMP_WORDS[0]}" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
    (IFS='|'; echo "${COMPREPLY[*]}")
done
