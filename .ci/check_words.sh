#!/usr/bin/env bash
# Refuses what has no place in the repository: paths of one machine, hosts of package registries, unfinished marks, and files too
# big to be source. Prints file:line of each offence and exits 1 when there is any.   bash .ci/check_words.sh [ROOT]
#
# A letter of each pattern stands in brackets, so that this file does not match itself.
set -euo pipefail
cd "${1:-$(dirname "${BASH_SOURCE[0]}")/..}"

patterns=(
    '(^|[^[:alnum:]_.$}])/([w]ork|[r]oot|[h]ome|[t]mp|[U]sers)/'  # paths of one machine
    '[p]ypi\.|[p]ythonhosted|[d]eb\.debian\.org|[s]napshot\.debian|[a]naconda\.org'
    '\b([T]ODO|[F]IXME|[H]ACK|[X]XX)\b|\b[f]or now\b|\b[n]ot implemented yet\b'
    '\b[a]gents?\b|\b[i]ssue #?[0-9]+\b|\b(this|the|a) [s]ession of\b'
)
big=$((2 * 1024 * 1024))
big_golden=$((4 * 1024 * 1024))

offences=0
for pattern in "${patterns[@]}"; do
    # git grep exits 1 when nothing matches.
    if git grep --untracked -nIiP -e "$pattern" -- . ':!LICENSE'; then
        offences=$((offences + 1))
    fi
done
while IFS= read -r -d '' file; do
    [ -f "$file" ] || continue
    size=$(stat -c %s "$file")
    limit=$big
    case $file in tests/golden/data/*) limit=$big_golden ;; esac
    if [ "$size" -gt "$limit" ]; then
        echo "$file: $size bytes, at most $limit"
        offences=$((offences + 1))
    fi
done < <(git ls-files -z --cached --others --exclude-standard)
echo "words and files: $offences kinds of offence"
[ "$offences" -eq 0 ]
