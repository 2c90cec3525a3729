"""`make smoke`: what was deployed is tried as outside clients would use it, by trials alone.

outcome      what a step says: good, or what is wrong
deployed     where a stage is and what its stacks say
traces       all that a run left behind, kept on disk until it is erased
sending      reports and forms with the mark of a trial
people       who is played: made, signed in, deleted
alarms       one alarm, raised and heard
walk         what is tried, step by step
erasing      the end of every run, also of one that was stopped
"""
