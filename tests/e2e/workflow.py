"""The Snakemake workflow of pipelines/tracks with two local jobs at a time: merged files are those of one run, and a job that was
killed is the only one that runs again."""
import os
import shutil
import signal
import stat
import subprocess
import time
from pathlib import Path

from harness import check, fasta_text, need_tool, python_with, random_bases, rows_of

PIPELINE = Path(__file__).resolve().parents[2] / "pipelines" / "tracks"

# The binary, but one job is killed, once.
KILLED_ONCE = """#!/bin/sh
case "$*" in
    boundaries*plan/0002.bed*) if [ ! -e killed ]; then touch killed; kill -9 $$; fi ;;
esac
exec BINARY "$@"
"""


def command_of(folder, *arguments):
    return [need_tool("snakemake"), "--snakefile", str(PIPELINE / "workflow" / "Snakefile"), "--directory", str(folder), *arguments]


def environment_of(folder):
    """The workflow's Python scripts need pyBigWig; Snakemake's cache stays out of the home folder."""
    return {**os.environ, "PATH": f"{Path(python_with('pyBigWig')).parent}:{os.environ['PATH']}", "XDG_CACHE_HOME": str(folder / "cache")}


def snakemake(folder, *arguments, cache=None):
    return subprocess.run(command_of(folder, *arguments), capture_output=True, text=True, timeout=300, env=environment_of(cache or folder))


def said(done, folder):
    logs = "".join(f"{path.name}: {path.read_text()}" for path in sorted((folder / "logs").rglob("*.log")) if "error" in path.read_text().lower() or "check" in path.name)
    return f"{done.stdout}{done.stderr}{logs}"


def prepared(w, name):
    folder = w.new_folder(name)
    shutil.copytree(PIPELINE / ".test" / "config", folder / "config")
    # A contig of N alone and a part that is one gap have nothing to read: they ride with other jobs.
    contigs = [("chrN", "N" * 200), ("chrB", random_bases(4000, 41)), ("chrA", random_bases(1600, 42) + "N" * 3200 + random_bases(900, 43).lower() + "NNN" + random_bases(77, 44))]
    (folder / "genome.fa").write_text(fasta_text(contigs))
    for run, seed in (("run", 1), ("untrained", 2)):
        w.run("train", "--model-config", w.model_config, "--steps", "0", "--seed", seed, "--valid-contigs", "chrA", "-f", folder / "genome.fa", "-o", folder / run)
    config = folder / "config" / "config.yaml"
    config.write_text(config.read_text().replace("binary: BINARY", f"binary: {w.binary}"))
    return folder


def add_to_config(folder, line):
    with open(folder / "config" / "config.yaml", "a") as file:
        file.write(f"{line}\n")


def test_lint(w):
    done = snakemake(PIPELINE, "--lint", cache=w.folder)
    check(done.returncode == 0, f"snakemake --lint:\n{done.stdout}{done.stderr}")


def test_config_is_checked(w):
    need_tool("snakemake")
    folder = prepared(w, "workflow-config")
    for option, message in (("job_base=100", "'job_base' was unexpected"), ("resources={'mem_mb': 'much'}", "'much' is not of type 'integer'"),
                            ("score_options=--by genes.bed", "--by genes.bed: expected a number"), ("boundaries_options=--mode carry", "expected 0 with --mode carry")):
        done = snakemake(folder, "--cores", "1", "--dry-run", "--config", option)
        check(done.returncode != 0 and message in done.stdout + done.stderr, f"{option}:\n{done.stdout}{done.stderr}")


def longest_parts(folder):
    """Of each job, the bases of its longest region."""
    beds = sorted((folder / "results" / "plan").glob("*.bed"))
    return [max(int(end) - int(begin) for _, begin, end in map(str.split, path.read_text().splitlines())) for path in beds]


