#!/usr/bin/env python3
"""End-to-end tests of the binary: what it says, what it writes, and whether outside tools agree.

    python3 tests/e2e/run_e2e.py BINARY [NAME ...]      NAME: only tests whose name holds one of them

Prints one line per test: ok, SKIPPED with the reason, or FAILED with what was seen. Exits 1 when one failed.
"""
import os
import sys
import time
import traceback

import annotate
import bad_genomes
import bad_models
import chunker
import command_line
import embed
import failing_writes
import hub
import memory
import outside_tools
import reads
import report
import results
import scatter
import workflow
from harness import Skip, Workspace

MODULES = (annotate, command_line, bad_genomes, bad_models, embed, failing_writes, hub, memory, results, chunker, scatter, workflow, report,
           outside_tools, reads)


def tests_of(module):
    for name, item in list(vars(module).items()):
        if name.startswith("test_") and callable(item):
            yield f"{module.__name__}.{name[5:]}", item


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    wanted = sys.argv[2:]
    workspace = Workspace(sys.argv[1])
    counts = {"ok": 0, "SKIPPED": 0, "FAILED": 0}
    try:
        for module in MODULES:
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
    sys.exit(1 if counts["FAILED"] or not counts["ok"] else 0)


if __name__ == "__main__":
    main()
