"""Scattered jobs, joined by `merge`, are what one run writes, byte for byte; a job too few or too many is found."""
import filecmp
import random
import shutil
import signal
import time
from pathlib import Path

from harness import check, fasta_text, first_lines, random_bases, rows_of

STEP = 384  # of the grid of the model's context, 512


def genome_of_jobs(w):
    """Three contigs, not in C order, with gaps, soft-masking and letters other than A, C, G, T."""
    if not hasattr(w, "job_fasta"):
        first = random_bases(9 * STEP, 21) + "N" * 120 + random_bases(5 * STEP - 10, 22).lower() + "N" * 3 + random_bases(500, 23)
        contigs = [("chrB", random_bases(5000, 24)), ("chrA", first), ("chr10", "N" * 70 + random_bases(2000, 25) + "RYN" + random_bases(80, 26))]
        w.job_contigs = contigs
        w.job_fasta = w.write("jobs/genome.fa", fasta_text(contigs))
        # Trained on this genome: it has splits here, and counting models.
        w.job_model = w.folder / "job-model"
        w.run("train", "--model-config", w.model_config, "--steps", "0", "--valid-contigs", "chr10", "-f", w.job_fasta, "-o", w.job_model)
        w.job_classes = ("--class", f"x={w.write('jobs/x.bed', ''.join(f'chrA{t}{i}{t}{i + 200}{t}n{t}0{t}{s}{chr(10)}' for i, s in ((50, '+'), (3000, '-'), (4000, '+')) for t in (chr(9),)))}")
    return w.job_fasta


def regions_by_contig(w):
    return [[(name, 0, len(bases))] for name, bases in w.job_contigs]


def regions_on_the_grid(w):
    """Jobs of several regions each, which begin and end on the grid and alternate along the contigs."""
    jobs = [[], [], []]
    for name, bases in w.job_contigs:
        begins = list(range(0, len(bases), 3 * STEP))
        for number, begin in enumerate(begins):
            jobs[number % 3].append((name, begin, min(begin + 3 * STEP, len(bases))))
    return jobs


def run_jobs(w, name, jobs, make):
    """Prefixes of the jobs, in another order than they ran; `make(prefix, regions)` runs one."""
    prefixes = []
    for number, regions in enumerate(jobs):
        prefix = w.new_folder(f"{name}-{number}") / "job"
        bed = w.write(f"{prefix}.regions", "".join(f"{c}\t{b}\t{e}\n" for c, b, e in regions))
        make(prefix, ("-R", bed))
        prefixes.append(prefix)
    random.Random(1).shuffle(prefixes)
    return prefixes


def same_files(got, expected, what):
    names = sorted(path.name for path in expected.parent.iterdir() if path.name.startswith(expected.name + "."))
    check(names, f"{what}: nothing to compare")
    found = sorted(path.name for path in got.parent.iterdir() if path.name.startswith(got.name + "."))
    check(found == names, f"{what}: merge wrote {found}, one run {names}")
    for name in names:
        check(filecmp.cmp(got.parent / name, expected.parent / name, shallow=False), f"{what}: {name} differs")
    return names


def boundaries(w, prefix, regions=()):
    w.run("boundaries", "-f", genome_of_jobs(w), "--model", w.job_model, "--no-version", "--counts", "--formats", "bed,bigwig,bigbed", *w.job_classes, *regions, "-o", prefix)


def boundary_jobs(w):
    if not hasattr(w, "boundary_jobs"):
        genome_of_jobs(w)
        one = w.new_folder("one") / "x"
        boundaries(w, one)
        w.boundary_jobs = one, run_jobs(w, "contig", regions_by_contig(w), lambda p, r: boundaries(w, p, r))
    return w.boundary_jobs


def test_boundaries_by_contig(w):
    one, prefixes = boundary_jobs(w)
    out = w.new_folder("joined") / "x"
    w.run("merge", "--no-version", "-f", w.job_fasta, *prefixes, "-o", out)
    names = same_files(out, one, "by contig")
    check(len(names) == 4 * 4 + 4, str(names))
    # Without the reference, and file by file, it is the same.
    out = w.new_folder("joined-again") / "x"
    w.run("merge", "--no-version", *prefixes, "-o", out)
    same_files(out, one, "without a reference")
    for suffix in ("stage1.rev.chunks.bed.gz", "stage0.fwd.probability.bw", "universe.bed.gz"):
        w.run("merge", "--no-version", *(f"{p}.{suffix}" for p in prefixes), "-o", out.parent / f"y.{suffix}")
        check(filecmp.cmp(out.parent / f"y.{suffix}", f"{one}.{suffix}", shallow=False), f"{suffix} differs")


