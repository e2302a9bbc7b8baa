"""English of the Sine wave page and the Sequence lab."""

SEQUENCES: dict[str, str] = {
    "nav.sequence": "Sequence lab",
    "lab.offer": "Set {setting} to {value}",
    "lab.changed": "The results below are for other settings. Train to see these.",
    "lab.diverged": "**{name}** diverged at step {step}: from there on its loss stayed above where it began and above "
    "guessing. Try a learning rate of {rate}.",
    "lab.try_rate": "Train with {rate}",
    "lab.found": "Measured in this training",
    "lab.code": "The code",
    "lab.code.note": "This is all that it takes with Tidecast in Python, with the settings of the run above.",
    "run.stage.network": "network {fold} of {folds}",
    "sine.title": "The next value of a sine wave",
    "sine.lead": "The classic first task: from the last {window} values, predict the next one.",
    "sine.presets": "Try this",
    "preset.classic": "Classic",
    "preset.classic.look": "What to look for: the same network, trained in two ways. How far apart are the two test "
    "errors?",
    "preset.noise": "Noise",
    "preset.noise.look": "What to look for: noise cannot be predicted. How close does the test error come to the "
    "variance of the noise, and what becomes of the roll-out?",
    "preset.longer": "Longer window",
    "preset.longer.look": "What to look for: the same noise, seen through fifty values instead of ten. Compare test "
    "error and roll-out with the preset Noise.",
    "preset.stacked": "Stacked layers",
    "preset.stacked.look": "What to look for: three layers have five times the parameters. Is the test error smaller "
    "for it, and how much longer does it take?",
    "preset.rnn": "RNN instead of LSTM",
    "preset.rnn.look": "What to look for: ten values need no long memory. Does the plain RNN, with a quarter of the "
    "parameters, do any worse?",
    "preset.two": "Two sines",
    "preset.two.look": "What to look for: one step ahead stays easy, yet from ten values the roll-out loses both "
    "rhythms. Set the window to 40 and train: does Tidecast's keep them?",
    "sine.wave": "Wave",
    "sine.network": "Network",
    "sine.period": "Period",
    "sine.period.help": "In units of x; 2π = 6.283 is sin(x).",
    "sine.amplitude": "Amplitude",
    "sine.noise": "Noise",
    "sine.noise.help": "Standard deviation of the noise added to each value.",
    "sine.trend": "Trend",
    "sine.trend.help": "Rise per unit of x.",
    "sine.second_amplitude": "Second sine",
    "sine.second_amplitude.help": "Amplitude of another sine on top; 0 is none.",
    "sine.second_period": "Its period",
    "sine.points": "Points",
    "sine.points.help": "Values over x from 0 to 50.",
    "sine.rollout": "Roll-out",
    "sine.rollout.help": "Steps beyond the data, each predicted from predictions.",
    "sine.seed": "Seed",
    "sine.seed.help": "Of the noise and of the network's first weights: another seed is another training.",
    "sine.data": "What is to be learned?",
    "sine.predicted": "True vs predicted: how close is the next value?",
    "sine.predicted.caption": "One step ahead on the last fifth, which training never saw.",
    "sine.loss": "Loss: how fast does each one learn?",
    "sine.loss.caption": "By epoch. Classic takes one step an epoch, Tidecast one for each mini-batch.",
    "sine.rollout.title": "Free-running: how long does it stay a sine?",
    "sine.rollout.caption": "From the end of the data on, each prediction is made from predictions: what was learned, "
    "and how it drifts.",
    "sine.phase": "Phase error: does it keep time?",
    "sine.phase.caption": "360° are one period, positive runs ahead. Fitted over the last period at each step, and "
    "drawn as long as a tenth of the amplitude is left.",
    "sine.phase.none": "There is no phase to speak of: the roll-out is shorter than one period, or it fades within the "
    "first.",
    "sine.mse": "Test MSE",
    "sine.mse.help": "Mean squared error one step ahead on the test part.",
    "sine.naive": "Naive MSE",
    "sine.naive.help": "Of repeating the last value.",
    "sine.seconds": "Training time",
    "sine.seconds.help": "In the order of the recipes, on one core.",
    "sine.parameters": "Parameters",
    "sine.parameters.help": "The same network for every recipe.",
    "sine.found.smaller": "Tidecast's test MSE is {times} times smaller than Classic's.",
    "sine.found.larger": "Tidecast's test MSE is {times} times larger than Classic's.",
    "sine.found.same": "Tidecast and Classic have the same test MSE, within a tenth (a factor of {times}).",
    "sine.found.naive": "No better than repeating the last value: {names}.",
    "sine.found.noise": "The variance of the noise is {variance}, and no method can expect an MSE below it: Classic is "
    "at {classic} times that, Tidecast at {tidecast} times.",
    "sine.found.faded": "{name}'s roll-out has lost the wave after {steps} steps: less than a tenth of its amplitude "
    "is left.",
    "sine.found.ahead": "{name}'s roll-out runs {degrees}° ahead after {steps} steps ({share} of a period) and keeps "
    "{kept} of the amplitude.",
    "sine.found.behind": "{name}'s roll-out lags {degrees}° behind after {steps} steps ({share} of a period) and keeps "
    "{kept} of the amplitude.",
    "recipes.title": "Which of the three changes does how much?",
    "recipes.lead": "Classic and Tidecast differ in three ways: mini-batches instead of all windows in each step, a "
    "learning rate that rises and falls instead of a constant one, and the offset from the last value as target "
    "instead of the value itself. This trains every combination: {count} networks.",
    "recipes.button": "Train every combination",
    "recipes.gain": "**{change}**: {times} times smaller test MSE (from {low} to {high} times, by which of the other "
    "two are there).",
    "recipes.loss": "**{change}**: no gain here, {times} times larger test MSE (divided by {low} to {high}, by which "
    "of the other two are there).",
    "recipes.note": "Between medians of {repeats} trainings from different seeds; the mean of four comparisons is "
    "geometric.",
    "change.batches": "Mini-batches",
    "change.schedule": "Schedule",
    "change.offset": "Offset from the last value",
    "alt.sine.wave": "The wave over x from 0 to 50.",
    "alt.sine.predicted": "True and predicted values of the last fifth of the wave, by both recipes.",
    "alt.sine.loss": "Loss by epoch of both recipes.",
    "alt.sine.rollout": "The free-running networks beside the wave beyond the data.",
    "alt.sine.phase": "Phase error of the free-running networks by steps beyond the data.",
    "alt.sine.recipes": "Test MSE of all eight combinations of the three changes.",
    "sequence.title": "Sequence lab",
    "tab.cosine": "sin → cos",
    "tab.cells": "RNN, LSTM, GRU",
    "tab.rollout": "Roll-out",
    "tab.marker": "Both ways and attention",
    "kind.recipes": "Recipes of the sine wave",
    "kind.cosine": "sin → cos",
    "kind.cells": "RNN, LSTM, GRU",
    "kind.rollout": "Roll-out",
    "kind.marker": "Find the marker",
    "cosine.lead": "At every step the network reads sin x and says cos x. It gets the wave in chunks, one a training "
    "step. What it keeps from one chunk to the next is its hidden state.",
    "cosine.chunk": "Points of a chunk",
    "cosine.chunk.help": "A chunk is π wide.",
    "cosine.steps": "Training steps",
    "cosine.reset": "Reset the state at each chunk",
    "cosine.reset.help": "Shows the network that begins every chunk from a state of zeros. Both were trained, from the "
    "same weights.",
    "cosine.learns": "What does it predict, training step by training step?",
    "cosine.step": "After training step",
    "cosine.step.help": "The arrow keys move it from one kept step to the next.",
    "cosine.learns.caption": "Six chunks; dotted lines are their borders. Move the slider through the training, or "
    "press Play.",
    "cosine.position": "Where in a chunk is it wrong?",
    "cosine.position.caption": "Over 40 chunks after the training.",
    "cosine.loss": "Does it learn?",
    "cosine.loss.caption": "Running median of eleven training steps.",
    "cosine.found.first": "At the first point of a chunk the error is {reset} with the state reset and {carried} with "
    "it carried on; at the other points {reset_rest} and {carried_rest}.",
    "cosine.found.worse": "A chunk begins where the sine is 0. There, up and down look the same: without its state the "
    "network cannot know whether the cosine is 1 or -1, and the middle, 0, is the best it can say. The second point "
    "already tells.",
    "cosine.found.not": "In this training resetting was no worse at the border than carrying on.",
    "alt.task": "One example: what the network reads and what it is asked for.",
    "alt.cosine.learns": "sin x, cos x and the prediction over six chunks, at each kept training step.",
    "alt.cosine.position": "Error at each position of a chunk, with the state carried on and reset.",
    "alt.cosine.loss": "Loss by training step, with the state carried on and reset.",
    "cells.task": "Task",
    "task.recall": "Recall",
    "task.sine": "Sine",
    "cells.lead.recall": "A sequence of random values; the first one is marked. At the end the network is asked for "
    "it: {lag} other values have passed by then.",
    "cells.lead.sine": "After {values} values of a sine with noise, at a random phase, what is the next one?",
    "cells.lag": "Lag",
    "cells.lag.help": "Steps between what matters most and the end.",
    "cells.steps": "Training steps",
    "cells.open_gates": "Gates start open",
    "cells.open_gates.help": "Start LSTM and GRU with their forget and update gates open, so that a state is kept "
    "unless training says otherwise. Off: as torch starts them, half open, which halves what is remembered at every "
    "step.",
    "cells.clip": "Clip the gradient",
    "cells.clip.help": "Shorten the gradient to length 1 where it is longer.",
    "cells.loss": "Who learns it, and how fast?",
    "cells.against": "Against",
    "against.steps": "Steps",
    "against.seconds": "Seconds",
    "cells.loss.caption": "Running median of eleven training steps. Guessing: the best single answer to every "
    "sequence.",
    "cells.gradient": "How far back does the answer feel?",
    "cells.gradient.caption": "Size of the gradient of the loss by the input at each step back: where it vanishes, "
    "training cannot tell what to remember. Dotted: before training.",
    "cells.norm": "Does the gradient explode?",
    "cells.norm.caption": "Length of the whole gradient at each training step, before clipping.",
    "cells.inside": "What happens inside?",
    "cells.inside.cell": "Cell shown",
    "cells.inside.what": "Gate or state",
    "cells.inside.caption": "One test sequence, every hidden unit a row. It should answer {target}; it answers "
    "{answer}.",
    "inside.hidden": "Hidden state",
    "inside.cell": "Cell state",
    "inside.input": "Input gate",
    "inside.forget": "Forget gate",
    "inside.output": "Output gate",
    "inside.candidate": "Candidate",
    "inside.reset": "Reset gate",
    "inside.update": "Update gate",
    "cells.table.cell": "Cell",
    "cells.table.mse": "Test MSE",
    "cells.table.share": "Of guessing",
    "cells.table.parameters": "Parameters",
    "cells.table.seconds": "Training time, s",
    "cells.table.gradient": "Gradient at the far end, untrained",
    "cells.found.solved": "{names}: learned it (less than a tenth of the error of guessing).",
    "cells.found.partly": "{names}: learned part of it.",
    "cells.found.guess": "{names}: hardly better than guessing (more than nine tenths of its error).",
    "cells.found.gradient": "Before training, the gradient {lag} steps back is {rnn} in the RNN, {lstm} in the LSTM "
    "and {gru} in the GRU.",
    "alt.cells.loss": "Loss of RNN, LSTM and GRU while they learn.",
    "alt.cells.gradient": "Size of the gradient by steps back from the end, for each cell.",
    "alt.cells.norm": "Length of the gradient at each training step, for each cell.",
    "alt.cells.inside": "{what} of every unit of the {cell} over one sequence.",
    "rollout.lead": "Two ways to see {future} steps ahead: predict one step and feed it back as if it were true, or "
    "have one output for each step.",
    "rollout.future": "Steps ahead",
    "rollout.noise": "Noise",
    "rollout.growth": "How does the error grow with the distance?",
    "rollout.growth.caption": "Over {origins} origins that training never saw. Errors compound by how good a single "
    "step is: train twice the epochs, and compare.",
    "rollout.path": "What does that look like from one origin?",
    "rollout.origin": "Origin",
    "rollout.found.growth": "One step fed back: error {first} at the first step, {last} at step {future}. All at once: "
    "{direct_first} and {direct_last}.",
    "rollout.found.direct": "At the far end the direct head has {share} of the error of the fed-back model, whose "
    "every step inherits the errors of those before.",
    "rollout.found.fed": "At the far end feeding back does better here: the direct head has {share} of its error.",
    "rollout.found.naive": "Fed back, it is worse than repeating the last value at {count} of the {future} steps.",
    "alt.rollout.growth": "Error by steps ahead of both ways, with naive and the noise.",
    "alt.rollout.path": "From one origin: the values known, those that came, and both predictions.",
    "marker.lead": "A sequence of random values, one of them marked. At every step, before and after the marker, the "
    "network has to say the marked value.",
    "marker.length": "Length",
    "marker.length.help": "Steps of a sequence.",
    "marker.steps": "Training steps",
    "marker.errors": "Who knows the value before the marker has come?",
    "marker.errors.caption": "Error by distance from the marker, over 1,000 test sequences.",
    "marker.attention": "Where does attention look?",
    "marker.attention.caption": "Each row is a sequence, its ring the marker: the weight that its steps give to each "
    "step, on average.",
    "marker.found.before": "Before the marker, the error is {lstm} for the LSTM (guessing: {guess}), {bilstm} for the "
    "bidirectional one and {attention} with attention; from the marker on {lstm_after}, {bilstm_after} and "
    "{attention_after}.",
    "marker.found.attention": "Attention gives {share} of its weight to the marked step.",
    "marker.leak.title": "Why a bidirectional network must not see past a forecast's origin",
    "marker.leak": "Asked for the next value of pure noise at every step of a series that it reads whole, the LSTM has "
    "an error of {lstm}, as it must: the noise has a deviation of 1. The bidirectional LSTM has {bilstm}. It has not "
    "learned to predict noise: its backward half has read the answer. So in a forecast it may read the window up to "
    "the origin in both directions, and nothing after it; a score that looks too good deserves this question first.",
    "alt.marker.errors": "Error by distance from the marker of LSTM, bidirectional LSTM and LSTM with attention.",
    "alt.marker.attention": "Heat map of attention: sequences sorted by their marker, weight of each step.",
}
