"""`make faults`: the whole system in one process, while services fail and functions die.

The template that is deployed is deployed to the emulator of `make run` inside this process. Reports
travel through intake, link, workflow, desk, notices and statistics; one AWS call in ten fails, half
of these after the service did what it was asked; functions die at any call; streams repeat and
reorder within what the service allows. Then everything is compared with what was sent. One seed
gives one life: no thread, no clock and no socket takes part.

    services     the AWS services, answered in this process
    trouble      which call fails, and how
    clock        the one time everybody reads
    deployment   the deployed functions, each with its own environment
    machine      Step Functions: the deployed workflow file, one state at a time
    delivery     what calls functions: streams, queues, schedules
    reporters    those who report, and what they sent
    staff        those who decide, and what they were answered
    law          where the entries of a history lead
    judge        what does not agree with what was sent
    life         one life from the first report to the comparison
"""