def test_boundaries_by_region(w):
    one, _ = boundary_jobs(w)
    prefixes = run_jobs(w, "region", regions_on_the_grid(w), lambda p, r: boundaries(w, p, r))
    out = w.new_folder("joined-regions") / "x"
    w.run("merge", "--no-version", "-f", w.job_fasta, *prefixes, "-o", out)
    same_files(out, one, "by region")


def test_carry_by_contig(w):
    carry = ("--mode", "carry", "--attention-window", "64", "--strand", "reverse", "--stage", "0")
    genome_of_jobs(w)
    one = w.new_folder("carry-one") / "x"
    boundaries(w, one, carry)
    prefixes = run_jobs(w, "carry", regions_by_contig(w), lambda p, r: boundaries(w, p, (*carry, *r)))
    out = w.new_folder("carry-joined") / "x"
    w.run("merge", "--no-version", "-f", w.job_fasta, *prefixes, "-o", out)
    check(len(same_files(out, one, "carry")) == 4 + 4, "other files")


def test_full_disk(w):
    _, prefixes = boundary_jobs(w)
    for suffix in ("stage0.fwd.chunks.bed.gz", "stage0.fwd.probability.bw", "counts.tsv"):
        out = w.new_folder("full")
        w.fails(1, "cannot write|full", "merge", *(f"{p}.{suffix}" for p in prefixes), "-o", out / f"x.{suffix}", limit=200, leaves_nothing_in=out)


def score(w, prefix, regions=(), *more):
    w.run("score", "-f", genome_of_jobs(w), "--model", w.job_model, "--no-version", "--baselines", *w.job_classes, *regions, *more,
          "-o", f"{prefix}.tsv", "--blocks", f"{prefix}.blocks", "--tracks", f"{prefix}.t")


def test_score(w):
    genome_of_jobs(w)
    one = w.new_folder("score-one") / "x"
    score(w, one)
    for name, jobs in (("contig", regions_by_contig(w)), ("region", regions_on_the_grid(w))):
        prefixes = run_jobs(w, f"score-{name}", jobs, lambda p, r: score(w, p, r))
        out = w.new_folder(f"score-joined-{name}") / "x"
        w.run("merge", "--no-version", "-f", w.job_fasta, *(f"{p}.blocks" for p in prefixes), "-o", f"{out}.tsv", "--sums", f"{out}.blocks")
        w.run("merge", "--no-version", "-f", w.job_fasta, *(f"{p}.t" for p in prefixes), "-o", f"{out}.t")
        same_files(out, one, f"score by {name}")


def test_score_by(w):
    genome_of_jobs(w)
    bed = w.write("jobs/by.bed", "chr10\t60\t90\ta\nchrA\t0\t50\tb\nchrA\t0\t100\tc\nchrB\t4990\t5000\td\n")
    common = ("score", "--model", w.job_model, "-f", w.job_fasta, "--no-version", "--baselines")
    for by in (str(STEP), bed):
        one = w.new_folder("by-one") / "x.tsv"
        w.run(*common, "--by", by, "-o", one)
        prefixes = run_jobs(w, "by", regions_by_contig(w), lambda p, r: w.run(*common, "--by", by, *r, "-o", f"{p}.tsv"))
        out = w.new_folder("by-joined") / "x.tsv"
        w.run("merge", "--no-version", *(f"{p}.tsv" for p in prefixes), "-o", out)
        check(filecmp.cmp(out, one, shallow=False), f"--by {by}: the tables differ")
        check(len(rows_of(one)) > 10, "an empty table")


def copy_of(w, prefix):
    """A job's files under another name."""
    copy = w.new_folder("copy") / prefix.name
    for path in prefix.parent.iterdir():
        shutil.copy(path, copy.parent / path.name)
    return copy


