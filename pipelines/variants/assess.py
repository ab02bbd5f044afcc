#!/usr/bin/env python3
"""What the scores of `dna-hnet variants` are worth, beside scores that know no sequence model.

    assess.py clinvar SCORED.vcf.gz --fasta G.fa.gz --train chr1,chr2   AUROC within strata of consequence
    assess.py frequency SCORED.vcf.gz --fasta G.fa.gz --train chr1      rare against common alleles, by INFO/AF
    assess.py truth SCORED.vcf.gz                                       Spearman with INFO/TRUE_LLR
    assess.py cut IN.vcf.gz --fasta G.fa.gz --contig chr17 --bases 64 --out PREFIX
                                                                        the contig without so many bases at both ends: other windows
    assess.py offsets SCORED.vcf.gz SCORED.vcf.gz ...                   spread of one allele's score over such files, matched by ID
    assess.py reads READS.tsv                                           delta_bits of `score --reads-out` beside permuted pairs, and by NM

Tables with tabs on standard output; needs numpy. A higher score stands for the rarer or harmful allele, so DHN_LLR enters with
its sign turned. Intervals: 95 % of 1,000 bootstrap samples of positions, seed 1. Alleles without a score are counted and left out.
"""
import argparse
import gzip
import sys

import numpy

ORDER = 8  # of the counting model
REPEATS = 1000
CODE = numpy.full(256, 4, dtype=numpy.int64)
for number, letters in enumerate(("Aa", "Cc", "Gg", "Tt")):
    CODE[[ord(letter) for letter in letters]] = number
HARMFUL = {"Pathogenic", "Likely_pathogenic", "Pathogenic/Likely_pathogenic"}
BENIGN = {"Benign", "Likely_benign", "Benign/Likely_benign"}
# From severe to mild: a variant has the first that its MC names.
CONSEQUENCES = ("nonsense", "frameshift_variant", "splice_donor_variant", "splice_acceptor_variant", "missense_variant", "synonymous_variant",
                "5_prime_UTR_variant", "3_prime_UTR_variant", "non-coding_transcript_variant", "intron_variant")


def opened(path):
    return gzip.open(path, "rt") if str(path).endswith(".gz") else open(path)


def alleles_of(path):
    """Of every alternative allele: contig, position (1-based), REF, ALT and INFO with the ID, its own values of the DHN fields."""
    with opened(path) as lines:
        for line in lines:
            if line.startswith("#"):
                continue
            cells = line.rstrip("\n").split("\t", 8)
            info = {"ID": cells[2], **dict(part.partition("=")[::2] for part in cells[7].split(";"))}
            for number, alt in enumerate(cells[4].split(",")):
                own = {key: value.split(",")[number] if key.startswith("DHN_") and value else value for key, value in info.items()}
                yield cells[0], int(cells[1]), cells[3].upper(), alt.upper(), own


def fasta_of(path):
    contigs, name, parts = {}, None, []
    with opened(path) as lines:
        for line in lines:
            if line.startswith(">"):
                if name:
                    contigs[name] = CODE[numpy.frombuffer("".join(parts).encode(), dtype=numpy.uint8)]
                name, parts = line[1:].split()[0], []
            else:
                parts.append(line.strip())
    contigs[name] = CODE[numpy.frombuffer("".join(parts).encode(), dtype=numpy.uint8)]
    return contigs


class OrderModel:
    """log2 likelihood ratios of substitutions under an order-k Markov model of both strands, +1 smoothing: the mean of both directions."""

    def __init__(self, contigs, names):
        counts = numpy.ones(4 ** (ORDER + 1))
        for name in names:
            for bases in (contigs[name], self.turned(contigs[name])):
                windows = numpy.lib.stride_tricks.sliding_window_view(bases, ORDER + 1)
                known = (windows < 4).all(axis=1)
                powers = 4 ** numpy.arange(ORDER, -1, -1)
                counts += numpy.bincount(windows[known] @ powers, minlength=len(counts))
        table = counts.reshape(-1, 4)
        self.log2_p = numpy.log2(table / table.sum(axis=1, keepdims=True)).reshape(-1)

    @staticmethod
    def turned(bases):
        return numpy.where(bases < 4, 3 - bases, 4)[::-1]

    def bits(self, bases):
        windows = numpy.lib.stride_tricks.sliding_window_view(bases, ORDER + 1)
        known = (windows < 4).all(axis=1)
        return self.log2_p[windows[known] @ (4 ** numpy.arange(ORDER, -1, -1))].sum()

    def ratio(self, bases, position, alt):
        begin, end = max(0, position - 1 - ORDER), min(len(bases), position + ORDER)
        reference = bases[begin:end]
        changed = reference.copy()
        changed[position - 1 - begin] = CODE[ord(alt)]
        return (self.bits(changed) - self.bits(reference) + self.bits(self.turned(changed)) - self.bits(self.turned(reference))) / 2


