"""What an earlier run has left under the same names is not taken for this one's; and joins of more jobs than a process may have files open."""
import fcntl
import resource

from harness import check, fasta_text, random_bases, rows_of


def other_model(w):
    """Of another seed, and of one stage."""
    if not hasattr(w, "other_run"):
        w.other_run = w.folder / "other-run"
        w.run("train", "--preset", "tiny", "--context", "256", "--batch-bases", "512", "--steps", "0", "--seed", "7", "-f", w.fasta, "-o", w.other_run)
    return w.other_run


def test_no_record_of_an_earlier_file(w):
    """What is written with --no-version does not keep the words of what stood there."""
    out = w.new_folder("record")
    score = ("score", "-f", w.fasta, "-r", "chr2:1-200", "--tracks", out / "x", "-o", out / "x.tsv")
    boundaries = ("boundaries", "-f", w.fasta, "-r", "chr2:1-200", "--formats", "bigwig,bigbed", "-o", out / "y")
    for command in (score, boundaries):
        w.run(*command, "--model", w.model)
    check(len(list(out.glob("*.json"))) >= 9, f"records {list(out.iterdir())}")
    for command in (score, boundaries):
        w.run(*command, "--model", w.model, "--no-version")
    check(not list(out.glob("*.json")), f"the earlier records stay: {list(out.glob('*.json'))}")
    tracks = sorted(out.glob("x.*.bw"))
    w.run("merge", *tracks[:1], "-o", out / "z.bw")
    w.run("merge", "--no-version", *tracks[:1], "-o", out / "z.bw")
    check(not (out / "z.bw.json").exists(), "merge leaves an earlier record")


def test_files_of_an_earlier_run_are_not_joined(w):
    """A job that writes fewer files under its prefix leaves those of the earlier: of another model."""
    out, empty = w.new_folder("mixed"), w.new_folder("mixed-refused")
    for contig in ("chr1", "chr2"):
        w.run("boundaries", "--model", w.model, "-f", w.fasta, "-r", contig, "--counts", "-o", out / contig)
        w.run("boundaries", "--model", other_model(w), "-f", w.fasta, "-r", contig, "--counts", "--strand", "forward", "-o", out / contig)
    w.fails(3, r"chr[12]\.stage[01]\.(fwd|rev)\..*: made with another model than .*chr[12]\.", "merge", out / "chr1", out / "chr2", "-o", empty / "x", leaves_nothing_in=empty)


def test_a_job_given_twice(w):
    """Found without a reference too, where the rows tell."""
    out, empty = w.new_folder("twice"), w.new_folder("twice-refused")
    w.run("score", "--model", w.model, "-f", w.fasta, "-r", "chr2:1-300", "--blocks", out / "a.blocks", "-o", out / "a.tsv")
    (out / "copy.blocks").write_bytes((out / "a.blocks").read_bytes())
    (out / "link.blocks").symlink_to("a.blocks")
    w.fails(3, "copy.blocks: has the rows of .*a.blocks", "merge", out / "a.blocks", out / "copy.blocks", "-o", empty / "x.tsv", leaves_nothing_in=empty)
    for again in ("a.blocks", "link.blocks"):
        w.fails(3, f"{again}: is given twice", "merge", out / "a.blocks", out / again, "-o", empty / "x.tsv", leaves_nothing_in=empty)


def test_joined_over_a_job(w):
    """However the output is spelled; and what is no output of merge at all."""
    out = w.new_folder("over")
    for contig in ("chr1", "chr2"):
        w.run("boundaries", "--model", w.model, "-f", w.fasta, "-r", contig, "--counts", "--formats", "bed,bigbed", "-o", out / contig)
    before = {path: path.read_bytes() for path in out.iterdir()}
    jobs, counts, bigbeds = ([f"{out}/chr{i}{suffix}" for i in (1, 2)] for suffix in ("", ".counts.tsv", ".stage0.fwd.chunks.bb"))
    for inputs, target in ((jobs, f"{out}/./chr1"), (jobs, f"{out}/../{out.name}/chr2"), (counts, f"{out}/./chr1.counts.tsv"), (bigbeds, f"{out}//chr2.stage0.fwd.chunks.bb")):
        w.fails(2, "is one of the inputs", "merge", *inputs, "-o", target)
    w.fails(2, "is one of the inputs", "merge", *counts, "--sums", f"{out}/./chr2.counts.tsv", "-o", out / "x.tsv")
    w.fails(2, "-o -: a bigBed is written to files only", "merge", *bigbeds, "-o", "-")
    w.fails(2, "-o -: got prefixes", "merge", *jobs, "-o", "-")
    check(before == {path: path.read_bytes() for path in out.iterdir()}, "a job's file has changed")


