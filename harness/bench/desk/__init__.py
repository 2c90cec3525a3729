"""`make desk-race`: the work of the desk by keyboard alone, in Chromium, with every figure counted.

Method: a system of its own. Fifty of the synthetic reports of the demonstration, drawn by the
digests of their names, are sent and linked; fifty others follow for the glances.

keystrokes_per_decision   keys from the sight of a case to its decision, uncovering included
requests_per_decision     calls of the service for these decisions. Left out are the call for a case
                          that nobody decides on any more, at the end of a seat, and what the work
                          page asks for before the first case and behind the last
next_case_ms              from the key that decides to the next case in sight, by the page's clock
unlike_label              decisions whose category or priority the author would not have accepted
keystrokes_per_glance     keys from the sight of a report to the verdict, uncovering included
requests_per_glance       calls of the service while glancing, the list and the verdicts
glance_lost               reports whose history has another verdict than the one that was pressed
cases_off_one_screen      of 20 reports of the evaluation, drawn by a seed, each with two files, a
                          joiner and a look-alike, in three languages at 1366 × 768: those of
                          which the page or a column scrolls, or a word is cut
danger_in_sight_ms        until the words of somebody who states danger are in sight to their end
screen_*                  what one look at a screen asks of the service, with an empty cache
rows_*                    a unit's list of 1,000 cases. The browser answers for the service
alert_*                   danger is told in a report; the duty desk shows it and sounds
heap_growth               bytes of the page's heap, cleaned, after 500 decisions over those after
                          200. The browser answers the calls of these, with a case of the system
                          under other names: what grows is the page's alone
nodes_growth              the same of the nodes of its document, and of those that it left and holds

Every figure but the times is a count. No script measures how long a person reads:
`seconds_per_review` and `seconds_per_glance` are a model, the time to read each narrative once at
`CHARACTERS_A_SECOND`, a second for each key, and the wait.
"""
