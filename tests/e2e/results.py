"""What the commands write: chunks, tracks, tables, samples, and that nothing but the request decides about them."""
import filecmp
import json

from harness import check, first_lines, rows_of

COLUMNS = "#chrom\tstart\tend\tname\tscore\tstrand\tthickStart\tthickEnd\titemRgb\tprobability\tlength\tforced\tstage"


def boundaries(w, name, *arguments):
    prefix = w.new_folder(name) / "x"
    w.run("boundaries", "--model", w.model, "-f", w.fasta, "-o", prefix, *arguments)
    return prefix


def chunks(prefix, stage, strand):
    return [(r[0], int(r[1]), int(r[2]), *r[3:]) for r in rows_of(f"{prefix}.stage{stage}.{strand}.chunks.bed.gz")]


def whole(w):
    """The boundaries of the whole genome, made once."""
    if not hasattr(w, "whole_prefix"):
        w.whole_prefix = boundaries(w, "whole", "--no-version")
    return w.whole_prefix


def test_rows(w):
    prefix = whole(w)
    universe = {(r[0], int(r[1]), int(r[2])) for r in rows_of(f"{prefix}.universe.bed.gz")}
    check(universe == {("chr2", 0, 2500), ("chr1", 0, 3000), ("chr1", 3060, 5467), ("chrOne", 0, 1)}, f"universe {universe}")
    for stage in (0, 1):
        for strand, sign in (("fwd", "+"), ("rev", "-")):
            check(first_lines(f"{prefix}.stage{stage}.{strand}.chunks.bed.gz", 1) == [COLUMNS], "no line of column names")
            rows = chunks(prefix, stage, strand)
            check(rows == sorted(rows), "rows are not sorted")
            forced = set()
            for contig, start, end, name, score, direction, thick_start, thick_end, colour, probability, length, is_forced, own_stage in rows:
                p = float(probability)
                first = start + 1 if sign == "+" else end
                check(name == f"s{stage}_{first}" and direction == sign, f"row {name} {direction}")
                # Rounded from the p that is not rounded yet.
                check(abs(int(score) - 1000 * (2 * p - 1)) < 0.502 and 0.5 < p <= 1, f"row {name}: score {score}, p {p}")
                check((int(thick_start), int(thick_end)) == (start, end) and len(colour.split(",")) == 3, f"row {name}")
                check(int(own_stage) == stage, f"row {name}: stage {own_stage}")
                check(stage > 0 or int(length) == end - start, f"row {name}: length {length}")
                if is_forced == "1":
                    check(p == 1, f"row {name}: forced with p {p}")
                    forced.add((contig, first - 1))
            expected = {(c, b if sign == "+" else e - 1) for c, b, e in universe}
            check(forced == expected, f"forced chunks {forced}, expected {expected}")


def test_stages_nest(w):
    prefix = whole(w)
    for strand in ("fwd", "rev"):
        inner = chunks(prefix, 0, strand)
        for contig, start, end, *rest in chunks(prefix, 1, strand):
            inside = [row for row in inner if row[0] == contig and start <= row[1] and row[2] <= end]
            check(sum(row[2] - row[1] for row in inside) == end - start, f"{contig}:{start}-{end} is no union of chunks")
            check(int(rest[7]) == len(inside), f"{contig}:{start}-{end}: length {rest[7]}, holds {len(inside)} chunks")


def test_regions_are_slices(w):
    regions = [("chr1", 100, 350), ("chr1", 2990, 3100), ("chr2", 2400, 2500), ("chr2", 700, 701)]
    arguments = [item for contig, begin, end in regions for item in ("-r", f"{contig}:{begin + 1}-{end}")]
    part, all_of = boundaries(w, "part", "--no-version", *arguments), whole(w)
    bed = w.write("regions.bed", "".join(f"{c}\t{b}\t{e}\n" for c, b, e in sorted(regions)))
    by_bed = boundaries(w, "by-bed", "--no-version", "-R", bed)
    for stage in (0, 1):
        for strand in ("fwd", "rev"):
            def first(row):
                return row[1] if strand == "fwd" else row[2] - 1

            expected = [r for r in chunks(all_of, stage, strand) if any(r[0] == c and b <= first(r) < e for c, b, e in regions)]
            check(chunks(part, stage, strand) == expected, f"stage {stage} {strand}: rows of regions differ from those of the whole")
            check(chunks(by_bed, stage, strand) == expected, f"stage {stage} {strand}: -R and -r differ")


