"""`strait help`, `strait version` and the help of each command."""

import sys
from collections.abc import Sequence

from sim.version import program_version

from .terminal import say

_OVERVIEW = """\
strait - discrete-event simulator of the ferry-port checkpoints on the Qiongzhou Strait

Usage: strait COMMAND [overrides]

  run      simulate a scenario: a summary here, everything else in a folder below results/runs
  sweep    run a designed study: points times replications on processes or a cluster; resumes
  status   strait status STUDY: how far a study is
  verify   strait verify STUDY: check its files, simulate a share of it again
  report   strait report FOLDER: one page with figures, tables and the answer in words, in both languages
  check    validate a scenario and print what it resolves to; runs nothing, writes nothing
  compare  strait compare A B: differences between two run folders, with intervals
  plans    strait plans RUN ...: finished runs side by side, as a table and as figures
  gains    what one more point of ratio, post or team at each line would buy
  version  print the version
  help     print this; strait COMMAND --help says more

Examples
  strait run scenario=march_2018
  strait run scenario=march_2018 sampling.line2.truck=0.4 staffing.xinhai.line2.nii=2 run.replications=30
  strait run -m sampling.line1.car=0.05,0.1,0.2
  strait sweep experiment=sampling_ratio executor.workers=2
  strait check scenario=custom network=mmc
  strait run scenario=results/runs/NAME/config.yaml     (run a stored run again)

Tab completion: eval "$(strait -sc install=bash)", also in ~/.bashrc; zsh and fish alike.
Exit codes: 0 done, 1 a failure of the model or the machine, 2 bad input,
3 some design points failed, 130 interrupted."""

_COMMAND = {
    "run": """\
strait run [overrides]: simulate a scenario.

Prints a summary and writes a folder below results/runs: config.yaml (all values; scenario=THAT/config.yaml runs
it again), overrides.txt, manifest.json, metrics.csv, interception.csv, profile.csv, replications.csv,
figures.""",
    "sweep": """\
strait sweep experiment=NAME [overrides]: run a designed study, or what is missing of it.

NAME is a file of experiments/, or the path of a .yaml file of one's own. Every point is validated before the first
one runs. Finished work is kept whatever happens; the same command goes on where it ended. Writes
results/studies/NAME: points/ (all replications), results and differences (.parquet and .csv), design.csv,
failures.csv, manifest.json, report.html (all of it as one page).

  study.KEY=VALUE        change the study: study.replications=50, study.design.factor.truck.values=[0.1,0.3]
  study.folder=FOLDER    keep it there
  executor=KIND          serial, threads, processes (default) or dask
  executor.workers=N     default one for each core
  executor.address=ADDR  join a dask scheduler, such as tcp://127.0.0.1:8786
  executor.batch=N       replications in a task; default as many as take about three seconds
  KEY=VALUE              change the base that all points share""",
    "status": """\
strait status STUDY: print how far a study is: points and replications finished, failed, damaged. Changes nothing.""",
    "verify": """\
strait verify STUDY [--share 0.01]: check the checksum of every stored file, and simulate a random share of the
replications (at least one) again and compare them bit for bit.""",
    "report": """\
strait report FOLDER [--language zh|en] [--output FILE.html]: write one page of a finished study or a run.

The page holds the question, the answer, every figure, the tables, the design, assumptions with their sources,
failures, limits and provenance, in Chinese and English (a button switches; --language says in which it opens). It is
one file that asks for nothing else, opens offline and prints on A4. Default FILE: report.html in the folder. A file
that is not a page of this command is never replaced; a study that is not finished is refused.""",
    "check": """\
strait check [overrides]: validate a scenario and print its stations, ferries, routes and arrivals.

Runs nothing and writes nothing.""",
    "compare": """\
strait compare A B [--all]: differences of run folder B from run folder A, with intervals.

Runs with the same seed and the same number of replications are compared pair by pair (common random numbers);
others by Welch's interval. --all prints every figure instead of those of the summary.""",
    "plans": """\
strait plans RUN [RUN ...] [--language zh|en] [--output FOLDER]: set finished runs side by side.

Prints interception, inspected share, delay, waits, throughput, what is left over, officer-hours and cost per find of
every plan with intervals, and writes plans.csv (all figures) and plans.png/.svg to FOLDER (default: a new one
below results/plans). Runs that differ in one number only, such as a grid of `run -m`, also get curve.png/.svg:
interception, delay and vehicles left over against that number.""",
    "gains": """\
strait gains [overrides]: what one more of something would buy, each tried alone on the same random numbers.

One point of sampling ratio at each place; one server more of each technique and search at the port where it is
busiest. Prints the differences with paired intervals and writes a folder below results/gains: gains.csv,
config.yaml, manifest.json.""",
    "version": "strait version: print the version.",
    "help": _OVERVIEW,
}

_FLAGS = """\
Overrides
  GROUP=OPTION           choose a file of a group, such as scenario=march_2018
  KEY=VALUE              change one value, such as run.replications=30 (other letters than a-z: "KEY='VALUE'")
  hydra.run.dir=FOLDER   write exactly there (a new or empty folder)
Flags
  -m                     every combination of values separated by commas, one run each
  --cfg job [--resolve]  print the configuration and do nothing
  --config-dir FOLDER    search a folder of one's own too (its own scenario/, sampling/, ... and CSV files)
  --config-path FOLDER   use another folder instead of the program's
  --config-name NAME     use another primary configuration than config.yaml
  --info defaults        print how the configuration is put together"""


def help_main(arguments: Sequence[str]) -> None:
    """Print the overview, or the help of a command."""
    name = arguments[0] if arguments else "help"
    say(_COMMAND.get(name, _OVERVIEW))


def version_main(_arguments: Sequence[str]) -> None:
    """Print the version."""
    say(f"strait {program_version()} (Python {sys.version_info.major}.{sys.version_info.minor})")


def plain_help(command: str) -> str:
    """Write the help of a command that takes no scenario."""
    return _COMMAND[command]


def command_help(command: str, groups: str) -> str:
    """Write the help of a command that takes a scenario, with the options of every group."""
    return f"{_COMMAND[command]}\n\n{_FLAGS}\nGroups and their options\n" + "".join(
        f"  {line}\n" for line in groups.strip().splitlines()
    )