def test_killed_job(w):
    for tool in ("snakemake", "bedtools", "tabix", "bgzip"):
        need_tool(tool)
    folder = prepared(w, "workflow")
    wrapper = folder / "dna-hnet.sh"
    wrapper.write_text(KILLED_ONCE.replace("BINARY", w.binary))
    wrapper.chmod(wrapper.stat().st_mode | stat.S_IXUSR)
    config = folder / "config" / "config.yaml"
    config.write_text(config.read_text().replace(w.binary, str(wrapper)))

    first = snakemake(folder, "--cores", "2", "--keep-going")
    check(first.returncode != 0 and (folder / "killed").exists(), f"the killed job did not fail:\n{first.stdout}{first.stderr}")
    jobs = folder / "results" / "jobs"
    made = {path.relative_to(jobs): path.stat().st_mtime_ns for path in jobs.rglob("*") if path.is_file()}
    check(any(str(path).startswith("boundaries/0001") for path in made), f"no other job has finished: {sorted(map(str, made))}")
    check(not (jobs / "boundaries" / "0002").exists(), "the killed job left its folder")
    check(not (folder / "results" / "boundaries").exists(), "joined without the killed job")

    second = snakemake(folder, "--cores", "2")
    check(second.returncode == 0, f"the second run failed:\n{said(second, folder)}")
    now = {path.relative_to(jobs): path.stat().st_mtime_ns for path in jobs.rglob("*") if path.is_file()}
    check(all(now.get(path) == time for path, time in made.items()), "what was done was done again")
    check(all(str(path).startswith("boundaries/0002") for path in set(now) - set(made)), f"more than the killed job ran: {sorted(map(str, set(now) - set(made)))}")

    report = (folder / "results" / "check.txt").read_text()
    check(report.count("byte for byte those of one run") == 2, report)
    check(report.count("tiles the universe") == 4, report)
    check(len(longest_parts(folder)) > 3 and max(longest_parts(folder)) == 1536, f"jobs of {longest_parts(folder)}")
    check("1500 rounded up to 1536, whole steps of 384 bases" in (folder / "logs" / "plan.log").read_text(), "the size of jobs is not said")
    check('<section id="bits">' in (folder / "results" / "report.html").read_text(), "no page by default")

    third = snakemake(folder, "--cores", "2")
    check(third.returncode == 0 and "Nothing to be done" in third.stdout + third.stderr, f"a third run did something:\n{third.stderr}")


def test_killed_workflow(w):
    """Everything is killed at once: what was whole stays, the rest is made. Rows by steps, and a control."""
    for tool in ("snakemake", "bedtools", "tabix", "bgzip"):
        need_tool(tool)
    folder = prepared(w, "workflow-killed")
    (folder / "x.bed").write_text("chrA\t100\t900\n")
    jobs = folder / "results" / "jobs"
    options = ("--cores", "2", "--config", "job_bases=1100", "score_options=--by 700", "classes={'x': 'x.bed'}", "controls={'untrained': 'untrained'}")
    running = subprocess.Popen(command_of(folder, *options), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment_of(folder), start_new_session=True)
    try:
        waited = time.monotonic()
        while len(list(jobs.glob("*/[0-9][0-9][0-9][0-9]"))) < 3 and time.monotonic() < waited + 120:
            time.sleep(0.02)
    finally:
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()
    made = {path: path.stat().st_mtime_ns for path in jobs.glob("*/[0-9][0-9][0-9][0-9]/*")}
    check(made, "no job has finished")
    snakemake(folder, "--unlock")
    done = snakemake(folder, *options)
    check(done.returncode == 0, said(done, folder))
    check(all(path.exists() and path.stat().st_mtime_ns == time_ for path, time_ in made.items()), "what was done was done again")
    report = (folder / "results" / "check.txt").read_text()
    check(report.count("byte for byte those of one run") == 3 and report.count("tiles the universe") == 8, report)
    check(max(longest_parts(folder)) == 1400, f"jobs of {longest_parts(folder)}")
    check(len(rows_of(folder / "results" / "score" / "score.tsv")) > 10, "no rows by steps")
    names = {path.name for path in (folder / "results" / "boundaries").iterdir() if path.name[0] != "."}
    controls = folder / "results" / "controls" / "untrained"
    check(names == {path.name for path in controls.iterdir() if path.name[0] != "."}, "the control has other files")
    check(rows_of(controls / "boundaries.stage0.fwd.chunks.bed.gz") != rows_of(folder / "results" / "boundaries" / "boundaries.stage0.fwd.chunks.bed.gz"), "the control's chunks are the model's")


