"""The reference solutions, one file a lesson; a docstring explains each."""