def ranks(values):
    _, inverse, counts = numpy.unique(values, return_inverse=True, return_counts=True)
    ends = numpy.cumsum(counts)
    return (ends - (counts - 1) / 2)[inverse]


def auroc(scores, labels):
    positive = labels.sum()
    if positive == 0 or positive == len(labels):
        return float("nan")
    return (ranks(scores)[labels].sum() - positive * (positive + 1) / 2) / (positive * (len(labels) - positive))


def spearman(a, b):
    return numpy.corrcoef(ranks(a), ranks(b))[0, 1]


def bootstrap(positions, statistic, *columns):
    """The statistic of all rows, and the 95 % interval over samples of positions."""
    draws = numpy.random.default_rng(1)
    order = numpy.argsort(positions, kind="stable")
    _, starts, counts = numpy.unique(positions[order], return_index=True, return_counts=True)
    values = []
    for _ in range(REPEATS):
        picked = draws.integers(len(starts), size=len(starts))
        rows = order[numpy.concatenate([numpy.arange(starts[i], starts[i] + counts[i]) for i in picked])]
        values.append(statistic(*(column[rows] for column in columns)))
    return (statistic(*columns), *numpy.nanquantile(values, [0.025, 0.975]))


def nearest_label(positions, labels):
    """The mean label of the closest other rows, whatever their distance; rows at the same position are the closest."""
    result = numpy.empty(len(positions))
    for i, position in enumerate(positions):
        distance = numpy.abs(positions - position)
        distance[i] = numpy.iinfo(distance.dtype).max
        result[i] = labels[distance == distance.min()].mean()
    return result


def mutability(bases, position, ref, alt):
    """2 transversion, 1 transition, 0 transition of a CpG: the more common the mutation, the lower."""
    if {ref, alt} not in ({"A", "G"}, {"C", "T"}):
        return 2
    before = bases[position - 2] if position > 1 else 4
    after = bases[position] if position < len(bases) else 4
    cpg = (ref == "C" and after == 2) or (ref == "G" and before == 1)
    return 0 if cpg else 1


class Scored:
    """The substitutions of a scored file that have a score, with the columns that every table shows."""

    def __init__(self, path, fasta, train, keep):
        contigs = fasta_of(fasta)
        order = OrderModel(contigs, train)
        self.rows, self.without, self.others = [], 0, 0
        columns = {name: [] for name in ("-DHN_LLR", "-DHN_SITE", "-DHN_FLANK", f"-order {ORDER}", "Tv, Ti, CpG Ti")}
        for contig, position, ref, alt, info in alleles_of(path):
            if len(ref) != 1 or len(alt) != 1 or alt not in "ACGT":
                self.others += 1
                continue
            kept = keep(info)
            if kept is None:
                continue
            if info.get("DHN_LLR", ".") == ".":
                self.without += 1
                continue
            self.rows.append((position, *kept))
            for field in ("DHN_LLR", "DHN_SITE", "DHN_FLANK"):
                columns["-" + field].append(-float(info[field]))
            columns[f"-order {ORDER}"].append(-order.ratio(contigs[contig], position, alt))
            columns["Tv, Ti, CpG Ti"].append(mutability(contigs[contig], position, ref, alt))
        self.columns = {name: numpy.array(values, dtype=float) for name, values in columns.items()}
        self.positions = numpy.array([row[0] for row in self.rows])


