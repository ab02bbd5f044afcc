#!/usr/bin/env python3
"""The binary without htslib and HDF5 (preset no-io): it trains, scores, samples and inspects from a genome cache, and says what it lacks.

    python3 tests/e2e/without_io.py BINARY_WITHOUT_IO BINARY [NAME ...]      BINARY, the whole one, writes the cache and says what is expected

Prints one line per test, as run_e2e.py does. Exits 1 when one failed.
"""
import gzip
import json
import sys

from harness import Workspace, check, first_lines, run_tests

LACKS = "not in this build, which is without htslib.*\nhint: configure with -DDNA_HNET_IO=ON"
COMMANDS = ("boundaries", "annotate", "baseline", "merge", "hub", "report", "simulate", "cache")
TRAIN = ("--preset", "tiny", "--context", "256", "--batch-bases", "512", "--steps", "2", "--seed", "3", "--valid-contigs")


def cache_of(w):
    path = w.folder / "genome.dhg"
    if not path.exists():
        w.whole.run("cache", "-f", w.fasta, "-o", path)
    return path


def test_train(w):
    """The same run from the cache as from the FASTA by the whole build, from which it can be resumed."""
    out, cache = w.new_folder("train"), cache_of(w)
    w.run("train", *TRAIN, "chr2", "-f", cache, "-o", out / "lean")
    w.whole.run("train", *TRAIN, "chr2", "-f", w.fasta, "-o", out / "whole")
    weights = [(out / run / "checkpoints" / "step-2" / "model.safetensors").read_bytes() for run in ("lean", "whole")]
    check(weights[0] == weights[1], "the two builds train to different weights")
    w.run("train", *TRAIN, "chr2", "-f", cache, "-o", out / "whole", "--resume")
    repeats = w.write("repeats.bed", "G#chr1\t0\t600\r\nG#chr1\t1000\t1200\r\n")
    w.run("train", *TRAIN, "G#chr2", "--repeats", repeats, "--softmask-weight", "0.5", "-f", f"G={cache}", "-o", out / "labelled")


def test_score(w):
    """Tables equal those of the whole build, byte for byte."""
    out, cache = w.new_folder("score"), cache_of(w)
    regions = w.write("regions.bed", "chr1\t100\t2000\nchr2\t0\t2500\n")
    for name, options in (
        ("all", ()),
        ("baselines", ("--baselines", "--strand", "forward")),
        ("classes", ("-R", regions, "--class", f"first={regions}")),
        ("by", ("-R", regions, "--by", "500")),
        ("carry", ("--mode", "carry", "--strand", "reverse")),
    ):
        for build, genome in ((w, cache), (w.whole, w.fasta)):
            folder = out / ("lean" if build is w else "whole")
            folder.mkdir(exist_ok=True)
            model = w.model
            if name == "baselines":  # they are counted on the model's training intervals
                model = w.folder / "trained"
                if not model.exists():
                    w.run("train", *TRAIN, "chr2", "-f", cache, "-o", model)
            blocks = () if name == "by" else ("--blocks", folder / f"{name}.blocks.tsv")
            build.run("--no-version", "score", "--model", model, "-f", genome, *options, *blocks, "-o", folder / f"{name}.tsv")
        for suffix in (".tsv", ".blocks.tsv") if blocks else (".tsv",):
            lean, whole = ((out / folder / (name + suffix)).read_text() for folder in ("lean", "whole"))
            check(lean == whole and lean.count("\n") > 1, f"{name}{suffix} differs between the builds:\n{lean}\n{whole}")
    with open(regions) as text:
        piped = w.run("--no-version", "score", "--model", w.model, "-f", cache, "-R", "-", "-o", "-", stdin=text).stdout
    named = w.run("--no-version", "score", "--model", w.model, "-f", cache, "-R", regions, "-o", "-").stdout
    check(piped == named and named.count("\n") > 1, f"-R - differs from -R FILE:\n{piped}\n{named}")


def test_sample_and_inspect(w):
    words = ("--no-version", "generate", "--model", w.model, "--prompt", "ACGT", "--length", "70", "--count", "2")
    said = w.run(*words).stdout
    check(said == w.whole.run(*words).stdout and said.count(">") == 2, f"generate differs between the builds: {said}")
    check(json.loads(w.run("inspect", "--model", w.model, "--json").stdout) == json.loads(w.whole.run("inspect", "--model", w.model, "--json").stdout), "inspect differs")
    doctor = w.run("doctor").stdout
    check("htslib: not in this build" in doctor and "base by base: passed" in doctor, doctor)
    check(w.run("--version").stdout.startswith("dna-hnet ") and "htslib" not in w.run("--version").stdout, "--version names htslib")


def test_lacking_commands(w):
    out = w.new_folder("commands")
    listed = w.run("--help").stdout
    for command in COMMANDS:
        w.fails(2, f"{command}: {LACKS}", command, "-f", w.fasta, "--formats", "bed", "chr1", "-o", out / "x", leaves_nothing_in=out)
        w.fails(2, f"{command}: {LACKS}", "-@", "1", command)
        check("not in this build" in w.run(command, "--help").stdout, f"{command} --help")
        check(command in listed, f"--help does not list {command}")


def test_lacking_options(w):
    out, cache = w.new_folder("options"), cache_of(w)
    score = ("score", "--model", w.model, "-f", cache, "-o", out / "x.tsv")
    w.fails(2, f"--region: {LACKS}, or name the region in a BED, with -R", *score, "-r", "chr1", "--region", "chr2:1-9", leaves_nothing_in=out)
    for option in (("--tracks", out / "x"), ("--precision", "0.1"), ("--logo",)):
        w.fails(2, f"{option[0]}: {LACKS}", *score, *option, leaves_nothing_in=out)
    w.fails(2, rf"x\.tsv\.gz: compressing: {LACKS}, or write it without \.gz", *score[:-1], out / "x.tsv.gz", leaves_nothing_in=out)
    w.fails(2, rf"x\.blocks\.gz: compressing: {LACKS}", *score, "--blocks", out / "x.blocks.gz", leaves_nothing_in=out)


def test_unreadable_files(w):
    out, cache = w.new_folder("files"), cache_of(w)
    bed = w.write("packed.bed.gz", gzip.compress(b"chr1\t0\t100\n"))
    for words in (("score", "--model", w.model, "-o", out / "x.tsv"), ("train", *TRAIN, "chr2", "-o", out / "run")):
        w.fails(3, r"genome\.fa: this build, without htslib, reads genome caches \(\.dhg\) only\nhint: make one", *words, "-f", w.fasta, leaves_nothing_in=out)
        w.fails(3, r"nowhere\.dhg.*No such file", *words, "-f", w.folder / "nowhere.dhg", leaves_nothing_in=out)
    for option in (("-R", bed), ("--class", f"X={bed}"), ("--by", bed)):
        w.fails(3, r"packed\.bed\.gz: this build, without htslib, reads plain text only", "score", "--model", w.model, "-f", cache, *option, "-o", out / "x.tsv", leaves_nothing_in=out)
    w.fails(3, r"packed\.bed\.gz: this build", "train", *TRAIN, "chr2", "--repeats", bed, "-f", cache, "-o", out / "run", leaves_nothing_in=out)
    check(first_lines(bed) == ["chr1\t0\t100"], "the BED was touched")


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    whole = Workspace(sys.argv[2])
    lean = whole.with_binary(sys.argv[1])
    lean.whole = whole
    sys.exit(run_tests([sys.modules["__main__"]], lean, sys.argv[3:]))
