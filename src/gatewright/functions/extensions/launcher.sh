# Starts the external extensions of one execution environment and, when it is told to, the runtime; says how each ends.
#
#   sh -c "$(cat launcher.sh)" launcher REPORTS ORDERS OUTPUT VARIABLES COUNT EXTENSION... RUNTIME ARGUMENT...
#
# REPORTS, ORDERS, OUTPUT   pipes, as paths: not every shell can name a descriptor of two digits
# VARIABLES                 names of those variables that extensions do not have, between blanks
# orders                    start | terminate | kill, all for the runtime, one a line
# reports                   "extension INDEX STATUS" | "runtime STATUS", one a line; a status above 128 is a signal
exec 8>"$1" 9<"$2" 7>"$3"
variables=$4
count=$5
shift 5

run_extension() { # INDEX PATH
    (
        (
            unset $variables
            cd /
            exec "$2" </dev/null 2>&7 >&7 7>&- 8>&- 9>&-
        )
        echo "extension $1 $?" >&8
    ) 2>/dev/null &
}

# The shell says on its standard error when a child ended by a signal: that is no output of the runtime.
run_runtime() { # PROGRAM ARGUMENT...
    (
        exec 6>&2 2>/dev/null
        trap 'kill -TERM "$child"' TERM
        trap 'kill -KILL "$child"' USR1
        "$@" </dev/null 2>&6 6>&- 7>&- 8>&- 9>&- &
        child=$!
        while
            wait "$child"
            status=$?
            kill -0 "$child"
        do :; done
        # These may tell of a signal that the shell got while it waited: then it knows the child's own status still.
        case $status in
        138 | 143)
            wait "$child"
            again=$?
            [ "$again" -eq 127 ] || status=$again
            ;;
        esac
        echo "runtime $status" >&8
    ) &
    runtime=$!
}

index=0
while [ "$index" -lt "$count" ]; do
    run_extension "$index" "$1"
    shift
    index=$((index + 1))
done

while read -r order <&9; do
    case $order in
    start) run_runtime "$@" ;;
    terminate) kill -TERM "$runtime" ;;
    kill) kill -USR1 "$runtime" ;;
    esac
done
