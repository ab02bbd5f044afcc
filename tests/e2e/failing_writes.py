"""Writes that fail: exit code 1, one clear line, no half output."""
import os
import subprocess
from pathlib import Path

from harness import Skip, check

FOLDER = Path("/nowhere")  # stands for the folder of the outputs


def outputs(w, folder):
    """Every command that writes, with each of its outputs in `folder` once."""
    model, region = ("--model", w.model, "-f", w.fasta), ("-r", "chr2:1-300")
    made = w.new_folder("made")
    w.run("boundaries", *model, "-o", made / "b", "--counts", "--formats", "bed,bigwig,bigbed")
    w.run("score", *model, "--blocks", made / "b.blocks.tsv", "-o", made / "b.tsv")
    features = w.write("some.bed", "chr1\t1500\t1700\nchr1\t2000\t2200\n")
    annotate = ("annotate", "--boundaries", made / "b.stage0.fwd.chunks.bed.gz", "--features", f"some={features}", "-f", w.fasta, "--rotations", "5")
    baseline = ("baseline", "-f", w.fasta, "--valid-contigs", "chr2")
    (made / "some.bed").write_text("chr2\t100\t104\n")
    base = dict(w.contigs)["chr2"][99]
    sample = made / "sample.vcf"
    sample.write_text("##fileformat=VCFv4.2\n##contig=<ID=chr2>\n##FORMAT=<ID=GT,Number=1,Type=String,Description=\"g\">\n"
                      "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\ts\n"
                      f"chr2\t100\t.\t{base}\t{'A' if base != 'A' else 'C'}\t.\t.\t.\tGT\t1|1\n")
    here = folder / "x"
    yield from (
        ("train", "--preset", "tiny", "--context", "256", "--batch-bases", "512", "--steps", "0", "-f", w.fasta, "-o", here),
        ("boundaries", *model, *region, "-o", here),
        ("boundaries", *model, *region, "--formats", "bigwig", "-o", here),
        ("boundaries", *model, *region, "--formats", "bigbed", "-o", here),
        ("score", *model, *region, "-o", folder / "x.tsv"),
        ("score", *model, *region, "-o", folder / "x.tsv.gz"),
        ("score", *model, *region, "-o", made / "s.tsv", "--blocks", folder / "x.tsv"),
        ("score", *model, *region, "-o", made / "s.tsv", "--tracks", here),
        ("score", *model, *region, "-o", folder / "x.tsv", "--blocks", folder / "x.blocks.tsv", "--tracks", here),
        (*annotate, "-o", folder / "x.tsv"),
        (*baseline, "-o", folder / "x.tsv"),
        (*baseline, "--boundaries", here, "-o", folder / "x.tsv"),
        ("merge", made / "b", "-o", here),
        ("merge", made / "b.stage0.fwd.probability.bw", "-o", folder / "x.bw"),
        ("merge", made / "b.blocks.tsv", "-o", made / "m.tsv", "--sums", folder / "x.tsv"),
        ("hub", "-f", w.fasta, "--tracks", made / "b.stage0.fwd.probability.bw", "-o", here),
        ("report", "--run", w.model, "-o", folder / "x.html"),
        ("report", "--boundaries", made / "b", "-f", w.fasta, "-o", folder / "x.html", "--locus-svg", folder / "x.svg"),
        ("variants", *model, "--saturate", made / "some.bed", "-o", folder / "x.vcf.gz"),
        ("variants", *model, "--saturate", made / "some.bed", "-o", folder / "x.bcf"),
        ("variants", *model, "--vcf", sample, "--sample", "s", "--haplotypes", folder / "x.tsv", "--sequences", folder / "x.fa"),
        ("embed", *model, *region, "-o", folder / "x.h5"),
        ("simulate", "--length", "20000", "-o", here),
        ("simulate", "--length", "20000", "-o", f"{here}/"),
        ("cache", "-f", w.fasta, "-o", folder / "x.dhg"),
        ("generate", "--model", w.model, "--length", "3", "-o", folder / "x.fa"),
        ("inspect", "--preset", "tiny", "-o", folder / "x.txt"),
    )


