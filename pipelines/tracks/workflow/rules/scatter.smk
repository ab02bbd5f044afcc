# The genome cut into jobs, and the jobs. A job's folder is renamed into its place when the job has succeeded: whatever is killed, a
# folder that is there is whole. The job `one_run` reads everything, for a comparison.


rule genome_cache:
    input:
        fasta=config["genome"],
    output:
        cache="results/genome.dhg",
    params:
        command=dna_hnet("cache"),
    log:
        "logs/genome_cache.log",
    benchmark:
        "benchmarks/genome_cache.tsv"
    resources:
        mem_mb=memory,
        runtime=minutes,
    conda:
        "../envs/tools.yaml"
    shell:
        "{params.command} -f {input.fasta:q} -o {output.cache} 2> {log}"


checkpoint plan:
    input:
        fasta=config["genome"],
        model=config["model"],
    output:
        jobs=directory("results/plan"),
    params:
        inspect=dna_hnet("inspect"),
        context=f"--context {score_option('--context')}" if score_option("--context") else "",
        job_bases=config["job_bases"],
        by=f"--by {scored_by()}" if scored_by() else "",
        script=script("plan_jobs.py"),
    log:
        "logs/plan.log",
    benchmark:
        "benchmarks/plan.tsv"
    resources:
        mem_mb=memory,
        runtime=minutes,
    conda:
        "../envs/tools.yaml"
    shell:
        "({params.inspect} -q --model {input.model:q} {params.context} --json | python3 {params.script:q} --fasta {input.fasta:q} "
        "--job-bases {params.job_bases} {params.by} --model-json - --out {output.jobs}) 2>&1 | tee {log}"


rule score_job:
    input:
        genome="results/genome.dhg",
        regions=regions_of,
        model=config["model"],
        classes=class_files(),
    output:
        folder=directory("results/jobs/score/{job}"),
    params:
        command=dna_hnet("score"),
        regions=region_options,
        classes="" if scored_by() else class_options(),
        options=config["score_options"],
        blocks="" if scored_by() else "--blocks results/jobs/score/{job}.partial/score.blocks.tsv",
    log:
        "logs/score/{job}.log",
    benchmark:
        "benchmarks/score/{job}.tsv"
    threads: config["threads"]
    resources:
        mem_mb=memory,
        runtime=job_minutes,
    conda:
        "../envs/tools.yaml"
    shell:
        "rm -rf {output.folder}.partial && mkdir -p {output.folder}.partial && "
        "{params.command} --model {input.model:q} -f {input.genome} {params.regions} "
        "{params.classes} {params.options} --threads {threads} -o {output.folder}.partial/score.tsv "
        "{params.blocks} --tracks {output.folder}.partial/score 2> {log} && "
        "mv -T {output.folder}.partial {output.folder}"


rule chunks_job:
    input:
        genome="results/genome.dhg",
        regions=regions_of,
        model=model_of,
        classes=class_files(),
    output:
        folder=directory("results/jobs/{chunks}/{job}"),
    params:
        command=dna_hnet("boundaries"),
        regions=region_options,
        classes=class_options(),
        options=config["boundaries_options"],
    log:
        "logs/{chunks}/{job}.log",
    benchmark:
        "benchmarks/{chunks}/{job}.tsv"
    threads: config["threads"]
    resources:
        mem_mb=memory,
        runtime=job_minutes,
    conda:
        "../envs/tools.yaml"
    shell:
        "rm -rf {output.folder}.partial && mkdir -p {output.folder}.partial && "
        "{params.command} --model {input.model:q} -f {input.genome} {params.regions} "
        "{params.classes} {params.options} --counts --threads {threads} -o {output.folder}.partial/boundaries 2> {log} && "
        "mv -T {output.folder}.partial {output.folder}"
