"""The jurisdiction pack: everything national, as data, and which unit and office are competent.

Not here: the check of a whole pack (`casework.check_pack`), which a deployment makes and no
function, and the files themselves (`jurisdictions/`).
"""
