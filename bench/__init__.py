"""What the system costs, by count and by paired ratio: `make bench`.

Absolute milliseconds say more about the machine than about the code, so none is a result here.
"""
