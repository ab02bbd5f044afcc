"""annotate: what it counts, that it repeats itself, and how it refuses bad input."""
import filecmp
import random

from harness import check, random_bases, rows_of


def inputs(w):
    """A contig of 60,000 bases cut every third base on the forward strand, and at each feature's start, which lie at random."""
    folder = w.new_folder("annotate")
    fasta = w.write(f"{folder.name}/g.fa", ">chr1\n" + random_bases(60000, 9) + "\n")
    starts = sorted(random.Random(5).sample(range(1500, 59000), 150))
    cuts = sorted(set(range(0, 60000, 3)) | set(starts))
    rows = [(s, e, int(s == 0)) for s, e in zip(cuts, cuts[1:] + [60000])]
    chunks = "".join(f"chr1\t{s}\t{e}\ts0_{s + 1}\t500\t+\t{s}\t{e}\t0,0,0\t0.75\t{e - s}\t{f}\t0\n" for s, e, f in rows)
    w.write(f"{folder.name}/x.universe.bed.gz", "chr1\t0\t60000\n")
    features = w.write(f"{folder.name}/f.bed", "".join(f"chr1\t{s}\t{s + 10}\tf\t0\t+\n" for s in starts + starts[:1]))
    return folder, fasta, w.write(f"{folder.name}/x.stage0.fwd.chunks.bed.gz", chunks), features, starts


def test_counts_and_repeats(w):
    folder, fasta, chunks, features, starts = inputs(w)
    tables = []
    for threads in ("1", "2"):
        table = folder / f"t{threads}.tsv"
        w.run("annotate", "--no-version", "--threads", threads, "--boundaries", chunks, "--features", f"f={features}", "-f", fasta, "-o", table)
        tables.append(table)
    for end in (".tsv", ".phase.tsv", ".agreement.tsv", ".profile.svg"):
        check(filecmp.cmp(*[str(t)[:-4] + end for t in tables], shallow=False), f"{end} differs between 1 and 2 threads")
    rows = [r for r in rows_of(tables[0]) if r[0] == "f:start" and r[4] == "0"]
    check({r[5] for r in rows} == {"kmer6", "rotate"}, f"nulls {rows}")
    for row in rows:
        check(row[6:9] == [str(len(starts))] * 3 and float(row[14]) < 0.002, f"planted starts: {row}")


def test_refusals(w):
    folder, fasta, chunks, features, _ = inputs(w)
    out = w.new_folder("annotate-out")

    def fails(code, pattern, feature=features, name="t.tsv", boundaries=chunks, more=()):
        w.fails(code, pattern, "annotate", "--boundaries", boundaries, "--features", f"f={feature}", "-f", fasta, "-o", out / name, *more, leaves_nothing_in=out)

    fails(2, "ends in .tsv", name="t.txt")
    fails(2, "--rotations: got -1", more=("--rotations", "-1"))
    fails(3, "not '1'", feature=w.write("one.bed", "1\t5\t9\n"))
    fails(3, "bad.gtf:1: 2 columns, expected 9", feature=w.write("bad.gtf", "chr1\tx\n"))
    fails(3, "CDS with phase '.'", feature=w.write("phase.gtf", "chr1\tx\tCDS\t5\t9\t.\t+\t.\tg\n"))
    text = chunks.read_text()
    other = w.write(f"{folder.name}/y.stage0.fwd.chunks.bed", "#reference=sha256:00\n" + text)
    fails(3, "another reference", boundaries=other, more=("--universe", folder / "x.universe.bed.gz"))
    renamed = w.write(f"{folder.name}/z.stage0.fwd.chunks.bed", text.replace("s0_4\t", "s0_5\t", 1))
    fails(3, "name 's0_5' instead of s0_4", boundaries=renamed, more=("--universe", folder / "x.universe.bed.gz"))
    rows = text.splitlines(keepends=True)
    half = w.write(f"{folder.name}/x.stage0.rev.chunks.bed", "".join(rows[: len(rows) // 2]))
    fails(3, r"no chunk on chr1:\d+-60000, expected chunks on the whole universe", boundaries=half, more=("--universe", folder / "x.universe.bed.gz"))
    fails(3, r"x\.stage0\.rev.*no chunk on", more=("--control", half))
