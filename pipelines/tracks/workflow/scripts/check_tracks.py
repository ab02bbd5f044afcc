#!/usr/bin/env python3
"""Outside tools look at the joined files: bedtools, tabix, pyBigWig; and cmp with one run where there is one.

    python3 check_tracks.py --score DIR --chunks DIR ... [--one-run DIR ...]

--one-run: what one run has written, a folder for that of --score and for each of --chunks, in this order.
Prints a line per check; exits 1 at the first that fails.
"""
import argparse
import filecmp
import glob
import os
import subprocess
import sys

import pyBigWig


def output_of(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def lines_of(*command):
    """The lines that a command writes, one at a time: there may be a thousand million."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        yield from process.stdout
    if process.returncode != 0:
        raise subprocess.CalledProcessError(process.returncode, command)


def say(text):
    print(f"ok  {text}", flush=True)


def fail(text):
    sys.exit(f"check_tracks: {text}")


def intervals(path):
    for line in lines_of("bgzip", "-dc", path):
        if not line.startswith("#"):
            contig, begin, end = line.split("\t", 3)[:3]
            yield contig, int(begin), int(end)


def check_chunks(folder):
    universe = os.path.join(folder, "boundaries.universe.bed.gz")
    expected = output_of("bedtools", "merge", "-i", universe)
    paths = sorted(glob.glob(os.path.join(folder, "*.chunks.bed.gz")))
    if not paths:
        fail(f"{folder}: no BED of chunks")
    for path in paths:
        if output_of("bedtools", "merge", "-i", path) != expected:
            fail(f"{path}: the chunks do not tile {universe}")
        rows, last = 0, None
        for last in intervals(path):
            rows += 1
        if sum(1 for _ in lines_of("bedtools", "merge", "-d", "-1", "-i", path)) != rows:
            fail(f"{path}: chunks overlap")
        contig, begin, _ = last
        if not output_of("tabix", path, f"{contig}:{begin + 1}-{begin + 1}"):
            fail(f"{path}: tabix does not find the last row")
        say(f"{path}: tiles the universe, no overlap, indexed")


def check_tracks(folder, universe, exact):
    bases = {}
    for contig, begin, end in intervals(universe):
        bases[contig] = bases.get(contig, 0) + end - begin
    total = sum(bases.values())
    paths = sorted(glob.glob(os.path.join(folder, "*.bw")))
    if not paths:
        fail(f"{folder}: no bigWig")
    for path in paths:
        header = pyBigWig.open(path).header()
        covered = header["nBasesCovered"]
        if covered == 0 or covered > total or (exact(path) and covered != total):
            fail(f"{path}: {covered} bases have a value, the universe has {total}")
        say(f"{path}: {covered} of {total} bases have a value, {header['nLevels']} zoom levels")


def names_in(folder):
    return sorted(name for name in os.listdir(folder) if not name.startswith("."))


def check_one_run(folder, one_run):
    names = names_in(one_run)
    if names != names_in(folder):
        fail(f"{folder} has other files than {one_run}: {names_in(folder)}, {names}")
    for name in names:
        if not filecmp.cmp(os.path.join(folder, name), os.path.join(one_run, name), shallow=False):
            fail(f"{os.path.join(folder, name)} differs from that of one run")
    say(f"{folder}: {len(names)} files are byte for byte those of one run")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--score", required=True)
    parser.add_argument("--chunks", required=True, nargs="+")
    parser.add_argument("--one-run", default=[], nargs="+")
    arguments = parser.parse_args()
    for folder in arguments.chunks:
        check_chunks(folder)
        check_tracks(folder, os.path.join(folder, "boundaries.universe.bed.gz"), lambda path: ".stage0." in path)
    check_tracks(arguments.score, os.path.join(arguments.score, "score.universe.bed.gz"), lambda path: False)
    folders = [arguments.score, *arguments.chunks]
    if arguments.one_run and len(arguments.one_run) != len(folders):
        fail(f"--one-run: got {len(arguments.one_run)} folders, expected {len(folders)}")
    for folder, one_run in zip(folders, arguments.one_run):
        check_one_run(folder, one_run)


if __name__ == "__main__":
    main()
