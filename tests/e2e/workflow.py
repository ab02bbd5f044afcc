"""The Snakemake workflow of pipelines/tracks with two local jobs at a time: merged files are those of one run, and a job that was
killed is the only one that runs again."""
import os
import shutil
import signal
import stat
import subprocess
import time
from pathlib import Path

from harness import check, fasta_text, need_tool, python_with, random_bases

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
    w.run("train", "--model-config", w.model_config, "--steps", "0", "--valid-contigs", "chrA", "-f", folder / "genome.fa", "-o", folder / "run")
    config = folder / "config" / "config.yaml"
    config.write_text(config.read_text().replace("binary: BINARY", f"binary: {w.binary}"))
    return folder


def test_lint(w):
    done = snakemake(PIPELINE, "--lint", cache=w.folder)
    check(done.returncode == 0, f"snakemake --lint:\n{done.stdout}{done.stderr}")


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
    plan = sorted(path.name for path in (folder / "results" / "plan").glob("*.bed"))
    check(len(plan) > 3, f"jobs {plan}")

    third = snakemake(folder, "--cores", "2")
    check(third.returncode == 0 and "Nothing to be done" in third.stdout + third.stderr, f"a third run did something:\n{third.stderr}")


def test_killed_workflow(w):
    """Everything is killed at once: what was whole stays, the rest is made."""
    for tool in ("snakemake", "bedtools", "tabix", "bgzip"):
        need_tool(tool)
    folder = prepared(w, "workflow-killed")
    jobs = folder / "results" / "jobs"
    running = subprocess.Popen(command_of(folder, "--cores", "2"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment_of(folder), start_new_session=True)
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
    done = snakemake(folder, "--cores", "2")
    check(done.returncode == 0, said(done, folder))
    check(all(path.exists() and path.stat().st_mtime_ns == time_ for path, time_ in made.items()), "what was done was done again")
    check("byte for byte" in (folder / "results" / "check.txt").read_text(), "not compared")


def test_annotate_and_report_are_planned(w):
    """The rules that are left out by default enter the plan when they are asked for."""
    folder = prepared(w, "workflow-planned")
    (folder / "genes.bed").write_text("chrA\t10\t20\n")
    plain, asked = (snakemake(folder, "--cores", "1", "--dry-run", "--printshellcmds", *more) for more in ((), ("--config", "features={'genes': 'genes.bed'}", "report=True")))
    check(plain.returncode == 0 and asked.returncode == 0, f"{plain.stderr}{asked.stdout}{asked.stderr}")
    for rule in ("annotate", "report"):
        check(f"rule {rule}:" in asked.stdout and f"rule {rule}:" not in plain.stdout, f"rule {rule}:\n{plain.stdout}\n{asked.stdout}")
    check("--features genes=genes.bed" in asked.stdout, asked.stdout)


def test_by_contig(w):
    need_tool("snakemake")
    folder = prepared(w, "workflow-contigs")
    (folder / "genes.bed").write_text("chrA\t2000\t2300\nchrB\t1500\t2500\n")
    done = snakemake(folder, "--cores", "2", "--config", "job_bases=0", "compare=False", "score_options=--strand forward", "report=True", "features={'genes': 'genes.bed'}")
    check(done.returncode == 0, said(done, folder))
    plan = {path.name: path.read_text() for path in (folder / "results" / "plan").glob("*.bed")}
    check(plan == {"0001.bed": "chrN\t0\t200\nchrB\t0\t4000\n", "0002.bed": "chrA\t0\t5780\n"}, str(plan))
    check("#command=" in (folder / "results" / "score" / "score.tsv").read_text(), "no provenance")
    page = (folder / "results" / "report.html").read_text()
    check("genes:start" in (folder / "results" / "annotate" / "enrichment.tsv").read_text(), "no enrichment of the genes")
    for section in ("model", "bits", "chunks", "enrichment", "locus"):
        check(f'<section id="{section}">' in page, f"no section {section} on the page")
