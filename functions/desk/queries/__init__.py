"""What staff read page by page: the lists of cases and reports, and a case in pages.

Not here: the calls that answer with them (`functions.desk.cases`, `functions.desk.oversight`), and
what a page says (`casework.views`).
"""
