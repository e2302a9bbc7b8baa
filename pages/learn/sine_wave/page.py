"""The classic first task of a recurrent network: the next value of a sine wave."""

from pages.learn.sine_wave import sine

sine.page()
