# The jobs' files joined into what one run writes; `merge` finds a job that is missing or there twice.


rule join_score:
    input:
        genome="results/genome.dhg",
        jobs=score_jobs,
    output:
        folder=directory("results/score"),
    params:
        command=dna_hnet("merge"),
        tables=lambda wildcards, input: [f"{job}/{'score.tsv' if scored_by() else 'score.blocks.tsv'}" for job in input.jobs],
        sums="" if scored_by() else "--sums results/score.partial/score.blocks.tsv",
        tracks=lambda wildcards, input: [f"{job}/score" for job in input.jobs],
    log:
        "logs/join_score.log",
    benchmark:
        "benchmarks/join_score.tsv"
    resources:
        mem_mb=memory,
        runtime=minutes,
    conda:
        "../envs/tools.yaml"
    shell:
        "rm -rf {output.folder}.partial && mkdir -p {output.folder}.partial && "
        "{params.command} -f {input.genome} {params.tables} -o {output.folder}.partial/score.tsv {params.sums} 2> {log} && "
        "{params.command} -f {input.genome} {params.tracks} -o {output.folder}.partial/score 2>> {log} && "
        "mv -T {output.folder}.partial {output.folder}"


rule join_chunks:
    input:
        genome="results/genome.dhg",
        jobs=chunk_jobs,
    output:
        folder=directory("results/{chunks}"),
    params:
        command=dna_hnet("merge"),
        prefixes=lambda wildcards, input: [f"{job}/boundaries" for job in input.jobs],
    log:
        "logs/join_{chunks}.log",
    benchmark:
        "benchmarks/join_{chunks}.tsv"
    resources:
        mem_mb=memory,
        runtime=minutes,
    conda:
        "../envs/tools.yaml"
    shell:
        "rm -rf {output.folder}.partial && mkdir -p {output.folder}.partial && "
        "{params.command} -f {input.genome} {params.prefixes} -o {output.folder}.partial/boundaries 2> {log} && "
        "mv -T {output.folder}.partial {output.folder}"
