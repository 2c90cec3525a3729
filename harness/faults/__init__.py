"""`make faults`: the whole system in one process, while services fail and functions die.

The deployed template runs on the emulator of `make run` inside this process. Reports go through
intake, link, workflow, desk, notices and statistics. One AWS call in ten fails, half of these after
the service did the work. Functions die at any call; streams repeat and reorder records as far as
the service allows. Then everything is compared with what was sent. One seed gives one run: no
thread, no clock and no socket takes part.

    emulated_services  the AWS services, answered in this process
    fault_plan         which call fails, and how
    clock              the time that all functions read
    deployment         the deployed functions, each with its own environment, and patient clients
    state_machine      Step Functions: the deployed workflow file, one state at a time
    delivery           the callers of functions: streams, queues, schedules
    reporters          reporters, and what they sent
    staff              staff, their decisions and the answers
    status_replay      the statuses to which a history leads
    judge              differences from what was sent
    judge_cases        what disagrees about a case: end to end, too
    run                one run from the first report to the comparison
"""