def print_table(title, positives, negatives, positions, labels, columns):
    for name, scores in columns.items():
        value, low, high = bootstrap(positions, auroc, scores, labels)
        print(title, positives, negatives, int(labels.sum()), int((~labels).sum()), name, f"{value:.3f}", f"{low:.3f}", f"{high:.3f}", sep="\t")


def header():
    print("stratum", "positives", "negatives", "n_positive", "n_negative", "score", "auroc", "ci_low", "ci_high", sep="\t")


def clinvar(options):
    def keep(info):
        label = info.get("CLNSIG")
        named = {part.split("|")[-1] for part in info.get("MC", "").split(",")}
        consequence = next((name for name in CONSEQUENCES if name in named), "other")
        return (True if label in HARMFUL else False if label in BENIGN else None, consequence)

    scored = Scored(options.scored[0], options.fasta, options.train.split(","), keep)
    labels = numpy.array([-1 if row[1] is None else int(row[1]) for row in scored.rows])
    consequence = numpy.array([row[2] for row in scored.rows])
    severity = numpy.array([-CONSEQUENCES.index(c) if c in CONSEQUENCES else -len(CONSEQUENCES) for c in consequence], dtype=float)
    header()
    damaging = numpy.isin(consequence, ("nonsense", "splice_donor_variant", "splice_acceptor_variant"))
    silent = numpy.isin(consequence, ("synonymous_variant", "intron_variant"))
    for title, rows, truth in (
            ("missense", (consequence == "missense_variant") & (labels >= 0), labels == 1),
            ("synonymous", (consequence == "synonymous_variant") & (labels >= 0), labels == 1),
            ("intron", (consequence == "intron_variant") & (labels >= 0), labels == 1),
            ("all substitutions", labels >= 0, labels == 1),
            ("nonsense, splice against synonymous, intron", damaging | silent, damaging)):
        truth = truth[rows]
        if truth.sum() < 10 or (~truth).sum() < 10:
            continue
        columns = {name: values[rows] for name, values in scored.columns.items()}
        if "against" in title:
            names = ("nonsense, splice", "synonymous, intron")
        else:
            names = ("(likely) pathogenic", "(likely) benign")
            columns["consequence rank"] = severity[rows]
            columns["nearest label"] = nearest_label(scored.positions[rows], truth)
        print_table(title, *names, scored.positions[rows], truth, columns)
    print(f"# {len(scored.rows)} substitutions with a score, {scored.without} without; {scored.others} other alleles", file=sys.stderr)


def frequency(options):
    def keep(info):
        try:
            return (float(info["AF"]),)
        except (KeyError, ValueError):
            return None  # none, or of several alleles

    scored = Scored(options.scored[0], options.fasta, options.train.split(","), keep)
    share = numpy.array([row[1] for row in scored.rows])
    share = numpy.minimum(share, 1 - share)  # of the rarer allele
    header()
    rows = (share < options.rare) | (share >= options.common)
    print_table("all substitutions", f"minor allele below {options.rare}", f"from {options.common}", scored.positions[rows],
                share[rows] < options.rare, {name: values[rows] for name, values in scored.columns.items()})


def truth(options):
    rows = [(position, float(info["TRUE_LLR"]), float(info["DHN_LLR"]), float(info["DHN_SITE"]), float(info["DHN_FLANK"]))
            for _, position, _, _, info in alleles_of(options.scored[0])
            if info.get("DHN_LLR", ".") != "." and info.get("TRUE_LLR", ".") != "."]
    columns = numpy.array(rows).T
    print("score", "alleles", "spearman", "ci_low", "ci_high", sep="\t")
    for name, values in zip(("DHN_LLR", "DHN_SITE", "DHN_FLANK"), columns[2:]):
        value, low, high = bootstrap(columns[0], spearman, columns[1], values)
        print(name, len(values), f"{value:.3f}", f"{low:.3f}", f"{high:.3f}", sep="\t")


