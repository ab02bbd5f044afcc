"""pipelines/variants/assess.py: its statistics, by their definitions, on scores that are made up."""
import random
import subprocess
from pathlib import Path

from harness import check, fasta_text, python_with, random_bases, rows_of

SCRIPT = Path(__file__).resolve().parents[2] / "pipelines" / "variants" / "assess.py"


def table(w, folder, name, *arguments):
    done = subprocess.run([python_with("numpy"), str(SCRIPT), *map(str, arguments)], capture_output=True, text=True, timeout=300)
    check(done.returncode == 0, done.stderr)
    head, *rows = rows_of(w.write(f"{folder.name}/{name}.tsv", done.stdout))
    return [dict(zip(head, row)) for row in rows]


def auroc(pairs):
    positive, negative = ([score for score, label in pairs if label == wanted] for wanted in (True, False))
    return sum((p > n) + (p == n) / 2 for p in positive for n in negative) / (len(positive) * len(negative))


def test_clinvar(w):
    folder = w.new_folder("clinvar")
    bases = random_bases(3000, 5)
    fasta = w.write(f"{folder.name}/g.fa", fasta_text([("c", bases), ("t", random_bases(5000, 6))]))
    picks, lines, pairs = random.Random(7), [], []
    for position in sorted(picks.sample(range(20, 2980), 120)):
        ref = bases[position - 1]
        alt = picks.choice([base for base in "ACGT" if base != ref])
        harmful = picks.random() < 0.4
        score = round(picks.gauss(-1 if harmful else 0, 1), 1)
        missing = picks.random() < 0.1
        info = f"CLNSIG={'Pathogenic' if harmful else 'Likely_benign'};MC=SO:1|missense_variant;" + (
            "DHN_STATUS=REF_MISMATCH" if missing else f"DHN_LLR={score};DHN_SITE={score};DHN_FLANK=0")
        lines.append(f"c\t{position}\t{position}\t{ref}\t{alt}\t.\t.\t{info}\n")
        if not missing:
            pairs.append((-score, harmful))
    vcf = w.write(f"{folder.name}/x.vcf", "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n" + "".join(lines))
    rows = {(row["stratum"], row["score"]): row for row in table(w, folder, "t", "clinvar", vcf, "--fasta", fasta, "--train", "t")}
    row = rows["missense", "-DHN_LLR"]
    check(abs(float(row["auroc"]) - auroc(pairs)) < 6e-4, f"{row}, by pairs {auroc(pairs)}")
    check(row["n_positive"] == str(sum(label for _, label in pairs)), f"{row}")
    check(float(row["ci_low"]) < float(row["auroc"]) < float(row["ci_high"]), f"{row}")
    check(float(rows["missense", "-DHN_FLANK"]["auroc"]) == 0.5, "a constant tells nothing apart")
    check(0.35 < float(rows["missense", "-order 8"]["auroc"]) < 0.65, f"{rows['missense', '-order 8']}")


def test_truth_and_offsets(w):
    folder = w.new_folder("truth")
    picks = random.Random(8)
    head = "##fileformat=VCFv4.2\n##contig=<ID=c,length=3000>\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
    truth = [picks.gauss(0, 1) for _ in range(60)]
    for number in (0, 1):
        lines = [f"c\t{10 * i + 100}\tv{i}\tA\tC\t.\t.\tTRUE_LLR={t};DHN_LLR={-(t ** 3) + number};DHN_LLRF={t};DHN_LLRR={2 * t};DHN_SITE={t};DHN_FLANK=1\n"
                 for i, t in enumerate(truth)]
        w.write(f"{folder.name}/x{number}.vcf", head + "".join(lines))
    rows = {row["score"]: row for row in table(w, folder, "t", "truth", folder / "x0.vcf")}
    check(rows["DHN_LLR"]["spearman"] == "-1.000" and rows["DHN_SITE"]["spearman"] == "1.000", f"{rows}")
    rows = {row["score"]: row for row in table(w, folder, "o", "offsets", folder / "x0.vcf", folder / "x1.vcf")}
    check(rows["DHN_LLR"]["median_sd_over_files"] == "0.707" and rows["DHN_SITE"]["median_sd_over_files"] == "0.000", f"{rows}")
    check(rows["DHN_LLR"]["correlation_of_strands"] == "1.000", f"{rows}")
    fasta = w.write(f"{folder.name}/g.fa", fasta_text([("c", random_bases(3000, 9))]))
    subprocess.run([python_with("numpy"), str(SCRIPT), "cut", str(folder / "x0.vcf"), "--fasta", str(fasta), "--contig", "c", "--bases", "104", "--out",
                    str(folder / "cut")], check=True)
    bases = "".join((folder / "cut.fa").read_text().splitlines()[1:])
    check(bases == random_bases(3000, 9)[104:-104], "the contig without its ends")
    rows = rows_of(folder / "cut.vcf")
    check([row[1] for row in rows[:2]] == ["6", "16"] and rows[0][2] == "v1", f"{rows[:2]}")


def test_reads(w):
    folder = w.new_folder("reads")
    picks, lines = random.Random(10), ["read\tscored_bases\tnm\tbits\tref_bits\tdelta_bits\n"]
    for number in range(200):
        nm, reference = picks.randrange(20), picks.gauss(1.8, 0.1)
        lines.append(f"r{number}\t1000\t{nm}\t{reference + nm / 1000}\t{reference}\t{nm / 1000}\n")
    rows = {row["group"]: row for row in table(w, folder, "t", "reads", w.write(f"{folder.name}/r.tsv", "".join(lines)))}
    check(float(rows["all"]["median_abs_delta"]) * 5 < float(rows["permuted"]["median_abs_delta"]), f"{rows}")
    totals = [float(row["median_total_bits"]) for name, row in rows.items() if name.isdigit()]
    check(len(totals) == 4 and totals == sorted(totals) and totals[0] < 5 < totals[-1], f"{totals}")
