# The genome cut into jobs, and the jobs. A job's folder is renamed into its place when the job has succeeded: whatever is killed, a
# folder that is there is whole.


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
    conda:
        "../envs/tools.yaml"
    shell:
        "{params.command} -f {input.fasta} -o {output.cache} 2> {log}"


checkpoint plan:
    input:
        fasta=config["genome"],
    output:
        jobs=directory("results/plan"),
    params:
        job_bases=config["job_bases"],
        script=script("plan_jobs.py"),
    log:
        "logs/plan.log",
    benchmark:
        "benchmarks/plan.tsv"
    conda:
        "../envs/tools.yaml"
    shell:
        "python3 {params.script} --fasta {input.fasta} --job-bases {params.job_bases} --out {output.jobs} 2> {log}"


rule score_job:
    input:
        genome="results/genome.dhg",
        regions="results/plan/{job}.bed",
        model=config["model"],
        classes=class_files(),
    output:
        folder=directory("results/jobs/score/{job}"),
    params:
        command=dna_hnet("score"),
        classes=class_options(),
        options=config["score_options"],
    log:
        "logs/score/{job}.log",
    benchmark:
        "benchmarks/score/{job}.tsv"
    threads: config["threads"]
    conda:
        "../envs/tools.yaml"
    shell:
        "rm -rf {output.folder}.partial && mkdir -p {output.folder}.partial && "
        "{params.command} --model {input.model} -f {input.genome} -R {input.regions} "
        "{params.classes} {params.options} --threads {threads} -o {output.folder}.partial/score.tsv "
        "--blocks {output.folder}.partial/score.blocks.tsv --tracks {output.folder}.partial/score 2> {log} && "
        "mv -T {output.folder}.partial {output.folder}"


rule boundaries_job:
    input:
        genome="results/genome.dhg",
        regions="results/plan/{job}.bed",
        model=config["model"],
        classes=class_files(),
    output:
        folder=directory("results/jobs/boundaries/{job}"),
    params:
        command=dna_hnet("boundaries"),
        classes=class_options(),
        options=config["boundaries_options"],
    log:
        "logs/boundaries/{job}.log",
    benchmark:
        "benchmarks/boundaries/{job}.tsv"
    threads: config["threads"]
    conda:
        "../envs/tools.yaml"
    shell:
        "rm -rf {output.folder}.partial && mkdir -p {output.folder}.partial && "
        "{params.command} --model {input.model} -f {input.genome} -R {input.regions} "
        "{params.classes} {params.options} --counts --threads {threads} -o {output.folder}.partial/boundaries 2> {log} && "
        "mv -T {output.folder}.partial {output.folder}"
