"""What the end-to-end tests share: the binary, small genomes, an untrained model, and checks of what a command says."""
import copy
import gzip
import json
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path


class Skip(Exception):
    """A test that cannot run here; the text is the reason. With DNA_HNET_REQUIRE_TOOLS set it is a failure, unless it is `optional`."""

    def __init__(self, reason, optional=False):
        super().__init__(reason)
        self.optional = optional


def check(condition, message):
    if not condition:
        raise AssertionError(message)


def need_tool(name, optional=False):
    """`optional`: too big for cmake/bootstrap.sh --tests."""
    path = shutil.which(name)
    if not path:
        raise Skip(f"{name} is not on this machine", optional)
    return path


def python_with(module):
    """A Python that can import `module`: this one or the system's."""
    for python in (sys.executable, "/usr/bin/python3"):
        if os.path.exists(python) and subprocess.run([python, "-c", f"import {module}"], capture_output=True).returncode == 0:
            return python
    raise Skip(f"no Python with {module} on this machine")


def random_bases(length, seed):
    return "".join(random.Random(seed).choices("ACGT", k=length))


def fasta_text(records, width=60):
    lines = []
    for name, bases in records:
        lines.append(f">{name}")
        lines += [bases[i : i + width] for i in range(0, len(bases), width)]
    return "\n".join(lines) + "\n"


# Two stages of chunks, every kind of layer but unlimited attention; narrow, as most tests are about files.
MODEL = {"arch_layout": ["m1", ["m1T1", ["M1"], "m1"], "m1"], "d_model": [32, 48, 64], "d_intermediate": [0, 64, 96], "vocab_size": 8,
         "ssm_cfg": {"d_conv": 4, "expand": 2, "d_state": 16, "chunk_size": 256, "head_dim": 16},
         "attn_cfg": {"num_heads": [2, 3, 4], "rotary_emb_dim": [8, 8, 8], "window_size": [63, 63, 63]}, "tie_embeddings": False,
         "training": {"context": 512, "batch_bases": 1024, "target_ratio": [3, 2]}}
WIDTH = MODEL["d_model"][0]


