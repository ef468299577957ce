"""One class an exercise, one file a lesson, named as the lesson's notebook is."""
