#!/usr/bin/env python3
"""Speed and peak memory of whole commands: `train` and `score` for several presets, as JSON lines.

    tests/bench/commands.py --binary build/release/apps/dna-hnet [--preset tiny --preset small ...] [--threads 2]

A simulated genome is made once. Each command runs twice with different amounts of work; the difference of the two gives bases per
second without start-up. Peak memory is the operating system's figure for the longer run. Nothing passes or fails here.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time

# preset: (context, bases per micro-batch, micro-batches per step, training steps short and long, scored bases short and long)
WORK = {
    "tiny": (1024, 1024, 2, 20, 220, 100_000, 600_000),
    "small": (1024, 2048, 2, 8, 48, 50_000, 300_000),
    "base": (1024, 2048, 2, 2, 8, 20_000, 60_000),
    "m3T1-M15-m4": (1024, 2048, 2, 1, 4, 8_000, 40_000),
}


def run(command):
    """Runs a command to its end; returns wall seconds and peak resident MiB. Stops the program when it fails."""
    start = time.monotonic()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    errors = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit(f"{' '.join(command)}: exit {child.returncode}\n{errors.decode(errors='replace')}")
    return time.monotonic() - start, usage.ru_maxrss / 1024


def train(binary, genome, folder, preset, threads, steps):
    context, batch, accumulate, *_ = WORK[preset]
    command = [binary, "train", "--preset", preset, "-f", genome, "--context", str(context), "--batch-bases", str(batch),
               "--accumulate", str(accumulate), "--steps", str(steps), "-@", str(threads), "-q", "-o", os.path.join(folder, f"{preset}-{steps}")]
    return run(command)


def score(binary, genome, folder, preset, threads, bases):
    model = os.path.join(folder, f"{preset}-{WORK[preset][3]}")
    command = [binary, "score", "--model", model, "-f", genome, "-r", f"sim1:1-{bases}", "--strand", "forward",
               "-@", str(threads), "-q", "-o", os.path.join(folder, "score.tsv")]
    return run(command)


def report(name, preset, threads, bases, seconds, memory):
    row = {"name": name, "preset": preset, "threads": threads, "machine": f"{os.cpu_count()} x {platform.machine()}",
           "bases": bases, "seconds": round(seconds, 3), "bases_per_second": round(bases / seconds, 1),
           "peak_mib": round(memory, 1)}
    print(json.dumps(row), flush=True)


def measure(binary, genome, folder, preset, threads):
    _, batch, accumulate, short_steps, long_steps, short_bases, long_bases = WORK[preset]
    short, _ = train(binary, genome, folder, preset, threads, short_steps)
    long, memory = train(binary, genome, folder, preset, threads, long_steps)
    report("train", preset, threads, (long_steps - short_steps) * batch * accumulate, max(long - short, 1e-9), memory)
    short, _ = score(binary, genome, folder, preset, threads, short_bases)
    long, memory = score(binary, genome, folder, preset, threads, long_bases)
    report("score", preset, threads, long_bases - short_bases, max(long - short, 1e-9), memory)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default="build/release/apps/dna-hnet")
    parser.add_argument("--preset", action="append", choices=sorted(WORK), help="default: tiny, small, m3T1-M15-m4")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        genome = os.path.join(folder, "genome")
        run([options.binary, "simulate", "--length", "2000000", "--seed", "1", "-q", "-o", genome])
        for preset in options.preset or ["tiny", "small", "m3T1-M15-m4"]:
            measure(options.binary, os.path.join(genome, "genome.fa"), folder, preset, options.threads)


if __name__ == "__main__":
    main()
