#!/usr/bin/env bash
# From nothing to a trained H-Net, its perplexity beside the baselines, and its chunk boundaries.
#
#   pipelines/quickstart/run.sh [--fasta GENOME.fa] [--out DIR] [--threads N]
#
#   --fasta FILE  a genome of your own (plain or bgzip) instead of the simulated one; the last 10 % of each contig is held out
#   --out DIR     where the results go (default: build/quickstart); must be empty or not exist, unless it is the default
#   --threads N   threads of the commands (default: all processors)
#   --steps N     training steps (default: 2000); with few of them the model has learned nothing, but everything is tried out
#   --length N    bases of the simulated genome (default: 1000000)
#
# Sets the machine up (cmake/bootstrap.sh), builds the binary, and runs: simulate, train, score, boundaries,
# annotate, report. Environment:
# DNA_HNET_TORCH_DIR (a LibTorch folder of your own), DNA_HNET_JOBS (parallel compilations).
set -euo pipefail
export LC_ALL=C  # one order of sorting everywhere

# The main job. Sized for two processors and a few minutes; everything else is the preset's.
genome_length=1000000
genome_seed=1
steps=2000
training=(--preset tiny --context 1024 --decay-fraction 0.3 --seed 1)
held_out_at_most=100000  # bases scored of a genome of your own

stop() {
    printf 'quickstart: %s\n' "$1" >&2
    exit "${2:-1}"
}
step() { printf '\nquickstart: %s\n' "$*" >&2; }
run() {
    printf '+ dna-hnet %s\n' "$*" >&2
    "$binary" "$@" || stop "dna-hnet $1 failed with exit code $?; its message stands above" 1
}

fasta='' out='' threads=$(nproc)
while [ $# -gt 0 ]; do
    case $1 in
        -h | --help)
            sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "${BASH_SOURCE[0]}"
            exit 0
            ;;
        --fasta | --out | --threads | --steps | --length)
            [ -n "${2:-}" ] || stop "$1 needs a value" 2
            case $1 in
                --fasta) fasta=$(realpath -m -- "$2") ;;
                --out) out=$(realpath -m -- "$2") ;;
                --threads) threads=$2 ;;
                --steps) steps=$2 ;;
                --length) genome_length=$2 ;;
            esac
            shift 2
            ;;
        *) stop "unknown option '$1'; see --help" 2 ;;
    esac
done
[[ $threads =~ ^[1-9][0-9]*$ ]] || stop "--threads: got '$threads', expected a whole number from 1" 2
[ -z "$fasta" ] || [ -r "$fasta" ] || stop "cannot read the FASTA file $fasta" 3

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root"
if [ -z "$out" ]; then
    out=$root/build/quickstart
    rm -rf "$out"
elif [ -e "$out" ] && [ -n "$(ls -A -- "$out" 2>/dev/null || echo "not a folder")" ]; then
    stop "--out $out exists and is not an empty folder" 2
fi
mkdir -p "$out" || stop "cannot make the folder $out"

step "setting up and building"
cmake/bootstrap.sh
cmake --preset release ${DNA_HNET_TORCH_DIR:+"-DDNA_HNET_TORCH_DIR=$DNA_HNET_TORCH_DIR"} >"$out/build.log" 2>&1 ||
    { tail -n 30 "$out/build.log" >&2; stop "configuring failed; the whole log: $out/build.log"; }
cmake --build build/release --parallel "${DNA_HNET_JOBS:-$(nproc)}" --target dna-hnet
binary=$root/build/release/apps/dna-hnet
[ -x "$binary" ] || stop "the build ended, but $binary is not there"

