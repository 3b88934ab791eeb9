"""How carriers may react, as tables: the channels of one run, or plans against each other."""

from collections.abc import Mapping, Sequence

import pandas as pd

from sim.metrics.catalogue import ALL

from .names import word
from .summary import number, with_interval
from .terminal import print_table, say

_WORDS = {
    "en": {
        "channel": "reaction of carriers", "share": "share of attempts, %", "rate": "interception, %",
        "benefit": "+1 point cuts the leak by, points, η = {eta:g}", "plan": "leak, % of would-be attempts",
        "leak": "no reaction", "eta": "η = {eta:g}", "regret": "more than the least, points, η = {eta:g}",
        "note": "η: strength of reaction, an expert range; port data cannot identify it. Shares are assumed. "
        "Leak: {leak} of would-be attempts get through, {abandoned} are given up.",
        "backfire": "At η = {eta:g} more interception on {channels} raises the leak over all channels (backfire).",
        "ignored": "Without reaction the best is {plan}; at η = {eta:g} it leaks {regret} points more than {best}.",
        "same": "{plan} leaks least over the whole band of η.",
        "nobody": "reaction of carriers: left out, since a channel had no unit in the window",
    },
    "zh": {
        "channel": "对方的调整", "share": "拟运送份额（%）", "rate": "拦截率（%）",
        "benefit": "拦截率 +1 个百分点使漏过率下降（百分点，η = {eta:g}）", "plan": "漏过率（%，占拟运送次数）",
        "leak": "不调整", "eta": "η = {eta:g}", "regret": "高出最低值（百分点，η = {eta:g}）",
        "note": "η：调整强度，为专家给定范围，港口数据无法识别。拟运送份额为假设。"
        "拟运送次数中 {leak} 漏过，{abandoned} 放弃。",
        "backfire": "η = {eta:g} 时，提高{channels}的拦截率反而使全部渠道的漏过率上升（反效果）。",
        "ignored": "不考虑调整时，{plan}最优；η = {eta:g} 时其漏过率比{best}高 {regret} 个百分点。",
        "same": "在整个 η 范围内，{plan}的漏过率最低。",
        "nobody": "对方的调整：观测窗内有渠道没有到达，故略去",
    },
}  # fmt: skip


def print_reaction(frame: pd.DataFrame, groups: Mapping[str, Sequence[str]], language: str) -> None:
    """Print the channels of one run with the classes that make them up, or why there is nothing to print."""
    if frame.empty:
        say(f"\n{_WORDS[language]['nobody']}")
        return
    words, etas = _WORDS[language], sorted(frame["eta"].unique())
    cell: dict[tuple[str, str, float], tuple[float, float, float]] = {
        tuple(row[:3]): tuple(row[3:])
        for row in frame[["quantity", "channel", "eta", "value", "low", "high"]].itertuples(index=False, name=None)
    }
    channels = [name for name in dict.fromkeys(frame["channel"]) if name != ALL]
    header = [words["channel"], words["share"], words["rate"], *(words["benefit"].format(eta=eta) for eta in etas)]
    rows = [
        [
            _channel(name, language),
            number(cell["share", name, etas[0]][0], "1"),
            with_interval(*cell["rate", name, etas[0]], unit="1", language=language),
            *(f"{cell['benefit', name, eta][0]:.3f}" for eta in etas),
        ]
        for name in channels
    ]
    say()
    print_table(header, rows, right=range(1, len(header)))
    leak, attempts = (cell[quantity, ALL, etas[0]][0] for quantity in ("leak", "attempts"))
    of = "：{}".format if language == "zh" else ": {}".format
    join = word("list", language).join
    parts = (f"{_channel(name, language)}{of(join(groups[name]))}" for name in channels if groups.get(name))
    say(word("parts", language).join(parts))
    say(words["note"].format(leak=f"{leak:.1%}", abandoned=f"{1 - attempts:.1%}"))
    _warn_of_backfire(frame, language)


def print_plan_reaction(frame: pd.DataFrame, language: str) -> None:
    """Print the leak of plans at every eta, what ignoring the reaction costs, and where more interception backfires."""
    if frame.empty:
        return
    plans = list(dict.fromkeys(frame["plan"]))
    words, etas = _WORDS[language], sorted(frame["eta"].unique())
    totals = frame[frame["channel"] == ALL][["quantity", "plan", "eta", "value", "low", "high"]]
    cell: dict[tuple[str, str, float], tuple[float, float, float]] = {
        tuple(row[:3]): tuple(row[3:]) for row in totals.itertuples(index=False, name=None)
    }
    header = [words["plan"], words["leak"], *(words["eta"].format(eta=eta) for eta in etas[1:])]
    header += [words["regret"].format(eta=eta) for eta in etas[1:]]
    rows = [
        [
            plan,
            *(with_interval(*cell["leak", plan, eta], unit="1", language=language) for eta in etas),
            *(number(cell["regret", plan, eta][0], "1") for eta in etas[1:]),
        ]
        for plan in plans
    ]
    say()
    print_table(header, rows, right=range(1, len(header)))
    say(_advice({key: value for key, (value, *_) in cell.items()}, plans, etas, language))
    _warn_of_backfire(frame[frame["plan"] == plans[-1]], language)


def _advice(
    cell: Mapping[tuple[str, str, float], float], plans: Sequence[str], etas: Sequence[float], language: str
) -> str:
    """Say what it costs to choose as if nobody reacted, at the eta where it costs most."""
    words = _WORDS[language]
    chosen = min(plans, key=lambda plan: cell["leak", plan, etas[0]])
    worst = max(etas, key=lambda eta: cell["regret", chosen, eta])
    if cell["regret", chosen, worst] == 0:
        return words["same"].format(plan=chosen)
    best = min(plans, key=lambda plan: cell["leak", plan, worst])
    regret = number(cell["regret", chosen, worst], "1")
    return words["ignored"].format(plan=chosen, best=best, eta=worst, regret=regret)


def _warn_of_backfire(frame: pd.DataFrame, language: str) -> None:
    rows = frame[(frame["quantity"] == "backfires") & (frame["value"] == 1)]
    for eta, there in rows.groupby("eta"):
        named = word("list", language).join(_channel(name, language) for name in there["channel"])
        say(_WORDS[language]["backfire"].format(eta=eta, channels=named))


def _channel(name: str, language: str) -> str:
    from sim.figures.wording import Texts  # noqa: PLC0415 - brings matplotlib

    return Texts(language).channel(name)