def test_annotate_and_report_are_planned(w):
    """Enrichment enters the plan with features, once for each control; the page leaves it when it is not wanted. Every rule states its resources."""
    folder = prepared(w, "workflow-planned")
    (folder / "genes.bed").write_text("chrA\t10\t20\n")
    add_to_config(folder, "resources: {mem_mb: 77}")
    for rules, *more in (
        ({"annotate": 0, "report": 1},),
        ({"annotate": 1, "report": 0}, "features={'genes': 'genes.bed', 'CpG islands': 'genes.bed'}", "report=False"),
        ({"annotate": 2, "report": 1}, "features={'genes': 'genes.bed'}", "controls={'untrained': 'untrained', 'x': 'untrained'}"),
    ):
        done = snakemake(folder, "--cores", "1", "--dry-run", "--printshellcmds", "--config", "compare=False", *more)
        check(done.returncode == 0, f"{done.stdout}{done.stderr}")
        for rule, count in rules.items():
            check(done.stdout.count(f"rule {rule}:") == count, f"rule {rule}, expected {count}:\n{done.stdout}")
        check(("--features 'CpG islands=genes.bed'" in done.stdout) == ("CpG" in str(more)), done.stdout)
        check(done.stdout.count("--features genes=genes.bed") == (sum(rules.values()) if more else 0), done.stdout)
    # The dry run lists a block for every job; that of `all` alone makes nothing.
    made = done.stdout.count("\n    output: ")
    check(done.stdout.count("mem_mb=77,") == made >= 9 and done.stdout.count("runtime=240") == made, f"rules without resources:\n{done.stdout}")


def test_by_contig(w):
    need_tool("snakemake")
    folder = prepared(w, "workflow-contigs")
    (folder / "genes.bed").write_text("chrA\t2000\t2300\nchrB\t1500\t2500\n")
    add_to_config(folder, "resources: {runtime: 3, runtime_per_mb: 1000000}")
    done = snakemake(folder, "--cores", "2", "--config", "job_bases=0", "compare=False", "score_options=--strand forward", "features={'genes': 'genes.bed'}",
                     "controls={'untrained': 'untrained'}")
    check(done.returncode == 0, said(done, folder))
    for minutes, rules in ((5783, "the jobs of 5,780 bases"), (3, "the others")):
        check(f"runtime={minutes}\n" in done.stderr, f"{rules} do not ask for {minutes} minutes:\n{done.stderr}")
    plan = {path.name: path.read_text() for path in (folder / "results" / "plan").glob("*.bed")}
    check(plan == {"0001.bed": "chrN\t0\t200\nchrB\t0\t4000\n", "0002.bed": "chrA\t0\t5780\n"}, str(plan))
    check("#command=" in (folder / "results" / "score" / "score.tsv").read_text(), "no provenance")
    page = (folder / "results" / "report.html").read_text()
    enrichment = rows_of(folder / "results" / "annotate" / "untrained" / "enrichment.tsv")
    null = enrichment[0].index("null")
    check({row[null] for row in enrichment[1:] if row[0] == "genes:start"} == {"kmer6", "rotate", "control"}, "not three nulls for the genes")
    check((folder / "results" / "annotate" / "untrained" / "enrichment.agreement.tsv").exists(), "no agreement with the control")
    for section in ("model", "bits", "chunks", "enrichment", "locus"):
        check(f'<section id="{section}">' in page, f"no section {section} on the page")