started=$SECONDS
truth=() classes=()
split=$out/held_out.bed
if [ -z "$fasta" ]; then
    step "simulating a genome of $genome_length bases with planted genes, repeats and CpG islands"
    run simulate -o "$out/genome" --length "$genome_length" --seed "$genome_seed"
    fasta=$out/genome/genome.fa
    # The last contig is the test set, the one before it chooses the best checkpoint.
    mapfile -t contigs < <(sed -n 's/^>\([^[:space:]]*\).*/\1/p' "$fasta")
    [ ${#contigs[@]} -ge 3 ] || stop "$fasta has ${#contigs[@]} contigs, expected at least 3 (train, valid, test)"
    test_contig=${contigs[-1]}
    training+=(--valid-contigs "${contigs[-2]}" --test-contigs "$test_contig")
    awk -v contig="$test_contig" '/^>/ { inside = substr($1, 2) == contig; next } inside { length_ += length($0) }
        END { printf "%s\t0\t%d\n", contig, length_ }' "$fasta" >"$split"
    # Classes of bases by the planted annotation. Columns 1 to 3 alone: no classes by strand.
    awk -F '\t' -v OFS='\t' '!/^#/ && $3 == "CDS" { print $1, $4 - 1, $5 }' "$out/genome/genes.gtf" |
        sort -k1,1 -k2,2n -k3,3n >"$out/cds.bed"
    awk -F '\t' -v OFS='\t' '!/^#/ { print $1, $2, $3 }' "$out/genome/repeats.bed" |
        sort -k1,1 -k2,2n -k3,3n >"$out/repeats.bed"
    classes=(--class "CDS=$out/cds.bed" --class "repeat=$out/repeats.bed")
    truth=(--truth "$out/genome/truth.bits.bw" --regions "$split" --class "CDS=$out/cds.bed" --class "repeat=$out/repeats.bed")
fi

step "training on $fasta"
run train "${training[@]}" --steps "$steps" --threads "$threads" -f "$fasta" -o "$out/run"

if [ ! -e "$split" ]; then
    # Held out by default: the last 10 % of each contig. From its end, the first contigs first, up to the limit.
    [ -r "$fasta.fai" ] || stop "no index $fasta.fai after training"
    awk -v OFS='\t' -v left="$held_out_at_most" '{
        take = int($2 / 10); if (take > left) take = left
        if (take > 0) { print $1, $2 - take, $2; left -= take }
    }' "$fasta.fai" >"$split"
    [ -s "$split" ] || stop "$fasta: no contig is long enough to hold out its last 10 %"
fi

step "scoring bases that training never saw, beside the counting models"
mkdir -p "$out/tracks"
run score --model "$out/run" -f "$fasta" -R "$split" --strand forward --baselines --all-orders "${classes[@]}" --threads "$threads" \
    --tracks "$out/tracks/held_out" -o "$out/score.tsv"
step "finding the chunk boundaries"
mkdir -p "$out/boundaries"
run boundaries --model "$out/run" -f "$fasta" -R "$split" "${classes[@]}" --threads "$threads" -o "$out/boundaries/boundaries"

enrichment=() features=()
if [ ${#truth[@]} -gt 0 ]; then
    step "counting boundaries on what was planted, against null models"
    planted=(--features "repeats=$out/genome/repeats.bed" --features "CpG islands=$out/genome/cpg_islands.bed")
    run annotate --boundaries "$out/boundaries/boundaries.stage0.fwd.chunks.bed.gz" \
        --boundaries "$out/boundaries/boundaries.stage0.rev.chunks.bed.gz" --types CDS --features "genes=$out/genome/genes.gtf" \
        "${planted[@]}" -f "$fasta" -o "$out/enrichment.tsv"
    enrichment=(--enrichment "$out/enrichment.tsv")
    features=(--features "genes=$out/genome/genes.gtf" "${planted[@]}")
fi

step "making the page"
run report --run "$out/run" --scores "$out/score.tsv" --boundaries "$out/boundaries/boundaries" --tracks "$out/tracks/held_out" \
    "${enrichment[@]}" -f "$fasta" "${features[@]}" --title "Quickstart: a model of $(basename -- "$fasta")" \
    --locus-svg "$out/locus.svg" -o "$out/report.html"

step "done: the main job took $((SECONDS - started)) s"
python3 pipelines/quickstart/table.py "$out/score.tsv" "${truth[@]}" | tee "$out/table.txt"
cat <<END

Where to look, in $out:
  report.html                everything below on one page: open it in a browser
  table.txt                  the table above
  score.tsv                  the same with confidence intervals, per class and split (dna-hnet score --help)
  locus.svg                  a picture of the chunks at one place, as on the page
  run/metrics.csv            loss, bits per base, compression and learning rate, step by step
  boundaries/boundaries.summary.tsv
                             how long the chunks are, and how many there are per class
  boundaries/*.chunks.bed.gz the chunks, boundaries/*.probability.bw the boundary probability and tracks/*.bits.bw the bits
                             of every base: load them in IGV or another genome browser with the genome $fasta
END
[ ${#truth[@]} -eq 0 ] || echo "  enrichment.tsv             boundaries on genes, repeats and CpG islands beside what null models expect
  genome/genes.gtf, genome/repeats.bed, genome/truth.bits.bw
                             what was planted, and the generator's own bits of every base"
