# Completion of s3mount for bash. It asks the program (s3mount help), once a shell, so that it always knows the one that is installed.

declare -gA _s3mount_said

# Sets $said to what help has on a topic (none: the overview).
_s3mount_ask() {
    local key="$1 ${2:-}"
    if [[ ! -v _s3mount_said[$key] ]]; then
        _s3mount_said[$key]=$("$1" help ${2:+"$2"} 2>/dev/null </dev/null)
    fi
    said=${_s3mount_said[$key]}
}

# The options in $said: a line each, as it is written, and with what stands for its value.
_s3mount_options() {
    sed -nE 's/^  (-[a-zA-Z], )?(--[a-z-]+)( ([A-Z][^ ]*))?( .*)?$/\2 \4/p' <<<"$said"
    sed -nE 's/^  (-[a-zA-Z]), --[a-z-]+( ([A-Z][^ ]*))?( .*)?$/\1 \3/p' <<<"$said"
}

# Where something of s3mount is mounted, as the kernel says it: nothing is touched.
_s3mount_mounts() {
    local path
    while read -r path; do
        printf '%b\n' "$path"
    done < <(sed -nE 's/^([^ ]+ ){4}([^ ]+) .* - fuse\.s3mount .*$/\2/p' /proc/self/mountinfo)
}

# Those of the lines on standard input that begin with $cur.
_s3mount_offer() {
    local word
    while IFS= read -r word; do
        if [[ $word == "$cur"* ]]; then
            COMPREPLY+=("$(printf '%q' "$word")")
        fi
    done
}

_s3mount_files() {
    local word
    compopt -o filenames 2>/dev/null
    while IFS= read -r word; do
        COMPREPLY+=("$word")
    done < <(compgen "$@" -- "$cur")
}

_s3mount_value() {
    case $1 in
        DIR) _s3mount_files -d ;;
        FILE) _s3mount_files -f ;;
        USER) _s3mount_files -u ;;
        GROUP) _s3mount_files -g ;;
        LEVEL) _s3mount_offer < <(printf '%s\n' trace debug info warning error) ;;
        NAME) _s3mount_offer < <(sed -nE 's/^\[(profile )?([^]]+)\].*/\2/p' ~/.aws/config ~/.aws/credentials 2>/dev/null | sort -u) ;;
        OPT*)
            # After the last comma; options are written with underscores there.
            local said list= word value
            [[ $cur == *,* ]] && list=${cur%,*},
            cur=${cur##*,}
            compopt -o nospace 2>/dev/null
            _s3mount_ask "$program" mount
            while read -r word value; do
                [[ $word == --* && $word != --foreground && $word != --options ]] || continue
                word=${word#--}
                word=${word//-/_}${value:+=}
                [[ $word == "$cur"* ]] && COMPREPLY+=("$list$word")
            done < <(_s3mount_options; printf -- '--%s\n' ro noexec _netdev nofail noauto user)
            ;;
    esac
}

_s3mount() {
    local program=$1 cur=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} said
    COMPREPLY=()
    # --option=value comes as three words.
    if [[ $cur == = ]]; then
        cur=
    elif [[ $before == = ]]; then
        before=${COMP_WORDS[COMP_CWORD - 2]}
    fi

    _s3mount_ask "$program"
    local -a verbs
    mapfile -t verbs < <(sed -nE '/^Commands:/,/^$/s/^  ([a-z]+) .*/\1/p' <<<"$said")
    local verb= topic=mount word value
    for word in "${verbs[@]}"; do
        [[ ${COMP_WORDS[1]} == "$word" && $COMP_CWORD -gt 1 ]] && verb=$word topic=$word
    done
    if [[ $COMP_CWORD -eq 1 && $cur != -* ]]; then
        _s3mount_offer < <(printf '%s\n' "${verbs[@]}" help)
        return
    fi
    if [[ ${COMP_WORDS[1]} == help ]]; then
        [[ $COMP_CWORD -eq 2 ]] && _s3mount_offer < <(printf '%s\n' mount "${verbs[@]}")
        return
    fi

    _s3mount_ask "$program" "$topic"
    local -A values=()
    while read -r word value; do
        values[$word]=$value
    done < <(_s3mount_options)
    if [[ -n ${values[$before]-} ]]; then
        _s3mount_value "${values[$before]}"
        return
    fi
    if [[ $cur == -* ]]; then
        _s3mount_offer < <(printf '%s\n' "${!values[@]}" --help | grep -e '^--' | sort)
        return
    fi

    # Which of the words that stand by their position this is, options and their values left out.
    local position=0 i
    for ((i = 1; i < COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if [[ $word == -* ]]; then
            [[ -z ${values[$word]-} || ${COMP_WORDS[i + 1]} == = ]] || ((i++))
        elif [[ $word == = ]]; then
            ((i++))
        else
            ((position++))
        fi
    done
    case $verb:$position in
        :1) _s3mount_files -d ;;
        umount:1 | status:1 | top:1 | reload:1) _s3mount_offer < <(_s3mount_mounts) ;;
        refresh:1 | warm:1)
            _s3mount_offer < <(_s3mount_mounts)
            [[ ${#COMPREPLY[@]} -gt 0 ]] || _s3mount_files -f
            ;;
        cache:1 | snapshot:1) _s3mount_offer < <(sed -nE "/^Usage:/,/^$/s/^  s3mount $verb ([a-z|]+) .*/\1/p" <<<"$said" | tr '|' '\n') ;;
        cache:2) _s3mount_files -d ;;
        :*) ;;
        *) _s3mount_files -f ;;
    esac
}

complete -F _s3mount s3mount
