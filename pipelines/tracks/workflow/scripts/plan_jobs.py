#!/usr/bin/env python3
"""Cuts a genome into jobs: OUT/0001.bed, OUT/0002.bed, ... which together cover every base once.

    python3 plan_jobs.py --fasta genome.fa[.gz] --job-bases N [--by BASES] --model-json FILE --out OUT

N = 0: a job per contig. Else a job is about N bases: long contigs are cut at multiples of N, short ones are put together. N is
rounded up to whole steps, which is said: those of `score --by`, which no job may cut, and those of the model's windows (its context
in FILE, what `dna-hnet inspect --json` says; - is standard input), at whose borders a window of the forward strand would be read
twice. Where N is not a multiple of both, eight times over, those of --by alone.
A part that holds nothing but gaps (runs of 50 or more letters other than A, C, G, T) has nothing to read and goes with the job
before it, or after it at the genome's start.
"""
import argparse
import gzip
import json
import math
import os
import re
import shutil
import sys

GAP = re.compile(rb"[^ACGTacgt]{50,}")


def whole_steps(job_bases, context, by):
    """`job_bases` rounded up; docs/semantics.md, section 2, has the step of the windows."""
    step = context - context // 4
    if by:
        both = math.lcm(step, by)
        step = both if 8 * both <= job_bases else by
    return -(-job_bases // step) * step, step


def contigs_of(path):
    """Names and sequences, one contig in memory at a time."""
    with open(path, "rb") as start:
        opened = gzip.open if start.read(2) == b"\x1f\x8b" else open
    name, lines = None, []
    with opened(path, "rb") as file:
        for line in file:
            if line.startswith(b">"):
                if name is not None:
                    yield name, b"".join(lines)
                name, lines = line[1:].split()[0].decode(), []
            else:
                lines.append(line.strip())
    if name is not None:
        yield name, b"".join(lines)


def parts_of(name, sequence, job_bases):
    """(contig, begin, end, whether a base outside gaps lies in it), in order."""
    gaps = [match.span() for match in GAP.finditer(sequence)]
    step = job_bases or max(len(sequence), 1)
    for begin in range(0, len(sequence), step):
        end = min(begin + step, len(sequence))
        in_gaps = sum(max(0, min(end, last) - max(begin, first)) for first, last in gaps)
        yield name, begin, end, in_gaps < end - begin


def plan(parts, job_bases):
    jobs, bases, waiting = [], 0, []
    for name, begin, end, has_bases in parts:
        part = (name, begin, end)
        if not has_bases:
            (jobs[-1] if jobs else waiting).append(part)
        elif jobs and bases + end - begin <= job_bases:
            jobs[-1].append(part)
            bases += end - begin
        else:
            jobs.append(waiting + [part])
            waiting, bases = [], end - begin
    return jobs


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fasta", required=True)
    parser.add_argument("--job-bases", type=int, required=True)
    parser.add_argument("--by", type=int, default=0)
    parser.add_argument("--model-json", type=argparse.FileType(), required=True)
    parser.add_argument("--out", required=True)
    arguments = parser.parse_args()
    if arguments.job_bases < 0:
        sys.exit(f"plan_jobs: --job-bases: got {arguments.job_bases}, expected 0 or more")
    job_bases, step = whole_steps(arguments.job_bases, json.load(arguments.model_json)["context"], arguments.by)
    if job_bases != arguments.job_bases:
        print(f"plan_jobs: job_bases: {arguments.job_bases} rounded up to {job_bases}, whole steps of {step} bases", file=sys.stderr)
    parts = (part for name, sequence in contigs_of(arguments.fasta) for part in parts_of(name, sequence, job_bases))
    jobs = plan(parts, job_bases)
    if not jobs:
        sys.exit(f"plan_jobs: {arguments.fasta}: no base outside gaps")
    # Renamed when it is whole.
    partial = arguments.out + ".partial"
    shutil.rmtree(partial, ignore_errors=True)
    os.makedirs(partial)
    for number, job in enumerate(jobs, 1):
        with open(os.path.join(partial, f"{number:04}.bed"), "w") as file:
            file.writelines(f"{name}\t{begin}\t{end}\n" for name, begin, end in job)
    os.rename(partial, arguments.out)


if __name__ == "__main__":
    main()
