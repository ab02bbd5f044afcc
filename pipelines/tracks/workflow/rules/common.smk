# What the rules share: how the binary is called, and what is asked for.


def dna_hnet(command):
    """The start of a command line; --no-version where files are compared byte for byte with those of one run."""
    return " ".join([config["binary"], command] + (["--no-version"] if config["compare"] else []))


def script(name):
    """A script's own path: the same in every run, so that nothing looks changed."""
    return os.path.join(workflow.basedir, "scripts", name)


def class_options():
    return " ".join(f"--class {name}={path}" for name, path in config["classes"].items())


def class_files():
    return list(config["classes"].values())


def feature_options():
    return " ".join(f"--features {name}={path}" for name, path in config["features"].items())


def planned_jobs(wildcards):
    """Names of the jobs, known once the genome was read."""
    folder = checkpoints.plan.get().output.jobs
    return sorted(glob_wildcards(os.path.join(folder, "{job}.bed")).job)


def score_jobs(wildcards):
    return expand("results/jobs/score/{job}", job=planned_jobs(wildcards))


def boundary_jobs(wildcards):
    return expand("results/jobs/boundaries/{job}", job=planned_jobs(wildcards))


def final_files():
    files = ["results/score", "results/boundaries", "results/check.txt"]
    if config["features"]:
        files.append("results/annotate")
    if config["report"]:
        files.append("results/report.html")
    return files