class Workspace:
    """A temporary folder with a genome, and an untrained model of two stages of chunks."""

    def __init__(self, binary):
        self.binary = str(Path(binary).resolve())
        self.folder = Path(tempfile.mkdtemp(prefix="dna-hnet-e2e-"))
        first = random_bases(3000, 1) + "N" * 60 + random_bases(900, 2).lower() + "N" * 7 + random_bases(1500, 3)
        # Not in C order, so that the order of the outputs is seen; a contig of one base, and one of N only.
        self.contigs = [("chr2", random_bases(2500, 4)), ("chr1", first), ("chrOne", "A"), ("chrN", "N" * 100)]
        self.fasta = self.write("genome.fa", fasta_text(self.contigs))
        self.model_config = self.write("model.json", json.dumps(MODEL))
        self.model = self.folder / "run"
        self.run("train", "--model-config", self.model_config, "--steps", "0", "-f", self.fasta, "-o", self.model)

    def with_binary(self, binary):
        """The same folder, genome and model for another build of the binary."""
        other = copy.copy(self)
        other.binary = str(Path(binary).resolve())
        return other

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def write(self, name, content):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def new_folder(self, name):
        path = Path(tempfile.mkdtemp(prefix=name + "-", dir=self.folder))
        return path

    def call(self, *arguments, limit=None, before=None, env=None, stdout=subprocess.PIPE, **options):
        """The finished process. `limit`: bytes that a file may hold; `before` is called in the process, before the program."""

        def set_limit():
            if before is not None:
                before()
            if limit is not None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

        return subprocess.run(
            [self.binary, *map(str, arguments)],
            stdout=stdout,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=set_limit,
            env={**os.environ, **(env or {})},
            timeout=300,
            **options,
        )

    def run(self, *arguments, **options):
        """As call(), of a command that must succeed."""
        done = self.call(*arguments, **options)
        check(done.returncode == 0, f"{' '.join(map(str, arguments))}: exit code {done.returncode}\n{done.stderr}")
        return done

    def fails(self, code, pattern, *arguments, leaves_nothing_in=None, **options):
        """A command that must fail with `code` and one clear line that matches `pattern`, and leave nothing behind."""
        done = self.call(*arguments, **options)
        said = f"{' '.join(map(str, arguments))}: exit code {done.returncode}, stderr:\n{done.stderr}"
        check(done.returncode == code, f"expected exit code {code}; {said}")
        errors = [line for line in done.stderr.splitlines() if re.match(r"dna-hnet( \w+)?: error: ", line)]
        check(len(errors) == 1, f"expected one line of error; {said}")
        check(re.search(pattern, done.stderr), f"expected '{pattern}'; {said}")
        for noise in ("Exception raised from", "frame #", "terminate called", "[E::", "[W::"):
            check(noise not in done.stderr, f"'{noise}' in {said}")
        check(not re.search(r"\.tmp\.\d", done.stderr), f"a temporary name in {said}")
        check("real time" not in done.stderr, f"a closing line after an error; {said}")
        if leaves_nothing_in:
            left = sorted(str(p.relative_to(leaves_nothing_in)) for p in Path(leaves_nothing_in).rglob("*") if not p.is_dir())
            check(not left, f"left behind: {left}; {said}")
        return done

    def start(self, *arguments):
        return subprocess.Popen([self.binary, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


# One heap for all threads: with one for each, the peak of the same work differs by 40 MB with their timing.
ONE_HEAP = {"MALLOC_ARENA_MAX": "1"}


def peak_memory(command):
    """Megabytes that a command, which must succeed, held at most."""
    command = list(map(str, command))
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=said, env={**os.environ, **ONE_HEAP})
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        check(process.returncode == 0, f"{' '.join(command)}: exit code {process.returncode}\n{said.read()}")
    return usage.ru_maxrss / 1024


def rows_of(path):
    """The rows of a table without comments, as lists of cells; .gz or plain."""
    opened = gzip.open(path, "rt") if str(path).endswith(".gz") else open(path)
    with opened as file:
        return [line.rstrip("\n").split("\t") for line in file if not line.startswith("#")]


def first_lines(path, count=8):
    opened = gzip.open(path, "rt") if str(path).endswith(".gz") else open(path)
    with opened as file:
        return [line.rstrip("\n") for _, line in zip(range(count), file)]


SIGNALS = {signal.SIGINT: 130, signal.SIGTERM: 143}


def tests_of(module):
    for name, item in list(vars(module).items()):
        if name.startswith("test_") and callable(item):
            yield f"{Path(module.__file__).stem}.{name[5:]}", item


def run_tests(modules, workspace, wanted):
    """Runs the tests whose names hold one of `wanted` (all when empty), one line each; the exit code. Closes the workspace."""
    counts = {"ok": 0, "SKIPPED": 0, "FAILED": 0}
    try:
        for module in modules:
            for name, test in tests_of(module):
                if wanted and not any(part in name for part in wanted):
                    continue
                start, outcome, detail = time.monotonic(), "ok", ""
                try:
                    test(workspace)
                except Skip as reason:
                    outcome, detail = "FAILED" if os.environ.get("DNA_HNET_REQUIRE_TOOLS") and not reason.optional else "SKIPPED", f": {reason}"
                except Exception as error:  # every failure is reported, then the next test runs
                    outcome, detail = "FAILED", f": {error}"
                    if not isinstance(error, AssertionError):
                        detail += "\n" + traceback.format_exc()
                counts[outcome] += 1
                print(f"{outcome:8}{name} ({time.monotonic() - start:.1f} s){detail}", flush=True)
    finally:
        workspace.close()
    print(", ".join(f"{count} {outcome}" for outcome, count in counts.items()))
    return 1 if counts["FAILED"] or not (counts["ok"] or counts["SKIPPED"]) else 0
