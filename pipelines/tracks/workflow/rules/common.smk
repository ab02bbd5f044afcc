# What the rules share: the config's check, how the binary is called, what a job may take, and what is asked for.
import math
import re
import shlex

from snakemake.exceptions import WorkflowError
from snakemake.utils import validate

validate(config, "../schemas/config.schema.yaml")


# `chunks`: a folder of chunks, of the model or of a control. `job`: a part of the plan, or all in one run. `against`: the control's folder.
CHUNKS = ["boundaries"] + [f"controls/{name}" for name in config["controls"]]
AGAINST = [f"{name}/" for name in config["controls"]] or [""]


wildcard_constraints:
    chunks="|".join(map(re.escape, CHUNKS)),
    against=f"({'|'.join(map(re.escape, AGAINST))})?",
    job="[0-9]+|one_run",


def dna_hnet(command):
    """The start of a command line; --no-version where files are compared byte for byte with those of one run."""
    return " ".join([config["binary"], command] + (["--no-version"] if config["compare"] else []))


def script(name):
    """A script's own path: the same in every run, so that nothing looks changed."""
    return os.path.join(workflow.basedir, "scripts", name)


def named_files(option, files):
    """`option` for each of them, quoted for a shell."""
    return shlex.join(word for name, path in files.items() for word in (option, f"{name}={path}"))


def class_options():
    return named_files("--class", config["classes"])


def class_files():
    return list(config["classes"].values())


def feature_options():
    return named_files("--features", config["features"])


def option_in(options, name):
    """The value of an option in a text of options; "" where it does not stand there."""
    words = [word for part in shlex.split(options) for word in part.split("=", 1)]
    return words[words.index(name) + 1] if name in words[:-1] else ""


def score_option(name):
    return option_in(config["score_options"], name)


if config["job_bases"] and "carry" in (option_in(config[f"{command}_options"], "--mode") for command in ("score", "boundaries")):
    raise WorkflowError("job_bases: expected 0 with --mode carry, which reads a region from its segment's start")


def scored_by():
    """The steps of score's rows, else 0. A table by steps has no blocks, and is joined as it is."""
    by = score_option("--by")
    if by and not by.isdigit():
        raise WorkflowError(f"score_options: --by {by}: expected a number, as the workflow reads whole genomes")
    return int(by or 0)


def model_of(wildcards):
    """The checkpoint whose chunks these are."""
    _, control, name = wildcards.chunks.partition("controls/")
    return config["controls"][name] if control else config["model"]


def regions_of(wildcards):
    return [] if wildcards.job == "one_run" else f"results/plan/{wildcards.job}.bed"


def region_options(wildcards, input):
    return f"-R {input.regions}" if input.regions else ""


def planned_jobs(wildcards):
    """Names of the jobs, known once the genome was read."""
    folder = checkpoints.plan.get().output.jobs
    return sorted(glob_wildcards(os.path.join(folder, "{job}.bed")).job)


def score_jobs(wildcards):
    return expand("results/jobs/score/{job}", job=planned_jobs(wildcards))


def chunk_jobs(wildcards):
    return expand("results/jobs/{chunks}/{job}", chunks=wildcards.chunks, job=planned_jobs(wildcards))


def memory(wildcards, attempt):
    return config["resources"]["mem_mb"] * attempt


def minutes(wildcards, attempt):
    return config["resources"]["runtime"] * attempt


def job_minutes(wildcards, input, attempt):
    """Grows with the bases that the job reads: those of its regions, else of the genome, whose cache has a byte for each."""
    try:
        if input.regions:
            with open(input.regions) as file:
                bases = sum(int(end) - int(begin) for _, begin, end in map(str.split, file))
        else:
            bases = os.path.getsize(input.genome)
    except FileNotFoundError:  # not made yet
        bases = 0
    return math.ceil((config["resources"]["runtime"] + config["resources"]["runtime_per_mb"] * bases / 1e6) * attempt)


def chunk_folders():
    return [f"results/{chunks}" for chunks in CHUNKS]


def one_run_folders():
    """What `check` compares with the joined folders, in their order."""
    return [f"results/jobs/{name}/one_run" for name in ["score"] + CHUNKS] if config["compare"] else []


def enrichment_tables():
    return [f"results/annotate/{against}enrichment.tsv" for against in AGAINST] if config["features"] else []


def final_files():
    page = ["results/report.html"] if config["report"] else []
    return ["results/score", "results/check.txt"] + chunk_folders() + enrichment_tables() + page