def test_missing_and_double_jobs(w):
    _, prefixes = boundary_jobs(w)
    again = copy_of(w, prefixes[0])
    out = w.new_folder("refused")
    common = ("merge", "--no-version", "-o", out / "x")
    w.fails(3, r"the jobs have read .*expected chr", *common, "-f", w.job_fasta, *prefixes[1:], leaves_nothing_in=out)
    w.fails(3, r"universe\.bed\.gz: is given twice", *common, *prefixes, prefixes[0], leaves_nothing_in=out)
    w.fails(3, r"universe.*overlaps", *common, *prefixes, again, leaves_nothing_in=out)
    for suffix in ("chunks.bed.gz", "chunks.bb", "probability.bw"):
        tracks = [f"{p}.stage0.fwd.{suffix}" for p in (*prefixes, again)]
        w.fails(3, r"overlaps|lies in what .* holds already", *common, *tracks, leaves_nothing_in=out)
    counts = [f"{p}.counts.tsv" for p in prefixes]
    w.fails(3, r"have read \d+ bases, expected", *common, "-f", w.job_fasta, *counts, f"{again}.counts.tsv", leaves_nothing_in=out)
    w.fails(3, r"have read", *common, "-f", w.job_fasta, "-r", "chrA:1-200", *prefixes, leaves_nothing_in=out)
    w.fails(3, "no such file", *common, prefixes[0], out / "nothing", leaves_nothing_in=out)
    w.fails(2, "files beside prefixes", *common, prefixes[0], counts[0], leaves_nothing_in=out)
    w.fails(3, "got a BED, expected a table of boundaries --counts", *common, counts[0], f"{prefixes[0]}.universe.bed.gz", leaves_nothing_in=out)
    w.fails(3, "boundaries --counts", *common, f"{prefixes[0]}.summary.tsv", f"{prefixes[1]}.summary.tsv", leaves_nothing_in=out)
    w.fails(2, "--sums", *common, "--sums", out / "y", f"{prefixes[0]}.universe.bed.gz", leaves_nothing_in=out)
    w.fails(2, "no input", *common, leaves_nothing_in=out)
    w.fails(2, "is one of the inputs", "merge", counts[0], counts[1], "-o", counts[0])
    cut = w.write("refused-input/cut.bw", Path(f"{prefixes[0]}.stage0.fwd.probability.bw").read_bytes()[:2000])
    w.fails(3, "cut.bw", *common, cut, f"{prefixes[1]}.stage0.fwd.probability.bw", leaves_nothing_in=out)
    whole = Path(f"{prefixes[0]}.stage0.fwd.chunks.bb").read_bytes()
    cut = w.write("refused-input/cut.bb", whole[: len(whole) // 2])
    w.fails(3, "cut.bb: does not end in its magic number", *common, cut, f"{prefixes[1]}.stage0.fwd.chunks.bb", leaves_nothing_in=out)
    twice = f"{prefixes[0]}.stage0.fwd.chunks.bb"
    w.fails(3, "chunks.bb: is given twice", *common, twice, twice, leaves_nothing_in=out)
    w.fails(3, "got a bigWig, expected a bigBed", *common, twice, f"{prefixes[1]}.stage0.fwd.probability.bw", leaves_nothing_in=out)
    unsorted = w.write("refused-input/unsorted.bed", "chrB\t0\t5\nchrA\t0\t5\n")
    w.fails(3, "unsorted.bed:2: .*expected rows sorted", *common, unsorted, leaves_nothing_in=out)


def test_missing_score_job(w):
    genome_of_jobs(w)
    out = w.new_folder("refused-score")
    prefixes = run_jobs(w, "blocks", regions_by_contig(w), lambda p, r: score(w, p, r))
    blocks = [f"{p}.blocks" for p in prefixes]
    common = ("merge", "--no-version", "-o", out / "x.tsv", "-f", w.job_fasta)
    w.fails(3, r"block \d+ of 100000 bases: the jobs have read", *common, *blocks[1:], leaves_nothing_in=out)
    w.fails(3, r"job\.blocks: has the rows of", *common, *blocks, f"{copy_of(w, prefixes[0])}.blocks", leaves_nothing_in=out)
    # A part of a job's rows: what they add up to is too much.
    rows = Path(blocks[0]).read_text().splitlines(keepends=True)
    start = next(i for i, row in enumerate(rows) if row.startswith("split\t")) + 1
    models = len({row.split("\t")[5] for row in rows[start:]})
    part = w.write("refused-input/part.blocks", "".join(rows[:-models]))
    w.fails(3, r"the jobs have read", *common, *blocks, part, leaves_nothing_in=out)
    w.fails(3, "score --blocks", *common, f"{prefixes[0]}.tsv", f"{prefixes[1]}.tsv", leaves_nothing_in=out)


def test_provenance_of_jobs(w):
    """The merged file names its own command and the jobs' model; jobs of another model are refused."""
    genome_of_jobs(w)
    other = w.folder / "other-model"
    w.run("train", "--model-config", w.model_config, "--steps", "0", "--seed", "9", "-f", w.fasta, "-o", other)
    prefixes = []
    for number, (model, contig) in enumerate(((w.model, "chrA"), (w.model, "chrB"), (other, "chr10"))):
        prefixes.append(w.new_folder(f"version-{number}") / "job")
        w.run("boundaries", "--model", model, "-f", w.job_fasta, "--counts", "-r", contig, "-o", prefixes[-1])
    out = w.new_folder("version-joined")
    w.run("merge", *prefixes[:2], "-o", out / "x")
    for name in ("x.stage0.fwd.chunks.bed.gz", "x.summary.tsv"):
        lines = first_lines(out / name)
        model = next(line for line in first_lines(f"{prefixes[0]}.stage0.fwd.chunks.bed.gz") if line.startswith("#model="))
        check(model in lines and any(line.startswith("#command=dna-hnet merge") for line in lines), f"{name}: {lines}")
    check("merge" in (out / "x.stage0.fwd.probability.bw.json").read_text(), "no provenance beside a bigWig")
    empty = w.new_folder("version-refused")
    w.fails(3, "another model", "merge", *prefixes, "-o", empty / "x", leaves_nothing_in=empty)
    tracks = [f"{p}.stage0.fwd.probability.bw" for p in prefixes]
    w.fails(3, "another model", "merge", *tracks, "-o", empty / "x.bw", leaves_nothing_in=empty)


def test_settings_of_jobs(w):
    """Jobs of another mode, context, precision or training intervals are refused, and the merged file says the settings."""
    genome_of_jobs(w)
    folder, out = w.new_folder("settings"), w.new_folder("settings-joined")
    empty = w.new_folder("settings-refused")
    runs = {"a": ("chrA",), "b": ("chrB",), "context": ("chrB", "--context", "256"), "carry": ("chrB", "--mode", "carry", "--attention-window", "64")}
    for name, (contig, *more) in runs.items():
        w.run("boundaries", "--model", w.job_model, "-f", w.job_fasta, "--counts", "--stage", "0", "--strand", "forward", "-r", contig, *more, "-o", folder / name)
    done = w.run("merge", folder / "a", folder / "b", "-o", out / "x")
    check("warning: merge: without -f nothing tells whether the jobs have read all bases" in done.stderr, done.stderr)
    check("#settings=mode=windows context=512" in first_lines(out / "x.universe.bed.gz"), str(first_lines(out / "x.universe.bed.gz")))
    check('"settings": "mode=windows context=512"' in (out / "x.stage0.fwd.probability.bw.json").read_text(), "no settings beside the joined bigWig")
    done = w.run("merge", "-f", w.job_fasta, "-r", "chrA", "-r", "chrB", folder / "a", folder / "b", "-o", out / "y")
    check("without -f" not in done.stderr, done.stderr)
    silent = w.write("settings/silent.universe.bed.gz", "chrB\t0\t10\n")
    done = w.run("merge", folder / "a.universe.bed.gz", silent, "-o", out / "z.universe.bed.gz")
    check(f"warning: merge: {silent} does not say its settings, {folder / 'a.universe.bed.gz'} was made with mode=windows" in done.stderr, done.stderr)
    for name, said in (("context", "mode=windows context=256"), ("carry", "mode=carry attention_window=64")):
        for suffix in ("stage0.fwd.chunks.bed.gz", "stage0.fwd.probability.bw", "counts.tsv", "universe.bed.gz"):
            jobs = (folder / f"a.{suffix}", folder / f"{name}.{suffix}")
            w.fails(3, f"{name}.{suffix}: made with {said}, but .*a.{suffix} with mode=windows context=512", "merge", *jobs, "-o", empty / "x", leaves_nothing_in=empty)
    for name, contig, precision in (("p", "chrA", "0"), ("q", "chrB", "0.5")):
        w.run("score", "--model", w.job_model, "-f", w.job_fasta, "-r", contig, "--precision", precision, "--tracks", folder / name, "-o", folder / f"{name}.tsv")
    w.fails(3, "q.fwd.bits.bw: made with .* precision=0.5, but .* precision=0", "merge", folder / "p", folder / "q", "-o", empty / "x", leaves_nothing_in=empty)
    for name, held in (("s", "chrB"), ("t", "chr10")):
        w.run("baseline", "-f", w.job_fasta, "--valid-contigs", held, "--by", "100", "-o", folder / f"{name}.tsv")
    w.fails(3, "t.tsv: made with .* train=sha256:", "merge", folder / "s.tsv", folder / "t.tsv", "-o", empty / "x", leaves_nothing_in=empty)


def files_in(folder, prefix):
    return {p.name[len(prefix):]: p.read_bytes() for p in sorted(folder.iterdir()) if p.name.startswith(prefix)}


def test_resumed_contig_by_contig(w):
    """A run that was killed between contigs goes on, and its files are those of a run at once."""
    folder = w.new_folder("parts")
    classes = ("--class", f"a={w.write('parts.bed', 'chr1' + chr(9) + '100' + chr(9) + '900' + chr(10))}")
    for command in ("score", "boundaries"):
        at_once, resumed = folder / f"{command}-once", folder / f"{command}-resumed"

        def arguments(prefix):
            rest = ("--tracks", prefix, "--logo", "--blocks", f"{prefix}.blocks.tsv", "-o", f"{prefix}.tsv") if command == "score" else (
                "--formats", "bed,bigwig,bigbed", "--counts", "-o", prefix)
            return (command, "--no-version", "--model", w.model, "-f", w.fasta, *classes, *rest)

        w.run(*arguments(at_once))
        process = w.start(*arguments(resumed), "--resume")
        parts = folder / f"{command}-resumed.{command}.parts"
        deadline = time.monotonic() + 120
        while not (parts / "done-part-00000000").exists() and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.002)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        check(process.returncode == -signal.SIGKILL, f"{command} had ended before it was killed: {process.returncode}")
        check([p.name for p in folder.iterdir() if p.name.startswith(f"{command}-resumed")] == [parts.name], "files under the output's name")
        w.fails(2, f"--resume: .*-resumed.{command}.parts was made with another version, model, genome or options", *arguments(resumed), "--resume", "--strand", "forward")
        done = w.run(*arguments(resumed), "--resume")
        check(": done before" in done.stderr, done.stderr)
        once, again = files_in(folder, f"{command}-once"), files_in(folder, f"{command}-resumed")
        check(once.keys() == again.keys(), f"{command}: {sorted(once)} and {sorted(again)}")
        for name in once:
            check(once[name] == again[name], f"{command}{name}: differs after it was resumed")
        # The disk is full at the largest file; with room for it, what was done counts.
        short = folder / f"{command}-short"
        w.fails(1, "cannot write|write error|File too large", *arguments(short), "--resume", limit=max(map(len, once.values())) - 1)
        check([p.name for p in folder.iterdir() if p.name.startswith(short.name)] == [f"{short.name}.{command}.parts"], f"left behind: {sorted(folder.iterdir())}")
        done = w.run(*arguments(short), "--resume")
        check(": done before" in done.stderr, done.stderr)
        check(files_in(folder, short.name) == once, f"{command}: differs after a full disk")
    w.fails(2, "--resume: belongs to --tracks", "score", "--model", w.model, "-f", w.fasta, "--resume", "-o", folder / "x.tsv")
    w.fails(2, "--resume and --by exclude each other", "score", "--model", w.model, "-f", w.fasta, "--resume", "--by", "100", "--tracks", folder / "y", "-o", folder / "x.tsv")
