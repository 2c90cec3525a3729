"""What is counted, on which day, and what the public reads of it.

Not here: the counters as they are kept (`casework.aws.table.statistics_table`).
"""