def test_same_bytes(w):
    """Threads and repetition change nothing; neither does where the genome comes from."""
    cache = w.folder / "genome.dhg"
    w.run("cache", "-f", w.fasta, "-o", cache)
    for name, arguments in (("threads", ("-@", "3")), ("again", ()), ("cache", ("-f", cache))):
        other = w.new_folder(name) / "x"
        genome = () if "-f" in arguments else ("-f", w.fasta)
        w.run("boundaries", "--model", w.model, "-o", other, "--no-version", *genome, *arguments)
        written = sorted(path.name for path in whole(w).parent.iterdir())
        check(written == sorted(path.name for path in other.parent.iterdir()), f"{name}: other files")
        for file in written:
            check(filecmp.cmp(whole(w).parent / file, other.parent / file, shallow=False), f"{name}: {file} differs")


def test_score_tracks_same_bytes(w):
    out = w.new_folder("same-tracks")
    for mode, reading in (("windows", ()), ("carry", ("--mode", "carry", "--attention-window", "64"))):
        for threads in ("1", "2", "3"):
            w.run("score", "--model", w.model, "-f", w.fasta, "--no-version", "--tracks", out / f"{mode}.{threads}", "--logo", *reading, "-@", threads,
                  "-o", out / f"{mode}.{threads}.table")
        names = sorted(p.name[len(mode) + 3:] for p in out.glob(f"{mode}.1.*"))
        check(len(names) == 11, str(names))
        for suffix in names:
            one = (out / f"{mode}.1.{suffix}").read_bytes()
            for threads in ("2", "3"):
                check((out / f"{mode}.{threads}.{suffix}").read_bytes() == one, f"{mode}: {suffix} depends on the number of threads ({threads})")
    check((out / "windows.1.fwd.bits.bw").read_bytes() != (out / "carry.1.fwd.bits.bw").read_bytes(), "both modes write the same values")


def test_class_without_a_base(w):
    """Its rows are NA, and a warning says why; one that lies in other regions is as empty."""
    out = w.new_folder("empty-class")
    there = w.write("there.bed", "chr2\t100\t300\n")
    plus = w.write("plus.bed", "chr2\t100\t300\tg\t0\t+\n")
    for command in (("score", "-o", out / "x.tsv"), ("boundaries", "-o", out / "x")):
        done = w.run(*command, "--model", w.model, "-f", w.fasta, "-r", "chr1:1-900", "--class", f"there={there}", "--strand", "forward")
        check(done.stderr.count("warning: class there: no base of it lies in the regions: its rows are NA") == 1, done.stderr)
        done = w.run(*command, "--model", w.model, "-f", w.fasta, "-r", "chr2:1-900", "--class", f"there={there}", "--strand", "forward")
        check("warning: class" not in done.stderr, done.stderr)
        # A plus-strand row read on the reverse strand alone lies in antisense only.
        done = w.run(*command, "--model", w.model, "-f", w.fasta, "-r", "chr2:1-900", "--class", f"plus={plus}", "--strand", "reverse")
        empty = [line for line in done.stderr.splitlines() if line.startswith("warning: class")]
        check(len(empty) == 1 and "class plus:sense: no base" in empty[0], done.stderr)
    done = w.run("baseline", "-f", w.fasta, "--valid-contigs", "chr1", "--class", f"there={there}", "--boundaries", out / "b", "-o", out / "b.tsv")
    check(done.stderr.count("warning: class there: no base of it") == 1, done.stderr)


def test_carry(w):
    """Carried state: the whole and a region agree, as in windows."""
    carry = ("--mode", "carry", "--attention-window", "64", "--no-version")
    all_of, part = boundaries(w, "carry", *carry), boundaries(w, "carry-part", *carry, "-r", "chr1:4001-4300")
    for strand in ("fwd", "rev"):
        expected = [r for r in chunks(all_of, 0, strand) if r[0] == "chr1" and 4000 <= (r[1] if strand == "fwd" else r[2] - 1) < 4300]
        check(chunks(part, 0, strand) == expected, f"carry {strand}: a region differs from the whole")