def test_tracks_of_another_genome(w):
    """Which merge finds with -f, by their contigs and by what stands beside them."""
    out, empty = w.new_folder("elsewhere"), w.new_folder("elsewhere-refused")
    w.run("boundaries", "--model", w.model, "-f", w.fasta, "-r", "chr2", "--formats", "bigwig,bigbed", "-o", out / "a")
    other = w.write("elsewhere/other.fa", fasta_text([("chr1", random_bases(500, 1))]))
    for suffix in ("chunks.bb", "probability.bw"):
        track = out / f"a.stage0.fwd.{suffix}"
        w.fails(3, f"{suffix}: made with another reference than .*other.fa", "merge", "-f", other, track, "-o", empty / f"x.{suffix}", leaves_nothing_in=empty)
        (out / f"{track.name}.json").unlink()
        w.fails(3, f"{suffix}: has other contigs than the reference", "merge", "-f", other, track, "-o", empty / f"x.{suffix}", leaves_nothing_in=empty)
        w.run("merge", "-f", w.fasta, track, "-o", out / f"x.{suffix}")


def test_counts_that_were_not_asked_for(w):
    """boundaries --resume joins its parts' counts into the summary; a file of that name stays as it was."""
    out = w.new_folder("counts")
    (out / "x.counts.tsv").write_text("mine")
    w.run("boundaries", "--model", w.model, "-f", w.fasta, "-r", "chr2", "--resume", "-o", out / "x")
    check((out / "x.counts.tsv").read_text() == "mine", "x.counts.tsv was touched")
    check((out / "x.summary.tsv").exists(), "no summary")


def test_tables_of_score_in_a_folder_that_is_not_there(w):
    """Found before anything is scored, though they are written at the end."""
    out = w.new_folder("nowhere")
    for tables in (("-o", out / "no" / "x.tsv"), ("-o", out / "x.tsv", "--blocks", out / "no" / "x.blocks")):
        w.fails(1, "there is no folder", "score", "--model", w.model, "-f", w.fasta, "-r", "chr2:1-200", "--tracks", out / "x", "--resume", *tables, leaves_nothing_in=out)
        check(not (out / "x.score.parts").exists(), "parts were begun")


def test_folder_of_something_else(w):
    """--resume neither takes nor removes a folder that it has not made, nor the other command's."""
    out = w.new_folder("foreign")
    commands = {"score": ("score", "--tracks", out / "x", "-o", out / "x.tsv"), "boundaries": ("boundaries", "-o", out / "x"), "embed": ("embed", "-o", out / "x.h5")}
    for name, command in commands.items():
        parts = out / ("x.h5.parts" if name == "embed" else f"x.{name}.parts")
        parts.mkdir()
        (parts / "mine.txt").write_text("precious")
        w.fails(2, f"--resume: {parts} is a folder of something else", *command, "--model", w.model, "-f", w.fasta, "-r", "chr2:1-200", "--resume")
        check((parts / "mine.txt").read_text() == "precious" and len(list(parts.iterdir())) == 1, f"{parts} was touched")
    check(sorted(p.name for p in out.iterdir()) == ["x.boundaries.parts", "x.h5.parts", "x.score.parts"], f"written: {list(out.iterdir())}")


def test_parts_of_another_genome(w):
    """Whose contigs have the same names and lengths."""
    out = w.new_folder("changed")
    fasta = w.write(f"{out.name}/g.fa", fasta_text([("chr1", random_bases(3000, 1)), ("chr2", random_bases(3000, 2))]))
    commands = {"x.score.parts": ("score", "--tracks", out / "x", "-o", out / "x.tsv"), "x.boundaries.parts": ("boundaries", "-o", out / "x"), "x.h5.parts": ("embed", "-o", out / "x.h5")}
    for command in commands.values():
        w.fails(1, "cannot write|write error|File too large", *command, "--model", w.model, "-f", fasta, "--resume", limit=1500)
    text = fasta.read_text()
    at = text.index("A", 100)
    fasta.write_text(text[:at] + "C" + text[at + 1 :])
    for parts, command in commands.items():
        w.fails(2, f"{parts} was made with another version, model, genome or options", *command, "--model", w.model, "-f", fasta, "--resume")
    fasta.write_text(text)
    for command in commands.values():
        w.run(*command, "--model", w.model, "-f", fasta, "--resume")