def test_folder_that_is_not_there(w):
    """Every command says so in the same words, and makes no folder by itself."""
    out = w.new_folder("nowhere")
    gone = out / "no" / "such"
    for words in outputs(w, gone):
        w.fails(1, f"error: {gone}/x[^ ]*: cannot write: there is no folder {gone}\n", *words)
        check(not list(out.iterdir()), f"{words}: made {list(out.iterdir())}")


def test_folder_that_is_a_file(w):
    out = w.new_folder("nofolder")
    file = out / "file"
    file.write_text("kept")
    for words in outputs(w, file):
        w.fails(1, f"error: {file}/x[^ ]*: cannot write: {file} is a file, expected a folder\n", *words)
    check([p.name for p in out.iterdir()] == ["file"] and file.read_text() == "kept", "the file was touched")


def test_folder_in_place_of_a_file(w):
    out = w.new_folder("folder")
    w.fails(1, str(out), "generate", "--model", w.model, "--length", "3", "-o", out)
    w.fails(1, str(out), "score", "--model", w.model, "-f", w.fasta, "-r", "chr2:1-300", "-o", out)


def test_all_outputs_or_none(w):
    """Whichever file does not fit, none of a command appears, and what stood at their names stays."""
    seen = set()
    for words in outputs(w, FOLDER):
        if words[0] in ("train", "hub", "simulate"):  # folders, which appear as a whole
            continue
        # One folder for all: its random name is in the files, and would change the length of a compressed one.
        here = w.new_folder("full")
        command = [here / word.relative_to(FOLDER) if isinstance(word, Path) and word.is_relative_to(FOLDER) else word for word in words]
        w.run(*command)
        sizes = {path.name: path.stat().st_size for path in here.iterdir()}
        seen.add((words[0], len(sizes)))
        if len(sizes) < 2:
            continue
        limits = sorted({size - 1 for size in sizes.values() if size > 1})
        for name in sizes:
            (here / name).write_text("old")
        for limit in {limits[0], limits[len(limits) // 2], limits[-1]}:
            w.fails(1, "cannot write|write error|File too large", *command, limit=limit)
            left = {path.name: path.read_bytes() for path in here.iterdir()}
            check(left == dict.fromkeys(sizes, b"old"), f"{words}, files of {limit} bytes: {left.keys()}")
    check({("boundaries", 19), ("score", 14), ("annotate", 4), ("baseline", 12), ("merge", 28), ("report", 2), ("variants", 2)} <= seen, f"outputs: {seen}")


def test_one_name_for_two_outputs(w):
    out = w.new_folder("twice")
    (out / "real").mkdir()
    (out / "link").symlink_to("real")
    score = ("score", "--model", w.model, "-f", w.fasta, "-r", "chr2:1-300")
    made = w.new_folder("made")
    w.run(*score, "--blocks", made / "b.tsv", "-o", made / "t.tsv")
    w.run("boundaries", *score[1:], "-o", made / "b")
    x, real, link = out / "x.tsv", out / "real" / "x.tsv", out / "link" / "x.tsv"
    for words, names in (
        ((*score, "-o", x, "--blocks", x), f"{x}: two outputs"),
        ((*score, "-o", real, "--blocks", link), f"{real} and {link} are one file"),
        ((*score, "-o", "x.tsv", "--blocks", "./x.tsv"), "x.tsv and ./x.tsv are one file"),
        ((*score, "-o", "-", "--blocks", "-"), "-: two outputs"),
        ((*score, "-o", out / "x.universe.bed.gz", "--tracks", out / "x"), "universe.bed.gz: two outputs"),
        ((*score, "-o", out / "x.universe.bed.gz.tbi", "--tracks", out / "x"), "universe.bed.gz.tbi: two outputs"),
        ((*score, "-o", out / "x.fwd.bits.bw.json", "--tracks", out / "x"), "bits.bw.json: two outputs"),
        (("baseline", "-f", w.fasta, "--valid-contigs", "chr2", "-o", out / "x.summary.tsv", "--boundaries", out / "x"), "x.summary.tsv: two outputs"),
        (("merge", made / "b.tsv", "-o", x, "--sums", x), f"{x}: two outputs"),
        (("report", "--boundaries", made / "b", "-f", w.fasta, "-o", out / "x.svg", "--locus-svg", f"{out}/./x.svg"), "x.svg are one file"),
    ):
        done = w.fails(2, f"error: .*{names}", *words, leaves_nothing_in=out / "real", cwd=out)
        check(done.stdout == "", f"something was written: {done.stdout}")
        check(sorted(p.name for p in out.iterdir()) == ["link", "real"], f"left behind: {list(out.iterdir())}")
    w.run(*score, "-o", "/dev/null", "--blocks", "/dev/null")


def test_file_size_limit(w):
    """A limit on the size of files: every write past it fails, as on a full disk."""
    out = w.new_folder("limit")
    boundaries = ("boundaries", "--model", w.model, "-f", w.fasta, "-o", out / "x")
    for limit in (0, 2000, 20000):
        w.fails(1, "x.*(cannot write|write error|File too large)", *boundaries, limit=limit, leaves_nothing_in=out)
    for limit in (0, 500, 3000):
        w.fails(1, r"chunks\.bb.*(cannot write|File too large)", *boundaries, "--formats", "bigbed", "--stage", "0", limit=limit, leaves_nothing_in=out)
    w.fails(1, "cannot write", "score", "--model", w.model, "-f", w.fasta, "-o", out / "x.tsv", limit=100, leaves_nothing_in=out)
    for limit in (0, 2000):
        w.fails(1, "x.*(cannot write|write error|File too large)", "score", "--model", w.model, "-f", w.fasta, "--tracks", out / "x", "-o", out / "x.tsv", limit=limit, leaves_nothing_in=out)
    w.fails(1, f"error: {out}/sim/genome.fa: cannot write", "simulate", "--length", "20000", "-o", out / "sim", limit=3000, leaves_nothing_in=out)
    w.fails(1, "cannot write", "cache", "-f", w.fasta, "-o", out / "x.dhg", limit=3000, leaves_nothing_in=out)
    w.fails(1, "cannot write", "generate", "--model", w.model, "--length", "300", "-o", out / "x.fa", limit=100, leaves_nothing_in=out)


def test_full_disk_in_training(w):
    """A checkpoint that does not fit leaves neither a checkpoint nor a name of one."""
    out = w.new_folder("checkpoint")
    w.fails(1, f"error: {out}/run/checkpoints/step-0/optimizer.safetensors: cannot write", "train", "--preset", "tiny", "--context", "256", "--batch-bases", "512", "--steps", "0", "-f", w.fasta, "-o", out / "run", limit=20000)
    left = [str(path.relative_to(out)) for path in out.rglob("*")]
    check(not any("step-" in name or name.endswith(("latest", "best")) for name in left), f"left behind: {left}")


def test_full_standard_output(w):
    for arguments in (("generate", "--model", w.model, "--length", "5"), ("inspect", "--preset", "tiny"), ("--help",), ("--version",), ("doctor",)):
        with open("/dev/full", "w") as full:
            w.fails(1, "standard output.*No space left", *arguments, stdout=full)


def test_full_file_system(w):
    """A file system of 64 kB, where this machine lets us mount one."""
    if os.geteuid() != 0:
        raise Skip("mounting a small file system needs root; the limit on file sizes was tested")
    out = w.new_folder("small-disk")
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(out)], capture_output=True, text=True)
    if mounted.returncode != 0:
        raise Skip(f"no small file system can be mounted here ({mounted.stderr.strip()}); the limit on file sizes was tested")
    try:
        w.fails(1, "No space left", "boundaries", "--model", w.model, "-f", w.fasta, "-o", out / "x", leaves_nothing_in=out)
        w.fails(1, "No space left", "simulate", "--length", "50000", "-o", out / "sim", leaves_nothing_in=out)
    finally:
        subprocess.run(["umount", str(out)], check=True)
