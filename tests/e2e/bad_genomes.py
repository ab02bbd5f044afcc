"""Genomes, regions and BED files that must be refused: exit code 3, one clear line, nothing written."""
import gzip
import subprocess

from harness import check, fasta_text, need_tool, random_bases, rows_of


def refused(w, pattern, fasta, *more, code=3):
    """boundaries, score and train on `fasta` must refuse it the same way."""
    out = w.new_folder("refused")
    w.fails(code, pattern, "boundaries", "--model", w.model, "-f", fasta, "-o", out / "x", *more, leaves_nothing_in=out)
    w.fails(code, pattern, "score", "--model", w.model, "-f", fasta, "-o", out / "x.tsv", *more, leaves_nothing_in=out)
    if not more:
        w.fails(code, pattern, "train", "--preset", "tiny", "--steps", "1", "-f", fasta, "-o", out / "run", leaves_nothing_in=out)
        w.fails(code, pattern, "cache", "-f", fasta, "-o", out / "x.dhg", leaves_nothing_in=out)


def test_no_file(w):
    refused(w, r"nowhere\.fa.*No such file", w.folder / "nowhere.fa")


def test_empty(w):
    refused(w, r"empty\.fa", w.write("empty.fa", ""))
    refused(w, r"blank\.fa", w.write("blank.fa", "\n\n"))
    refused(w, r"no_bases\.fa", w.write("no_bases.fa", ">chr1\n"))


def test_not_fasta(w):
    refused(w, r"text\.fa", w.write("text.fa", "these are words\n"))


def test_not_iupac(w):
    refused(w, r"bytes\.fa.*chr1", w.write("bytes.fa", ">chr1\nACGTACGT\nACG*ACGT\n"))
    refused(w, r"rna\.fa.*chr1.*'U'", w.write("rna.fa", ">chr1\nACGUACGU\n"))


def test_plain_gzip(w):
    path = w.write("plain.fa.gz", gzip.compress(fasta_text(w.contigs).encode()))
    refused(w, r"plain\.fa\.gz.*\n?.*bgzip", path)


