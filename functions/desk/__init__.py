"""The API of staff: queues, cases, decisions, the duty desk.

Its rooms, from the calls down to what they share: `cases` and `oversight` hold the calls, `entry`
what each call goes through, `shown` what several of them read. `handler` puts the calls in order.
Not here: what a decision changes (`casework.decisions`), and what a page says (`casework.views`).
"""
