"""Pretraining of the zero-shot network on generated series alone: generator, training, evaluation.

No series that anyone measured is used: no licence touches the weights, and no test set can leak into them.
"""
