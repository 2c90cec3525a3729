"""`make bench`: the cost of the system, as counts and paired ratios.

Absolute milliseconds depend on the machine more than on the code, so no result here is one.
"""
