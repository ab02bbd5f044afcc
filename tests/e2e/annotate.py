"""annotate: what it counts, that it repeats itself, and how it refuses bad input."""
import filecmp
import random

from harness import SIGNALS, check, random_bases, rows_of
from results import table_of


def chunk_text(contig, segments, cuts, strand="+"):
    """Rows of a chunk file of stage 0 whose chunks begin at `cuts` (0-based, in reading direction); each segment's first is forced."""
    lines, cuts = [], set(cuts)
    for begin, end in segments:
        if strand == "+":
            starts = sorted({begin} | {cut for cut in cuts if begin <= cut < end})
            spans = list(zip(starts, starts[1:] + [end]))
            forced = spans[0]
        else:
            ends = sorted({end} | {cut + 1 for cut in cuts if begin <= cut < end})
            spans = list(zip([begin] + ends, ends))
            forced = spans[-1]
        for s, e in spans:
            name = f"s0_{s + 1 if strand == '+' else e}"
            lines.append(f"{contig}\t{s}\t{e}\t{name}\t500\t{strand}\t{s}\t{e}\t0,0,0\t0.75\t{e - s}\t{int((s, e) == forced)}\t0\n")
    return "".join(lines)


def numbers(path, columns):
    """The table by what names a row but for the strand, with these columns as values."""
    keys = ("feature", "orientation", "stage", "offset", "codon_position", "null", "other", "shift", "chance")
    return {tuple(r[k] for k in keys if k in r): tuple(r[c] for c in columns) for r in table_of(path)}


def inputs(w):
    """A contig of 60,000 bases cut every third base on the forward strand, and at each feature's start, which lie at random."""
    folder = w.new_folder("annotate")
    fasta = w.write(f"{folder.name}/g.fa", ">chr1\n" + random_bases(60000, 9) + "\n")
    starts = sorted(random.Random(5).sample(range(1500, 59000), 150))
    cuts = sorted(set(range(0, 60000, 3)) | set(starts))
    chunks = chunk_text("chr1", [(0, 60000)], cuts)
    w.write(f"{folder.name}/x.universe.bed.gz", "chr1\t0\t60000\n")
    features = w.write(f"{folder.name}/f.bed", "".join(f"chr1\t{s}\t{s + 10}\tf\t0\t+\n" for s in starts + starts[:1]))
    return folder, fasta, w.write(f"{folder.name}/x.stage0.fwd.chunks.bed", chunks), features, starts


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
    fails(2, "--rotations: got 1000001", more=("--rotations", "1000001"))
    fails(3, "not '1'", feature=w.write("one.bed", "1\t5\t9\n"))
    fails(3, "bad.gtf:1: 2 columns, expected 9", feature=w.write("bad.gtf", "chr1\tx\n"))
    fails(3, "CDS with phase '.'", feature=w.write("phase.gtf", "chr1\tx\tCDS\t5\t9\t.\t+\t.\tg\n"))
    text = chunks.read_text()
    other = w.write(f"{folder.name}/y.stage0.fwd.chunks.bed", "#reference=sha256:00\n" + text)
    fails(3, "another reference", boundaries=other, more=("--universe", folder / "x.universe.bed.gz"))
    renamed = w.write(f"{folder.name}/z.stage0.fwd.chunks.bed", text.replace("s0_4\t", "s0_5\t", 1))
    fails(3, "name 's0_5' instead of s0_4", boundaries=renamed, more=("--universe", folder / "x.universe.bed.gz"))
    chunk_files_that_are_refused(w, folder, chunks, fails)


