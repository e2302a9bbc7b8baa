"""Chinese (simplified) of sentences that the package says: reasons of defaults, what is too short, notes on inputs."""
# ruff: noqa: RUF001, E501 - Chinese has its own punctuation, and its letters are counted double

SENTENCES: dict[str, str] = {  # the English one, its blanks named -> the Chinese one with the same blanks
    # Reasons, by setting
    "{words} ahead": "预测{words}",
    "a tenth of {length} values: more could not be tested": "{length} 个值的十分之一：再多就无法检验",
    "one season of {steps} steps": "一个 {steps} 步的季节",
    "{count} seasons of {steps} steps": "{count} 个 {steps} 步的季节",
    "the usual 60 steps": "通常的 60 步",
    "as much as {count} values allow": "{count} 个值所允许的最大值",
    "the recurrent network on top of a naive anchor and a linear path": "循环网络，建立在朴素锚点和线性部分之上",
    "cells differ little; the LSTM is the usual choice": "各种单元差别很小；LSTM 是通常的选择",
    "wider networks gained nothing on the series that we measured": "在我们测过的序列上，更宽的网络没有好处",
    "one layer is as accurate as two on most series, and faster": "在多数序列上一层与两层同样准确，而且更快",
    "early stopping and the average of the weights already keep the network from overfitting": "提前停止和权重平均已能防止网络过拟合",
    "the peak of the one-cycle schedule; lower ones were less accurate on many series": "单周期调度的峰值；在许多序列上更低的值较不准确",
    "one-cycle needs the fewest steps": "单周期所需步数最少",
    "at most; training stops earlier when validation does. {count} values make an epoch long": "上限；验证误差不再下降时训练会提前停止。{count} 个值使一轮很长",
    "at most; training stops earlier when validation does. {count} values make an epoch short": "上限；验证误差不再下降时训练会提前停止。{count} 个值使一轮很短",
    "chunks of {count} origins a step": "每步若干块，每块 {count} 个起点",
    "one network; more take proportionally longer and are a little steadier": "一个网络；更多网络耗时成比例增加，结果略稳定",
    "none; networks of other windows are more members": "无；其他窗口的网络即更多成员",
    "naive forecasts that did best in training, and a linear path; constant is what tutorials do": "训练中最好的朴素预测，加上线性部分；常数是教程的做法",
    "the absolute error: forecasts of the median, steady against outliers": "绝对误差：预测中位数，不易受异常值影响",
    "the same seed gives the same forecast": "相同的种子给出相同的预测",
    "half, four fifths, and nineteen of twenty": "一半、五分之四和二十分之十九",
    "none; the seasons found in the values say most of what a calendar does": "无；从数值中找到的季节已说明了日历的大部分信息",
    "all columns that were carried along": "保留的所有列",
    "there are none": "没有",
    "three trainings show whether the scores hold over time": "三次训练可看出得分是否随时间保持",
    "the series is short; one test stretch leaves more to learn from": "序列较短；只留一段检验可多留数据用于学习",
    # Too short
    "The longest series has {available} values; a window of {window} and a horizon of {horizon} need {needed}. Choose a shorter window or horizon, or bring more data.": "最长的序列有 {available} 个值；窗口 {window} 和预测步数 {horizon} 需要 {needed} 个。请选择更短的窗口或预测步数，或提供更多数据。",
    "The longest series has {available} values; a backtest with a horizon of {horizon} tested {folds} times needs {needed}. Choose a shorter horizon or fewer folds, or bring more data.": "最长的序列有 {available} 个值；预测步数 {horizon}、检验 {folds} 次的回测需要 {needed} 个。请选择更短的预测步数或更少的折数，或提供更多数据。",
    "The longest series has {available} values; a backtest with a horizon of {horizon} needs {needed}. Choose a shorter horizon or fewer folds, or bring more data.": "最长的序列有 {available} 个值；预测步数 {horizon} 的回测需要 {needed} 个。请选择更短的预测步数或更少的折数，或提供更多数据。",
    "The longest series has {available} values; a forecast needs {needed}. Bring more data.": "最长的序列有 {available} 个值；预测需要 {needed} 个。请提供更多数据。",
    # Notes on inputs
    "Left out, because steps that are whole numbers have no dates: {names}.": "未使用，因为整数步没有日期：{names}。",
    "Left out, because it adds nothing at steps of {frequency}: {names}.": "未使用，因为在步长 {frequency} 下没有意义：{names}。",
    "{name}: known from {first} to {last}; other years count as without any.": "{name}：已知 {first} 年至 {last} 年；其他年份视为没有。",
    "The covariate {name} is used from the past only: of the {horizon} steps ahead, {count} is known.": "协变量 {name} 只使用过去：未来 {horizon} 步中只知道 {count} 步。",
    "The covariate {name} is used from the past only: of the {horizon} steps ahead, {count} are known.": "协变量 {name} 只使用过去：未来 {horizon} 步中只知道 {count} 步。",
    "The covariate {name} is used from the past only: of the {horizon} steps ahead, {count} is known for every series.": "协变量 {name} 只使用过去：未来 {horizon} 步中，所有序列都知道的只有 {count} 步。",
    "The covariate {name} is used from the past only: of the {horizon} steps ahead, {count} are known for every series.": "协变量 {name} 只使用过去：未来 {horizon} 步中，所有序列都知道的只有 {count} 步。",
    # What a verdict adds
    "{left_out} of {series} series was too short to be tested.": "{series} 条序列中有 {left_out} 条太短，无法检验。",
    "{left_out} of {series} series were too short to be tested.": "{series} 条序列中有 {left_out} 条太短，无法检验。",
}

BLANKS: dict[str, str] = {  # what may stand in a blank
    "a minute": "一分钟", "an hour": "一小时", "a day": "一天", "two weeks": "两周", "a quarter": "一季", "a year": "一年",
    "five years": "五年", "a season": "一个季节", "48 steps": "48 步", "14 steps": "14 步",
}  # fmt: skip
