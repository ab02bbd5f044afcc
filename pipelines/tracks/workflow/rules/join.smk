# The jobs' files joined into what one run writes; `merge` finds a job that is missing or there twice.


rule join_score:
    input:
        genome="results/genome.dhg",
        jobs=score_jobs,
    output:
        folder=directory("results/score"),
    params:
        command=dna_hnet("merge"),
        blocks=lambda wildcards, input: [f"{job}/score.blocks.tsv" for job in input.jobs],
        tracks=lambda wildcards, input: [f"{job}/score" for job in input.jobs],
    log:
        "logs/join_score.log",
    benchmark:
        "benchmarks/join_score.tsv"
    conda:
        "../envs/tools.yaml"
    shell:
        "rm -rf {output.folder}.partial && mkdir -p {output.folder}.partial && "
        "{params.command} -f {input.genome} {params.blocks} -o {output.folder}.partial/score.tsv "
        "--sums {output.folder}.partial/score.blocks.tsv 2> {log} && "
        "{params.command} -f {input.genome} {params.tracks} -o {output.folder}.partial/score 2>> {log} && "
        "mv -T {output.folder}.partial {output.folder}"


rule join_boundaries:
    input:
        genome="results/genome.dhg",
        jobs=boundary_jobs,
    output:
        folder=directory("results/boundaries"),
    params:
        command=dna_hnet("merge"),
        prefixes=lambda wildcards, input: [f"{job}/boundaries" for job in input.jobs],
    log:
        "logs/join_boundaries.log",
    benchmark:
        "benchmarks/join_boundaries.tsv"
    conda:
        "../envs/tools.yaml"
    shell:
        "rm -rf {output.folder}.partial && mkdir -p {output.folder}.partial && "
        "{params.command} -f {input.genome} {params.prefixes} -o {output.folder}.partial/boundaries 2> {log} && "
        "mv -T {output.folder}.partial {output.folder}"
