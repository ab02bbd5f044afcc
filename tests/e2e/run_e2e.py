#!/usr/bin/env python3
"""End-to-end tests of the binary: what it says, what it writes, and whether outside tools agree.

    python3 tests/e2e/run_e2e.py BINARY [NAME ...]      NAME: only tests whose name holds one of them

Prints one line per test: ok, SKIPPED with the reason, or FAILED with what was seen. Exits 1 when one failed.
"""
import sys

import annotate
import assess
import bad_genomes
import bad_models
import chunker
import command_line
import documents
import embed
import failing_writes
import hub
import leftovers
import memory
import outside_tools
import reads
import report
import results
import scatter
import variants
import workflow
from harness import Workspace, run_tests

MODULES = (annotate, assess, command_line, documents, bad_genomes, bad_models, embed, failing_writes, hub, leftovers, memory, results, chunker, scatter, workflow,
           report, outside_tools, reads, variants)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(run_tests(MODULES, Workspace(sys.argv[1]), sys.argv[2:]))
