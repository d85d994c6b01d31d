"""poolwise: when work arrives around the clock, who should do it, where, and how many.

    >>> import poolwise as pw
    >>> desk = pw.load("scenarios/textbook/mm8.toml", set={"run.horizon": "4 weeks"})
    >>> results = pw.run(desk, replications=4)
    >>> print(results.summary["utilization"])

Scenarios are those of the command line (docs/scenario.md), and so are the numbers: the same seed gives the same bytes.
docs/python.md has recipes.
"""

from . import theory
from ._core import __version__
from ._errors import (
    DataError,
    Error,
    Interrupted,
    PartialResults,
    PathError,
    Problem,
    RunError,
    ScenarioError,
    UsageError,
)
from ._model import Model
from ._records import Backtest, Fit, Imported, Law, Part, backtest, fit, import_
from ._results import Case, Difference, Estimate, Results, Summary
from ._run import Outcome, check, compare, requests, run, sample
from ._scenario import Check, Scenario, load
from ._staff import Officers, Staffing, staff
from ._sweep import LatinHypercube, Saltelli, Sweep, SweepResults, sweep
from ._table import Table

__all__ = [
    "Backtest",
    "Case",
    "Check",
    "DataError",
    "Difference",
    "Error",
    "Estimate",
    "Fit",
    "Imported",
    "Interrupted",
    "LatinHypercube",
    "Law",
    "Model",
    "Officers",
    "Outcome",
    "Part",
    "PartialResults",
    "PathError",
    "Problem",
    "Results",
    "RunError",
    "Saltelli",
    "Scenario",
    "ScenarioError",
    "Staffing",
    "Summary",
    "Sweep",
    "SweepResults",
    "Table",
    "UsageError",
    "__version__",
    "backtest",
    "check",
    "compare",
    "fit",
    "import_",
    "load",
    "requests",
    "run",
    "sample",
    "staff",
    "sweep",
    "theory",
]