def test_damaged_parts(w):
    """A part whose files have changed since it was done is done again; two runs do not share a folder."""
    out = w.new_folder("damaged")
    fasta = w.write(f"{out.name}/g.fa", fasta_text([(f"chr{i}", random_bases(3000, i)) for i in range(4)]))
    for name, command in {"score": ("score", "--tracks", "{}", "-o", "{}.tsv"), "boundaries": ("boundaries", "--formats", "bed,bigwig,bigbed", "-o", "{}")}.items():
        calls = {to: [word.format(out / to / name) for word in command] + ["--no-version", "--model", w.model, "-f", fasta] for to in ("once", "again")}
        for folder in calls:
            (out / folder).mkdir(exist_ok=True)
        w.run(*calls["once"])
        largest = max(path.stat().st_size for path in (out / "once").iterdir())
        w.fails(1, "cannot write|write error|File too large", *calls["again"], "--resume", limit=largest - 1)
        parts = out / "again" / f"{name}.{name}.parts"
        check(len(list(parts.glob("done-*"))) == 4, f"parts of {name}")
        victim = max(parts.glob("part-00000001*"), key=lambda path: path.stat().st_size)
        victim.write_bytes(victim.read_bytes()[:100])
        with open(parts / "lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            w.fails(1, "another run works in", *calls["again"], "--resume")
        said = w.run(*calls["again"], "--resume").stderr
        check("chr1: files of part-00000001 have changed since: done again" in said and said.count("done before") == 3, said)
        for path in (out / "once").iterdir():
            if path.suffix not in (".tbi", ".csi"):
                check(path.read_bytes() == (out / "again" / path.name).read_bytes(), f"{path.name} differs")


def test_short_contigs_go_together(w):
    """Into one part, in whatever order the FASTA has them."""
    folder, once = w.new_folder("short"), w.new_folder("short-once")
    contigs = [(f"s{9 - i}", random_bases(30 + i % 2, i)) for i in range(7)]
    fasta = w.write(f"{folder.name}/short.fa", fasta_text([*contigs[:3], ("long", random_bases(20000, 9)), *contigs[3:]]))
    for name, command in (("s", ("score", "--no-version", "--blocks", "{}/s.blocks", "--tracks", "{}/s", "-o", "{}/s.tsv")), ("b", ("boundaries", "--no-version", "--counts", "--formats", "bed,bigwig,bigbed", "-o", "{}/b"))):
        for target, resume in ((once, ()), (folder, ("--resume",))):
            w.run(*(part.format(target) for part in command), "--model", w.model, "-f", fasta, *resume)
        files = [path for path in once.iterdir() if path.name.startswith(f"{name}.") and not path.name.endswith("i")]
        check(len(files) > 6, f"{len(files)} files")
        for path in files:
            check(path.read_bytes() == (folder / path.name).read_bytes(), f"{path.name} differs from that of one run")
    limit = max(path.stat().st_size for path in once.iterdir()) - 1
    w.fails(1, "cannot write|write error|File too large", *(part.format(folder) for part in command[:-1]), folder / "cut", "--model", w.model, "-f", fasta, "--resume", limit=limit)
    done = list((folder / "cut.boundaries.parts").glob("done-*"))
    check(len(done) == 5, f"{len(done)} parts, expected the long contig and seven short ones by twos")


def test_more_jobs_than_open_files(w):
    """Many contigs, each a part of its own, where a process may have few files open."""
    folder = w.new_folder("many")
    contigs = [(f"c{i:03}", random_bases(90 + i % 7, i)) for i in range(40)]
    fasta = w.write(f"{folder.name}/many.fa", fasta_text(contigs))

    def few_files():
        resource.setrlimit(resource.RLIMIT_NOFILE, (48, 48))

    for name, command in (("s", ("score", "--tracks", folder / "s", "-o", folder / "s.tsv")), ("b", ("boundaries", "--formats", "bed,bigwig,bigbed", "-o", folder / "b"))):
        w.run(*command, "--model", w.model, "-f", fasta, "--resume", before=few_files)
    check(len(rows_of(folder / "s.universe.bed.gz")) == len(rows_of(folder / "b.universe.bed.gz")) == len(contigs), "contigs are missing")
    once = w.new_folder("many-once")
    w.run("boundaries", "--model", w.model, "-f", fasta, "--formats", "bed,bigwig,bigbed", "-o", once / "b")
    for path in once.iterdir():
        if path.suffix in (".bw", ".bb"):
            check(path.read_bytes() == (folder / path.name).read_bytes(), f"{path.name} differs from that of one run")
        elif path.name.endswith("bed.gz"):
            check(rows_of(path) == rows_of(folder / path.name), f"{path.name} has other rows than that of one run")
