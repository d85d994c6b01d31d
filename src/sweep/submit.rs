//! `poolwise sweep submit`: an array job of shards, and a job that merges after it.

use super::args::{AtArgs, SubmitArgs};
use super::{Planned, planned, shards_of};
use crate::exit::{Done, Failure};
use crate::printer::Printer;
use poolwise_report::write::Folder;
use poolwise_sweep::plan::Look;
use poolwise_sweep::run;
use poolwise_sweep::status::Progress;
use serde_json::json;
use std::fmt::Write as _;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Tasks of an array unless told otherwise: sites cap arrays near 1,000.
const SHARDS: usize = 256;
/// Folder of scripts and logs within a sweep's folder.
const SLURM: &str = "slurm";

/// Submits what is missing.
///
/// # Errors
/// If the sweep is invalid, a file cannot be written or the scheduler refuses.
pub(super) fn submit(args: &SubmitArgs) -> Result<Done, Failure> {
    let printer = Printer::new(args.output);
    let Planned { sweep, folder } = planned(&args.sweep.file, &args.sweep.at, Look::Ends, &printer)?;
    let plan = sweep.plan();
    let shards = args.shards.map_or_else(|| plan.points.len().min(SHARDS), usize::from);
    if !args.dry_run {
        run::prepare(plan, &folder)?;
    }
    let progress = Progress::read(plan, &folder, None)?;
    let missing = shards_of(&progress.missing(plan), shards);
    if missing.is_empty() {
        printer.results("All points are finished; `poolwise sweep merge` puts them together.\n")?;
        return Ok(Done::Fully);
    }
    let program = std::env::current_exe()
        .map_err(|e| Failure::Failed(format!("cannot tell where this program is: {e}")))?;
    let absolute = |path: &Path| {
        std::path::absolute(path).map_err(|e| Failure::Failed(format!("{}: {e}", path.display())))
    };
    let job = SubmittedJob {
        name: format!("poolwise-{}", plan.manifest.sweep),
        program,
        file: absolute(&args.sweep.file)?,
        out: absolute(&folder)?,
        array: match args.at_most {
            Some(most) => format!("{missing}%{most}"),
            None => missing.to_string(),
        },
        shards,
        args,
    };
    let (array, merge) = (job.array_script(), job.merge_script());
    let extra = args.sbatch.iter().map(|o| format!(" {}", quoted(o))).collect::<String>();
    if args.dry_run {
        let text = format!(
            "# sbatch --parsable{extra} array.sh\n{array}\n# sbatch --parsable{extra} \
             --dependency=afterany:<job> merge.sh\n{merge}"
        );
        printer.results(&text)?;
        return Ok(Done::Fully);
    }
    let scripts = Folder::create(&folder.join(SLURM))?;
    let array = scripts.write("array.sh", array.as_bytes())?;
    let merge = scripts.write("merge.sh", merge.as_bytes())?;
    let first = sbatch(&array, &args.sbatch, &[])?;
    let second = sbatch(&merge, &args.sbatch, &[format!("--dependency=afterany:{first}")])?;
    printer.facts(
        &format!(
            "Array job {first}: {} of {shards} shards ({missing}).\nMerge job {second} after it.\nLogs: {}\n",
            missing.len(),
            folder.join(SLURM).display()
        ),
        &json!({
            "array_job": first,
            "merge_job": second,
            "shards": shards,
            "array": missing.to_string(),
            "tasks": missing.len(),
        }),
    )?;
    Ok(Done::Fully)
}

/// Hands a script to Slurm; the number of the job comes back.
fn sbatch(script: &Path, options: &[String], more: &[String]) -> Result<String, Failure> {
    let outcome = Command::new("sbatch").arg("--parsable").args(options).args(more).arg(script).output();
    let output = outcome.map_err(|e| match e.kind() {
        ErrorKind::NotFound => Failure::Failed(
            "there is no `sbatch` here; submit from a machine that has Slurm, or see the scripts with --dry-run"
                .to_owned(),
        ),
        _ => Failure::Failed(format!("cannot start sbatch: {e}")),
    })?;
    let said = String::from_utf8_lossy(&output.stdout);
    // On a federation the cluster's name follows.
    let job = said.trim().split(';').next().unwrap_or_default().to_owned();
    if !output.status.success() || job.is_empty() {
        let why = String::from_utf8_lossy(&output.stderr);
        return Err(Failure::Failed(format!("sbatch refused {}: {}", script.display(), why.trim())));
    }
    Ok(job)
}

struct SubmittedJob<'a> {
    name: String,
    program: PathBuf,
    file: PathBuf,
    out: PathBuf,
    array: String,
    shards: usize,
    args: &'a SubmitArgs,
}

impl SubmittedJob<'_> {
    fn array_script(&self) -> String {
        let cpus = self.args.cpus;
        let mut text = self.head(&self.name, "%A_%a.log");
        let _ = writeln!(text, "#SBATCH --array={}", self.array);
        let _ = writeln!(text, "#SBATCH --cpus-per-task={cpus}");
        for (option, value) in [("time", &self.args.time), ("mem", &self.args.mem)] {
            if let Some(value) = value {
                let _ = writeln!(text, "#SBATCH --{option}={value}");
            }
        }
        let command = format!("run {}", self.sweep());
        let _ = writeln!(
            text,
            "exec {} sweep {command} --shard {} --threads {cpus}",
            self.program(),
            self.shards
        );
        text
    }

    fn merge_script(&self) -> String {
        let mut text = self.head(&format!("{}-merge", self.name), "merge_%j.log");
        let _ = writeln!(text, "exec {} sweep merge {}", self.program(), self.sweep());
        text
    }

    fn head(&self, name: &str, log: &str) -> String {
        let logs = self.out.join(SLURM).display().to_string().replace('%', "%%");
        format!(
            "#!/bin/sh\n#SBATCH --job-name={name}\n#SBATCH --output=\"{logs}/{log}\"\n#SBATCH --ntasks=1\n\
             #SBATCH --open-mode=append\n"
        )
    }

    fn program(&self) -> String {
        quoted(&self.program.display().to_string())
    }

    /// The sweep, its folder and its changes, as they were given here.
    fn sweep(&self) -> String {
        let AtArgs { overrides, yes, controls, .. } = &self.args.sweep.at;
        let mut out = quoted(&self.file.display().to_string());
        let _ = write!(out, " --out {}", quoted(&self.out.display().to_string()));
        if *yes {
            out.push_str(" --yes");
        }
        if *controls {
            out.push_str(" --controls");
        }
        if let Some(n) = overrides.replications {
            let _ = write!(out, " --replications {n}");
        }
        if let Some(seed) = overrides.seed {
            let _ = write!(out, " --seed {seed}");
        }
        if let Some(horizon) = &overrides.horizon {
            let _ = write!(out, " --horizon {}", quoted(horizon));
        }
        for set in &overrides.sets {
            let _ = write!(out, " --set {}", quoted(set));
        }
        out
    }
}

/// A word for the shell.
fn quoted(text: &str) -> String {
    let plain =
        !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "/._-=+:,@%".contains(c));
    if plain { text.to_owned() } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_for_the_shell() {
        assert_eq!(quoted("/a/b-1.toml"), "/a/b-1.toml");
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted("a b"), "'a b'");
        assert_eq!(quoted("$x"), "'$x'");
        assert_eq!(quoted(""), "''");
    }
}