def offsets(options):
    fields = ("DHN_LLR", "DHN_SITE", "DHN_FLANK")
    tables = [{(info["ID"], ref, alt): info for _, _, ref, alt, info in alleles_of(path)} for path in options.scored]
    shared = [key for key in tables[0] if all(table.get(key, {}).get("DHN_LLR", ".") != "." for table in tables)]
    print("score", "alleles", "files", "sd_between_alleles", "median_sd_over_files", "correlation_of_strands", sep="\t")
    strands = numpy.array([[float(tables[0][key][field]) for key in shared] for field in ("DHN_LLRF", "DHN_LLRR")])
    for field in fields:
        values = numpy.array([[float(table[key][field]) for key in shared] for table in tables])
        spread = numpy.median(values.std(axis=0, ddof=1)) if len(tables) > 1 else float("nan")
        both = numpy.corrcoef(strands)[0, 1] if field == "DHN_LLR" else float("nan")
        print(field, len(shared), len(tables), f"{values[0].std(ddof=1):.3f}", f"{spread:.3f}", f"{both:.3f}", sep="\t")


def reads(options):
    with opened(options.scored[0]) as lines:
        rows = [line.rstrip("\n").split("\t") for line in lines if not line.startswith("#")]
    head = rows[0]
    rows = [dict(zip(head, row)) for row in rows[1:]]
    rows = [row for row in rows if row["delta_bits"] != "NA" and row["nm"] != "NA"]
    bits, reference, nm, bases = (numpy.array([float(row[column]) for row in rows]) for column in ("bits", "ref_bits", "nm", "scored_bases"))
    delta = bits - reference
    shuffled = reference[numpy.random.default_rng(1).permutation(len(rows))]
    print("reads", "nm_from", "nm_to", "median_abs_delta", "median_delta", "median_total_bits", "group", sep="\t")
    groups = [("all", nm >= 0), ("permuted", None)]
    edges = numpy.unique(numpy.quantile(nm, [0, 0.25, 0.5, 0.75]))
    for low, high in zip(edges, [*edges[1:], numpy.inf]):
        groups.append((f"{low:.0f}", (nm >= low) & (nm < high)))
    for name, picked in groups:
        if picked is None:
            values, total = bits - shuffled, (bits - shuffled) * bases
            picked = nm >= 0
        else:
            values, total = delta[picked], delta[picked] * bases[picked]
        print(len(values), int(nm[picked].min()), int(nm[picked].max()), f"{numpy.median(abs(values)):.6f}", f"{numpy.median(values):+.6f}",
              f"{numpy.median(total):+.3f}", name, sep="\t")
    print(f"# Spearman of NM with delta_bits times scored bases: {spearman(nm, delta * bases):.3f}; with delta_bits: {spearman(nm, delta):.3f}")


def cut(options):
    name, count = options.contig, options.bases
    bases = fasta_of(options.fasta)[name]
    length = len(bases) - 2 * count
    with open(options.out + ".fa", "w") as fasta:
        fasta.write(f">{name}\n" + "".join("ACGTN"[code] for code in bases[count : len(bases) - count]) + "\n")
    with opened(options.scored[0]) as lines, open(options.out + ".vcf", "w") as out:
        for line in lines:
            cells = line.split("\t")
            if line.startswith("##contig="):
                continue
            if line.startswith("#CHROM"):
                out.write(f"##contig=<ID={name},length={length}>\n")
            if not line.startswith("#"):
                if cells[0] != name or not 0 < int(cells[1]) - count <= length:
                    continue
                cells[1] = str(int(cells[1]) - count)
            out.write("\t".join(cells))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("clinvar", "frequency", "truth", "cut", "offsets", "reads"))
    parser.add_argument("scored", nargs="+")
    parser.add_argument("--fasta")
    parser.add_argument("--train", help="contigs that the counting model is made of, A,B")
    parser.add_argument("--rare", type=float, default=0.001)
    parser.add_argument("--common", type=float, default=0.05)
    parser.add_argument("--contig")
    parser.add_argument("--bases", type=int, default=64)
    parser.add_argument("--out")
    options = parser.parse_args()
    if options.what in ("clinvar", "frequency") and not (options.fasta and options.train):
        parser.error(f"{options.what}: --fasta and --train are required")
    globals()[options.what](options)


if __name__ == "__main__":
    main()
