"""How lessons are executed, looked at and held to their rules. No course code may enter here.

python -m tests.execution.run         executes lessons and writes their outputs back
python -m tests.execution.screenshot  shows a lesson as JupyterLab draws it
"""