def test_summary(w):
    bed = w.write("cds.bed", "chr1\t10\t400\ta\t0\t+\nchr1\t600\t900\tb\t0\t-\n")
    prefix = boundaries(w, "summary", "--class", f"CDS={bed}")
    lines = rows_of(f"{prefix}.summary.tsv")
    table = [dict(zip(lines[0], row)) for row in lines[1:]]
    check(first_lines(f"{prefix}.summary.tsv", 1)[0].startswith("#dna-hnet version="), "no provenance")
    check([r["class"] for r in table[:6]] == ["all", "unique", "softmasked", "CDS", "CDS:sense", "CDS:antisense"], str(table[:6]))
    for row in table:
        rows = chunks(prefix, row["stage"], "fwd" if row["strand"] == "forward" else "rev")
        if row["class"] == "all":
            check(int(row["chunks"]) == len(rows) and int(row["bases"]) == 7908, f"{row}, {len(rows)} rows")
            lengths = sorted(int(r[10]) for r in rows)
            check(int(row["length_max"]) == lengths[-1] and int(row["length_median"]) == lengths[(len(lengths) - 1) // 2], f"{row}")
    sense = {(r["stage"], r["strand"]): r for r in table if r["class"] == "CDS:sense"}
    check(sense["0", "forward"]["bases"] == "390" and sense["0", "reverse"]["bases"] == "300", str(sense))


def test_provenance(w):
    prefix = boundaries(w, "provenance", "-r", "chr2:1-200")
    lines = first_lines(f"{prefix}.stage0.fwd.chunks.bed.gz")
    fields = dict(line[1:].split("=", 1) for line in lines if line.startswith("#") and "=" in line)
    beside = json.loads((prefix.parent / "x.stage0.fwd.probability.bw.json").read_text())
    check(fields["model"] == "sha256:" + beside["model_sha256"] and "boundaries" in beside["command"], f"{fields}, {beside}")
    check(not list(whole(w).parent.glob("*.json")), "--no-version leaves provenance files")


def test_one_stage_and_strand(w):
    prefix = boundaries(w, "one", "--stage", "1", "--strand", "reverse", "--formats", "bed", "-r", "chr2:1-500")
    names = sorted(path.name for path in prefix.parent.iterdir())
    check(names == ["x.stage1.rev.chunks.bed.gz", "x.stage1.rev.chunks.bed.gz.tbi", "x.summary.tsv", "x.universe.bed.gz", "x.universe.bed.gz.tbi"], str(names))


def test_generate(w):
    sample = ("generate", "--model", w.model, "--no-version", "--length", "70", "--prompt", "acgtACGT")
    four, two = w.run(*sample, "--count", "4").stdout, w.run(*sample, "--count", "2", "-@", "1").stdout
    records = four.split(">")[1:]
    check([r.splitlines()[0] for r in records] == [f"sample_{i}" for i in range(1, 5)], four)
    sequences = ["".join(r.splitlines()[1:]) for r in records]
    check(all(len(s) == 78 and s.startswith("ACGTACGT") and set(s) <= set("ACGT") for s in sequences), four)
    check(len(set(sequences)) == 4, "samples are the same")
    check(four.startswith(two), "a sample depends on how many are drawn")
    check(w.run(*sample, "--seed", "4").stdout != w.run(*sample, "--seed", "3").stdout, "the seed changes nothing")
    greedy = w.run(*sample, "--count", "2", "--temperature", "0").stdout.split(">")[1:]
    check(greedy[0].splitlines()[1:] == greedy[1].splitlines()[1:], "samples at temperature 0 differ")


def table_of(path):
    lines = rows_of(path)
    return [dict(zip(lines[0], row)) for row in lines[1:]]


def test_score(w):
    """Row 1 is the mean of the per-base table; both strands are the mean of each."""
    out = w.new_folder("score")
    total = {}
    for strand in ("forward", "reverse", "both"):
        w.run("score", "--model", w.model, "-f", w.fasta, "--strand", strand, "-o", out / f"{strand}.tsv")
        row = table_of(out / f"{strand}.tsv")[0]
        check((row["split"], row["class"], row["strand"], row["model"]) == ("all", "all", strand, "dna-hnet"), str(row))
        check(row["scored_bases"] == "7901", str(row))
        total[strand] = float(row["bits_per_base"])
        check(1.5 < total[strand] < 4, f"an untrained model has {total[strand]} bits per base")
    check(abs(total["both"] - (total["forward"] + total["reverse"]) / 2) < 2e-6, str(total))
    w.run("score", "--model", w.model, "-f", w.fasta, "-r", "chr1:2801-3200", "--strand", "forward", "--by", "1", "-o", out / "bases.tsv")
    w.run("score", "--model", w.model, "-f", w.fasta, "-r", "chr1:2801-3200", "--strand", "forward", "-o", out / "region.tsv")
    bases = [r for r in table_of(out / "bases.tsv") if r["split"] == "all" and r["class"] == "all" and r["scored_bases"] == "1"]
    check(len({r["start"] for r in bases}) == 340 == len(bases), f"{len(bases)} rows of bases")
    mean = sum(float(r["bits_per_base"]) for r in bases) / len(bases)
    region = float(table_of(out / "region.tsv")[0]["bits_per_base"])
    check(abs(mean - region) < 2e-6, f"mean of the bases {mean}, of the region {region}")


def test_steps_that_jobs_cut(w):
    """Jobs of --by N join to what one run writes where they end at multiples of N, and are refused elsewhere."""
    out = w.new_folder("steps")
    score = ("score", "--model", w.model, "-f", w.fasta, "--strand", "forward", "--by", "7")
    for name, region in (("one", "2501-2520"), ("a", "2501-2510"), ("b", "2511-2520"), ("c", "2501-2513"), ("d", "2514-2520")):
        w.run(*score, "-r", f"chr1:{region}", "-o", out / f"{name}.tsv")
    check("#settings=mode=windows context=512 by=7\n" in (out / "one.tsv").read_text(), "the table does not say its steps")
    w.fails(3, r"b\.tsv:\d+: chr1:2511 is inside a step of 7 bases", "merge", out / "a.tsv", out / "b.tsv", "-o", out / "ab.tsv")
    w.run("merge", out / "c.tsv", out / "d.tsv", "-o", out / "cd.tsv")
    check(table_of(out / "cd.tsv") == table_of(out / "one.tsv"), "the joined table")


def test_baselines(w):
    out = w.new_folder("baselines")
    w.run("score", "--model", w.model, "-f", w.fasta, "--baselines", "-o", out / "x.tsv")
    rows = [r for r in table_of(out / "x.tsv") if (r["split"], r["class"]) == ("all", "all")]
    check(rows[0]["model"] == "dna-hnet" and {"mix", "copy", "mix+copy"} <= {r["model"] for r in rows}, str(rows))
    check(len({r["scored_bases"] for r in rows}) == 1, "rows cover different bases")


def test_inspect(w):
    report = json.loads(w.run("inspect", "--model", w.model, "--json").stdout)
    check(sum(row["parameters"] for row in report["modules"]) == report["parameters"], "modules do not add up")
    flops = sum(row["flops_per_base"] for row in report["modules"] if row["counted"])
    check(abs(flops - report["flops_per_base"]) < 1e-6 * flops, f"FLOPs {flops}, {report['flops_per_base']}")
    check(report["record"]["splits"]["train"]["bases"] > 0 and report["record"]["step"] == 0, str(report["record"]))
    check("stage 0 router" in w.run("inspect", "--preset", "TINY").stdout, "no router's row")


def test_labelled_genomes(w):
    """A model of two labelled genomes knows what it was trained on, with the label and without."""
    other = w.write("other.fa", ">plasmid\n" + "ACGGT" * 400 + "\n")
    run = w.new_folder("labels") / "run"
    w.run("train", "--preset", "tiny", "--context", "256", "--batch-bases", "512", "--steps", "0", "-f", f"a={w.fasta}", "-f", f"b={other}", "--valid-contigs", "a#chr2", "-o", run)
    for fasta in (other, f"b={other}"):
        table = run.parent / "score.tsv"
        w.run("score", "--model", run, "-f", fasta, "-o", table)
        splits = {row[0] for row in rows_of(table)[1:]}
        check(splits == {"all", "train"}, f"-f {fasta}: splits {splits}")
    w.run("score", "--model", run, "-f", f"b={other}", "-r", "b#plasmid:1-300", "--by", "100", "-o", table)
    check({row[0] for row in rows_of(table)[1:]} == {"b#plasmid"}, str(rows_of(table)))
