"""`make smoke`: tries a deployment as outside clients use it, with trials only.

outcome      the result of a step: good, or the fault found
deployed     the addresses and outputs of a stage
traces       everything that a run made, stored on disk until it is erased
sending      reports and forms with the mark of a trial
people       staff of the trial: created, signed in, deleted
alarms       one alarm, raised and received
walk         the checks of each step
erasing      the end of every run, also of an interrupted one
"""
