"""Scale by simulation: an hour of very many reports, and a year of ten million.

A discrete model in steps of a second, driven by counted costs (`costs.json`) and by limits of AWS
as data with sources and dates (`limits.json`). What is assumed and not measured says so there, and
in the output. Nothing ran on AWS.
"""
