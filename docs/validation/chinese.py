"""What a Chinese reader needs first: use, limits, and the study of policies."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .stress import numbers_of

USE = (
    "**可用于**：在与2018年3月、春运及停航后相近的日子里，比较查验策略、通道、岗位与船舶（哪道防线先排队、长多少、多查出或少查出多少）；平常月份的总量，"
    "精度与月报相当（航次及每航次车辆约 5% 以内）；在来车量已知时估计数日排队的规模，误差约三分之一。**不可用于**：预报排队清空的时刻或复航次日的疏运量——"
    "2018年2月大雾的这些数据留作检验，20—21日25小时出岛 {out} 辆、{sailings} 航次，公布 30,020 辆、191 航次，少 {short}%；25日晚“无滞留”而模型仍有 {evening} 辆等候"
    "（26日07时 {morning} 辆，公布 1,337 辆）。也不可用于缉获数量、携带者或贩运路线（无公布数据可检验，检出率、携带率与渠道份额均为假设），"
    "2020年以后的港口（未标定），以及司机行为（模型中无人折返、在家等候或换港）。"
)
STRESS = (
    "**大雾后的查验策略。** 2018年2月20日09:30复航后，海安、海安新港第一道防线按2016年联勤警力，{n} 次重复（各策略用相同随机数与标定参数）。清空：北岸等候车辆连续六小时少于"
    " {threshold} 辆，观测 {watched} 小时。全查时 {late_all} 次未清空，不抽查时 {late_none} 次。与全查相比，“排队时减为一成”至少早 {saved_clear} 小时清空，最长排队少 {saved_peak} 辆，"
    "第一道防线平均延误少 {saved_delay} 分钟，代价是拦截率低 {lost} 个百分点（90% 区间，按重复配对）；与不抽查相比，清空时间相差 {cost_clear} 小时。"
    "固定 50% 时，排队减比例使拦截率少 {half_lost} 个百分点，清空早 {half_saved} 小时；同样的比例按评分抽取，拦截率多 {risk_gain} 个百分点（评分的辨别力是假设 A34）。"
)


def chinese_lines(stress: Mapping[str, Sequence[dict[str, Any]]], numbers: Mapping[str, str]) -> Iterator[str]:
    """Write the section."""
    yield from ["## 中文摘要", "", USE.format(**numbers), "", "![公布数据与模拟区间](figures/fog_replay.zh.png)", ""]
    yield from [STRESS.format(**numbers_of(stress)), "", "![大雾后第一道防线的策略](figures/fog_policies.zh.png)"]
