"""The jurisdiction pack: everything national, as data, and which unit and office are competent.

Not here: the check of a whole pack (`casework.check_pack`), which runs at deployment only, and the
files themselves (`jurisdictions/`).
"""