def chunk_files_that_are_refused(w, folder, chunks, fails):
    universe = ("--universe", folder / "x.universe.bed.gz")
    text = chunks.read_text()
    rows = text.splitlines(keepends=True)
    half = w.write(f"{folder.name}/half.bed", "".join(rows[: len(rows) // 2]))
    fails(3, r"half\.bed: no chunk on chr1:\d+-60000, expected chunks on the whole universe", boundaries=half, more=universe)
    fails(3, r"half\.bed: no chunk on", more=("--control", half))
    cells = rows[3].split("\t")
    longer = w.write(f"{folder.name}/longer.bed", "".join(rows[:3]) + "\t".join([*cells[:2], str(int(cells[2]) + 5), *cells[3:]]) + "".join(rows[4:]))
    fails(3, r"longer\.bed:5: the chunk begins at \d+, inside or before the one that ends at \d+", boundaries=longer, more=universe)
    twice = w.write(f"{folder.name}/twice.bed", rows[0] + "".join(rows))
    fails(3, r"twice\.bed:2: the chunk begins at", boundaries=twice, more=universe)
    pair = w.write("pair.fa", ">chr1\n" + random_bases(60000, 9) + "\n>chr2\n" + random_bases(2000, 10) + "\n")
    apart = w.write(f"{folder.name}/apart.bed", rows[0] + chunk_text("chr2", [(0, 2000)], range(0, 2000, 4)) + rows[1] * 2)
    w.fails(3, r"apart\.bed:503: the chunk begins at 3, inside", "annotate", "--boundaries", apart, *universe, "--features", "f=none.bed", "-f", pair, "-o", folder / "t.tsv")
    again = w.write(f"{folder.name}/again.bed", rows[1] + chunk_text("chr2", [(0, 2000)], range(0, 2000, 4)) + rows[1])
    w.fails(3, r"again\.bed:502: a second chunk begins at base 4", "annotate", "--boundaries", again, *universe, "--features", "f=none.bed", "-f", pair, "-o", folder / "t.tsv")
    far = w.write("far.gtf", "chr1\tx\tgene\t3001\t3900\t.\t+\t.\tg\nchr1\tx\tgene\t50001\t50900\t.\t-\t.\tg\n")
    narrow = ("--universe", w.write("narrow.bed", "chr1\t10000\t20000\n"))
    inside = w.write(f"{folder.name}/inside.bed", chunk_text("chr1", [(10000, 20000)], range(10000, 20000, 4)))
    fails(3, r"far\.gtf: no feature has a base in the universe", feature=far, boundaries=inside, more=narrow)
    fails(3, r"early\.bed: no feature has a scored base: the first 1024 of a segment", feature=w.write("early.bed", "chr1\t10\t500\n"))
    fails(3, r"no feature of type exon, CDS", feature=far, more=("--types", "exon,CDS"))
    fails(2, "--types: belongs to GTF and GFF3", more=("--types", "gene"))
    fails(2, "--types: an empty type", feature=far, more=("--types", ""))
    near = w.write("near.gtf", "chr1\tx\tgene\t3001\t3900\t.\t+\t.\tg\n")
    named = ("annotate", "--boundaries", chunks, "--features", f"f={near}", "-f", folder / "g.fa", "--rotations", "0", "-o", folder / "types.tsv")
    check("no feature of type exn, mRNA" in w.run(*named, "--types", "gene,exn,mRNA").stderr, "types that do not occur")
    fails(3, r"boundaries on chr1 outside the universe .*narrow\.bed", more=narrow)
    fails(3, r"y\.universe\.bed\.gz", boundaries=w.write(f"{folder.name}/y.stage0.fwd.chunks.bed", text))
    fails(2, "so --universe is required", boundaries=inside)
    # A region's first chunk may have begun before it, however long it is; a segment's cannot.
    inside_features = w.write("inside.bed", "chr1\t12000\t12100\n")
    wide = w.write(f"{folder.name}/wide.bed", chunk_text("chr1", [(10500, 20000)], range(10500, 20000, 4)))
    w.run("annotate", "--boundaries", wide, "--features", f"f={inside_features}", "-f", folder / "g.fa", *narrow, "--rotations", "0", "-o", folder / "wide.tsv")
    late = w.write(f"{folder.name}/late.bed", chunk_text("chr1", [(2, 20000)], range(2, 20000, 4)))
    fails(3, r"late\.bed: no chunk on chr1:1-2", boundaries=late, more=("--universe", w.write("start.bed", "chr1\t0\t20000\n")))
    fails(2, "hold the same strand and stage", more=("--boundaries", chunks))
    one = w.write("one.bed", "chr1\t2000\t2009\n")
    fails(2, "the name f is given twice", more=("--features", f"f={one}"))
    reverse = w.write(f"{folder.name}/reverse.bed", chunk_text("chr1", [(0, 60000)], range(9, 60000, 4), "-"))
    fails(2, r"--control .*reverse\.bed: no --boundaries of its strand and stage", more=("--control", reverse))
    fails(3, r"one strand and stage per file", boundaries=w.write(f"{folder.name}/both.bed", text + reverse.read_text()), more=universe)
    forced = w.write(f"{folder.name}/forced.bed", chunk_text("chr1", [(0, 60000)], []))
    fails(3, r"forced\.bed: no boundary takes part", boundaries=forced, more=universe)
    fails(3, r"forced\.bed: no boundary takes part", more=("--control", forced))


COMPLEMENT = str.maketrans("ACGTN", "TGCAN")
LENGTH = 40000
SEGMENTS = [(0, 17000), (17100, LENGTH)]


def mirrored_genome(w, folder, side):
    """A genome with a gap, its chunks and features; `side` rev: all of it on the reverse complement. The flags of annotate."""
    source = random.Random(7)
    bases = random_bases(SEGMENTS[0][1], 31) + "N" * 100 + random_bases(LENGTH - SEGMENTS[1][0], 32)
    cuts = {first: [b for begin, end in SEGMENTS for b in range(begin, end) if source.random() < 0.3] for first in ("boundaries", "control")}
    features = []
    for _ in range(120):
        begin, length = source.randrange(LENGTH - 400), source.randrange(1, 400)
        features.append((begin, begin + length, source.choice("+-."), source.randrange(3)))
    reverse, segments = side == "rev", SEGMENTS
    if reverse:
        bases = bases.translate(COMPLEMENT)[::-1]
        segments = sorted((LENGTH - e, LENGTH - b) for b, e in SEGMENTS)
        cuts = {name: [LENGTH - 1 - b for b in found] for name, found in cuts.items()}
        features = [(LENGTH - e, LENGTH - b, {"+": "-", "-": "+", ".": "."}[s], p) for b, e, s, p in features]
    strand = "-" if reverse else "+"
    files = {name: w.write(f"{folder.name}/{name}.{side}.bed", chunk_text("c", segments, found, strand)) for name, found in cuts.items()}
    universe = w.write(f"{folder.name}/universe.{side}.bed", "".join(f"c\t{b}\t{e}\n" for b, e in segments))
    fasta = w.write(f"{folder.name}/{side}.fa", f">c\n{bases}\n")
    rows = [f"c\tx\t{'exon' if s == '.' else 'CDS'}\t{b + 1}\t{e}\t.\t{s}\t{p}\tg\n" for b, e, s, p in features]
    gtf = w.write(f"{folder.name}/{side}.gtf", "".join(rows))
    return ["--boundaries", files["boundaries"], "--control", files["control"], "--universe", universe, "-f", fasta, "--features", f"g={gtf}"]


def test_strands_mirror_each_other(w):
    """Reading the reverse strand of the reverse complement is reading the forward strand."""
    folder = w.new_folder("mirror")
    tables = {}
    for side in ("fwd", "rev"):
        w.run("annotate", "--no-version", "--rotations", "20", *mirrored_genome(w, folder, side), "-o", folder / f"{side}.tsv")
        check({r["strand"] for r in table_of(folder / f"{side}.tsv")} == {"+" if side == "fwd" else "-"}, "strand column")
        counts = numbers(folder / f"{side}.tsv", ("n_features", "n_bases", "observed", "expected", "log2_fold"))
        phase = numbers(folder / f"{side}.phase.tsv", ("n_exons", "n_bases", "observed", "expected", "log2_fold"))
        agreement = numbers(folder / f"{side}.agreement.tsv", ("n_bases", "n_boundaries", "n_other", "n_both", "kappa", "kappa_max"))
        tables[side] = (counts, phase, agreement)
    # CDS of two orientations and exons without strand; body, start, end; three nulls.
    check([len(table) for table in tables["fwd"]] == [3 * 203 * 3, 2 * 3 * 3, 2], f"{[len(t) for t in tables['fwd']]} rows")
    for forward, reverse in zip(tables["fwd"], tables["rev"]):
        different = [(key, value, reverse.get(key)) for key, value in forward.items() if reverse.get(key) != value]
        check(not different and len(forward) == len(reverse), f"{len(different)} rows differ: {different[:3]}")
    check(any(int(v[2]) > 0 for v in tables["fwd"][1].values()), "no boundary in the codons")


def test_control_and_no_rotations(w):
    """The control's boundaries are multiplied by the ratio of the two counts; without rotations there is no p."""
    folder, fasta, chunks, features, _ = inputs(w)
    source = random.Random(3)
    sparse = sorted(b for b in range(60000) if source.random() < 0.1)
    control = w.write(f"{folder.name}/c.stage0.fwd.chunks.bed.gz", chunk_text("chr1", [(0, 60000)], sparse))
    w.run("annotate", "--no-version", "--rotations", "0", "--boundaries", chunks, "--control", control, "--features", f"f={features}", "-f", fasta, "-o", folder / "n.tsv.gz")
    table = table_of(folder / "n.tsv.gz")
    check({r["null"] for r in table} == {"kmer6", "rotate", "control"}, "nulls")
    check(all(r[c] == "NA" for r in table for c in ("z", "p", "q")), "p without rotations")
    covered = {b for r in rows_of(features) for b in range(int(r[1]), int(r[2])) if b >= 1024}
    firsts = [int(r[1]) for r in rows_of(chunks) if r[11] == "0" and int(r[1]) >= 1024]
    sparse = [b for b in sparse if b >= 1024]
    expected = len(firsts) / len(sparse) * len(covered & set(sparse))
    (row,) = [r for r in table if r["offset"] == "body" and r["null"] == "control"]
    check((row["n_bases"], row["observed"]) == (str(len(covered)), str(len(covered & set(firsts)))), f"body {row}")
    check(abs(float(row["expected"]) - expected) < 1e-5, f"the control expects {row['expected']}, by hand {expected}")
    (row,) = [r for r in table if r["offset"] == "body" and r["null"] == "rotate"]
    check(abs(float(row["expected"]) - len(firsts) / (60000 - 1024) * len(covered)) < 1e-4, f"rotation expects {row['expected']}")


def test_gene_models(w):
    """Types of GFF3 become features, its sequences are passed over, rows at one place count once and are told of."""
    folder, fasta, chunks, _, _ = inputs(w)
    rows = [("gene", 3001, 3900, "+", "."), ("CDS", 3001, 3090, "+", "0"), ("CDS", 3001, 3090, "+", "0"), ("mRNA", 3001, 3900, "+", "."), ("region", 1, 60000, "?", ".")]
    text = "##gff-version 3\n" + "".join(f"chr1\tx\t{t}\t{b}\t{e}\t.\t{s}\t{p}\tID=a\n" for t, b, e, s, p in rows)
    gff = w.write(f"{folder.name}/g.gff3", text + "##FASTA\n>chr1\nACGT\n")
    common = ("annotate", "--no-version", "--rotations", "9", "--boundaries", chunks, "--features", f"a={gff}", "-f", fasta)
    said = w.run(*common, "-o", folder / "all.tsv").stderr
    check("a:CDS: 1 rows at a place and strand already seen" in said, said)
    body = {r["feature"]: r for r in table_of(folder / "all.tsv") if r["offset"] == "body" and r["null"] == "rotate"}
    check(set(body) == {"a:gene", "a:CDS", "a:mRNA", "a:region"}, str(set(body)))
    check(body["a:region"]["orientation"] == "." and body["a:region"]["n_bases"] == str(60000 - 1024), str(body["a:region"]))
    check(body["a:CDS"]["n_features"] == "1" and body["a:CDS"]["n_bases"] == "90", str(body["a:CDS"]))
    # A boundary every third base: 3000, 3003, ... begin the codons.
    nothing = [r for r in table_of(folder / "all.phase.tsv") if r["n_bases"] == "0"]
    check(nothing and all((r["expected"], r["log2_fold"], r["p"]) == ("NA", "NA", "NA") for r in nothing), f"positions without a base: {nothing}")
    phase = [(r["null"], r["codon_position"], r["n_bases"]) for r in table_of(folder / "all.phase.tsv") if r["orientation"] == "sense"]
    check(phase == [(null, str(j), "30") for null in ("phase", "kmer6") for j in (1, 2, 3)], str(phase))
    first = {r["codon_position"]: int(r["observed"]) for r in table_of(folder / "all.phase.tsv") if r["orientation"] == "sense" and r["null"] == "phase"}
    check(first["1"] == 30 and first["2"] + first["3"] < 3, f"boundaries by codon position {first}")
    w.run(*common, "--types", "gene,mRNA", "-o", folder / "some.tsv")
    check({r["feature"].split(":")[1] for r in table_of(folder / "some.tsv")} == {"gene", "mRNA"}, "--types")
    check(not table_of(folder / "some.phase.tsv"), "codon phase without CDS")


def test_signals(w):
    folder, fasta, chunks, features, _ = inputs(w)
    for number, code in SIGNALS.items():
        process = w.start("annotate", "--boundaries", chunks, "--features", f"f={features}", "-f", fasta, "--rotations", "300000", "-o", folder / "s.tsv")
        try:
            said = ""
            while "already seen" not in said and process.poll() is None:  # a row that stands twice: all files are read
                said += process.stderr.readline()
            process.send_signal(number)
            said += process.communicate(timeout=120)[1]
        finally:
            process.kill()
        check(process.returncode == code, f"signal {number}: exit code {process.returncode}, expected {code}\n{said}")
        check(not list(folder.glob("*s.tsv*")) and not list(folder.glob("s.*")), f"signal {number}: left {sorted(folder.iterdir())}")


def test_models(w):
    """A table is of one model, which it states."""
    folder, fasta, chunks, features, _ = inputs(w)
    backward = chunk_text("chr1", [(0, 60000)], range(9, 60000, 4), "-")

    def arguments(model):
        head = f"#model=sha256:{model}\n" if model else ""
        reverse = w.write(f"{folder.name}/x.stage0.rev.chunks.bed", head + backward)
        return ("annotate", "--boundaries", chunks, "--boundaries", reverse, "--features", f"f={features}", "-f", fasta, "--rotations", "0", "-o", folder / "m.tsv")

    check("different models" not in w.run(*arguments("")).stderr, "no file states a model")
    check("are of different models" in w.run(*arguments("ab")).stderr, "one file states a model")
    chunks.write_text("#model=sha256:ab\n" + chunks.read_text())
    check("different models" not in w.run(*arguments("ab")).stderr, "one model")
    for name in ("m.tsv", "m.phase.tsv", "m.agreement.tsv"):
        check("#model=sha256:ab\n" in (folder / name).read_text(), f"{name} does not state the model")
    w.fails(3, "are of different models", *arguments("cd"))
    controls = []
    for name, text in (("fwd", chunks.read_text().split("\n", 1)[1]), ("rev", backward)):
        controls += ["--control", w.write(f"{folder.name}/c.{name}.bed", f"#model=sha256:{name}\n{text}")]
    w.fails(3, "are of different models", *arguments("ab"), *controls)
    w.run(*arguments("ab"), *controls[:2])
    check("#settings=control=sha256:fwd\n" in (folder / "m.tsv").read_text(), "the control's model is not stated")


def test_full_disk(w):
    """Past a limit on the size of files no write succeeds: nothing is left of the four outputs."""
    folder, fasta, chunks, features, _ = inputs(w)
    out = w.new_folder("annotate-full")
    w.run("cache", "-f", fasta, "-o", folder / "g.dhg")
    for table in ("t.tsv", "t.tsv.gz"):
        for limit in (0, 300, 4000):
            w.fails(1, r"t\.(tsv|phase|agreement|profile).*(cannot write|write error|File too large)", "annotate", "--rotations", "5", "--boundaries", chunks,
                    "--features", f"f={features}", "-f", folder / "g.dhg", "-o", out / table, limit=limit, leaves_nothing_in=out)


def test_a_type_without_a_scored_base(w):
    folder, fasta, chunks, _, _ = inputs(w)
    features = w.write("types.gtf", "chr1\tx\tgene\t3001\t3900\t.\t+\t.\tg\nchr1\tx\texon\t101\t900\t.\t+\t.\tg\n")
    done = w.run("annotate", "--boundaries", chunks, "--features", f"f={features}", "-f", fasta, "-o", folder / "t.tsv")
    check("warning: annotate: f:exon: no feature has a scored base: its rows are NA" in done.stderr, done.stderr)
    check("f:gene: no feature" not in done.stderr, done.stderr)
    check("warning: annotate: 100 % of the bases lie on contigs with fewer than 100 bases per 6-mer" in done.stderr, done.stderr)
