"""The lines of Python that do what the Text lab does."""

PAIR = """\
from forecasting import PairConfig, run_pair

result = run_pair(PairConfig(source={source!r}, target={target!r}, epochs={epochs}, seed={seed}))
for epoch in (1, 10, 50, {epochs}):
    print(epoch, result["predictions"][min(epoch, {epochs}) - 1], result["losses"][min(epoch, {epochs}) - 1])
"""

TEXT = """\
from forecasting import TextConfig, sample_text, suggest_text_config, train_text

text = sample_text()  # or Path("my.txt").read_text("utf-8")
config = TextConfig(steps=200)  # suggest_text_config(text): about a minute, and better than any n-gram
trained = train_text(text, config)
print("bits a character:", trained.result["bits"], "n-grams:", trained.result["ngrams"])
print(trained.model.write("The ", 300, temperature=0.7, top_k=20, seed=1))
trained.model.save("text.safetensors")  # TextModel.load(...) writes without torch
"""