def test_truncated_bgzf(w):
    bgzip = need_tool("bgzip")
    whole = subprocess.run([bgzip, "-c"], input=fasta_text([("chr1", random_bases(200000, 9))]).encode(), capture_output=True, check=True).stdout
    refused(w, r"cut\.fa\.gz.*truncated", w.write("cut.fa.gz", whole[: len(whole) // 2]))
    refused(w, r"no_end\.fa\.gz.*truncated", w.write("no_end.fa.gz", whole[:-28]))


def test_contig_of_n_only(w):
    refused(w, r"no base|gaps of N|nothing", w.write("n.fa", fasta_text([("chrN", "N" * 500)])), "-r", "chrN")


def test_contig_of_one_base(w):
    """Not an error: one base is one chunk, and has bits."""
    out = w.new_folder("one")
    fasta = w.write("one.fa", ">one\nA\n")
    w.run("boundaries", "--model", w.model, "-f", fasta, "-o", out / "x")
    w.run("score", "--model", w.model, "-f", fasta, "-o", out / "x.tsv")
    with gzip.open(out / "x.stage0.fwd.chunks.bed.gz", "rt") as file:
        rows = [line.split("\t") for line in file if not line.startswith("#")]
    check(len(rows) == 1 and rows[0][:4] == ["one", "0", "1", "s0_1"], str(rows))


def test_contig_of_few_n_only(w):
    """Fewer than 50 N are no gap: one segment, whose bases are read and none scored."""
    out = w.new_folder("few")
    fasta = w.write("few.fa", fasta_text([("few", "N" * 49), ("many", "N" * 50), ("one", "A")]))
    w.run("boundaries", "--model", w.model, "-f", fasta, "-o", out / "x")
    w.run("--no-version", "score", "--model", w.model, "-f", fasta, "--tracks", out / "y", "-o", out / "y.tsv")
    for prefix in ("x", "y"):
        check(rows_of(out / f"{prefix}.universe.bed.gz") == [["few", "0", "49"], ["one", "0", "1"]], "the scored segments")
    for strand in ("fwd", "rev"):
        rows = [row for row in rows_of(out / f"x.stage0.{strand}.chunks.bed.gz") if row[0] == "few"]
        forced = [row for row in rows if row[11] == "1"]
        check(len(forced) == 1 and int(rows[0][1]) == 0 and int(rows[-1][2]) == 49, f"{strand}: {rows}")
        check(all(a[2] == b[1] for a, b in zip(rows, rows[1:])), f"{strand}: chunks do not tile the segment: {rows}")
    table = rows_of(out / "y.tsv")
    check(dict(zip(table[0], table[1]))["scored_bases"] == "1" and dict(zip(table[0], table[1]))["skipped_bases"] == "99", str(table[1]))
    alone = w.write("few_alone.fa", fasta_text([("few", "N" * 40)]))
    train = ("train", "--preset", "tiny", "--context", "256", "--batch-bases", "512", "--steps", "1")
    w.fails(3, "nothing to train on", *train, "-f", alone, "-o", out / "run")
    split = w.write("few_split.bed", "few\t0\t49\tvalid\none\t0\t1\ttrain\n")
    said = w.run(*train, "-f", fasta, "--split", split, "-o", out / "run").stderr
    check("validation" not in said.split("step 1/1")[1] and "not evaluated" in said, f"a validation on no base: {said}")


def test_contig_that_bed_cannot_name(w):
    """A row that begins with # is a comment, one that begins with track a header: its chunks would be lost to every reader."""
    for name in ("#1", "track"):
        fasta = w.write(f"unnamed/{name.strip(chr(35))}.fa", fasta_text([(name, random_bases(300, 4)), ("chr1", random_bases(300, 5))]))
        out = w.new_folder("unnamed")
        for call in (("boundaries", "-o", out / "x"), ("score", "--tracks", out / "x", "-o", out / "x.tsv"), ("score", "--by", "50", "-o", out / "x.tsv")):
            w.fails(3, f"contig '{name}'.*BED", call[0], "--model", w.model, "-f", fasta, *call[1:], leaves_nothing_in=out)
            w.run(call[0], "--model", w.model, "-f", fasta, "-r", "chr1", *call[1:])
            out = w.new_folder("unnamed")
        w.run("score", "--model", w.model, "-f", fasta, "-o", out / "x.tsv")


def test_regions(w):
    refused(w, r"no contig 'chr9'", w.fasta, "-r", "chr9")
    refused(w, r"no contig '1'.*'chr1', not '1'", w.fasta, "-r", "1:5-10")
    refused(w, r"past the contig's end", w.fasta, "-r", "chr2:2400-2600")
    refused(w, r"chr2:7-x", w.fasta, "-r", "chr2:7-x", code=2)


def test_region_to_the_end(w):
    out = w.new_folder("end")
    done = w.run("boundaries", "--model", w.model, "-f", w.fasta, "-o", out / "x", "-r", "chr2:2400")
    check("chr2:2400-2500" in done.stderr, f"a bare position does not say where it ends: {done.stderr}")


def test_bed(w):
    for name, text, pattern in (
        ("columns", "chr1\t5\n", r"columns\.bed:1"),
        ("letters", "chr1\ta\t9\n", r"letters\.bed:1"),
        ("backwards", "chr1\t3\t5\nchr1\t9\t8\n", r"backwards\.bed:2.*before"),
        ("unsorted", "chr1\t50\t60\nchr1\t5\t10\n", r"unsorted\.bed:2"),
        ("split", "chr1\t5\t10\nchr2\t5\t10\nchr1\t50\t60\n", r"split\.bed:3"),
        ("unknown", "chr1\t5\t10\nchr7\t5\t10\n", r"unknown\.bed:2.*chr7"),
        ("past", "chr2\t5\t2501\n", r"past\.bed:1.*(end|past)"),
        ("empty", "# nothing\n", r"empty\.bed"),
    ):
        bed = w.write(f"bad/{name}.bed", text)
        refused(w, pattern, w.fasta, "-R", bed)
        by = w.new_folder("refused")
        w.fails(3, pattern, "score", "--model", w.model, "-f", w.fasta, "--by", bed, "-o", by / "x.tsv", leaves_nothing_in=by)
    refused(w, "no base to read: .* hold not one base", w.fasta, "-R", w.write("bad/zero.bed", "chr1\t5\t5\n"))
    refused(w, "no base to read: .* hold only gaps of N", w.fasta, "-R", w.write("bad/gap.bed", "chrN\t5\t50\n"))
    refused(w, r"unsorted\.bed:2", w.fasta, "--class", f"X={w.folder}/bad/unsorted.bed")
    refused(w, r"missing\.bed.*No such file", w.fasta, "-R", w.folder / "missing.bed")


def test_split_bed(w):
    out = w.new_folder("split")
    train = ("train", "--preset", "tiny", "--steps", "1", "-f", w.fasta, "-o", out / "run")
    w.fails(3, r"names\.bed:1.*training", *train, "--split", w.write("names.bed", "chr1\t0\t100\ttraining\n"), leaves_nothing_in=out)
    both = w.write("both.bed", "chr1\t0\t100\ttrain\nchr1\t50\t150\tvalid\n")
    w.fails(3, r"both\.bed", *train, "--split", both, leaves_nothing_in=out)
    far = w.write("far.bed", "chr1\t5400\t5500\ttrain\nchr7\t0\t9\ttest\n")  # chr1 has 5,467 bases
    w.fails(3, r"none of the 2 intervals", *train, "--split", far, leaves_nothing_in=out)
    w.fails(3, r"chr7", *train, "--valid-contigs", "chr7", leaves_nothing_in=out)


def test_split_of_a_larger_genome(w):
    """Rows that do not lie wholly inside the reference are skipped, and counted by kind."""
    out = w.new_folder("larger")
    bed = w.write("larger.bed", "chr1\t0\t2000\ttrain\nchr1\t2000\t2500\tvalid\nchr1\t5400\t5500\ttest\nchr1\t9000\t9500\ttest\nchr7\t0\t9\ttest\n")
    said = w.run("train", "--preset", "tiny", "--context", "256", "--batch-bases", "512", "--steps", "0", "-f", w.fasta, "--split", bed, "-o", out / "run").stderr
    check("3 of 5 rows are skipped: 1 on contigs that the reference lacks or that are left out, 2 that end past" in said, said)
    check("split: train 2000 bases, valid 500, test 0" in said, said)


def test_cache(w):
    out = w.new_folder("cache")
    w.run("cache", "-f", w.fasta, "-o", out / "g.dhg")
    data = (out / "g.dhg").read_bytes()
    refused(w, r"cut\.dhg", w.write("cut.dhg", data[: len(data) // 2]))
    refused(w, r"text\.dhg", w.write("text.dhg", "no cache at all\n"))
